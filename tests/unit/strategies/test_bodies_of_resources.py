"""Bodies about audiences, coupons, referrals, cards, catalogs and many profiles fit the contract, and each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies import audiences, catalogs, coupons, loyalty, referrals
from strategies.placeholders import AUDIENCE, AUDIENCE_NUMBER, CARD, MARK, PROFILE, SKU, bind, several
from strategies.profiles import many_profiles
from talonproof.contract.validators import Validators
from talonproof.http.ledger import Ledger
from talonproof.target import Bindings

FEW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Simplest = Callable[[st.SearchStrategy[Any]], Any]
Drawn = Callable[[Bindings], st.SearchStrategy[Any]]

BODIES: Mapping[str, tuple[str, Drawn]] = {
    "many profiles": ("updateCustomerProfilesV2", many_profiles),
    "an audience": ("createAudienceV2", lambda _: audiences.new_audiences()),
    "changes": ("updateCustomerProfileAudiences", lambda _: audiences.changes().map(lambda items: {"data": items})),
    "attributes of members": ("updateAudienceCustomersAttributes", audiences.member_attributes),
    "a reservation": ("createCouponReservation", lambda _: coupons.reservations()),
    "a referral": ("createReferral", referrals.referrals),
    "many referrals": ("createReferralsForMultipleAdvocates", referrals.many_referrals),
    "a card": ("generateLoyaltyCard", lambda _: loyalty.cards()),
    "a marked catalog": ("syncCatalog", lambda b: st.just(catalogs.marked(b, "PATCH_MANY", price=2))),
    "marked items gone": ("syncCatalog", lambda b: st.just(catalogs.marked(b, "REMOVE_MANY"))),
}
"""Operation and strategy by what is drawn; syncs, which come several at a time, have a test of their own."""


@pytest.fixture(scope="module")
def bound(bindings: Bindings) -> Bindings:
    """Bindings with a campaign for referrals and a catalog besides."""
    return replace(bindings, referral_campaign=4, catalog=5, catalog_attribute="shade")


@pytest.mark.parametrize("what", BODIES)
@FEW
@given(data=st.data())
def test_drawn_bodies_fit_the_contract(validators: Validators, bound: Bindings, what: str, data: st.DataObject) -> None:
    """Each is a valid body of its operation, before its stand-ins are bound and after."""
    operation, drawn = BODIES[what]
    validator = validators.body(operation)
    assert validator is not None

    body = data.draw(drawn(bound))

    assert validator.errors(body) == ()
    assert validator.errors(bind(body, {AUDIENCE_NUMBER: 7, CARD: "tp-run-w-1", PROFILE: "tp-run-w-2"})) == ()


def test_the_simplest_bodies(bound: Bindings, simplest: Simplest) -> None:
    """Shrinking ends at what is left when nothing optional is sent."""
    shown = {what: simplest(drawn(bound)) for what, (_, drawn) in BODIES.items() if "marked" not in what}

    assert shown == {
        "many profiles": {"customerProfiles": [{"integrationId": PROFILE}]},
        "an audience": {"name": AUDIENCE, "integrationId": AUDIENCE},
        "changes": {"data": [{"action": "add", "profileIntegrationId": PROFILE, "audienceId": AUDIENCE_NUMBER}]},
        "attributes of members": {"profile_text": "a"},
        "a reservation": {"integrationIDs": [PROFILE]},
        "a referral": {"campaignId": 4, "advocateProfileIntegrationId": PROFILE},
        "many referrals": {"campaignId": 4, "advocateProfileIntegrationIds": [PROFILE], "usageLimit": 0},
        "a card": {},
    }


@pytest.mark.parametrize(
    ("drawn", "missing"),
    [
        (audiences.member_attributes, "profile_attribute"),
        (referrals.referrals, "referral_campaign"),
        (referrals.many_referrals, "referral_campaign"),
        (lambda bindings: catalogs.marked(bindings, "REMOVE_MANY"), "catalog_attribute"),
    ],
)
def test_what_a_body_needs_is_named(drawn: Callable[[Bindings], Any], missing: str) -> None:
    """Without the binding there is no body that a server would accept, and the error says which one is missing."""
    with pytest.raises(ValueError, match=missing):
        drawn(Bindings())


@FEW
@given(data=st.data())
def test_nobody_is_named_twice(bound: Bindings, data: st.DataObject) -> None:
    """What becomes of a profile that one request names twice is stated nowhere."""
    lists = [
        [item["profileIntegrationId"] for item in data.draw(audiences.changes())],
        data.draw(coupons.reservations())["integrationIDs"],
        data.draw(referrals.many_referrals(bound))["advocateProfileIntegrationIds"],
        data.draw(loyalty.cards(several(PROFILE, 3))).get("customerProfileIds", []),
        [item["integrationId"] for item in data.draw(many_profiles(bound))["customerProfiles"]],
    ]

    for people in lists:
        assert len(set(people)) == len(people)
        assert set(people) <= set(several(PROFILE, 4))


@FEW
@given(data=st.data())
def test_a_referral_has_not_ended(bound: Bindings, data: st.DataObject) -> None:
    """It ends after it has started, and later than now, whatever the time zones of the two."""
    body = data.draw(st.one_of(referrals.referrals(bound), referrals.many_referrals(bound)))
    dates = {name: datetime.fromisoformat(body[name]) for name in ("startDate", "expiryDate") if name in body}

    assert all(moment.tzinfo for moment in dates.values())
    assert dates.get("expiryDate", datetime.max.replace(tzinfo=UTC)) > dates.get("startDate", datetime.now(UTC))


def test_dates_that_run_backwards_do() -> None:
    """The end is before the start, and both are in the future: nothing else is wrong with them."""
    start, end = (datetime.fromisoformat(referrals.BACKWARDS[name]) for name in ("startDate", "expiryDate"))

    assert datetime.now(UTC) < end < start


@FEW
@given(look=referrals.looks())
def test_a_pattern_leaves_room_for_codes(look: dict[str, Any]) -> None:
    """So many codes follow it that two runs never ask for the same one, and its length is allowed."""
    characters = look.get("validCharacters", referrals.DEFAULT_CHARACTERS)

    assert len(set(characters)) ** look["referralPattern"].count("#") >= 10**12
    assert 3 <= len(look["referralPattern"]) <= 100


@FEW
@given(data=st.data())
def test_own_identifiers_stay_own(data: st.DataObject) -> None:
    """Names of audiences and identifiers of cards begin with an id of the run, and belong to it."""
    ledger = Ledger("run", "w")
    own = ledger.new("card")

    name = data.draw(audiences.names(own))
    identifier = data.draw(loyalty.identifiers(own))

    assert name.startswith(own)
    assert ledger.owns(identifier, "card")
    assert 4 <= len(identifier) <= loyalty.LONGEST_IDENTIFIER


def test_the_longest_identifier_is_drawn(simplest: Simplest) -> None:
    """The bound itself is among the identifiers."""
    drawn = loyalty.identifiers("tp-run-w-1").filter(lambda text: len(text) == loyalty.LONGEST_IDENTIFIER)

    assert simplest(drawn) == "tp-run-w-1" + "a" * 98


@FEW
@given(data=st.data())
def test_every_sync_is_lawful(validators: Validators, bound: Bindings, data: st.DataObject) -> None:
    """Each request fits the contract, has one type of action, no SKU twice, and removes only what is there."""
    validator = validators.body("syncCatalog")
    assert validator is not None
    requests = data.draw(catalogs.syncs(bound))

    for number, request in enumerate(requests):
        skus = [one["payload"]["sku"] for one in request["actions"]]
        kinds = {one["type"] for one in request["actions"]}
        assert validator.errors(request) == ()
        assert len(kinds) == 1
        assert len(set(skus)) == len(skus)
        assert kinds != {"REMOVE"} or set(skus) <= set(catalogs.prices(requests[:number]))


def test_the_simplest_sync_adds_one_item(bound: Bindings, simplest: Simplest) -> None:
    """It is added whether it is there or not."""
    assert simplest(catalogs.syncs(bound)) == [
        {"actions": [{"type": "ADD", "payload": {"sku": SKU, "replaceIfExists": True}}]}
    ]


def test_syncs_that_are_to_be_refused_fit_the_contract(validators: Validators, bound: Bindings) -> None:
    """Two types of action, and one SKU twice, are wrong by prose alone."""
    validator = validators.body("syncCatalog")
    assert validator is not None

    assert validator.errors(catalogs.mixed()) == ()
    assert {one["type"] for one in catalogs.mixed()["actions"]} == {"ADD", "PATCH"}
    assert validator.errors(catalogs.twice()) == ()
    assert [one["payload"]["sku"] for one in catalogs.twice()["actions"]] == [SKU, SKU]
    assert catalogs.marked(bound, "REMOVE_MANY", catalogs.condition("shade", "IN", "a,b")) == {
        "actions": [
            {
                "type": "REMOVE_MANY",
                "payload": {
                    "filters": [
                        {"attr": "shade", "op": "EQ", "value": MARK},
                        {"attr": "shade", "op": "IN", "value": "a,b"},
                    ]
                },
            }
        ]
    }


@pytest.mark.parametrize("kind", ["ADD", "REMOVE"])
def test_a_batch_is_as_large_as_it_is_asked_to_be(validators: Validators, kind: str) -> None:
    """1000 actions fit the contract, 1001 break nothing but the bound."""
    validator = validators.body("syncCatalog")
    assert validator is not None

    assert validator.errors(catalogs.batch(kind, several(SKU, catalogs.MOST_ACTIONS))) == ()
    errors = validator.errors(catalogs.batch(kind, several(SKU, catalogs.MOST_ACTIONS + 1)))
    assert [(error.pointer, error.keyword) for error in errors] == [("/actions", "maxItems")]
