"""The words in which every report speaks of verdicts, reasons, levels, amounts and commands."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime

from talonproof.report.records import Header, Stream
from talonproof.requirement import Level
from talonproof.verdict import Reason, Verdict

VERDICTS: Mapping[Verdict, str] = {
    Verdict.ERROR: "error",
    Verdict.FAIL: "broken",
    Verdict.FLAKY: "flaky",
    Verdict.VACUOUS: "not exercised",
    Verdict.BLOCKED: "blocked",
    Verdict.NOT_RUN: "not run",
    Verdict.STALE: "stale",
    Verdict.WARN: "warned",
    Verdict.KNOWN: "known",
    Verdict.OBSERVED: "recorded",
    Verdict.PASS: "held",
    Verdict.UNSUPPORTED: "unsupported",
}
"""What a verdict says of a requirement, in a word or two."""

MEANINGS: Mapping[Verdict, str] = {
    Verdict.ERROR: "talonproof itself failed, so nothing follows about the target",
    Verdict.FAIL: "a clause of level must is broken, and was broken again when replayed",
    Verdict.FLAKY: "broken once, but not when replayed",
    Verdict.VACUOUS: "a case about it ended well without ever exercising it",
    Verdict.BLOCKED: "what it builds on failed first",
    Verdict.NOT_RUN: "left out by a flag, or lost",
    Verdict.STALE: "listed in the baseline without need",
    Verdict.WARN: "a clause of level should is broken; red only under --strict",
    Verdict.KNOWN: "broken, and listed in the baseline",
    Verdict.OBSERVED: "no source settles it: the answer is recorded, never judged",
    Verdict.PASS: "exercised, and it held every time",
    Verdict.UNSUPPORTED: "cannot be judged on this target, with the reason",
}
"""What a verdict means, as a legend says it."""

ORDER = (
    Verdict.PASS,
    Verdict.OBSERVED,
    Verdict.KNOWN,
    Verdict.WARN,
    Verdict.STALE,
    Verdict.FLAKY,
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.VACUOUS,
    Verdict.BLOCKED,
    Verdict.NOT_RUN,
    Verdict.UNSUPPORTED,
)
"""The verdicts as counts are shown: what was judged, the best first, then what was not."""

_ALWAYS = {Verdict.PASS, Verdict.OBSERVED, Verdict.WARN, Verdict.FAIL, Verdict.UNSUPPORTED}

REASONS: Mapping[Reason, str] = {
    Reason.BINDING: "the target lacks what it needs",
    Reason.FOOTPRINT: "it would touch more than this run may",
    Reason.EDITION: "it depends on the edition",
    Reason.NOT_IMPLEMENTED: "the target does not have the operation",
    Reason.WAITS: "it waits for something not built yet",
    Reason.NEVER_TRIGGERED: "nothing in this run brought it about",
    Reason.PARALLEL: "the target file does not allow calls at the same time",
    Reason.DEPTH: "it is not part of this depth",
    Reason.BUDGET: "the time allowed was spent",
    Reason.MAX_REQUESTS: "the requests allowed were spent",
    Reason.INTERRUPTED: "the run was cut short",
    Reason.WORKER_LOST: "the process that ran it died",
    Reason.TARGET_DOWN: "the target went down before",
}
"""Why something was not judged."""

BRIEFLY: Mapping[str, str] = {
    Reason.BINDING: "without a binding",
    Reason.FOOTPRINT: "above the footprint",
    Reason.EDITION: "of another edition",
    Reason.NOT_IMPLEMENTED: "not implemented",
    Reason.WAITS: "waiting for a check",
    Reason.NEVER_TRIGGERED: "never triggered",
    Reason.PARALLEL: "not at the same time",
    Reason.DEPTH: "beyond the depth",
    Reason.BUDGET: "out of time",
    Reason.MAX_REQUESTS: "out of requests",
    Reason.INTERRUPTED: "cut short",
    Reason.WORKER_LOST: "lost with a worker",
    Reason.TARGET_DOWN: "with the target down",
    **{str(verdict): said for verdict, said in VERDICTS.items()},
}
"""Why so many requirements were not judged, behind their number: by the reason, or by the verdict that has none."""

LEVELS: Mapping[Level, str] = {
    Level.MUST: "a source of this edition states it",
    Level.SHOULD: "inferred, or stated elsewhere",
    Level.OBSERVE: "no source settles it",
}
"""What a level rests on."""


def columns(counts: Mapping[Verdict, int]) -> tuple[Verdict, ...]:
    """The verdicts to show counts of, in their order: the rare ones only where they occur."""
    return tuple(verdict for verdict in ORDER if verdict in _ALWAYS or counts.get(verdict))


def why(reason: Reason | None, detail: str) -> str:
    """A reason with its detail, as one phrase; empty where there is neither."""
    if reason is None:
        return detail
    return f"{REASONS[reason]}: {detail}" if detail else REASONS[reason]


def amount(number: int, noun: str) -> str:
    """A number with its noun: ``1 case``, ``1,200 cases``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """A duration as people say it: ``0.4 s``, ``21 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def moment(text: str) -> str:
    """An RFC 3339 moment to the second, as ``2026-11-20 11:00:00 UTC``; any other text as it is."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = parsed.strftime("%Z") or "without a time zone"
    return f"{parsed:%Y-%m-%d %H:%M:%S} {zone}"


def day(text: str) -> str:
    """The day of an RFC 3339 moment, as ``2026-11-20``; any other text as it is."""
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d}"
    except ValueError:
        return text


def sent(stream: Stream) -> tuple[int, int]:
    """The requests of the plan that were sent, and those of shrinking and confirming."""
    if stream.footer is not None:
        return stream.footer.sent, stream.footer.extra
    return sum(case.sent for case in stream.cases), sum(case.extra for case in stream.cases)


def lasted(stream: Stream) -> str:
    """How long the run took; "unknown" without a footer."""
    return duration(stream.footer.seconds) if stream.footer is not None else "unknown"


def edition(header: Header) -> str:
    """The edition that a run judged by and how it is known, on one line."""
    told = header.edition_from
    match told.how:
        case "flag":
            known = "as asked for"
        case "file":
            known = "as the target file says"
        case "own":
            known = "the emulator's own"
        case "recognised":
            first, *others = told.why.split("; ")
            known = f"recognised: {first}" + (f", and {amount(len(others), 'more sign')}" if others else "")
        case "unsure":
            left = amount(len(header.unsettled), "requirement")
            known = f"not sure, so {left} that differ are not judged (--edition settles it): {told.why}"
        case _:
            known = "assumed, the target was not asked"
    return f"{header.edition}, {known}"


def again(header: Header) -> str:
    """The command that runs the same cases with the same data, as a shell takes it.

    The file that describes the target is named as it was then. Streams of older runs name none: where the target must
    have had one, being neither the embedded emulator nor on this machine, ``TARGET.toml`` stands for it.
    """
    words = ["talonproof", header.command]
    for flag, file in (("--spec", header.spec), ("--since", header.since)):
        words += [flag, file] if file else []
    if header.target_file:
        words += ["--target", header.target_file]
    elif not header.target.embedded:
        words += ["--url", header.target.url] if header.target.loopback else ["--target", "TARGET.toml"]
    if header.command == "run":
        named = "auto" if header.edition_from.how == "unsure" else header.edition
        words += ["--edition", named, "--depth", header.depth]
    words += ["--seed", str(header.seed)]
    if header.max_footprint:
        words += ["--max-footprint", header.max_footprint]
    if header.max_requests is not None:
        words += ["--max-requests", str(header.max_requests)]
    for pattern in header.select:
        words += ["--select", pattern]
    for fault in header.faults:
        words += ["--fault", fault]
    if header.strict:
        words.append("--strict")
    if header.min_judged:
        words += ["--min-judged", f"{header.min_judged:g}"]
    return shlex.join(words)
