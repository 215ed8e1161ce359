"""A server's answer beside what the model expects: what disagrees, what was exercised, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from talonproof.model.action import State
from talonproof.model.evidence import ROOT, Seen, flaws
from talonproof.model.observed import Observed, Stored, Unread, differences
from talonproof.model.session import Session
from talonproof.model.step import Expectation
from talonproof.model.transitions import Answer

CENT = Decimal("0.01")


class Disagreement(NamedTuple):
    """A rule that did not hold: the pointer leads into the body of the read, empty for the answer as a whole."""

    rule: str
    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The disagreements of one step, and the rules it exercised, whether they held or not."""

    disagreements: tuple[Disagreement, ...]
    exercised: tuple[str, ...]


def compare(
    expectation: Expectation,
    status: int,
    stored: Stored,
    *,
    before: Mapping[str, Any] | None = None,
    again: Mapping[str, Any] | None = None,
    tolerance: Decimal = CENT,
) -> Comparison:
    """Judges one step by its status and by the session read afterwards.

    ``stored`` is the ``customerSession`` of a read after the call (for a read: its own), None if
    that read was refused, ``UNREAD`` if there is none to go by. ``before`` is the one read last
    before the call; clauses that compare a session whole need it. ``again`` is one read right after
    ``stored``: where those two differ it is reading that changes the session, and the call is not
    blamed for it. A rule counts once a pointer.
    """
    after = stored if stored is None or isinstance(stored, Unread) else Observed.of(stored)
    moving: frozenset[str] = frozenset()
    if again is not None and isinstance(after, Observed):
        moving = frozenset(pointer for pointer, _ in differences(after.json, again, ROOT))
    seen = Seen(status, after, before, tolerance, moving)
    found: dict[tuple[str, str], Disagreement] = {}
    exercised: dict[str, None] = {}
    for claim in expectation.claims:
        wrong = flaws(claim, seen)
        if wrong is None:
            continue
        exercised[claim.rule] = None
        for flaw in wrong:
            found.setdefault((claim.rule, flaw.pointer), Disagreement(claim.rule, flaw.pointer, flaw.message))
    return Comparison(tuple(found.values()), tuple(exercised))


def disagreements(
    expectation: Expectation, status: int, stored: Stored, *, before: Mapping[str, Any] | None = None
) -> list[Disagreement]:
    """The disagreements alone; see :func:`compare`."""
    return list(compare(expectation, status, stored, before=before).disagreements)


def follow(expectation: Expectation, status: int, stored: Stored) -> Session | None:
    """The session to go on with: what the server shows, so that one disagreement is reported once.

    What it does not show, and all of it where nothing was read, is as in the likeliest outcome.
    """
    accepted = Answer.of(status) is Answer.OK
    expected = expectation.accepted if accepted else (expectation.before, *expectation.accepted)
    if isinstance(stored, Unread):
        return expected[0]
    if stored is None:
        return None
    observed = Observed.of(stored)
    sessions = [one for one in expected if one is not None] or [Session(State.OPEN)]
    return observed.session(next((one for one in sessions if one.state == observed.state), sessions[0]))
