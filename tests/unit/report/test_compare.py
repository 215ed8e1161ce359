"""What changed from one run to another: nothing that was not looked at is called fixed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from talonproof.report.compare import Change, as_json, as_markdown, as_text, compare

ONE, TWO = "sessions/test_a.py::test_one", "sessions/test_a.py::test_two"


@pytest.fixture
def run(build: Any) -> Any:
    """A run of two cases about two requirements; each ends as given, or did not run."""

    def make(one: dict[str, Any] | None, two: dict[str, Any] | None, **header: Any) -> Any:
        head = build.header(
            requirements=[build.requirement("SES-010"), build.requirement("SES-009")],
            cases=[build.planned(ONE, ["SES-010"]), build.planned(TWO, ["SES-009"])],
            **header,
        )
        return build.stream(head, *(case for case in (one, two) if case), build.footer())

    return make


@pytest.fixture
def held(build: Any) -> Any:
    """A case that passed."""
    return lambda name, requirement: build.case(name, evidence={requirement: 1})


@pytest.fixture
def broken(build: Any) -> Any:
    """A case that found its requirement broken."""

    def make(name: str, requirement: str, verdict: str = "fail", **changes: Any) -> dict[str, Any]:
        finding = build.finding(requirement, verdict, **changes)
        return build.case(name, verdict, evidence={requirement: 1}, findings=[finding])

    return make


def counts(change: Change) -> tuple[int, int, int, int]:
    """How many findings are new, fixed, still there, and not looked at."""
    return len(change.new), len(change.fixed), len(change.still), len(change.unseen)


def test_the_same_run_is_no_change(run: Any, held: Any, broken: Any) -> None:
    """What is broken is still broken, and nothing is worse."""
    stream = run(broken(ONE, "SES-010"), held(TWO, "SES-009"))
    change = compare(stream, stream)

    assert (0, 0, 1, 0) == counts(change)
    assert ((), (), (), False) == (change.turned, change.silent, change.unlike, change.worse)


def test_new_and_fixed_are_mirror_images(run: Any, held: Any, broken: Any) -> None:
    """Only what is new makes it worse."""
    good = run(held(ONE, "SES-010"), held(TWO, "SES-009"))
    bad = run(broken(ONE, "SES-010"), held(TWO, "SES-009"))

    assert ((1, 0, 0, 0), True) == (counts(compare(good, bad)), compare(good, bad).worse)
    assert ((0, 1, 0, 0), False) == (counts(compare(bad, good)), compare(bad, good).worse)


def test_a_warning_is_new_and_not_worse(run: Any, held: Any, broken: Any) -> None:
    """A run is not red for it either."""
    good = run(held(ONE, "SES-010"), held(TWO, "SES-009"))
    change = compare(good, run(broken(ONE, "SES-010", "warn"), held(TWO, "SES-009")))

    assert ((1, 0, 0, 0), False) == (counts(change), change.worse)


@pytest.mark.parametrize("end", ["blocked", "unsupported", None])
def test_what_was_not_looked_at_is_not_fixed(build: Any, run: Any, held: Any, broken: Any, end: str | None) -> None:
    """Its case did not come to its end: it is no longer exercised, and its requirement no longer judged."""
    before = run(broken(ONE, "SES-010"), held(TWO, "SES-009"))
    case = build.case(ONE, end, reason="binding" if end == "unsupported" else None) if end else None
    change = compare(before, run(case, held(TWO, "SES-009")))

    assert (0, 0, 0, 1) == counts(change)
    assert ["SES-010"] == [row.requirement for row in change.silent]


def test_what_failed_and_is_known_now_is_told(run: Any, held: Any, broken: Any) -> None:
    """The verdict of the finding changed, and back again it is worse."""
    failed = run(broken(ONE, "SES-010"), held(TWO, "SES-009"))
    known = run(broken(ONE, "SES-010", "known", level="must"), held(TWO, "SES-009"))

    assert "(broken, now known)" in as_text(compare(failed, known))
    assert compare(known, failed).worse


def test_runs_that_are_not_alike_say_in_what(run: Any, held: Any) -> None:
    """Depth, edition and selection change what can be found."""
    one = run(held(ONE, "SES-010"), held(TWO, "SES-009"))
    other = run(held(ONE, "SES-010"), held(TWO, "SES-009"), depth="smoke", edition="2026-05", select=["SES-*"])

    assert (
        "edition: 2025-01 before, 2026-05 now",
        "depth: release before, smoke now",
        "selection: everything before, SES-* now",
    ) == compare(one, other).unlike


def test_every_format_tells_of_every_finding(run: Any, held: Any, broken: Any) -> None:
    """A program gets the same as people do."""
    change = compare(
        run(broken(ONE, "SES-010"), held(TWO, "SES-009")), run(held(ONE, "SES-010"), broken(TWO, "SES-009"))
    )
    data = json.loads(as_json(change))

    assert (1, 1, True) == (len(data["new"]), len(data["fixed"]), data["worse"])
    for told in (as_text(change), as_markdown(change)):
        assert all(word in told for word in ("New", "Fixed", "SES-010", "SES-009", "Changed verdicts"))


def test_markdown_reads_nothing_of_what_a_server_sent(run: Any, held: Any, broken: Any) -> None:
    """No mention, link, markup or row of the table comes of a message."""
    nasty = "a | b\n| c | <img src=x> @team [x](http://evil.example) ` `` #1"
    change = compare(
        run(held(ONE, "SES-010"), held(TWO, "SES-009")),
        run(broken(ONE, "SES-010", message=nasty), held(TWO, "SES-009")),
    )
    (row,) = [line for line in as_markdown(change).splitlines() if line.startswith("| SES-010")]

    assert "```a \\| b \\| c \\| <img src=x> @team [x](http://evil.example) ` `` #1```" in row
