"""The state table of the model is the state table of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from talonproof.contract.requirements import read_requirements
from talonproof.model import TABLE, Answer, Past, Session, State, Transition, operation, step
from talonproof.model.claims import Answered, IsStored
from talonproof.model.scenario import act, path
from talonproof.requirement import catalogue

ROOT = Path(__file__).parents[3]
CATALOGUE = catalogue("2025-01", read_requirements(ROOT / "openapi" / "requirements"))

each_variant = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)


def at_the_beginning(row: Transition) -> Session | None:
    """The session that the path of a row leads to."""
    session: Session | None = None
    for action in path(row):
        session = step(session, action).accepted[0]
    return session


def test_the_table_has_45_rows() -> None:
    """Every row is there, in order."""
    assert list(range(1, 46)) == list(dict.fromkeys(row.row for row in TABLE))


def test_variants_have_names_of_their_own() -> None:
    """A name stands for one call on one state; rows of one call need no variant."""
    names = [row.name for row in TABLE]

    assert sorted(set(names)) == sorted(names)
    assert {"T24", "T18-absent", "T18-open", "T41-nonexistent", "T45-return"} <= set(names)


@each_variant
def test_the_levels_are_those_of_the_catalogue(row: Transition) -> None:
    """Both clauses of a row have the level that the catalogue gives them."""
    assert CATALOGUE.for_rule(row.status_rule).level is row.status_level
    assert CATALOGUE.for_rule(row.state_rule).level is row.state_level


@each_variant
def test_a_related_rule_has_the_level_of_the_clause(row: Transition) -> None:
    """A row stands for another rule only where that rule claims just as much."""
    assert {row.status_level} >= {CATALOGUE.for_rule(rule).level for rule in row.status_rules}
    assert {row.state_level} >= {CATALOGUE.for_rule(rule).level for rule in row.state_rules}


@each_variant
def test_the_operation_is_that_of_the_catalogue(row: Transition) -> None:
    """The call of a row is one of the operations that its clauses and related rules name."""
    called = operation(act(row, at_the_beginning(row)))

    for rule in (row.status_rule, row.state_rule, *row.status_rules, *row.state_rules):
        assert called in CATALOGUE.for_rule(rule).operations


@each_variant
def test_an_unjudged_answer_is_observed(row: Transition) -> None:
    """Where either answer will do the status clause only observes, and nowhere else."""
    assert (row.answer is Answer.ANY) is (row.status_level == "observe")


@each_variant
def test_the_path_leads_to_where_the_row_begins(row: Transition) -> None:
    """After the actions of the path the session is in the state, and has the past, of the row."""
    session = at_the_beginning(row)

    assert row.before == (session.state if session else None)
    assert row.past is None or (session is not None and row.past in session.past)


@each_variant
def test_every_call_on_the_path_must_be_accepted(row: Transition) -> None:
    """The way to a row is made of calls that no server may refuse."""
    session: Session | None = None
    for action in path(row):
        expectation = step(session, action)
        assert expectation.answer is Answer.OK
        session = expectation.accepted[0]


@each_variant
def test_a_step_claims_what_its_row_says(row: Transition) -> None:
    """The model's expectation for the action of a row holds both clauses of the row and its related rules."""
    session = at_the_beginning(row)
    expectation = step(session, act(row, session))
    answers = {(claim.rule, claim.says.answer) for claim in expectation.claims if isinstance(claim.says, Answered)}
    states = {(claim.rule, claim.says.state) for claim in expectation.claims if isinstance(claim.says, IsStored)}

    assert row in expectation.rows
    assert {(rule, row.answer) for rule in (row.status_rule, *row.status_rules)} <= answers
    assert {(rule, row.after) for rule in (row.state_rule, *row.state_rules)} <= states
    assert {row.after} >= {outcome.state if outcome else None for outcome in expectation.possible} - {None, row.before}


def test_every_rule_of_the_model_is_in_the_catalogue() -> None:
    """No expectation of any row rests on a rule that the catalogue lacks."""
    for row in TABLE:
        session = at_the_beginning(row)
        for rule in step(session, act(row, session)).rules:
            assert CATALOGUE.for_rule(rule)


def test_a_past_is_asked_for_by_the_last_rows_only() -> None:
    """What a session has been through matters in rows 43 to 45."""
    assert {43: Past.REOPENED, 44: Past.REOPENED, 45: Past.RETURNED} == {
        row.row: row.past for row in TABLE if row.past is not None
    }


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, "ok"),
        (204, "ok"),
        (400, "refused"),
        (404, "refused"),
        (409, "refused"),
        (429, None),
        (301, None),
        (500, None),
    ],
)
def test_a_status_answers_a_call_or_does_not(status: int, answer: str | None) -> None:
    """2xx is acceptance and 4xx refusal; overload, redirection and server errors answer nothing."""
    assert answer == Answer.of(status)


def test_every_state_can_be_the_beginning_of_a_row() -> None:
    """The table speaks of ids without session and of all four states."""
    assert {None, *State} == {row.before for row in TABLE}
