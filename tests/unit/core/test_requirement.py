"""A catalogue finds requirements by id, by rule and by pattern."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.errors import ConfigError
from talonproof.requirement import AREAS, Catalogue, Level, Requirement, catalogue

EDITIONS = ["2024-09", "2025-01", "2026-05"]


def row(id_: str = "SES-001", rules: tuple[str, ...] = ("R1",), **more: str) -> Requirement:
    """A requirement with this id."""
    return Requirement(id_, rules, Level.MUST, "It holds.", (), ("getCustomerSession",), **more)


@pytest.fixture
def rows() -> Catalogue:
    """Three requirements, given out of order."""
    return catalogue("2025-01", [row("SES-002", ("R2", "T02-status")), row("SES-001"), row("DRY-001", ("R52",))])


def test_rows_are_sorted_by_id(rows: Catalogue) -> None:
    """Whatever order the files have."""
    assert ["DRY-001", "SES-001", "SES-002"] == [each.id for each in rows]
    assert 3 == len(rows)


def test_requirement_is_found_by_id_and_by_each_of_its_rules(rows: Catalogue) -> None:
    """One requirement may stand for several rules."""
    assert "SES-002" in rows
    assert "SES-003" not in rows
    assert rows["SES-002"] is rows.for_rule("R2") is rows.for_rule("T02-status")


def test_unknown_names_find_the_closest(rows: Catalogue) -> None:
    """Ids and rules that are not there are configuration errors with a way out."""
    with pytest.raises(ConfigError, match=r"no requirement SES-020 \(did you mean SES-002\?\)"):
        rows["SES-020"]
    with pytest.raises(ConfigError, match=r"for the rule T02-state \(did you mean T02-status\?\)"):
        rows.for_rule("T02-state")


def test_what_another_edition_has_is_said_to_be_there() -> None:
    """An id or a rule of another edition is no slip of the pen."""
    rows = catalogue("2025-01", [row(), row("SES-002", ("R2", "R1"), since="2026-05")])

    assert {"SES-002", "R2"} == rows.elsewhere
    with pytest.raises(ConfigError, match=r"no requirement SES-002 in edition 2025-01 \(another edition has it"):
        rows["SES-002"]
    with pytest.raises(ConfigError, match=r"for the rule R2 in edition 2025-01 \(another edition has it"):
        rows.for_rule("R2")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"differs": "2026-05"}, False),
        ({"until": "2025-01"}, False),
        ({"since": "2026-05"}, False),
        ({"since": "2025-01"}, True),
        ({"differs": "2024-09"}, True),
        ({"differs": "2027-01"}, True),
    ],
)
def test_a_clause_is_the_same_in_some_editions(change: dict[str, str], same: bool) -> None:
    """If it holds in all of them, and none of them lies before the one that it differs from and another does not."""
    changed = dataclasses.replace(row(), **change)

    assert same is changed.same_in(["2025-01", "2026-05"])
    assert changed.same_in([])
    assert row(differs="2026-05").same_in(["2026-05"])


def test_what_differs_is_unsettled_where_the_edition_is_not_sure() -> None:
    """Among the editions that a target may follow; where it is known, everything is settled."""
    clauses = [row(), row("SES-002", ("R2",), differs="2026-05"), row("SES-003", ("R3",), until="2025-01")]

    assert {"SES-002", "SES-003"} == catalogue("2025-01", clauses, among=("2025-01", "2026-05")).unsettled
    assert set() == catalogue("2025-01", clauses).unsettled


@given(st.data())
def test_requirements_meet_if_an_edition_has_both(data: st.DataObject) -> None:
    """Of spans with a gap between them, no edition has both."""
    moments = sorted(EDITIONS)
    spans = [
        (since, until)
        for since in ["", *moments]
        for until in ["", *moments]
        if not since or not until or since <= until
    ]
    one, other = (row(since=since, until=until) for since, until in data.draw(st.tuples(*[st.sampled_from(spans)] * 2)))
    both = any(one.holds_in(each) and other.holds_in(each) for each in ("", *moments, "9999-12"))

    assert both is one.meets(other) is other.meets(one)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("SES-*", 2), ("ses-*", 2), ("*", 3), ("SES-001", 1), ("SES-00?", 2), ("SES-00[12]", 2), ("S*-*1", 1),
        ("X*", 0), ("", 0),
    ],
)  # fmt: skip
def test_patterns_match_ids_case_aside(rows: Catalogue, pattern: str, found: int) -> None:
    """Patterns are those of a shell."""
    assert found == len(rows.matching(pattern))


@given(
    since=st.sampled_from(["", *EDITIONS]), until=st.sampled_from(["", *EDITIONS]), edition=st.sampled_from(EDITIONS)
)
def test_edition_decides_what_holds(since: str, until: str, edition: str) -> None:
    """Both ends belong to the span; an empty end is open."""
    requirement = row(since=since, until=until)
    expected = (since or EDITIONS[0]) <= edition <= (until or EDITIONS[-1])

    assert expected == requirement.holds_in(edition) == ("SES-001" in catalogue(edition, [requirement]))


def test_requirement_knows_its_area_and_whether_it_can_be_tested() -> None:
    """The area is in the id; a requirement that says why not is not testable."""
    assert "SES" == row().area
    assert row().area in AREAS
    assert row(waits="engine").testable
    assert not row(untestable="No answer shows it.").testable
