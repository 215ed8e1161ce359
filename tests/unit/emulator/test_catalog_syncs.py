"""Catalogs: five actions, filters, versions; a cart item without a price shows what an item costs."""

from __future__ import annotations

from typing import Any

import pytest

SYNC = "/v1/catalogs/5/sync"


def sync(client: Any, kind: str, *payloads: dict[str, Any], **body: Any) -> tuple[int, Any]:
    """Status and body of a sync with actions of one type."""
    actions = [{"type": kind, "payload": payload} for payload in payloads]
    return client.call("PUT", SYNC, {"actions": actions, **body})


def add(client: Any, *payloads: dict[str, Any]) -> None:
    """Adds items."""
    assert sync(client, "ADD", *payloads)[0] == 200


def price(client: Any, sku: str) -> float | None:
    """What a cart item without a price costs; None where it is refused."""
    status, shown = client.call(
        "PUT",
        "/v2/customer_sessions/probe?dry=true",
        {"customerSession": {"cartItems": [{"sku": sku, "quantity": 1}]}, "responseContent": ["customerSession"]},
    )
    return shown["customerSession"]["cartItems"][0]["price"] if status == 200 else None


def kept(client: Any, sku: str) -> tuple[str, str | None]:
    """The attributes and the product of an item, as they are stored."""
    sql = "SELECT attributes, product FROM catalog_item WHERE catalog_id = 5 AND sku = ?"
    return client.emulator.store.one(sql, sku)


def marked(*filters: tuple[str, str, Any], **payload: Any) -> dict[str, Any]:
    """A payload for many items."""
    return {"filters": [{"attr": a, "op": o, "value": v} for a, o, v in filters], **payload}


def test_a_sync_is_answered_with_the_catalog(client: Any) -> None:
    """Of the path, in its next version, with the Applications connected to it."""
    status, shown = sync(client, "ADD", {"sku": "new", "price": 3.5})

    assert (200, 5, 2, [1]) == (status, shown["id"], shown["version"], shown["subscribedApplicationsIds"])
    assert 3.5 == price(client, "new")


def test_add_makes_items_and_replaces_them_if_asked(client: Any) -> None:
    """A replaced one keeps its price if there is no new one, and nothing else."""
    assert 400 == sync(client, "ADD", {"sku": "priced", "price": 1})[0]
    assert 12.5 == price(client, "priced")

    add(client, {"sku": "priced", "replaceIfExists": True, "attributes": {"flag": True}})
    assert (12.5, '{"flag": true}', None) == (price(client, "priced"), *kept(client, "priced"))
    add(client, {"sku": "priced", "replaceIfExists": True, "price": 2, "product": {"name": "Other"}})
    assert (2, "{}", "Other") == (price(client, "priced"), *kept(client, "priced"))


def test_patch_changes_items_and_makes_them_if_asked(client: Any) -> None:
    """Price and attributes that are left out are kept; the product is not."""
    assert 400 == sync(client, "PATCH", {"sku": "new", "price": 1})[0]

    assert 200 == sync(client, "PATCH", {"sku": "priced", "attributes": {"flag": True, "text": None}})[0]
    assert (12.5, '{"number": 45, "flag": true}', None) == (price(client, "priced"), *kept(client, "priced"))
    assert 200 == sync(client, "PATCH", {"sku": "new", "price": 4, "createIfNotExists": True})[0]
    assert 4 == price(client, "new")


def test_remove_takes_items_out(client: Any) -> None:
    """One that is not there needs no removing."""
    assert 200 == sync(client, "REMOVE", {"sku": "priced"}, {"sku": "not there"})[0]
    assert price(client, "priced") is None


def test_actions_on_many_without_filters_are_for_all(client: Any) -> None:
    """Each one after the one before."""
    sync(client, "PATCH_MANY", {"price": 8}, {"price": 9, "filters": []}, marked(("text", "EQ", "red"), price=10))
    assert [10, 9] == [price(client, sku) for sku in ("priced", "unpriced")]
    sync(client, "REMOVE_MANY", marked(("text", "EQ", "blue")), {})
    assert [None, None] == [price(client, sku) for sku in ("priced", "unpriced")]


THINGS = [
    {"sku": "a", "attributes": {"text": "red", "number": 5, "flag": True}},
    {"sku": "b", "attributes": {"text": "blue", "number": 45}},
    {"sku": "c", "attributes": {"text": "a,b", "number": 45.5, "flag": False}},
    {"sku": "d", "attributes": {"text": "45"}},
]


@pytest.mark.parametrize(
    ("filters", "hit"),
    [
        ([("text", "EQ", "red")], "a"),
        ([("text", "EQ", 45)], "d"),
        ([("text", "IN", "red, blue")], "ab"),
        ([("text", "IN", "a,b")], ""),
        ([("number", "EQ", "45.0")], "b"),
        ([("number", "IN", "5,45")], "ab"),
        ([("number", "IN", 5)], "a"),
        ([("number", "LT", 45)], "a"),
        ([("number", "LE", "45")], "ab"),
        ([("number", "GT", "45")], "c"),
        ([("number", "GE", 45)], "bc"),
        ([("flag", "EQ", True)], "a"),
        ([("flag", "EQ", "false")], "c"),
        ([("number", "GE", 5), ("text", "IN", "blue,45")], "b"),
        ([("text", "EQ", "red"), ("text", "EQ", "blue")], ""),
    ],
)
def test_all_filters_must_hold(client: Any, filters: list[tuple[str, str, Any]], hit: str) -> None:
    """An item without the attribute passes no filter on it; text that is a number counts as one."""
    sync(client, "REMOVE_MANY", {})
    add(client, *({**thing, "price": 1} for thing in THINGS))

    assert 200 == sync(client, "PATCH_MANY", marked(*filters, price=2))[0]

    assert list(hit) == [sku for sku in "abcd" if price(client, sku) == 2]


@pytest.mark.parametrize(
    "condition",
    [
        ("text", "LT", "red"),
        ("flag", "GE", True),
        ("number", "GT", "many"),
        ("number", "GT", "NaN"),
        ("number", "LT", "Infinity"),
        ("number", "EQ", True),
        ("number", "IN", "1,x"),
        ("flag", "EQ", "yes"),
        ("many", "EQ", "a"),
        ("no", "EQ", "a"),
        ("text", "LIKE", "a"),
        ("text", "EQ", None),
        ("text", "EQ", ["a"]),
    ],
)
def test_a_filter_that_does_not_fit_is_refused(client: Any, condition: tuple[str, str, Any]) -> None:
    """With nothing done, whether or not an item is concerned."""
    for kind in ("PATCH_MANY", "REMOVE_MANY"):
        assert 400 == sync(client, kind, {}, marked(condition))[0]
    assert 12.5 == price(client, "priced")


def test_a_request_has_one_type_and_each_sku_once(client: Any) -> None:
    """Else it is refused as a whole."""
    mixed = [{"type": "ADD", "payload": {"sku": "x"}}, {"type": "REMOVE", "payload": {"sku": "priced"}}]

    assert 400 == client.call("PUT", SYNC, {"actions": mixed})[0]
    for kind in ("ADD", "PATCH", "REMOVE"):
        status, shown = sync(client, kind, {"sku": "priced"}, {"sku": "y"}, {"sku": "y"})
        assert (400, "/actions/2/payload/sku") == (status, shown["errors"][0]["source"]["pointer"])
    assert 12.5 == price(client, "priced")


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("ADD", {}),
        ("ADD", {"sku": ""}),
        ("ADD", {"sku": "x", "price": "1"}),
        ("ADD", {"sku": "x", "price": 1e13}),
        ("ADD", {"sku": "x", "attributes": {"no": 1}}),
        ("ADD", {"sku": "x", "attributes": {"text": 1}}),
        ("ADD", {"sku": "x", "product": {"name": "n" * 51}}),
        ("PATCH_MANY", {"attributes": {"no": 1}}),
        ("PATCH_MANY", marked(("text", "EQ", "nothing has this"), price=1e13)),
        ("DROP", {"sku": "x"}),
    ],
)
def test_an_action_that_does_not_fit_undoes_the_request(client: Any, kind: str, payload: dict[str, Any]) -> None:
    """What stands before it is not done, and the version stays."""
    first = {"sku": "before", "price": 1} if kind == "ADD" else {"price": 1}

    assert 400 == sync(client, kind, first, payload)[0]
    assert (None, 12.5) == (price(client, "before"), price(client, "priced"))
    assert 2 == sync(client, "REMOVE", {"sku": "x"})[1]["version"]


def test_a_version_must_be_the_present_one(client: Any) -> None:
    """An outdated one is refused, and so is one that is not reached yet; versions count the syncs."""
    versions = [sync(client, "REMOVE", {"sku": "x"}, version=number)[0] for number in (1, 2, 1, 4, 2**62, 1e300)]

    assert [200, 200, 400, 400, 400, 400] == versions


def test_a_thousand_actions_are_the_most(client: Any) -> None:
    """None and one more are refused."""
    payloads = [{"sku": f"s{index}", "price": 1} for index in range(1001)]

    assert [400, 400] == [sync(client, "ADD", *some)[0] for some in (payloads, ())]
    assert 200 == sync(client, "ADD", *payloads[1:])[0]
    assert 1 == price(client, "s1000")


def test_a_catalog_must_be_there_and_connected(client: Any) -> None:
    """Items of another Application's carts have no price from it."""
    body = {"customerSession": {"cartItems": [{"sku": "priced", "quantity": 1}]}}

    assert (
        404 == client.call("PUT", "/v1/catalogs/6/sync", {"actions": [{"type": "REMOVE", "payload": {"sku": "x"}}]})[0]
    )
    assert 400 == client.call("PUT", "/v2/customer_sessions/s", body, key="other")[0]
