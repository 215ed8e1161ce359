"""Actions are written as JSON and read back: for memo keys, for print, for replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from talonproof.model.action import Action, EmptyUpdate, Line, Read, Reopen, Return, Unsent, Update
from talonproof.model.wire import sent


def to_json(action: Action) -> dict[str, Any]:
    """The action as JSON, amounts as text so that none is rounded; :func:`from_json` reads it back."""
    match action:
        case Update():
            return {"action": "update", **_update(action)}
        case EmptyUpdate():
            return {"action": "empty-update"}
        case Return():
            return {"action": "return", "lines": [list(line) for line in action.lines], **_dry(action.dry)}
        case Reopen():
            return {"action": "reopen"}
        case Read():
            return {"action": "read"}


def key(*actions: Action) -> str:
    """One line that is the same for the same actions and for no others."""
    return json.dumps([to_json(action) for action in actions], sort_keys=True, separators=(",", ":"))


def from_json(value: Mapping[str, Any]) -> Action:
    """The action that :func:`to_json` wrote; ValueError for the name of no action."""
    match value.get("action"):
        case "update":
            return _read_update(value)
        case "empty-update":
            return EmptyUpdate()
        case "return":
            lines = tuple((int(position), int(units)) for position, units in value["lines"])
            return Return(lines, dry="dry" in value)
        case "reopen":
            return Reopen()
        case "read":
            return Read()
        case other:
            message = f"there is no action {other!r}"
            raise ValueError(message)


def _update(update: Update) -> dict[str, Any]:
    costs = update.costs
    properties = sent(
        {
            "state": None if update.state is None else str(update.state),
            "cart": None if update.cart is None else [_line(line) for line in update.cart],
            "codes": update.codes,
            "referral": update.referral,
            "costs": None if costs is None else {name: str(price) for name, price in costs},
            "identifiers": update.identifiers,
            "attributes": None if update.attributes is None else dict(update.attributes),
        }
    )
    return properties | _dry(update.dry)


def _line(line: Line) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "price": str(line.price),
        "attributes": dict(line.attributes),
    }


def _dry(dry: bool) -> dict[str, Any]:
    return {"dry": True} if dry else {}


def _read_update(value: Mapping[str, Any]) -> Update:
    def read(name: str, make: Callable[[Any], Any], default: Any = None) -> Any:
        if name not in value:
            return default
        return Unsent.NULL if value[name] is None else make(value[name])

    return Update(
        state=read("state", str),
        cart=read("cart", lambda lines: tuple(_read_line(line) for line in lines)),
        codes=read("codes", tuple, Unsent.ABSENT),
        referral=read("referral", str, Unsent.ABSENT),
        costs=read("costs", lambda costs: tuple((name, Decimal(price)) for name, price in costs.items())),
        identifiers=read("identifiers", tuple),
        attributes=read("attributes", lambda attributes: tuple(attributes.items())),
        dry="dry" in value,
    )


def _read_line(value: Mapping[str, Any]) -> Line:
    return Line(value["sku"], value["quantity"], Decimal(value["price"]), tuple(value["attributes"].items()))
