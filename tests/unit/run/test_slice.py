"""A finding is shown by the exchanges judged and by the writes that made what they show, and by no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from talonproof.http.exchange import Call, Exchange
from talonproof.run.slice import relevant

READ = "getCustomerInventory"


def history(*calls: tuple[Call, int, Any]) -> list[Exchange]:
    """Exchanges of calls with a status and an answer each."""
    return [
        Exchange(
            number,
            call,
            "GET" if call.operation.startswith("get") else "PUT",
            "http://127.0.0.1/",
            "/",
            {},
            None,
            status,
            {},
            json.dumps(answer).encode(),
            1_700_000_000.0,
            0.0,
        )
        for number, (call, status, answer) in enumerate(calls)
    ]


def inventory(profile: str) -> tuple[Call, int, Any]:
    """A read of a profile."""
    return Call(READ, {"integrationId": profile}), 200, {}


def profile(name: str, body: Mapping[str, Any] | None = None, *, dry: bool = False) -> tuple[Call, int, Any]:
    """An update of a profile."""
    query = {"dry": True} if dry else {}
    return Call("updateCustomerProfileV2", {"integrationId": name}, query, body or {}, has_body=True), 200, {}


def audience(number: float, name: str = "a") -> tuple[Call, int, Any]:
    """An audience that the server gave a number."""
    return Call("createAudienceV2", body={"name": name, "integrationId": name}, has_body=True), 201, {"id": number}


def change(audience: int, person: str) -> tuple[Call, int, Any]:
    """Somebody enters an audience."""
    item = {"action": "add", "profileIntegrationId": person, "audienceId": audience}
    return Call("updateCustomerProfileAudiences", body={"data": [item]}, has_body=True), 204, None


def test_writes_on_the_same_thing_are_in_others_are_not() -> None:
    """Of two profiles, only what was written on the one that is judged."""
    seen = history(profile("a"), profile("b"), inventory("a"))

    assert (0, 2) == relevant(seen, [2])


def test_reads_refused_and_dry_calls_are_left_out() -> None:
    """What changed nothing made nothing, unless it is what is judged."""
    call, _, _ = profile("a")
    seen = history(inventory("a"), (call, 400, {}), profile("a", dry=True), profile("a"), inventory("a"))

    assert (3, 4) == relevant(seen, [4])
    assert (2, 3, 4) == relevant(seen, [2, 4])


def test_what_comes_later_is_left_out() -> None:
    """A write after the last exchange that is judged has nothing to do with it."""
    seen = history(profile("a"), inventory("a"), profile("a"))

    assert (0, 1) == relevant(seen, [1])


@pytest.mark.parametrize("number", [5, 5.0])
def test_a_member_leads_to_the_audience(number: float) -> None:
    """A profile leads to the audience it entered, and that to its creation, by the number that the server gave it."""
    seen = history(audience(number), audience(6, "b"), change(5, "a"), change(6, "z"), inventory("a"))

    assert (0, 2, 4) == relevant(seen, [4])


def test_changes_of_audiences_lead_to_them_too() -> None:
    """Those of a profile update name the audiences in lists."""
    changes = {"audiencesChanges": {"adds": [5], "deletes": [6]}}
    seen = history(audience(5), audience(6, "b"), audience(7, "c"), profile("a", changes), inventory("a"))

    assert (0, 1, 3, 4) == relevant(seen, [4])


def test_numbers_of_different_things_are_different() -> None:
    """Audience 5 has nothing to do with loyalty program 5, nor with an attribute that is 5."""
    card = Call("generateLoyaltyCard", {"loyaltyProgramId": 5}, body={}, has_body=True), 200, {"identifier": "c"}
    other = profile("b", {"attributes": {"audienceId": 5}})
    rename = Call("updateAudienceV2", {"audienceId": 5}, body={"name": "b"}, has_body=True), 200, {}
    seen = history(audience(5), card, other, rename)

    assert (0, 3) == relevant(seen, [3])


def test_a_card_leads_to_the_call_that_made_it() -> None:
    """The identifier that the server chose is that of the card."""
    made = Call("generateLoyaltyCard", {"loyaltyProgramId": 5}, body={}, has_body=True), 200, {"identifier": "c"}
    read = Call("getLoyaltyCardBalances", {"loyaltyProgramId": 5, "loyaltyCardId": "c"}), 200, {}
    seen = history(made, read)

    assert (0, 1) == relevant(seen, [1])


def test_the_same_id_taken_twice_shows_both() -> None:
    """Two creations with one id belong together."""
    again = Call("createAudienceV2", body={"name": "b", "integrationId": "a"}, has_body=True), 400, {}
    seen = history(audience(5, "a"), audience(6, "z"), again)

    assert (0, 2) == relevant(seen, [2])
