"""Each fault changes some answer, breaks requirements that exist, and never makes the server fail by accident."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import ENGINE, FAULTS, OVERLAPPING, select
from talonproof.emulator.message import Request
from talonproof.errors import ConfigError
from talonproof.requirement import Level
from talonproof.workspace import find_workspace

Step = tuple[str, str, Any]
Script = tuple[Step, ...]

CART = [
    {"sku": "mug", "quantity": 3, "price": 5, "attributes": {"text": "red"}},
    {"sku": "lamp", "quantity": 1, "price": 40},
]
ALL = ["customerSession", "customerProfile", "event", "previousReturns"]


def put(name: str, query: str = "", key: str = "live", **session: Any) -> Step:
    """An update of a session that asks for everything."""
    return f"PUT {key}", f"/v2/customer_sessions/{name}{query}", {"customerSession": session, "responseContent": ALL}


def get(name: str, key: str = "live") -> Step:
    """A reading of a session."""
    return f"GET {key}", f"/v2/customer_sessions/{name}", None


def back(name: str, *items: tuple[int, int], query: str = "") -> Step:
    """A return."""
    entries = [{"position": position, "quantity": quantity} for position, quantity in items]
    body = {"return": {"returnedCartItems": entries}, "responseContent": ALL}
    return "POST live", f"/v2/customer_sessions/{name}/returns{query}", body


def reopen(name: str) -> Step:
    """A reopening."""
    return "PUT live", f"/v2/customer_sessions/{name}/reopen", None


def see(target: str, key: str = "live") -> Step:
    """A reading of something else."""
    return f"GET {key}", target, None


def profile(query: str, key: str = "live", **body: Any) -> Step:
    """An update of the rich profile."""
    return f"PUT {key}", f"/v2/customer_profiles/rich{query}", body


def event(query: str, name: str, **body: Any) -> Step:
    """A custom event."""
    return "POST live", f"/v2/events{query}", {"type": "signed_up", "profileId": name, **body}


def bulk(query: str, *items: Any) -> Step:
    """An update of many profiles, each an id or an item."""
    profiles = [{"integrationId": item} if isinstance(item, str) else item for item in items]
    return "PUT live", f"/v2/customer_profiles{query}", {"customerProfiles": profiles}


def audience(key: str = "live", **sent: Any) -> Step:
    """A new audience."""
    return f"POST {key}", "/v2/audiences", {"name": "Fans", **sent}


def on_audience(method: str, number: int, body: Any = None) -> Step:
    """A call about an audience."""
    return f"{method} live", f"/v2/audiences/{number}", body


def members(*actions: tuple[str, str, int]) -> Step:
    """Customers enter and leave audiences."""
    data = [{"action": a, "profileIntegrationId": p, "audienceId": n} for a, p, n in actions]
    return "POST live", "/v2/customer_audiences", {"data": data}


def reserve(*names: str, code: str = "CODE-1", method: str = "POST") -> Step:
    """Customers reserve a coupon."""
    return f"{method} live", f"/v1/coupon_reservations/{code}", {"integrationIDs": list(names)}


def refer(**sent: Any) -> Step:
    """A referral of the rich profile."""
    return "POST live", "/v1/referrals", {"campaignId": 2, "advocateProfileIntegrationId": "rich", **sent}


def refer_many(query: str = "?silent=no", **sent: Any) -> Step:
    """Referrals of two advocates."""
    body = {"campaignId": 2, "advocateProfileIntegrationIds": ["a", "b"], "usageLimit": 0, **sent}
    return "POST live", f"/v1/referrals_for_multiple_advocates{query}", body


def card(program: int = 2, **sent: Any) -> Step:
    """A new loyalty card."""
    return "POST live", f"/v1/loyalty_programs/{program}/cards", sent


def link(name: str) -> Step:
    """A profile is linked to the card."""
    return "POST live", "/v2/loyalty_programs/2/cards/card-1/link_profile", {"integrationId": name}


def sync(kind: str, *payloads: dict[str, Any]) -> Step:
    """Actions of one type on the catalog."""
    return synced(*((kind, payload) for payload in payloads))


def synced(*actions: tuple[str, dict[str, Any]], **sent: Any) -> Step:
    """Actions on the catalog."""
    return "PUT live", "/v1/catalogs/5/sync", {"actions": [{"type": k, "payload": p} for k, p in actions], **sent}


def priced(*skus: str) -> Step:
    """What cart items without a price cost."""
    return put("probe", "?dry=true", cartItems=[{"sku": sku, "quantity": 1} for sku in skus])


def which(*filters: tuple[str, str, Any]) -> dict[str, Any]:
    """A new price for the items that pass filters."""
    return {"price": 1, "filters": [{"attr": a, "op": o, "value": v} for a, o, v in filters]}


POINTS = "/v1/loyalty_programs/1/profile/rich/points"
SPENDS = "/v1/loyalty_programs/1/profile/rich/transactions"
CARDS = "/v1/loyalty_programs/2/cards/card-1"
BALANCE = "/v1/loyalty_programs/1/profile/rich/balances"

OPEN = put(
    "s", profileId="p", cartItems=CART, additionalCosts={"shipping": {"price": 4}}, couponCodes=["A"], referralCode="R"
)
SOLD = put("s", profileId="p", cartItems=CART, state="closed")
PARTLY = (SOLD, back("s", (0, 1)))
GONE = (SOLD, put("s", state="cancelled"))
INVENTORY = see("/v1/customer_profiles/p/inventory?profile=true")
ALL_SECTIONS = "profile=true&coupons=true&referrals=true&loyalty=true&giveaways=true&achievements=true"
RICH = see(f"/v1/customer_profiles/rich/inventory?{ALL_SECTIONS}")
CUSTOMERS = see("/v1/coupon_reservations/customerprofiles/CODE-1")
ERASURE = ("DELETE live", "/v1/customer_data/rich", None)
FULL = (link("new"), link("third"))
ADD = "ADD"
THOUSAND = [f"p{index}" for index in range(1000)]
EVENT = event("?silent=no", "p", responseContent=ALL[1:3])

AGAIN = (SOLD, reopen("s"))

ROWS: Mapping[int, Script] = {
    1: (put("s", profileId="p", cartItems=CART),),
    2: (put("s", state="open"),),
    3: (SOLD,),
    9: (put("s", "?dry=true", cartItems=CART),),
    10: (OPEN, put("s")),
    11: (OPEN, put("s", state="closed")),
    12: (OPEN, put("s", state="cancelled")),
    13: (OPEN, put("s", state="partially_returned")),
    14: (OPEN, reopen("s")),
    15: (OPEN, back("s", (0, 1))),
    16: (OPEN,),
    17: (OPEN, put("s", "?dry=true", state="closed")),
    18: (SOLD, put("s", state="open")),
    19: (SOLD, put("s", state="closed")),
    20: GONE,
    21: (SOLD, put("s", state="partially_returned")),
    22: AGAIN,
    23: PARTLY,
    26: (SOLD, back("s", (0, 1), query="?dry=true")),
    27: (SOLD,),
    28: (SOLD, put("s", "?dry=true")),
    29: (*PARTLY, put("s", state="closed")),
    30: (*PARTLY, put("s", state="cancelled")),
    31: (*PARTLY, put("s", state="partially_returned")),
    32: (*PARTLY, reopen("s")),
    33: (*PARTLY, back("s", (0, 1))),
    35: PARTLY,
    36: (*GONE, put("s", state="closed")),
    37: (*GONE, put("s", state="cancelled")),
    38: (*GONE, reopen("s")),
    39: (*GONE, back("s", (0, 1))),
    40: GONE,
    43: (*AGAIN, put("s")),
    44: (*AGAIN, put("s", state="closed"), back("s", (0, 1))),
}
"""What brings about each row of the state table; each script ends with a reading."""

SCRIPTS: Mapping[str, Script] = {
    **{
        f"row-{number}-{wrong}": (*script, get("s"))
        for number, script in ROWS.items()
        for wrong in ("refused", "misplaced")
        if f"row-{number}-{wrong}" in FAULTS
    },
    "reopen-drops-item-attributes": (*AGAIN, get("s")),
    "first-update-not-stored": (OPEN, get("s")),
    "later-carts-ignored": (OPEN, put("s", cartItems=[]), get("s")),
    "unknown-customer-refused": (OPEN,),
    "cards-shown-unasked": (put("s", profileId="rich"), get("s")),
    "204-announces-a-body": (bulk("", "p"),),
    "card-refused": (card(),),
    "put-reopens-closed": (SOLD, put("s")),
    "closed-cart-changes": (SOLD, put("s", cartItems=[]), get("s")),
    "cancelled-revives": (*GONE, put("s")),
    "reopen-open-accepted": (OPEN, reopen("s")),
    "reopen-partially-returned": (*PARTLY, reopen("s")),
    "reopen-cancelled": (*GONE, reopen("s")),
    "reopened-stays-closed": (SOLD, reopen("s"), get("s")),
    "put-sets-partially-returned": (OPEN, put("s", state="partially_returned")),
    "creation-as-cancelled": (put("s", state="cancelled"), get("s")),
    "creation-ignores-state": (SOLD,),
    "cancel-closed-ignored": GONE,
    "return-open-accepted": (OPEN, back("s", (0, 1)), get("s")),
    "return-leaves-closed": PARTLY,
    "unknown-session-answered": (get("s"),),
    "get-touches-session": (OPEN, get("s"), get("s")),
    "total-without-costs": (OPEN,),
    "item-total-ignores-quantity": (OPEN,),
    "created-changes": (OPEN, put("s")),
    "first-session-always-false": (OPEN,),
    "first-session-always-true": (OPEN, put("t", profileId="p")),
    "coupons-not-cleared": (OPEN, put("s", couponCodes=[])),
    "referral-not-cleared": (OPEN, put("s", referralCode="")),
    "coupons-lost": (OPEN, put("s")),
    "referral-lost": (OPEN, put("s")),
    "costs-lost": (OPEN, put("s")),
    "cart-item-attributes-kept": (OPEN, put("s", cartItems=[{"sku": "mug", "quantity": 3, "price": 5}])),
    "catalog-price-wins": (put("s", cartItems=[{"sku": "priced", "quantity": 1, "price": 1}]),),
    "unknown-item-is-free": (put("s", cartItems=[{"sku": "unknown", "quantity": 1}]),),
    "over-long-cart-cut": (put("s", cartItems=[{"sku": "x", "quantity": 10_001, "price": 1}]),),
    "unknown-attribute-accepted": (put("s", attributes={"no": 1}),),
    "attribute-type-ignored": (put("s", attributes={"text": 1}),),
    "unknown-cost-accepted": (put("s", additionalCosts={"no": {"price": 1}}),),
    "refused-update-half-stored": (OPEN, put("s", cartItems=[], attributes={"no": 1}), get("s")),
    "applications-share-sessions": (OPEN, get("s", "other")),
    "return-above-quantity": (SOLD, back("s", (0, 4)), get("s")),
    "returned-not-cumulative": (*PARTLY, back("s", (0, 1)), get("s")),
    "return-half-applied": (SOLD, back("s", (1, 1), (0, 4)), get("s")),
    "remaining-not-reduced": PARTLY,
    "negative-position-accepted": (SOLD, back("s", (-1, 1))),
    "previous-returns-hold-this-one": PARTLY,
    "return-names-another-session": PARTLY,
    "return-left-out": PARTLY,
    "closed-sessions-not-counted": (SOLD, INVENTORY),
    "sales-never-go-back": (*GONE, INVENTORY),
    "closed-sessions-never-go-back": (*GONE, INVENTORY),
    "undone-sessions-stay-closed": (*GONE, INVENTORY),
    "dry-creation-persists": (put("s", "?dry=true"), get("s")),
    "dry-update-persists": (OPEN, put("s", "?dry=true", state="closed"), get("s")),
    "dry-return-persists": (SOLD, back("s", (0, 1), query="?dry=true"), get("s")),
    "dry-event-leaves-profile": (event("?dry=true", "p"), INVENTORY),
    "dry-profile-update-persists": (
        profile("?dry=true&runRuleEngine=true", attributes={"text": "new"}),
        see("/v1/customer_profiles/rich/inventory?profile=true"),
    ),
    "now-without-dry": (put("s", "?now=2999-01-01"),),
    "now-in-the-past": (put("s", "?dry=true&now=2001-01-01"),),
    "now-unreadable": (put("s", "?dry=true&now=soon"),),
    "page-over-maximum": (see(f"{SPENDS}?pageSize=60"),),
    "page-of-none": (see(f"{SPENDS}?pageSize=0"),),
    "negative-skip": (see(f"{SPENDS}?skip=-1"),),
    "has-more-always-false": (see(f"{SPENDS}?pageSize=5"),),
    "has-more-on-full-page": (see(f"{POINTS}?pageSize=6&status=pending"),),
    "skip-ignored": (see(f"{SPENDS}?skip=5"),),
    "pages-overlap": (see(f"{SPENDS}?skip=5"),),
    "one-row-too-many": (see(SPENDS),),
    "default-page-too-small": (see(SPENDS),),
    "has-more-missing": (see(SPENDS),),
    "status-ignored": (see(f"{POINTS}?status=pending"),),
    "default-status-pending": (see(POINTS),),
    "type-ignored": (see(f"{SPENDS}?loyaltyTransactionType=manual"),),
    "unknown-filter-value-ignored": (see(f"{POINTS}?status=spent"),),
    "dates-ignored": (see(f"{SPENDS}?endDate=2024-01-01"),),
    "bare-date-is-noon": (see(f"{SPENDS}?endDate=2024-08-06"),),
    "subledger-prefix": (
        see(f"{CARDS}/transactions?subledgerId=gold&pageSize=30"),
        see(f"{CARDS}/balances?subledgerId=gol"),
    ),
    "only-first-subledger": (see(f"{CARDS}/points?subledgerId=gold&subledgerId=gold-plus"),),
    "balance-ignores-date": (see(f"{BALANCE}?endDate=2001-01-01"),),
    "balance-refuses-future": (see(f"{BALANCE}?endDate=2999-01-01"),),
    "balance-off": (see(BALANCE),),
    "times-without-zone": (see(SPENDS),),
    "key-not-checked-on-delete": (("DELETE none", "/v2/audiences/1", None),),
    "key-not-checked-on-balances": (see(f"{CARDS}/balances", "none"),),
    "long-key-accepted": (see(BALANCE, "live-and-more"),),
    "expired-key-accepted": (see(BALANCE, "old"),),
    "key-without-scheme": (see(BALANCE, "Bearer live"),),
    "401-without-body": (see(BALANCE, "none"),),
    "401-with-wrong-number": (see(BALANCE, "none"),),
    "test-key-persists": (put("s", key="dry"), get("s")),
    "malformed-json-500": (("PUT live", "/v2/customer_sessions/s", b"{"),),
    "required-property-missing": (OPEN,),
    "wrong-type": (OPEN,),
    "over-long-name": (see(SPENDS),),
    "null-property": (OPEN,),
    "effects-left-out": (SOLD, reopen("s")),
    "asked-session-left-out": (OPEN,),
    "event-type-of-creation": (SOLD, put("s", state="cancelled")),
    "unknown-section-ignored": (
        ("PUT live", "/v2/customer_sessions/s", {"customerSession": {}, "responseContent": ["no"]}),
    ),
    "unknown-state-is-open": (put("s", state="paid"),),
    "missing-session-is-empty": (("PUT live", "/v2/customer_sessions/s", {}),),
    "error-without-message": (get("s"),),
    "error-with-two-sources": (get("s"),),
    "profile-update-201": (profile(""),),
    "wrong-content-type": (OPEN,),
    "clock-of-yesterday": (OPEN,),
    "plus-is-space": (put("a+b"), get("a+b")),
    "effects-without-engine": (profile(""),),
    "bulk-counts-as-activity": (bulk("", "rich"), RICH),
    "reservation-counts-as-activity": (reserve("rich"), RICH),
    "dry-counts-as-activity": (profile("?runRuleEngine=true&dry=true"), RICH),
    "activity-never-moves": (RICH, profile("?runRuleEngine=true"), RICH),
    "bulk-never-silent": (bulk("", "p"),),
    "bulk-always-silent": (bulk("?silent=no", "p"),),
    "bulk-refuses-a-thousand": (bulk("", *THOUSAND),),
    "bulk-over-a-thousand": (bulk("", *THOUSAND, "p"),),
    "refused-bulk-half-stored": (bulk("", "p", {"integrationId": "q", "attributes": {"no": 1}}), INVENTORY),
    "attributes-not-set": (profile("", attributes={"number": 1}), RICH),
    "attributes-replaced": (profile("", attributes={"number": 1}), RICH),
    "audience-adds-ignored": (profile("", audiencesChanges={"adds": [1], "deletes": []}), RICH),
    "audience-deletes-ignored": (profile("", audiencesChanges={"adds": [], "deletes": [2]}), RICH),
    "erasure-not-done": (ERASURE, RICH),
    "erasure-keeps-sessions": (put("ready", attributes={"text": "x"}), ERASURE, get("ready")),
    "unknown-erased": (("DELETE live", "/v1/customer_data/nobody", None),),
    "profile-not-in-inventory": (RICH,),
    "section-though-false": (see("/v1/customer_profiles/rich/inventory?profile=false"),),
    "bulk-answers-the-first": (bulk("?silent=no", "p", "q"),),
    "audience-needs-an-id": (audience(),),
    "audience-of-platform-refused": (audience(integration="partner", integrationId="a"),),
    "audience-made-twice": (audience(integrationId="a"), audience(integrationId="a")),
    "rename-not-done": (on_audience("PUT", 1, {"name": "x"}),),
    "delete-keeps-memberships": (on_audience("DELETE", 2), on_audience("DELETE", 2), RICH),
    "delete-not-done": (on_audience("DELETE", 2), on_audience("PUT", 2, {"name": "x"}), RICH),
    "deleted-twice": (on_audience("DELETE", 9),),
    "unknown-member-refused": (members(("add", "p", 1)),),
    "unknown-member-not-created": (members(("add", "p", 1)), bulk("?silent=no", "p")),
    "thousand-actions-refused": (members(*(("add", name, 1) for name in THOUSAND)),),
    "actions-over-a-thousand": (members(*(("add", name, 1) for name in (*THOUSAND, "p"))),),
    "membership-not-removed": (members(("delete", "rich", 2)), RICH),
    "membership-not-added": (members(("add", "rich", 1)), RICH),
    "one-member-stays": (("DELETE live", "/v2/audiences/2/memberships", None), RICH),
    "emptied-audience-deleted": (
        ("DELETE live", "/v2/audiences/2/memberships", None),
        on_audience("PUT", 2, {"name": "x"}),
    ),
    "attributes-of-one-member": (
        members(("add", "p", 2)),
        ("PUT live", "/v2/audience_customers/2/attributes", {"number": 7}),
        bulk("?silent=no", "p"),
    ),
    "attributes-of-everybody": (
        bulk("", "p"),
        ("PUT live", "/v2/audience_customers/2/attributes", {"number": 7}),
        INVENTORY,
    ),
    "reservation-200": (reserve("rich"),),
    "another-coupon-answered": (reserve("rich"),),
    "reservation-not-listed": (reserve("rich"), CUSTOMERS),
    "hard-reservations-not-listed": (
        reserve("rich", code="HARD-1"),
        see("/v1/coupon_reservations/customerprofiles/HARD-1"),
    ),
    "reservation-not-in-inventory": (reserve("rich"), RICH),
    "hard-reservation-not-in-inventory": (reserve("rich", code="HARD-1"), RICH),
    "visible-coupon-hidden": (RICH,),
    "release-not-done": (reserve("rich"), reserve("rich", method="DELETE"), CUSTOMERS),
    "release-of-all": (reserve("rich", "p"), reserve("rich", method="DELETE"), CUSTOMERS),
    "released-coupon-in-inventory": (reserve("rich"), reserve("rich", method="DELETE"), RICH),
    "only-the-first-reserves": (reserve("rich", "p"), CUSTOMERS),
    "reservations-over-a-thousand": (reserve(*THOUSAND, "p"),),
    "result-size-off": (CUSTOMERS,),
    "reservation-of-nobody": (reserve("rich"), CUSTOMERS),
    "referrals-never-silent": (refer_many(""),),
    "referrals-always-silent": (refer_many(),),
    "referral-codes-repeat": (refer_many(),),
    "one-advocate-forgotten": (refer_many(),),
    "pattern-ignored": (refer_many(referralPattern="A-######"),),
    "characters-ignored": (refer_many(referralPattern="A-######", validCharacters=["x", "y"]),),
    "pattern-without-its-rest": (refer_many(referralPattern="A-######"),),
    "no-limit-is-once": (refer(usageLimit=0),),
    "every-referral-ends": (refer(),),
    "backward-dates": (refer(startDate="2024-05-29T10:00:00Z", expiryDate="2024-05-28T10:00:00Z"),),
    "another-advocate": (refer(),),
    "another-campaign": (refer(),),
    "any-kind-of-program": (card(1), see(CARDS.replace("/2/", "/1/") + "/balances")),
    "card-over-its-limit": (*FULL, see(f"{CARDS}/balances")),
    "card-cut-to-its-limit": (card(customerProfileIds=["a", "b", "c"]),),
    "card-made-inactive": (card(),),
    "card-201": (card(),),
    "identifier-with-stars": (card(),),
    "identifier-too-short": (card(),),
    "default-page-of-cards-too-small": (see(f"{CARDS}/transactions"),),
    "linked-profile-not-shown": FULL,
    "balances-of-an-empty-card": (see(f"{CARDS}/balances"),),
    "link-without-profiles": FULL,
    "tiers-unasked": (see(BALANCE),),
    "types-mixed": (synced((ADD, {"sku": "x"}), ("REMOVE", {"sku": "y"})),),
    "sku-twice": (sync("REMOVE", {"sku": "x"}, {"sku": "x"}),),
    "thousand-syncs-refused": (sync(ADD, *({"sku": name} for name in THOUSAND)),),
    "syncs-over-a-thousand": (sync(ADD, *({"sku": name} for name in (*THOUSAND, "x"))),),
    "replace-keeps-price": (sync(ADD, {"sku": "priced", "price": 1, "replaceIfExists": True}), priced("priced")),
    "replace-drops-price": (sync(ADD, {"sku": "priced", "replaceIfExists": True}), priced("priced")),
    "patch-makes-nothing": (sync("PATCH", {"sku": "x", "price": 1, "createIfNotExists": True}), priced("x")),
    "patch-drops-price": (sync("PATCH", {"sku": "priced"}), priced("priced")),
    "many-need-a-filter": (sync("PATCH_MANY", {"price": 1}), priced("priced")),
    "removal-needs-a-filter": (sync("REMOVE_MANY", {}), priced("priced")),
    "text-has-an-order": (sync("PATCH_MANY", which(("text", "LT", "z"))),),
    "only-first-filter": (sync("PATCH_MANY", which(("number", "EQ", 45), ("text", "EQ", "blue"))), priced("priced")),
    "removal-by-one-filter": (
        sync("REMOVE_MANY", {"filters": which(("text", "EQ", "blue"), ("number", "EQ", 45))["filters"]}),
        priced("priced"),
    ),
    "filters-ignored": (sync("PATCH_MANY", which(("number", "EQ", 7))), priced("priced")),
    "filters-joined-by-or": (sync("PATCH_MANY", which(("number", "EQ", 7), ("text", "EQ", "red"))), priced("priced")),
    "another-catalog-shown": (sync("REMOVE", {"sku": "x"}),),
    "version-goes-back": (synced(("REMOVE", {"sku": "x"}), version=1),),
    "event-never-silent": (event("", "p"),),
    "event-always-silent": (EVENT,),
    "event-of-nobody": (("POST live", "/v2/events", {"type": "signed_up"}),),
    "reserved-type-accepted": (event("", "p", type="talon_session_closed"),),
    "undefined-type-accepted": (event("", "p", type="unheard_of"),),
    "event-of-stranger-refused": (event("", "p"),),
    "stranger-forgotten": (event("", "p"), INVENTORY),
    "event-of-another-type": (EVENT,),
    "equal-events-are-one": (EVENT, EVENT),
    "resent-costs-count-twice": (OPEN, OPEN),
    "reordered-lines-count-anew": (OPEN, put("s", cartItems=CART[::-1])),
    "bulk-forgets-the-last": (
        bulk("", "q", {"integrationId": "p", "attributes": {"number": 1}}), INVENTORY,
    ),
}  # fmt: skip
"""For each fault, calls that it answers otherwise than a healthy server."""


def replay(client: Any, script: Script) -> list[tuple[int, str, bytes]]:
    """Status, media type and body of each answer; a second passes between calls."""
    answers: list[tuple[int, str, bytes]] = []
    for word, target, body in script:
        method, _, key = word.partition(" ")
        header = key if " " in key else f"ApiKey-v1 {key}"
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        answer = client.send(Request(method, target, {"authorization": header}, content))
        answers.append((answer.status, answer.headers.get("content-type", ""), answer.body))
        client.tick()
    return answers


def test_every_fault_has_a_script() -> None:
    """The table above and the faults that need neither a campaign nor an overlap are the same names."""
    assert FAULTS.keys() - ENGINE - OVERLAPPING == SCRIPTS.keys()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_fault_changes_an_answer(make: Callable[..., Any], name: str) -> None:
    """With it planted, some answer of its script is another one than without."""
    assert replay(make(), SCRIPTS[name]) != replay(make(name), SCRIPTS[name])


EVERYDAY: Script = (
    OPEN,
    get("s"),
    put("t", "?dry=true", state="closed"),
    put("s", state="closed"),
    back("s", (0, 1)),
    put("s", state="cancelled"),
    see(BALANCE),
    see(POINTS),
    see(f"{CARDS}/transactions"),
    event("", "p"),
    profile("?runRuleEngine=true"),
    RICH,
    bulk("?silent=no", "p", "q"),
    audience(integrationId="a"),
    audience(integrationId="a"),
    members(("add", "p", 3), ("delete", "rich", 2)),
    ("PUT live", "/v2/audience_customers/3/attributes", {"text": None, "number": 7}),
    on_audience("PUT", 3, {"name": "x"}),
    ("DELETE live", "/v2/audiences/3/memberships", None),
    on_audience("DELETE", 3),
    reserve("p", "rich"),
    CUSTOMERS,
    reserve("p", method="DELETE"),
    refer(),
    refer_many(referralPattern="A-####", validCharacters=["x", "y"]),
    card(customerProfileIds=["a", "b", "c"]),
    *FULL,
    sync(ADD, {"sku": "x", "price": 1, "replaceIfExists": True}),
    sync("PATCH_MANY", which(("number", "EQ", 7), ("text", "EQ", "red")), {}),
    ERASURE,
)
STRANGE: Script = tuple(
    (f"{method} {key}", target, body)
    for key in ("live", "none")
    for method, target in (
        ("PUT", "/v2/customer_sessions/ready?now=x&dry=y"),
        ("PUT", "/v2/customer_sessions/ready"),
        ("POST", "/v2/customer_sessions/ready/returns"),
        ("PUT", "/v2/customer_profiles/rich?runRuleEngine=true"),
        ("POST", "/v2/events?silent=no"),
        ("GET", f"{CARDS}/points?pageSize=x&skip=-5&subledgerId="),
        ("GET", f"{SPENDS}?pageSize=999999999999999999999&startDate=x&endDate=2024-01-01&loyaltyTransactionType=x"),
        ("GET", f"{CARDS}/balances?endDate=x&subledgerId=a,b"),
        ("GET", "/v1/loyalty_programs/9/cards/x/points"),
        ("GET", "/nowhere"),
        ("PUT", "/v2/customer_profiles?silent=no"),
        ("DELETE", "/v1/customer_data/rich"),
        ("POST", "/v2/audiences"),
        ("PUT", "/v2/audiences/x"),
        ("DELETE", "/v2/audiences/99999999999999999999"),
        ("DELETE", "/v2/audiences/2/memberships"),
        ("POST", "/v2/customer_audiences"),
        ("PUT", "/v2/audience_customers/2/attributes"),
        ("POST", "/v1/coupon_reservations/%F0%9F%98%80"),
        ("DELETE", "/v1/coupon_reservations/CODE-1"),
        ("POST", "/v1/referrals"),
        ("POST", "/v1/referrals_for_multiple_advocates?silent=x"),
        ("POST", "/v1/loyalty_programs/99999999999999999999/cards"),
        ("POST", "/v1/loyalty_programs/2/cards"),
        ("POST", "/v2/loyalty_programs/2/cards/card-1/link_profile"),
        ("PUT", "/v1/catalogs/5/sync"),
        ("PUT", "/v1/catalogs/99999999999999999999/sync"),
        ("GET", "/v1/customer_profiles/%F0%9F%98%80/inventory?profile=x&coupons=true"),
    )
    for body in (
        b"",
        b"null",
        b"[1]",
        b'{"customerSession": 5, "return": 5, "attributes": 5, "responseContent": 5, "type": {}}',
        b'{"customerSession": {"state": [], "cartItems": 5, "attributes": 5, "additionalCosts": 5, "couponCodes": {}}}',
        b'{"return": {"returnedCartItems": 5}, "responseContent": [[]]}',
        b'{"customerSession": {"state": {}, "cartItems": [5, {"sku": []}], "attributes": {"text": []}}}',
        b'{"return": {"returnedCartItems": [5, {"position": "x"}]}, "type": "signed_up", "attributes": {"text": []}}',
        b'{"customerSession": {"cartItems": [{"sku": {}, "quantity": 1e300}]}, "responseContent": {}}',
        b'{"customerProfiles": 5, "data": 5, "integrationIDs": 5, "actions": 5, "name": 5, "audiencesChanges": 5}',
        b'{"customerProfiles": [5], "data": [5], "integrationIDs": [5, {}], "actions": [5], "customerProfileIds": [5]}',
        b'{"customerProfiles": [{"integrationId": []}], "data": [{"action": [], "profileIntegrationId": {}}]}',
        b'{"actions": [{"type": "ADD"}, {"type": [], "payload": 5}], "name": "", "campaignId": [], "profileId": {}}',
        b'{"actions": [{"type": "PATCH_MANY", "payload": {"filters": [5, {"op": [], "attr": {}}]}}], "name": "x"}',
        b'{"data": [{"action": "add", "profileIntegrationId": 5}], "integration": 5, "profileId": [], "expiryDate": 5}',
        b'{"actions": [{"type": "ADD", "payload": {"sku": [], "replaceIfExists": true}}]}',
        b'{"actions": [{"type": "PATCH", "payload": {}}, {"type": "PATCH", "payload": 5}]}',
        b'{"data": [{"action": "add", "profileIntegrationId": "p"}], "integrationIDs": [null], "referralPattern": []}',
    )
)  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_does_not_make_the_server_fail(make: Callable[..., Any], name: str) -> None:
    """Everyday and strange calls are answered without a 500, but for the fault that is about that."""
    allowed = {500} if name == "malformed-json-500" else set()

    statuses = {status for status, _, _ in replay(make(name), EVERYDAY + STRANGE)}

    assert statuses <= {200, 201, 204, 400, 401, 404, 409} | allowed


def test_a_fault_leaves_other_calls_alone(make: Callable[..., Any]) -> None:
    """What a fault is not about is answered as by a healthy server."""
    calls = (see(BALANCE), see("/v1/customer_profiles/rich/inventory?profile=true"), event("", "q"))

    assert replay(make(), calls) == replay(make("put-reopens-closed", "skip-ignored", "now-unreadable"), calls)


def test_faults_can_be_planted_together(make: Callable[..., Any]) -> None:
    """Each of two faults shows."""
    status, _, body = replay(make("has-more-always-false", "over-long-name"), (see(SPENDS),))[0]
    page = json.loads(body)

    assert (200, False, 300) == (status, page["hasMore"], len(page["data"][0]["name"]))


def test_faults_break_requirements_at_their_level() -> None:
    """Every id is in the catalogue and testable; the highest level of those that need no campaign is the fault's."""
    rows = {row.id: row for row in read_requirements(find_workspace().requirements)}

    for fault in FAULTS.values():
        broken = [rows[name] for name in fault.breaks]
        assert all(row.testable for row in broken), fault.id
        levels = {row.level for row in broken if row.waits != "engine"}
        assert Level.OBSERVE not in levels, fault.id
        assert levels, fault.id
        assert (Level.MUST if Level.MUST in levels else Level.SHOULD) == fault.level, fault.id


def test_every_fault_is_told_in_a_sentence() -> None:
    """Names are words with hyphens, texts are sentences, and no two faults share either."""
    assert all(name.replace("-", "").isalnum() and name == name.lower() for name in FAULTS)
    assert all(fault.text[0].isupper() and fault.text.endswith(".") for fault in FAULTS.values())
    assert len(FAULTS) == len({fault.text for fault in FAULTS.values()})


def test_an_unknown_fault_is_refused_with_the_closest() -> None:
    """A ConfigError names the fault that was meant."""
    with pytest.raises(ConfigError, match="did you mean skip-ignored"):
        select(["skip-ignord"])
