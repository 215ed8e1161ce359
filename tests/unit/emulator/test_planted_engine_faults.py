"""Faults of the engine change some answer of the default world, whose campaigns act on a mark of the session."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from talonproof.emulator.faults import ENGINE
from talonproof.emulator.message import Request
from talonproof.emulator.world import World
from talonproof.emulator.world_file import read_world

KEY = "talonproof-live-key"
LATER = "2024-10-14T00:00:00Z"
"""When the scheduled campaign acts: ten days after the instant at which the clocks of these tests stand."""

CART = [{"sku": "mug", "quantity": 2, "price": 10}, {"sku": "lamp", "quantity": 1, "price": 40}]
ALL = ["customerSession", "customerProfile", "loyalty", "coupons", "referral"]

Step = tuple[str, str, Any]


def put(name: str, mark: str = "", query: str = "", **more: Any) -> Step:
    """An update of a session of ann's, closed unless it says otherwise, with a mark that a campaign acts on."""
    session: dict[str, Any] = {"profileId": "ann", "state": "closed", "cartItems": CART, **more}
    if mark:
        session["attributes"] = {"tp_trigger": mark}
    body = {"customerSession": session, "responseContent": ALL}
    return "PUT", f"/v2/customer_sessions/{name}{query}", body


def cancel(name: str) -> Step:
    """The cancellation of a session."""
    return "PUT", f"/v2/customer_sessions/{name}", {"customerSession": {"state": "cancelled"}}


def reopen(name: str) -> Step:
    """A reopening."""
    return "PUT", f"/v2/customer_sessions/{name}/reopen", None


def back(name: str) -> Step:
    """A return of the first line."""
    body = {"return": {"returnedCartItems": [{"position": 0, "quantity": 2}]}}
    return "POST", f"/v2/customer_sessions/{name}/returns", body


def see(target: str) -> Step:
    """A reading."""
    return "GET", target, None


def tiers(program: int = 3) -> Step:
    """The balances of ann in a program, with tiers."""
    return see(f"/v1/loyalty_programs/{program}/profile/ann/balances?includeTiers=true")


INVENTORY = see(
    "/v1/customer_profiles/ann/inventory?profile=true&coupons=true&giveaways=true&referrals=true&achievements=true"
)
ADVOCATE = see("/v1/customer_profiles/bob/inventory?referrals=true")
RESERVED = see("/v1/coupon_reservations/customerprofiles/TP-COUPON-KEPT")
POINTS = see("/v1/loyalty_programs/1/profile/ann/points")
BALANCE = see("/v1/loyalty_programs/1/profile/ann/balances")
CARD = see("/v1/loyalty_programs/2/cards/tp-world-card/balances")
RESERVE = ("POST", "/v1/coupon_reservations/TP-COUPON-1", {"integrationIDs": ["ann"]})
REFER = ("PUT", "/v2/customer_profiles/bob", {})
COUPON: dict[str, Any] = {"couponCodes": ["TP-COUPON-1"]}
ONCE: dict[str, Any] = {"couponCodes": ["TP-ONCE-1"]}
HARD: dict[str, Any] = {"couponCodes": ["TP-COUPON-MANDATORY"]}
RICH = {"profileId": "tp-world-customer"}


def undone(mark: str, undo: Callable[[str], Step], *then: Step, **more: Any) -> tuple[Step, ...]:
    """A session that is closed with a mark, then undone, with what is read after that."""
    return (put("s", mark, **more), undo("s"), *then)


SCRIPTS: dict[str, tuple[Step, ...]] = {
    "reopened-coupon-stays-used": (RESERVE, *undone("", reopen, INVENTORY, **COUPON)),
    "reopening-keeps-budget": undone("budget", reopen, put("t", "budget")),
    "reopening-keeps-points": undone("pending-points", reopen, BALANCE),
    "reopening-keeps-all-points": undone("pending-points", reopen, BALANCE),
    "reopening-keeps-spent-points": (put("e", "points"), *undone("spend", reopen, BALANCE)),
    "reopening-names-nothing": undone("discount", reopen),
    "reopened-discounts-not-named": undone("discount", reopen),
    "reopening-names-half": undone("discount", reopen),
    "active-points-taken-at-reopening": undone("points", reopen, BALANCE),
    "free-item-taken-back": undone("free-item", reopen),
    "custom-effect-taken-back": undone("custom", reopen),
    "giveaway-taken-back": undone("giveaway", reopen, INVENTORY),
    "reservation-ends-at-reopening": undone("reserve", reopen, RESERVED),
    "profile-attribute-taken-back": undone("attribute", reopen, INVENTORY),
    "session-attribute-taken-back": undone("attribute", reopen, see("/v2/customer_sessions/s")),
    "cancelled-coupon-not-named": undone("", cancel, **COUPON),
    "cancelled-discounts-not-named": undone("discount", cancel),
    "cancelled-spending-not-named": (put("e", "points"), *undone("spend", cancel)),
    "cancelled-progress-not-named": undone("achievement", cancel),
    "cancelled-points-not-named": undone("pending-points", cancel),
    "cancelled-item-discounts-not-named": undone("item-discount", cancel),
    "returned-discounts-stay": undone("item-discount", back),
    "returned-points-stay": undone("pending-points", back, BALANCE),
    "return-takes-all-lines": undone("item-discount", back),
    "points-of-open-sessions": (put("s", "points", state="open"), BALANCE),
    "card-points-of-open-sessions": (put("s", "card-points", state="open", loyaltyCards=["tp-world-card"]), CARD),
    "points-lost-at-close": (put("s", "points"), BALANCE),
    "last-to-expire-is-spent": (put("a", "points"), put("b", "expiring-points"), put("s", "spend"), POINTS),
    "tiers-never-told": (put("s", "tier"), tiers()),
    "tier-threshold-off-by-one": (put("s", "tier"), tiers()),
    "tier-never-rises": (put("s", "tier"), tiers()),
    "points-to-next-tier-from-zero": (put("s", "tier"), tiers()),
    "rejected-coupon-not-named": (put("s", couponCodes=["nowhere"]),),
    "rejected-referral-not-named": (put("s", referralCode="nowhere"),),
    "rejection-without-code": (put("s", couponCodes=["nowhere"]),),
    "reasons-say-nothing": (put("s", couponCodes=["nowhere"]),),
    "hard-reservation-not-needed": (put("s", **HARD),),
    "soft-reservation-needed": (put("s", **COUPON),),
    "coupon-limit-off-by-one": (put("s", **ONCE), put("t", **ONCE)),
    "coupon-recipient-not-checked": (put("s", couponCodes=["TP-COUPON-RECIPIENT"]),),
    "coupon-used-while-open": (RESERVE, put("s", state="open", **COUPON), INVENTORY),
    "coupon-never-used": (RESERVE, put("s", **COUPON), INVENTORY),
    "cancelled-coupon-stays-used": (RESERVE, *undone("", cancel, INVENTORY, **COUPON)),
    "used-coupons-not-in-inventory": (put("s", **COUPON), INVENTORY),
    "giveaway-while-open": (put("s", "giveaway", state="open"),),
    "coming-giveaway-with-code": (put("s", "giveaway", state="open"),),
    "scheduled-campaign-awake": (put("s", "scheduled"),),
    "now-lingers": (
        put("s", "scheduled", f"?dry=true&now={LATER}"),
        put("s", "scheduled", "?dry=true"),
    ),
    "disabled-campaign-awake": (put("s"),),
    "listed-campaigns-and-all-others": (put("s", "discount", "?dry=true", evaluableCampaignIds=[31]),),
    "totals-after-discounts": (put("s", "discount"),),
    "undone-effects-shown": undone("discount", cancel, see("/v2/customer_sessions/s")),
}
"""For each fault, calls that it answers otherwise than a healthy server."""

CODED: dict[str, tuple[Callable[[str], Step], ...]] = {
    "reopened-referral-stays-used": (
        lambda code: put("s", referralCode=code), lambda _: reopen("s"), lambda _: ADVOCATE,
    ),
    "cancelled-referral-not-named": (lambda code: put("s", referralCode=code), lambda _: cancel("s")),
    "friend-not-checked": (lambda code: put("s", referralCode=code),),
    "own-referral-accepted": (lambda code: put("s", referralCode=code, profileId="bob"),),
}  # fmt: skip
"""The same, after a referral of bob's was made, whose code they get; of a friend of his where they speak of one."""


def holders(code: str) -> Step:
    """Who has a coupon reserved; refused where there is no such coupon."""
    return see(f"/v1/coupon_reservations/customerprofiles/{code}")


MADE: dict[str, tuple[str, Callable[[str], Step], Callable[[str], Step]]] = {
    "reopening-deletes-coupons": ("create-coupon", reopen, holders),
    "cancelling-deletes-coupons": ("create-coupon", cancel, holders),
    "reopening-deletes-referrals": ("create-referral", reopen, lambda _: INVENTORY),
    "cancelling-deletes-referrals": ("create-referral", cancel, lambda _: INVENTORY),
}  # fmt: skip
"""The mark by which a close makes a code, what undoes the close, and what then shows the code."""


@pytest.fixture(scope="module")
def default_world() -> World:
    """The default world without the ledgers that take long to load."""
    return replace(read_world(None), entries=())


Make = Callable[..., Any]


def play(client: Any, *script: Step) -> list[tuple[int, Any]]:
    """Status and body of each answer; a second passes between calls."""
    answers: list[tuple[int, Any]] = []
    for method, target, body in script:
        content = b"" if body is None else json.dumps(body).encode()
        answer = client.send(Request(method, target, {"authorization": f"ApiKey-v1 {KEY}"}, content))
        assert answer.status != 500, (target, body)
        answers.append((answer.status, json.loads(answer.body) if answer.body else None))
        client.tick()
    return answers


def test_every_fault_of_the_engine_has_a_script() -> None:
    """The tables above and these faults are the same names."""
    assert SCRIPTS.keys() | CODED.keys() | MADE.keys() == ENGINE


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_fault_changes_an_answer(make: Make, default_world: World, name: str) -> None:
    """With it planted, some answer of its script is another one than without."""
    healthy, faulty = (play(make(*faults, of=default_world), *SCRIPTS[name]) for faults in ((), (name,)))

    assert healthy != faulty


@pytest.mark.parametrize("name", CODED)
def test_a_fault_of_referrals_changes_an_answer(make: Make, default_world: World, name: str) -> None:
    """With it planted, some answer about a referral is another one than without."""

    def answers(*faults: str) -> list[tuple[int, Any]]:
        client = make(*faults, of=default_world)
        asked = {"campaignId": 2, "advocateProfileIntegrationId": "bob"}
        friend = {"friendProfileIntegrationId": "joe"} if name == "friend-not-checked" else {}
        [_, (_, made)] = play(client, REFER, ("POST", "/v1/referrals", {**asked, **friend}))
        return play(client, *(step(made["code"]) for step in CODED[name]))

    assert answers() != answers(name)


@pytest.mark.parametrize("name", MADE)
def test_a_fault_of_created_codes_changes_an_answer(make: Make, default_world: World, name: str) -> None:
    """With it planted, what shows a code that a close has made is another answer than without."""
    mark, undo, show = MADE[name]

    def answers(*faults: str) -> list[tuple[int, Any]]:
        client = make(*faults, of=default_world)
        [(_, closed)] = play(client, put("s", mark))
        (code,) = (e["props"]["value"] for e in closed["effects"] if e["effectType"].endswith("Created"))
        return play(client, undo("s"), show(code))

    assert answers() != answers(name)


@pytest.mark.parametrize("name", sorted(ENGINE - {"disabled-campaign-awake"}))
def test_a_fault_leaves_plain_sessions_alone(make: Make, default_world: World, name: str) -> None:
    """A session that no campaign acts on is answered as by a healthy server, from its opening to its cancellation."""
    script = (put("s", state="open"), put("s"), back("s"), cancel("s"), see("/v2/customer_sessions/s"), INVENTORY)

    assert play(make(of=default_world), *script) == play(make(name, of=default_world), *script)
