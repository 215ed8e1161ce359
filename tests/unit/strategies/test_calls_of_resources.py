"""Every operation with a body has a valid call, and neither it nor its defects touch what others made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from strategies.bodies import Valid, invalid_calls
from strategies.calls import bound, every_call, safe_defects
from strategies.harmless import HARMLESS
from strategies.placeholders import AUDIENCE, AUDIENCE_NUMBER, CARD, MARK, PROFILE, SESSION, SKU, several
from talonproof.contract.contract import Contract
from talonproof.contract.serialise import serialise
from talonproof.contract.validators import Validators
from talonproof.http.exchange import Call, Exchange
from talonproof.http.footprint import assess
from talonproof.http.ledger import Ledger
from talonproof.target import Bindings, Footprint

NAMES = {SESSION: "session", AUDIENCE: "audience", CARD: "card", SKU: "sku", MARK: "mark"}


@pytest.fixture(scope="module")
def everything(bindings: Bindings) -> Bindings:
    """Bindings for all operations."""
    return replace(bindings, referral_campaign=4, catalog=5)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """The ledger of a run that has made one audience, to which the server gave the number 77."""
    ledger = Ledger("run", "w")
    ledger.note(made_audience())
    return ledger


@pytest.fixture(scope="module")
def ids(ledger: Ledger) -> Mapping[Any, Any]:
    """An id of the run for each stand-in."""
    people = {profile: ledger.new("profile") for profile in several(PROFILE, 4)}
    return {name: ledger.new(kind) for name, kind in NAMES.items()} | people | {AUDIENCE_NUMBER: 77}


def made_audience() -> Exchange:
    """The creation of the audience 77, as it was answered."""
    call = Call("createAudienceV2", body={"name": "a"}, has_body=True)
    return Exchange(0, call, "POST", "", "", {}, None, 201, {}, b'{"id": 77}', 0.0, 0.0)


def as_call(call: Any) -> Call:
    """What would be sent."""
    return Call(call.operation, call.path, call.query, call.body, has_body=True)


def test_every_operation_with_a_body_has_one_valid_call(contract: Contract, everything: Bindings) -> None:
    """None is missing, and none has two."""
    operations = [call.operation for call in every_call(everything)]

    assert sorted(operations) == sorted(o.id for o in contract.operations.values() if o.body is not None)
    assert set(operations) <= set(HARMLESS)


def test_what_is_not_bound_is_not_called() -> None:
    """Without bindings only what the run can make by itself is left."""
    assert {call.operation for call in every_call(Bindings())} == {
        "updateCustomerSessionV2",
        "returnCartItems",
        "updateCustomerProfileV2",
        "updateCustomerProfilesV2",
        "createAudienceV2",
        "updateAudienceV2",
        "updateCustomerProfileAudiences",
        "updateAudienceCustomersAttributes",
    }


def assert_valid(contract: Contract, validators: Validators, call: Valid) -> None:
    """The call fits the contract: its body, and its path and query once they are on the wire."""
    validator = validators.body(call.operation)
    assert validator is not None
    assert validator.errors(call.body) == (), call.operation
    assert serialise(contract.operation(call.operation), call.path, call.query)


@pytest.mark.parametrize("full", [True, False])
def test_valid_calls_fit_the_contract(
    contract: Contract, validators: Validators, everything: Bindings, ids: Mapping[Any, Any], *, full: bool
) -> None:
    """With everything bound, and with nothing bound; as stand-ins, and with ids in their place."""
    for call in every_call(everything if full else Bindings()):
        assert_valid(contract, validators, call)
        assert_valid(contract, validators, bound(call, ids))


def test_no_valid_call_touches_what_others_made(everything: Bindings, ledger: Ledger, ids: Mapping[Any, Any]) -> None:
    """With its stand-ins bound a call names things of the run alone, or what is bound to be used."""
    for call in every_call(everything):
        found = assess(as_call(bound(call, ids)), everything, ledger)

        assert found.footprint < Footprint.DESTRUCTIVE, (call.operation, found)
        assert not found.foreign, call.operation


def test_defects_that_could_harm_others_are_left_out(
    contract: Contract, validators: Validators, everything: Bindings, ledger: Ledger, ids: Mapping[Any, Any]
) -> None:
    """They are few: numbers that could be taken for another, an identifier of nobody's, an action of no known type."""
    calls = [bound(call, ids) for call in every_call(everything)]

    every = invalid_calls(contract, everything, calls=calls, validators=validators)
    safe = safe_defects(contract, everything, ledger, calls, validators=validators)

    assert {defect.label for defect in every} - {defect.label for defect in safe} == {
        "updateCustomerProfileAudiences /data/0/audienceId: a fraction in place of an integer",
        "createReferral /campaignId: a fraction in place of an integer",
        "createReferralsForMultipleAdvocates /campaignId: a fraction in place of an integer",
        "generateLoyaltyCard /cardIdentifier: '!', against the pattern",
        "syncCatalog /actions/0/type: a boolean in place of a string",
        "syncCatalog /actions/0/type: outside of the enumeration",
    }
    assert [defect for defect in every if defect in safe] == safe


def test_defects_cover_what_the_resources_state(
    contract: Contract, validators: Validators, everything: Bindings, ledger: Ledger, ids: Mapping[Any, Any]
) -> None:
    """The bounds, enumerations and required flags of the bodies are each broken once."""
    calls = [bound(call, ids) for call in every_call(everything)]
    found = {
        (defect.operation, defect.pointer, defect.keyword)
        for defect in safe_defects(contract, everything, ledger, calls, validators=validators)
    }

    assert found >= {
        ("updateCustomerProfilesV2", "/customerProfiles/0/integrationId", "required"),
        ("updateCustomerProfilesV2", "/customerProfiles/0/integrationId", "maxLength"),
        ("createAudienceV2", "/name", "minLength"),
        ("createAudienceV2", "/integrationId", "minLength"),
        ("createAudienceV2", "/integrationId", "maxLength"),
        ("updateAudienceV2", "/name", "required"),
        ("updateCustomerProfileAudiences", "/data/0/action", "enum"),
        ("updateCustomerProfileAudiences", "/data/0/audienceId", "required"),
        ("createCouponReservation", "/integrationIDs", "maxItems"),
        ("deleteCouponReservation", "/integrationIDs", "required"),
        ("createReferral", "/usageLimit", "maximum"),
        ("createReferral", "/startDate", "format"),
        ("createReferral", "/advocateProfileIntegrationId", "maxLength"),
        ("createReferralsForMultipleAdvocates", "/advocateProfileIntegrationIds", "minItems"),
        ("createReferralsForMultipleAdvocates", "/advocateProfileIntegrationIds", "maxItems"),
        ("createReferralsForMultipleAdvocates", "/referralPattern", "minLength"),
        ("createReferralsForMultipleAdvocates", "/referralPattern", "maxLength"),
        ("generateLoyaltyCard", "/status", "enum"),
        ("generateLoyaltyCard", "/cardIdentifier", "maxLength"),
        ("linkLoyaltyCardToProfile", "/integrationId", "required"),
        ("syncCatalog", "/actions", "minItems"),
        ("syncCatalog", "/actions", "maxItems"),
        ("syncCatalog", "/actions/0/payload/sku", "required"),
        ("syncCatalog", "/actions/0/payload/product/name", "maxLength"),
    }
