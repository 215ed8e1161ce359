"""A failure of Schemathesis' is told only where our own checks of the same answer found nothing that it is about."""

from __future__ import annotations

import pytest

from talonproof.checks import PASSIVE
from talonproof.checks.neighbour import ABOUT, unseen, worded
from talonproof.finding import Judgement
from talonproof.generation.neighbour import Failure

SCHEMA = Failure("JsonSchemaError", "Response violates schema", "/effects", "type")


def judgement(requirement: str, *, holds: bool = False) -> Judgement:
    """A judgement of ours of the same answer."""
    return Judgement(requirement, holds, "a-check", "getCustomerSession")


def test_the_requirements_are_those_of_passive_checks() -> None:
    """None is named that no check of ours could find."""
    assert {name for names in ABOUT.values() for name in names} <= set(PASSIVE.values())


@pytest.mark.parametrize("requirement", ["ERR-012", "ERR-013", "ERR-014", "ERR-015", "ERR-005"])
def test_what_ours_found_is_not_told_again(requirement: str) -> None:
    """Whatever is wrong with a body has its requirement, and a finding of ours."""
    assert () == unseen([SCHEMA], [judgement("ERR-007", holds=True), judgement(requirement)])


def test_what_ours_did_not_find_is_left() -> None:
    """Judgements that hold, and those about something else, stand for nothing."""
    assert (SCHEMA,) == unseen([SCHEMA], [judgement("ERR-013", holds=True), judgement("ERR-009")])


def test_a_failure_of_an_unknown_kind_is_left() -> None:
    """A newer Schemathesis may have more kinds: none is lost."""
    failure = Failure("SomethingNew", "Something new")

    assert (failure,) == unseen([failure], [judgement("ERR-013")])


def test_it_is_worded_without_data() -> None:
    """The same failure reads the same in every run."""
    assert (
        "getCustomerSession: Schemathesis alone sees JsonSchemaError (Response violates schema) at /effects: type"
        == worded("getCustomerSession", SCHEMA)
    )
    assert "a: Schemathesis alone sees ServerError (Server error)" == worded(
        "a", Failure("ServerError", "Server error")
    )
