"""A server that keeps the clauses is never accused, and each row of the state table accuses the one that does not."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.model import (
    TABLE,
    UNREAD,
    Action,
    Answer,
    EmptyUpdate,
    Line,
    Read,
    Reopen,
    Return,
    Session,
    State,
    Transition,
    Unsent,
    Update,
    compare,
    disagreements,
    follow,
    step,
)
from talonproof.model.scenario import act, path

CART = (Line("a", 3, Decimal("19.99"), (("x", "v"),)), Line("b", 2, Decimal("5.5")))
SKUS = st.sampled_from(["a", "b", "c"])
NAMES = st.sampled_from(["x", "y"])
PRICES = st.decimals(min_value=0, max_value=500, places=2)
ATTRIBUTES = st.dictionaries(NAMES, st.sampled_from(["v", "w", 1, True]), max_size=2).map(lambda v: tuple(v.items()))
CARTS = st.lists(st.builds(Line, SKUS, st.integers(1, 3), PRICES, ATTRIBUTES), max_size=3).map(tuple)
CODES = st.lists(st.sampled_from(["C1", "C2", "C3"]), max_size=2, unique=True).map(tuple)
UPDATES = st.builds(
    Update,
    state=st.none() | st.sampled_from(State) | st.just("never-heard-of"),
    cart=st.none() | CARTS,
    codes=st.sampled_from(Unsent) | CODES,
    referral=st.sampled_from(Unsent) | st.sampled_from(["", "R1", "R2"]),
    costs=st.none() | st.dictionaries(NAMES, PRICES, max_size=2).map(lambda value: tuple(value.items())),
    identifiers=st.none() | CODES,
    attributes=st.none() | ATTRIBUTES,
    dry=st.booleans(),
)
RETURNS = st.builds(
    Return,
    st.lists(st.tuples(st.integers(-1, 3), st.integers(1, 4)), min_size=1, max_size=3).map(tuple),
    dry=st.booleans(),
)
# Closing, reopening and returning come often enough for long lives.
ACTIONS = st.one_of(
    UPDATES,
    UPDATES,
    RETURNS,
    st.sampled_from([Reopen(), Read(), EmptyUpdate(), Update(state="closed"), Return(((0, 1),))]),
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Action, ...]:
    """Actions that begin where some row of the table begins, with a session full of content, and go on at random."""
    first, *rest = path(draw(st.sampled_from(TABLE)), CART) or (Update(),)
    assert isinstance(first, Update)
    full = replace(first, codes=("C1", "C2"), referral="R1", costs=(("x", Decimal("4.95")),), attributes=(("y", "v"),))
    return (*draw(st.sampled_from([(full, *rest), ()])), *draw(st.lists(ACTIONS, min_size=1, max_size=8)))


@settings(max_examples=300)
@given(lives(), st.data(), st.sampled_from(["counters", "no counters"]))
def test_an_obedient_server_is_never_accused(
    obedient: Any, actions: tuple[Action, ...], data: st.DataObject, shows: str
) -> None:
    """Whatever it chooses where the clauses leave a choice, nothing disagrees, and the model follows it."""
    server = obedient(choose=lambda below: data.draw(st.integers(0, below - 1)), counters=shows == "counters")
    session: Session | None = None
    for action in actions:
        expectation = step(session, action)
        before = deepcopy(server.shown)
        status = server.take(expectation)
        known = compare(expectation, status, server.shown, before=before)
        unknown = compare(expectation, status, server.shown)

        assert () == known.disagreements
        assert () == unknown.disagreements
        assert {*unknown.exercised} <= {*known.exercised} <= {*expectation.rules}
        session = follow(expectation, status, server.shown)
        assert knowable(server.session, shows) == knowable(session, shows)


def knowable(session: Session | None, shows: str) -> Session | None:
    """What can be told of a session: not whether a cancellation kept the count of returned units where none is shown.

    Nothing can be returned of it any more, so that nothing else would tell.
    """
    if session is None or session.state is not State.CANCELLED or shows == "counters":
        return session
    return replace(session, cart=tuple(replace(line, returned=0) for line in session.cart))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_scenario_of_a_row_exercises_it(obedient: Any, row: Transition) -> None:
    """Path and action of a row, on an obedient server, exercise both of its clauses and all its related rules."""
    server, session = obedient.after(*path(row))
    before = deepcopy(server.shown)
    expectation = step(session, act(row, session))
    status = server.take(expectation)

    comparison = compare(expectation, status, server.shown, before=before)

    assert () == comparison.disagreements
    assert {row.status_rule, row.state_rule, *row.status_rules, *row.state_rules} <= {*comparison.exercised}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("wrong", [None, *State])
def test_every_wrong_state_breaks_the_clause_on_the_state(obedient: Any, row: Transition, wrong: State | None) -> None:
    """For each row, a server that answers right and stores another state is found by the row's state clause."""
    _, session = obedient.after(*path(row))
    expectation = step(session, act(row, session))
    status = {Answer.OK: 200, Answer.REFUSED: 400, Answer.ANY: 200}[row.answer]
    stored = None if wrong is None else {"state": wrong.value}
    rules = {found.rule for found in disagreements(expectation, status, stored)}

    assert {row.state_rule, *row.state_rules}.issubset(rules) is (row.after is not wrong)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_opposite_answer_breaks_the_clause_on_the_answer(obedient: Any, row: Transition) -> None:
    """For each row, the wrong kind of answer is found by the row's status clause; where either will do, none is."""
    _, session = obedient.after(*path(row))
    expectation = step(session, act(row, session))
    status = 400 if row.answer is Answer.OK else 200
    rules = {found.rule for found in disagreements(expectation, status, UNREAD)}

    assert rules == (
        set()
        if row.answer is Answer.ANY
        else {rule for one in expectation.rows for rule in (one.status_rule, *one.status_rules)}
    )


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_answer_that_is_none_judges_no_status(obedient: Any, row: Transition, status: int) -> None:
    """Overload and server errors exercise no status clause, and follow keeps the session."""
    _, session = obedient.after(*path(row))
    expectation = step(session, act(row, session))
    comparison = compare(expectation, status, UNREAD)

    assert ((), ()) == (comparison.disagreements, comparison.exercised)
    assert session == follow(expectation, status, UNREAD)
