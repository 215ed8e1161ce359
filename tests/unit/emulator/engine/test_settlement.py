"""What rules give comes true when a session is closed, and is taken back as far as the clauses say."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.engine import settlement
from talonproof.emulator.instant import DAY, FixedClock
from talonproof.emulator.world_file import parse_world
from tests.unit.emulator.conftest import NOW, Client
from tests.unit.emulator.engine.histories import TIGHT

CART = [{"sku": "mug", "quantity": 3, "price": 10}, {"sku": "lamp", "quantity": 1, "price": 20}]
LEDGER = "/v1/loyalty_programs/{}/profile/{}"


def client_of(contract: Contract, validators: Validators) -> Client:
    """A client of a fresh emulator with tight budgets."""
    clock = FixedClock(NOW)
    emulator = Emulator(parse_world(TIGHT, "tight"), contract, clock=clock, validators=validators)
    return Client(emulator, validators, clock)


@pytest.fixture
def shop(contract: Contract, validators: Validators) -> Iterator[Client]:
    """A client of such a world."""
    client = client_of(contract, validators)
    yield client
    client.emulator.store.close()


@pytest.fixture
def later_shop(later_contract: Contract, later_validators: Validators) -> Iterator[Client]:
    """The same of the edition 2026-05."""
    client = client_of(later_contract, later_validators)
    yield client
    client.emulator.store.close()


def put(shop: Client, state: str, mark: str = "", *, profile: str = "carl", session: str = "s", **more: Any) -> Any:
    """An update of a session with a cart and a mark; its answer."""
    shop.tick()
    asked = ("customerSession", "loyalty", "awardedGiveaways", "coupons")
    content = {"profileId": profile, "cartItems": CART, "attributes": {"mark": mark}, **more}
    return shop.update(session, "", asked, state=state, **content)


def cancel(shop: Client, session: str = "s") -> Any:
    """A cancel; its answer."""
    shop.tick()
    return shop.update(session, state="cancelled")


def reopen(shop: Client, session: str = "s") -> Any:
    """A reopening; its answer."""
    shop.tick()
    status, document = shop.reopen(session)
    assert status == 200, document
    return document


def props(document: Any, kind: str) -> list[Any]:
    """The props of the effects of a type."""
    return [each["props"] for each in document["effects"] if each["effectType"] == kind]


def types(document: Any) -> set[str]:
    """The types of the effects of an answer."""
    return {each["effectType"] for each in document["effects"]}


def inventory(shop: Client, section: str, profile: str = "carl") -> Any:
    """A section of an inventory."""
    return shop.call("GET", f"/v1/customer_profiles/{profile}/inventory?{section}=true")[1][section]


def balance(shop: Client, program: int, profile: str = "carl", query: str = "") -> Any:
    """The balance of the main ledger of a profile."""
    return shop.call("GET", f"{LEDGER.format(program, profile)}/balances{query}")[1]["balance"]


def usage(shop: Client, profile: str = "carl") -> dict[str, int]:
    """How often each coupon of an inventory was redeemed."""
    return {each["value"]: each["usageCounter"] for each in inventory(shop, "coupons", profile)}


def test_nothing_of_an_open_session_is_true_yet(shop: Client) -> None:
    """An open session redeems, spends and gives nothing; what it would change is tentative in its own answer alone."""
    answer = put(shop, "open", "all", couponCodes=["MANY-1"])

    assert {"acceptCoupon", "addLoyaltyPoints", "willAwardGiveaway"} < types(answer)
    assert not {"awardGiveaway", "couponCreated", "referralCreated"} & types(answer)
    ledger = answer["loyalty"]["programs"]["1"]["ledger"]
    assert (0, 8) == (ledger["currentBalance"], ledger["tentativeCurrentBalance"])
    assert (0, 8) == (ledger["pendingBalance"], ledger["tentativePendingBalance"])
    for section in ("coupons", "giveaways", "achievements", "referrals"):
        assert [] == inventory(shop, section)
    assert 0 == balance(shop, 1)["activePoints"] == balance(shop, 1)["pendingPoints"]
    assert [] == shop.profile("carl")["audienceMemberships"]
    assert "text" not in answer["customerSession"]["attributes"]


def test_closing_makes_it_true(shop: Client) -> None:
    """Closing redeems, enters the ledger, gives and makes what the rules wanted."""
    answer = put(shop, "closed", "all", couponCodes=["MANY-1"])

    assert {"MANY-1": 1} == {code: n for code, n in usage(shop).items() if code == "MANY-1"}
    assert (8, 8) == (balance(shop, 1)["activePoints"], balance(shop, 1)["pendingPoints"])
    ledger = answer["loyalty"]["programs"]["1"]["ledger"]
    assert (8, 8) == (ledger["currentBalance"], ledger["tentativeCurrentBalance"])
    gifts = inventory(shop, "giveaways")
    assert [each["code"] for each in gifts] == [each["code"] for each in answer["awardedGiveaways"]]
    assert [each["giveawayId"] for each in props(answer, "awardGiveaway")] == [each["id"] for each in gifts]
    assert [each["value"] for each in answer["createdCoupons"]] == [e["value"] for e in props(answer, "couponCreated")]
    codes = [each["code"] for each in answer["createdReferrals"]]
    assert codes == [each["value"] for each in props(answer, "referralCreated")]
    assert codes == [each["code"] for each in inventory(shop, "referrals")]
    assert "HARD-1" in usage(shop)
    assert [1] == [each["id"] for each in shop.profile("carl")["audienceMemberships"]]
    assert "noted" == shop.profile("carl")["attributes"]["text"]
    assert "noted" == shop.session("s")["attributes"]["text"]
    assert {"text": "noted"} == shop.session("s")["cartItems"][0]["attributes"]
    assert [1, 1.5] == [each["progress"] for each in inventory(shop, "achievements")]


def test_an_effect_of_points_names_its_entry(later_shop: Client) -> None:
    """The ``transactionUUID`` of an effect is that of the row in the ledger; so is that of its rollback."""
    given = put(later_shop, "closed", "pending")
    undone = cancel(later_shop)

    rows = later_shop.call("GET", f"{LEDGER.format(1, 'carl')}/transactions")[1]["data"]
    named = {row["transactionUUID"]: row["type"] for row in rows}
    assert {"addition"} == {named[each["transactionUUID"]] for each in props(given, "addLoyaltyPoints")}
    taken = props(undone, "rollbackAddedLoyaltyPoints")
    assert {"subtraction"} == {named[each["transactionUUID"]] for each in taken}
    assert 4 == len(taken)
    assert {"s"} == {row["customerSessionId"] for row in rows}


def test_a_cancel_takes_back_what_it_can(shop: Client) -> None:
    """Redemptions, discounts, pending points, deductions and unfinished progress go; all else stays."""
    put(shop, "closed", "all", profile="anna", couponCodes=["MANY-1"])
    answer = cancel(shop)

    assert {
        "rollbackCoupon",
        "rollbackDiscount",
        "rollbackAddedLoyaltyPoints",
        "rollbackDeductedLoyaltyPoints",
        "rollbackIncreasedAchievementProgress",
    } == types(answer)
    assert 0 == usage(shop, "anna").get("MANY-1", 0)
    assert (70, 0) == (balance(shop, 1, "anna")["activePoints"], balance(shop, 1, "anna")["pendingPoints"])
    assert [0, 0] == [each["progress"] for each in inventory(shop, "achievements", "anna")]
    assert 2 == len(inventory(shop, "giveaways", "anna"))
    assert 1 == len(inventory(shop, "referrals", "anna"))
    kept = shop.call("GET", "/v2/customer_sessions/s")[1]
    assert {
        "awardGiveaway",
        "couponCreated",
        "referralCreated",
        "reserveCoupon",
        "addFreeItem",
        "customEffect",
    } < types(kept)
    assert not {each for each in types(kept) if each.startswith(("rollback", "setDiscount", "accept", "deduct"))}


def test_a_cancel_of_an_open_session_takes_nothing_back(shop: Client) -> None:
    """Nothing was redeemed, so there is nothing to roll back."""
    put(shop, "open", "all", couponCodes=["MANY-1"])

    assert [] == cancel(shop)["effects"]


def test_completed_achievements_stay_completed_with_a_cancel(shop: Client) -> None:
    """The progress that completed an achievement is not taken back by a cancel, but by a reopening it is."""
    put(shop, "closed", "progress", session="s1")
    put(shop, "closed", "progress", session="s2")
    assert ["completed", "completed"] == [each["status"] for each in inventory(shop, "achievements")]

    assert set() == types(cancel(shop, "s1"))
    assert {"rollbackIncreasedAchievementProgress"} == types(reopen(shop, "s2"))
    assert ["inprogress", "inprogress"] == [each["status"] for each in inventory(shop, "achievements")]


def test_a_reopening_leaves_eight_things_alone(shop: Client) -> None:
    """Free items, active points, gifts, codes made, reservations, custom effects, attributes of both kinds stay."""
    put(shop, "closed", "all", couponCodes=["MANY-1"])
    reopen(shop)

    kept = shop.call("GET", "/v2/customer_sessions/s")[1]
    assert "open" == kept["customerSession"]["state"]
    assert {
        "addFreeItem",
        "awardGiveaway",
        "couponCreated",
        "referralCreated",
        "reserveCoupon",
        "customEffect",
    } < types(kept)
    assert 8 == balance(shop, 1)["activePoints"]
    assert 0 == balance(shop, 1)["pendingPoints"]
    assert 2 == len(inventory(shop, "giveaways"))
    assert "HARD-1" in usage(shop)
    assert "noted" == shop.profile("carl")["attributes"]["text"]
    assert "noted" == kept["customerSession"]["attributes"]["text"]
    assert {"text": "noted"} == kept["customerSession"]["cartItems"][0]["attributes"]


def test_a_coupon_counts_once_however_often_its_session_is_closed(shop: Client) -> None:
    """Closing again after a reopening redeems again what the reopening had given back."""
    for _ in range(3):
        put(shop, "closed", couponCodes=["ONCE-1"])
        assert 1 == usage(shop)["ONCE-1"]
        assert ["ONCE-1"] == [each["value"] for each in props(reopen(shop), "rollbackCoupon")]
        assert "ONCE-1" not in usage(shop)


def test_a_return_takes_back_what_belongs_to_its_units(shop: Client) -> None:
    """The first units of a line go first; what belongs to other units, and to the session, stays."""
    put(shop, "closed", "discount")
    status, answer = shop.give_back("s", (0, 2))

    assert 200 == status
    undone = props(answer, "rollbackDiscount")
    assert [(0, 0), (0, 1)] == [(each["cartItemPosition"], each["cartItemSubPosition"]) for each in undone]
    left = props(shop.call("GET", "/v2/customer_sessions/s")[1], "setDiscountPerItem")
    assert [(0, 2), (1, 0)] == [(each["position"], each["subPosition"]) for each in left]

    _, again = shop.give_back("s", (0, 1))
    assert [(0, 2)] == [(e["cartItemPosition"], e["cartItemSubPosition"]) for e in props(again, "rollbackDiscount")]
    assert 1 == len(again["previousReturns"])
    last = props(cancel(shop), "rollbackDiscount")
    assert [1] == [each["cartItemPosition"] for each in last if "cartItemPosition" in each]
    assert [(0,)] == shop.emulator.store.all("SELECT DISTINCT used FROM spent_budget WHERE campaign_id = 3")


def test_a_return_takes_pending_points_of_its_units_back(shop: Client) -> None:
    """Points of other units stay to come; active points of the session stay."""
    put(shop, "closed", "pending")
    _, answer = shop.give_back("s", (0, 1), (1, 1))

    places = [(e["cartItemPosition"], e["cartItemSubPosition"]) for e in props(answer, "rollbackAddedLoyaltyPoints")]
    assert [(0, 0), (1, 0)] == places
    assert 4 == balance(shop, 1)["pendingPoints"]


def test_budgets_come_back_with_a_cancel_and_a_reopening(shop: Client) -> None:
    """What is used of a limit is free again, but for codes that were made; a reopening keeps what stays counted."""

    def used(campaign: int) -> int:
        rows = shop.emulator.store.all("SELECT used FROM spent_budget WHERE campaign_id = ?", campaign)
        return sum(amount for (amount,) in rows)

    put(shop, "closed", "gift", couponCodes=["MANY-1"])
    put(shop, "closed", "make", session="s2")
    gifts, codes = used(9), used(10)
    assert min(gifts, codes, used(1)) > 0
    reopen(shop)
    assert (gifts, 0) == (used(9), used(1))
    put(shop, "closed", "", couponCodes=[])
    cancel(shop)
    cancel(shop, "s2")
    assert codes == used(10)


def test_a_pool_without_codes_gives_nothing(shop: Client) -> None:
    """Each code is awarded once; where none is left the rule has no effect at all, be the session open or closed."""
    for number, profile in enumerate(["anna", "anna", "ben", "carl"]):
        answer = put(shop, "closed", "gift", profile=profile, session=f"s{number}")
        codes = [each["code"] for each in props(answer, "awardGiveaway") if each["poolId"] == 1]
        assert len(codes) == (0 if number == 1 else 1)

    for state in ("open", "closed"):
        assert [] == put(shop, state, "gift", profile="dora")["effects"]


def test_a_tier_is_entered_with_the_points_for_it(shop: Client) -> None:
    """The effect names the tier that is new and the one before; balances show tiers only if asked."""
    first = put(shop, "closed", "points", session="s1")
    second = put(shop, "closed", "points", session="s2")
    third = put(shop, "closed", "points", session="s3")

    (low,) = props(first, "changeLoyaltyTierLevel")
    assert ("Low", None) == (low["newTierName"], low.get("previousTierName"))
    assert "changeLoyaltyTierLevel" not in types(second)
    (high,) = props(third, "changeLoyaltyTierLevel")
    assert ("High", "Low") == (high["newTierName"], high.get("previousTierName"))
    assert not {"currentTier", "pointsToNextTier", "projectedTier"} & balance(shop, 3).keys()
    shown = balance(shop, 3, query="?includeTiers=true&includeProjectedTier=true")
    assert "High" == shown["currentTier"]["name"] == shown["projectedTier"]["projectedTierName"]
    assert "pointsToNextTier" not in shown
    assert "High" == third["loyalty"]["programs"]["3"]["ledger"]["currentTier"]["name"]


def test_boundless_programs_go_below_zero_only_where_the_edition_knows_it(shop: Client, later_shop: Client) -> None:
    """``unlimited`` takes back all points since 2026-05; before, as many as there are."""
    for client, below in ((shop, None), (later_shop, 4)):
        put(client, "closed", "points", session="s1")
        put(client, "closed", "spend", session="s2")
        cancel(client, "s1")
        shown = balance(client, 4)

        assert (0, below) == (shown["activePoints"], shown.get("negativePoints"))


def test_events_and_profiles_have_effects_at_once(shop: Client) -> None:
    """There is no session to be closed, so what an event gives is there with its answer, up to the budget."""
    body = {"type": "signed_up", "profileId": "carl", "attributes": {}, "responseContent": ["loyalty", "event"]}
    _, answer = shop.call("POST", "/v2/events?silent=no", body)
    shop.call("PUT", "/v2/customer_profiles/carl?runRuleEngine=true", {})

    assert answer["effects"] == answer["event"]["effects"]
    assert 3 == answer["loyalty"]["programs"]["1"]["ledger"]["currentBalance"]
    assert 6 == balance(shop, 1)["activePoints"]
    shop.call("POST", "/v2/events?silent=no", body)
    _, last = shop.call("POST", "/v2/events?silent=no", body)
    assert [] == last["effects"]
    assert 9 == balance(shop, 1)["activePoints"]


def test_a_dry_close_foretells_the_real_one(shop: Client) -> None:
    """Types, names and values of the effects are those of the real answer; nothing was made."""
    sent = {"profileId": "carl", "cartItems": CART, "attributes": {"mark": "all"}, "state": "closed"}
    foretold = shop.update("s", "?dry=true", **sent)
    made = shop.emulator.store.all("SELECT COUNT(*) FROM giveaway WHERE profile IS NOT NULL")
    real = shop.update("s", **sent)

    assert [(0,)] == made
    assert foretold["effects"] == real["effects"]
    assert len(foretold["createdCoupons"]) == len(real["createdCoupons"])


def test_a_dry_look_at_a_closed_session_sets_aside_what_it_did(shop: Client) -> None:
    """The payload alone is evaluated: a coupon that this very session used up is accepted in it."""
    put(shop, "closed", couponCodes=["ONCE-1"])

    again = shop.update("s", "?dry=true", profileId="carl", couponCodes=["ONCE-1"], cartItems=CART)
    other = shop.update("s2", "?dry=true", profileId="carl", couponCodes=["ONCE-1"], cartItems=CART)

    assert "acceptCoupon" in types(again)
    assert ["CouponLimitReached"] == [each["rejectionReason"] for each in props(other, "rejectCoupon")]
    assert 1 == usage(shop)["ONCE-1"]


def test_points_that_were_taken_expire_as_they_would_have(shop: Client) -> None:
    """What expires first is spent first; what a cancel gives back is good until the last of it would have ended."""
    put(shop, "closed", "spend", profile="anna")
    rows = shop.call("GET", f"{LEDGER.format(1, 'anna')}/points")[1]["data"]
    assert [12, 25] == sorted(row["amount"] for row in rows)

    cancel(shop)
    shop.clock.instant += 3 * DAY
    assert 62 == balance(shop, 1, "anna")["activePoints"]
    shop.clock.instant += 4 * DAY
    assert 12 == balance(shop, 1, "anna")["activePoints"]


def test_returned_points_of_cards_name_the_card(shop: Client) -> None:
    """Points of a card-based program belong to the card that the session names."""
    answer = put(shop, "closed", "points", loyaltyCards=["card-1"])

    assert ["card-1"] == [
        each["cardIdentifier"] for each in props(answer, "addLoyaltyPoints") if each["programId"] == 2
    ]
    (card,) = answer["loyalty"]["cards"]
    assert 4 == card["ledger"]["currentBalance"]


def test_the_name_of_an_entry_to_come_is_that_of_uuid5() -> None:
    """The text made by hand is the one of the library."""
    space = uuid.UUID(bytes=settlement._TENTATIVE)
    names = [f"1 sé-{number} {number % 3}" for number in range(64)]
    assert [str(uuid.uuid5(space, name)) for name in names] == [settlement._uuid(name) for name in names]
