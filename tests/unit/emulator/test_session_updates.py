"""Updates of a session: what is kept, added up, refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.emulator import carts

MUG = {"sku": "mug", "quantity": 2, "price": 12.5}
LAMP = {"sku": "lamp", "quantity": 1, "price": 39.99, "attributes": {"text": "red"}}


def test_a_session_is_created_by_its_first_update(client: Any) -> None:
    """The first update answers 200 with the session, and reading gives the same."""
    shown = client.update("s-1", profileId="new", cartItems=[MUG])["customerSession"]

    assert "s-1" == shown["integrationId"]
    assert ("open", "new", True) == (shown["state"], shown["profileId"], shown["firstSession"])
    assert shown == client.session("s-1")


def test_what_is_left_out_is_kept(client: Any) -> None:
    """Each property that an update does not send keeps its value."""
    sent: dict[str, Any] = {
        "profileId": "p",
        "storeIntegrationId": "store-1",
        "couponCodes": ["A", "B"],
        "referralCode": "FRIEND",
        "loyaltyCards": ["card-1"],
        "cartItems": [MUG],
        "additionalCosts": {"shipping": {"price": 4}},
        "identifiers": ["i"],
        "attributes": {"text": "x"},
    }
    before = client.update("s", **sent)["customerSession"]
    client.tick()

    after = client.update("s")["customerSession"]

    assert before["updated"] < after["updated"]
    assert {**before, "updated": after["updated"]} == after
    del sent["cartItems"]
    assert sent == {name: after[name] for name in sent}


@pytest.mark.parametrize(("name", "empty"), [("couponCodes", []), ("referralCode", "")])
def test_an_empty_code_discards_and_null_keeps(client: Any, name: str, empty: object) -> None:
    """An empty list or text discards the codes, null keeps them."""
    value = ["A"] if empty == [] else "A"
    client.update("s", **{name: value})

    assert value == client.update("s", **{name: None})["customerSession"][name]
    assert empty == client.update("s", **{name: empty})["customerSession"][name]


def test_a_cart_is_replaced_with_its_attributes(client: Any) -> None:
    """An item that is sent without its attributes has none afterwards."""
    client.update("s", cartItems=[LAMP])

    client.update("s", cartItems=[{**LAMP, "attributes": {}}, MUG])

    lines = client.session("s")["cartItems"]
    assert ["lamp", "mug"] == [line["sku"] for line in lines]
    assert "attributes" not in lines[0]


def test_session_attributes_are_merged_and_null_removes_one(client: Any) -> None:
    """Attributes add up over updates; null takes one away."""
    client.update("s", attributes={"text": "x", "number": 1})

    client.update("s", attributes={"text": None, "number": 2})

    assert {"number": 2} == client.session("s")["attributes"]


def test_totals_count_items_and_all_costs(client: Any) -> None:
    """Item-level costs count once for each line, and are among the additional costs."""
    shown = client.update(
        "s",
        cartItems=[{**MUG, "additionalCosts": {"wrap": {"price": 1.5}}}, LAMP],
        additionalCosts={"shipping": {"price": 4.9}},
    )["customerSession"]

    assert (64.99, 6.4, 71.39) == (shown["cartItemTotal"], shown["additionalCostTotal"], shown["total"])


MONEY = st.decimals(min_value=-1000, max_value=10**6, places=2, allow_nan=False)
LINES = st.lists(st.tuples(MONEY, st.integers(1, 10_000)), max_size=8)


@given(LINES, st.dictionaries(st.sampled_from(["shipping", "wrap"]), MONEY))
@settings(max_examples=100)
def test_totals_are_exact(lines: list[tuple[Decimal, int]], costs: dict[str, Decimal]) -> None:
    """Totals are the sums of what was sent, to the cent."""
    cart = [{"sku": "x", "price": float(price), "quantity": quantity, "returned": 0} for price, quantity in lines]

    totals = carts.totals(cart, {name: {"price": float(price)} for name, price in costs.items()})

    assert sum((p * q for p, q in lines), Decimal(0)) == totals.items
    assert sum(costs.values(), Decimal(0)) == totals.costs
    assert totals.items + totals.costs == totals.total


def test_prices_come_from_the_connected_catalog(client: Any) -> None:
    """An item without a price takes the catalog's; a price that is sent is used."""
    shown = client.update(
        "s", cartItems=[{"sku": "priced", "quantity": 2}, {"sku": "priced", "quantity": 1, "price": 1}]
    )

    assert [12.5, 1] == [line["price"] for line in shown["customerSession"]["cartItems"]]
    assert 26 == shown["customerSession"]["total"]


REFUSED = {
    "item that no catalog prices": ({"cartItems": [{"sku": "unpriced", "quantity": 1}]}, "/cartItems/0/price"),
    "unknown item without price": ({"cartItems": [MUG, {"sku": "x", "quantity": 1}]}, "/cartItems/1/price"),
    "1001 items": ({"cartItems": [{**MUG, "quantity": 1}] * 1001}, "/cartItems"),
    "10001 units": ({"cartItems": [{**MUG, "quantity": 10_001}]}, "/cartItems"),
    "units of 1e300": ({"cartItems": [{**MUG, "quantity": 1e300}]}, "/cartItems"),
    "unknown cost": ({"additionalCosts": {"a/b": {"price": 1}}}, "/additionalCosts/a~1b"),
    "unknown item cost": (
        {"cartItems": [{**MUG, "additionalCosts": {"no": {"price": 1}}}]},
        "/cartItems/0/additionalCosts/no",
    ),
    "unknown attribute": ({"attributes": {"no": 1}}, "/attributes/no"),
    "attribute of another type": ({"attributes": {"text": 1}}, "/attributes/text"),
    "boolean for a number": ({"attributes": {"number": True}}, "/attributes/number"),
    "unknown item attribute": ({"cartItems": [{**MUG, "attributes": {"no": 1}}]}, "/cartItems/0/attributes/no"),
    "unknown store": ({"storeIntegrationId": "no"}, "/storeIntegrationId"),
    "unknown card": ({"loyaltyCards": ["no"]}, "/loyaltyCards/0"),
    "long profile id": ({"profileId": "p" * 1001}, "/profileId"),
    "six identifiers": ({"identifiers": list("abcdef")}, "/identifiers"),
    "quantity of none": ({"cartItems": [{**MUG, "quantity": 0}]}, "/cartItems/0/quantity"),
    "price beyond all": ({"cartItems": [{**MUG, "price": 1e300}]}, "/cartItems/0/price"),
    "state outside the enum": ({"state": "paid"}, "/state"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_exist_or_fit_is_refused(client: Any, name: str) -> None:
    """The answer is a 400 that points at the place, and nothing is stored."""
    sent, pointer = REFUSED[name]

    status, document = client.try_update("s", **sent)

    assert 400 == status
    assert "/customerSession" + pointer == document["errors"][0]["source"]["pointer"]
    assert 400 == client.call("GET", "/v2/customer_sessions/s")[0]


def test_the_largest_cart_is_taken(client: Any) -> None:
    """1000 items with 10,000 units in all are within the limits."""
    shown = client.update("s", cartItems=[{"sku": "x", "quantity": 10, "price": 0.1}] * 1000)

    assert 1000 == shown["customerSession"]["total"]


def test_only_what_was_asked_for_is_shown(client: Any) -> None:
    """Sections with nothing to show are left out; session, event and profile are not."""
    everything = [
        *("customerSession", "customerProfile", "coupons", "triggeredCampaigns", "referral", "loyalty", "event"),
        *("awardedGiveaways", "ruleFailureReasons", "previousReturns"),
    ]
    always = {"effects", "createdCoupons", "createdReferrals"}

    assert always == client.update("s", asked=(), profileId="p").keys()
    assert always | {"customerSession", "customerProfile", "event"} == client.update("s", asked=everything).keys()
    shown = client.update(
        "t", asked=everything, profileId="rich", couponCodes=["CODE-1", "NO"], loyaltyCards=["card-1"]
    )
    assert ["CODE-1"] == [coupon["value"] for coupon in shown["coupons"]]
    assert "card-1" == shown["loyalty"]["cards"][0]["identifier"]
    assert ["1"] == list(shown["loyalty"]["programs"])


def test_an_anonymous_session_has_no_profile(client: Any) -> None:
    """An empty profileId makes a first session without a profile."""
    shown = client.update("s", asked=("customerSession", "customerProfile"), profileId="")

    assert "customerProfile" not in shown
    assert ("", True) == (shown["customerSession"]["profileId"], shown["customerSession"]["firstSession"])


def test_only_the_first_session_of_a_profile_is_first(client: Any) -> None:
    """The flag is that of the profile's first session, and stays with it."""
    client.update("a", profileId="p")
    client.update("b", profileId="p")

    assert client.update("a")["customerSession"]["firstSession"]
    assert not client.update("b")["customerSession"]["firstSession"]


def test_sessions_belong_to_one_application_and_profiles_to_all(client: Any) -> None:
    """The same id under another key is another session; the profile is the same."""
    client.update("s", profileId="p")

    status, _ = client.call("GET", "/v2/customer_sessions/s", key="other")
    _, shown = client.call(
        "PUT",
        "/v2/customer_sessions/s",
        {"customerSession": {"profileId": "p"}, "responseContent": ["customerSession", "customerProfile"]},
        key="other",
    )

    assert 400 == status
    assert 2 == shown["customerSession"]["applicationId"]
    assert client.profile("p")["id"] == shown["customerProfile"]["id"]


@given(st.text(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_id_names_one_session(module_client: Any, name: str) -> None:
    """Whatever characters an id has, percent-encoded it comes back as it is."""
    path = quote(name, safe="")

    assert name == module_client.update(path)["customerSession"]["integrationId"]
    assert name == module_client.session(path)["integrationId"]
