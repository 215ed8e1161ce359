"""Actions are values that turn into calls, into text and back."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.contract.contract import read_contract
from talonproof.contract.validators import Validators
from talonproof.model import (
    Action,
    EmptyUpdate,
    Line,
    Read,
    Reopen,
    Return,
    State,
    Unsent,
    Update,
    body,
    from_json,
    key,
    operation,
    query,
    to_json,
)

CONTRACT = read_contract(Path(__file__).parents[3] / "openapi" / "2025-01" / "integration-api.yaml", edition="2025-01")
VALIDATORS = Validators(CONTRACT)

words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
prices = st.decimals(min_value=0, max_value=10_000, places=2)
scalars = st.one_of(words, st.booleans(), st.integers(-5, 5))
attributes = st.dictionaries(words, scalars, max_size=2).map(lambda value: tuple(value.items()))
carts = st.lists(st.builds(Line, words, st.integers(1, 5), prices, attributes), max_size=3).map(tuple)
codes = st.lists(words, max_size=3, unique=True).map(tuple)
updates = st.builds(
    Update,
    state=st.none() | st.sampled_from(State),
    cart=st.none() | carts,
    codes=st.sampled_from(Unsent) | codes,
    referral=st.sampled_from(Unsent) | st.just("") | words,
    costs=st.none() | st.dictionaries(words, prices, max_size=2).map(lambda value: tuple(value.items())),
    identifiers=st.none() | codes,
    attributes=st.none() | attributes,
    dry=st.booleans(),
)
returns = st.builds(
    Return,
    st.lists(st.tuples(st.integers(-1, 4), st.integers(1, 6)), min_size=1, max_size=3).map(tuple),
    dry=st.booleans(),
)
actions = st.one_of(updates, returns, st.sampled_from([Reopen(), Read(), EmptyUpdate()]))


@given(actions)
def test_an_action_survives_json(action: Action) -> None:
    """Written as JSON text and read back, an action is the same."""
    assert action == from_json(json.loads(json.dumps(to_json(action))))


@given(actions, actions)
def test_two_actions_have_one_key_only_if_they_are_the_same(one: Action, other: Action) -> None:
    """The key tells actions apart as their JSON does."""
    assert (key(one) == key(other)) is (
        json.dumps(to_json(one), sort_keys=True) == json.dumps(to_json(other), sort_keys=True)
    )


def test_the_key_tells_true_from_one() -> None:
    """Python holds True and 1 for equal, and so for one key of a dict; the key of an action does not."""
    yes, one = Update(attributes=(("a", True),)), Update(attributes=(("a", 1),))

    assert yes == one
    assert key(yes) != key(one)


def test_null_is_not_the_word_null() -> None:
    """A referral code that reads ``null`` is a code."""
    assert Update(referral="null") != Update(referral=Unsent.NULL)
    assert key(Update(referral="null")) != key(Update(referral=Unsent.NULL))


def test_the_name_of_no_action_is_refused() -> None:
    """JSON that names no action is not read as one."""
    with pytest.raises(ValueError, match="no action 'delete'"):
        from_json({"action": "delete"})


@given(actions)
def test_a_body_follows_its_schema(action: Action) -> None:
    """But for the nulls, which the schema does not know, and the empty update, bodies are valid."""
    schema = VALIDATORS.body(operation(action))
    sent = body(action)
    nulls = isinstance(action, Update) and Unsent.NULL in {action.codes, action.referral}

    if schema is None:
        assert sent is None
    else:
        assert schema.is_valid(json.loads(json.dumps(sent))) is not (nulls or isinstance(action, EmptyUpdate))


def test_a_body_holds_what_is_sent_and_no_more() -> None:
    """A property that is left out is not there; null is null; empty is empty."""
    update = Update(
        state="closed",
        cart=(Line("a", 2, Decimal("1.50"), (("size", "L"),)), Line("b", 1, Decimal(3))),
        codes=Unsent.NULL,
        referral="",
        costs=(("shipping", Decimal("4.9")),),
        identifiers=(),
    )

    assert {
        "customerSession": {
            "profileId": "p",
            "state": "closed",
            "cartItems": [
                {"sku": "a", "quantity": 2, "price": 1.5, "attributes": {"size": "L"}},
                {"sku": "b", "quantity": 1, "price": 3},
            ],
            "couponCodes": None,
            "referralCode": "",
            "additionalCosts": {"shipping": {"price": 4.9}},
            "identifiers": [],
        }
    } == body(update, profile="p")
    assert {"customerSession": {}} == body(Update())
    assert {"customerSession": {"profileId": ""}} == body(Update(), profile="")
    assert {} == body(EmptyUpdate())
    assert {"return": {"returnedCartItems": [{"position": 1, "quantity": 2}]}} == body(Return(((1, 2),)))


def test_only_a_dry_action_has_a_query() -> None:
    """``dry`` is sent where it is true, and else not at all."""
    assert {"dry": True} == query(Update(dry=True)) == query(Return(((0, 1),), dry=True))
    assert {} == query(Update()) == query(Return(((0, 1),))) == query(Read()) == query(Reopen()) == query(EmptyUpdate())


def test_every_action_has_an_operation_of_the_contract() -> None:
    """The five kinds of actions are four operations."""
    found = [operation(action) for action in (Read(), Update(), EmptyUpdate(), Return(((0, 1),)), Reopen())]

    assert [
        "getCustomerSession",
        "updateCustomerSessionV2",
        "updateCustomerSessionV2",
        "returnCartItems",
        "reopenCustomerSession",
    ] == found
    assert set(found) <= set(CONTRACT.operations)


def test_values_without_a_meaning_are_refused() -> None:
    """A line without units or SKU, a return of nothing, and a name that comes twice cannot be made."""
    price = Decimal(1)
    with pytest.raises(ValueError, match="at least one unit"):
        Line("a", 0, price)
    with pytest.raises(ValueError, match="has a SKU"):
        Line("", 1, price)
    with pytest.raises(ValueError, match="at least one line"):
        Return(())
    with pytest.raises(ValueError, match="at least one unit"):
        Return(((0, 0),))
    with pytest.raises(ValueError, match="comes twice"):
        Update(costs=(("a", price), ("a", price)))
    with pytest.raises(ValueError, match="comes twice"):
        Line("a", 1, price, (("size", 1), ("size", 2)))
