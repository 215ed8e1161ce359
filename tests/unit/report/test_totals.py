"""Laws and examples of what a run comes to."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.report.records import Case, FindingFacts, Footer, Header, PlannedCase, Stream, TargetFacts
from talonproof.report.totals import conclude, distinct_findings, requirement_verdicts, totals
from talonproof.requirement import Level, Requirement
from talonproof.verdict import RANK, Reason, Verdict

TARGET = TargetFacts("emulator", "http://127.0.0.1:1", loopback=True, embedded=True)
ENDS = (
    Verdict.ERROR,
    Verdict.VACUOUS,
    Verdict.BLOCKED,
    Verdict.NOT_RUN,
    Verdict.OBSERVED,
    Verdict.PASS,
    Verdict.UNSUPPORTED,
)
LEFT_OUT = ((Verdict.UNSUPPORTED, Reason.BINDING), (Verdict.NOT_RUN, Reason.DEPTH))


def requirement(name: str, level: Level = Level.MUST, **changes: str) -> Requirement:
    """A row."""
    return Requirement(name, (), level, "A clause.", (), ("x",), **changes)


def broken(name: str, verdict: Verdict = Verdict.FAIL) -> FindingFacts:
    """A finding."""
    level = Level.SHOULD if verdict is Verdict.WARN else Level.MUST
    return FindingFacts(f"{name}-{verdict}", name, level, "x", "check", "", "seen", verdict)


@st.composite
def streams(draw: st.DrawFn) -> Stream:
    """A run of up to six requirements and six cases that came to its end, with any findings and evidence."""
    names = [f"SES-{n:03}" for n in range(1, draw(st.integers(1, 6)) + 1)]
    some = st.lists(st.sampled_from(names), unique=True, max_size=3)
    rows = tuple(
        requirement(name, draw(st.sampled_from(Level)), waits=draw(st.sampled_from(["", "", "engine"])))
        for name in names
    )
    planned: list[PlannedCase] = []
    cases: list[Case] = []
    for n in range(draw(st.integers(0, 6))):
        verdict, reason = draw(st.sampled_from([(None, None), (None, None), *LEFT_OUT]))
        row = PlannedCase(
            f"a/b.py::{n}", "a", "t", "", tuple(draw(some)), "read", 1, verdict is None, verdict, reason, "",
            tuple(draw(some)),
        )  # fmt: skip
        planned.append(row)
        if verdict is None and draw(st.booleans()):
            found = tuple(broken(name, draw(st.sampled_from([Verdict.FAIL, Verdict.WARN]))) for name in draw(some))
            end = min((f.verdict for f in found), key=RANK.__getitem__, default=draw(st.sampled_from(ENDS)))
            evidence = {name: draw(st.integers(1, 3)) for name in draw(some)}
            cases.append(Case(row.id, end, evidence=evidence, findings=found))
    header = Header(
        "r", "0", "", TARGET, "2025-01", "release", 1, strict=draw(st.booleans()),
        min_judged=draw(st.sampled_from([0.0, 0.0, 50.0])), requirements=rows, cases=tuple(planned),
        passive=frozenset(draw(some)),
    )  # fmt: skip
    return Stream(header, tuple(cases), Footer("", 1.0, Verdict.UNSUPPORTED, 0))


@given(streams(), st.randoms(use_true_random=False))
def test_order_never_matters(stream: Stream, chance: object) -> None:
    """The cases of a stream in another order come to the same."""
    shuffled = list(stream.cases)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    other = dataclasses.replace(stream, cases=tuple(shuffled))

    assert totals(stream) == totals(other)
    assert requirement_verdicts(stream.header, stream.cases) == requirement_verdicts(other.header, other.cases)
    assert distinct_findings(stream) == distinct_findings(other)


@given(streams(), st.data())
def test_a_broken_must_never_improves_a_run(stream: Stream, data: st.DataObject) -> None:
    """One more broken must: the run is red, and its verdict is no better than before."""
    before = totals(stream)
    name = data.draw(st.sampled_from([row.id for row in stream.header.requirements]))
    case = Case("a/b.py::new", Verdict.FAIL, evidence={name: 1}, findings=(broken(name),))
    after = totals(dataclasses.replace(stream, cases=(*stream.cases, case)))

    assert after.exit_code != 0
    assert RANK[after.verdict] <= RANK[before.verdict]


@given(streams(), st.data())
def test_a_broken_should_never_improves_what_held(stream: Stream, data: st.DataObject) -> None:
    """A should broken that had held: no red run turns green, and no verdict gets better."""
    states = requirement_verdicts(stream.header, stream.cases)
    held = [name for name, state in states.items() if state.verdict is Verdict.PASS]
    if not held:
        return
    before = totals(stream)
    name = data.draw(st.sampled_from(held))
    case = Case("a/b.py::new", Verdict.WARN, evidence={name: 1}, findings=(broken(name, Verdict.WARN),))
    after = totals(dataclasses.replace(stream, cases=(*stream.cases, case)))

    assert not (before.exit_code != 0 and after.exit_code == 0)
    assert RANK[after.verdict] <= RANK[before.verdict]


@given(streams())
def test_without_an_end_a_run_is_never_green(stream: Stream) -> None:
    """No footer: exit 3, and the headline says that the run is incomplete."""
    cut = totals(dataclasses.replace(stream, footer=None))

    assert 3 == cut.exit_code
    assert cut.headline.startswith("incomplete: ")


@given(streams())
def test_the_footer_and_the_reports_agree(stream: Stream) -> None:
    """A footer written from the cases changes nothing of what the cases come to."""
    written = conclude(stream.header, stream.cases)
    footer = Footer("", 1.0, written.verdict, written.exit_code)

    assert written == totals(dataclasses.replace(stream, footer=footer))


@given(streams())
def test_every_testable_requirement_counts_once(stream: Stream) -> None:
    """The counts add up to the denominator, over all and over the areas."""
    sums = totals(stream)

    assert sums.testable == sum(sums.counts.values())
    assert sums.testable == sum(area.testable for area in sums.areas)
    assert sums.judged == sum(area.judged for area in sums.areas)


@given(streams())
def test_strict_is_never_milder(stream: Stream) -> None:
    """What is green under --strict is green without."""
    strict, lax = (
        totals(dataclasses.replace(stream, header=dataclasses.replace(stream.header, strict=flag)))
        for flag in (True, False)
    )

    assert lax.exit_code == 0 or strict.exit_code != 0


def run_of(*outcomes: tuple[Case | None, PlannedCase], rows: tuple[Requirement, ...], **changes: object) -> Stream:
    """A run that came to its end."""
    header = Header(
        "r", "0", "", TARGET, "2025-01", "release", 1,
        requirements=rows, cases=tuple(planned for _, planned in outcomes),
    )  # fmt: skip
    cases = tuple(case for case, _ in outcomes if case is not None)
    return Stream(
        dataclasses.replace(header, **changes),
        cases,
        Footer("", 1.0, Verdict.UNSUPPORTED, 0),  # type: ignore[arg-type]
    )


def planned(name: str, *requirements: str) -> PlannedCase:
    """A case that runs."""
    return PlannedCase(name, "a", "t", "", requirements, "read", 1, planned=True)


ROW = (requirement("SES-001"), requirement("SES-002", Level.SHOULD))
EXERCISED = {"SES-001": 1, "SES-002": 1}


@pytest.mark.parametrize(
    ("case", "changes", "verdict", "code", "headline"),
    [
        (Case("c", Verdict.PASS, evidence=EXERCISED), {}, "pass", 0,
         "conformant: 2 of 2 requirements judged, 0 unsupported"),
        (Case("c", Verdict.WARN, evidence=EXERCISED, findings=(broken("SES-002", Verdict.WARN),)), {}, "warn", 0,
         "conformant: 2 of 2 requirements judged, 0 unsupported, 1 warning"),
        (Case("c", Verdict.WARN, evidence=EXERCISED, findings=(broken("SES-002", Verdict.WARN),)),
         {"strict": True}, "warn", 1,
         "not conformant: 1 requirement of level should broken, under --strict; "  # noqa: ISC004
         "2 of 2 requirements judged, 0 unsupported"),
        (Case("c", Verdict.FAIL, evidence=EXERCISED, findings=(broken("SES-001"),)), {}, "fail", 1,
         "not conformant: 1 requirement broken; 2 of 2 requirements judged, 0 unsupported"),
        (Case("c", Verdict.FLAKY, evidence=EXERCISED, findings=(broken("SES-001", Verdict.FLAKY),)), {}, "flaky", 1,
         "not conformant: 1 requirement broken now and then; 2 of 2 requirements judged, 0 unsupported"),
        (Case("c", Verdict.PASS, evidence={"SES-001": 1}), {}, "vacuous", 1,
         "not proved: 1 requirement declared and not exercised; 1 of 2 requirements judged, 0 unsupported"),
        (Case("c", Verdict.BLOCKED, evidence={"SES-001": 1}), {}, "blocked", 3,
         "incomplete: 1 requirement blocked by what failed before; 1 of 2 requirements judged, 0 unsupported"),
        (Case("c", Verdict.ERROR, evidence=EXERCISED), {}, "error", 3,
         "incomplete: 1 case met an error of talonproof; 2 of 2 requirements judged, 0 unsupported"),
        (None, {}, "not-run", 3, "incomplete: 1 case lost; 0 of 2 requirements judged, 0 unsupported, 2 not run"),
        (Case("c", Verdict.UNSUPPORTED, Reason.BINDING), {}, "unsupported", 5,
         "not proved: nothing was exercised; 0 of 2 requirements judged, 2 unsupported"),
        (Case("c", Verdict.UNSUPPORTED, Reason.BINDING, evidence={"SES-001": 1}), {"min_judged": 80.0}, "vacuous", 1,
         "not proved: 50.0 % judged where --min-judged asks for 80 %; 1 of 2 requirements judged, 1 unsupported"),
    ],
)  # fmt: skip
def test_each_verdict_has_its_code_and_its_sentence(
    case: Case | None, changes: dict[str, object], verdict: str, code: int, headline: str
) -> None:
    """The table of exit codes, and the first line that goes with each."""
    sums = totals(run_of((case, planned("c", "SES-001", "SES-002")), rows=ROW, **changes))

    assert (verdict, code, headline) == (sums.verdict, sums.exit_code, sums.headline)


BOTH = Case("c", Verdict.PASS, evidence=EXERCISED)
ONE = Case("c", Verdict.PASS, evidence={"SES-001": 1})
HALF = "1 of 2 requirements judged, 1 unsupported"
ALL = "2 of 2 requirements judged, 0 unsupported"


@pytest.mark.parametrize(
    ("case", "expected", "verdict", "code", "headline"),
    [
        (ONE, None, "pass", 0, f"conformant: {HALF}"),
        (ONE, (), "vacuous", 1, f"not proved: unsupported, and not expected to be: SES-002; {HALF}"),
        (ONE, ("SES-001",), "vacuous", 1, f"not proved: unsupported, and not expected to be: SES-002; {HALF}"),
        (ONE, ("SES-002",), "pass", 0, f"conformant: {HALF}"),
        (ONE, ("SES-*",), "pass", 0, f"conformant: {HALF}"),
        (BOTH, (), "pass", 0, f"conformant: {ALL}"),
        (BOTH, ("SES-002",), "stale", 4, "expected to be unsupported, and judged: SES-002; " + ALL),
        (BOTH, ("SES-*",), "stale", 4, "expected to be unsupported, and judged: SES-*; " + ALL),
        (BOTH, ("REO-*",), "pass", 0, f"conformant: {ALL}"),
        (Case("c", Verdict.FAIL, evidence={"SES-001": 1}, findings=(broken("SES-001"),)), (), "fail", 1, HALF),
    ],
)
def test_what_is_not_judged_has_to_be_expected_and_the_other_way_round(
    case: Case, expected: tuple[str, ...] | None, verdict: str, code: int, headline: str
) -> None:
    """Not judged and not listed proves less than was promised; listed and judged is out of date; FAIL stays."""
    out = dataclasses.replace(
        planned("d", "SES-002"), planned=False, verdict=Verdict.UNSUPPORTED, reason=Reason.BINDING
    )
    sums = totals(run_of((case, planned("c", *case.evidence)), (None, out), rows=ROW, expected=expected))

    assert (verdict, code) == (sums.verdict, sums.exit_code)
    assert sums.headline.endswith(headline)


def test_what_talonproof_has_no_test_for_need_not_be_expected() -> None:
    """A requirement that waits is no promise of the target's, be it listed or not."""
    rows = (requirement("SES-001"), requirement("SES-002", waits="engine"))
    for expected in ((), ("SES-002",), ("SES-00*",)):
        case = Case("c", Verdict.PASS, evidence={"SES-001": 1})
        sums = totals(run_of((case, planned("c", "SES-001")), rows=rows, expected=expected))

        assert ("pass", 0) == (sums.verdict, sums.exit_code), expected


def test_an_interrupted_run_is_incomplete() -> None:
    """A footer that says the run was stopped: exit 3, even if every case finished."""
    done = run_of((Case("c", Verdict.PASS, evidence=EXERCISED), planned("c", "SES-001", "SES-002")), rows=ROW)
    sums = totals(dataclasses.replace(done, footer=Footer("", 1.0, Verdict.PASS, 0, interrupted=True)))

    assert 3 == sums.exit_code
    assert sums.headline.startswith("incomplete: the run was cut short, 1 of 1 case finished")


def test_a_footer_that_is_worse_than_the_cases_is_believed() -> None:
    """The harness broke down after the cases: no report is greener than the footer."""
    done = run_of((Case("c", Verdict.PASS, evidence=EXERCISED), planned("c", "SES-001", "SES-002")), rows=ROW)
    sums = totals(dataclasses.replace(done, footer=Footer("", 1.0, Verdict.ERROR, 3)))

    assert (Verdict.ERROR, 3) == (sums.verdict, sums.exit_code)
    assert sums.headline.startswith("incomplete: talonproof itself failed")


def test_depth_never_shrinks_the_denominator() -> None:
    """A requirement left out by depth counts as testable and not run, and leaves the run green."""
    out = dataclasses.replace(planned("d", "SES-002"), planned=False, verdict=Verdict.NOT_RUN, reason=Reason.DEPTH)
    sums = totals(
        run_of((Case("c", Verdict.PASS, evidence={"SES-001": 1}), planned("c", "SES-001")), (None, out), rows=ROW)
    )

    assert (0, 1, 2) == (sums.exit_code, sums.judged, sums.testable)
    assert "conformant: 1 of 2 requirements judged, 0 unsupported, 1 not run" == sums.headline


@pytest.mark.parametrize(
    ("row", "case", "expected"),
    [
        (requirement("SES-001", untestable="No."), Case("c", Verdict.PASS), (Verdict.UNSUPPORTED, Reason.WAITS, 0)),
        (requirement("SES-001", waits="engine"), Case("c", Verdict.PASS), (Verdict.UNSUPPORTED, Reason.WAITS, 0)),
        (requirement("SES-001", waits="engine"), Case("c", Verdict.FAIL, findings=(broken("SES-001"),)),
         (Verdict.FAIL, None, 1)),
        (requirement("SES-001"), Case("c", Verdict.PASS, evidence={"SES-001": 2}), (Verdict.PASS, None, 2)),
        (requirement("SES-001", Level.OBSERVE), Case("c", Verdict.PASS, evidence={"SES-001": 2}),
         (Verdict.OBSERVED, None, 2)),
        (requirement("SES-001"), Case("c", Verdict.PASS), (Verdict.VACUOUS, None, 0)),
        (requirement("SES-001"), Case("c", Verdict.FAIL, findings=(broken("SES-009"),)), (Verdict.BLOCKED, None, 0)),
        (requirement("SES-001"), Case("c", Verdict.WARN, findings=(broken("SES-009", Verdict.WARN),)),
         (Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, 0)),
        (requirement("SES-001"), Case("c", Verdict.ERROR), (Verdict.ERROR, None, 0)),
        (requirement("SES-001"), Case("c", Verdict.NOT_RUN, Reason.WORKER_LOST),
         (Verdict.NOT_RUN, Reason.WORKER_LOST, 0)),
        (requirement("SES-001"), Case("c", Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED),
         (Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, 0)),
        (requirement("SES-001"), None, (Verdict.NOT_RUN, Reason.INTERRUPTED, 0)),
        (requirement("SES-002"), Case("c", Verdict.PASS), (Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, 0)),
    ],
)  # fmt: skip
def test_the_verdict_of_a_requirement_says_why(
    row: Requirement, case: Case | None, expected: tuple[Verdict, Reason | None, int]
) -> None:
    """A finding decides; then evidence; else the end of the case that is about it."""
    stream = run_of((case, planned("c", "SES-001")), rows=(row,))
    state = requirement_verdicts(stream.header, stream.cases)[row.id]

    assert expected == (state.verdict, state.reason, state.evidence)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (Verdict.PASS, (Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED)),
        (Verdict.FAIL, (Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED)),
        (Verdict.ERROR, (Verdict.ERROR, None)),
    ],
)
def test_a_requirement_judged_on_occasion_is_never_vacuous(
    end: Verdict, expected: tuple[Verdict, Reason | None]
) -> None:
    """A case that may judge a requirement, and had no occasion to, leaves it never-triggered."""
    row = dataclasses.replace(planned("c"), also=("SES-001",))
    stream = run_of((Case("c", end), row), rows=ROW[:1])
    state = requirement_verdicts(stream.header, stream.cases)["SES-001"]

    assert expected == (state.verdict, state.reason)


def test_a_lost_case_outweighs_one_left_out() -> None:
    """Of two cases about a requirement one was left out by depth, one was lost: it counts as lost."""
    out = dataclasses.replace(planned("d", "SES-001"), planned=False, verdict=Verdict.NOT_RUN, reason=Reason.DEPTH)
    stream = run_of((None, out), (None, planned("c", "SES-001")), rows=ROW[:1])

    assert Reason.INTERRUPTED is requirement_verdicts(stream.header, stream.cases)["SES-001"].reason


def test_a_finding_is_shown_once_by_the_shortest_history(build: Any) -> None:
    """Two cases met the same fingerprint: it is told once, with both cases and the shorter history."""
    long, short = build.finding("SES-218"), build.finding("SES-218", exchanges=[build.exchange()])
    stream = build.stream(
        build.header(), build.case("a", "fail", findings=[long]), build.case("b", "fail", findings=[short])
    )
    ((finding, cases),) = distinct_findings(stream)

    assert (1, ("a", "b")) == (len(finding.exchanges), cases)


def test_what_differs_is_not_judged_where_the_edition_is_not_sure() -> None:
    """It is unsupported because of the edition, whatever its cases saw; what waits still waits."""
    rows = (requirement("SES-001"), requirement("SES-002"), requirement("SES-003", waits="engine"))
    planned = PlannedCase("a/b.py::a", "a", "t", "", ("SES-001",), "read", 1, planned=True)
    header = Header(
        "r", "0", "", TARGET, "2025-01", "release", 1, requirements=rows, cases=(planned,),
        unsettled=frozenset({"SES-002", "SES-003"}),
    )  # fmt: skip
    states = requirement_verdicts(header, [Case("a/b.py::a", Verdict.PASS, evidence={"SES-001": 1})])

    assert [
        (Verdict.PASS, None),
        (Verdict.UNSUPPORTED, Reason.EDITION),
        (Verdict.UNSUPPORTED, Reason.WAITS),
    ] == [(state.verdict, state.reason) for state in states.values()]


def test_a_case_that_was_cut_off_counts_only_where_it_did_not_end_elsewhere(build: Any) -> None:
    """In whatever order the lines stand; the headline counts what finished."""
    header = build.header(
        requirements=[build.requirement("SES-118")],
        cases=[build.planned("a", ["SES-118"]), build.planned("b", ["SES-118"])],
    )
    cut = [build.case(name, "not-run", reason="interrupted", worker="gw1") for name in ("a", "b")]
    ended = build.case("a", evidence={"SES-118": 1})

    for lines in ([*cut, ended], [ended, *cut]):
        told = totals(build.stream(header, *lines))

        assert {Verdict.PASS: 1, Verdict.NOT_RUN: 1} == told.cases
        assert "1 of 2 cases finished" in told.headline
