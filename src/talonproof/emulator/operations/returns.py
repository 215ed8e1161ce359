"""Units of a closed session are given back, as a whole call or not at all; reopening takes a close back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from talonproof.emulator import answers, event, profile, returned, session
from talonproof.emulator.call import Call
from talonproof.emulator.engine import settlement
from talonproof.emulator.engine.outcome import Outcome
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.operations.sessions import customer_of, existing
from talonproof.emulator.refusal import bad_body, bad_parameter
from talonproof.emulator.session import CLOSED, OPEN, RETURNED, Session

_ITEMS = "/return/returnedCartItems"


def give_back(call: Call) -> Reply:
    """Returns cart items of a closed or partially returned session."""
    visit = existing(call)
    if visit.state not in {CLOSED, RETURNED}:
        raise bad_parameter("customerSessionId", "Invalid state", f"The session is {visit.state}, not closed.")
    known = call.known("ReturnedCartItem")
    sent: list[Mapping[str, Any]] = call.body["return"]["returnedCartItems"]
    items = _items(visit, [{name: item[name] for name in item if name in known} for item in sent])
    customer = customer_of(call, visit)
    before = returned.earlier(call, visit, customer)
    sales = visit.sales
    outcome = Outcome(settlement.give_back(call, visit, items))
    for item in items:
        visit.cart[item["position"]]["returned"] += item["quantity"]
    visit.state = RETURNED
    visit.touch(call.now)
    if customer is not None:
        customer.count(0, visit.sales - sales)
        if not call.dry:
            customer.active(call.now)
        profile.save(call.store, customer)
    session.save(call.store, visit)
    happened = _recorded(call, event.RETURNED, visit, outcome)
    record = returned.record(call, visit, customer, happened["id"], items)
    answer = answers.state(call, event=happened, customer=customer, visit=visit, earlier=before, outcome=outcome)
    return reply(200, {**answer, "return": record})


def _recorded(call: Call, kind: str, visit: Session, outcome: Outcome) -> dict[str, Any]:
    effects = [effect.document() for effect in outcome.effects]
    return event.record(
        call, kind, profile=visit.profile, session=visit.integration_id, store=visit.store, effects=effects
    )


def _items(visit: Session, sent: Sequence[Mapping[str, Any]]) -> list[dict[str, int]]:
    """The positions and quantities to be returned; without a quantity, all that remains of the line.

    A line without a position is named by its SKU. Raises Refusal for an empty list, a position or SKU that the cart
    does not have, a quantity below 1, and quantities that together go beyond what remains of a line.
    """
    if not sent:
        raise bad_body(_ITEMS, "Out of range", "A return names at least one item.")
    remaining = [line["quantity"] - line["returned"] for line in visit.cart]
    items: list[dict[str, int]] = []
    for index, item in enumerate(sent):
        position = _position(visit, remaining, item, f"{_ITEMS}/{index}")
        left = remaining[position]
        quantity = int(item.get("quantity", left))
        if not 1 <= quantity <= left:
            details = f"Of position {position}, {left} can be returned."
            raise bad_body(f"{_ITEMS}/{index}/quantity", "Out of range", details)
        remaining[position] -= quantity
        items.append({"position": position, "quantity": quantity})
    return items


def _position(visit: Session, remaining: list[int], item: Mapping[str, Any], pointer: str) -> int:
    """The line that an item names; of several with its SKU the first that has as many units left."""
    if "position" in item:
        position = int(item["position"])
        if not 0 <= position < len(remaining):
            raise bad_body(f"{pointer}/position", "Out of range", f"The cart has no position {position}.")
        if item.get("sku", visit.cart[position]["sku"]) != visit.cart[position]["sku"]:
            raise bad_body(f"{pointer}/sku", "Unknown", f"The line at position {position} has another SKU.")
        return position
    if "sku" not in item:
        raise bad_body(pointer, "Required", "An item is named by its position or its SKU.")
    lines = [position for position, line in enumerate(visit.cart) if line["sku"] == item["sku"]]
    if not lines:
        raise bad_body(f"{pointer}/sku", "Unknown", f'The cart has no item "{item["sku"]}".')
    return next((each for each in lines if remaining[each] >= int(item.get("quantity", 1))), lines[0])


def reopen(call: Call) -> Reply:
    """Opens a closed session again, and takes back what its close did and counted for, but for what stays."""
    visit = existing(call)
    if visit.state != CLOSED:
        raise bad_parameter("customerSessionId", "Invalid state", f"The session is {visit.state}, not closed.")
    customer = customer_of(call, visit)
    if customer is not None:
        customer.count(-1, -visit.sales)
        customer.active(call.now)
        profile.save(call.store, customer)
    outcome = Outcome(settlement.reopen(call, visit))
    visit.state = OPEN
    visit.touch(call.now)
    session.save(call.store, visit)
    happened = _recorded(call, event.REOPENED, visit, outcome)
    return reply(200, {"effects": happened["effects"]})
