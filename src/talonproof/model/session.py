"""What is known of one stored session: the state of the reference model.

Profiles, effects and times are left out. The value is built by :mod:`talonproof.model.step` from
the actions, or by :mod:`talonproof.model.observed` from what a server shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from talonproof.model.action import Attributes, Costs, Line, State


class Past(StrEnum):
    """What a session has been through, where the state table asks for it."""

    REOPENED = "reopened"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A cart line as it is stored: ``price`` None is unknown; ``returned`` counts units."""

    sku: str
    quantity: int
    price: Decimal | None
    attributes: Attributes = ()
    returned: int = 0

    @property
    def remaining(self) -> int:
        """The units that can still be returned."""
        return self.quantity - self.returned

    @classmethod
    def of(cls, line: Line) -> StoredLine:
        """The line as it is stored once it was sent."""
        return cls(line.sku, line.quantity, line.price, line.attributes)


@dataclass(frozen=True, slots=True)
class Session:
    """One stored session; an empty ``referral`` is none."""

    state: State
    cart: tuple[StoredLine, ...] = ()
    codes: tuple[str, ...] = ()
    referral: str = ""
    costs: Costs = ()
    identifiers: tuple[str, ...] = ()
    attributes: Attributes = ()
    past: frozenset[Past] = frozenset()

    @property
    def remaining(self) -> int:
        """The units of the whole cart that can still be returned."""
        return sum(line.remaining for line in self.cart)

    @property
    def item_total(self) -> Decimal | None:
        """Price times quantity over the cart; None where a price is unknown."""
        total = Decimal(0)
        for line in self.cart:
            if line.price is None:
                return None
            total += line.price * line.quantity
        return total

    @property
    def cost_total(self) -> Decimal:
        """The sum of the additional costs of the session itself."""
        return sum((price for _, price in self.costs), Decimal(0))

    def became(self, state: State) -> Session:
        """The same session in another state; the past grows where the change belongs to it."""
        past = self.past
        if state is State.PARTIALLY_RETURNED:
            past |= {Past.RETURNED}
        if self.state is State.CLOSED and state is State.OPEN:
            past |= {Past.REOPENED}
        return replace(self, state=state, past=past)

    def returned(self, lines: tuple[tuple[int, int], ...]) -> Session:
        """The session after a return of these pairs of position and units, all within the cart."""
        cart = list(self.cart)
        for position, units in lines:
            cart[position] = replace(cart[position], returned=cart[position].returned + units)
        return replace(self, cart=tuple(cart)).became(State.PARTIALLY_RETURNED)
