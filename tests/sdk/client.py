"""The SDK as tests call it: by the names of its methods, with its own values, over JSON lines to its process."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from talonproof.contract.contract import read_contract
from talonproof.contract.match import Matcher
from talonproof.emulator.serve import LIVE_KEY
from talonproof.workspace import find_workspace

EDITION = "2025-01"
"""The edition that the SDK was made for."""

CONTRACT = read_contract(find_workspace().contract_file(EDITION), edition=EDITION)


def model(name: str, /, **fields: Any) -> dict[str, Any]:
    """A value of one of the SDK's classes."""
    return {"$model": name, "fields": fields}


def moment(days: float) -> dict[str, Any]:
    """A ``datetime`` that is so many days from now, in UTC."""
    return {"$moment": (datetime.now(UTC) + timedelta(days=days)).isoformat()}


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. ``answer`` is the SDK's value by the names of the wire, ``received`` the body as it came."""

    sent: dict[str, Any] | None
    status: int | None
    received: Any
    answer: Any
    raised: dict[str, Any] | None

    @property
    def query(self) -> str:
        """The query as it was sent."""
        assert self.sent is not None
        return urlsplit(self.sent["url"]).query


@dataclass
class Sdk:
    """The SDK, called by the names of its methods; ``done`` holds the operations that it has called with success."""

    process: subprocess.Popen[str]
    matcher: Matcher
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    done: set[str] = field(default_factory=set[str])

    def new(self, kind: str) -> str:
        """An id that nobody has used."""
        return f"sdk-{kind}-{next(self.numbers)}"

    def call(self, method: str, /, *arguments: Any, key: str = LIVE_KEY, **options: Any) -> Outcome:
        """What comes of a call, whatever it is."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        line = {"method": method, "arguments": arguments, "options": options, "key": key}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        outcome = Outcome(**json.loads(self.process.stdout.readline()))
        if outcome.sent is not None and outcome.raised is None:
            match = self.matcher.match(outcome.sent["method"], urlsplit(outcome.sent["url"]).path)
            assert match is not None, outcome.sent
            self.done.add(match.operation.id)
        return outcome

    def does(self, method: str, /, *arguments: Any, code: int = 200, **options: Any) -> Any:
        """The answer to a legal call, by the names of the wire: no exception, its status, and nothing lost on the way.

        What the SDK made of the body is what the body says, property for property; of no body it made nothing.
        """
        outcome = self.call(method, *arguments, **options)
        assert outcome.raised is None, outcome
        assert code == outcome.status
        if code == 204:
            assert outcome.received is None
            return outcome.answer or None
        assert _plain(outcome.received) == _plain(outcome.answer)
        return outcome.answer

    def refused(self, method: str, /, *arguments: Any, code: int, **options: Any) -> Any:
        """The body of a refusal, which the SDK raises with its status."""
        outcome = self.call(method, *arguments, **options)
        assert outcome.raised is not None, outcome
        assert ("ApiException", code) == (outcome.raised["type"], outcome.raised["status"])
        return outcome.received


_FILLED_IN = ("stageRevision", False)
"""The one property that the SDK gives a value where the wire has none."""


def _plain(value: Any) -> Any:
    """A JSON value in which the spellings of one moment are one, without what the SDK fills in."""
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items() if (name, inner) != _FILLED_IN}
        case list():
            return [_plain(inner) for inner in value]
        case str() if _MOMENT.fullmatch(value):
            return datetime.fromisoformat(value)
        case _:
            return value
