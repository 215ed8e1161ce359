r"""A regular expression of JSON Schema (ECMA-262, with the u flag) becomes one that Python and Rust read alike.

Both engines differ from ECMA-262, and from each other, in ``\d \w \s \b . $`` and in what a bracket may hold. So
every class is written out as ranges of characters, every literal as itself or its number, and the anchors as looks
around; what is left means the same to both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

Ranges = tuple[tuple[int, int], ...]

_LAST: Final = 0x10FFFF
_DIGIT: Final[Ranges] = ((0x30, 0x39),)
_WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: Final[Ranges] = (
    (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
)  # fmt: skip
_LINE_END: Final[Ranges] = ((0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029))
_CONTROL: Final = {"t": 0x09, "n": 0x0A, "v": 0x0B, "f": 0x0C, "r": 0x0D}
_QUANTIFIER: Final = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??")
_GROUP: Final = re.compile(r"\((\?(?:[:=!]|<[=!])|\?<[A-Za-z_$][\w$]*>)?", re.ASCII)
_HEX: Final = re.compile(r"x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}")


class _UnsupportedError(Exception):
    """The two engines cannot be made to agree on this."""


def _others(ranges: Ranges) -> Ranges:
    """The characters in none of the ranges, which are sorted and apart."""
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return tuple((low + 1, high - 1) for low, high in gaps if low + 1 <= high - 1)


_NEGATED: Final = {"D": _DIGIT, "W": _WORD, "S": _SPACE}
_CLASSES: Final = {letter.lower(): ranges for letter, ranges in _NEGATED.items()} | {
    letter: _others(ranges) for letter, ranges in _NEGATED.items()
}


@cache
def translate(pattern: str) -> str | None:
    r"""The pattern that both engines read as ECMA-262 reads this one.

    None where there is no such pattern: back references, Unicode properties (``\p{L}``), look-behind of varying
    width, half surrogate pairs, and what does not compile. Such a pattern is not asserted.
    """
    try:
        translated = "".join(_Reader(pattern).all())
        re.compile(translated)
    except (_UnsupportedError, re.error, RecursionError, OverflowError):
        return None
    return translated


class _Reader:
    """Reads a pattern from left to right."""

    __slots__ = ("at", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        char = self.peek()
        if not char:
            raise _UnsupportedError
        self.at += 1
        return char

    def all(self) -> Iterable[str]:
        groups: list[str] = []
        repeatable = False  # whether a quantifier may follow: only an atom or a group that consumes can be repeated
        while char := self.peek():
            if found := _QUANTIFIER.match(self.text, self.at):
                if not repeatable:
                    raise _UnsupportedError
                self.at = found.end()
                repeatable = False
                yield found[0]
            elif found := _GROUP.match(self.text, self.at):
                self.at = found.end()
                named = found[1] is None or found[1].endswith(">")
                groups.append("(?:" if named else found[0])
                repeatable = False
                yield groups[-1]
            elif char == ")":
                self.at += 1
                repeatable = bool(groups) and groups.pop() == "(?:"
                yield char
            else:
                repeatable = char not in "^$|" and self.text[self.at : self.at + 2] not in {r"\b", r"\B"}
                yield self.atom(char)

    def atom(self, char: str) -> str:
        if char == "[":
            return _written(self.bracket())
        self.at += 1
        match char:
            case "\\":
                if self.peek() in {"b", "B"}:
                    return _boundary(inside=self.take() == "B")
                return _written(self.escape())
            case "$":
                return "(?!" + _written(((0, _LAST),)) + ")"
            case ".":
                return _written(_others(_LINE_END))
            case "^" | "|":
                return char
            case "(":
                raise _UnsupportedError
            case _:
                return _literal(ord(char))

    def escape(self) -> Ranges:
        """What stands after a backslash, as the characters that it matches."""
        if found := _HEX.match(self.text, self.at):
            self.at = found.end()
            return _one(self.low_surrogate(int(found[1] or found[2] or found[3], 16)))
        char = self.take()
        if char in _CLASSES:
            return _CLASSES[char]
        if char in _CONTROL:
            return _one(_CONTROL[char])
        if char == "0" and not self.peek().isdecimal():
            return _one(0)
        if char == "c" and self.peek().isascii() and self.peek().isalpha():
            return _one(ord(self.take()) % 32)
        if char.isalnum():
            raise _UnsupportedError
        return _one(ord(char))

    def low_surrogate(self, number: int) -> int:
        """The character that a high surrogate begins, if a low one follows; else the number as it is."""
        if 0xD800 <= number <= 0xDBFF and self.peek() == "\\":
            low = _HEX.match(self.text, self.at + 1)
            second = int(low[2], 16) if low and low[2] else 0
            if low and 0xDC00 <= second <= 0xDFFF:
                self.at = low.end()
                return 0x10000 + ((number - 0xD800) << 10) + (second - 0xDC00)
        return number

    def bracket(self) -> Ranges:
        """A class in brackets, as the characters that it matches."""
        self.at += 1
        negated = self.peek() == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        while self.peek() != "]":
            low = self.member()
            following = self.text[self.at : self.at + 2]
            if following[:1] != "-" or following == "-]":
                found += low
                continue
            self.at += 1
            high = self.member()
            if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1]:
                # [\w-.] is three members to an engine without the u flag, and an error with it
                found += [*low, *_one(ord("-")), *high]
            elif low[0][0] > high[0][0]:
                raise _UnsupportedError
            else:
                found.append((low[0][0], high[0][0]))
        self.at += 1
        merged = _merged(found)
        return _others(merged) if negated else merged

    def member(self) -> Ranges:
        char = self.take()
        if char != "\\":
            return _one(ord(char))
        if self.peek() == "b":
            self.at += 1
            return _one(0x08)
        if self.peek() == "-":
            self.at += 1
            return _one(ord("-"))
        return self.escape()


def _one(number: int) -> Ranges:
    if number > _LAST or 0xD800 <= number <= 0xDFFF:
        raise _UnsupportedError
    return ((number, number),)


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _literal(number: int) -> str:
    _one(number)
    char = chr(number)
    if char.isascii() and (char.isalnum() or char in "_ "):
        return char
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _written(ranges: Ranges) -> str:
    if not ranges:
        return "(?!)"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _literal(ranges[0][0])
    parts = (_edge(low) if low == high else f"{_edge(low)}-{_edge(high)}" for low, high in ranges)
    return "[" + "".join(parts) + "]"


def _edge(number: int) -> str:
    # A gap may end beside the surrogates, which Rust cannot name.
    return _literal(0xE000 if number == 0xD800 else 0xD7FF if number == 0xDFFF else number)


def _boundary(*, inside: bool) -> str:
    word = _written(_WORD)
    if inside:
        return f"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))"
    return f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"
