"""Dry calls answer like real ones and leave nothing; ``now`` is theirs alone; a test key makes every call dry."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.emulator.instant import written

CART = [{"sku": "mug", "quantity": 2, "price": 5}]


def everything(client: Any) -> list[Any]:
    """Every row of the store."""
    tables = [name for (name,) in client.emulator.store.all("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return [client.emulator.store.all(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables]  # noqa: S608  # names of ours


DRY = {
    "creation": ("PUT", "/v2/customer_sessions/new?dry=true", {"customerSession": {"profileId": "nobody"}}),
    "closing creation": ("PUT", "/v2/customer_sessions/new?dry=true", {"customerSession": {"state": "closed"}}),
    "update": ("PUT", "/v2/customer_sessions/ready?dry=True", {"customerSession": {"cartItems": []}}),
    "closing": ("PUT", "/v2/customer_sessions/ready?dry=1", {"customerSession": {"state": "closed"}}),
    "update of a closed session": ("PUT", "/v2/customer_sessions/sold?dry=true", {"customerSession": {}}),
    "update of a returned session": ("PUT", "/v2/customer_sessions/back?dry=true", {"customerSession": {}}),
    "return": (
        "POST",
        "/v2/customer_sessions/sold/returns?dry=true",
        {"return": {"returnedCartItems": [{"position": 0}]}},
    ),
    "event": ("POST", "/v2/events?dry=true&silent=no", {"type": "signed_up", "profileId": "nobody"}),
    "silent event": ("POST", "/v2/events?dry=true", {"type": "signed_up", "profileId": "nobody"}),
    "profile": (
        "PUT",
        "/v2/customer_profiles/rich?dry=true&runRuleEngine=true",
        {"attributes": {"text": "other"}, "audiencesChanges": {"adds": [1], "deletes": [2]}},
    ),
    "new profile": ("PUT", "/v2/customer_profiles/nobody?dry=true&runRuleEngine=true", {}),
    "profile without the rule engine": ("PUT", "/v2/customer_profiles/nobody?dry=true", {}),
}


@pytest.mark.parametrize("name", DRY)
def test_a_dry_call_leaves_nothing(client: Any, name: str) -> None:
    """It answers with a success, and the store is as it was, to the last row."""
    client.update("sold", profileId="p", cartItems=CART, state="closed")
    client.update("back", profileId="p", cartItems=CART, state="closed")
    client.give_back("back", (0, 1))
    client.tick()
    before = everything(client)

    status, _ = client.call(*DRY[name])

    assert status in {200, 204}
    assert before == everything(client)


def test_a_dry_answer_is_that_of_the_real_call(client: Any) -> None:
    """The first update of an id answers the same, dry and real."""
    sent = {"profileId": "p", "cartItems": CART, "state": "closed", "couponCodes": ["X"]}
    asked = ("customerSession", "event")

    assert client.update("s", "?dry=true", asked, **sent) == client.update("s", "", asked, **sent)


def test_a_dry_update_looks_at_its_payload_alone(client: Any) -> None:
    """Nothing that is stored shows in the answer, and closed sessions are evaluated like new ones."""
    client.update("s", profileId="p", cartItems=CART, attributes={"text": "x"}, state="closed")

    shown = client.update("s", "?dry=true", ("customerSession", "customerProfile"), profileId="p")

    assert ("open", [], {}) == tuple(shown["customerSession"][name] for name in ("state", "cartItems", "attributes"))
    assert client.session("s")["id"] == shown["customerSession"]["id"]
    assert shown["customerSession"]["firstSession"]
    assert 0 == shown["customerProfile"]["closedSessions"]


def test_a_dry_call_is_no_activity_in_its_own_answer_either(client: Any) -> None:
    """LastActivity of a known profile stays in the answer of a dry call."""
    before = client.update("s", asked=("customerProfile",), profileId="p")["customerProfile"]
    client.tick()

    assert before == client.update("s", "?dry=true", ("customerProfile",), profileId="p")["customerProfile"]


@pytest.mark.parametrize(
    "query", ["?now={later}", "?dry=true&now={now}", "?dry=true&now={earlier}", "?dry=true&now=no"]
)
def test_now_is_refused_without_a_dry_call_and_unless_it_lies_ahead(client: Any, query: str) -> None:
    """The refusal names the parameter."""
    now = client.clock.now()
    times = {"now": written(now), "later": written(now + 1), "earlier": written(now - 1)}

    status, document = client.try_update("s", query.format(**times))

    assert (400, "now") == (status, document["errors"][0]["source"]["parameter"])


@pytest.mark.parametrize("moment", ["2999-01-01", "2999-01-01T00:00:00Z", "2999-01-01T00:00:00.5%2B07:00"])
def test_now_takes_any_way_to_write_the_future(client: Any, moment: str) -> None:
    """Offsets, fractions and bare dates are all read."""
    assert 200 == client.try_update("s", f"?dry=true&now={moment}")[0]


def test_a_test_key_stores_nothing(client: Any) -> None:
    """Its three operations answer, and nothing changes."""
    before = everything(client)

    for method, target, body in DRY.values():
        if "returns" not in target:
            query = "?runRuleEngine=true" if "customer_profiles" in target else ""
            assert client.call(method, target.partition("?")[0] + query, body, key="dry")[0] in {200, 204}

    assert before == everything(client)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/v2/customer_sessions/ready"),
        ("PUT", "/v2/customer_sessions/ready/reopen"),
        ("PUT", "/v2/customer_profiles/rich"),
        ("GET", "/v1/customer_profiles/rich/inventory"),
        ("GET", "/v1/loyalty_programs/1/profile/rich/points"),
    ],
)
def test_a_test_key_calls_nothing_else(client: Any, method: str, target: str) -> None:
    """Every other operation is refused, and a profile update without the rule engine."""
    assert 400 == client.call(method, target, {} if method == "PUT" else None, key="dry")[0]
