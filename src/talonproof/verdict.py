"""The verdicts, their order, and the exit code that follows from the worst of them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What is said of a case, of a requirement and of a run; worst first."""

    ERROR = "error"
    FAIL = "fail"
    FLAKY = "flaky"
    VACUOUS = "vacuous"
    BLOCKED = "blocked"
    NOT_RUN = "not-run"
    STALE = "stale"
    WARN = "warn"
    KNOWN = "known"
    OBSERVED = "observed"
    PASS = "pass"
    UNSUPPORTED = "unsupported"


class Reason(StrEnum):
    """Why something has no better verdict."""

    # UNSUPPORTED: it cannot be judged on this target
    BINDING = "binding"
    FOOTPRINT = "footprint"
    EDITION = "edition"
    NOT_IMPLEMENTED = "not-implemented"
    WAITS = "waits"
    NEVER_TRIGGERED = "never-triggered"
    PARALLEL = "parallel"
    # NOT_RUN: it was left out by choice …
    DEPTH = "depth"
    BUDGET = "budget"
    MAX_REQUESTS = "max-requests"
    # … or was lost
    INTERRUPTED = "interrupted"
    WORKER_LOST = "worker-lost"
    TARGET_DOWN = "target-down"


RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}

CHOSEN = frozenset({Reason.DEPTH, Reason.BUDGET, Reason.MAX_REQUESTS})
"""The reasons for NOT_RUN that the user gave, by flags: they never make a run red."""

JUDGED = frozenset(
    {
        Verdict.FAIL,
        Verdict.FLAKY,
        Verdict.STALE,
        Verdict.WARN,
        Verdict.KNOWN,
        Verdict.OBSERVED,
        Verdict.PASS,
    }
)
"""The verdicts that say something about the target; they make up the share judged."""


def worst(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The worst of the verdicts; None where there is none."""
    return min(verdicts, key=RANK.__getitem__, default=None)


def exit_code(
    verdicts: Iterable[tuple[Verdict, Reason | None]], *, strict: bool = False, exercised: bool = True
) -> int:
    """The exit code of a run whose parts ended with these verdicts.

    0 conformant; 1 FAIL, FLAKY or VACUOUS, and with ``strict`` also WARN; 3 ERROR, BLOCKED or a
    NOT_RUN that nobody chose; 4 only STALE; 5 nothing was exercised.
    """
    found = {v for v, reason in verdicts if not (v is Verdict.NOT_RUN and reason in CHOSEN)}
    match worst(found):
        case Verdict.ERROR:
            return 3
        case Verdict.FAIL | Verdict.FLAKY | Verdict.VACUOUS:
            return 1
        case Verdict.BLOCKED | Verdict.NOT_RUN:
            return 3
        case _ if not exercised:
            return 5
        case Verdict.STALE:
            return 4
        case Verdict.WARN if strict:
            return 1
        case _:
            return 0
