"""What a run did to an account, read from its journals: and so even of a run that was killed.

A write whose answer does not say what became of it may have been carried out, and so may one whose intent is the last
line of a journal. What only such a write can have made is possible, not certain, and is told apart.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from talonproof.contract.contract import Contract
from talonproof.contract.match import Matcher
from talonproof.http.deeds import (
    CHOSEN_NAMES,
    Thing,
    happened,
    made,
    perhaps_made,
    session_of,
    states_sent,
    unmade,
    unsure,
    used,
    writes,
)
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.ledger import Ledger

SWEEP: Final = "sweep"
"""The worker of a sweep; its journal tells what happened last."""


class State(Enum):
    """What became of a thing that the run made."""

    THERE = "there"
    POSSIBLE = "possible"
    """It may be there: the outcome of the write that made it is unknown, or whether such a write makes it."""
    SETTLED = "settled"
    """It stays, and nothing more can be undone about it: a session that is cancelled, a profile that is erased."""
    GONE = "gone"


@dataclass
class Traces:
    """The things that a run made with what became of them, and what it used up; all of it by replaying exchanges.

    ``ledger`` knows the ids of the run, and of its sessions whether they may have been closed. ``lost`` are the writes
    of unknown outcome by what they would have made, where that has no name of its own.
    """

    ledger: Ledger
    things: dict[Thing, State] = field(default_factory=dict[Thing, State])
    counts: Counter[str] = field(default_factory=Counter[str])
    lost: Counter[str] = field(default_factory=Counter[str])
    sent: int = 0

    def note(self, exchange: Exchange) -> None:
        """Takes into account what a call did or may have done."""
        if not writes(exchange):
            return
        was_closed = self.ledger.may_have_closed(exchange.call.path.get("customerSessionId"))
        self.ledger.adopt(exchange)
        if exchange.ok:
            self._done(exchange)
            self.counts.update(happened(exchange))
            self.counts.update(used(exchange, was_closed=was_closed))
        elif unsure(exchange):
            self._perhaps(exchange)
        elif exchange.status == 404:
            self._not_found(exchange)

    def _done(self, exchange: Exchange) -> None:
        for thing in made(exchange):
            if self._ours(thing):
                self.things[thing] = State.THERE
        for thing in perhaps_made(exchange):
            if self._ours(thing):
                self._may_be_there(thing)
        for thing in unmade(exchange):
            if thing in self.things:
                self.things[thing] = State.GONE
        if exchange.operation == "updateCustomerSessionV2" and _cancelled(exchange):
            self._settle(session_of(exchange))
        if exchange.operation in {"reopenCustomerSession", "returnCartItems"} and session_of(exchange) in self.things:
            self.things[session_of(exchange)] = State.THERE
        for profile in _erased(exchange):
            self._settle(profile)

    def _not_found(self, exchange: Exchange) -> None:
        """Erasing or deleting something that is not there says so."""
        for thing in (*unmade(exchange), *_erased(exchange)):
            if exchange.operation != "syncCatalog" and thing in self.things:
                self.things[thing] = State.GONE

    def _perhaps(self, exchange: Exchange) -> None:
        unnamed = Counter(happened(exchange))
        for thing in made(exchange):
            if thing.kind in {"audiences", "cards"}:
                unnamed[thing.kind] += 1  # the server names them, and its answer never came
            elif self._ours(thing):
                self._may_be_there(thing)
        for thing in perhaps_made(exchange):
            if self._ours(thing):
                self._may_be_there(thing)
        self.lost.update(unnamed)

    def _may_be_there(self, thing: Thing) -> None:
        was = self.things.get(thing)
        self.things[thing] = State.THERE if was in {State.THERE, State.SETTLED} else State.POSSIBLE

    def _ours(self, thing: Thing) -> bool:
        return thing.kind not in CHOSEN_NAMES or self.ledger.owns(thing.name)

    def _settle(self, thing: Thing) -> None:
        if thing in self.things:
            self.things[thing] = State.SETTLED

    def absent(self, thing: Thing) -> None:
        """The thing was looked for, and is not there."""
        self.things[thing] = State.GONE

    def settled(self, thing: Thing) -> None:
        """Nothing more can be undone about the thing."""
        self.things[thing] = State.SETTLED

    def left(self, *states: State) -> tuple[Thing, ...]:
        """The things in one of the states, sorted."""
        return tuple(sorted(thing for thing, state in self.things.items() if state in states))

    def receipt(self) -> dict[str, Any]:
        """What the run sent and did, as the stream holds it."""
        counted = {what: number for what, number in self.counts.items() if number}
        kinds = Counter(thing.kind for thing in self.left(State.THERE, State.SETTLED, State.GONE))
        created = _sorted(kinds + Counter({what: n for what, n in counted.items() if " " not in what}))
        restored = _sorted(Counter(thing.kind for thing in self.left(State.GONE)))
        possible = self.lost + Counter(thing.kind for thing in self.left(State.POSSIBLE))
        return {
            "sent": self.sent,
            "created": created,
            "consumed": _sorted(Counter({what: n for what, n in counted.items() if " " in what})),
            "restored": restored,
            "left_behind": {what: n for what in created if (n := created[what] - restored.get(what, 0))},
            "possible": _sorted(possible),
        }


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return {what: number for what, number in sorted(counts.items()) if number}


def _erased(exchange: Exchange) -> Iterator[Thing]:
    if exchange.operation == "deleteCustomerData":
        yield Thing("profiles", str(exchange.call.path.get("integrationId")))


def _cancelled(exchange: Exchange) -> bool:
    """Whether a session update that succeeded left the session cancelled."""
    if (state := exchange.at("customerSession", "state")) is not None:
        return state == "cancelled"
    return states_sent(exchange.call) == ["cancelled"]


def read_traces(folder: Path, run: str, contract: Contract, url: str) -> Traces:
    """The traces of the run in a folder; ``contract`` has the operations that it called at ``url``."""
    traces = Traces(Ledger(run, SWEEP))
    matcher = Matcher(contract)
    prefix = urlsplit(url).path.rstrip("/")
    for file in journals(folder):
        with file.open("rb") as lines:
            for exchange in _exchanges(lines, traces, matcher, prefix):
                traces.note(exchange)
    return traces


def journals(folder: Path) -> list[Path]:
    """The journals of a run, that of its sweep last."""
    found = folder.glob("journal-*.ndjson")
    return sorted(found, key=lambda file: (file.stem == f"journal-{SWEEP}", file.name))


def _exchanges(lines: Iterable[bytes], traces: Traces, matcher: Matcher, prefix: str) -> Iterator[Exchange]:
    """The exchanges of a journal; those that have an intent and no outcome at its end, without an answer."""
    pending: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        if not line.startswith((b'{"type": "intent"', b'{"type": "outcome"')):
            continue
        try:
            record: dict[str, Any] = json.loads(line)
        except ValueError:  # the process died while it wrote this one
            continue
        mark = tuple(record.get(name) for name in ("case", "number", "attempt", "started", "path"))
        if record["type"] == "intent":
            traces.sent += 1
            pending[mark] = record
        else:
            pending.pop(mark, None)
            yield _exchange(record, matcher, prefix)
    for record in pending.values():  # the process died before it knew
        cut: dict[str, Any] = {
            "status": 0,
            "failure": "killed",
            "response_headers": {},
            "response_body": None,
            "seconds": 0.0,
        }
        yield _exchange({**record, **cut}, matcher, prefix)


def _exchange(record: Mapping[str, Any], matcher: Matcher, prefix: str) -> Exchange:
    """The exchange of a record of the journal, its call as far as it can be told from the wire."""
    path: str = record["path"]
    found = matcher.match(record["method"], path.removeprefix(prefix))
    sent: str | None = record["request_body"]
    call = Call(
        record["operation"],
        path=found.path if found is not None and found.operation.id == record["operation"] else {},
        query=_query(path),
        raw_body=None if sent is None else sent.encode("utf-8", "surrogatepass"),
        credential=Credential(record["credential"]),
    )
    return Exchange(
        number=record["number"],
        call=call,
        method=record["method"],
        url=record["url"],
        path=path,
        request_headers=record["request_headers"],
        request_body=call.raw_body,
        status=record["status"],
        response_headers=record["response_headers"],
        response_body=(record["response_body"] or "").encode("utf-8", "surrogatepass"),
        started=record["started"],
        seconds=record["seconds"],
        failure=record["failure"],
    )


def _query(path: str) -> Mapping[str, object]:
    """The parameters of a query by name; several values of one name make it a list."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(path.partition("?")[2], keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
