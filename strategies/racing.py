"""Calls about one thing, sent at the same time, and whether one order after the other explains what came of them.

No source promises anything of calls that are not sent one after the other but that 409 is an answer to them. So a 409
did not happen, what has no answer may have, and what is judged is at most should.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final, cast

from talonproof.http.client import Flight
from talonproof.http.exchange import Call, Exchange
from talonproof.http.trouble import Fate, fate
from talonproof.model.serial import Happened, Sequential, Timed, contradicted, overlapping, serial_order
from talonproof.model.things import Values, Write
from talonproof.model.timeline import timeline
from talonproof.run.case import Case

MOST: Final = 8
"""The most calls that are sent at the same time."""

ROUNDS: Final = 8
"""How often a race is run at most: which call comes first, and whether any overlap, is for nobody to decide."""

READ: Final = "read"


@dataclass(frozen=True, slots=True)
class Ask:
    """A call, what it does to the thing, and what an answer with a 2xx shows of that; None where nothing."""

    call: Call
    action: Any
    told: str
    shows: Callable[[Exchange], Any] = lambda _: None


@dataclass(frozen=True, slots=True)
class Race:
    """What came of calls that were under way at the same time: a flight each, and the same for the search."""

    asks: tuple[Ask, ...]
    flights: tuple[Flight, ...]
    calls: tuple[Timed[Any, Any], ...]

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The exchanges, in the order of the calls."""
        return tuple(flight.exchange for flight in self.flights)

    @property
    def overlapped(self) -> bool:
        """Whether anything was put to the test."""
        return bool(overlapping(self.calls))


@dataclass(frozen=True, slots=True)
class Reading:
    """A read after a race; ``call`` is it for the search."""

    exchange: Exchange
    call: Timed[Any, Any]


def rounds(case: Case, once: Callable[[], None]) -> None:
    """One round, and more of them, within reason, where one is not enough.

    A race in which nothing overlapped, or nothing was answered, tells nothing. One that went wrong is run until it goes
    wrong again. Rounds after the first are no part of the plan.
    """
    once()
    for _ in range(ROUNDS - 1):
        if case.shown if case.attempt > 1 else all(case.evidence[name] for name in case.row.spec.requirements):
            return
        case.begin_example()
        case.off_plan(once)


def race(case: Case, asks: Sequence[Ask]) -> Race:
    """Sends calls at the same time, as many of them, from the first on, as the target allows."""
    chosen = tuple(asks[: case.abreast(min(MOST, len(asks)))])
    flights = case.together([ask.call for ask in chosen])
    calls = tuple(
        Timed(name, ask.action, flight.sent, flight.answered, known, ask.shows(flight.exchange) if answered else None)
        for name, ask, flight in zip(ascii_uppercase, chosen, flights, strict=False)
        for known in [happened(flight.exchange)]
        for answered in [known is Happened.YES]
    )
    return Race(chosen, flights, calls)


def happened(exchange: Exchange) -> Happened:
    """Whether a call was carried out: a refusal says that it was not, and a failure of the server says nothing."""
    if exchange.ok:
        return Happened.YES
    turned_away = exchange.refused or fate(exchange) in {Fate.NEVER_SENT, Fate.TURNED_AWAY}
    return Happened.NO if turned_away else Happened.MAYBE


def reading(read: Callable[[], Exchange], action: Any, shows: Callable[[Exchange], Any]) -> Reading:
    """A read, from before it was sent until after it was answered."""
    sent = time.perf_counter()
    exchange = read()
    answered = time.perf_counter()
    result = shows(exchange) if exchange.ok else None
    return Reading(exchange, Timed(READ, action, sent, answered, Happened.YES, result))


def judge_statuses(case: Case, ran: Race) -> None:
    """R45a: each call of a race is answered 2xx or 409; what the server itself fails at is judged apart."""
    if not ran.overlapped:
        return
    for ask, exchange in zip(ran.asks, ran.exchanges, strict=True):
        if exchange.ok or exchange.refused:
            case.judge(
                "R45a",
                exchange.ok or exchange.status == 409,
                f"{ask.told}, with {len(ran.asks) - 1} others at the same time: answered {exchange.status}, "
                "expected a 2xx or 409",
                of=exchange,
                check="status",
            )


def judge_order(
    case: Case,
    ran: Race,
    thing: Sequential[Any, Any, Any],
    start: Any,
    *,
    reads: Sequence[Reading] = (),
    what: str,
) -> None:
    """R45c: some order of the calls, one after the other, explains their answers and what was read afterwards."""
    calls = [*ran.calls, *(read.call for read in reads)]
    if not ran.overlapped or all(call.result is None for call in calls):
        return
    order = serial_order([start], calls, thing)
    message = f"{len(ran.calls)} calls about {what} at the same time: there is an order that explains them"
    if order is None:
        broken = ", ".join(call.name for call in contradicted([start], calls, thing))
        message = f"{len(ran.calls)} calls about {what} at the same time: no order of them explains what they answered"
        message += f" and what was read then; without what {broken} shows there would be one" if broken else ""
    case.judge(
        "R45c",
        order is not None,
        message,
        of=(*ran.exchanges, *(read.exchange for read in reads)),
        operation=ran.exchanges[0].operation,
        check="order",
        timeline="" if order is not None else drawn(ran, reads),
    )


def judge_values(case: Case, ran: Race, read: Reading, section: str) -> None:
    """R45b: after updates that all send the same properties, each has the value that one of those carried out sent."""
    if not ran.overlapped:
        return
    carried_out = [call for call in ran.calls if call.happened is not Happened.NO]
    sent = {pair for call in carried_out for pair in cast("Write", call.action).values}
    for name, value in sorted(cast("Values", read.call.result or frozenset())):
        holds = (name, value) in sent
        case.judge(
            "R45b",
            holds,
            f"{name} is {value}, which none of {len(carried_out)} updates at the same time sent",
            of=(*ran.exchanges, read.exchange),
            pointer=f"/{section}/{name}",
            operation=ran.exchanges[0].operation,
            check="values",
            timeline="" if holds else drawn(ran, [read]),
        )


def drawn(ran: Race, reads: Sequence[Reading] = ()) -> str:
    """What overlapped, for people."""
    asks = {call.name: (ask, flight) for call, ask, flight in zip(ran.calls, ran.asks, ran.flights, strict=True)}

    def told(call: Timed[Any, Any]) -> str:
        if call.name not in asks:
            return f"read afterwards: {shown(call.result)}"
        ask, flight = asks[call.name]
        exchange = flight.exchange
        answer = f"{exchange.status}" if exchange.status else f"no answer ({exchange.failure})"
        seen = f", shows {shown(call.result)}" if call.result is not None else ""
        return f"{ask.told}: {answer}{seen}"

    return timeline([*ran.calls, *(read.call for read in reads)], told)


def shown(result: Any) -> str:
    """A result in one line: properties by name, the parts of a pair, or a number."""
    if isinstance(result, frozenset):
        pairs = sorted(cast("frozenset[tuple[str, Any]]", result))
        return ", ".join(f"{name} {value}" for name, value in pairs) or "nothing"
    if isinstance(result, tuple):
        return "; ".join(shown(part) for part in cast("tuple[Any, ...]", result) if part is not None)
    return "nothing" if result is None else str(result)


def canonical(value: Any) -> str:
    """A JSON value as text that is the same for the same value: numbers by their value."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(float(value))
    if isinstance(value, list):
        return f"[{', '.join(canonical(one) for one in cast('list[Any]', value))}]"
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return f"{{{', '.join(f'{name}: {canonical(members[name])}' for name in sorted(members))}}}"
    return json.dumps(value, ensure_ascii=False)
