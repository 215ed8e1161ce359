"""The ids of a run are its own, and the ledger knows them: what was issued, what it became, what stays behind."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Mapping
from typing import Final

from talonproof.errors import HarnessError
from talonproof.http.arguments import body_of, is_dry
from talonproof.http.deeds import CHOSEN_NAMES, Thing, happened, made, named, states_sent, unmade, used
from talonproof.http.exchange import Credential, Exchange
from talonproof.http.trouble import Fate, fate

_RUN: Final = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
_WORKER: Final = re.compile(r"[a-z][a-z0-9]*")
_DOTS: Final = re.compile(r"(?:^|[/\\])\.{1,2}(?:[/\\]|$)")

UNKNOWN: Final = "writes of unknown outcome"
"""What the receipt calls the writes whose answer never came: each was carried out, or was not."""


class Ledger:
    """The ids of one worker of one run.

    ``new`` gives names (``tp-<run>-<worker>-<n>``) that nobody else has; what the server names itself (the number of an
    audience, the identifier of a card) is learned from the answers. An id with something appended is own too, unless
    that could lead a careless server elsewhere (``/../``).
    """

    def __init__(self, run: str, worker: str) -> None:
        if not _RUN.fullmatch(run) or not _WORKER.fullmatch(worker):
            raise HarnessError(f"run {run!r} and worker {worker!r} make no ids")
        self._prefix = f"tp-{run}-{worker}-"
        self._own = re.compile(rf"tp-{re.escape(run)}-[a-z][a-z0-9]*-\d+(?!\d)")
        self._lock = threading.Lock()
        self._kinds: dict[str, str] = {}
        self._named: set[tuple[str, str]] = set()
        self._maybe_closed: set[str] = set()
        self._things: dict[str, set[Thing]] = {}
        self._gone: dict[str, set[Thing]] = {}
        self._counts: Counter[str] = Counter()

    def new(self, kind: str) -> str:
        """A name for something of that kind, distinct from all others of this and every other run."""
        with self._lock:
            name = f"{self._prefix}{len(self._kinds)}"
            self._kinds[name] = kind
        return name

    def kind(self, name: str) -> str | None:
        """For what a name was issued by this worker; None if it was not."""
        return self._kinds.get(name)

    def owns(self, value: object, kind: str = "") -> bool:
        """Whether a value is an id of this run, whatever the worker, or one that the server gave to this worker."""
        if (kind, str(value)) in self._named:
            return True
        if not isinstance(value, str) or _DOTS.search(value):
            return False
        return self._own.match(value) is not None

    def may_have_closed(self, session: object) -> bool:
        """Whether a session could be, or have been, anything but open: so for all but this worker's own ones."""
        issued = isinstance(session, str) and (found := self._own.match(session)) and found[0] in self._kinds
        return not issued or session in self._maybe_closed

    @property
    def created(self) -> Mapping[str, int]:
        """What this worker did to the account, counted by what it was, for the receipt.

        Things that it made have one word (``sessions``); what it used up or moved has more (``sessions closed``).
        """
        return _totals({what: len(ids) for what, ids in self._things.items()}, self._counts)

    @property
    def restored(self) -> Mapping[str, int]:
        """How many of the things that this worker made it has taken away again."""
        return _totals({what: len(ids) for what, ids in self._gone.items()})

    def adopt(self, exchange: Exchange) -> None:
        """Takes over what a worker of the run did: of its session as much is known as of one that was issued here."""
        session = exchange.call.path.get("customerSessionId")
        if isinstance(session, str) and (found := self._own.match(session)):
            with self._lock:
                self._kinds.setdefault(found[0], "session")
        self.note(exchange)

    def note(self, exchange: Exchange) -> None:
        """Takes into account what a call has done or, where the answer leaves it open, could have done."""
        with self._lock:
            was_closed = self.may_have_closed(exchange.call.path.get("customerSessionId"))
            if exchange.operation == "updateCustomerSessionV2":
                self._note_state(exchange)
            dry = is_dry(exchange.call) or exchange.call.credential is Credential.TEST
            if exchange.ok and not dry:
                self._note_success(exchange)
                self._counts.update(used(exchange, was_closed=was_closed))
            elif exchange.method != "GET" and not dry and fate(exchange) is Fate.UNKNOWN:
                self._counts[UNKNOWN] += 1

    def _note_state(self, exchange: Exchange) -> None:
        call = exchange.call
        body = body_of(call)
        asked = states_sent(call)
        plain = body.readable and all(state in (None, "open", "cancelled") for state in asked)
        answered = exchange.at("customerSession", "state") if exchange.ok and not is_dry(call) else None
        if answered in {"closed", "partially_returned"} or not (plain or is_dry(call) or exchange.refused):
            self._maybe_closed.add(str(call.path.get("customerSessionId")))

    def _note_success(self, exchange: Exchange) -> None:
        for thing in made(exchange):
            if thing.kind in CHOSEN_NAMES and not self.owns(thing.name):
                continue
            self._things.setdefault(thing.kind, set()).add(thing)
            self._gone.get(thing.kind, set()).discard(thing)
        for thing in unmade(exchange):
            if thing in self._things.get(thing.kind, ()):
                self._gone.setdefault(thing.kind, set()).add(thing)
        self._named |= set(named(exchange))
        self._counts.update(happened(exchange))


def _totals(*counts: Mapping[str, int]) -> Mapping[str, int]:
    """The counts of all, summed, without zeros, by name."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return {what: number for what, number in sorted(total.items()) if number}
