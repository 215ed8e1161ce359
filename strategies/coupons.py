"""Bodies of coupon reservations for profiles of the run's own, on coupons that are bound for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Change:
    """Reservations of some people are made (``reserves``), or deleted."""

    reserves: bool
    people: tuple[str, ...]


def programs(people: Sequence[str] = several(PROFILE, 4)) -> SearchStrategy[list[Change]]:
    """Reservations for some of the people, then up to two changes more.

    Nobody reserves twice or deletes what is not there: what becomes of that is not stated. Such people are left out.
    """
    drawn = st.lists(st.tuples(st.booleans(), reservations(people)), max_size=2)
    begun = st.tuples(st.just(value=True), reservations(people))
    return st.tuples(begun, drawn).map(lambda all_: _possible([all_[0], *all_[1]]))


def _possible(drawn: Sequence[tuple[bool, Mapping[str, Any]]]) -> list[Change]:
    inside: set[str] = set()
    found: list[Change] = []
    for reserves, body in drawn:
        some = tuple(one for one in body["integrationIDs"] if (one in inside) is not reserves)
        inside ^= set(some)
        if some:
            found.append(Change(reserves, some))
    return found


def reserved(program: Iterable[Change]) -> frozenset[str]:
    """Who has the coupon reserved after the program."""
    inside: set[str] = set()
    for change in program:
        inside = inside.union(change.people) if change.reserves else inside.difference(change.people)
    return frozenset(inside)


def released(program: Sequence[Change]) -> frozenset[str]:
    """Who has it reserved no more after the program."""
    return frozenset(person for change in program for person in change.people) - reserved(program)


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
