"""Reads before and after a call are compared by what they show, and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import unchanged
from strategies.unchanged import difference, unordered
from talonproof.http.exchange import Exchange

Answer = Callable[..., Exchange]

json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=2), inner, max_size=4)),
    max_leaves=12,
)


@given(values=st.lists(json_values, max_size=5), data=st.data())
def test_order_does_not_count_where_there_is_none(values: list[Any], data: st.DataObject) -> None:
    """Arrays with the same elements in another order are the same once they have none."""
    shuffled = data.draw(st.permutations(values))

    assert unordered(values) == unordered(list(shuffled))


def test_elements_are_lost_by_no_ordering() -> None:
    """What stands in an array twice still does."""
    assert [1, 1, 2] == unordered([2, 1, 1])
    assert unordered([{"a": 1}]) == unordered([{"a": 1.0}])


def test_a_session_is_compared_in_every_detail(exchange: Answer) -> None:
    """The time of the last update counts, and so does the order of the cart; the order of effects does not."""
    before = exchange({"customerSession": {"updated": "a", "cartItems": [1, 2]}, "effects": ["x", "y"]})
    shuffled = exchange({"effects": ["y", "x"], "customerSession": {"cartItems": [1, 2], "updated": "a"}})
    touched = exchange({"customerSession": {"updated": "b", "cartItems": [1, 2]}, "effects": ["x", "y"]})
    sorted_anew = exchange({"customerSession": {"updated": "a", "cartItems": [2, 1]}, "effects": ["x", "y"]})

    assert difference(unchanged.session, before, shuffled) is None
    assert ("/customerSession/updated", "was 'a', is 'b'") == difference(unchanged.session, before, touched)
    assert difference(unchanged.session, before, sorted_anew)


def test_two_refusals_are_the_same(exchange: Answer) -> None:
    """An error may name its request; that there is one, and nothing to be read, is what counts."""
    assert difference(unchanged.session, exchange({"message": "a"}, 404), exchange({"message": "b"}, 400)) is None
    assert difference(unchanged.session, exchange({}, 404), exchange({}, 200)) == (
        "",
        "was answered 404, is answered 200",
    )


PROFILE = {
    "attributes": {"a": 1},
    "lastActivity": "t",
    "closedSessions": 1,
    "totalSales": 2.0,
    "audienceMemberships": [],
}


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"profile": {**PROFILE, "attributes": {"a": 2}}}, {"inventory", "person"}),
        ({"profile": {**PROFILE, "lastActivity": "u"}}, {"inventory", "person"}),
        ({"profile": {**PROFILE, "closedSessions": 2}}, {"inventory", "used_up"}),
        ({"profile": {**PROFILE, "totalSales": 3}}, {"inventory", "used_up"}),
        ({"profile": {**PROFILE, "audienceMemberships": [{"id": 1}]}}, {"inventory", "person", "used_up"}),
        ({"coupons": [{"usageCounter": 1}]}, {"inventory", "used_up"}),
        ({"profile": {**PROFILE, "totalSales": 2}}, set()),
    ],
)
def test_each_view_sees_its_part(exchange: Answer, change: dict[str, Any], seen: set[str]) -> None:
    """What a customer is and what a call uses up are told apart; memberships are both."""
    before = {"profile": PROFILE, "coupons": [{"usageCounter": 0}]}
    views = {"inventory": unchanged.inventory, "person": unchanged.person, "used_up": unchanged.used_up}

    found = {name for name, view in views.items() if difference(view, exchange(before), exchange({**before, **change}))}

    assert seen == found


def test_balances_are_compared_with_their_subledgers(exchange: Answer) -> None:
    """A point in a subledger counts like one in the main ledger."""
    before = exchange({"balance": {"activePoints": 1}, "subledgerBalances": {"a": {"activePoints": 1}}})
    after = exchange({"balance": {"activePoints": 1}, "subledgerBalances": {"a": {"activePoints": 2}}})

    assert difference(unchanged.balances, before, before) is None
    assert difference(unchanged.balances, before, after)
