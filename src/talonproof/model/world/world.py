"""What is known of all things of a program at a moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from talonproof.model.action import State
from talonproof.model.session import Session
from talonproof.model.world.deed import SHOPPER, VISITS
from talonproof.model.world.fact import Fact, Kind, Place, Value

T = TypeVar("T")

NEVER: tuple[None, ...] = (None,) * len(VISITS)
"""No session yet."""


@dataclass(frozen=True, slots=True)
class Selling:
    """A session whose part of the sales is to be seen: the sales without it were so much."""

    session: int
    rest: Decimal


@dataclass(frozen=True, slots=True)
class World:
    """The sessions, and what each has added to the sales (None: unknown) and redeemed; what there is; the facts.

    ``audiences`` says of each whether it is there still; ``items`` are in the catalog, ``codes`` counts referrals.
    """

    visits: tuple[Session | None, ...] = NEVER
    sales: tuple[Decimal | None, ...] = NEVER
    redeemed: tuple[frozenset[str], ...] = (frozenset[str](),) * len(VISITS)
    discounted: tuple[bool, ...] = (False,) * len(VISITS)
    audiences: tuple[bool, ...] = ()
    codes: int = 0
    items: frozenset[int] = frozenset()
    selling: Selling | None = None
    facts: Mapping[Place, Fact] = field(default_factory=dict[Place, Fact])

    def value(self, place: Place) -> Value:
        """What is known of a place; None: nothing."""
        fact = self.facts.get(place)
        return None if fact is None else fact.value

    def amount(self, place: Place) -> Decimal | None:
        """The amount that is known of a place."""
        value = self.value(place)
        return value if isinstance(value, Decimal) else None

    def redeemed_by(self, customer: int) -> bool:
        """Whether a customer has, or may have, redeemed something: a session of the shopper's is closed, or was."""
        return customer == SHOPPER and any(one is not None and one.state is not State.OPEN for one in self.visits)

    def learnt(self, place: Place, value: Value, *, rule: str = "") -> World:
        """The world once a value was seen; the part of a session in the sales follows from it."""
        sales, selling = self.sales, self.selling
        if place == Place(Kind.SALES, SHOPPER) and selling is not None and isinstance(value, Decimal):
            sales, selling = put(sales, selling.session, value - selling.rest), None
        return replace(self, sales=sales, selling=selling, facts={**self.facts, place: Fact(value, rule)})

    def without(self, places: Iterable[Place]) -> World:
        """The world of which some places are not known."""
        gone = set(places)
        return replace(self, facts={place: fact for place, fact in self.facts.items() if place not in gone})


def put(values: tuple[T, ...], at: int, value: T) -> tuple[T, ...]:
    """The values with another one at a place."""
    return (*values[:at], value, *values[at + 1 :])
