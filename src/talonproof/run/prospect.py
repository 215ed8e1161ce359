"""What a plan may leave on an account, before anything is sent: no more than this, and as a rule much less.

A case says its footprint, the most requests that it sends, and operations that it is about. It sets up sessions and
profiles without naming their operations, so every case that may write counts for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from talonproof.run.sweep import KEPT, UNDONE
from talonproof.target import Footprint


@dataclass(frozen=True, slots=True)
class Prospect:
    """At most ``calls`` that make or use up ``what``; ``after`` is what becomes of it, and whether that is ``lasting``.

    A call on many makes several things.
    """

    what: str
    calls: int
    after: str
    lasting: bool


_MAKERS: Final[Mapping[str, tuple[str, Footprint]]] = {
    "audiences": ("createAudienceV2", Footprint.CREATE),
    "cards": ("generateLoyaltyCard", Footprint.CREATE),
    "items": ("syncCatalog", Footprint.CREATE),
    "reservations": ("createCouponReservation", Footprint.CONSUME),
    "referrals": ("createReferral", Footprint.CONSUME),
}
"""What only such cases make as are about it: the operation, or the beginning of its name, and the least footprint."""


def prospects(cases: Iterable[Mapping[str, Any]]) -> tuple[Prospect, ...]:
    """What the planned cases of a header may make and use up; only kinds of which there may be any."""
    planned = [(Footprint.parse(case["footprint"]), case) for case in cases if case["planned"]]

    def calls(least: Footprint, operation: str = "") -> int:
        return sum(
            case["requests"]
            for footprint, case in planned
            if footprint >= least and (not operation or any(name.startswith(operation) for name in case["operations"]))
        )

    found = [
        _made("sessions", calls(Footprint.CREATE)),
        _made("profiles", calls(Footprint.CREATE)),
        *(_made(kind, calls(least, operation)) for kind, (operation, least) in _MAKERS.items()),
        Prospect(
            "used up: sessions closed, returned, reopened; events; codes",
            calls(Footprint.CONSUME),
            "stays: no operation takes it back",
            lasting=True,
        ),
        Prospect(
            "changed or deleted: what was there before",
            calls(Footprint.DESTRUCTIVE),
            "lost: no operation brings it back",
            lasting=True,
        ),
    ]
    return tuple(each for each in found if each.calls)


def _made(kind: str, calls: int) -> Prospect:
    """What becomes of things that a run makes, by what a sweep can do."""
    kept = KEPT.get(kind, "")
    stays = kept if kind in UNDONE else f"stay: {kept}"
    return Prospect(kind, calls, stays if kept else f"{UNDONE[kind]} by a sweep", lasting=bool(kept))
