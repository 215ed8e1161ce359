"""Ways of reserving coupons and of making referrals, alone on the account or not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from talonproof.emulator.message import Reply, Request
from tests.variants.variant import Asked, Behaviour, Proceed, refusal

OF_COUPONS = frozenset({"createCouponReservation", "deleteCouponReservation", "getReservedCustomers"})
STAY = 3
"""How many colleagues have a coupon reserved at a time."""


def colleagues_reserve() -> Behaviour:
    """Before each call about a coupon somebody else reserves it too, and somebody gives it up."""
    numbers = itertools.count(1)

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        if asked.operation in OF_COUPONS:
            number = next(numbers)
            proceed(_change(asked, "POST", number))
            proceed(_change(asked, "DELETE", number - STAY))
        return proceed(asked.request)

    return behave


def _change(asked: Asked, method: str, number: int) -> Request:
    place = f"/v1/coupon_reservations/{quote(asked.path['couponValue'], safe='')}"
    headers = {**asked.request.headers, "content-type": "application/json"}
    request = replace(asked.request, method=method, target=place, headers=headers)
    return request.with_document({"integrationIDs": [f"colleague-{number}"]})


NAMING = {
    "createCouponReservation": ("integrationIDs", 404),
    "deleteCouponReservation": ("integrationIDs", 404),
    "createReferral": ("advocateProfileIntegrationId", 400),
    "createReferralsForMultipleAdvocates": ("advocateProfileIntegrationIds", 400),
}
"""Where calls name the customers that they are for, and how one is refused for a stranger."""

MANY = 50


def known_customers() -> Behaviour:
    """Coupons are reserved, and referrals made, for customers only that the server knows."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        if asked.operation in NAMING:
            member, status = NAMING[asked.operation]
            named: Any = asked.body().get(member)
            names = [name for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)]
            if len(names) <= MANY and not all(_known(asked, proceed, name) for name in names):
                return refusal(status, "There is no such customer.")
        return proceed(asked.request)

    return behave


def _known(asked: Asked, proceed: Proceed, name: str) -> bool:
    read = proceed(asked.get(f"/v1/customer_profiles/{quote(name, safe='')}/inventory?profile=true"))
    return read.status != 404 or not name
