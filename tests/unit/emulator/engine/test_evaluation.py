"""Rules give effects while their conditions hold; every code of a session is accepted, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.instant import DAY, SECOND, written
from tests.unit.emulator.conftest import NOW, Client
from tests.unit.emulator.engine.everything import client_of

CUP = {"sku": "cup", "quantity": 2, "price": 10, "product": {"name": "Cup"}}
TEA = {"sku": "tea", "quantity": 1, "price": 3, "category": "tea", "attributes": {"size": 1}}


@pytest.fixture
def shop(contract: Contract, validators: Validators) -> Iterator[Client]:
    """A client of a world that has every condition and every effect."""
    client = client_of(contract, validators)
    yield client
    client.emulator.store.close()


@pytest.fixture
def later_shop(later_contract: Contract, later_validators: Validators) -> Iterator[Client]:
    """The same of the edition 2026-05."""
    client = client_of(later_contract, later_validators)
    yield client
    client.emulator.store.close()


def effects(document: Any, *types: str) -> list[Any]:
    """The effects of an answer, of some types if any are named."""
    return [each for each in document["effects"] if not types or each["effectType"] in types]


def props(document: Any, *types: str) -> list[Any]:
    """The props of the effects of some types."""
    return [each["props"] for each in effects(document, *types)]


def marked(shop: Client, mark: str, query: str = "", **session: Any) -> Any:
    """A session that carries a mark, of a customer with a cart."""
    cart = {"profileId": "rich", "cartItems": [CUP, TEA], **session}
    asked = ("customerSession", "ruleFailureReasons", "triggeredCampaigns")
    return shop.update(f"s-{mark}", query, asked, attributes={"mark": mark}, **cart)


def test_without_a_mark_nothing_happens(shop: Client) -> None:
    """No condition holds, so there is no effect; the reasons name the first condition of each rule."""
    document = marked(shop, "none")

    assert [] == document["effects"]
    assert "triggeredCampaigns" not in document
    reasons = [
        (each["campaignID"], each["ruleName"], each["conditionIndex"]) for each in document["ruleFailureReasons"]
    ]
    assert (3, "each", 0) in reasons
    assert (1, "With a code", 0) in reasons


def test_an_effect_names_its_campaign_and_rule(shop: Client) -> None:
    """Campaign, ruleset, rule and its place; the campaign is shown as triggered."""
    document = marked(shop, "third", cartItems=[{"sku": "x", "quantity": 3, "price": 10}])
    (found,) = effects(document)

    assert {
        "campaignId": 3,
        "rulesetId": 3,
        "ruleIndex": 0,
        "ruleName": "third",
        "effectType": "setDiscount",
        "props": {"name": "Third", "value": 9.99, "scope": "sessionTotal"},
    } == found
    assert [(3, "running")] == [(each["id"], each["frontendState"]) for each in document["triggeredCampaigns"]]


def test_each_unit_has_an_effect_of_its_own(shop: Client) -> None:
    """Position is that of the line, sub-position that of the unit; catalog attributes stand in for those not sent."""
    document = marked(shop, "each")

    assert [
        ("Each", 4, 0, 0),
        ("Each", 4, 0, 1),
        ("All", 0.6, 0, 0),
        ("All", 0.6, 0, 1),
        ("All", 0.3, 1, 0),
    ] == [(p["name"], p["value"], p["position"], p["subPosition"]) for p in props(document, "setDiscountPerItem")]


def test_items_are_chosen_by_their_attributes(shop: Client) -> None:
    """What the cart says of an item goes before what the catalog says."""
    blue = {**CUP, "attributes": {"colour": "blue"}}

    document = marked(shop, "each", cartItems=[blue])

    assert {"All"} == {p["name"] for p in props(document)}


def test_a_discount_does_not_exceed_what_it_discounts(shop: Client) -> None:
    """It is as large as what is left, and says what it would have been."""
    document = marked(shop, "costs", additionalCosts={"shipping": {"price": 4.5}})

    assert [
        {"name": "Shipping", "additionalCostId": 1, "additionalCost": "shipping", "value": 4.5, "desiredValue": 7}
    ] == props(document)


def test_an_additional_cost_of_an_item_counts_once_a_line(shop: Client) -> None:
    """So its discount does as well."""
    document = marked(shop, "costs", cartItems=[{**CUP, "additionalCosts": {"wrap": {"price": 3}}}, TEA])

    cost = {"name": "Wrap", "additionalCostId": 2, "additionalCost": "wrap", "value": 1.5}
    assert [{**cost, "position": 0, "subPosition": 0}] == props(document)


def test_discounts_see_what_others_left(shop: Client) -> None:
    """Half of the costs is half of what a discount of the whole session left of them."""
    document = marked(shop, "third", cartItems=[], additionalCosts={"shipping": {"price": 9}})

    assert [("Third", 3), ("Third more", 3)] == [(p["name"], p["value"]) for p in props(document)]


def test_totals_are_those_before_discounts(shop: Client) -> None:
    """A discount is an effect; the session's totals do not know of it."""
    document = marked(shop, "third", additionalCosts={"shipping": {"price": 9}})

    assert 32 == document["customerSession"]["total"]
    assert 23 == document["customerSession"]["cartItemTotal"]


def test_points_of_items_name_their_units(shop: Client) -> None:
    """Those of the session have no place; pending ones say when they start."""
    document = marked(shop, "points", "?dry=true")

    some, each = props(document, "addLoyaltyPoints")
    assert (2.3, "blue", written(NOW + DAY)) == (some["value"], some["subLedgerId"], some["startDate"])
    assert "cartItemPosition" not in some
    assert (2, 1, 0) == (each["value"], each["cartItemPosition"], each["cartItemSubPosition"])


@pytest.mark.parametrize(("card", "count"), [("card-1", 1), ("card-2", 0), (None, 0)])
def test_points_of_a_card_need_an_active_one(shop: Client, card: str | None, count: int) -> None:
    """Without one the rule has no effect, and the reasons say so."""
    document = marked(shop, "card", loyaltyCards=[card] if card else [])

    assert [card] * count == [p["cardIdentifier"] for p in props(document)]
    failed = [each for each in document["ruleFailureReasons"] if "effectIndex" in each]
    assert [(3, "card", 0)] * (1 - count) == [(e["campaignID"], e["ruleName"], e["effectIndex"]) for e in failed]


@pytest.mark.parametrize(("name", "count"), [("rich", 1), ("poor", 0)])
def test_points_that_are_not_there_are_not_spent(shop: Client, name: str, count: int) -> None:
    """The one has 40, the other none."""
    assert count == len(props(marked(shop, "spend", profileId=name)))


def test_a_rule_acts_as_a_whole_or_not_at_all(shop: Client) -> None:
    """Without a profile no reward can be given: not even the free item, which needs none."""
    assert [] == effects(marked(shop, "rewards", profileId=""))
    assert "addFreeItem" in {each["effectType"] for each in effects(marked(shop, "rewards"))}


def test_notices_carry_what_the_world_says(shop: Client) -> None:
    """Paths of attributes, payloads, audiences by name."""
    document = marked(shop, "notices")

    assert [
        {"path": "Profile.Attributes.level", "value": "silver"},
        {"path": "Session.CartItems[0].Attributes.colour", "value": "green"},
    ] == props(document, "updateAttribute")
    own, *each = props(document, "customEffect")
    assert {"effectId": 7, "name": "own", "payload": {"a": [1]}} == own
    assert [(0, 0), (0, 1), (1, 0)] == [(p["cartItemPosition"], p["cartItemSubPosition"]) for p in each]
    assert ["Readers"] == [p["audienceName"] for p in props(document, "addToAudience")]


def test_all_conditions_must_hold(shop: Client) -> None:
    """A rule with one of every kind acts when each of them holds, and not when one does not."""
    shop.call("PUT", "/v2/customer_profiles/rich", {"attributes": {"since": "2019-01-01T00:00:00Z"}})
    held = {
        "cartItems": [CUP, {**TEA, "quantity": 2}],
        "storeIntegrationId": "store-1",
        "identifiers": ["device-1"],
        "state": "open",
    }

    def shown(**changed: Any) -> bool:
        document = shop.update(
            "c", "?dry=true", (), attributes={"mark": "third"}, profileId="rich", **{**held, **changed}
        )
        return "All of it" in [p["title"] for p in props(document, "showNotification")]

    # The world's own session is the first one of this customer.
    assert not shown()
    with shop.emulator.store.transaction():
        shop.emulator.store.run("DELETE FROM session")
    assert shown()
    assert not shown(state="closed")
    assert not shown(storeIntegrationId="store-2", identifiers=[])
    assert not shown(cartItems=[{**TEA, "quantity": 1}])
    assert not shown(cartItems=[{**TEA, "quantity": 200}])


CODES = {
    "NONE-1": "CouponNotFound",
    "FAR-1": "CouponNotFound",
    "GONE-1": "CouponPartOfNotRunningCampaign",
    "IDLE-1": "CouponPartOfNotTriggeredCampaign",
    "PAST-1": "CouponExpired",
    "NEXT-1": "CouponStartDateInFuture",
    "MINE-1": "CouponRecipientDoesNotMatch",
    "HARD-1": "CouponReservationRequired",
}


def test_each_code_is_accepted_or_refused_with_its_reason(shop: Client) -> None:
    """One effect a code, however often it stands there; one that belongs to no campaign has -1."""
    document = shop.update("s", profileId="p", couponCodes=["CODE-1", *CODES, "CODE-1"], cartItems=[CUP])

    assert [{"value": "CODE-1"}] == props(document, "acceptCoupon")
    assert CODES == {p["value"]: p["rejectionReason"] for p in props(document, "rejectCoupon")}
    assert -1 == next(e["campaignId"] for e in effects(document, "rejectCoupon") if e["props"]["value"] == "NONE-1")
    accepted, discount = effects(document, "acceptCoupon", "setDiscount")
    assert accepted["triggeredByCoupon"] == discount["triggeredByCoupon"]
    assert len(CODES) + 2 == len(document["effects"])


def test_a_coupon_that_must_be_reserved_needs_a_profile(shop: Client) -> None:
    """And a reservation for it."""
    document = shop.update("s", couponCodes=["HARD-1"])
    assert ["ProfileRequired"] == [p["rejectionReason"] for p in props(document)]

    shop.call("POST", "/v1/coupon_reservations/HARD-1", {"integrationIDs": ["p"]})
    document = shop.update("s", profileId="p")
    assert [{"value": "HARD-1"}] == props(document, "acceptCoupon")


def test_a_coupon_is_for_its_recipient(shop: Client) -> None:
    """Who has it redeems it."""
    document = shop.update("s", profileId="rich", couponCodes=["MINE-1"])

    assert [{"value": "MINE-1"}] == props(document)


def test_a_coupon_that_is_used_up_is_refused(shop: Client) -> None:
    """Another session has redeemed it by closing; while that was open, nothing counted."""
    shop.update("one", profileId="p", couponCodes=["ONCE-1"])
    assert [{"value": "ONCE-1"}] == props(shop.update("two", profileId="q", couponCodes=["ONCE-1"]))

    shop.update("one", state="closed")
    document = shop.update("two")
    assert ["CouponLimitReached"] == [p["rejectionReason"] for p in props(document)]


def test_a_condition_that_fails_is_why_a_coupon_is_refused(shop: Client) -> None:
    """The effect and the reasons name the condition."""
    document = shop.update(
        "s", "", ("ruleFailureReasons",), profileId="p", couponCodes=["CODE-1"], attributes={"mark": "never"}
    )

    (refused,) = effects(document)
    assert ("rejectCoupon", 1, 0, "With a code") == (
        refused["effectType"],
        refused["campaignId"],
        refused["ruleIndex"],
        refused["ruleName"],
    )
    assert ("CouponRejectedByCondition", 1) == (refused["props"]["rejectionReason"], refused["props"]["conditionIndex"])
    assert ["CODE-1"] == [each["couponValue"] for each in document["ruleFailureReasons"] if "couponValue" in each]


def test_a_profile_budget_refuses_a_coupon(shop: Client) -> None:
    """It is counted for each profile and coupon: two redemptions by one, and none by nobody."""
    for name in ("one", "two"):
        shop.update(name, profileId="p", couponCodes=["CODE-1"], state="closed")

    reasons = [
        [p.get("rejectionReason") for p in props(shop.update("three", profileId=name, couponCodes=codes))]
        for name, codes in (("p", ["CODE-1"]), ("p", ["CODE-2"]), ("q", ["CODE-1"]), ("", ["CODE-1"]))
    ]
    assert [["ProfileLimitReached"], [None], [None], ["ProfileRequired"]] == reasons


@pytest.mark.parametrize(
    ("terms", "name", "reason"),
    [
        ({}, "friend", None),
        ({}, "rich", "ReferralRecipientIdSameAsAdvocate"),
        ({"friendProfileIntegrationId": "friend"}, "friend", None),
        ({"friendProfileIntegrationId": "friend"}, "other", "ReferralRecipientDoesNotMatch"),
        ({"startDate": written(NOW + DAY)}, "friend", "ReferralStartDateInFuture"),
        ({"startDate": written(NOW - 2 * DAY), "expiryDate": written(NOW - DAY)}, "friend", "ReferralExpired"),
    ],
)
def test_a_referral_is_accepted_or_refused_with_its_reason(
    shop: Client, terms: dict[str, str], name: str, reason: str | None
) -> None:
    """Nobody is referred by an own code, and a code may be for one friend, and for some time."""
    body = {"campaignId": 2, "advocateProfileIntegrationId": "rich", "usageLimit": 1, **terms}
    status, made = shop.call("POST", "/v1/referrals", body)
    assert 201 == status, made

    (found,) = effects(shop.update("s", profileId=name, referralCode=made["code"]))

    assert ("acceptReferral" if reason is None else "rejectReferral") == found["effectType"]
    assert reason == found["props"].get("rejectionReason")


def test_a_referral_that_is_used_up_or_unknown_is_refused(shop: Client) -> None:
    """Closing a session redeems it."""
    body = {"campaignId": 2, "advocateProfileIntegrationId": "rich", "usageLimit": 1}
    code = shop.call("POST", "/v1/referrals", body)[1]["code"]
    shop.update("s", profileId="friend", referralCode=code, state="closed")

    reasons = [props(shop.update("t", profileId="other", referralCode=each))[0] for each in (code, "none")]

    assert ["ReferralLimitReached", "ReferralNotFound"] == [each["rejectionReason"] for each in reasons]


def test_a_budget_gives_what_is_left(shop: Client) -> None:
    """Ten a day for each profile: six, then four, then nothing and not even the rest of the rule; anew tomorrow."""

    def given(name: str, profile: str = "rich") -> list[Any]:
        document = shop.update(
            name, attributes={"mark": "budget"}, profileId=profile, cartItems=[{**CUP, "price": 50}], state="closed"
        )
        return [(p.get("value"), p.get("desiredValue")) for p in props(document)]

    assert [(6, None), (None, None)] == given("one")
    assert [(4, 6), (None, None)] == given("two")
    assert [] == given("three")
    assert [(6, None), (None, None)] == given("four", "other")
    shop.clock.instant += DAY
    assert [(6, None), (None, None)] == given("five")


def test_now_wakes_a_scheduled_campaign(shop: Client) -> None:
    """For that dry call only, between its start and its end."""

    def titles(query: str) -> list[str]:
        return [p["title"] for p in props(shop.update("s", query), "showNotification")]

    begins, ends = NOW + 7 * DAY, NOW + 30 * DAY
    found = [titles(f"?dry=true&now={written(moment)}") for moment in (begins - SECOND, begins, ends - SECOND, ends)]
    assert [[], ["Hello"], ["Hello"], []] == found
    assert [] == titles("?dry=true")


def test_a_dry_call_may_choose_the_campaigns(shop: Client) -> None:
    """Also those that are switched off, and only those; a call that is not dry has no say."""

    def campaigns(query: str, *numbers: int) -> set[int]:
        document = shop.update("s", query, attributes={"mark": "third"}, cartItems=[CUP], evaluableCampaignIds=numbers)
        return {each["campaignId"] for each in effects(document)}

    assert {3} == campaigns("?dry=true")
    assert {6} == campaigns("?dry=true", 6)
    assert {3, 6, 7} == campaigns("?dry=true", 3, 6, 7)
    assert set() == campaigns("?dry=true", 4, 5, 8)
    assert {3} == campaigns("", 6)


def test_an_archived_campaign_is_not_evaluated_since_2026(later_shop: Client) -> None:
    """Not even by name."""
    document = later_shop.update("s", "?dry=true", evaluableCampaignIds=[6, 7])

    assert {6} == {each["campaignId"] for each in effects(document)}


def test_a_coupon_of_a_campaign_that_was_not_chosen_says_so(shop: Client) -> None:
    """Its campaign runs, but no rule of it was asked."""
    document = shop.update("s", "?dry=true", profileId="p", couponCodes=["CODE-1"], evaluableCampaignIds=[6])

    (refused,) = props(document, "rejectCoupon")
    assert ("CouponPartOfNotTriggeredCampaign", "CampaignNotInEvaluationSet") == (
        refused["rejectionReason"],
        refused["campaignExclusionReason"],
    )


def test_rules_run_on_events_and_profiles(shop: Client) -> None:
    """An event meets the rules with its attributes; so does a profile that is updated with the rule engine."""
    body = {"type": "signed_up", "profileId": "p", "attributes": {"mark": "x"}, "responseContent": ["event"]}
    status, document = shop.call("POST", "/v2/events?silent=no", body)
    assert (200, [3]) == (status, [p["value"] for p in props(document, "addLoyaltyPoints")])
    assert document["effects"] == document["event"]["effects"]

    asked = {"evaluableCampaignIds": [6], "responseContent": ["event"]}
    status, document = shop.call("PUT", "/v2/customer_profiles/p?runRuleEngine=true&dry=true", asked)
    assert (200, ["triggerWebhook"]) == (status, [each["effectType"] for each in document["effects"]])
    assert document["effects"] == document["event"]["effects"]
    assert [] == shop.call("PUT", "/v2/customer_profiles/p?runRuleEngine=true", {})[1]["effects"]


def test_get_shows_the_effects_of_the_last_update(shop: Client) -> None:
    """They are kept with the session; an update replaces them."""
    document = marked(shop, "each")
    assert document["effects"] == shop.call("GET", "/v2/customer_sessions/s-each")[1]["effects"]

    shop.update("s-each", attributes={"mark": "none"})
    assert [] == shop.call("GET", "/v2/customer_sessions/s-each")[1]["effects"]


def test_an_application_has_campaigns_of_its_own(shop: Client) -> None:
    """And codes without regard to capitals, each of them once."""
    shop.key = "other"

    document = shop.update("s", profileId="p", couponCodes=["far-1", "code-1", "CODE-1"])

    assert ["Hello"] == [p["title"] for p in props(document, "showNotification")]
    assert ["code-1"] == [p["value"] for p in props(document, "acceptCoupon")]
    assert [("far-1", "CouponPartOfNotTriggeredCampaign")] == [
        (p["value"], p["rejectionReason"]) for p in props(document, "rejectCoupon")
    ]
