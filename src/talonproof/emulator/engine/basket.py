"""What is left to be discounted of a session: its items, unit by unit, and its additional costs.

Discounts stack: each one sees what those before it have left, and takes no more than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final

from talonproof.emulator import carts

if TYPE_CHECKING:
    from talonproof.emulator.engine.journal import Journal
    from talonproof.emulator.session import Session

ITEMS: Final = "cartItems"
COSTS: Final = "additionalCosts"
TOTAL: Final = "sessionTotal"
SCOPES = (ITEMS, COSTS, TOTAL)

_CENT = Decimal("0.01")
_NOTHING = Decimal(0)


class Basket:
    """The values of a session without the discounts so far. All amounts that it gives are 0 or more."""

    def __init__(self, session: Session, journal: Journal) -> None:
        self.lines = session.cart
        self._journal = journal
        self._units: list[list[Decimal]] | None = None
        self._session_costs = _prices(session.costs)
        self._line_costs: dict[int, dict[str, Decimal]] = {
            position: _prices(line["additionalCosts"])
            for position, line in enumerate(session.cart)
            if line.get("additionalCosts")
        }
        totals = session.totals
        self._pools = {ITEMS: totals.items, COSTS: totals.costs}

    def left(self, scope: str) -> Decimal:
        """What is left of the items, of the costs, or of both."""
        if scope == TOTAL:
            return max(self._pools[ITEMS] + self._pools[COSTS], _NOTHING)
        return max(self._pools[scope], _NOTHING)

    def take(self, scope: str, amount: Decimal) -> None:
        """Takes a discount of a session; from the items first where it is one of both."""
        if scope == TOTAL:
            from_items = min(amount, self.left(ITEMS))
            self._reduce(ITEMS, from_items)
            self._reduce(COSTS, amount - from_items)
        else:
            self._reduce(scope, amount)

    def unit_left(self, position: int, unit: int) -> Decimal:
        """What is left of one unit of a line."""
        return max(min(self._flat()[position][unit], self._pools[ITEMS]), _NOTHING)

    def take_unit(self, position: int, unit: int, amount: Decimal) -> None:
        """Takes a discount of one unit of a line."""
        units = self._flat()[position]
        self._journal.put(units, unit, units[unit] - amount)
        self._reduce(ITEMS, amount)

    def cost_left(self, name: str, position: int | None = None) -> Decimal:
        """What is left of an additional cost of the session, or of a line."""
        return max(min(self._costs(position).get(name, _NOTHING), self._pools[COSTS]), _NOTHING)

    def take_cost(self, name: str, amount: Decimal, position: int | None = None) -> None:
        """Takes a discount of an additional cost of the session, or of a line."""
        costs = self._costs(position)
        self._journal.put(costs, name, costs[name] - amount)
        self._reduce(COSTS, amount)

    def _costs(self, position: int | None) -> dict[str, Decimal]:
        return self._session_costs if position is None else self._line_costs.get(position, {})

    def _flat(self) -> list[list[Decimal]]:
        if self._units is None:
            self._units = [[carts.decimal(line["price"])] * line["quantity"] for line in self.lines]
        return self._units

    def _reduce(self, pool: str, amount: Decimal) -> None:
        self._journal.put(self._pools, pool, self._pools[pool] - amount)


def share(amount: Decimal, percent: Decimal) -> Decimal:
    """Some percent of an amount, to the cent; never more than it."""
    return min((amount * percent / 100).quantize(_CENT, ROUND_HALF_UP), amount)


def _prices(costs: Mapping[str, Mapping[str, Any]]) -> dict[str, Decimal]:
    return {name: carts.decimal(cost["price"]) for name, cost in costs.items()}
