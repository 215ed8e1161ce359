"""Drawn actions are those the model speaks of, and make bodies that fit the contract."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from strategies.actions import lines, returned, updates
from strategies.sessions import UNKNOWN_COUPONS, UNKNOWN_REFERRAL
from talonproof.contract.validators import Validators
from talonproof.model.action import Line, Return, Unsent, Update
from talonproof.model.notation import from_json, to_json
from talonproof.model.wire import body
from talonproof.target import Bindings

Simplest = Callable[[st.SearchStrategy[Any]], Any]

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(data=st.data())
def test_updates_fit_the_contract_and_can_be_written_down(
    validators: Validators, bindings: Bindings, data: st.DataObject
) -> None:
    """The body of an update is valid, and its notation reads back to the same action."""
    action = data.draw(updates(bindings, coupons=UNKNOWN_COUPONS, referrals=(UNKNOWN_REFERRAL,), dry=True))
    validator = validators.body("updateCustomerSessionV2")
    assert validator is not None

    assert validator.errors(body(action)) == ()
    assert from_json(to_json(action)) == action


@UNHURRIED
@given(data=st.data())
def test_null_is_sent_on_demand_only(bindings: Bindings, data: st.DataObject) -> None:
    """The contract of this edition knows no null."""
    action = data.draw(updates(bindings))

    assert Unsent.NULL not in {action.codes, action.referral}


def test_the_simplest_actions(bindings: Bindings, simplest: Simplest) -> None:
    """An update that sends nothing, or only its state; one ``a`` for 1; one unit of the first line."""
    assert simplest(updates(bindings)) == Update()
    assert simplest(updates(bindings, states=("closed",))) == Update(state="closed")
    assert simplest(lines(bindings)) == (Line("a", 1, Decimal(1)),)
    assert simplest(returned([2, 1])) == Return(((0, 1),))
    assert find(updates(bindings, nulls=True), lambda u: u.codes is Unsent.NULL).codes is Unsent.NULL


@UNHURRIED
@given(remaining=st.lists(st.integers(1, 4), min_size=1, max_size=4), data=st.data())
def test_returns_are_lawful_or_not(remaining: list[int], data: st.DataObject) -> None:
    """Lawful ones stay within what remains; the others do not."""

    def fits(action: Return) -> bool:
        units = dict.fromkeys(range(len(remaining)), 0)
        for position, count in action.lines:
            if position not in units:
                return False
            units[position] += count
        return all(units[position] <= left for position, left in enumerate(remaining))

    assert fits(data.draw(returned(remaining)))
    assert not fits(data.draw(returned(remaining, lawful=False)))


def test_without_a_cart_nothing_can_be_returned() -> None:
    """There is no position to name."""
    with pytest.raises(ValueError, match="no cart"):
        returned([])
