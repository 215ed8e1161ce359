"""The operation of any request is found from its method and its path as it came over the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from talonproof.contract.contract import Contract, Operation

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Match:
    """An operation, and the decoded values of its path parameters by name."""

    operation: Operation
    path: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Route:
    operation: Operation
    segments: tuple[re.Pattern[str], ...]
    rank: tuple[tuple[int, int], ...]


class Matcher:
    """Finds operations of one contract. Paths are those of the contract: without the prefix of a server's URL."""

    __slots__ = ("_routes",)

    def __init__(self, contract: Contract) -> None:
        routes: dict[tuple[str, int], list[_Route]] = {}
        for operation in contract.operations.values():
            parts = operation.path.split("/")
            route = _Route(operation, tuple(map(_pattern, parts)), tuple(map(_rank, parts)))
            routes.setdefault((operation.method, len(parts)), []).append(route)
        self._routes = {key: tuple(sorted(found, key=lambda r: r.rank)) for key, found in routes.items()}

    def match(self, method: str, raw_path: str) -> Match | None:
        """The operation that a request means; None if it means none.

        ``raw_path`` is percent-encoded, with or without a query. Each of its segments is decoded by itself, so that
        ``%2F`` never divides one; a literal segment is preferred to a template, from the left; a path parameter is
        never empty. Bytes that are not UTF-8 are decoded as U+FFFD.
        """
        segments = [unquote(part) for part in raw_path.partition("?")[0].split("/")]
        for route in self._routes.get((method.upper(), len(segments)), ()):
            values = _values(route, segments)
            if values is not None:
                return Match(route.operation, values)
        return None


def _pattern(part: str) -> re.Pattern[str]:
    """The pattern of one segment of a template; ``_values`` gives its groups their names."""
    literals = _VARIABLE.split(part)[::2]
    return re.compile("(.+?)".join(map(re.escape, literals)), re.DOTALL)


def _rank(part: str) -> tuple[int, int]:
    """Literal segments first, then those with the most literal text."""
    variables = _VARIABLE.findall(part)
    return (len(variables), -len(_VARIABLE.sub("", part)))


def _values(route: _Route, segments: list[str]) -> dict[str, str] | None:
    values: dict[str, str] = {}
    for pattern, part, segment in zip(route.segments, route.operation.path.split("/"), segments, strict=True):
        found = pattern.fullmatch(segment)
        if found is None:
            return None
        values.update(zip(_VARIABLE.findall(part), found.groups(), strict=True))
    return values
