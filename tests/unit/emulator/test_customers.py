"""Profiles: merging, audiences, activity, the inventory; and custom events."""

from __future__ import annotations

from typing import Any

import pytest


def put(client: Any, name: str, query: str = "", **body: Any) -> tuple[int, Any]:
    """Status and body of a profile update."""
    return client.call("PUT", f"/v2/customer_profiles/{name}{query}", body)


def track(client: Any, query: str = "?silent=no", **body: Any) -> tuple[int, Any]:
    """Status and body of a tracked event."""
    return client.call("POST", f"/v2/events{query}", {"type": "signed_up", "profileId": "p", **body})


def test_attributes_are_merged(client: Any) -> None:
    """Those not sent are kept, null removes one."""
    put(
        client,
        "p",
        attributes={"text": "x", "number": 1, "many": ["a"], "place": [1.5, 2], "when": "2024-05-29T10:00:00Z"},
    )
    put(client, "p", attributes={"text": "y", "number": None})

    assert {"text": "y", "many": ["a"], "place": [1.5, 2], "when": "2024-05-29T10:00:00Z"} == client.profile("p")[
        "attributes"
    ]


@pytest.mark.parametrize(
    "attributes",
    [{"no": 1}, {"text": 1}, {"flag": "true"}, {"many": "a"}, {"many": [1]}, {"place": [1]}, {"place": ["a", "b"]},
     {"when": "today"}, {"when": 5}, {"number": "1"}],
)  # fmt: skip
def test_attributes_must_exist_and_fit(client: Any, attributes: dict[str, Any]) -> None:
    """Anything else is refused, and no profile is made."""
    status, document = put(client, "p", attributes=attributes)

    assert 400 == status
    assert "/attributes/" in document["errors"][0]["source"]["pointer"]
    assert document["errors"][0]["title"] in {"Unknown", "Invalid type"}
    assert 404 == client.call("GET", "/v1/customer_profiles/p/inventory")[0]


def test_audiences_change(client: Any) -> None:
    """Adding twice and leaving what one is not in do no harm."""
    for _ in range(2):
        assert 200 == put(client, "rich", audiencesChanges={"adds": [1], "deletes": [2]})[0]

    assert [{"id": 1, "name": "Readers"}] == client.profile("rich")["audienceMemberships"]
    assert 400 == put(client, "rich", audiencesChanges={"adds": [1, 3], "deletes": []})[0]


def test_without_the_rule_engine_the_answer_is_bare(client: Any) -> None:
    """ResponseContent is ignored then, and nothing counts as activity."""
    before = client.profile("rich")["lastActivity"]

    status, shown = put(client, "rich", responseContent=["customerProfile", "event"])

    assert (200, {"effects": [], "createdCoupons": [], "createdReferrals": []}) == (status, shown)
    assert before == client.profile("rich")["lastActivity"]


def test_with_the_rule_engine_it_is_activity_with_an_event(client: Any) -> None:
    """A new profile is created, a known one updated."""
    query, asked = "?runRuleEngine=true", ["customerProfile", "event"]
    before = client.profile("rich")["lastActivity"]

    kinds = [put(client, name, query, responseContent=asked)[1]["event"]["type"] for name in ("p", "p", "rich")]

    assert ["talon_profile_created", "talon_profile_updated", "talon_profile_updated"] == kinds
    assert before < client.profile("rich")["lastActivity"]


def test_an_inventory_has_the_sections_asked_for(client: Any) -> None:
    """A section is there exactly when its flag is true."""
    flags = ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")
    target = "/v1/customer_profiles/rich/inventory"

    assert (200, {}) == client.call("GET", target)
    for flag in flags:
        assert [flag] == list(client.call("GET", f"{target}?{flag}=true&unknown=1")[1])
    assert set(flags) == client.call("GET", target + "?" + "&".join(f"{flag}=true" for flag in flags))[1].keys()
    assert (200, {}) == client.call("GET", f"{target}?profile=false")
    assert 404 == client.call("GET", "/v1/customer_profiles/nobody/inventory")[0]


def test_a_session_makes_its_profile_and_is_activity(client: Any) -> None:
    """The profile that a session names is there afterwards, and active."""
    client.update("s", profileId="new")
    before = client.profile("new")
    client.tick()
    client.update("s")

    assert {} == before["attributes"]
    assert before["lastActivity"] < client.profile("new")["lastActivity"]


def test_an_event_makes_its_profile(client: Any) -> None:
    """Two equal calls are two events of the type sent; the profile is made."""
    asked = ["event", "customerProfile"]
    answers = [
        track(client, attributes={"text": "x"}, storeIntegrationId="store-1", responseContent=asked) for _ in "ab"
    ]

    assert [200, 200] == [status for status, _ in answers]
    first, second = (shown["event"] for _, shown in answers)
    assert first["id"] != second["id"]
    assert ("signed_up", "p", {"text": "x"}) == (first["type"], first["profileId"], first["attributes"])
    assert "p" == answers[0][1]["customerProfile"]["integrationId"]


@pytest.mark.parametrize("query", ["", "?silent=yes"])
def test_a_silent_event_has_no_body(client: Any, query: str) -> None:
    """Silence is the default; the profile is made all the same."""
    assert (204, None) == track(client, query)
    assert "p" == client.profile("p")["integrationId"]


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", {"profileId": ""}),
        ("", {"profileId": "x" * 1001}),
        ("", {"type": "talon_session_created"}),
        ("", {"type": "not_defined"}),
        ("", {"type": ""}),
        ("", {"attributes": {"no": 1}}),
        ("", {"attributes": {"text": 1}}),
        ("", {"storeIntegrationId": "no"}),
        ("?silent=maybe", {}),
        ("?dry=perhaps", {}),
    ],
)
def test_an_event_that_does_not_fit_is_refused(client: Any, query: str, body: dict[str, Any]) -> None:
    """The answer is 400, and no profile is made."""
    assert 400 == track(client, query, **body)[0]
    assert 404 == client.call("GET", "/v1/customer_profiles/p/inventory")[0]


def test_an_event_without_a_profile_is_refused(client: Any) -> None:
    """The schema does not ask for a profileId, the operation does."""
    status, document = client.call("POST", "/v2/events", {"type": "signed_up"})

    assert (400, "/profileId") == (status, document["errors"][0]["source"]["pointer"])
