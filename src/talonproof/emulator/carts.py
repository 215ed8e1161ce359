"""A cart is a list of lines; its totals are those of its lines and of the costs around it, before any discount."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from talonproof.emulator import attributes
from talonproof.emulator.call import Call
from talonproof.emulator.money import within
from talonproof.emulator.refusal import INVALID, Refusal, bad_body, step
from talonproof.emulator.world import Entity

MAX_LINES = 1000
MAX_UNITS = 10_000

Line = dict[str, Any]
"""A cart item as it was sent, with its price found, and ``returned``: the units given back."""

_KEPT = ("name", "sku", "category", "product", "weight", "height", "width", "length")
_KEPT_LATER = (
    "selectedPriceType", "adjustmentReferenceId", "adjustmentEffectiveFrom", "adjustmentEffectiveUntil", "prices",
)  # fmt: skip
"""What items have besides since the edition 2026-05."""

_SENT = "/customerSession/cartItems"
_NOTHING = Decimal(0)


def lines(call: Call, sent: list[Mapping[str, Any]]) -> list[Line]:
    """The lines of a cart that was sent.

    Raises Refusal for more than MAX_LINES lines or MAX_UNITS units, for attributes that are not defined or have
    another type, for costs that do not exist, and for an item without a price that no connected catalog has.
    """
    if len(sent) > MAX_LINES:
        raise bad_body(_SENT, "Out of range", f"A cart has at most {MAX_LINES} items.")
    if sum(int(item["quantity"]) for item in sent) > MAX_UNITS:
        raise bad_body(_SENT, "Out of range", f"The quantities of a cart add up to at most {MAX_UNITS}.")
    defined = call.world.attributes[Entity.ITEM]
    found = [
        problem
        for index, item in enumerate(sent)
        if "attributes" in item
        for problem in attributes.problems(Entity.ITEM, defined, item["attributes"], f"{_SENT}/{index}/attributes")
    ]
    if found:
        raise Refusal(400, INVALID, found)
    later = call.known("CartItem")
    kept = (*_KEPT, *(name for name in _KEPT_LATER if name in later))
    return [_line(call, kept, item, f"{_SENT}/{index}") for index, item in enumerate(sent)]


def _line(call: Call, kept: tuple[str, ...], item: Mapping[str, Any], pointer: str) -> Line:
    line: Line = {name: item[name] for name in kept if name in item}
    line["quantity"] = int(item["quantity"])
    line["price"] = item["price"] if "price" in item else _catalog_price(call, item["sku"], pointer)
    within(line["price"], pointer, "/price")
    if item.get("attributes"):
        line["attributes"] = attributes.merged({}, item["attributes"])
    if "additionalCosts" in item:
        line["additionalCosts"] = costs(call, item["additionalCosts"], f"{pointer}/additionalCosts")
    line["returned"] = 0
    return line


def _catalog_price(call: Call, sku: str, pointer: str) -> float:
    row = call.store.one(
        "SELECT price FROM catalog_item WHERE catalog_id = ? AND sku = ?", call.application.catalog, sku
    )
    if row is None or row[0] is None:
        details = f'The item "{sku}" has no price, and no connected catalog gives one.'
        raise bad_body(f"{pointer}/price", "Required", details)
    return float(row[0])


def costs(call: Call, sent: Mapping[str, Mapping[str, Any]], pointer: str) -> dict[str, dict[str, float]]:
    """The additional costs that were sent, by name; Refusal for a name that does not exist."""
    for name, cost in sent.items():
        if name not in call.world.additional_costs:
            raise bad_body(pointer + step(name), "Unknown", f'There is no additional cost "{name}".')
        within(cost["price"], pointer, step(name) + "/price")
    return {name: {"price": cost["price"]} for name, cost in sent.items()}


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Totals:
    """The value of the items, and of all additional costs: those of the session and those of each line, once."""

    items: Decimal
    costs: Decimal

    @property
    def total(self) -> Decimal:
        """Items and costs."""
        return self.items + self.costs


def totals(cart: list[Line], session_costs: Mapping[str, Mapping[str, Any]]) -> Totals:
    """The totals of a cart and its session's costs."""
    items = around = _NOTHING
    for cost in session_costs.values():
        around += decimal(cost["price"])
    for line in cart:
        items += decimal(line["price"]) * line["quantity"]
        if "additionalCosts" in line:
            for cost in line["additionalCosts"].values():
                around += decimal(cost["price"])
    return Totals(items, around)


def returned_value(cart: list[Line]) -> Decimal:
    """The value of the units given back."""
    return sum((decimal(line["price"]) * line["returned"] for line in cart), _NOTHING)


@lru_cache(maxsize=4096, typed=True)
def decimal(price: float) -> Decimal:
    """A price as it was written, 10 apart from 10.0; a cart is summed up several times in a call."""
    return Decimal(str(price))


def wire(cart: list[Line]) -> list[dict[str, Any]]:
    """The lines as answers show them, with position and counters."""
    shown: list[dict[str, Any]] = []
    for position, line in enumerate(cart):
        item = dict(line)
        returned = item.pop("returned")
        item["position"] = position
        item["returnedQuantity"] = returned
        item["remainingQuantity"] = line["quantity"] - returned
        shown.append(item)
    return shown
