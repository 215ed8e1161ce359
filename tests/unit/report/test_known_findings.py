"""What a baseline makes of a run: known is green, what is listed without need is stale, all else stays what it is."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.report.stale import stale_entries
from talonproof.report.totals import requirement_verdicts, totals
from talonproof.verdict import Verdict

CASE = "sessions/test_transitions.py::test_transition[T18]"
OTHER = "sessions/test_updates.py::test_other"
MARK = "0" * 12


def entry(**changes: Any) -> dict[str, Any]:
    """An entry of the header."""
    return {
        "requirement": "SES-010", "fingerprint": MARK, "reason": "r", "owner": "o", "expires": "2027-01-01",
        "link": "", "cases": [], "expired": False,
    } | changes  # fmt: skip


@pytest.fixture
def run(build: Any) -> Any:
    """A run of two cases about one requirement, with a baseline of one entry; what they end with may differ."""

    def make(listed: dict[str, Any], *cases: dict[str, Any], **header: Any) -> Any:
        planned = [build.planned(name, ["SES-010"]) for name in (CASE, OTHER)]
        head = build.header(requirements=[build.requirement("SES-010")], cases=planned, baseline=[listed], **header)
        return build.stream(head, *cases, build.footer())

    return make


def passed(build: Any, name: str, verdict: str = "pass") -> dict[str, Any]:
    """A case that exercised the requirement."""
    return build.case(name, verdict, evidence={"SES-010": 1})


def found(build: Any, name: str, verdict: str, mark: str = MARK) -> dict[str, Any]:
    """A case that found it broken."""
    finding = build.finding("SES-010", verdict, fingerprint=mark)
    return build.case(name, verdict, evidence={"SES-010": 1}, findings=[finding])


def test_a_known_finding_is_green(build: Any, run: Any) -> None:
    """It is judged, and the run conforms."""
    told = totals(run(entry(), found(build, CASE, "known"), passed(build, OTHER)))

    assert (0, 1) == (told.exit_code, told.counts[Verdict.KNOWN])


def test_one_that_passes_now_is_stale(build: Any, run: Any) -> None:
    """All that could have met it ran: exit 4, and the requirement says why."""
    stream = run(entry(), passed(build, CASE), passed(build, OTHER))

    assert 4 == totals(stream).exit_code
    state = requirement_verdicts(stream.header, stream.cases)["SES-010"]
    assert (Verdict.STALE, f"the baseline lists {MARK}, which does not show any more") == (state.verdict, state.detail)


def test_one_past_its_date_is_stale(build: Any, run: Any) -> None:
    """Whether it still shows or not."""
    assert 4 == totals(run(entry(expired=True), found(build, CASE, "stale"), passed(build, OTHER))).exit_code
    assert 4 == totals(run(entry(expired=True), passed(build, CASE), passed(build, OTHER))).exit_code


def test_one_that_fails_differently_fails(build: Any, run: Any) -> None:
    """Another fingerprint is another finding, which nothing lists; the entry is stale, which is no worse."""
    stream = run(entry(), found(build, CASE, "fail", "1" * 12), passed(build, OTHER))

    assert 1 == totals(stream).exit_code
    assert 1 == len(stale_entries(stream.header, stream.cases))


@pytest.mark.parametrize("end", ["blocked", "unsupported", "not-run", "error"])
def test_what_was_not_got_to_is_not_stale(build: Any, run: Any, end: str) -> None:
    """A case that could have met it did not run to its end, so nothing follows."""
    stream = run(entry(), passed(build, CASE), build.case(OTHER, end))

    assert () == stale_entries(stream.header, stream.cases)


def test_a_case_that_ended_before_it_got_there_proves_nothing(build: Any, run: Any) -> None:
    """It warned of something else, and never exercised the requirement."""
    early = build.case(OTHER, "warn", findings=[build.finding("SES-009", "warn")])
    stream = run(entry(), passed(build, CASE), early)

    assert () == stale_entries(stream.header, stream.cases)


def test_the_cases_that_met_it_decide(build: Any, run: Any) -> None:
    """Others about the same requirement may be left out."""
    stream = run(entry(cases=[CASE]), passed(build, CASE))

    assert 1 == len(stale_entries(stream.header, stream.cases))


def test_without_those_cases_nothing_is_stale(build: Any, run: Any) -> None:
    """A selection that leaves them out proves nothing; where they are gone for good, all about it decide."""
    gone = "sessions/test_old.py::test_gone"
    ends = (passed(build, CASE), passed(build, OTHER))
    selected = run(entry(cases=[gone]), *ends, select=["sessions"])
    whole = run(entry(cases=[gone]), *ends)

    assert () == stale_entries(selected.header, selected.cases)
    assert 1 == len(stale_entries(whole.header, whole.cases))


def test_a_requirement_that_is_not_selected_says_nothing(build: Any, run: Any) -> None:
    """Not even that the entry is past its date."""
    stream = run(entry(requirement="RET-001", expired=True), passed(build, CASE), passed(build, OTHER))

    assert () == stale_entries(stream.header, stream.cases)
    assert 0 == totals(stream).exit_code


def test_an_error_is_never_excused(build: Any, run: Any) -> None:
    """A harness at fault is at fault, whatever is listed."""
    stream = run(entry(fingerprint="*"), found(build, CASE, "known"), build.case(OTHER, "error"))

    assert 3 == totals(stream).exit_code


def test_what_a_known_finding_cut_short_is_not_called_unexercised(build: Any, run: Any) -> None:
    """Its case ended where it was broken: another requirement of the case had no occasion."""
    case = build.case(CASE, "known", findings=[build.finding("SES-009", "known")])
    other = build.case(OTHER, "known", findings=[build.finding("SES-009", "known")])
    stream = run(entry(), case, other)

    assert Verdict.UNSUPPORTED is requirement_verdicts(stream.header, stream.cases)["SES-010"].verdict
