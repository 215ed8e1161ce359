"""The values of attributes that are about people are masked in bodies, and all else of a body stays as it came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

MASK: Final = "[redacted]"

_BLOCK: Final = re.compile(r'"attributes"\s*:\s*(?=\{)', re.IGNORECASE)
_DECODER: Final = json.JSONDecoder()


class Attributes:
    """Masks the values of some attributes, by name, in every object that is called ``attributes``."""

    __slots__ = ("_names", "_one")

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name for name in names if name)
        spelled = {form for name in self._names for form in (json.dumps(name), json.dumps(name, ensure_ascii=False))}
        names_of = "|".join(sorted(map(re.escape, spelled), key=len, reverse=True))
        self._one = re.compile(rf"((?:{names_of})\s*:\s*)(?=[^\s])") if spelled else None

    def masked(self, data: bytes) -> bytes:
        """A body with the values masked; the same object where there is nothing to mask."""
        if self._one is None or b"attributes" not in data.lower():
            return data
        text = data.decode("utf-8", "surrogateescape")
        found: list[str] = []
        position = 0
        for block in _BLOCK.finditer(text):
            if block.end() < position:
                continue
            end = _end(text, block.end())
            if end is None:
                continue
            found += [text[position : block.end()], self._mask(text[block.end() : end], self._one)]
            position = end
        return "".join([*found, text[position:]]).encode("utf-8", "surrogateescape") if found else data

    def without(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """An object of a call, the values masked if it holds attributes."""
        if not self._names:
            return value
        return {
            name: {key: MASK if key in self._names else each for key, each in cast("dict[str, Any]", member).items()}
            if name.casefold() == "attributes" and isinstance(member, dict)
            else member
            for name, member in value.items()
        }

    def _mask(self, block: str, one: re.Pattern[str]) -> str:
        found: list[str] = []
        position = 0
        for name in one.finditer(block):
            if name.start() < position:
                continue
            end = _end(block, name.end())
            if end is not None:
                found += [block[position : name.end()], json.dumps(MASK)]
                position = end
        return "".join([*found, block[position:]])


def _end(text: str, start: int) -> int | None:
    """Where the JSON value ends that begins at a place; None where there is none."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None
