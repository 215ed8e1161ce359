"""Bodies of coupon reservations for profiles of the run's own, on coupons that are bound for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.bodies import Valid
from strategies.placeholders import PROFILE, several
from talonproof.target import Bindings

MOST_CUSTOMERS = 1_000
"""The most customers of one reservation (``CouponReservations.integrationIDs``)."""


def reservations(people: Sequence[str] = several(PROFILE, 4)) -> SearchStrategy[dict[str, Any]]:
    """Reservations for some of the people, each at most once; the simplest is for the first alone."""
    drawn = st.lists(st.sampled_from(list(people)), min_size=1, max_size=len(people), unique=True)
    return drawn.map(reservation)


def reservation(people: Sequence[str]) -> dict[str, Any]:
    """The body that makes or deletes the reservations of these people."""
    return {"integrationIDs": list(people)}


def same_code(first: object, second: object) -> bool:
    """Whether two texts are the same code, capitals aside: whether these count is a setting of the Application."""
    return isinstance(first, str) and isinstance(second, str) and first.casefold() == second.casefold()


def calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One call for each operation on reservations that has a body; none where no coupon is bound."""
    if not bindings.coupons:
        return ()
    path = {"couponValue": bindings.coupons[0]}
    body = reservation(several(PROFILE, 2))
    return (Valid("createCouponReservation", path, {}, body), Valid("deleteCouponReservation", path, {}, body))
