"""Referrals: whom a code belongs to, what it looks like, and that there is only one of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.emulator import codes

MANY = "/v1/referrals_for_multiple_advocates"


def create(client: Any, **sent: Any) -> tuple[int, Any]:
    """Status and body of one new referral."""
    return client.call("POST", "/v1/referrals", {"campaignId": 2, "advocateProfileIntegrationId": "rich", **sent})


def create_many(client: Any, *advocates: str, query: str = "?silent=no", **sent: Any) -> tuple[int, Any]:
    """Status and body of new referrals for several advocates."""
    body = {"campaignId": 2, "advocateProfileIntegrationIds": list(advocates), "usageLimit": 0, **sent}
    return client.call("POST", f"{MANY}{query}", body)


def test_a_referral_is_what_was_asked_for(client: Any) -> None:
    """Times are shown in UTC; the advocate is made, and has the code in the inventory."""
    status, shown = create(
        client,
        advocateProfileIntegrationId="new",
        friendProfileIntegrationId="friend",
        usageLimit=3,
        startDate="2024-05-29T10:00:00+02:00",
        expiryDate="2030-05-29T10:00:00-01:30",
        attributes={"text": "a"},
    )

    assert 201 == status
    assert {
        "campaignId": 2,
        "advocateProfileIntegrationId": "new",
        "friendProfileIntegrationId": "friend",
        "usageLimit": 3,
        "usageCounter": 0,
        "startDate": "2024-05-29T08:00:00.000000Z",
        "expiryDate": "2030-05-29T11:30:00.000000Z",
        "attributes": {"text": "a"},
    }.items() <= shown.items()
    _, inventory = client.call("GET", "/v1/customer_profiles/new/inventory?referrals=true")
    assert [{**shown, "referredCustomers": []}] == inventory["referrals"]


def test_what_is_left_out_is_without_end(client: Any) -> None:
    """No limit, no friend, no dates."""
    status, shown = create(client)

    assert (201, 0) == (status, shown["usageLimit"])
    assert not {"startDate", "expiryDate", "friendProfileIntegrationId"} & shown.keys()


@pytest.mark.parametrize(
    "sent",
    [
        {"campaignId": 1},
        {"campaignId": 99},
        {"campaignId": 1e300},
        {"usageLimit": -1},
        {"usageLimit": 1_000_000},
        {"startDate": "2024-05-29T10:00:00Z", "expiryDate": "2024-05-29T10:00:00Z"},
        {"startDate": "2024-05-29T10:00:00Z", "expiryDate": "2024-05-29T11:00:00+02:00"},
        {"startDate": "soon"},
        {"expiryDate": "9999-12-31T23:59:60Z"},
        {"startDate": "0001-01-01T00:00:00+14:00"},
        {"attributes": {"no": 1}},
        {"attributes": {"text": 1}},
    ],
)
def test_terms_that_do_not_fit_are_refused(client: Any, sent: dict[str, Any]) -> None:
    """By both operations, and no referral is made."""
    assert 400 == create(client, **sent)[0]
    assert 400 == create_many(client, "a", **sent)[0]
    assert [] == client.emulator.store.all("SELECT * FROM referral")
    assert 404 == client.call("GET", "/v1/customer_profiles/a/inventory")[0]


@pytest.mark.parametrize("name", ["", "x" * 1001])
def test_an_advocate_has_an_id(client: Any, name: str) -> None:
    """One that is empty or too long refuses the whole request."""
    assert 400 == create(client, advocateProfileIntegrationId=name)[0]
    assert 400 == create_many(client, "a", name)[0]
    assert [] == client.emulator.store.all("SELECT * FROM referral")


def test_every_advocate_has_a_code(client: Any) -> None:
    """In their order, all different, and one more for who is named twice."""
    status, shown = create_many(client, "a", "b", "a")

    assert (201, 3) == (status, shown["totalResultSize"])
    assert ["a", "b", "a"] == [row["advocateProfileIntegrationId"] for row in shown["data"]]
    assert 3 == len({row["code"] for row in shown["data"]})


def test_silence_has_no_body(client: Any) -> None:
    """It is the default; the referrals are made all the same."""
    assert [(204, None), (204, None)] == [create_many(client, "a", query=query) for query in ("", "?silent=yes")]
    _, inventory = client.call("GET", "/v1/customer_profiles/a/inventory?referrals=true")
    assert 2 == len(inventory["referrals"])
    assert 400 == create_many(client, "a", query="?silent=maybe")[0]


def test_a_thousand_advocates_are_the_most(client: Any) -> None:
    """None and one more are refused."""
    names = [f"p{index}" for index in range(1001)]

    assert [400, 400] == [create_many(client, *some)[0] for some in (names, ())]
    status, shown = create_many(client, *names[1:], referralPattern="A-####")
    assert (201, 1000) == (status, len({row["code"] for row in shown["data"]}))


def test_codes_follow_the_pattern(client: Any) -> None:
    """A ``#`` is one of the characters, anything else is itself."""
    _, shown = create_many(client, "a", "b", "c", referralPattern="Aé-##/##?", validCharacters=["x", "ö", "x"])

    for row in shown["data"]:
        assert all(
            found in "xö" if wanted == "#" else found == wanted
            for found, wanted in zip(row["code"], "Aé-##/##?", strict=True)
        )


def test_a_pattern_gives_each_code_once(client: Any) -> None:
    """When all of them are taken, the request is refused as a whole."""
    look = {"referralPattern": "AB##", "validCharacters": ["0", "1"]}

    _, shown = create_many(client, "a", "b", "c", **look)
    assert 3 == len({row["code"] for row in shown["data"]})
    assert 400 == create_many(client, "d", "e", **look)[0]
    _, last = create_many(client, "d", **look)
    assert {"AB00", "AB01", "AB10", "AB11"} == {row["code"] for row in shown["data"] + last["data"]}


@pytest.mark.parametrize(
    "look",
    [
        {"referralPattern": "##"},
        {"referralPattern": "###"},
        {"referralPattern": "#" * 101},
        {"validCharacters": ["ab"]},
        {"validCharacters": [""]},
        {"validCharacters": "ab"},
    ],
)
def test_a_look_that_does_not_fit_is_refused(client: Any, look: dict[str, Any]) -> None:
    """A pattern of three characters is none: codes have at least four."""
    assert 400 == create_many(client, "a", **look)[0]


@given(
    st.text(alphabet="#a-é", min_size=1, max_size=100),
    st.lists(st.characters(), min_size=1, max_size=40, unique=True),
    st.text(),
)
def test_a_code_is_made_from_its_pattern(pattern: str, characters: list[str], seed: str) -> None:
    """The same seed gives the same code; one that is taken is not given."""
    code = codes.unused(pattern, characters, seed, lambda _: False)
    other = codes.unused(pattern, characters, seed, lambda found: found == code)

    assert code is not None
    assert code == codes.unused(pattern, characters, seed, lambda _: False)
    assert (other is None) == (len(characters) ** pattern.count("#") == 1)
    assert code != other
    assert all(
        found in characters if wanted == "#" else found == wanted for found, wanted in zip(code, pattern, strict=True)
    )
