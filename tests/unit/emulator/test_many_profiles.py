"""Many profiles in one call, and a customer who wants to be forgotten."""

from __future__ import annotations

from typing import Any

import pytest


def update(client: Any, *items: dict[str, Any], query: str = "?silent=no") -> tuple[int, Any]:
    """Status and body of an update of many profiles."""
    return client.call("PUT", f"/v2/customer_profiles{query}", {"customerProfiles": list(items)})


def item(name: str, **attributes: Any) -> dict[str, Any]:
    """One profile of a request."""
    return {"integrationId": name, "attributes": attributes}


def known(client: Any, name: str) -> bool:
    """Whether a profile has an inventory."""
    return client.call("GET", f"/v1/customer_profiles/{name}/inventory")[0] == 200


def test_many_profiles_are_updated(client: Any) -> None:
    """In their order, made or merged, without counting as activity."""
    active = client.profile("rich")["lastActivity"]
    client.tick()

    status, shown = update(client, item("new", text="a"), item("rich", number=5), {"integrationId": "new"})

    assert 200 == status
    profiles = [state["customerProfile"] for state in shown["integrationStates"]]
    assert ["new", "rich", "new"] == [profile["integrationId"] for profile in profiles]
    assert {"text": "here", "number": 5} == client.profile("rich")["attributes"]
    assert {"text": "a"} == client.profile("new")["attributes"]
    assert active == client.profile("rich")["lastActivity"]


def test_silence_has_no_body(client: Any) -> None:
    """It is the default; the profiles are made all the same."""
    for query in ("", "?silent=yes"):
        assert (204, None) == update(client, item(f"p{query[-1:]}"), query=query)
    assert known(client, "p")
    assert known(client, "ps")
    assert (200, {"integrationStates": []}) == client.call("PUT", "/v2/customer_profiles?silent=no", {})


@pytest.mark.parametrize(
    "bad", [item("q", no=1), item("q", text=1), item(""), item("x" * 1001), {"attributes": {}}, {"integrationId": 5}]
)
def test_one_bad_profile_refuses_all(client: Any, bad: dict[str, Any]) -> None:
    """None of them is stored."""
    assert 400 == update(client, item("p"), bad)[0]
    assert not known(client, "p")


def test_an_unknown_silence_is_refused(client: Any) -> None:
    """It is yes or no."""
    assert 400 == update(client, item("p"), query="?silent=maybe")[0]
    assert not known(client, "p")


def test_a_thousand_profiles_are_the_most(client: Any) -> None:
    """One more is refused."""
    items = [item(f"p{index}", number=index) for index in range(1001)]

    assert 400 == update(client, *items)[0]
    assert not known(client, "p0")
    status, shown = update(client, *items[:1000])
    assert (200, 1000) == (status, len(shown["integrationStates"]))
    assert known(client, "p999")


def test_erasing_a_customer_empties_all_attributes(client: Any) -> None:
    """Of the profile, its sessions in all Applications with their carts, its events and its referrals."""
    client.call("PUT", "/v2/customer_profiles/p", {"attributes": {"text": "x"}})
    cart = [{"sku": "mug", "quantity": 2, "price": 5, "attributes": {"text": "x"}}]
    body = {"customerSession": {"profileId": "p", "attributes": {"text": "x"}, "cartItems": cart}}
    for key in ("live", "other"):
        assert 200 == client.call("PUT", "/v2/customer_sessions/s", body, key=key)[0]
    client.call("POST", "/v2/events", {"type": "signed_up", "profileId": "p", "attributes": {"text": "x"}})
    for advocate, friend in (("p", "q"), ("q", "p")):
        made = {"advocateProfileIntegrationId": advocate, "friendProfileIntegrationId": friend}
        client.call("POST", "/v1/referrals", {"campaignId": 2, "attributes": {"text": "x"}, **made})
    before = client.session("s")

    assert (204, None) == client.call("DELETE", "/v1/customer_data/p")

    assert {} == client.profile("p")["attributes"]
    after = client.session("s")
    lines = [{name: value for name, value in line.items() if name != "attributes"} for line in before["cartItems"]]
    assert {**before, "attributes": {}, "cartItems": lines} == after
    other = client.call("GET", "/v2/customer_sessions/s", key="other")[1]["customerSession"]
    assert ({}, False) == (other["attributes"], "attributes" in other["cartItems"][0])
    store = client.emulator.store
    assert {"{}"} == {kept for (kept,) in store.all("SELECT attributes FROM referral")}
    assert [("{}",)] * 3 == store.all(
        "SELECT json_extract(document, '$.attributes') FROM event WHERE profile = 'p' ORDER BY id"
    )


def test_erasing_leaves_others_alone(client: Any) -> None:
    """Their attributes stay."""
    client.call("PUT", "/v2/customer_profiles/p", {"attributes": {"text": "x"}})
    client.call("DELETE", "/v1/customer_data/p")

    assert {"text": "here"} == client.profile("rich")["attributes"]


def test_who_is_not_known_cannot_be_erased(client: Any) -> None:
    """But who is erased stays known, and so is who is only a member of an audience."""
    change = {"action": "add", "profileIntegrationId": "hidden", "audienceId": 1}
    client.call("POST", "/v2/customer_audiences", {"data": [change]})

    assert 404 == client.call("DELETE", "/v1/customer_data/nobody")[0]
    assert [204, 204] == [client.call("DELETE", "/v1/customer_data/rich")[0] for _ in "12"]
    assert 204 == client.call("DELETE", "/v1/customer_data/hidden")[0]
    assert not known(client, "hidden")
