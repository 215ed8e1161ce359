"""Audiences: three ways of making one, and who is a member of it."""

from __future__ import annotations

from typing import Any

import pytest

AUDIENCES = "/v2/audiences"


def make(client: Any, **sent: Any) -> tuple[int, Any]:
    """Status and body of a new audience."""
    return client.call("POST", AUDIENCES, {"name": "Fans", **sent})


def number(client: Any, name: str = "fans") -> int:
    """The id of a new audience with an id elsewhere."""
    status, shown = make(client, integrationId=name)
    assert status == 201
    return shown["id"]


def change(client: Any, *actions: tuple[str, str, int]) -> tuple[int, Any]:
    """Status and body of a request with (action, profile, audience) triples."""
    data = [{"action": a, "profileIntegrationId": p, "audienceId": n} for a, p, n in actions]
    return client.call("POST", "/v2/customer_audiences", {"data": data})


def memberships(client: Any, name: str) -> list[int]:
    """The audiences that a profile is in, as the inventory shows them."""
    return [row["id"] for row in client.profile(name)["audienceMemberships"]]


def test_an_audience_is_made_in_three_ways(client: Any) -> None:
    """By name alone, with an id elsewhere, and with an integration and its id; the answer echoes what was sent."""
    sent = [
        {},
        {"integrationId": "a", "sandbox": True, "description": "d"},
        {
            "integration": "partner",
            "integrationId": "a",
            "createdIn3rdParty": True,
            "lastUpdate": "2024-05-29T10:00:00Z",
        },
    ]

    for body in sent:
        status, shown = make(client, **body)
        assert 201 == status
        assert {"accountId", "id", "created", "name"} | body.keys() == shown.keys()
        assert body.items() <= shown.items()


def test_an_id_elsewhere_is_taken_once(client: Any) -> None:
    """The same id of the same integration, or of none, is answered 409; names may be shared."""
    assert [201, 409] == [make(client, integrationId="a")[0] for _ in "12"]
    assert [201, 409] == [make(client, integration="partner", integrationId="a")[0] for _ in "12"]
    assert [201, 201] == [make(client)[0] for _ in "12"]


@pytest.mark.parametrize(
    "sent",
    [
        {"name": ""},
        {"integration": "partner"},
        {"integration": "nobody", "integrationId": "a"},
        {"integrationId": ""},
        {"integrationId": "x" * 1001},
        {"lastUpdate": "yesterday"},
        {"sandbox": "yes"},
    ],
)
def test_an_audience_that_does_not_fit_is_refused(client: Any, sent: dict[str, Any]) -> None:
    """The answer is 400, and the id stays free."""
    assert 400 == make(client, **sent)[0]
    assert 201 == make(client, integrationId="a")[0]


def test_an_audience_is_renamed(client: Any) -> None:
    """Its members show the new name; nothing else of it changes."""
    _, made = make(client, integrationId="a", description="d")
    change(client, ("add", "rich", made["id"]))

    status, shown = client.call("PUT", f"{AUDIENCES}/{made['id']}", {"name": "Friends"})

    assert (200, {**made, "name": "Friends"}) == (status, shown)
    assert {"id": made["id"], "name": "Friends"} in client.profile("rich")["audienceMemberships"]
    assert 400 == client.call("PUT", f"{AUDIENCES}/{made['id']}", {"name": ""})[0]


def test_a_deleted_audience_is_gone_with_its_memberships(client: Any) -> None:
    """Whatever is done with it later is answered 404, and its id is never given again."""
    gone = number(client)
    change(client, ("add", "rich", gone))

    assert (204, None) == client.call("DELETE", f"{AUDIENCES}/{gone}")
    assert [2] == memberships(client, "rich")
    assert gone < number(client)
    for method, target, body in (
        ("DELETE", f"{AUDIENCES}/{gone}", None),
        ("PUT", f"{AUDIENCES}/{gone}", {"name": "x"}),
        ("DELETE", f"{AUDIENCES}/{gone}/memberships", None),
        ("PUT", f"/v2/audience_customers/{gone}/attributes", {}),
        (
            "POST",
            "/v2/customer_audiences",
            {"data": [{"action": "add", "profileIntegrationId": "p", "audienceId": gone}]},
        ),
    ):
        assert 404 == client.call(method, target, body)[0]


def test_an_emptied_audience_stays(client: Any) -> None:
    """Nobody is a member afterwards, also of those that are not visible; emptying it again does no harm."""
    kept = number(client)
    change(client, ("add", "rich", kept), ("add", "hidden", kept))

    assert [204, 204] == [client.call("DELETE", f"{AUDIENCES}/{kept}/memberships")[0] for _ in "12"]
    client.update("s", profileId="hidden")
    assert ([2], []) == (memberships(client, "rich"), memberships(client, "hidden"))
    assert 200 == client.call("PUT", f"{AUDIENCES}/{kept}", {"name": "x"})[0]


def test_customers_enter_and_leave(client: Any) -> None:
    """Entering twice and leaving what one is not in change nothing; nobody's activity moves."""
    kept = number(client)
    active = client.profile("rich")["lastActivity"]

    assert (204, None) == change(client, ("add", "rich", kept), ("add", "rich", kept), ("delete", "rich", 1))
    assert [2, kept] == memberships(client, "rich")
    assert 204 == change(client, ("delete", "rich", kept), ("delete", "nobody", kept))[0]
    assert [2] == memberships(client, "rich")
    assert active == client.profile("rich")["lastActivity"]
    assert 204 == client.call("POST", "/v2/customer_audiences", {})[0]


def test_a_customer_made_by_entering_is_not_visible_yet(client: Any) -> None:
    """Neither inventory nor balances know it before a call about itself, which then shows the membership."""
    kept = number(client)
    change(client, ("add", "new", kept))

    for target in ("/v1/customer_profiles/new/inventory", "/v1/loyalty_programs/1/profile/new/balances"):
        assert 404 == client.call("GET", target)[0]
    assert 200 == client.call("PUT", "/v2/customer_profiles/new", {})[0]
    assert [kept] == memberships(client, "new")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (("remove", "rich", 2), 400),
        (("add", "", 2), 400),
        (("add", "x" * 1001, 2), 400),
        (("add", "rich", 2**62), 404),
        (("add", "rich", 1e300), 400),
        (("add", "rich", -1), 404),
        (("delete", "rich", 99), 404),
    ],
)
def test_a_wrong_action_undoes_the_whole_request(client: Any, action: tuple[str, str, int], status: int) -> None:
    """What stands before it is not done either."""
    assert status == change(client, ("add", "rich", 1), action)[0]
    assert [2] == memberships(client, "rich")


def test_a_thousand_actions_are_the_most(client: Any) -> None:
    """One more is refused."""
    actions = [("add", f"p{index}", 1) for index in range(1000)]

    assert 400 == change(client, *actions, ("add", "rich", 1))[0]
    assert 204 == change(client, *actions)[0]
    assert [(1000,)] == client.emulator.store.all("SELECT COUNT(*) FROM membership WHERE audience_id = 1")


def test_members_get_attributes(client: Any) -> None:
    """Members have them merged into their own, visible or not; nobody else does."""
    client.call("PUT", "/v2/customer_profiles/other", {"attributes": {"text": "mine"}})
    change(client, ("add", "hidden", 2))

    sent = {"number": 7, "text": None}
    assert (204, None) == client.call("PUT", "/v2/audience_customers/2/attributes", sent)
    client.call("PUT", "/v2/customer_profiles/hidden", {})
    assert [{"number": 7}, {"number": 7}, {"text": "mine"}] == [
        client.profile(name)["attributes"] for name in ("rich", "hidden", "other")
    ]


@pytest.mark.parametrize("sent", [{"no": 1}, {"number": "1"}])
def test_attributes_of_members_must_exist_and_fit(client: Any, sent: dict[str, Any]) -> None:
    """Else they are refused, each with its place in the map that is the body."""
    status, shown = client.call("PUT", "/v2/audience_customers/2/attributes", sent)

    assert (400, f"/{next(iter(sent))}") == (status, shown["errors"][0]["source"]["pointer"])
    assert {"text": "here"} == client.profile("rich")["attributes"]
