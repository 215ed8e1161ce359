"""A sweep undoes what a run left on an account, as far as the API can: things of that run, and nothing else.

What is left is read from the journals of the run, and the sweep writes one of its own, so that a second sweep knows
what the first one did. Every call passes the guard of a run with the footprint of that run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from talonproof.errors import ConfigError, HarnessError, TargetError
from talonproof.http.client import Client
from talonproof.http.deeds import Thing
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.guard import Guard
from talonproof.run.traces import SWEEP, State, Traces

if TYPE_CHECKING:
    import httpx

    from talonproof.contract.contract import Contract
    from talonproof.http.pace import Pace
    from talonproof.run.journal import Journal
    from talonproof.target import Footprint, Keys, Target

AT_ONCE: Final = 500
"""Profiles or items in one request; the API takes a thousand."""

_PATIENCE: Final = 3
"""As many calls in a row without an answer end a sweep."""

UNDONE: Final = {
    "sessions": "cancelled",
    "reservations": "released",
    "audiences": "deleted",
    "items": "removed",
    "profiles": "erased",
}
"""What is undone, in this order, and how that is called: what a session holds is given back before it is erased."""

KEPT: Final = {
    "sessions": "cancelled: no operation deletes a session",
    "profiles": "erased of their data: no operation deletes a profile",
    "cards": "no operation deletes a card",
    "events": "no operation takes an event back",
    "referrals": "no operation deletes a referral",
}
"""What stays behind, and why."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: ``undone`` counts by kind, ``failed`` says of each thing why it is not undone."""

    undone: Counter[str] = field(default_factory=Counter[str])
    failed: tuple[tuple[Thing, str], ...] = ()
    sent: int = 0

    @property
    def exit_code(self) -> int:
        """0 where everything that the API can undo is undone; 3 where something is still to be undone."""
        return 3 if self.failed else 0


class Sweeper:
    """Undoes what the traces of a run show; see :func:`sweep`."""

    def __init__(self, traces: Traces, client: Client, target: Target, keys: Keys) -> None:
        self._traces = traces
        self._client = client
        self._target = target
        self._keys = keys
        self._number = 0
        self._silent = 0
        self.undone: Counter[str] = Counter()
        self.failed: list[tuple[Thing, str]] = []

    def sweep(self, told: Callable[[str, int], None]) -> None:
        """Undoes all of it; ``told`` hears of each kind of thing before it is undone, and how many there are."""
        steps: dict[str, Callable[[Thing], None]] = {
            "sessions": self._cancel,
            "audiences": self._delete,
            "profiles": self._erase,
        }
        for kind in UNDONE:
            things = [t for t in self._traces.left(State.THERE, State.POSSIBLE) if t.kind == kind]
            if not things:
                continue
            told(kind, len(things))
            if kind in steps:
                for thing in things:
                    steps[kind](thing)
                continue
            for within, group in groupby(things, key=lambda thing: thing.within):
                for some in _portions(list(group)):
                    (self._release if kind == "reservations" else self._remove)(within, some)

    def _cancel(self, session: Thing) -> None:
        """Cancels a session that is there; one that only may be there is read first."""
        if self._traces.things[session] is State.POSSIBLE and not self._stands(session):
            return
        credential = _credential(session)
        path = {"customerSessionId": session.name}
        body = {"customerSession": {"state": "cancelled"}, "responseContent": ["customerSession"]}
        answer = self._send([session], Call("updateCustomerSessionV2", path, body=body, credential=credential))
        if answer is None:
            return
        if answer.ok:
            self._undone(session, State.SETTLED)
        elif not answer.refused or self._stands(session):
            self._failed([session], answer)

    def _stands(self, session: Thing) -> bool:
        """Whether a session is there and not cancelled; one that is not is noted as done with."""
        call = Call("getCustomerSession", {"customerSessionId": session.name}, credential=_credential(session))
        answer = self._send([session], call)
        if answer is None:
            return False
        if answer.refused:
            self._traces.absent(session)
            return False
        if not answer.ok:
            self._failed([session], answer)
            return False
        if answer.at("customerSession", "state") == "cancelled":
            self._traces.settled(session)
            return False
        return True

    def _delete(self, audience: Thing) -> None:
        if not audience.name.isdecimal():
            self.failed.append((audience, "the answer that made it gave it no number"))
            return
        self._single(audience, Call("deleteAudienceV2", {"audienceId": int(audience.name)}), State.GONE)

    def _erase(self, profile: Thing) -> None:
        self._single(profile, Call("deleteCustomerData", {"integrationId": profile.name}), State.SETTLED)

    def _single(self, thing: Thing, call: Call, after: State) -> None:
        """Undoes one thing; an answer that it is not there is as good, where a 404 says so."""
        answer = self._send([thing], call)
        if answer is None:
            return
        if answer.ok:
            self._undone(thing, after)
        elif answer.status == 404:
            self._traces.absent(thing)
        else:
            self._failed([thing], answer)

    def _release(self, coupon: str, reservations: Sequence[Thing]) -> None:
        body = {"integrationIDs": [each.name for each in reservations]}
        self._together(reservations, [Call("deleteCouponReservation", {"couponValue": coupon}, body=body)])

    def _remove(self, catalog: str, items: Sequence[Thing]) -> None:
        body = {"actions": [{"type": "REMOVE", "payload": {"sku": item.name}} for item in items]}
        number = int(catalog) if catalog.isascii() and catalog.isdigit() else catalog
        ways = [Credential.LIVE]
        if self._keys.other_application:  # first where the catalog is that Application's
            ways.insert(0 if number == self._target.bindings.spare_catalog else 1, Credential.OTHER_APPLICATION)
        self._together(items, [Call("syncCatalog", {"catalogId": number}, body=body, credential=way) for way in ways])

    def _together(self, things: Sequence[Thing], calls: Sequence[Call]) -> None:
        """Undoes several things by the first of the calls that is taken; where none is, one by one."""
        answer: Exchange | None = None
        for call in calls:
            answer = self._send(things, call)
            if answer is None:
                return
            if answer.ok:
                for thing in things:
                    self._undone(thing, State.GONE)
                return
        if answer is None:
            return
        if len(things) == 1:
            if answer.status == 404 or (answer.refused and self._traces.things[things[0]] is State.POSSIBLE):
                self._traces.absent(things[0])
            else:
                self._failed(things, answer)
            return
        for thing in things:
            (self._release if thing.kind == "reservations" else self._remove)(thing.within, [thing])

    def _undone(self, thing: Thing, state: State) -> None:
        self._traces.things[thing] = state
        self.undone[thing.kind] += 1

    def _failed(self, things: Sequence[Thing], answer: Exchange) -> None:
        why = answer.failure or f"answered {answer.status}"
        self.failed += [(thing, f"{answer.operation}: {why}") for thing in things]

    def _send(self, things: Sequence[Thing], call: Call) -> Exchange | None:
        """The answer to a call; None where it was not sent, which is noted for the things."""
        try:
            exchange = self._client.send(call, number=self._number)
        except (HarnessError, ConfigError) as error:
            self.failed += [(thing, error.message) for thing in things]
            return None
        self._number += 1
        self._silent = self._silent + 1 if exchange.status == 0 else 0
        if self._silent == _PATIENCE:
            message = f"{self._target.url} stopped answering: {exchange.failure}"
            raise TargetError(message, hint="sweep again when it is back: what was undone is remembered")
        return exchange


def sweep(  # noqa: PLR0913 - everything with an effect is passed in
    traces: Traces,
    target: Target,
    keys: Keys,
    contract: Contract,
    *,
    limit: Footprint,
    journal: Journal,
    pace: Pace,
    told: Callable[[str, int], None] = lambda _kind, _count: None,
    transport: httpx.BaseTransport | None = None,
) -> Swept:
    """Undoes what the run left, and notes it in the traces.

    ``limit`` is the highest footprint that the run was allowed: what it could do, its undoing may.
    """
    journal.case = SWEEP
    guard = Guard(target, contract, limit, traces.ledger)
    client = Client(
        target, keys, contract, guard,
        pace=pace, transport=transport, on_intent=journal.intent, on_outcome=journal.outcome,
    )  # fmt: skip
    with client:
        sweeper = Sweeper(traces, client, target, keys)
        sweeper.sweep(told)
        return Swept(sweeper.undone, tuple(sweeper.failed), client.sent)


def _credential(session: Thing) -> Credential:
    return Credential(session.within) if session.within else Credential.LIVE


def _portions(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]


def kept(traces: Traces) -> Iterator[tuple[str, int, str]]:
    """What no operation can take away: kind, how many, and why it stays."""
    counts = Counter(thing.kind for thing in traces.left(State.THERE, State.SETTLED))
    counts.update({what: n for what, n in traces.counts.items() if " " not in what})
    for kind, why in KEPT.items():
        if counts[kind]:
            yield kind, counts[kind], why


def _record(thing: Thing) -> dict[str, str]:
    return {"kind": thing.kind, "name": thing.name, **({"within": thing.within} if thing.within else {})}


def as_record(traces: Traces, swept: Swept) -> dict[str, Any]:
    """The sweep as plain JSON: its receipt, and by name whatever is left."""
    return {
        "receipt": traces.receipt(),
        "undone": dict(swept.undone),
        "failed": [{**_record(thing), "why": why} for thing, why in swept.failed],
        "left": [
            {**_record(thing), "state": str(traces.things[thing].value)}
            for thing in traces.left(State.THERE, State.SETTLED, State.POSSIBLE)
        ],
        "sent": swept.sent,
    }
