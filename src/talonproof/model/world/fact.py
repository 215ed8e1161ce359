"""A fact is what is known of one place: its value, and the rule by which it must have it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import NamedTuple

from talonproof.model.moment import same_moment

Value = bool | Decimal | str | None

CENT = Decimal("0.01")


class Kind(StrEnum):
    """What there is to know; of whom or what, the place says."""

    MEMBER = "member_of_audience"
    ATTRIBUTE = "attribute_of_profile"
    ACTIVITY = "last_activity"
    CLOSED = "closed_sessions"
    SALES = "total_sales"
    HELD = "reserved_customers"
    OWNED = "coupon_in_inventory"
    USES = "uses_of_coupon"
    REFERRED = "uses_of_referral"
    PRICE = "price_of_item"
    POINTS = "points_of_profile"


class Place(NamedTuple):
    """``whose`` is a customer; ``of`` an audience, a referral code or an item."""

    kind: Kind
    whose: int = 0
    of: int = 0


class Relation(Enum):
    """How a value that is seen must be to the one of the fact."""

    IS = ""
    LESS = "less than "
    AT_MOST = "at most "


@dataclass(frozen=True, slots=True)
class Fact:
    """A value; without a rule it was only seen, and nothing promises that it stays."""

    value: Value
    rule: str = ""
    relation: Relation = Relation.IS


def holds(fact: Fact, shown: Value) -> bool:
    """Whether a value that is seen is as the fact says; amounts may be a cent apart."""
    if isinstance(fact.value, Decimal) and isinstance(shown, Decimal):
        match fact.relation:
            case Relation.IS:
                return abs(shown - fact.value) <= CENT
            case Relation.LESS:
                return shown < fact.value
            case Relation.AT_MOST:
                return shown <= fact.value + CENT
    return fact.value == shown or same_moment(fact.value, shown)


def worded(place: Place, fact: Fact, shown: Value) -> str:
    """What is seen and what was expected, in words."""
    whose = "the shopper" if place.whose == 0 else "the friend"
    of = {
        Kind.MEMBER: f"membership of {whose} in audience {place.of}",
        Kind.ATTRIBUTE: f"the attribute of {whose}",
        Kind.ACTIVITY: f"lastActivity of {whose}",
        Kind.CLOSED: f"closedSessions of {whose}",
        Kind.SALES: f"totalSales of {whose}",
        Kind.HELD: f"{whose} among the customers with the coupon reserved",
        Kind.OWNED: f"the coupon in the inventory of {whose}",
        Kind.USES: "usageCounter of the coupon",
        Kind.REFERRED: f"usageCounter of referral {place.of}",
        Kind.PRICE: f"the price of item {place.of}",
        Kind.POINTS: f"the points of {whose}",
    }[place.kind]
    return f"{of} is {_shown(shown)}, expected {fact.relation.value}{_shown(fact.value)}"


def _shown(value: Value) -> str:
    match value:
        case bool():
            return "there" if value else "not there"
        case None:
            return "nothing"
        case _:
            return repr(value) if isinstance(value, str) else f"{value}"
