"""The grade of a target: what it counts, when it gives a number, and when each of it was last verified."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.report.account import account
from talonproof.report.fidelity import Standing, Tally, carried, fidelity, graded, last_verified, record, write_fidelity
from talonproof.report.html import html
from talonproof.report.records import Stream, TargetFacts
from talonproof.report.summary import summary
from talonproof.report.words import BRIEFLY
from talonproof.verdict import Reason, Verdict
from talonproof.workspace import find_workspace

EMULATOR = TargetFacts("embedded emulator", "http://127.0.0.1:5", loopback=True, embedded=True)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """The schema of fidelity.json, formats asserted."""
    schema = json.loads((find_workspace().reports / "fidelity.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def graded_rows(build: Any, ends: dict[str, tuple[str, str | None]], **header: Any) -> Stream:
    """A run whose requirements ended so, each by a case of its own."""
    requirements = [
        build.requirement(name, "observe" if end == "observed" else "must") for name, (end, _) in ends.items()
    ]
    cases = [build.planned(f"a/b.py::{name}", [name]) for name in ends]
    lines: list[Any] = []
    for name, (end, reason) in ends.items():
        found = [build.finding(name, end)] if end in {"fail", "warn", "flaky", "known"} else []
        evidence = {name: 1} if found or end in {"pass", "observed"} else {}
        lines.append(build.case(f"a/b.py::{name}", end, reason=reason, evidence=evidence, findings=found))
    return build.stream(build.header(requirements=requirements, cases=cases, **header), *lines, build.footer())


def test_a_requirement_has_one_standing(build: Any) -> None:
    """Broken is what a finding says, known and flaky ones too; recorded is neither; the rest counts by its reason."""
    stream = graded_rows(
        build,
        {
            "SES-001": ("pass", None),
            "SES-002": ("fail", None),
            "SES-003": ("flaky", None),
            "SES-004": ("known", None),
            "SES-005": ("observed", None),
            "SES-006": ("unsupported", "binding"),
            "SES-007": ("not-run", "depth"),
            "SES-008": ("blocked", None),
            "SES-009": ("vacuous", None),
        },
    )
    grade = fidelity(account(stream))

    standings = [Standing.PASSED, *[Standing.BROKEN] * 3, Standing.RECORDED, *[Standing.UNJUDGED] * 4]
    assert standings == [row.standing for row in grade.rows]
    assert {"binding": 1, "blocked": 1, "depth": 1, "vacuous": 1} == grade.tally.unjudged
    assert (9, 5, 1, 3, 0, 1) == (
        grade.tally.requirements,
        grade.tally.judged,
        grade.tally.passed,
        grade.tally.must,
        grade.tally.should,
        grade.tally.recorded,
    )


def test_the_sample_is_graded_by_level(build: Any) -> None:
    """A broken must and a broken should stand apart; what cannot be tested is counted nowhere."""
    grade = fidelity(account(build.stream(*build.sample())))
    sessions = grade.areas[0]

    assert "SES" == sessions.code
    assert (5, 1, 1, 1, 1) == (
        sessions.tally.requirements,
        sessions.tally.passed,
        sessions.tally.must,
        sessions.tally.should,
        sessions.tally.recorded,
    )
    assert {"waits": 1} == sessions.tally.unjudged
    assert "66.6 %; 4 held, 1 must and 1 should broken, 3 of 10 not judged" == graded(grade.tally)


@pytest.mark.parametrize(
    ("tally", "expected"),
    [
        (Tally(10, passed=10), 100.0),
        (Tally(10, passed=5), 100.0),
        (Tally(10, passed=4), None),
        (Tally(10, passed=4, recorded=1), 100.0),
        (Tally(10, recorded=10), None),
        (Tally(2000, passed=1999, must=1), 99.9),
        (Tally(3, passed=2, should=1), 66.6),
        (Tally(3, must=3), 0.0),
        (Tally(), None),
    ],
)
def test_a_number_needs_half_of_it_judged(tally: Tally, expected: float | None) -> None:
    """Below that there is none; one broken clause of two thousand keeps it from being all."""
    assert expected == tally.per_cent


@st.composite
def ends(draw: st.DrawFn) -> dict[str, tuple[str, str | None]]:
    """How requirements of several areas may have ended."""
    names = draw(
        st.lists(st.sampled_from([f"{a}-{n:03}" for a in ("SES", "RET", "PAG") for n in range(5)]), unique=True)
    )
    possible = st.sampled_from(
        [("pass", None), ("fail", None), ("observed", None), ("unsupported", "binding"), ("not-run", "interrupted")]
    )
    return {name: draw(possible) for name in names}


@given(drawn=ends())
def test_everything_is_counted_once(build: Any, validator: jsonschema.Draft202012Validator, drawn: Any) -> None:
    """Each tally adds up to its requirements, the areas add up to the whole, and the file is as its schema says."""
    stream = graded_rows(build, drawn)
    grade = fidelity(account(stream))

    assert len(drawn) == grade.tally.requirements
    for tally in (grade.tally, *(area.tally for area in grade.areas)):
        assert tally.requirements == tally.judged + sum(tally.unjudged.values())
    assert Counter(name[:3] for name in drawn) == {area.code: area.tally.requirements for area in grade.areas}
    assert grade.tally.passed == sum(area.tally.passed for area in grade.areas)
    assert [] == [error.message for error in validator.iter_errors(record(grade, stream))]


@pytest.mark.parametrize("records", [1, 3, 6])
def test_the_file_of_any_run_is_as_its_schema_says(
    build: Any, validator: jsonschema.Draft202012Validator, tmp_path: Path, records: int
) -> None:
    """However far the run got, and it says whether it came to its end."""
    file = tmp_path / "fidelity.json"
    write_fidelity(account(build.stream(*build.sample()[:records])), file)
    written = json.loads(file.read_text())

    assert [] == [error.message for error in validator.iter_errors(written)]
    assert (records == 6) == written["complete"]


def test_every_reason_has_its_words() -> None:
    """Whatever keeps a requirement from being judged can be said behind a number."""
    assert {*map(str, Reason), *map(str, Verdict)} == BRIEFLY.keys()


def earlier(build: Any, **header: Any) -> Stream:
    """A run of a week before, which judged a session, a return and a page."""
    judged: dict[str, tuple[str, str | None]] = dict.fromkeys(("SES-001", "RET-001", "PAG-001"), ("pass", None))
    return graded_rows(build, judged, run="earlier", started="2026-11-13T09:00:00.000000Z", **header)


def test_what_a_run_does_not_judge_was_last_verified_before_it(build: Any) -> None:
    """Its own word counts where it has one; of what it did not select it knows the area and the earlier run."""
    known = [dataclasses.asdict(one) for one in carried(earlier(build), EMULATOR, "2025-01", ())]
    now = graded_rows(build, {"SES-001": ("pass", None), "RET-001": ("not-run", "depth")}, verified=known)
    grade = fidelity(account(now))

    told = {area.code: last_verified(area, now.header) for area in grade.areas}
    assert {
        "SES": "2026-11-20, embedded emulator",
        "RET": "2026-11-13 (run earlier), embedded emulator",
        "PAG": "2026-11-13 (run earlier), embedded emulator",
    } == told
    assert [now.header.run, "earlier"] == [row.verified and row.verified.run for row in grade.rows]
    assert 2 == grade.tally.requirements, "earlier runs say when, and count for nothing"


def test_what_several_runs_verified_is_told_apart(build: Any) -> None:
    """The newest first, each with how much of the area."""
    before = earlier(build)
    known = [dataclasses.asdict(one) for one in carried(before, EMULATOR, "2025-01", ())]
    now = graded_rows(
        build,
        {"SES-001": ("unsupported", "binding"), "SES-002": ("pass", None), "SES-003": ("pass", None)},
        verified=known,
    )
    sessions = fidelity(account(now)).areas[0]

    assert "2 on 2026-11-20, 1 on 2026-11-13 (run earlier), embedded emulator" == last_verified(sessions, now.header)


def test_the_word_of_a_run_before_the_earlier_one_is_handed_on(build: Any) -> None:
    """A chain of runs, each compared with the one before, forgets nothing."""
    first = [dataclasses.asdict(one) for one in carried(earlier(build), EMULATOR, "2025-01", ())]
    second = graded_rows(build, {"SES-001": ("fail", None)}, run="second", verified=first)

    handed = carried(second, EMULATOR, "2025-01", ())

    assert {"PAG-001": "earlier", "RET-001": "earlier", "SES-001": "second"} == {
        one.requirement: one.run for one in handed
    }
    assert Verdict.FAIL is next(one.verdict for one in handed if one.run == "second")


STAGING: dict[str, Any] = {"name": "staging", "url": "https://staging.example", "loopback": False, "embedded": False}


@pytest.mark.parametrize(
    ("header", "edition", "faults", "handed"),
    [
        ({}, "2025-01", (), 3),
        ({}, "2026-05", (), 0),
        ({}, "2025-01", ("skip-ignored",), 0),
        ({"faults": ["skip-ignored"]}, "2025-01", ("skip-ignored",), 3),
        ({"target": STAGING}, "2025-01", (), 0),
    ],
)
def test_only_the_same_target_was_verified(
    build: Any, header: dict[str, Any], edition: str, faults: tuple[str, ...], handed: int
) -> None:
    """Another server, another edition, or another defect in the emulator says nothing; another port does not matter."""
    assert handed == len(carried(earlier(build, **header), EMULATOR, edition, faults))


def test_a_server_is_the_same_at_the_same_address(build: Any) -> None:
    """Whatever the target file calls it."""
    before = earlier(build, target=STAGING)
    facts = TargetFacts("renamed", STAGING["url"], loopback=False, embedded=False)

    assert 3 == len(carried(before, facts, "2025-01", ()))
    assert () == carried(before, dataclasses.replace(facts, url="https://live.example"), "2025-01", ())


def test_the_grade_stands_in_the_page_and_in_the_summary(build: Any) -> None:
    """The same words, and a row an area."""
    told = account(build.stream(*build.sample()))
    grade = fidelity(told)
    page, text = html(told), summary(told)

    assert graded(grade.tally) in text
    assert f"<b>{graded(grade.tally).capitalize()}.</b>" in page
    for area in grade.areas:
        assert last_verified(area, told.stream.header) in text
    section = page.partition('<section id="fidelity"')[2].partition("</section>")[0]
    assert len(grade.areas) == section.count("<tr><th scope=") - 1


def test_evidence_is_told_with_what_it_rests_on(build: Any) -> None:
    """Exchanges, shapes, transitions and effects of all cases stand in the row of a requirement."""
    page = html(account(build.stream(*build.sample())))

    assert "judged 1 time, by 2 exchanges of 2 shapes" in page
    assert "<dt>Transitions</dt><dd>closed → open</dd>" in page
    assert "<dt>Effects seen</dt><dd>acceptCoupon</dd>" in page
    assert "judged 11 times, by 4 exchanges of 2 shapes" in page
    assert "judged 2 times</dd>" in page, "a stream of an earlier talonproof says no more"
