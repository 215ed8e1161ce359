"""A condition compares one attribute of a catalog item with a value; text that is a number counts as one."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from talonproof.emulator.refusal import bad_body

Condition = Callable[[Mapping[str, Any]], bool]
"""Whether the attributes of an item are as wanted. An item without the attribute never has them so."""

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}
_SEPARATOR = ","


def condition(sent: Mapping[str, Any], defined: Mapping[str, str], pointer: str) -> Condition:
    """The condition of a filter.

    Raises Refusal for an attribute that cart items do not have or that has several values, for an order of what is
    no number, and for a value that cannot be one of the attribute's.
    """
    name: str = sent["attr"]
    kind = defined.get(name)
    if kind is None:
        raise bad_body(f"{pointer}/attr", "Unknown", f'No attribute "{name}" is defined on CartItem.')
    if kind == "location" or kind.startswith("("):
        raise bad_body(f"{pointer}/attr", "Invalid type", f'Items cannot be filtered by "{name}".')
    order = _ORDERS.get(sent["op"])
    if order is not None:
        if kind != "number":
            raise bad_body(f"{pointer}/op", "Invalid type", f'"{name}" is no number; it has no order.')
        bound = _comparable(kind, sent["value"], f"{pointer}/value")
        return lambda held: name in held and order(_number(held[name]), bound)
    pieces = _pieces(sent["value"]) if sent["op"] == "IN" else [sent["value"]]
    wanted = {_comparable(kind, piece, f"{pointer}/value") for piece in pieces}
    return lambda held: name in held and _held(kind, held[name]) in wanted


def _pieces(value: object) -> list[Any]:
    return [piece.strip() for piece in value.split(_SEPARATOR)] if isinstance(value, str) else [value]


def _comparable(kind: str, value: Any, pointer: str) -> Decimal | str | bool:
    """A value that was sent, as one of an attribute of some type."""
    text = value if isinstance(value, str) else json.dumps(value)
    match kind:
        case "number":
            found = _number(value)
        case "boolean":
            found = {"true": True, "false": False}.get(text)
        case _:
            found = text
    if found is None:
        raise bad_body(pointer, "Invalid type", f"This cannot be the value of an attribute of type {kind}.")
    return found


def _held(kind: str, value: Any) -> Decimal | str | bool | None:
    return _number(value) if kind == "number" else value


def _number(value: Any) -> Decimal | None:
    """The finite number that a JSON value is, or that its text says."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
