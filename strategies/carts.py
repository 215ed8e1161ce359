"""Carts that any server accepts, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.words import amounts, attributes, phrases, words
from talonproof.target import Bindings

MOST_ITEMS = 1_000
"""The most cart items of one request (prose of ``NewCustomerSessionV2.cartItems``)."""

MOST_UNITS = 10_000
"""The most units of one request, over all items (same place)."""

_UNITS_A_LINE = 20
_PRODUCT_NAME = 50

Item = dict[str, Any]


def items(bindings: Bindings, *, units: int = _UNITS_A_LINE, costs: bool = False) -> SearchStrategy[Item]:
    """One cart item with SKU, quantity (1 to ``units``) and price; the simplest is one ``a`` for 1.

    Attributes only under the name bound for cart items; additional costs of the item only on demand,
    and only where such costs are bound.
    """
    optional: dict[str, SearchStrategy[Any]] = {
        "name": phrases(),
        "category": words(),
        "product": st.fixed_dictionaries({"name": phrases(_PRODUCT_NAME)}),
    }
    custom = attributes(bindings.item_attribute)
    if custom is not None:
        optional["attributes"] = custom
    charged = additional_costs(bindings) if costs else None
    if charged is not None:
        optional["additionalCosts"] = charged
    required = {"sku": words(), "quantity": st.integers(1, units), "price": amounts()}
    return st.fixed_dictionaries(required, optional=optional)


def carts(
    bindings: Bindings, *, min_size: int = 1, max_size: int = 6, costs: bool = False
) -> SearchStrategy[list[Item]]:
    """Carts of so many items, each SKU once, within the limits of a request; see :func:`items`."""
    most = min(max_size, MOST_ITEMS)
    units = max(1, min(_UNITS_A_LINE, MOST_UNITS // max(1, most)))
    drawn = items(bindings, units=units, costs=costs)
    return st.lists(drawn, min_size=min_size, max_size=most, unique_by=lambda item: item["sku"])


def additional_costs(bindings: Bindings) -> SearchStrategy[dict[str, Any]] | None:
    """Additional costs under the names bound for them; None where none is bound."""
    names = [name for name in (bindings.additional_cost, bindings.second_additional_cost) if name]
    if not names:
        return None
    cost = st.fixed_dictionaries({"price": amounts(100)})
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, cost))


def cart_of(lines: int, units: int) -> list[Item]:
    """A cart of exactly so many items and units in all, at 1 each, always the same: for probing the limits.

    Raises ValueError for fewer units than items.
    """
    if lines < 1 or units < lines:
        message = f"{units} units cannot fill {lines} lines"
        raise ValueError(message)
    first = units - (lines - 1)
    return [{"sku": f"tp-{n}", "quantity": first if n == 0 else 1, "price": 1} for n in range(lines)]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a session adds up to, before discounts, in the currency of the Application.

    ``cart_items`` is price by quantity over the cart, ``additional_costs`` what the session itself is charged. Costs of
    single items (``item_costs``, each counted once) are in no formula that holds in every edition: where
    there are any, ``total`` is a lower bound only, and ``exact`` is false.
    """

    cart_items: Decimal
    additional_costs: Decimal
    item_costs: Decimal
    exact: bool

    @property
    def total(self) -> Decimal:
        """Items and costs of the session together."""
        return self.cart_items + self.additional_costs


def expected_totals(
    cart: Iterable[Mapping[str, Any]],
    costs: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    catalog: Mapping[str, float] | None = None,
) -> Totals:
    """The totals of a cart and of the costs of its session, computed exactly.

    ``catalog`` gives the prices of items that name none; KeyError for an item that is in neither.
    """
    items_total = item_costs = Decimal(0)
    exact = True
    for item in cart:
        price = item["price"] if "price" in item else (catalog or {})[item["sku"]]
        items_total += decimal(price) * int(item["quantity"])
        charged: Mapping[str, Any] = item.get("additionalCosts", {})
        exact = exact and not charged
        item_costs += sum((decimal(cost["price"]) for cost in charged.values()), Decimal(0))
    session_costs = sum((decimal(cost["price"]) for cost in (costs or {}).values()), Decimal(0))
    return Totals(items_total, session_costs, item_costs, exact)


def decimal(number: float) -> Decimal:
    """The decimal that a JSON number shows when it is written."""
    return Decimal(repr(number))
