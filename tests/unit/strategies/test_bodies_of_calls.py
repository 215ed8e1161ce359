"""Drawn bodies fit the contract, and the deterministic ones give labelled defects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies.bodies import invalid_calls, valid_calls
from strategies.events import events
from strategies.placeholders import PROFILE, SESSION, bind
from strategies.profiles import profiles
from strategies.sessions import UNKNOWN_COUPONS, UNKNOWN_REFERRAL, sessions
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.pointers import get
from talonproof.http.exchange import Call
from talonproof.http.footprint import assess
from talonproof.http.ledger import Ledger
from talonproof.target import Bindings, Footprint

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Simplest = Callable[[st.SearchStrategy[Any]], Any]


def _sessions(bindings: Bindings) -> st.SearchStrategy[Any]:
    return sessions(
        bindings, states=("open", "closed"), coupons=UNKNOWN_COUPONS, referrals=(UNKNOWN_REFERRAL,), profile=True,
        item_costs=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "drawn"),
    [
        ("updateCustomerSessionV2", lambda b: _sessions(b).map(lambda session: {"customerSession": session})),
        ("updateCustomerProfileV2", lambda b: profiles(b, audiences=True)),
        ("trackEventV2", events),
    ],
)
@FEW
@given(data=st.data())
def test_drawn_bodies_fit_the_contract(
    validators: Validators,
    bindings: Bindings,
    operation: str,
    drawn: Callable[[Bindings], st.SearchStrategy[Any]],
    data: st.DataObject,
) -> None:
    """Sessions, profiles and events are valid request bodies."""
    validator = validators.body(operation)
    assert validator is not None

    assert validator.errors(data.draw(drawn(bindings))) == ()


def test_the_simplest_bodies(bindings: Bindings, simplest: Simplest) -> None:
    """An open session with one ``a`` for 1; a profile without anything; an event of its type."""
    assert simplest(_sessions(bindings)) == {
        "state": "open",
        "cartItems": [{"sku": "a", "quantity": 1, "price": 1}],
        "profileId": PROFILE,
    }
    assert simplest(profiles(bindings)) == {}
    assert simplest(events(bindings)) == {"profileId": PROFILE, "type": "visited"}


@FEW
@given(data=st.data())
def test_a_session_uses_no_code_unless_told(bindings: Bindings, data: st.DataObject) -> None:
    """Codes of the pool are used up by closing, so they are never drawn by themselves."""
    session = data.draw(sessions(bindings))

    assert not {"couponCodes", "referralCode", "profileId", "loyaltyCards"} & set(session)
    assert session["state"] == "open"


def test_an_event_needs_a_bound_type() -> None:
    """Without it there is no event that a server would accept."""
    with pytest.raises(ValueError, match="event_type"):
        events(Bindings())


def test_stand_ins_are_bound_everywhere_and_nothing_else_is() -> None:
    """Only whole strings are stand-ins."""
    value = {"profileId": PROFILE, "list": [SESSION, f"{SESSION}!", 1], "<session>": None}

    assert bind(value, {PROFILE: "p", SESSION: "s"}) == {
        "profileId": "p",
        "list": ["s", "<session>!", 1],
        "<session>": None,
    }


@pytest.mark.parametrize("bound", [True, False])
def test_valid_calls_fit_the_contract(validators: Validators, bindings: Bindings, *, bound: bool) -> None:
    """With everything bound, and with nothing bound, each body is valid."""
    calls = valid_calls(bindings if bound else Bindings())

    assert [call.operation for call in calls][:3] == [
        "updateCustomerSessionV2", "returnCartItems", "updateCustomerProfileV2",
    ]  # fmt: skip
    assert len(calls) == (4 if bound else 3)
    for call in calls:
        validator = validators.body(call.operation)
        assert validator is not None
        assert validator.errors(call.body) == ()


def test_invalid_calls_have_their_label(contract: Contract, validators: Validators, bindings: Bindings) -> None:
    """Each is refused by the contract at its pointer by its keyword, under a label of its own, always the same."""
    calls = invalid_calls(contract, bindings, validators=validators)

    assert calls == invalid_calls(contract, bindings, validators=validators)
    assert len({call.label for call in calls}) == len(calls)
    for call in calls:
        validator = validators.body(call.operation)
        assert validator is not None
        pointers = {error.pointer for error in validator.errors(call.body) if error.keyword == call.keyword}
        assert any(call.pointer == p or call.pointer.rpartition("/")[0] == p for p in pointers), call.label


def test_invalid_calls_cover_what_sessions_state(
    contract: Contract, validators: Validators, bindings: Bindings
) -> None:
    """The bounds, enumerations and required flags of a session are each broken once."""
    found = {(call.pointer, call.keyword) for call in invalid_calls(contract, bindings, validators=validators)}

    assert found >= {
        ("/customerSession", "required"),
        ("/customerSession/state", "enum"),
        ("/customerSession/identifiers", "maxItems"),
        ("/customerSession/couponCodes/0", "maxLength"),
        ("/customerSession/referralCode", "maxLength"),
        ("/customerSession/storeIntegrationId", "minLength"),
        ("/customerSession/storeIntegrationId", "maxLength"),
        ("/customerSession/cartItems/0/sku", "required"),
        ("/customerSession/cartItems/0/quantity", "minimum"),
        ("/customerSession/cartItems/0/product/name", "maxLength"),
        ("/customerSession/additionalCosts/shipping/price", "required"),
        ("/return", "required"),
        ("/return/returnedCartItems/0/position", "required"),
        ("/responseContent/0", "enum"),
        ("/type", "required"),
        ("/type", "minLength"),
        ("/audiencesChanges/adds", "required"),
    }


def test_no_invalid_call_touches_what_others_made(
    contract: Contract, validators: Validators, bindings: Bindings
) -> None:
    """If a server accepted every one of them, only things of this run would change."""
    ledger = Ledger("run", "worker")
    ids = {SESSION: ledger.new("session"), PROFILE: ledger.new("profile")}
    for each in invalid_calls(contract, bindings, validators=validators):
        call = Call(each.operation, bind(each.path, ids), each.query, bind(each.body, ids), has_body=True)
        found = assess(call, bindings, ledger)

        assert found.footprint < Footprint.DESTRUCTIVE, (each.label, found)
        assert not found.foreign, each.label


def test_content_is_asked_of_profiles_with_the_rule_engine_only(bindings: Bindings) -> None:
    """``responseContent`` may not be used without it."""
    for call in valid_calls(bindings):
        if call.operation == "updateCustomerProfileV2":
            assert get(call.body, "/responseContent")
            assert call.query == {"runRuleEngine": True}
