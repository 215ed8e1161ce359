"""A deed is what a program does to one of several things, named by numbers: ids are bound when it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from talonproof.model import notation
from talonproof.model.action import Action

SHOPPER: Final = 0
"""The customer whose sessions there are."""

FRIEND: Final = 1
"""The customer who refers the shopper, and buys nothing."""

CUSTOMERS: Final = (SHOPPER, FRIEND)

VISITS: Final = (0, 1)
"""The sessions, both of the shopper."""

COUPON: Final = "coupon"
"""What stands in actions for the code of the coupon that is leased."""


def referral(number: int) -> str:
    """What stands in actions for a referral code that the program has made."""
    return f"referral-{number}"


@dataclass(frozen=True, slots=True)
class Visit:
    """An action on one of the sessions; codes in it are :data:`COUPON` and those of :func:`referral`."""

    session: int
    action: Action


@dataclass(frozen=True, slots=True)
class Describe:
    """An update of a profile without the rule engine: sets the attribute, or (None) leaves it out."""

    customer: int
    value: str | None


@dataclass(frozen=True, slots=True)
class Make:
    """A new audience."""


@dataclass(frozen=True, slots=True)
class Move:
    """Customers enter an audience or leave it, by actions on audiences; one may by an update of the profile."""

    customers: tuple[int, ...]
    audience: int
    enters: bool
    by_profile: bool


@dataclass(frozen=True, slots=True)
class DescribeMembers:
    """Sets the attribute of all members of an audience."""

    audience: int
    value: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Deletes all memberships of an audience."""

    audience: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Deletes an audience, which may be deleted already."""

    audience: int


@dataclass(frozen=True, slots=True)
class Reserve:
    """Reserves the coupon for customers."""

    customers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """Deletes the reservations of customers."""

    customers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refer:
    """A new referral code of the friend, without limit."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Writes an item of the catalog: an ADD that replaces, or a PATCH that creates; no price where that is None."""

    item: int
    price: Decimal | None
    patches: bool


@dataclass(frozen=True, slots=True)
class Unstock:
    """Removes an item from the catalog."""

    item: int


Deed = (
    Visit | Describe | Make | Move | DescribeMembers | Empty | Drop | Reserve | Release | Refer | Stock | Unstock
)  # fmt: skip


def to_json(deed: Deed) -> dict[str, Any]:
    """The deed as JSON, as a person reads it."""
    match deed:
        case Visit():
            return {"session": deed.session, **notation.to_json(deed.action)}
        case Describe():
            return {"do": "update profile", "customer": deed.customer, "attribute": deed.value}
        case Make():
            return {"do": "make audience"}
        case Move():
            do = "enter audience" if deed.enters else "leave audience"
            by = "profile update" if deed.by_profile else "audience action"
            return {"do": do, "customers": list(deed.customers), "audience": deed.audience, "by": by}
        case DescribeMembers():
            return {"do": "update members", "audience": deed.audience, "attribute": deed.value}
        case Empty():
            return {"do": "empty audience", "audience": deed.audience}
        case Drop():
            return {"do": "delete audience", "audience": deed.audience}
        case Reserve():
            return {"do": "reserve coupon", "customers": list(deed.customers)}
        case Release():
            return {"do": "release coupon", "customers": list(deed.customers)}
        case Refer():
            return {"do": "make referral", "customer": FRIEND}
        case Stock():
            do = "patch item" if deed.patches else "add item"
            return {"do": do, "item": deed.item, "price": None if deed.price is None else str(deed.price)}
        case Unstock():
            return {"do": "remove item", "item": deed.item}
