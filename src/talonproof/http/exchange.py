"""A call is an operation with its arguments; an exchange is what went over the wire for it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, cast


class Credential(StrEnum):
    """With which key, or with what in place of one, a call is sent."""

    LIVE = "live"
    WRONG = "wrong"
    """The right prefix with a key that exists nowhere."""
    LONGER = "longer"
    """The right prefix with the live key and more: a key that exists nowhere either."""
    ABSENT = "absent"
    """No Authorization header."""
    BARE = "bare"
    """The live key without its prefix."""
    BEARER = "bearer"
    """The live key behind ``Bearer``."""
    EXPIRED = "expired"
    OTHER_APPLICATION = "other-application"
    TEST = "test"
    DOCUMENT = "document"
    """The live key in the headers that the document asks for, in whatever way it does."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operation with its arguments, before it is put on the wire.

    ``body`` is any JSON value; ``raw_body`` is sent as it is instead (malformed JSON), and ``has_body``
    tells a body of ``null`` from none. ``content_type`` None sends ``application/json`` where there is a body.
    ``headers`` are those that the document describes as parameters, names in lower case.
    """

    operation: str
    path: Mapping[str, object] = field(default_factory=dict[str, object])
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    body: Any = None
    has_body: bool = False
    raw_body: bytes | None = None
    credential: Credential = Credential.LIVE
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, redacted: no key is in it.

    ``number`` counts from 0 within the history of a case. ``url`` is absolute, ``path`` the raw path with its query.
    Header names are lower case. ``status`` is 0 and ``failure`` says why where no answer came.
    ``started`` is seconds since the epoch, ``seconds`` how long the answer took. ``attempts`` is how often the call was
    made until then; only the last attempt is an exchange. ``together`` ones were under way at the same time as those
    beside them that are.
    """

    number: int
    call: Call
    method: str
    url: str
    path: str
    request_headers: Mapping[str, str]
    request_body: bytes | None
    status: int
    response_headers: Mapping[str, str]
    response_body: bytes
    started: float
    seconds: float
    failure: str = ""
    attempts: int = 1
    together: bool = False

    @property
    def operation(self) -> str:
        """The operationId of the call."""
        return self.call.operation

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the answer is a 4xx other than 429."""
        return 400 <= self.status < 500 and self.status != 429

    @property
    def infrastructure(self) -> bool:
        """Whether the answer says nothing about the API: none came, or 429, 502, 503, 504."""
        return self.status in {0, 429, 502, 503, 504}

    @cached_property
    def _parsed(self) -> tuple[bool, Any]:
        try:
            text = self.response_body.decode("utf-8-sig")
            return True, json.loads(text, parse_constant=_no_constant, parse_int=_integer)
        except (ValueError, RecursionError):
            return False, None

    def json(self) -> Any:
        """The body as JSON, parsed once and not to be changed; None where it is none (see ``is_json``)."""
        return self._parsed[1]

    @property
    def is_json(self) -> bool:
        """Whether the body is well-formed JSON."""
        return self._parsed[0]

    def at(self, *keys: str | int) -> Any:
        """The value at a path of keys and indices in the JSON body; None where there is nothing."""
        value = self.json()
        for key in keys:
            match value:
                case dict() if key in value:
                    value = cast("dict[Any, Any]", value)[key]
                case list() if isinstance(key, int) and -len(found := cast("list[Any]", value)) <= key < len(found):
                    value = found[key]
                case _:
                    return None
        return value

    def record(self) -> dict[str, Any]:
        """The exchange as plain JSON, for journal and stream; bodies are text, cut nowhere."""
        return {
            "number": self.number,
            "operation": self.operation,
            "credential": str(self.call.credential),
            "method": self.method,
            "url": self.url,
            "path": self.path,
            "request_headers": dict(self.request_headers),
            "request_body": _text(self.request_body),
            "status": self.status,
            "response_headers": dict(self.response_headers),
            "response_body": _text(self.response_body),
            "started": self.started,
            "seconds": self.seconds,
            "failure": self.failure,
        }

    def numbered(self, number: int) -> Exchange:
        """The same exchange at another place of a history."""
        return dataclasses.replace(self, number=number)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _integer(digits: str) -> int:
    """The number; cut to as many digits as Python reads at once, so that it stays an integer beyond every bound."""
    return int(digits[:4000])


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode("utf-8", errors="backslashreplace")
