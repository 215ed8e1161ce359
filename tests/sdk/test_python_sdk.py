"""The official Python SDK calls every operation of its edition against the emulator, and understands what it answers.

Each operation has a function in ``CALLS`` that uses it as an integrator would, with all arguments that it has; which
operations there are is for the contract to say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sdk.client import CONTRACT, Sdk, model, moment

Use = Callable[[Sdk], None]
CALLS: dict[str, Use] = {}

EVERYTHING = [
    "customerSession", "customerProfile", "coupons", "triggeredCampaigns", "referral", "loyalty", "event",
    "awardedGiveaways", "ruleFailureReasons", "previousReturns",
]  # fmt: skip
UNREAD = {"_preload_content": False}
"""Gives the response as it came: of an empty one the SDK makes no object if that has required properties."""

CUSTOMER = "tp-world-customer"
CARD = "tp-world-card"


def calls(operation: str) -> Callable[[Use], Use]:
    """Names the operation that a function is for."""

    def name(use: Use) -> Use:
        CALLS[operation] = use
        return use

    return name


@pytest.mark.parametrize("operation", CONTRACT.operations)
def test_every_operation_is_called(sdk: Sdk, operation: str) -> None:
    """Its legal uses raise nothing, have their status, and give what they should."""
    sdk.done.clear()

    CALLS[operation](sdk)

    assert operation in sdk.done


def test_no_other_operation_is_called() -> None:
    """What is called here is in the contract."""
    assert CONTRACT.operations.keys() == CALLS.keys()


def cart(*quantities: int, price: float = 12.5) -> list[dict[str, Any]]:
    """Items of a cart, all at one price."""
    return [
        model("CartItem", name=f"Thing {number}", sku=f"thing-{number}", quantity=quantity, price=price)
        for number, quantity in enumerate(quantities)
    ]


def update(sdk: Sdk, name: str, *, options: dict[str, Any] | None = None, **session: Any) -> Any:
    """An update of a session that succeeds, and asks for all that there is to be told."""
    body = model(
        "IntegrationRequest",
        customer_session=model("NewCustomerSessionV2", **session),
        response_content=EVERYTHING,
    )
    return sdk.does("update_customer_session_v2", name, body, **options or {})


def sold(sdk: Sdk, *quantities: int) -> str:
    """The name of a closed session."""
    name = sdk.new("session")
    assert "closed" == update(sdk, name, state="closed", cart_items=cart(*quantities))["customerSession"]["state"]
    return name


def give_back(sdk: Sdk, name: str, *entries: tuple[int, int], **options: Any) -> Any:
    """A return of (position, quantity) pairs that succeeds."""
    items = [model("ReturnedCartItem", position=position, quantity=quantity) for position, quantity in entries]
    body = model(
        "ReturnIntegrationRequest",
        _return=model("NewReturn", returned_cart_items=items),
        response_content=["customerSession", "customerProfile", "previousReturns", "event"],
    )
    return sdk.does("return_cart_items", name, body, **options)


def shown(sdk: Sdk, profile: str) -> Any:
    """A profile, as the inventory shows it."""
    return sdk.does("get_customer_inventory", profile, profile=True)["profile"]


def audience(sdk: Sdk) -> int:
    """The id of a new audience."""
    body = model("NewAudience", name="Fans", integration_id=sdk.new("audience"))
    return sdk.does("create_audience_v2", body, code=201)["id"]


def joins(sdk: Sdk, number: int, action: str = "add") -> str:
    """A profile that is put into an audience, or taken out of it."""
    profile = sdk.new("profile")
    item = model(
        "CustomerProfileAudienceRequestItem", action=action, profile_integration_id=profile, audience_id=number
    )
    sdk.does("update_customer_profile_audiences", model("CustomerProfileAudienceRequest", data=[item]), code=204)
    return profile


@calls("updateCustomerSessionV2")
def update_customer_session_v2(sdk: Sdk) -> None:
    """Opened with all that a session has, closed, cancelled; tried dry, now and in a month."""
    name, profile = sdk.new("session"), sdk.new("profile")
    item = model(
        "CartItem",
        name="Mug",
        sku="mug",
        quantity=2,
        price=12.5,
        category="kitchen",
        product=model("Product", name="Mug"),
        weight=0.4,
        height=10,
        width=8,
        length=8,
        attributes={"tp_item_text": "blue", "tp_item_number": 3},
        additional_costs={"gift_wrap": model("AdditionalCost", price=1.5)},
    )

    opened = update(
        sdk,
        name,
        profile_id=profile,
        store_integration_id="tp-store-1",
        evaluable_campaign_ids=[1],
        coupon_codes=["TP-COUPON-1"],
        loyalty_cards=[CARD],
        cart_items=[item],
        additional_costs={"shipping": model("AdditionalCost", price=4.9)},
        identifiers=["203.0.113.7"],
        attributes={"tp_session_text": "hello", "tp_session_number": 7, "tp_session_time": moment(1)},
    )
    session = opened["customerSession"]
    told = {key: session[key] for key in ("state", "integrationId", "profileId", "cartItemTotal", "total")}
    assert {
        "state": "open", "integrationId": name, "profileId": profile, "cartItemTotal": 25, "total": 31.4,
    } == told  # fmt: skip
    assert "blue" == session["cartItems"][0]["attributes"]["tp_item_text"]
    assert profile == opened["customerProfile"]["integrationId"]
    assert [] == opened["createdCoupons"]

    assert "closed" == update(sdk, name, state="closed")["customerSession"]["state"]
    assert "cancelled" == update(sdk, name, state="cancelled")["customerSession"]["state"]
    for options in ({"dry": True}, {"dry": True, "now": moment(30)}):
        assert (
            5
            == update(sdk, sdk.new("session"), options=options, cart_items=cart(1, price=5))["customerSession"]["total"]
        )


@calls("getCustomerSession")
def get_customer_session(sdk: Sdk) -> None:
    """A session in each of its states; an id is escaped on its way."""
    name = sdk.new("session/über 100%")
    update(sdk, name, cart_items=cart(2, 1))

    states: list[str] = []
    for step in (lambda: None, lambda: update(sdk, name, state="closed"), lambda: give_back(sdk, name, (0, 1))):
        step()
        session = sdk.does("get_customer_session", name)["customerSession"]
        states.append(session["state"])

    assert ["open", "closed", "partially_returned"] == states
    assert (name, 37.5) == (session["integrationId"], session["cartItemTotal"])


@calls("returnCartItems")
def return_cart_items(sdk: Sdk) -> None:
    """Dry, which keeps nothing; then in two steps."""
    name = sold(sdk, 3, 1)

    assert "partially_returned" == give_back(sdk, name, (0, 1), dry=True)["customerSession"]["state"]
    assert "closed" == sdk.does("get_customer_session", name)["customerSession"]["state"]
    first = give_back(sdk, name, (0, 1), dry=False)
    second = give_back(sdk, name, (0, 1), (1, 1))

    items = second["customerSession"]["cartItems"]
    assert [(2, 1), (1, 0)] == [(item["returnedQuantity"], item["remainingQuantity"]) for item in items]
    assert first["return"]["id"] != second["return"]["id"]
    assert 1 == len(second["previousReturns"])


@calls("reopenCustomerSession")
def reopen_customer_session(sdk: Sdk) -> None:
    """A closed session is open again."""
    name = sold(sdk, 1)

    answer = sdk.does("reopen_customer_session", name)

    assert isinstance(answer["effects"], list)
    assert "open" == sdk.does("get_customer_session", name)["customerSession"]["state"]


@calls("updateCustomerProfileV2")
def update_customer_profile_v2(sdk: Sdk) -> None:
    """Without the rule engine, with it, and dry, which keeps nothing."""
    profile, number = sdk.new("profile"), audience(sdk)
    body = model(
        "CustomerProfileIntegrationRequestV2",
        attributes={"tp_profile_text": "first", "tp_profile_flag": True, "tp_profile_time": moment(-1)},
        audiences_changes=model("ProfileAudiencesChanges", adds=[number], deletes=[]),
    )
    assert [] == sdk.does("update_customer_profile_v2", profile, body)["effects"]
    assert [number] == [membership["id"] for membership in shown(sdk, profile)["audienceMemberships"]]

    for text, dry, kept in (("second", False, "second"), ("third", True, "second")):
        body = model(
            "CustomerProfileIntegrationRequestV2",
            attributes={"tp_profile_text": text},
            evaluable_campaign_ids=[1],
            response_content=["customerProfile", "triggeredCampaigns", "loyalty", "event", "ruleFailureReasons"],
        )
        answer = sdk.does("update_customer_profile_v2", profile, body, run_rule_engine=True, dry=dry)
        assert text == answer["customerProfile"]["attributes"]["tp_profile_text"]
        assert kept == shown(sdk, profile)["attributes"]["tp_profile_text"]


@calls("updateCustomerProfilesV2")
def update_customer_profiles_v2(sdk: Sdk) -> None:
    """Silently, which is the default, and with the profiles in the answer."""
    profiles = [sdk.new("profile"), sdk.new("profile")]
    items = [
        model("MultipleCustomerProfileIntegrationRequestItem", integration_id=name, attributes={"tp_profile_number": 3})
        for name in profiles
    ]
    body = model("MultipleCustomerProfileIntegrationRequest", customer_profiles=items)

    assert sdk.does("update_customer_profiles_v2", body, code=204) is None
    assert sdk.does("update_customer_profiles_v2", body, silent="yes", code=204) is None
    answer = sdk.does("update_customer_profiles_v2", body, silent="no")

    told = [state["customerProfile"]["integrationId"] for state in answer["integrationStates"]]
    assert profiles == told
    assert 3 == shown(sdk, profiles[1])["attributes"]["tp_profile_number"]


@calls("deleteCustomerData")
def delete_customer_data(sdk: Sdk) -> None:
    """What was known of a profile is gone."""
    profile = sdk.new("profile")
    body = model("CustomerProfileIntegrationRequestV2", attributes={"tp_profile_text": "secret"})
    sdk.does("update_customer_profile_v2", profile, body)

    assert sdk.does("delete_customer_data", profile, code=204) is None

    assert "secret" not in str(sdk.call("get_customer_inventory", profile, profile=True).received)


@calls("getCustomerInventory")
def get_customer_inventory(sdk: Sdk) -> None:
    """Each section by its switch, all at once, and none."""
    sections = ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")
    referral = model("NewReferral", campaign_id=2, advocate_profile_integration_id=CUSTOMER)
    referred = sdk.does("create_referral", referral, code=201)["code"]
    coupon = model("CouponReservations", integration_i_ds=[CUSTOMER])
    sdk.does("create_coupon_reservation", "TP-COUPON-SOFT", coupon, code=201)

    everything = sdk.does("get_customer_inventory", CUSTOMER, **dict.fromkeys(sections, True))

    assert CUSTOMER == everything["profile"]["integrationId"]
    assert referred in {one["code"] for one in everything["referrals"]}
    assert "TP-COUPON-SOFT" in {one["value"] for one in everything["coupons"]}
    assert {"tp_points", "tp_tiers"} == {program["name"] for program in everything["loyalty"]["programs"].values()}
    for section in sections:
        assert section in sdk.does("get_customer_inventory", CUSTOMER, **{section: True})
    assert {} == sdk.does("get_customer_inventory", CUSTOMER, **dict.fromkeys(sections, False))


@calls("createAudienceV2")
def create_audience_v2(sdk: Sdk) -> None:
    """By its name only, with everything, and a second time, which is a conflict."""
    name = sdk.new("audience")
    full = model(
        "NewAudience", name=name, sandbox=False, description="All of them.", integration="tp-platform",
        integration_id=name, created_in3rd_party=True, last_update=moment(-1),
    )  # fmt: skip

    assert "Plain" == sdk.does("create_audience_v2", model("NewAudience", name="Plain"), code=201)["name"]
    made = sdk.does("create_audience_v2", full, code=201)
    assert (name, "tp-platform", name) == (made["name"], made["integration"], made["integrationId"])
    assert "message" in sdk.refused("create_audience_v2", full, code=409)


@calls("updateAudienceV2")
def update_audience_v2(sdk: Sdk) -> None:
    """An audience has another name."""
    number = audience(sdk)

    renamed = sdk.does("update_audience_v2", number, model("UpdateAudience", name="Friends"))

    assert (number, "Friends") == (renamed["id"], renamed["name"])


@calls("deleteAudienceV2")
def delete_audience_v2(sdk: Sdk) -> None:
    """An audience is gone, and once more is too often."""
    number = audience(sdk)

    assert sdk.does("delete_audience_v2", number, code=204) is None

    assert 404 == sdk.refused("delete_audience_v2", number, code=404)["StatusCode"]


@calls("deleteAudienceMembershipsV2")
def delete_audience_memberships_v2(sdk: Sdk) -> None:
    """An audience has nobody in it."""
    number = audience(sdk)
    profile = joins(sdk, number)
    update(sdk, sdk.new("session"), profile_id=profile)
    assert number in {membership["id"] for membership in shown(sdk, profile)["audienceMemberships"]}

    assert sdk.does("delete_audience_memberships_v2", number, code=204) is None

    assert not shown(sdk, profile).get("audienceMemberships")


@calls("updateCustomerProfileAudiences")
def update_customer_profile_audiences(sdk: Sdk) -> None:
    """In and out in one request."""
    first, second, profile = audience(sdk), audience(sdk), sdk.new("profile")
    update(sdk, sdk.new("session"), profile_id=profile)
    for entered, left in ((first, second), (second, first)):
        items = [
            model(
                "CustomerProfileAudienceRequestItem", action=action, profile_integration_id=profile, audience_id=number
            )
            for action, number in (("add", entered), ("delete", left))
        ]
        body = model("CustomerProfileAudienceRequest", data=items)
        assert sdk.does("update_customer_profile_audiences", body, code=204) is None

        assert [entered] == [membership["id"] for membership in shown(sdk, profile)["audienceMemberships"]]


@calls("updateAudienceCustomersAttributes")
def update_audience_customers_attributes(sdk: Sdk) -> None:
    """All members have an attribute; the body is the map of attributes itself."""
    number = audience(sdk)
    profile = joins(sdk, number)
    update(sdk, sdk.new("session"), profile_id=profile)

    body = {"tp_profile_text": "member", "tp_profile_list": ["a", "b"]}
    assert sdk.does("update_audience_customers_attributes", number, body, code=204) is None

    attributes = shown(sdk, profile)["attributes"]
    assert ("member", ["a", "b"]) == (attributes["tp_profile_text"], attributes["tp_profile_list"])


@calls("trackEventV2")
def track_event_v2(sdk: Sdk) -> None:
    """Silently, which is the default, with an answer, and dry, which makes no profile."""
    profile = sdk.new("profile")

    def event(name: str) -> Any:
        return model(
            "IntegrationEventV2Request",
            profile_id=name,
            store_integration_id="tp-store-1",
            evaluable_campaign_ids=[1],
            type="tp_signed_up",
            attributes={"tp_event_text": "web", "tp_event_number": 1},
            response_content=["customerProfile", "triggeredCampaigns", "loyalty", "event", "ruleFailureReasons"],
        )

    assert sdk.does("track_event_v2", event(profile), code=204, **UNREAD) is None
    answer = sdk.does("track_event_v2", event(profile), silent="no", dry=False)
    nobody = sdk.new("profile")
    sdk.does("track_event_v2", event(nobody), silent="no", dry=True)

    assert ("tp_signed_up", "web") == (answer["event"]["type"], answer["event"]["attributes"]["tp_event_text"])
    assert profile == answer["customerProfile"]["integrationId"]
    sdk.refused("get_customer_inventory", nobody, code=404)


@calls("createReferral")
def create_referral(sdk: Sdk) -> None:
    """With what it needs, and with all that it can have."""
    advocate, friend = sdk.new("profile"), sdk.new("profile")
    plain = model("NewReferral", campaign_id=2, advocate_profile_integration_id=advocate)
    full = model(
        "NewReferral",
        campaign_id=2,
        advocate_profile_integration_id=advocate,
        friend_profile_integration_id=friend,
        start_date=moment(-1),
        expiry_date=moment(30),
        usage_limit=1,
        attributes={"tp_referral_text": "spring"},
    )

    first, second = (sdk.does("create_referral", body, code=201) for body in (plain, full))

    assert first["code"] != second["code"]
    told = {key: second[key] for key in ("advocateProfileIntegrationId", "friendProfileIntegrationId", "usageLimit")}
    assert {
        "advocateProfileIntegrationId": advocate, "friendProfileIntegrationId": friend, "usageLimit": 1,
    } == told  # fmt: skip
    assert "spring" == second["attributes"]["tp_referral_text"]


@calls("createReferralsForMultipleAdvocates")
def create_referrals_for_multiple_advocates(sdk: Sdk) -> None:
    """Silently, which is the default, and with the codes, which follow their pattern."""
    advocates = [sdk.new("profile"), sdk.new("profile")]
    body = model(
        "NewReferralsForMultipleAdvocates",
        campaign_id=2,
        advocate_profile_integration_ids=advocates,
        usage_limit=0,
        start_date=moment(-1),
        expiry_date=moment(30),
        attributes={"tp_referral_text": "all"},
        valid_characters=["A", "B"],
        referral_pattern="SDK-################",
    )

    assert sdk.does("create_referrals_for_multiple_advocates", body, code=204, **UNREAD) is None
    answer = sdk.does("create_referrals_for_multiple_advocates", body, silent="no", code=201)

    assert 2 == answer["totalResultSize"]
    assert advocates == [row["advocateProfileIntegrationId"] for row in answer["data"]]
    assert {"A", "B"} == set("".join(row["code"].removeprefix("SDK-") for row in answer["data"]))


def reservation(*profiles: str) -> Any:
    """The body of a reservation, and of its end."""
    return model("CouponReservations", integration_i_ds=list(profiles))


def reserved(sdk: Sdk, code: str) -> set[str]:
    """The customers for whom a code is reserved."""
    return {row["integrationId"] for row in sdk.does("get_reserved_customers", code)["data"]}


@calls("createCouponReservation")
def create_coupon_reservation(sdk: Sdk) -> None:
    """A code is reserved for two customers."""
    profiles = [sdk.new("profile"), sdk.new("profile")]

    coupon = sdk.does("create_coupon_reservation", "TP-COUPON-1", reservation(*profiles), code=201)

    assert "TP-COUPON-1" == coupon["value"]
    assert set(profiles) <= reserved(sdk, "TP-COUPON-1")


@calls("deleteCouponReservation")
def delete_coupon_reservation(sdk: Sdk) -> None:
    """It has a body, although it is a DELETE: one of two customers is taken off."""
    one, other = sdk.new("profile"), sdk.new("profile")
    sdk.does("create_coupon_reservation", "TP-COUPON-2", reservation(one, other), code=201)

    assert sdk.does("delete_coupon_reservation", "TP-COUPON-2", reservation(one), code=204) is None

    assert {other} == reserved(sdk, "TP-COUPON-2") & {one, other}


@calls("getReservedCustomers")
def get_reserved_customers(sdk: Sdk) -> None:
    """As many as are listed."""
    profile = sdk.new("profile")
    sdk.does("create_coupon_reservation", "TP-COUPON-VISIBLE", reservation(profile), code=201)

    answer = sdk.does("get_reserved_customers", "TP-COUPON-VISIBLE")

    assert len(answer["data"]) == answer["totalResultSize"]
    assert profile in {row["integrationId"] for row in answer["data"]}


@calls("generateLoyaltyCard")
def generate_loyalty_card(sdk: Sdk) -> None:
    """With nothing said, which makes an active card, and with everything."""
    profile, identifier = sdk.new("profile"), sdk.new("card")
    full = model("GenerateLoyaltyCard", status="inactive", customer_profile_ids=[profile], card_identifier=identifier)

    plain = sdk.does("generate_loyalty_card", 2, model("GenerateLoyaltyCard"))
    made = sdk.does("generate_loyalty_card", 2, full)

    assert ("active", 2, []) == (plain["status"], plain["programID"], plain["profiles"])
    assert ("inactive", identifier) == (made["status"], made["identifier"])
    assert [profile] == [row["integrationId"] for row in made["profiles"]]


@calls("linkLoyaltyCardToProfile")
def link_loyalty_card_to_profile(sdk: Sdk) -> None:
    """A card shows whose it is."""
    profile = sdk.new("profile")
    card = sdk.does("generate_loyalty_card", 2, model("GenerateLoyaltyCard"))["identifier"]

    body = model("LoyaltyCardRegistration", integration_id=profile)
    linked = sdk.does("link_loyalty_card_to_profile", 2, card, body)

    assert (card, [profile]) == (linked["identifier"], [row["integrationId"] for row in linked["profiles"]])


@calls("getLoyaltyCardBalances")
def get_loyalty_card_balances(sdk: Sdk) -> None:
    """Today and long ago, of all subledgers and of two."""
    today = sdk.does("get_loyalty_card_balances", 2, CARD)
    before = sdk.does("get_loyalty_card_balances", 2, CARD, end_date=moment(-3000))
    two = sdk.does("get_loyalty_card_balances", 2, CARD, subledger_id=["travel", "travel-plus"])

    assert (True, 0) == (today["balance"]["activePoints"] > 0, before["balance"].get("activePoints", 0))
    assert {"travel", "travel-plus"} == two["subledgerBalances"].keys()
    assert CUSTOMER in {row["integrationId"] for row in today["profiles"]}


@calls("getLoyaltyBalances")
def get_loyalty_balances(sdk: Sdk) -> None:
    """Today and long ago, of all subledgers and of one; with tiers, which the program does not have."""
    today = sdk.does("get_loyalty_balances", 1, CUSTOMER, include_tiers=True, include_projected_tier=True)
    before = sdk.does("get_loyalty_balances", 1, CUSTOMER, end_date=moment(-3000), include_tiers=False)
    gold = sdk.does("get_loyalty_balances", 1, CUSTOMER, subledger_id="gold")

    assert (True, 0) == (today["balance"]["activePoints"] > 0, before["balance"].get("activePoints", 0))
    assert {"gold"} == gold["subledgerBalances"].keys()


def walk(sdk: Sdk, method: str, *of: Any, **filters: Any) -> list[Any]:
    """The first two pages of a list, of seven rows each, which are all different."""
    pages = [sdk.does(method, *of, page_size=7, skip=skip, **filters) for skip in (0, 7)]
    rows = [row for page in pages for row in page["data"]]

    assert [(7, True)] * 2 == [(len(page["data"]), page["hasMore"]) for page in pages]
    assert 14 == len({str(row) for row in rows})
    return rows


def transactions(sdk: Sdk, method: str, *of: Any, subledger: Any, name: str) -> None:
    """The transactions of a ledger: by page, by kind, by subledger, by date."""
    for kind in ("manual", "session", "import"):
        rows = walk(sdk, method, *of, loyalty_transaction_type=kind)
        assert {kind == "session"} == {"customerSessionId" in row for row in rows}
    rows = walk(sdk, method, *of, subledger_id=subledger)
    assert {name} == {row["subledgerId"] for row in rows}
    assert {"data": [], "hasMore": False} == sdk.does(method, *of, end_date=moment(-3000))
    assert [] != sdk.does(method, *of, start_date=moment(-3000), end_date=moment(0))["data"]
    assert {"data": [], "hasMore": False} == sdk.does(method, *of, start_date=moment(1), skip=0)


def points(sdk: Sdk, method: str, *of: Any, subledger: Any, name: str) -> None:
    """The points of a ledger: by page, by status, by subledger."""
    lists = {status: walk(sdk, method, *of, status=status) for status in ("active", "pending", "expired")}
    rows = walk(sdk, method, *of, subledger_id=subledger)

    assert sdk.does(method, *of) == sdk.does(method, *of, status="active", page_size=50)
    assert 3 == len({str(rows) for rows in lists.values()})
    assert {name} == {row["subledgerId"] for row in rows}


@calls("getLoyaltyCardTransactions")
def get_loyalty_card_transactions(sdk: Sdk) -> None:
    """Of a card; by default a thousand, and there are more."""
    transactions(sdk, "get_loyalty_card_transactions", 2, CARD, subledger=["travel"], name="travel")

    answer = sdk.does("get_loyalty_card_transactions", 2, CARD)
    assert (1000, True) == (len(answer["data"]), answer["hasMore"])


@calls("getLoyaltyProgramProfileTransactions")
def get_loyalty_program_profile_transactions(sdk: Sdk) -> None:
    """Of a profile; by default fifty, and there are more."""
    transactions(sdk, "get_loyalty_program_profile_transactions", 1, CUSTOMER, subledger="gold", name="gold")

    answer = sdk.does("get_loyalty_program_profile_transactions", 1, CUSTOMER)
    assert (50, True) == (len(answer["data"]), answer["hasMore"])


@calls("getLoyaltyCardPoints")
def get_loyalty_card_points(sdk: Sdk) -> None:
    """Of a card."""
    points(sdk, "get_loyalty_card_points", 2, CARD, subledger=["travel"], name="travel")


@calls("getLoyaltyProgramProfilePoints")
def get_loyalty_program_profile_points(sdk: Sdk) -> None:
    """Of a profile."""
    points(sdk, "get_loyalty_program_profile_points", 1, CUSTOMER, subledger="gold", name="gold")


@calls("syncCatalog")
def sync_catalog(sdk: Sdk) -> None:
    """Its five actions, whose payloads the SDK has as objects and as plain maps; a session has the price."""
    sku = sdk.new("sku")

    def action(kind: str, payload: Any) -> Any:
        return model("CatalogSyncRequest", actions=[model("CatalogAction", type=kind, payload=payload)])

    mine = [model("CatalogActionFilter", attr="tp_item_text", op="EQ", value=sku)]
    product = model("Product", name="Thing")
    added = model(
        "AddItemCatalogAction",
        sku=sku,
        price=3,
        attributes={"tp_item_text": sku},
        product=product,
        replace_if_exists=True,
    )

    assert 1 == sdk.does("sync_catalog", 1, action("ADD", added))["id"]
    for kind, payload, price in (
        ("PATCH", model("PatchItemCatalogAction", sku=sku, price=4, product=product, create_if_not_exists=True), 4),
        ("PATCH_MANY", model("PatchManyItemsCatalogAction", price=5, filters=mine), 5),
        ("PATCH", {"sku": sku, "price": 6}, 6),
    ):
        sdk.does("sync_catalog", 1, action(kind, payload))
        item = model("CartItem", sku=sku, quantity=1)
        assert price == update(sdk, sdk.new("session"), cart_items=[item])["customerSession"]["cartItemTotal"]
    sdk.does("sync_catalog", 1, action("REMOVE", model("RemoveItemCatalogAction", sku=sku)))
    sdk.does("sync_catalog", 1, action("ADD", added))
    version = sdk.does("sync_catalog", 1, action("REMOVE_MANY", model("RemoveManyItemsCatalogAction", filters=mine)))
    assert version["version"] >= 1
