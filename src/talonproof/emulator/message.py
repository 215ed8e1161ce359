"""A request goes in, a reply comes out: plain values, independent of any server."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from talonproof.emulator.json_text import encode

JSON_TYPE = "application/json"


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Request:
    """What arrived: ``target`` is the raw path with its query, nothing decoded; header names are lower case.

    ``arrived`` is when its head did, by ``time.monotonic``; its body may have taken longer.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    arrived: float = field(default_factory=time.monotonic, compare=False)

    @property
    def path(self) -> str:
        """The raw path."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query, without its question mark."""
        return self.target.partition("?")[2]

    def pairs(self) -> list[tuple[str, str]]:
        """The decoded names and values of the query, in order."""
        return parse_qsl(self.query, keep_blank_values=True)

    def with_pairs(self, pairs: list[tuple[str, str]]) -> Request:
        """The same request with another query."""
        query = urlencode(pairs)
        return replace(self, target=f"{self.path}?{query}" if query else self.path)

    def without(self, *names: str) -> Request:
        """The same request without some query parameters."""
        return self.with_pairs([pair for pair in self.pairs() if pair[0] not in names])

    def document(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def with_document(self, document: object) -> Request:
        """The same request with another body."""
        return replace(self, body=encode(document))


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Reply:
    """What goes back; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300

    def document(self) -> Any:
        """The body as JSON, or None where there is none."""
        return json.loads(self.body) if self.body else None

    def with_document(self, document: object) -> Reply:
        """The same reply with another body."""
        return replace(self, body=encode(document))


def as_object(value: object) -> dict[str, Any] | None:
    """The value if it is a JSON object, else None."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_array(value: object) -> list[Any] | None:
    """The value if it is a JSON array, else None."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def reply(status: int, document: object | None = None) -> Reply:
    """A JSON reply; without a document, one without a body."""
    if document is None:
        return Reply(status)
    return Reply(status, {"content-type": JSON_TYPE}, encode(document))
