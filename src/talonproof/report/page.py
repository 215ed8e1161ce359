"""What report.html shows, section by section, before it becomes markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from talonproof.report import words
from talonproof.report.account import Account
from talonproof.report.exercised import counted, exercised
from talonproof.report.matrix import MARKS, Matrix, matrix
from talonproof.report.records import Receipt
from talonproof.report.totals import Outcome, RequirementState
from talonproof.requirement import AREAS, Requirement
from talonproof.verdict import CHOSEN, RANK, Reason, Verdict


@dataclass(frozen=True, slots=True)
class Chip:
    """A verdict as a small label: ``tone`` is its colour, which sign and word tell as well."""

    tone: str
    sign: str
    word: str
    meaning: str


_TONES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.ERROR: ("lost", "!!"),
    Verdict.FAIL: ("broken", "✗"),
    Verdict.FLAKY: ("broken", "≈"),
    Verdict.VACUOUS: ("lost", "∅"),
    Verdict.BLOCKED: ("lost", "⊘"),
    Verdict.NOT_RUN: ("notrun", "◌"),
    Verdict.STALE: ("warned", "↻"),
    Verdict.WARN: ("warned", "!"),
    Verdict.KNOWN: ("warned", "≡"),
    Verdict.OBSERVED: ("recorded", "•"),
    Verdict.PASS: ("held", "✓"),
    Verdict.UNSUPPORTED: ("unsupported", "○"),
}


def chip(verdict: Verdict) -> Chip:
    """The label of a verdict."""
    tone, sign = _TONES[verdict]
    return Chip(tone, sign, words.VERDICTS[verdict], words.MEANINGS[verdict])


_UNTESTABLE = Chip("unsupported", "⊝", "untestable", "no test from outside can tell; counted nowhere")


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar."""

    mark: Chip
    count: int


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its clause and the cases that met it."""

    finding: object
    requirement: Requirement
    cases: tuple[str, ...]
    mark: Chip


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement with what the run says of it; ``notes`` are observations and how often each was made.

    ``evidence`` says how often it was judged and by what, ``transitions`` and ``effects`` what sessions went through
    and what was answered meanwhile.
    """

    requirement: Requirement
    mark: Chip
    why: str
    level_means: str
    evidence: str
    transitions: tuple[str, ...]
    effects: tuple[str, ...]
    notes: tuple[tuple[str, int], ...]
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The requirements of an area; ``told`` are its counts in words."""

    code: str
    name: str
    told: str
    share: tuple[Segment, ...]
    rows: tuple[Row, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A case that judged nothing, with what is to be said of it alone."""

    id: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that judged nothing for the same reason."""

    mark: Chip
    why: str
    cases: tuple[Unjudged, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in its order."""

    tone: str
    sign: str
    verdict: str
    cause: str
    share: tuple[Segment, ...]
    notices: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    again: str
    findings: tuple[ShownFinding, ...]
    no_findings: str
    matrix: Matrix
    matrix_marks: tuple[Chip, ...]
    areas: tuple[Area, ...]
    unjudged: tuple[Group, ...]
    requests: str
    receipt_columns: tuple[str, ...]
    receipt: tuple[tuple[str, tuple[int, ...]], ...]
    glossary: tuple[Chip, ...]
    levels: tuple[tuple[str, str], ...]

    @property
    def unjudged_cases(self) -> int:
        """How many cases judged nothing."""
        return sum(len(group.cases) for group in self.unjudged)


def page(told: Account) -> Page:
    """The page of a run."""
    header, sums = told.stream.header, told.totals
    verdict, _, cause = sums.headline.partition(": ")
    tone, sign = _hero(told)
    receipt = told.stream.footer.receipt if told.stream.footer is not None else Receipt()
    return Page(
        tone=tone,
        sign=sign,
        verdict=verdict[:1].upper() + verdict[1:],
        cause=cause[:1].upper() + cause[1:] + ".",
        share=_segments(sums.counts),
        notices=tuple(_notices(told)),
        facts=tuple(_facts(told)),
        again=words.again(header),
        findings=tuple(
            ShownFinding(shown.finding, shown.requirement, shown.cases, chip(shown.finding.verdict))
            for shown in told.findings
        ),
        no_findings="No requirement was found broken." if sums.judged else "Nothing was judged, so nothing was found.",
        matrix=matrix(header.matrix, told.states, told.requirements),
        matrix_marks=tuple(Chip(name, sign, name, meaning) for name, (sign, meaning) in MARKS.items()),
        areas=tuple(_areas(told)),
        unjudged=tuple(_unjudged(told)),
        requests=_requests(told),
        receipt_columns=("created", "used up", "restored", "left behind", "perhaps left too"),
        receipt=tuple(_receipt(receipt)),
        glossary=(*(chip(verdict) for verdict in words.ORDER), _UNTESTABLE),
        levels=tuple((str(level), meaning) for level, meaning in words.LEVELS.items()),
    )


def _hero(told: Account) -> tuple[str, str]:
    """Colour and sign of the verdict of the run."""
    match told.totals.exit_code:
        case 0 if told.totals.verdict is Verdict.WARN:
            return "warned", "✓"
        case 0:
            return "held", "✓"
        case 1 if told.totals.verdict is not Verdict.VACUOUS:
            return "broken", "✗"
        case 4:
            return "warned", "↻"
        case _:
            return "unseen", "◌"


def _segments(counts: Mapping[Verdict, int]) -> tuple[Segment, ...]:
    """The parts of a bar."""
    return tuple(Segment(chip(verdict), counts.get(verdict, 0)) for verdict in words.columns(counts))


def _notices(told: Account) -> Iterable[str]:
    """What a reader must know before believing any of it."""
    header, footer = told.stream.header, told.stream.footer
    if footer is None:
        yield "The stream has no end: the run was killed or broke down, and what is shown is as far as it got."
    elif footer.interrupted:
        yield "Somebody stopped the run: what is shown is as far as it got."
    if footer is not None:
        yield from (f"talonproof itself failed: {problem}" for problem in footer.problems)
    if header.faults:
        yield f"The emulator was made to misbehave. Planted: {', '.join(header.faults)}."
    if header.strict:
        yield "Run under --strict: a clause of level should that is broken makes the run red."
    if header.select:
        yield f"Only part of the edition was selected: {', '.join(header.select)}."


def _facts(told: Account) -> Iterable[tuple[str, str]]:
    header, sums = told.stream.header, told.totals
    sent, extra = words.sent(told.stream)
    yield "Target", header.target.name
    if header.target.url != header.target.name:
        yield "Address", header.target.url
    yield "Judged", f"{sums.judged} of {sums.testable} requirements, {sums.share:.1f} %"
    yield "Edition", words.edition(header)
    yield "Depth", header.depth
    yield "Seed", str(header.seed)
    yield "Footprint", f"at most {header.max_footprint}"
    yield "Requests", f"{sent:,}" + (f", and {extra:,} to shrink, confirm and repeat" if extra else "")
    yield "Began", words.moment(header.started)
    yield "Took", words.lasted(told.stream)
    ended = {name for name, case in told.finished.items() if case.verdict is not Verdict.NOT_RUN}
    finished = sum(case.planned and case.id in ended for case in header.cases)
    yield "Cases", f"{finished} of {sum(case.planned for case in header.cases)} planned finished"
    yield "Exit code", str(sums.exit_code)


def _areas(told: Account) -> Iterable[Area]:
    notes: dict[str, Counter[str]] = {}
    for case in told.stream.cases:
        for seen in case.observations:
            notes.setdefault(seen.requirement, Counter())[seen.note] += 1
    findings: dict[str, list[str]] = {}
    for met in told.findings:
        findings.setdefault(met.finding.requirement, []).append(met.finding.fingerprint)
    shown = exercised(told.stream.cases)
    rows: dict[str, list[Row]] = {}
    counts: dict[str, Counter[Verdict]] = {}
    for requirement in told.stream.header.requirements:
        state, by = told.states[requirement.id], shown.get(requirement.id)
        if requirement.testable:
            counts.setdefault(requirement.area, Counter())[state.verdict] += 1
        rows.setdefault(requirement.area, []).append(
            Row(
                requirement=requirement,
                mark=chip(state.verdict) if requirement.testable else _UNTESTABLE,
                why=_why(requirement, state),
                level_means=words.LEVELS[requirement.level],
                evidence=counted(state.evidence, by),
                transitions=tuple(sorted(by.transitions)) if by else (),
                effects=tuple(sorted(by.effects)) if by else (),
                notes=tuple(sorted(notes.get(requirement.id, Counter[str]()).items())),
                findings=tuple(findings.get(requirement.id, ())),
            )
        )
    worrying = {Verdict.ERROR, Verdict.FAIL, Verdict.FLAKY, Verdict.VACUOUS, Verdict.BLOCKED, Verdict.WARN}
    for area, held in rows.items():
        share = _segments(counts.get(area, Counter()))
        parts = [f"{segment.count} {segment.mark.word}" for segment in share if segment.count]
        if untestable := sum(not row.requirement.testable for row in held):
            parts.append(f"{untestable} {_UNTESTABLE.word}")
        yield Area(
            code=area,
            name=AREAS.get(area, area).capitalize(),
            told=f"{words.amount(len(held), 'requirement')}: {', '.join(parts)}",
            share=share,
            rows=tuple(held),
            open=not worrying.isdisjoint(counts.get(area, Counter())),
        )


def _why(requirement: Requirement, state: RequirementState) -> str:
    if requirement.untestable:
        return requirement.untestable
    if state.reason is Reason.WAITS:
        return state.detail
    return words.why(state.reason, state.detail)


def _unjudged(told: Account) -> Iterable[Group]:
    """The cases that judged nothing, by reason; those that should have come first."""
    groups: dict[tuple[int, bool, str], tuple[Verdict, list[Unjudged]]] = {}
    silent = {Verdict.ERROR, Verdict.VACUOUS, Verdict.BLOCKED, Verdict.NOT_RUN, Verdict.UNSUPPORTED}
    for name, outcome in told.outcomes.items():
        if outcome.verdict in silent:
            key = (RANK[outcome.verdict], outcome.reason in CHOSEN, _reason(outcome))
            case = Unjudged(name, told.cases[name].title or name, outcome.detail)
            groups.setdefault(key, (outcome.verdict, []))[1].append(case)
    for (_, chosen, why), (verdict, cases) in sorted(groups.items(), key=lambda group: group[0]):
        yield Group(chip(verdict), why, tuple(cases), open=verdict is not Verdict.UNSUPPORTED and not chosen)


def _reason(outcome: Outcome) -> str:
    return words.REASONS[outcome.reason] if outcome.reason is not None else words.MEANINGS[outcome.verdict]


def _requests(told: Account) -> str:
    sent, extra = words.sent(told.stream)
    planned = told.stream.header.requests
    room = f" of at most {planned:,} planned" if planned else ""
    more = f", and {extra:,} more to shrink, confirm and repeat" if extra else ""
    return f"{words.amount(sent, 'request')} sent{room}{more}."


def _receipt(receipt: Receipt) -> Iterable[tuple[str, tuple[int, ...]]]:
    columns = (receipt.created, receipt.consumed, receipt.restored, receipt.left_behind, receipt.possible)
    for kind in dict.fromkeys(kind for column in columns for kind in column):
        yield kind, tuple(column.get(kind, 0) for column in columns)
