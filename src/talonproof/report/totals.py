"""What a run comes to: the verdict of every requirement, the verdict of the run, its exit code and its headline.

Pure functions over the stream. ``run`` writes its footer with them and every report shows them, so
that footer and reports agree by construction. The order of the case lines never matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from talonproof.report.expected import Expectation, against
from talonproof.report.reading import read_stream
from talonproof.report.records import Case, FindingFacts, Header, Stream
from talonproof.report.stale import no_longer, stale_entries
from talonproof.requirement import Level, Requirement
from talonproof.verdict import CHOSEN, JUDGED, RANK, Reason, Verdict, exit_code, worst

__all__ = [
    "AreaTotals",
    "Outcome",
    "RequirementState",
    "Totals",
    "case_outcomes",
    "conclude",
    "distinct_findings",
    "finished_cases",
    "read_stream",
    "requirement_verdicts",
    "totals",
]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a case of the plan ended, or why it did not run; ``detail`` is one line for people."""

    verdict: Verdict
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RequirementState:
    """What the run says of a requirement; ``evidence`` is how often it was exercised."""

    verdict: Verdict
    reason: Reason | None = None
    evidence: int = 0
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """The state as the footer holds it."""
        return {"verdict": str(self.verdict), "reason": self.reason and str(self.reason), "evidence": self.evidence}


@dataclass(frozen=True, slots=True)
class AreaTotals:
    """The testable requirements of one area, counted by verdict."""

    area: str
    testable: int
    counts: Mapping[Verdict, int]

    @property
    def judged(self) -> int:
        """How many of them the run says something about."""
        return sum(n for verdict, n in self.counts.items() if verdict in JUDGED)


@dataclass(frozen=True, slots=True)
class Totals:
    """The run in numbers. ``counts`` are testable requirements by verdict, ``cases`` the plan's cases by verdict.

    ``testable`` is the denominator of everything said to be judged: all rows of the selection but
    the ``untestable`` ones; depth never shrinks it.
    """

    verdict: Verdict
    exit_code: int
    headline: str
    testable: int
    untestable: int
    counts: Mapping[Verdict, int]
    cases: Mapping[Verdict, int]
    areas: tuple[AreaTotals, ...]
    complete: bool
    expectation: Expectation = field(default_factory=Expectation)

    @property
    def judged(self) -> int:
        """How many testable requirements the run says something about."""
        return sum(n for verdict, n in self.counts.items() if verdict in JUDGED)

    @property
    def unsupported(self) -> int:
        """How many testable requirements cannot be judged on this target."""
        return self.counts.get(Verdict.UNSUPPORTED, 0)

    @property
    def share(self) -> float:
        """The part judged, in per cent; 100 where there is nothing to judge."""
        return 100 * self.judged / self.testable if self.testable else 100.0


def totals(stream: Stream) -> Totals:
    """What the stream comes to; without a footer it is incomplete (exit 3).

    A footer that is worse than the cases (the harness broke down after them) is believed.
    """
    footer = stream.footer
    if footer is None:
        return conclude(stream.header, stream.cases, complete=False)
    return conclude(stream.header, stream.cases, interrupted=footer.interrupted, at_best=footer.verdict)


def conclude(
    header: Header,
    cases: Iterable[Case],
    *,
    complete: bool = True,
    interrupted: bool = False,
    at_best: Verdict | None = None,
) -> Totals:
    """What a plan and the cases that finished come to.

    ``complete`` is whether the run came to its end, ``interrupted`` whether somebody stopped it;
    ``at_best`` is a verdict known from elsewhere that the run cannot do better than.
    """
    cases = tuple(cases)
    outcomes = case_outcomes(header, cases)
    states = requirement_verdicts(header, cases)
    testable = [row for row in header.requirements if row.testable]
    parts = [(outcome.verdict, outcome.reason) for outcome in outcomes.values()]
    parts += [(state.verdict, state.reason) for state in states.values()]
    parts += [(Verdict.STALE, None)] * len(stale_entries(header, cases))
    if at_best is not None:
        parts.append((at_best, None))
    if interrupted:
        parts.append((Verdict.NOT_RUN, Reason.INTERRUPTED))
    exercised = any(state.evidence for state in states.values()) or any(case.findings for case in cases)
    code = exit_code(parts, strict=header.strict, exercised=exercised) if complete else 3
    sums = Totals(
        verdict=_verdict(parts, complete=complete),
        exit_code=code,
        headline="",
        testable=len(testable),
        untestable=len(header.requirements) - len(testable),
        counts=Counter(states[row.id].verdict for row in testable),
        cases=Counter(outcome.verdict for outcome in outcomes.values()),
        areas=_areas(testable, states),
        complete=complete and not interrupted,
    )
    if code == 0 and sums.share < header.min_judged:
        sums = replace(sums, verdict=Verdict.VACUOUS, exit_code=1)
    sums = weighed(sums, against(header, states))
    lost = [end.reason for end in outcomes.values() if end.verdict is Verdict.NOT_RUN and end.reason not in CHOSEN]
    down = Reason.TARGET_DOWN in lost
    finished = len({case.id for case in cases if case.verdict is not Verdict.NOT_RUN})
    return replace(sums, headline=_headline(header, sums, finished=finished, lost=len(lost), down=down))


def weighed(sums: Totals, met: Expectation) -> Totals:
    """The sums of a run whose target file says what is expected not to be judged.

    A requirement that is not judged and not listed proves less than was promised: VACUOUS. One that is listed and
    judged is listed without need: STALE. Either counts only where nothing is worse.
    """
    verdict = Verdict.VACUOUS if met.unlisted else Verdict.STALE if met.needless else None
    if verdict is None or sums.exit_code not in {0, 4} or not sums.complete:
        return replace(sums, expectation=met)
    return replace(sums, verdict=verdict, exit_code=exit_code([(verdict, None)]), expectation=met)


def finished_cases(cases: Iterable[Case]) -> Mapping[str, Case]:
    """The cases that finished or were cut off, by id; of one that the stream has twice, the worse.

    An attempt that was cut off counts only where no other came to its end.
    """

    def order(case: Case) -> tuple[bool, int, str, str, float]:
        return case.verdict is Verdict.NOT_RUN, RANK[case.verdict], case.reason or "", case.detail, case.started

    finished: dict[str, Case] = {}
    for case in cases:
        if case.id not in finished or order(case) < order(finished[case.id]):
            finished[case.id] = case
    return finished


def case_outcomes(header: Header, cases: Iterable[Case]) -> Mapping[str, Outcome]:
    """How each case ended, by id: those of the plan in its order, then any the plan does not know.

    A planned case without a line was lost: NOT_RUN(interrupted).
    """
    ended = {name: Outcome(case.verdict, case.reason, case.detail) for name, case in finished_cases(cases).items()}
    outcomes: dict[str, Outcome] = {}
    for planned in header.cases:
        left_out = Outcome(planned.verdict or Verdict.NOT_RUN, planned.reason, planned.detail)
        lost = Outcome(Verdict.NOT_RUN, Reason.INTERRUPTED)
        outcomes[planned.id] = ended.get(planned.id, lost if planned.planned else left_out)
    return outcomes | {name: ended[name] for name in sorted(ended) if name not in outcomes}


def requirement_verdicts(header: Header, cases: Iterable[Case]) -> Mapping[str, RequirementState]:
    """The verdict of every requirement of the plan, by id, in the plan's order.

    A finding decides, whatever else is there. Then a row that no black box can test, or that
    waits for something not built, is UNSUPPORTED(waits), and one that differs between the editions is
    UNSUPPORTED(edition) where the target's is not sure; one that was exercised passes (or is
    OBSERVED); and of any other it is said why it was not exercised: the worst of what its cases give.
    """
    cases = tuple(cases)
    outcomes = case_outcomes(header, cases)
    evidence: Counter[str] = Counter()
    broken: dict[str, Verdict] = {}
    for case in cases:
        evidence.update(case.evidence)
        for finding in case.findings:
            known = broken.get(finding.requirement, finding.verdict)
            broken[finding.requirement] = min(known, finding.verdict, key=RANK.__getitem__)
    seen = {note.requirement for case in cases for note in case.observations}
    ends: dict[str, list[Outcome]] = {}
    chances: dict[str, list[Outcome]] = {}
    for planned in header.cases:
        for requirement in planned.requirements:
            ends.setdefault(requirement, []).append(_why_not(outcomes[planned.id]))
        for requirement in planned.also:
            chances.setdefault(requirement, []).append(_no_occasion(outcomes[planned.id]))
    states: dict[str, RequirementState] = {}
    for row in header.requirements:
        count = evidence[row.id]
        if row.id in broken:
            states[row.id] = RequirementState(broken[row.id], None, max(count, 1))
        elif row.untestable or row.waits:
            detail = row.untestable or f"waits for: {row.waits}"
            states[row.id] = RequirementState(Verdict.UNSUPPORTED, Reason.WAITS, count, detail)
        elif row.id in header.unsettled:
            detail = "what it asks for depends on the edition, which is not sure"
            states[row.id] = RequirementState(Verdict.UNSUPPORTED, Reason.EDITION, count, detail)
        elif count or (row.level is Level.OBSERVE and row.id in seen):
            verdict = Verdict.OBSERVED if row.level is Level.OBSERVE else Verdict.PASS
            states[row.id] = RequirementState(verdict, None, max(count, 1))
        else:
            states[row.id] = _unexercised(ends.get(row.id) or chances.get(row.id, []), passive=row.id in header.passive)
    for entry in stale_entries(header, cases):
        for name, state in states.items():
            if entry.covers(name) and state.verdict in JUDGED and RANK[state.verdict] > RANK[Verdict.STALE]:
                states[name] = RequirementState(Verdict.STALE, None, state.evidence, no_longer(entry))
    return states


def distinct_findings(stream: Stream) -> tuple[tuple[FindingFacts, tuple[str, ...]], ...]:
    """Each finding once, with the ids of all cases that met it; the worst first, then by requirement.

    Of the cases that met the same fingerprint, that with the shortest history shows it.
    """
    met: dict[str, list[tuple[FindingFacts, str]]] = {}
    for case in stream.cases:
        for finding in case.findings:
            met.setdefault(finding.fingerprint, []).append((finding, case.id))
    shown: list[tuple[FindingFacts, tuple[str, ...]]] = []
    for meetings in met.values():
        best, _ = min(meetings, key=lambda m: (RANK[m[0].verdict], len(m[0].exchanges), m[1], m[0].message))
        shown.append((best, tuple(sorted({case for _, case in meetings}))))
    return tuple(sorted(shown, key=lambda s: (RANK[s[0].verdict], s[0].requirement, s[0].fingerprint)))


def _order(outcome: Outcome) -> tuple[int, bool]:
    """The sort key of outcomes: the worst first; of those not run, the lost before the left out."""
    return RANK[outcome.verdict], outcome.reason in CHOSEN


def _unexercised(reasons: list[Outcome], *, passive: bool) -> RequirementState:
    """Why nothing was seen of a requirement: the worst of what its cases give, the first of equals."""
    if not reasons:
        detail = "no exchange had what it speaks of" if passive else "no case of this run is about it"
        return RequirementState(Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, 0, detail)
    why = min(reasons, key=_order)
    return RequirementState(why.verdict, why.reason, 0, why.detail)


def _why_not(outcome: Outcome) -> Outcome:
    """What the end of a case says of a requirement that it judges at its end, and did not."""
    match outcome.verdict:
        case Verdict.ERROR | Verdict.BLOCKED | Verdict.NOT_RUN | Verdict.UNSUPPORTED:
            return outcome
        case Verdict.FAIL | Verdict.FLAKY:
            return Outcome(Verdict.BLOCKED, None, "its case broke another requirement before it got here")
        case Verdict.WARN | Verdict.KNOWN | Verdict.STALE:
            detail = "its case broke another requirement before it got here"
            return Outcome(Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, detail)
        case Verdict.VACUOUS | Verdict.OBSERVED | Verdict.PASS:
            return Outcome(Verdict.VACUOUS, None, "its case ended well without exercising it")


def _no_occasion(outcome: Outcome) -> Outcome:
    """What the end of a case says of a requirement that it judges where there is occasion, and did not."""
    if outcome.verdict in {Verdict.ERROR, Verdict.BLOCKED, Verdict.NOT_RUN, Verdict.UNSUPPORTED}:
        return outcome
    return Outcome(Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, "its cases had no occasion to judge it")


def _verdict(parts: Iterable[tuple[Verdict, Reason | None]], *, complete: bool) -> Verdict:
    """The verdict of the run: the worst of its parts, what the user left out and what is merely noted aside."""
    counted = [v for v, reason in parts if not (v is Verdict.NOT_RUN and reason in CHOSEN)]
    if not complete:
        counted.append(Verdict.NOT_RUN)
    found = worst(counted) or Verdict.UNSUPPORTED
    return Verdict.PASS if found in {Verdict.KNOWN, Verdict.OBSERVED} else found


def _areas(testable: Iterable[Requirement], states: Mapping[str, RequirementState]) -> tuple[AreaTotals, ...]:
    """The totals of each area, in the order in which the plan names them."""
    counts: dict[str, Counter[Verdict]] = {}
    for row in testable:
        counts.setdefault(row.area, Counter())[states[row.id].verdict] += 1
    return tuple(AreaTotals(area, count.total(), count) for area, count in counts.items())


def _headline(header: Header, sums: Totals, *, finished: int, lost: int, down: bool) -> str:
    """The first line of every summary: the verdict, what made it so, and the share judged."""
    share = f"{sums.judged} of {_of(sums.testable, 'requirement')} judged, {sums.unsupported} unsupported"
    if not_run := sums.counts.get(Verdict.NOT_RUN):
        share += f", {not_run} not run"
    if sums.complete and sums.exit_code == 0:
        warned = sums.counts.get(Verdict.WARN)
        return f"conformant: {share}, {_of(warned, 'warning')}" if warned else f"conformant: {share}"
    gone = f"the target went down, {_of(lost, 'case')} not run; " if down else ""
    return f"{_opening(sums)}: {gone}{_cause(header, sums, finished=finished, lost=lost)}; {share}"


def _opening(sums: Totals) -> str:
    """The verdict in a word or two, where it is not a plain "conformant"."""
    if not sums.complete:
        return "incomplete"
    match sums.exit_code, sums.verdict:
        case 1, Verdict.VACUOUS:
            return "not proved"
        case 1, _:
            return "not conformant"
        case 4, _:
            return "conformant, but the baseline is out of date"
        case 5, _:
            return "not proved"
        case _:
            return "incomplete"


def _cause(header: Header, sums: Totals, *, finished: int, lost: int) -> str:
    """What kept the run from being conformant."""
    if not sums.complete:
        planned = _of(sum(case.planned for case in header.cases), "case")
        cut = f"the run was cut short, {finished} of {planned} finished"
        return f"{cut}; {_tally(sums, Verdict.FAIL)} broken so far" if sums.cases.get(Verdict.FAIL) else cut
    if (
        sums.verdict is Verdict.VACUOUS
        and not sums.expectation.unlisted
        and not (sums.counts.get(Verdict.VACUOUS) or sums.cases.get(Verdict.VACUOUS))
    ):
        return f"{sums.share:.1f} % judged where --min-judged asks for {header.min_judged:g} %"
    if sums.expectation.decides(sums.verdict, sums.counts):
        return sums.expectation.told()
    match sums.verdict:
        case Verdict.ERROR:
            errors = sums.cases.get(Verdict.ERROR)
            return f"{_of(errors, 'case')} met an error of talonproof" if errors else "talonproof itself failed"
        case Verdict.FAIL:
            flaky = sums.counts.get(Verdict.FLAKY)
            return f"{_tally(sums, Verdict.FAIL)} broken" + (f", {flaky} more now and then" if flaky else "")
        case Verdict.FLAKY:
            return f"{_tally(sums, Verdict.FLAKY)} broken now and then"
        case Verdict.VACUOUS:
            return f"{_tally(sums, Verdict.VACUOUS)} declared and not exercised"
        case Verdict.BLOCKED:
            return f"{_tally(sums, Verdict.BLOCKED)} blocked by what failed before"
        case Verdict.NOT_RUN:
            return f"{_of(lost, 'case')} lost"
        case Verdict.STALE:
            return f"{_tally(sums, Verdict.STALE)} listed there without need or past its date"
        case Verdict.WARN:
            return f"{_tally(sums, Verdict.WARN)} of level should broken, under --strict"
        case Verdict.KNOWN | Verdict.OBSERVED | Verdict.PASS | Verdict.UNSUPPORTED:
            return "nothing was exercised"


def _tally(sums: Totals, verdict: Verdict) -> str:
    """How many requirements have the verdict; where none of the plan's has, how many cases."""
    if number := sums.counts.get(verdict):
        return _of(number, "requirement")
    return _of(sums.cases.get(verdict, 0), "case")


def _of(number: int, noun: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
