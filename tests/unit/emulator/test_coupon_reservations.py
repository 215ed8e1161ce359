"""Coupon reservations: who has a coupon, where that shows, and what capitals mean."""

from __future__ import annotations

from typing import Any

import pytest

RESERVATIONS = "/v1/coupon_reservations"


def reserve(client: Any, code: str, *names: str, key: str = "live") -> tuple[int, Any]:
    """Status and body of a reservation."""
    return client.call("POST", f"{RESERVATIONS}/{code}", {"integrationIDs": list(names)}, key=key)


def release(client: Any, code: str, *names: str) -> tuple[int, Any]:
    """Status and body of the end of reservations."""
    return client.call("DELETE", f"{RESERVATIONS}/{code}", {"integrationIDs": list(names)})


def holders(client: Any, code: str, key: str = "live") -> list[str]:
    """The customers that have a coupon reserved."""
    status, shown = client.call("GET", f"{RESERVATIONS}/customerprofiles/{code}", key=key)
    assert status == 200
    assert shown["totalResultSize"] == len(shown["data"])
    return [row["integrationId"] for row in shown["data"]]


def coupons(client: Any, name: str) -> dict[str, Any]:
    """The coupons of an inventory by their codes."""
    status, shown = client.call("GET", f"/v1/customer_profiles/{name}/inventory?coupons=true")
    assert status == 200
    return {row["value"]: row for row in shown["coupons"]}


@pytest.mark.parametrize(("code", "hard"), [("CODE-1", False), ("HARD-1", True)])
def test_a_reservation_shows_everywhere(client: Any, code: str, hard: bool) -> None:
    """In the answer, in the list of customers, and in the inventory; it makes the customer, and is no activity."""
    active = client.profile("rich")["lastActivity"]

    status, shown = reserve(client, code, "rich", "new")

    assert (201, code, 2, hard) == (
        status, shown["value"], shown["reservationCounter"], shown["isReservationMandatory"],
    )  # fmt: skip
    assert ["new", "rich"] == holders(client, code)
    assert code in coupons(client, "rich").keys() & coupons(client, "new").keys()
    assert active == client.profile("rich")["lastActivity"]


def test_a_reservation_is_made_once(client: Any) -> None:
    """Reserving again, or for nobody, changes nothing."""
    counts = [reserve(client, "CODE-1", *names)[1]["reservationCounter"] for names in (("a",), ("a", "a"), (), ("b",))]

    assert [1, 1, 1, 2] == counts


def test_a_released_coupon_is_gone_everywhere(client: Any) -> None:
    """Others keep theirs; releasing again does no harm."""
    reserve(client, "CODE-1", "a", "b")

    assert [(204, None), (204, None)] == [release(client, "CODE-1", "a", "nobody") for _ in "12"]
    assert ["b"] == holders(client, "CODE-1")
    assert "CODE-1" not in coupons(client, "a")
    assert 1 == coupons(client, "b")["CODE-1"]["reservationCounter"]


def test_a_visible_coupon_is_in_every_inventory(client: Any) -> None:
    """It needs no reservation, and one that ends takes it from nobody."""
    reserve(client, "SEEN-1", "rich")
    release(client, "SEEN-1", "rich")
    client.update("s", profileId="new")

    assert ["SEEN-1"] == list(coupons(client, "new")) == list(coupons(client, "rich"))
    assert coupons(client, "new")["SEEN-1"]["implicitlyReserved"]
    assert [] == holders(client, "SEEN-1")


def test_an_inventory_says_whether_a_coupon_is_due(client: Any) -> None:
    """Before its start it is pending, after its end expired."""
    for code in ("CODE-1", "HARD-1"):
        reserve(client, code, "rich")

    states = {code: row["state"] for code, row in coupons(client, "rich").items()}

    assert {"CODE-1": "active", "HARD-1": "pending", "SEEN-1": "expired"} == states


def test_reservations_go_past_the_limit(client: Any) -> None:
    """The limit of a coupon is shown, and is not one for this operation."""
    status, shown = reserve(client, "FEW-1", "a", "b")

    assert (201, 1, 2) == (status, shown["reservationLimit"], shown["reservationCounter"])


def test_a_coupon_for_one_is_reserved_for_that_one(client: Any) -> None:
    """Not for anybody else, not even together."""
    assert 400 == reserve(client, "MINE-1", "rich", "other")[0]
    assert [] == holders(client, "MINE-1")

    status, shown = reserve(client, "MINE-1", "rich")
    assert (201, "rich", False) == (status, shown["recipientIntegrationId"], shown["reservation"])


def test_capitals_count_where_the_application_says_so(client: Any) -> None:
    """The code is answered as it was made."""
    assert 404 == reserve(client, "code-1", "a")[0]

    status, shown = reserve(client, "code-1", "a", key="other")

    assert (201, "CODE-1") == (status, shown["value"])
    assert ["a"] == holders(client, "Code-1", key="other")


def test_an_unknown_coupon_is_not_found(client: Any) -> None:
    """By none of the three operations."""
    assert 404 == reserve(client, "NO", "a")[0]
    assert 404 == release(client, "NO", "a")[0]
    assert 404 == client.call("GET", f"{RESERVATIONS}/customerprofiles/NO")[0]


@pytest.mark.parametrize("names", [["a", ""], ["a", "x" * 1001], ["a", 1], [f"p{i}" for i in range(1001)]])
def test_customers_that_do_not_fit_are_refused(client: Any, names: list[Any]) -> None:
    """Together with all the others."""
    for method in ("POST", "DELETE"):
        assert 400 == client.call(method, f"{RESERVATIONS}/CODE-1", {"integrationIDs": names})[0]
    assert [] == holders(client, "CODE-1")


def test_a_thousand_customers_are_the_most(client: Any) -> None:
    """They are all listed."""
    names = sorted(f"p{index:03}" for index in range(1000))

    status, shown = reserve(client, "CODE-1", *names)

    assert (201, 1000) == (status, shown["reservationCounter"])
    assert names == holders(client, "CODE-1")


def test_a_session_shows_its_coupons_and_its_referral(client: Any) -> None:
    """Those of its codes that exist, each once."""
    body = {"campaignId": 2, "advocateProfileIntegrationId": "rich"}
    code = client.call("POST", "/v1/referrals", body)[1]["code"]
    shown = client.update(
        "s", asked=("coupons", "referral"), couponCodes=["CODE-1", "no", "CODE-1", "SEEN-1"], referralCode=code
    )

    assert ["CODE-1", "SEEN-1"] == [row["value"] for row in shown["coupons"]]
    assert (code, []) == (shown["referral"]["code"], shown["referral"]["referredCustomers"])
    assert "referral" not in client.update("t", asked=("referral",), referralCode="no")
