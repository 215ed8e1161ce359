"""How many reservations one request holds, and what becomes of reservations that a coupon does not seem to allow."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.coupons import MOST_CUSTOMERS
from strategies.reserving import giving_back, holders, seen_holders
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

MORE_THAN_ANY_LIMIT = 11
"""Customers enough to go beyond the limit of the coupon that is bound for that: it is 10 at most."""


def method(name: str, operation: str, footprint: str) -> Any:
    """A call with many customers."""
    mark = scenario(
        "CPN-007", footprint=footprint, requests=2, depth="release", needs=("coupons",), operations=(operation,)
    )
    return pytest.param(name, marks=mark, id=name)


@pytest.mark.parametrize(
    "name",
    [
        method("reserve", "createCouponReservation", "consume"),
        method("release", "deleteCouponReservation", "create"),
    ],
)
def test_too_many_customers(case: Case, api: Api, name: str) -> None:
    """A request with 1001 customers is refused; what becomes of one with none is recorded."""
    send = api.reserve if name == "reserve" else api.release
    coupon = case.bindings.coupons[0]
    with giving_back(case):
        sent = send(coupon, [case.new_id("profile") for _ in range(MOST_CUSTOMERS + 1)])
        case.refused("CPN-007", sent, doing=f"{sent.operation} for {MOST_CUSTOMERS + 1} customers")
        case.observe("CPN-007", f"{sent.operation} for no customer is answered {send(coupon, []).status}")


@scenario(
    "CPN-014",
    footprint="consume",
    requests=4,
    depth="release",
    needs=("limited_coupon",),
    operations=("createCouponReservation", "updateCustomerProfilesV2", "getReservedCustomers"),
)
def test_beyond_the_reservation_limit(case: Case, api: Api) -> None:
    """What becomes of more reservations than a coupon has by its limit is recorded."""
    coupon = case.bindings.limited_coupon or ""
    people = [case.new_id("profile") for _ in range(MORE_THAN_ANY_LIMIT)]
    case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    with giving_back(case):
        sent = api.reserve(coupon, people)
        read = seen_holders(case, coupon, inside=people if sent.ok else ())
        limit = amount(sent.at("reservationLimit"))
        of = f"with a limit of {limit} " if limit is not None else ""
        listed = len(holders(read) & set(people))
        case.observe(
            "CPN-014",
            f"{len(people)} reservations of a coupon {of}are answered {sent.status}, and {listed} of them are made",
        )


@scenario(
    "CPN-009",
    footprint="consume",
    requests=3,
    depth="release",
    needs=("recipient_coupon",),
    operations=("createCouponReservation", "updateCustomerProfileV2"),
)
def test_a_coupon_for_one_recipient(case: Case, api: Api) -> None:
    """Whether a coupon that is bound to one recipient can be reserved for somebody else is recorded."""
    name = case.new_id("profile")
    case.arranged(api.put_profile(name, {}))
    with giving_back(case):
        sent = api.reserve(case.bindings.recipient_coupon or "", [name])
        case.observe("CPN-009", f"a reservation for another customer than the recipient is answered {sent.status}")
