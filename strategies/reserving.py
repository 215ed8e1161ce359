"""Who is seen to have a coupon reserved, and how a case gives back what it has reserved."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from strategies.coupons import MOST_CUSTOMERS, same_code
from strategies.membership import told
from strategies.showing import objects
from talonproof.http.arguments import body_of, elements
from talonproof.http.exchange import Exchange
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.outcome import Ended

RESERVING = frozenset({"createCouponReservation", "deleteCouponReservation"})
"""The operations that change who has a coupon reserved."""


@contextmanager
def giving_back(case: Case) -> Generator[None]:
    """What is reserved inside is given back at the end, however the case ends; see :func:`give_back`."""
    try:
        yield
    except BaseException:
        with suppress(Ended):  # how the case ended first is what its verdict says
            give_back(case)
        raise
    give_back(case)


def give_back(case: Case) -> None:
    """Deletes the reservations of the case that are left; a request for each coupon that has some.

    What the case did not plan, having gone on for longer than it would if all were accepted, is extra.
    """
    for coupon, people in left(case.history).items():
        for start in range(0, len(people), MOST_CUSTOMERS):
            release = partial(Api(case).release, coupon, people[start : start + MOST_CUSTOMERS])
            if case.sent < case.row.requests:
                release()
            else:
                case.off_plan(release)
    for coupon, people in perhaps(case.history).items():  # apart: they may not be there, and that be refused
        case.off_plan(partial(Api(case).release, coupon, people[:MOST_CUSTOMERS]))


def perhaps(history: Sequence[Exchange]) -> dict[str, tuple[str, ...]]:
    """By coupon, the customers of reservations whose answer never came: they may have been made."""
    lost = (e for e in history if e.infrastructure and e.operation == "createCouponReservation")
    found: dict[str, dict[str, None]] = {}
    for exchange in lost:
        people = elements(body_of(exchange.call).value, "integrationIDs")
        found.setdefault(str(exchange.call.path["couponValue"]), {}).update(dict.fromkeys(map(str, people)))
    return {coupon: tuple(people) for coupon, people in found.items() if people}


def left(history: Sequence[Exchange]) -> dict[str, tuple[str, ...]]:
    """By coupon, the customers whose reservations were made in a history and not deleted."""
    held: dict[str, dict[str, None]] = {}
    for exchange in history:
        if exchange.ok and exchange.operation in RESERVING:
            people = held.setdefault(str(exchange.call.path["couponValue"]), {})
            for person in elements(body_of(exchange.call).value, "integrationIDs"):
                if exchange.operation == "createCouponReservation":
                    people[str(person)] = None
                else:
                    people.pop(str(person), None)
    return {coupon: tuple(people) for coupon, people in held.items() if people}


def holders(read: Exchange) -> frozenset[str]:
    """The ids of the customers who are seen to have a coupon reserved."""
    names = (one.get("integrationId") for one in objects(read.at("data")))
    return frozenset(name for name in names if isinstance(name, str))


def owned(read: Exchange, coupon: str) -> list[Mapping[str, Any]]:
    """The coupons of a code in an inventory."""
    return [one for one in objects(read.at("coupons")) if same_code(one.get("value"), coupon)]


def seen_holders(case: Case, coupon: str, *, inside: Sequence[str] = (), outside: Sequence[str] = ()) -> Exchange:
    """The reserved customers of a coupon once they hold some people and others not, or the settle time is up.

    Blocks the case where the read is neither answered nor refused: it would look like nobody.
    """

    def as_wanted(read: Exchange) -> bool:
        found = holders(read)
        return found.issuperset(inside) and found.isdisjoint(outside)

    return told(case, case.settled(partial(Api(case).reserved_customers, coupon), as_wanted))


def seen_coupons(case: Case, profile: str, coupon: str, *, there: bool) -> Exchange:
    """The coupons in an inventory once one is there or not, or the settle time is up.

    Blocks the case where the read is neither answered nor refused.
    """
    read = partial(Api(case).inventory, profile, coupons=True)
    return told(case, case.settled(read, lambda read: bool(owned(read, coupon)) is there))
