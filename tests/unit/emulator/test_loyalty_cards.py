"""Loyalty cards: identifiers, limits, and links."""

from __future__ import annotations

import re
from typing import Any

import pytest

CARDS = "/v1/loyalty_programs/{}/cards"


def generate(client: Any, program: int = 2, **sent: Any) -> tuple[int, Any]:
    """Status and body of a new card."""
    return client.call("POST", CARDS.format(program), sent)


def link(client: Any, card: str, name: str, program: int = 2) -> tuple[int, Any]:
    """Status and body of a link."""
    target = f"/v2/loyalty_programs/{program}/cards/{card}/link_profile"
    return client.call("POST", target, {"integrationId": name})


def on_card(shown: Any) -> list[str]:
    """The profiles that a card shows."""
    return [row["integrationId"] for row in shown["profiles"]]


def test_a_card_is_active_and_empty(client: Any) -> None:
    """Unless something else is asked for; its identifier follows the pattern of the program."""
    status, shown = generate(client)

    assert (200, 2, "active", 2, []) == (
        status, shown["programID"], shown["status"], shown["usersPerCardLimit"], shown["profiles"],
    )  # fmt: skip
    assert re.fullmatch(r"C-\d{8}", shown["identifier"])
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}", generate(client, 3)[1]["identifier"])
    assert "inactive" == generate(client, status="inactive")[1]["status"]


def test_no_two_cards_share_an_identifier(client: Any) -> None:
    """One that is asked for again is refused; another program may have it too."""
    made = {generate(client)[1]["identifier"] for _ in range(20)}

    assert 20 == len(made)
    assert [200, 400, 200] == [
        generate(client, program, cardIdentifier="mine", customerProfileIds=["a"])[0] for program in (2, 2, 3)
    ]


def test_a_new_card_has_ledgers(client: Any) -> None:
    """Its balances, points and transactions can be read at once."""
    card = generate(client, cardIdentifier="mine", customerProfileIds=["a", "a"])[1]

    assert ["a"] == on_card(card)
    for what in ("balances", "points", "transactions"):
        assert 200 == client.call("GET", f"{CARDS.format(2)}/mine/{what}")[0]
    shown = client.update("s", asked=("loyalty",), loyaltyCards=["mine"])
    assert "mine" == shown["loyalty"]["cards"][0]["identifier"]


@pytest.mark.parametrize(
    "sent",
    [
        {"cardIdentifier": "has space"},
        {"cardIdentifier": "x" * 109},
        {"cardIdentifier": "mine\n"},
        {"status": "blocked"},
        {"customerProfileIds": ["a", "b", "c"]},
        {"customerProfileIds": [""]},
        {"customerProfileIds": ["x" * 1001]},
        {"cardIdentifier": "card-1"},
    ],
)
def test_a_card_that_does_not_fit_is_refused(client: Any, sent: dict[str, Any]) -> None:
    """Neither the card nor a profile is made."""
    assert 400 == generate(client, **{"customerProfileIds": ["a"], **sent})[0]
    assert [(1,)] == client.emulator.store.all("SELECT COUNT(*) FROM card")
    assert 404 == client.call("GET", "/v1/customer_profiles/a/inventory")[0]


def test_profiles_are_linked_up_to_the_limit(client: Any) -> None:
    """A profile that is linked already is no other one; who is not known is made."""
    status, shown = link(client, "card-1", "new")

    assert (200, ["rich", "new"]) == (status, on_card(shown))
    assert 200 == link(client, "card-1", "rich")[0]
    assert 400 == link(client, "card-1", "third")[0]
    balances = client.call("GET", f"{CARDS.format(2)}/card-1/balances")[1]
    assert ["rich", "new"] == on_card(balances)
    assert 200 == client.call("GET", "/v1/customer_profiles/new/inventory")[0]
    assert 404 == client.call("GET", "/v1/customer_profiles/third/inventory")[0]


def test_a_program_without_a_limit_takes_any_number(client: Any) -> None:
    """0 stands for no limit."""
    names = [f"p{index}" for index in range(50)]

    status, shown = generate(client, 3, cardIdentifier="wide", customerProfileIds=names)

    assert (200, 0, 50) == (status, shown["usersPerCardLimit"], len(shown["profiles"]))
    assert 51 == len(link(client, "wide", "one-more", 3)[1]["profiles"])


def test_what_is_not_there_is_not_found(client: Any) -> None:
    """A link needs a program and a card; to make a card, 404 is not documented, so it is 400."""
    assert 404 == link(client, "no", "rich")[0]
    assert 404 == link(client, "card-1", "rich", 99)[0]
    assert 400 == generate(client, 99)[0]


def test_cards_want_a_program_of_cards(client: Any) -> None:
    """A program of profiles has none."""
    assert 400 == generate(client, 1)[0]
    assert 400 == link(client, "card-1", "rich", 1)[0]


@pytest.mark.parametrize("name", ["", "x" * 1001, 5])
def test_a_link_names_a_profile(client: Any, name: Any) -> None:
    """By an id that can be kept."""
    assert 400 == link(client, "card-1", name)[0]
