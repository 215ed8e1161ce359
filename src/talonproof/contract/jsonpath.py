"""A path selects places in a JSON value: the part of RFC 9535 (JSONPath) that overlays are written in.

Names, indices, wildcards and filters, as children (``.a``, ``['a', 'b']``, ``[0]``, ``.*``) and as descendants
(``..a``, ``..[?@.type == 'integer']``). A filter compares what stands below ``@`` with a literal (``==``, ``!=``), or
asks whether it is there; several are joined by ``&&``. Slices, functions, ``||`` and parentheses are not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, cast

Location = tuple[str | int, ...]
"""The names and indices that lead from the root to a place."""

_NAME: Final = re.compile(r"[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*")
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_INDEX: Final = re.compile(r"0|-?[1-9][0-9]*")
_WORD: Final = re.compile(r"true|false|null")
_OPERATOR: Final = re.compile(r"[=!]=")
_BLANK: Final = re.compile(r"[ \t\n\r]*")


class _Nothing:
    """What a filter finds where there is nothing; it equals no literal."""


_NOTHING: Final = _Nothing()


@dataclass(frozen=True, slots=True)
class _Every:
    """``*``: every child."""


@dataclass(frozen=True, slots=True)
class _Test:
    """One comparison of a filter; without an operator it asks whether the place is there."""

    steps: Location
    operator: str
    literal: Any

    def holds(self, value: Any) -> bool:
        found = value
        for step in self.steps:
            inner = dict(_children(found))
            found = inner.get(_forward(found, step), _NOTHING)
        if not self.operator:
            return found is not _NOTHING
        return _equal(found, self.literal) is (self.operator == "==")


@dataclass(frozen=True, slots=True)
class _Where:
    """``?``: every child for which all the tests hold."""

    tests: tuple[_Test, ...]


_Selector = str | int | _Every | _Where


@dataclass(frozen=True, slots=True)
class _Segment:
    """One step of a path; ``deep`` takes it from every descendant as well."""

    selectors: tuple[_Selector, ...]
    deep: bool


def select(path: str, value: Any) -> tuple[Location, ...]:
    """The places that a path selects in a value, each once, parents before what is in them.

    Raises ValueError, with the column, for a path that is none, or uses a part of JSONPath that is not read here.
    """
    found: list[tuple[Location, Any]] = [((), value)]
    for segment in _Reader(path).segments():
        found = [
            ((*at, *below, key), inner)
            for at, node in found
            for below, start in (_descendants(node) if segment.deep else iter((((), node),)))
            for selector in segment.selectors
            for key, inner in _chosen(start, selector)
        ]
    return tuple(dict.fromkeys(at for at, _ in found))


def _chosen(node: Any, selector: _Selector) -> Iterator[tuple[str | int, Any]]:
    for key, inner in _children(node):
        match selector:
            case _Every():
                yield key, inner
            case _Where(tests):
                if all(test.holds(inner) for test in tests):
                    yield key, inner
            case name_or_index:
                if key == _forward(node, name_or_index):
                    yield key, inner


def _children(node: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, dict):
        yield from cast("dict[str, Any]", node).items()
    elif isinstance(node, list):
        yield from enumerate(cast("list[Any]", node))


def _descendants(node: Any) -> Iterator[tuple[Location, Any]]:
    """The node itself, and everything in it."""
    yield (), node
    for key, inner in _children(node):
        for below, deeper in _descendants(inner):
            yield (key, *below), deeper


def _forward(node: Any, key: str | int) -> str | int:
    """An index counted from the end as one counted from the beginning."""
    return key + len(cast("list[Any]", node)) if isinstance(key, int) and key < 0 and isinstance(node, list) else key


def _equal(left: Any, right: Any) -> bool:
    """JSON's equality: true is not 1."""
    return left == right and isinstance(left, bool) is isinstance(right, bool)


@dataclass(slots=True)
class _Reader:
    """Reads a path from left to right."""

    text: str
    at: int = 0

    def fail(self, expected: str) -> NoReturn:
        message = f"column {self.at + 1}: {expected} is expected"
        raise ValueError(message)

    def take(self, token: str) -> bool:
        """Goes past a token, if it stands here."""
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def blank(self) -> None:
        self.match(_BLANK)

    def segments(self) -> Iterator[_Segment]:
        if not self.take("$"):
            self.fail("$")
        self.blank()
        while self.at < len(self.text):
            deep = self.take("..")
            if self.take("["):
                yield _Segment(self.bracket(), deep)
            elif deep or self.take("."):
                yield _Segment((self.shorthand(),), deep)
            else:
                self.fail("a dot or a bracket")
            self.blank()

    def shorthand(self) -> _Selector:
        if self.take("*"):
            return _Every()
        return self.match(_NAME) or self.fail("a name")

    def bracket(self) -> tuple[_Selector, ...]:
        found = [self.selector()]
        while self.take(","):
            found.append(self.selector())
        if not self.take("]"):
            self.fail("a comma or a closing bracket")
        return tuple(found)

    def selector(self) -> _Selector:
        self.blank()
        found: _Selector
        if self.take("?"):
            found = self.where()
        elif self.take("*"):
            found = _Every()
        else:
            found = self.key()
        self.blank()
        return found

    def key(self) -> str | int:
        if (quoted := self.match(_QUOTED)) is not None:
            return _unquoted(quoted)
        return int(self.match(_INDEX) or self.fail("a name in quotes, an index, * or ?"))

    def where(self) -> _Where:
        tests = [self.test()]
        while self.take("&&"):
            tests.append(self.test())
        return _Where(tuple(tests))

    def test(self) -> _Test:
        self.blank()
        if not self.take("@"):
            self.fail("@")
        steps: list[str | int] = []
        while True:
            if self.take("["):
                self.blank()
                steps.append(self.key())
                self.blank()
                if not self.take("]"):
                    self.fail("a closing bracket")
            elif self.take("."):
                steps.append(self.match(_NAME) or self.fail("a name"))
            else:
                break
        self.blank()
        operator = self.match(_OPERATOR) or ""
        self.blank()
        literal = self.literal() if operator else None
        self.blank()
        return _Test(tuple(steps), operator, literal)

    def literal(self) -> Any:
        if (quoted := self.match(_QUOTED)) is not None:
            return _unquoted(quoted)
        found = self.match(_NUMBER) or self.match(_WORD)
        return json.loads(found) if found else self.fail("a literal")


def _unquoted(quoted: str) -> str:
    """The string that a quoted one stands for; in single quotes a double quote needs no escape, and the other way."""
    inner = quoted[1:-1]
    if quoted[0] == "'":
        inner = re.sub(r"\\.|\"", lambda found: {"\\'": "'", '"': '\\"'}.get(found[0], found[0]), inner)
    return json.loads(f'"{inner}"', strict=False)
