"""What a judgement rests on: how many exchanges, of how many shapes, which transitions of sessions, which effects.

A requirement that held on one exchange a hundred times over is less proved than one that held on a hundred kinds of
them; and one about a transition is not proved at all by calls that made none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from talonproof.http.arguments import is_dry
from talonproof.http.exchange import Exchange

_MOVES: Final = frozenset({"updateCustomerSessionV2", "returnCartItems", "reopenCustomerSession"})
"""The operations that may take a session from one state to another."""

_EFFECT = re.compile(r"[A-Za-z]{1,64}")
_STATE = re.compile(r"[a-z_]{1,32}")
_DIGITS: Final = 8
_DEEP: Final = 40
"""How deep a body is looked into: no body of this API is half as deep, and a server may send what it likes."""


@dataclass(slots=True)
class Exercise:
    """What one requirement was exercised by in a case; shapes are told apart by their digests."""

    exchanges: int = 0
    shapes: set[str] = field(default_factory=set[str])
    transitions: set[str] = field(default_factory=set[str])
    effects: set[str] = field(default_factory=set[str])

    def record(self) -> dict[str, Any]:
        """As the stream holds it; what there is nothing of is left out."""
        sets = {name: sorted(getattr(self, name)) for name in ("shapes", "transitions", "effects")}
        return {"exchanges": self.exchanges, **{name: values for name, values in sets.items() if values}}


class Exercised:
    """What each requirement of a case was exercised by. An exchange that is judged several times counts once.

    ``own`` tells the ids that the run made up, which nobody used before it did.
    """

    def __init__(self, own: Callable[[object], bool]) -> None:
        self._own = own
        self._by_requirement: dict[str, Exercise] = {}
        self._counted: set[tuple[str, int]] = set()
        self._shapes: dict[int, str] = {}

    def note(self, requirement: str, judged: Iterable[Exchange], history: Sequence[Exchange]) -> None:
        """A requirement was judged by exchanges of the history."""
        row = self._by_requirement.setdefault(requirement, Exercise())
        for exchange in judged:
            if (mark := (requirement, exchange.number)) not in self._counted:
                self._counted.add(mark)
                row.exchanges += 1
                row.shapes.add(self._shape(exchange))
                row.effects |= effects(exchange)
            if moved := transition(exchange, history, self._own):
                row.transitions.add(moved)

    def begin_example(self) -> None:
        """A new history begins: the numbers of its exchanges start again."""
        self._counted.clear()
        self._shapes.clear()

    def record(self) -> dict[str, dict[str, Any]]:
        """As the stream holds it, by requirement."""
        return {name: row.record() for name, row in sorted(self._by_requirement.items())}

    def _shape(self, exchange: Exchange) -> str:
        """Each exchange is judged by many checks, and its shape looked at once."""
        if exchange.number not in self._shapes:
            self._shapes[exchange.number] = shape(exchange)
        return self._shapes[exchange.number]


def shape(exchange: Exchange) -> str:
    """The digest of what kind of exchange it is.

    That is its operation, its credential, the names in its query, its status, and which members of which types stand
    where in the two bodies; no value enters, nor how often something stands in an array.
    """
    call = exchange.call
    sent = "raw" if call.raw_body is not None else _skeleton(call.body) if call.has_body else ""
    told = (
        call.operation,
        str(call.credential),
        ",".join(sorted(call.query)),
        str(exchange.status),
        sent,
        _skeleton(exchange.json()) if exchange.is_json else "",
    )
    return hashlib.blake2b("\n".join(told).encode("utf-8", "surrogatepass"), digest_size=_DIGITS // 2).hexdigest()


def _skeleton(value: Any, depth: int = 0) -> str:
    match value:
        case dict() | list() if depth > _DEEP:
            return "deep"
        case dict():
            members = sorted(cast("dict[Any, Any]", value).items())
            return "{" + ",".join(f"{name}:{_skeleton(member, depth + 1)}" for name, member in members) + "}"
        case list():
            return "[" + "|".join(sorted({_skeleton(item, depth + 1) for item in cast("list[Any]", value)})) + "]"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "text"
        case _:
            return "null"


def effects(exchange: Exchange) -> frozenset[str]:
    """The types of the effects that an accepted call was answered with."""
    found: Any = exchange.at("effects") if exchange.ok else None
    if not isinstance(found, list):
        return frozenset()
    types = (cast("dict[str, Any]", one).get("effectType") for one in cast("list[Any]", found) if isinstance(one, dict))
    return frozenset(name for name in types if isinstance(name, str) and _EFFECT.fullmatch(name))


def transition(exchange: Exchange, history: Sequence[Exchange], own: Callable[[object], bool]) -> str:
    """What the last call that might move the session of an exchange did to it: ``closed → open``, ``closed → refused``.

    ``history`` holds what came before, and what came after it so far: where the call's own answer shows no state, that
    of the next read tells it. Empty where no answer shows the states before and after.
    """
    session = exchange.call.path.get("customerSessionId")
    if session is None:
        return ""
    about = [one for one in history if one.call.path.get("customerSessionId") == session]
    moves = [place for place, one in enumerate(about) if one.number <= exchange.number and _moves(one)]
    if not moves:
        return ""
    at = moves[-1]
    before = next((state for one in reversed(about[:at]) if (state := _state(one))), "")
    if not before and own(session) and not any(one.ok for one in about[:at]):
        before = "new"
    after = "refused" if about[at].refused else _after(about[at:])
    return f"{before} → {after}" if before and after else ""


def _moves(exchange: Exchange) -> bool:
    return exchange.operation in _MOVES and not is_dry(exchange.call) and (exchange.ok or exchange.refused)


def _after(since: Sequence[Exchange]) -> str:
    """The state that a call led to: by its own answer, or by the first read before anything else could move it."""
    for place, one in enumerate(since):
        if place and _moves(one):
            return ""
        if state := _state(one):
            return state
    return ""


def _state(exchange: Exchange) -> str:
    """The state of the session that an answer shows, unless the call was dry."""
    if not exchange.ok or is_dry(exchange.call):
        return ""
    found: Any = exchange.at("customerSession", "state")
    return found if isinstance(found, str) and _STATE.fullmatch(found) else ""
