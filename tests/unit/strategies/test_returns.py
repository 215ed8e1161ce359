"""Returns are within what remains, or beyond it in a known way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, find, given, settings
from hypothesis import strategies as st

from strategies.returns import bad_position, body, everything, some, too_many, within

REMAINING = st.lists(st.integers(0, 5), min_size=1, max_size=5)

Simplest = Callable[[st.SearchStrategy[Any]], Any]

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(REMAINING, st.data())
def test_within_what_remains(remaining: list[int], data: st.DataObject) -> None:
    """Each line at most once, and no more units than it has left."""
    assume(sum(remaining))
    entries = data.draw(within(remaining))

    assert entries
    assert len({e["position"] for e in entries}) == len(entries)
    assert all(1 <= e["quantity"] <= remaining[e["position"]] for e in entries)


@UNHURRIED
@given(REMAINING, st.data())
def test_some_is_never_all(remaining: list[int], data: st.DataObject) -> None:
    """At least one unit stays."""
    assume(sum(remaining) >= 2)

    assert 0 < sum(e["quantity"] for e in data.draw(some(remaining))) < sum(remaining)


@UNHURRIED
@given(REMAINING)
def test_everything_leaves_nothing(remaining: list[int]) -> None:
    """Every unit of every line is returned, and empty lines are not named."""
    entries = everything(remaining)

    assert sum(e["quantity"] for e in entries) == sum(remaining)
    assert all(e["quantity"] for e in entries)


@UNHURRIED
@given(REMAINING, st.data())
def test_too_many_of_one_line(remaining: list[int], data: st.DataObject) -> None:
    """Positions exist, and the units of the one line named are more than it has left."""
    entries = data.draw(too_many(remaining))
    (position,) = {e["position"] for e in entries}

    assert sum(e["quantity"] for e in entries) > remaining[position]
    assert all(e["quantity"] >= 1 for e in entries)


@UNHURRIED
@given(REMAINING, st.data())
def test_bad_positions_are_outside(remaining: list[int], data: st.DataObject) -> None:
    """Before the first line or after the last."""
    (entry,) = data.draw(bad_position(remaining))

    assert entry["position"] not in range(len(remaining))


def test_the_simplest(simplest: Simplest) -> None:
    """One unit of the first line that has any; one more than remains; the position after the last."""
    assert simplest(within([0, 3, 2])) == [{"position": 1, "quantity": 1}]
    assert simplest(some([3, 2])) == [{"position": 0, "quantity": 1}]
    assert simplest(too_many([3, 2])) == [{"position": 0, "quantity": 4}]
    assert simplest(bad_position([3, 2])) == [{"position": 2, "quantity": 1}]


def test_split_returns_are_among_those_too_many() -> None:
    """Two entries for one line, each alone within what remains."""
    entries = find(too_many([2]), lambda found: len(found) == 2)

    assert entries == [{"position": 0, "quantity": 2}, {"position": 0, "quantity": 1}]


@pytest.mark.parametrize(("drawn", "remaining"), [(within, [0, 0]), (some, [1, 0])])
def test_where_nothing_fits_there_is_no_strategy(drawn: object, remaining: list[int]) -> None:
    """An empty strategy would be a test that cannot fail."""
    assert callable(drawn)
    with pytest.raises(ValueError, match="remain"):
        drawn(remaining)


def test_the_body_of_a_return() -> None:
    """Entries stand under ``return``."""
    assert body([{"position": 0, "quantity": 1}]) == {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
