"""A budget of time becomes a number of requests, and is spent on the cases that catch most."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from talonproof.errors import HarnessError
from talonproof.run.budget import OWN_WORK, PLANNED, START, allowance, answered_in, lasting, read_scores, within_budget
from talonproof.run.plan import Plan, Row, Spec
from talonproof.target import Footprint
from talonproof.verdict import Reason, Verdict


def row(name: str, requests: int, *requirements: str, verdict: Verdict | None = None) -> Row:
    """A case that costs so many requests."""
    spec = Spec(f"own/test_own.py::{name}", name, "", requirements or ("SES-001",), Footprint.READ, requests)
    return Row(spec, 0 if verdict else requests, 1, verdict)


def taken(rows: list[Row], requests: int, **caught: set[str]) -> list[str]:
    """The names of the cases that run."""
    scores = {f"own/test_own.py::{name}": frozenset(faults) for name, faults in caught.items()}
    plan = within_budget(Plan(tuple(rows), frozenset()), requests, scores)
    assert [one.spec.id for one in rows] == [one.spec.id for one in plan.rows]
    assert sum(one.requests for one in plan.rows) <= requests
    for one in plan.rows:
        assert one.planned or one.reason is Reason.BUDGET or one.verdict is not Verdict.NOT_RUN
    return [one.spec.title for one in plan.rows if one.planned]


def test_what_catches_most_for_its_requests_goes_first() -> None:
    """Two faults for three requests are better than three for nine."""
    rows = [row("dear", 9), row("cheap", 3)]

    assert ["cheap"] == taken(rows, 9, dear={"a", "b", "c"}, cheap={"a", "b"})


def test_what_another_one_catches_already_counts_for_nothing() -> None:
    """The second case is the one that catches something new."""
    rows = [row("first", 2), row("same", 2), row("new", 4)]

    assert ["first", "new"] == taken(rows, 6, first={"a", "b"}, same={"a", "b"}, new={"c"})


def test_then_come_requirements_that_nothing_judges_yet() -> None:
    """A case that catches nothing may still be the only one about its clause."""
    rows = [row("first", 2, "SES-001"), row("same", 1, "SES-001"), row("other", 3, "SES-002")]

    assert ["first", "other"] == taken(rows, 5, first={"a"})


def test_the_rest_is_filled_with_the_cheapest() -> None:
    """Nothing that fits is left out."""
    rows = [row("first", 2), row("dear", 5), row("cheap", 1)]

    assert ["first", "cheap"] == taken(rows, 3, first={"a"})
    assert ["first", "dear", "cheap"] == taken(rows, 8, first={"a"})


def test_nothing_fits_into_no_time() -> None:
    """Then everything is left out, by choice."""
    assert [] == taken([row("one", 1)], 0)


def test_what_does_not_run_anyway_keeps_its_reason() -> None:
    """It takes no part of the budget."""
    assert ["one"] == taken([row("one", 1), row("not", 1, verdict=Verdict.UNSUPPORTED)], 1)


def test_the_time_is_divided_by_what_a_request_takes() -> None:
    """Workers wait side by side, and no limit of requests a second is gone beyond."""
    seconds = START + 100

    assert int(100 * PLANNED / (0.1 + OWN_WORK)) == allowance(seconds, latency=0.1, rate=0, workers=1)
    assert int(100 * PLANNED * 4 / (0.1 + OWN_WORK)) == allowance(seconds, latency=0.1, rate=0, workers=4)
    assert int(100 * PLANNED * 5) == allowance(seconds, latency=0.1, rate=5, workers=4)
    assert 0 == allowance(START - 1, latency=0.1, rate=0, workers=1)


def test_how_long_requests_last_is_the_same_sum_the_other_way_round() -> None:
    """What is allowed for a time lasts no longer than that, and all of it but the part that is kept back."""
    for latency, rate, workers in ((0.1, 0.0, 1), (0.15, 10.0, 4), (2.0, 0.0, 2)):
        requests = allowance(500.0, latency=latency, rate=rate, workers=workers)
        lasts = lasting(requests, latency=latency, rate=rate, workers=workers)

        assert lasts <= START + (500.0 - START) * PLANNED
        assert 500.0 < lasting(int(requests / PLANNED) + 2, latency=latency, rate=rate, workers=workers)


def test_what_an_answer_takes_is_read_from_the_journal(tmp_path: Path) -> None:
    """The median of those that came; none without a journal."""
    file = tmp_path / "journal-doctor.ndjson"
    lines = [{"type": "outcome", "status": 200, "seconds": seconds} for seconds in (0.1, 9.0, 0.2)]
    lines += [{"type": "outcome", "status": 0, "seconds": 30.0}, {"type": "intent"}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))

    assert 0.2 == answered_in(file)
    assert 0.0 == answered_in(tmp_path / "none.ndjson")


def test_the_scoreboard_is_read_by_case(tmp_path: Path) -> None:
    """A workspace without one gives no scores, and one that is broken is named."""
    assert {} == read_scores(tmp_path)
    (tmp_path / "scoreboard.json").write_text(json.dumps({"f": {"cases": ["x", "y"]}, "g": {"cases": ["x"]}}))
    assert {"x": frozenset("fg"), "y": frozenset("f")} == read_scores(tmp_path)
    (tmp_path / "scoreboard.json").write_text("[]")
    with pytest.raises(HarnessError, match="is no scoreboard"):
        read_scores(tmp_path)
