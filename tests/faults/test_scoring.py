"""What counts as catching a fault, and how a fault is looked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from talonproof.cli.faults import Attempt, Declared, Score, attempts, broken_down, declared, score, written
from talonproof.config import Depth
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.report.records import Case, FindingFacts, Footer, Header, Stream, TargetFacts
from talonproof.requirement import Level
from talonproof.verdict import Verdict

MUST = Fault("a", "It does a thing wrong.", ("SES-009", "SES-118", "ERR-013"), Level.MUST, frozenset(), None)  # type: ignore[arg-type]
PASSIVE_ALONE = Fault("b", "Another thing.", ("ERR-013", "ERR-004"), Level.MUST, frozenset(), None)  # type: ignore[arg-type]


def finding(requirement: str, level: Level, verdict: Verdict = Verdict.FAIL, check: str = "check") -> FindingFacts:
    """A finding of a requirement, shown by nothing."""
    return FindingFacts("0" * 12, requirement, level, "getCustomerSession", check, "", "seen", verdict)


def case(name: str, *findings: FindingFacts, sent: int = 3, verdict: Verdict = Verdict.PASS, detail: str = "") -> Case:
    """A case that ended."""
    return Case(name, verdict, detail=detail, sent=sent, findings=findings)


def stream(*cases: Case, problems: tuple[str, ...] = (), complete: bool = True) -> Stream:
    """A run of these cases."""
    target = TargetFacts("embedded", "http://127.0.0.1:1", loopback=True, embedded=True)
    header = Header("run", "0", "2026-11-20T11:00:00Z", target, "2025-01", "release", 0)
    footer = Footer("2026-11-20T11:00:01Z", 1.0, Verdict.PASS, 0, problems=problems) if complete else None
    return Stream(header, cases, footer)


def scored(*cases: Case, fault: Fault = MUST) -> Score:
    """What a run of these cases comes to."""
    return score(fault, Attempt(Depth.RELEASE), stream(*cases))


def test_a_check_of_what_is_broken_catches() -> None:
    """Checks and requirements are those of the fault; requests are counted to the end of the first case that fired."""
    found = scored(
        case("one"),
        case("two", finding("SES-118", Level.SHOULD, Verdict.WARN, "status"), sent=4),
        case("three", finding("SES-009", Level.MUST, check="state"), finding("SES-118", Level.SHOULD, check="status")),
    )

    assert ("state", "status") == found.checks
    assert ("SES-009", "SES-118") == found.requirements
    assert ("two", "three") == found.cases
    assert 7 == found.requests
    assert Level.MUST is found.worst
    assert found.caught


def test_checks_of_other_requirements_do_not_count() -> None:
    """A finding of what the fault does not break is no catch, however bad it is."""
    found = scored(case("one", finding("SES-001", Level.MUST)))

    assert not found.caught
    assert found.requests is None
    assert () == found.checks


def test_a_must_is_not_caught_by_a_should() -> None:
    """Where the fault breaks a must, the run has to fail: a warning is too little."""
    found = scored(case("one", finding("SES-118", Level.SHOULD, Verdict.WARN)))

    assert Level.SHOULD is found.worst
    assert not found.caught


def test_what_was_not_confirmed_does_not_count() -> None:
    """A flaky finding proves nothing."""
    assert not scored(case("one", finding("SES-009", Level.MUST, Verdict.FLAKY))).caught


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (stream(case("one")), ""),
        (stream(case("one"), complete=False), "the run did not come to its end"),
        (stream(case("one"), problems=("a worker died",)), "a worker died"),
        (stream(case("one", verdict=Verdict.ERROR, detail="KeyError: 'a'")), "one: KeyError: 'a'"),
    ],
)
def test_a_harness_that_breaks_down_is_no_catch(run: Stream, said: str) -> None:
    """Whatever it found before, a run that broke down is reported as such."""
    assert said == broken_down(run)
    assert said == score(MUST, Attempt(Depth.RELEASE), run).problem


SMOKE = Declared("suite/test_a.py::test_a[x]", frozenset({"SES-118"}), frozenset())
DEEP = Declared("suite/test_a.py::test_b", frozenset({"SES-009"}), frozenset())
RANDOM = Declared("suite/test_a.py::test_c", frozenset(), frozenset({"SES-009"}))
OTHER = Declared("suite/test_a.py::test_d", frozenset({"SES-001", "ERR-013"}), frozenset())


def test_the_cheapest_run_comes_first() -> None:
    """At each depth the cases that judge what is broken, then those that may; names are no patterns of their own."""
    planned = {Depth.SMOKE: (SMOKE, OTHER), Depth.RELEASE: (SMOKE, DEEP, RANDOM, OTHER)}
    by_name = "suite/test_a.py::test_a[[]x]"

    assert (
        Attempt(Depth.SMOKE, (by_name,)),
        Attempt(Depth.RELEASE, (by_name, DEEP.case)),
        Attempt(Depth.RELEASE, (RANDOM.case,)),
    ) == attempts(MUST, planned)


def test_nothing_is_run_where_no_case_can_catch() -> None:
    """A run without cases would prove nothing."""
    assert () == attempts(MUST, {Depth.SMOKE: (OTHER,)})


def test_what_every_exchange_shows_is_looked_for_by_every_case() -> None:
    """A fault that breaks nothing that a case declares is looked for by the whole of each depth."""
    planned = {Depth.SMOKE: (SMOKE,), Depth.RELEASE: (SMOKE, DEEP)}

    assert (Attempt(Depth.SMOKE), Attempt(Depth.RELEASE)) == attempts(PASSIVE_ALONE, planned)


def test_only_planned_cases_are_declared() -> None:
    """A case that the plan leaves out catches nothing."""
    rows: list[dict[str, Any]] = [
        {"id": DEEP.case, "planned": True, "requirements": ["SES-009"], "also": []},
        {"id": RANDOM.case, "planned": False, "requirements": [], "also": ["SES-009"]},
    ]

    assert (DEEP,) == declared({"cases": rows})


def test_the_scoreboard_is_stable() -> None:
    """Its order is that of the names, and a score says what it takes to repeat it."""
    fault = FAULTS["unknown-item-is-free"]
    kept = score(fault, Attempt(Depth.SMOKE), stream(case("one", finding("SES-029", Level.SHOULD, Verdict.WARN))))
    text = written({"b": kept.record(), "a": kept.record()})

    assert ["a", "b"] == list(json.loads(text))
    assert {
        "worst": "should",
        "depth": "smoke",
        "requests_to_catch": 3,
        "requirements": ["SES-029"],
        "checks": ["check"],
        "cases": ["one"],
    } == json.loads(text)["a"]
    assert text.endswith("}\n")
