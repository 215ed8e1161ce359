"""From what a case saw to its verdict, and to its line of the stream."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from talonproof.baseline import known
from talonproof.contract.contract import NoSuchOperation
from talonproof.http.curl import commands
from talonproof.requirement import Level
from talonproof.run.outcome import Blocked, Ended, GivenUp, OutOfTime, Unsupported
from talonproof.run.recipe import recipe
from talonproof.verdict import Reason, Verdict, worst

if TYPE_CHECKING:
    from talonproof.baseline import Entry
    from talonproof.run.bench import Bench
    from talonproof.run.case import Case, Shown


def run_case(case: Case, body: Callable[[], None]) -> dict[str, Any]:
    """Runs a case, replays once on fresh ids what it found, and gives its line of the stream.

    Never raises for what the case does; KeyboardInterrupt and SystemExit pass.
    """
    bench, row = case.bench, case.row
    before = _account(bench)
    started = time.time()
    with ExitStack() as leases:
        ended, trace = _attempt(case, lambda: _equipped(case, leases, body))
        first = case.shown
        if first:
            first = case.begin_replay()
            stopped, _ = _attempt(case, body)
            if isinstance(stopped, GivenUp) and (lost := first.keys() - case.shown.keys()):
                # What cannot be shown again for want of an answer was not seen to be gone, so it is not FLAKY either.
                first = {mark: shown for mark, shown in first.items() if mark not in lost}
                ended = ended or GivenUp(f"what broke once could not be tried again: {stopped}")
    again = case.shown if first else {}
    bench.shrunk += case.extra
    bench.repeated += case.repeated

    findings = [_finding(bench, shown, again.get(mark)) for mark, shown in first.items()]
    verdict, reason, detail = _verdict(case, ended, trace, [f["verdict"] for f in findings], bench)
    return {
        "type": "case",
        "id": case.id,
        "worker": bench.worker,
        "verdict": verdict,
        "reason": reason,
        "detail": bench.redactor.text(detail),
        "started": started,
        "seconds": round(time.time() - started, 6),
        "requests": {"planned": row.requests, "sent": case.sent, "extra": case.extra + case.repeated},
        "evidence": dict(sorted(case.evidence.items())),
        "exercised": case.exercised.record(),
        "findings": findings,
        "observations": [{"requirement": r, "note": bench.redactor.text(note)} for r, note in case.observations],
        "receipt": _difference(before, _account(bench)),
    }


def not_run(case: Case, reason: Reason, detail: str) -> dict[str, Any]:
    """The line of a case that was planned, and that the run did not come to."""
    return {
        "type": "case",
        "id": case.id,
        "worker": case.bench.worker,
        "verdict": Verdict.NOT_RUN,
        "reason": reason,
        "detail": case.bench.redactor.text(detail),
        "started": time.time(),
        "seconds": 0.0,
        "requests": {"planned": case.row.requests, "sent": 0, "extra": 0},
        "evidence": {},
        "findings": [],
        "observations": [],
        "receipt": {column: {} for column in RECEIPT},
    }


RECEIPT = ("created", "restored")
"""What a case's line says of the account: what it made or used up, and what of that it took away again."""


def _account(bench: Bench) -> dict[str, dict[str, int]]:
    return {column: dict(getattr(bench.ledger, column)) for column in RECEIPT}


def _difference(before: dict[str, dict[str, int]], after: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """What came on top, by column and kind of thing."""
    return {
        column: {
            kind: change
            for kind in sorted({*before[column], *after[column]})
            if (change := after[column].get(kind, 0) - before[column].get(kind, 0))
        }
        for column in RECEIPT
    }


def _equipped(case: Case, leases: ExitStack, body: Callable[[], None]) -> None:
    case.lease(leases)
    body()


def _attempt(case: Case, body: Callable[[], None]) -> tuple[Exception | None, str]:
    """How one attempt ended: the exception, if any, and where it came from.

    Where it is interrupted it begins again. What it found by then was found before anything was unknown and stands, but
    for what a property found: that runs anew with the same values, and finds it again.
    """
    replays = list(case.replays)

    def afresh() -> None:
        case.replays[:] = replays
        if case.attempt == 1:
            case.shown = {mark: shown for mark, shown in case.shown.items() if shown.example is None}

    try:
        case.unbroken(body, afresh=afresh)
    except Exception as error:  # noqa: BLE001 - whatever a suite raises is a verdict, never a crash
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return error, f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return None, ""


def _finding(bench: Bench, shown: Shown, again: Shown | None) -> dict[str, Any]:
    judgement = shown.judgement
    entry = known(bench.options.baseline, judgement.requirement, judgement.fingerprint)
    level = bench.catalogue[judgement.requirement].level
    broken = Verdict.FAIL if level is Level.MUST else Verdict.WARN
    return {
        "fingerprint": judgement.fingerprint,
        "requirement": judgement.requirement,
        "level": level,
        "operation": judgement.operation,
        "check": judgement.check,
        "pointer": judgement.pointer,
        "message": bench.redactor.text(judgement.message),
        "verdict": _listed(entry) if entry else Verdict.FLAKY if again is None else broken,
        "exchanges": [exchange.numbered(n).record() for n, exchange in enumerate(shown.exchanges)],
        "curl": commands(shown.exchanges),
        "example": None if shown.example is None else bench.redactor.text(shown.example),
        "timeline": bench.redactor.text(shown.timeline) or None,
        "replay": recipe(shown, again),
    }


def _listed(entry: Entry) -> Verdict:
    return Verdict.STALE if entry.expired else Verdict.KNOWN


def _verdict(
    case: Case, ended: Exception | None, trace: str, found: list[Verdict], bench: Bench
) -> tuple[Verdict, Reason | None, str]:
    match ended:
        case None | Ended():
            pass
        case NoSuchOperation() if bench.options.spec:
            pass  # a suite looks for what its edition has, and a document of the user's own may lack it
        case _:
            return Verdict.ERROR, None, f"{type(ended).__name__}: {ended} ({trace})"
    if verdict := worst(found):
        return verdict, None, ""
    match ended:
        case Unsupported():
            return Verdict.UNSUPPORTED, ended.reason, str(ended)
        case OutOfTime():
            return Verdict.NOT_RUN, Reason.BUDGET, str(ended)
        case NoSuchOperation():
            return Verdict.UNSUPPORTED, Reason.NOT_IMPLEMENTED, f"the document has no {ended.operation}"
        case Blocked():
            return Verdict.BLOCKED, None, str(ended)
        case _:
            pass
    declared = case.row.spec.requirements
    missing = [requirement for requirement in declared if not case.evidence[requirement]]
    if missing:
        return Verdict.VACUOUS, None, f"nothing exercised {', '.join(missing)}"
    levels = {bench.catalogue[requirement].level for requirement in declared}
    if levels == {Level.OBSERVE}:
        return Verdict.OBSERVED, None, ""
    return Verdict.PASS, None, ""
