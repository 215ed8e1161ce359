"""The state table of customer sessions, row by row: what each call must answer and leave stored.

A row has two clauses in the catalogue, ``Tnn-status`` and ``Tnn-state``. A row that stands for
several calls is expanded into variants (``T18-absent``, ``T18-open``). Beside its own clauses a
variant names the other rules it is an instance of: same meaning, same level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from talonproof.model.action import State
from talonproof.model.session import Past, Session
from talonproof.requirement import Level


class Answer(StrEnum):
    """What a status says about a call: it was carried out, it was refused, or either will do."""

    OK = "ok"
    REFUSED = "refused"
    ANY = "any"

    @classmethod
    def of(cls, status: int) -> Answer | None:
        """2xx is OK, 4xx is REFUSED; None for 429 and the rest, which do not answer the call."""
        if 200 <= status < 300:
            return cls.OK
        return cls.REFUSED if 400 <= status < 500 and status != 429 else None


class Kind(StrEnum):
    """The kinds of calls that the table tells apart."""

    UPDATE = "update"
    DRY_UPDATE = "dry update"
    EMPTY_UPDATE = "update without customerSession"
    REOPEN = "reopen"
    RETURN = "return"
    RETURN_SOME = "return of some units"
    RETURN_ALL = "return of all units that remain"
    RETURN_TOO_MANY = "return of too many units"
    RETURN_OUTSIDE = "return of a position outside the cart"
    DRY_RETURN = "dry return"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Move:
    """A kind of call; for updates with the ``state`` they ask for (None: left out)."""

    kind: Kind
    state: str | None = None


NO_STATE = "no-such-state"
"""Stands for every word that is no state (row 41)."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A variant of a row. ``before`` and ``after`` None: there is no session.

    ``past`` is what the session must have been through for the row to speak of it.
    """

    row: int
    variant: str
    before: State | None
    move: Move
    answer: Answer
    status_level: Level
    after: State | None
    state_level: Level
    status_rules: tuple[str, ...] = ()
    state_rules: tuple[str, ...] = ()
    past: Past | None = None

    @property
    def name(self) -> str:
        """``T24``, or with the variant ``T18-open``."""
        return f"T{self.row:02}-{self.variant}" if self.variant else f"T{self.row:02}"

    @property
    def status_rule(self) -> str:
        """The clause on the answer: ``T18-status``."""
        return f"T{self.row:02}-status"

    @property
    def state_rule(self) -> str:
        """The clause on what is stored afterwards: ``T18-state``."""
        return f"T{self.row:02}-state"

    @property
    def given(self) -> Answer:
        """The answer under which the state clause speaks: OK where the call must have brought the state about."""
        brought = self.before is not self.after or self.move.kind is Kind.READ
        return Answer.OK if brought and self.answer is Answer.OK else Answer.ANY


def transitions_of(session: Session | None, move: Move | None) -> tuple[Transition, ...]:
    """The variants that a call on a session is an instance of; none where the table is silent."""
    state = session.state if session else None
    past = session.past if session else frozenset[Past]()
    return tuple(row for row in _BY_CALL.get((state, move), ()) if row.past is None or row.past in past)


_OPEN, _CLOSED, _RETURNED, _CANCELLED = State
_MUST, _SHOULD, _OBSERVE = Level
_OK, _REFUSED, _ANY = Answer


def _update(*states: str | None) -> dict[str, Move]:
    return {state or "absent": Move(Kind.UPDATE, state) for state in states}


def _dry(*states: str | None) -> dict[str, Move]:
    return {state or "absent": Move(Kind.DRY_UPDATE, state) for state in states}


def _rows(
    row: int,
    before: State | None,
    moves: Mapping[str, Move] | Kind,
    status: tuple[Answer, Level],
    state: tuple[State | None, Level],
    status_rules: tuple[str, ...] = (),
    state_rules: tuple[str, ...] = (),
    past: Past | None = None,
) -> list[Transition]:
    named = {"": Move(moves)} if isinstance(moves, Kind) else moves
    return [
        Transition(row, variant, before, move, *status, *state, status_rules, state_rules, past)
        for variant, move in named.items()
    ]


def _in_every_state(row: int, move: Move) -> list[Transition]:
    """A row for any state: refused, and the state stays."""
    return [
        Transition(row, before or "nonexistent", before, move, _REFUSED, _SHOULD, before, _SHOULD, ("R162",))
        for before in (None, *State)
    ]


def _named(rows: Iterable[Transition]) -> tuple[Transition, ...]:
    """The rows, with the variant's name dropped where a row has only one."""
    listed = tuple(rows)
    variants = Counter(row.row for row in listed)
    return tuple(replace(row, variant="") if variants[row.row] == 1 else row for row in listed)


# fmt: off
TABLE: tuple[Transition, ...] = _named((
    # no session of that id
    *_rows(1, None, _update(None), (_OK, _MUST), (_OPEN, _MUST), ("R1a",), ("R2",)),
    *_rows(2, None, _update(_OPEN), (_OK, _MUST), (_OPEN, _MUST), ("R1a",), ("R1a",)),
    *_rows(3, None, _update(_CLOSED), (_OK, _MUST), (_CLOSED, _MUST), ("R1a", "R3"), ("R3",)),
    *_rows(4, None, _update(_CANCELLED), (_REFUSED, _SHOULD), (None, _SHOULD), ("R4",), ("R4",)),
    *_rows(5, None, _update(_RETURNED), (_REFUSED, _SHOULD), (None, _SHOULD), ("R4",), ("R4",)),
    *_rows(6, None, Kind.REOPEN, (_REFUSED, _SHOULD), (None, _SHOULD), ("R12b",)),
    *_rows(7, None, Kind.RETURN, (_REFUSED, _SHOULD), (None, _SHOULD), ("R14b",)),
    *_rows(8, None, Kind.READ, (_REFUSED, _SHOULD), (None, _SHOULD), ("R1b",)),
    *_rows(9, None, _dry(None, _OPEN, _CLOSED), (_OK, _MUST), (None, _MUST), (), ("R52",)),
    # open
    *_rows(10, _OPEN, _update(None, _OPEN), (_OK, _MUST), (_OPEN, _MUST), ("R5a",), ("R5a",)),
    *_rows(11, _OPEN, _update(_CLOSED), (_OK, _MUST), (_CLOSED, _MUST)),
    *_rows(12, _OPEN, _update(_CANCELLED), (_OK, _MUST), (_CANCELLED, _MUST)),
    *_rows(13, _OPEN, _update(_RETURNED), (_REFUSED, _SHOULD), (_OPEN, _MUST), (), ("R8",)),
    *_rows(14, _OPEN, Kind.REOPEN, (_REFUSED, _SHOULD), (_OPEN, _MUST), ("R12b",), ("R12a",)),
    *_rows(15, _OPEN, Kind.RETURN, (_REFUSED, _SHOULD), (_OPEN, _MUST), ("R14b",), ("R14a",)),
    *_rows(16, _OPEN, Kind.READ, (_OK, _MUST), (_OPEN, _MUST)),
    *_rows(17, _OPEN, _dry(_CLOSED), (_OK, _MUST), (_OPEN, _MUST), (), ("R53",)),
    # closed
    *_rows(18, _CLOSED, _update(None, _OPEN), (_REFUSED, _SHOULD), (_CLOSED, _MUST), (), ("R7",)),
    *_rows(19, _CLOSED, _update(_CLOSED), (_ANY, _OBSERVE), (_CLOSED, _MUST), ("R154a",)),
    *_rows(20, _CLOSED, _update(_CANCELLED), (_OK, _MUST), (_CANCELLED, _MUST), ("R9",), ("R9",)),
    *_rows(21, _CLOSED, _update(_RETURNED), (_REFUSED, _SHOULD), (_CLOSED, _MUST), (), ("R8",)),
    *_rows(22, _CLOSED, Kind.REOPEN, (_OK, _MUST), (_OPEN, _MUST), ("R13",), ("R13",)),
    *_rows(23, _CLOSED, Kind.RETURN_SOME, (_OK, _MUST), (_RETURNED, _MUST), ("R15",), ("R15",)),
    *_rows(24, _CLOSED, Kind.RETURN_ALL, (_OK, _SHOULD), (_RETURNED, _MUST), (), ("R15",)),
    *_rows(25, _CLOSED, {"too-many": Move(Kind.RETURN_TOO_MANY)}, (_REFUSED, _SHOULD), (_CLOSED, _SHOULD),
           ("R18",), ("R18",)),
    *_rows(25, _CLOSED, {"outside": Move(Kind.RETURN_OUTSIDE)}, (_REFUSED, _SHOULD), (_CLOSED, _SHOULD), ("R19",)),
    *_rows(26, _CLOSED, Kind.DRY_RETURN, (_OK, _MUST), (_CLOSED, _MUST), (), ("R59",)),
    *_rows(27, _CLOSED, Kind.READ, (_OK, _MUST), (_CLOSED, _MUST)),
    *_rows(28, _CLOSED, _dry(None, *State), (_ANY, _OBSERVE), (_CLOSED, _MUST), (), ("R53",)),
    # partially returned
    *_rows(29, _RETURNED, _update(None, _OPEN, _CLOSED), (_REFUSED, _SHOULD), (_RETURNED, _MUST)),
    *_rows(30, _RETURNED, _update(_CANCELLED), (_OK, _MUST), (_CANCELLED, _MUST), ("R10",), ("R10",)),
    *_rows(31, _RETURNED, _update(_RETURNED), (_ANY, _OBSERVE), (_RETURNED, _MUST)),
    *_rows(32, _RETURNED, Kind.REOPEN, (_REFUSED, _SHOULD), (_RETURNED, _MUST), ("R12b",), ("R12a",)),
    *_rows(33, _RETURNED, {"some": Move(Kind.RETURN_SOME), "all": Move(Kind.RETURN_ALL)},
           (_OK, _SHOULD), (_RETURNED, _MUST)),
    *_rows(34, _RETURNED, Kind.RETURN_TOO_MANY, (_REFUSED, _SHOULD), (_RETURNED, _MUST), ("R18",)),
    *_rows(35, _RETURNED, Kind.READ, (_OK, _MUST), (_RETURNED, _MUST)),
    # cancelled
    *_rows(36, _CANCELLED, _update(None, _OPEN, _CLOSED, _RETURNED), (_REFUSED, _SHOULD), (_CANCELLED, _MUST),
           ("R11b",), ("R11a",)),
    *_rows(37, _CANCELLED, _update(_CANCELLED), (_ANY, _OBSERVE), (_CANCELLED, _MUST), ("R154a",), ("R11a",)),
    *_rows(38, _CANCELLED, Kind.REOPEN, (_REFUSED, _SHOULD), (_CANCELLED, _MUST), ("R11b", "R12b"), ("R11a", "R12a")),
    *_rows(39, _CANCELLED, Kind.RETURN, (_REFUSED, _SHOULD), (_CANCELLED, _MUST), ("R11b", "R14b"), ("R11a", "R14a")),
    *_rows(40, _CANCELLED, Kind.READ, (_OK, _MUST), (_CANCELLED, _MUST)),
    # any state
    *_in_every_state(41, Move(Kind.UPDATE, NO_STATE)),
    *_in_every_state(42, Move(Kind.EMPTY_UPDATE)),
    # after a reopening, after a return
    *_rows(43, _OPEN, _update(_OPEN), (_OK, _MUST), (_OPEN, _MUST), ("R13",), ("R13",), Past.REOPENED),
    *_rows(43, _OPEN, _update(_CLOSED), (_OK, _MUST), (_CLOSED, _MUST), ("R13",), ("R13",), Past.REOPENED),
    *_rows(43, _OPEN, _update(_CANCELLED), (_OK, _MUST), (_CANCELLED, _MUST), ("R13",), ("R13",), Past.REOPENED),
    *_rows(44, _CLOSED, Kind.RETURN_SOME, (_OK, _MUST), (_RETURNED, _MUST), ("R13", "R15"), ("R13", "R15"),
           Past.REOPENED),
    *_rows(45, _CANCELLED, {"reopen": Move(Kind.REOPEN)}, (_REFUSED, _SHOULD), (_CANCELLED, _MUST),
           ("R11b", "R12b"), ("R11a", "R12a"), Past.RETURNED),
    *_rows(45, _CANCELLED, {"return": Move(Kind.RETURN)}, (_REFUSED, _SHOULD), (_CANCELLED, _MUST),
           ("R11b", "R14b"), ("R11a", "R14a"), Past.RETURNED),
))
# fmt: on

_BY_CALL: dict[tuple[State | None, Move | None], list[Transition]] = {}
for _row in TABLE:
    _BY_CALL.setdefault((_row.before, _row.move), []).append(_row)
