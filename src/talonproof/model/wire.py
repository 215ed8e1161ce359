"""An action as a call: its operation, its query and its body, all but the ids."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from talonproof.model.action import Action, EmptyUpdate, Line, Read, Reopen, Return, Unsent, Update


def operation(action: Action) -> str:
    """The operationId that carries the action out."""
    match action:
        case Update() | EmptyUpdate():
            return "updateCustomerSessionV2"
        case Return():
            return "returnCartItems"
        case Reopen():
            return "reopenCustomerSession"
        case Read():
            return "getCustomerSession"


def query(action: Action) -> dict[str, bool]:
    """The query of the call: ``dry`` where the action is a dry one, else nothing."""
    match action:
        case Update(dry=True) | Return(dry=True):
            return {"dry": True}
        case _:
            return {}


def body(action: Action, *, profile: str | None = None) -> dict[str, Any] | None:
    """The JSON body of the call, without ``responseContent``; None where the operation takes none.

    ``profile`` is the ``profileId`` of an update (None: not sent; empty: an anonymous session).
    """
    match action:
        case Update():
            return {"customerSession": _session(action, profile)}
        case EmptyUpdate():
            return {}
        case Return():
            lines = [{"position": position, "quantity": units} for position, units in action.lines]
            return {"return": {"returnedCartItems": lines}}
        case Reopen() | Read():
            return None


def sent(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that are sent: without those that are None or absent, and null for null."""
    return {
        name: None if value is Unsent.NULL else list(cast("Any", value)) if isinstance(value, tuple) else value
        for name, value in properties.items()
        if value is not None and value is not Unsent.ABSENT
    }


def number(value: Decimal) -> int | float:
    """The JSON number for an amount: an integer where it is one."""
    return int(value) if value == value.to_integral_value() else float(value)


def _session(update: Update, profile: str | None) -> dict[str, Any]:
    costs = update.costs
    return sent(
        {
            "profileId": profile,
            "state": None if update.state is None else str(update.state),
            "cartItems": None if update.cart is None else [_line(line) for line in update.cart],
            "couponCodes": update.codes,
            "referralCode": update.referral,
            "additionalCosts": None if costs is None else {name: {"price": number(price)} for name, price in costs},
            "identifiers": update.identifiers,
            "attributes": None if update.attributes is None else dict(update.attributes),
        }
    )


def _line(line: Line) -> dict[str, Any]:
    return sent(
        {
            "sku": line.sku,
            "quantity": line.quantity,
            "price": number(line.price),
            "attributes": dict(line.attributes) or None,
        }
    )
