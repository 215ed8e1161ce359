"""A shop on the official Python SDK: what the emulator's campaigns give, closing makes so, and undoing takes back."""

from __future__ import annotations

from typing import Any

from tests.sdk.client import Sdk, model, moment

POINTS = 1
"""The program of the points, as the default world numbers it."""

ALL = [
    "customerSession", "customerProfile", "coupons", "triggeredCampaigns", "referral", "loyalty", "event",
    "awardedGiveaways", "ruleFailureReasons", "previousReturns",
]  # fmt: skip


def update(sdk: Sdk, name: str, *, mark: str = "", options: dict[str, Any] | None = None, **session: Any) -> Any:
    """An update of a session that succeeds; ``mark`` is what the campaigns of the default world look for."""
    if mark:
        session["attributes"] = {"tp_trigger": mark}
    body = model("IntegrationRequest", customer_session=model("NewCustomerSessionV2", **session), response_content=ALL)
    return sdk.does("update_customer_session_v2", name, body, **options or {})


def cart(*prices: float) -> list[dict[str, Any]]:
    """Two units of a thing at each price."""
    return [
        model("CartItem", name=f"Thing {number}", sku=f"thing-{number}", quantity=2, price=price)
        for number, price in enumerate(prices)
    ]


def given(answer: Any, *types: str) -> list[Any]:
    """The props of the effects of some types."""
    return [effect["props"] for effect in answer["effects"] if effect["effectType"] in types]


def kinds(answer: Any) -> set[str]:
    """The types of the effects of an answer."""
    return {effect["effectType"] for effect in answer["effects"]}


def give_back(sdk: Sdk, name: str, position: int, quantity: int) -> Any:
    """A return that succeeds."""
    items = [model("ReturnedCartItem", position=position, quantity=quantity)]
    body = model("ReturnIntegrationRequest", _return=model("NewReturn", returned_cart_items=items))
    return sdk.does("return_cart_items", name, body)


def uses(sdk: Sdk, customer: str, code: str) -> int:
    """How often a coupon counts as used, as a customer who has it reserved sees it."""
    coupons = sdk.does("get_customer_inventory", customer, coupons=True)["coupons"]
    return next(coupon["usageCounter"] for coupon in coupons if coupon["value"] == code)


def balance(sdk: Sdk, customer: str) -> float:
    """The points that a customer may spend."""
    return sdk.does("get_loyalty_balances", POINTS, customer)["balance"]["activePoints"]


def reserved(sdk: Sdk, code: str) -> str:
    """A new customer who has a coupon reserved, so that the inventory tells how often it was used."""
    customer = sdk.new("profile")
    sdk.does("update_customer_profile_v2", customer, model("CustomerProfileIntegrationRequestV2"))
    sdk.does("create_coupon_reservation", code, model("CouponReservations", integration_i_ds=[customer]), code=201)
    return customer


def test_a_session_is_discounted_sold_given_back_and_cancelled(sdk: Sdk) -> None:
    """A coupon counts from closing to cancelling; discounts of the units given back are rolled back on return."""
    name, code = sdk.new("session"), "TP-COUPON-1"
    customer = reserved(sdk, code)
    before = uses(sdk, customer, code)

    opened = update(
        sdk, name, mark="item-discount", profile_id=customer, coupon_codes=[code], cart_items=cart(10.0, 30.0)
    )
    assert {"acceptCoupon", "setDiscount", "setDiscountPerItem"} == kinds(opened)
    assert [2.0, 2.0, 6.0, 6.0] == [props["value"] for props in given(opened, "setDiscountPerItem")]
    assert 80.0 == opened["customerSession"]["total"]
    assert before == uses(sdk, customer, code)

    closed = update(sdk, name, state="closed")
    assert kinds(opened) == kinds(closed)
    assert before + 1 == uses(sdk, customer, code)

    returned = give_back(sdk, name, 1, 1)
    assert [(1, 6.0)] == [(p["cartItemPosition"], p["value"]) for p in given(returned, "rollbackDiscount")]
    assert "partially_returned" == sdk.does("get_customer_session", name)["customerSession"]["state"]

    cancelled = update(sdk, name, state="cancelled")
    assert [code] == [props["value"] for props in given(cancelled, "rollbackCoupon")]
    assert before == uses(sdk, customer, code)
    assert not given(sdk.does("get_customer_session", name), "acceptCoupon", "rollbackCoupon")


def test_a_reopened_session_is_an_open_one(sdk: Sdk) -> None:
    """Reopening takes the redemption back, and the session can be changed and sold again."""
    name, code = sdk.new("session"), "TP-COUPON-2"
    customer = reserved(sdk, code)
    before = uses(sdk, customer, code)
    update(sdk, name, state="closed", profile_id=customer, coupon_codes=[code], cart_items=cart(10.0))

    reopened = sdk.does("reopen_customer_session", name)
    assert "rollbackCoupon" in kinds(reopened)
    assert before == uses(sdk, customer, code)

    again = update(sdk, name, state="closed", cart_items=cart(10.0, 5.0))
    assert 30.0 == again["customerSession"]["total"]
    assert before + 1 == uses(sdk, customer, code)


def test_points_are_earned_paged_and_spent(sdk: Sdk) -> None:
    """Points count from closing on, can be read page by page, and pay for a later session."""
    customer = sdk.new("profile")
    first = sdk.new("session")
    update(sdk, first, mark="points", profile_id=customer, cart_items=cart(10.0))
    inventory = sdk.does("get_customer_inventory", customer, loyalty=True)
    assert str(POINTS) not in (inventory.get("loyalty") or {}).get("programs", {}) or 0 == balance(sdk, customer)
    update(sdk, first, state="closed")
    assert 25 == balance(sdk, customer)
    for _ in range(2):
        update(sdk, sdk.new("session"), mark="points", state="closed", profile_id=customer, cart_items=cart(10.0))

    pages = [
        sdk.does("get_loyalty_program_profile_transactions", POINTS, customer, page_size=2, skip=skip)
        for skip in (0, 2)
    ]
    assert [(2, True), (1, False)] == [(len(page["data"]), page["hasMore"]) for page in pages]
    assert 3 == len({row["id"] for page in pages for row in page["data"]})

    spent = update(sdk, sdk.new("session"), mark="spend", state="closed", profile_id=customer, cart_items=cart(10.0))
    assert [10.0] == [props["value"] for props in given(spent, "deductLoyaltyPoints")]
    assert 65 == balance(sdk, customer)


def test_a_friend_redeems_a_referral(sdk: Sdk) -> None:
    """The code of an advocate is taken from a friend, and from the advocate it is not."""
    advocate, friend = sdk.new("profile"), sdk.new("profile")
    body = model("NewReferral", campaign_id=2, advocate_profile_integration_id=advocate)
    code = sdk.does("create_referral", body, code=201)["code"]

    own = update(sdk, sdk.new("session"), profile_id=advocate, referral_code=code, cart_items=cart(10.0))
    assert ["ReferralRecipientIdSameAsAdvocate"] == [p["rejectionReason"] for p in given(own, "rejectReferral")]

    taken = update(
        sdk, sdk.new("session"), state="closed", profile_id=friend, referral_code=code, cart_items=cart(10.0)
    )
    assert [code] == [props["value"] for props in given(taken, "acceptReferral")]
    (referral,) = sdk.does("get_customer_inventory", advocate, referrals=True)["referrals"]
    assert [friend] == referral["referredCustomers"]


def test_a_gift_is_awarded_at_closing(sdk: Sdk) -> None:
    """Before that it is only promised; afterwards its code is the customer's."""
    name, customer = sdk.new("session"), sdk.new("profile")

    promised = update(sdk, name, mark="giveaway", profile_id=customer, cart_items=cart(10.0))
    (will,) = given(promised, "willAwardGiveaway")
    assert "code" not in will

    awarded = update(sdk, name, state="closed")
    (gift,) = given(awarded, "awardGiveaway")
    assert [gift["code"]] == [each["code"] for each in awarded["awardedGiveaways"]]
    owned = sdk.does("get_customer_inventory", customer, giveaways=True)["giveaways"]
    assert gift["code"] in [each["code"] for each in owned]


def test_a_campaign_of_next_week_is_seen_with_now(sdk: Sdk) -> None:
    """A dry update of today shows nothing of it, one of in ten days does; neither leaves a session."""
    name = sdk.new("session")

    today = update(sdk, name, mark="scheduled", cart_items=cart(10.0), options={"dry": True})
    later = update(sdk, name, mark="scheduled", cart_items=cart(10.0), options={"dry": True, "now": moment(10)})

    assert ([], ["Next week"]) == (given(today, "setDiscount"), [p["name"] for p in given(later, "setDiscount")])
    assert 400 == sdk.call("get_customer_session", name).status
