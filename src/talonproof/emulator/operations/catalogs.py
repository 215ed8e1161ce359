"""A sync applies actions of one type to a catalog: to items named by SKU, or to all that pass some filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from talonproof.emulator import attributes, catalog
from talonproof.emulator.call import Call
from talonproof.emulator.catalog import Item
from talonproof.emulator.checked import custom, whole
from talonproof.emulator.conditions import Condition, condition
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.money import amount
from talonproof.emulator.refusal import Refusal, bad_body
from talonproof.emulator.world import Entity

Payloads = list[tuple[str, Mapping[str, Any]]]
"""The payloads of a request, each with its pointer."""


def sync(call: Call) -> Reply:
    """Applies all actions, or none if one cannot be; the catalog then has the next version.

    A ``version`` that was sent must be the present one.
    """
    number: int = call.parameters["catalogId"]
    version = catalog.version(call.store, number)
    if version is None:
        raise Refusal(404, f"There is no catalog {number}.")
    if "version" in call.body and whole(call.body["version"], "/version") != version:
        raise bad_body("/version", "Outdated", f"The catalog has version {version}.")
    actions: list[Mapping[str, Any]] = call.body["actions"]
    for index, action in enumerate(actions):
        if action["type"] != actions[0]["type"]:
            raise bad_body(f"/actions/{index}/type", "Mixed types", "A request has actions of one type only.")
    if actions[0]["type"] not in _KINDS:
        raise bad_body("/actions/0/type", "Not built", f"Actions of type {actions[0]['type']} are not built yet.")
    payloads = [(f"/actions/{index}/payload", action["payload"]) for index, action in enumerate(actions)]
    _check_skus(payloads)
    _KINDS[actions[0]["type"]](call, number, payloads)
    catalog.synced(call.store, number, version + 1, call.now)
    return reply(200, catalog.document(call, number))


def _check_skus(payloads: Payloads) -> None:
    seen: set[str] = set()
    for pointer, payload in payloads:
        sku = payload.get("sku")
        if sku == "":
            raise bad_body(f"{pointer}/sku", "Required", "An item has a SKU.")
        if sku in seen:
            raise bad_body(f"{pointer}/sku", "Duplicate", f'The SKU "{sku}" is in this request twice.')
        if sku is not None:
            seen.add(sku)


@dataclass(frozen=True, slots=True)
class _Change:
    """What an action sets; a price of None leaves the one that there is."""

    price: Decimal | None
    attributes: Mapping[str, Any]

    def apply(self, item: Item) -> None:
        if self.price is not None:
            item.price = self.price
        item.attributes = attributes.merged(item.attributes, self.attributes)


def _change(call: Call, payload: Mapping[str, Any], pointer: str) -> _Change:
    """What a payload sets; Refusal for what an item cannot have."""
    price = amount(payload["price"], f"{pointer}/price") if "price" in payload else None
    return _Change(price, custom(call, Entity.ITEM, payload.get("attributes", {}), f"{pointer}/attributes"))


def _add(call: Call, number: int, payloads: Payloads) -> None:
    """Adds items; one that exists is replaced if that is asked for, and keeps its price unless there is a new one."""
    for pointer, payload in payloads:
        kept = catalog.item(call.store, number, payload["sku"])
        if kept is not None and not payload.get("replaceIfExists", False):
            raise bad_body(f"{pointer}/sku", "Taken", f'There is an item "{payload["sku"]}".')
        made = Item(payload["sku"], price=kept.price if kept else None, product=_product(payload))
        _change(call, payload, pointer).apply(made)
        catalog.put(call.store, number, made)


def _patch(call: Call, number: int, payloads: Payloads) -> None:
    """Changes items, or makes them if that is asked for: without a product they have none afterwards."""
    for pointer, payload in payloads:
        kept = catalog.item(call.store, number, payload["sku"])
        if kept is None and not payload.get("createIfNotExists", False):
            raise bad_body(f"{pointer}/sku", "Unknown", f'There is no item "{payload["sku"]}".')
        changed = kept or Item(payload["sku"])
        changed.product = _product(payload)
        _change(call, payload, pointer).apply(changed)
        catalog.put(call.store, number, changed)


def _patch_many(call: Call, number: int, payloads: Payloads) -> None:
    """Changes the items that pass all filters, each action after the one before."""
    there = catalog.items(call.store, number)
    changed: dict[str, Item] = {}
    for pointer, payload in payloads:
        change = _change(call, payload, pointer)
        for item in _passing(there, _conditions(call, payload, pointer)):
            change.apply(item)
            changed[item.sku] = item
    for item in changed.values():
        catalog.put(call.store, number, item)


def _remove(call: Call, number: int, payloads: Payloads) -> None:
    """Removes items; what is not there needs no removing."""
    for _, payload in payloads:
        catalog.remove(call.store, number, payload["sku"])


def _remove_many(call: Call, number: int, payloads: Payloads) -> None:
    """Removes the items that pass all filters."""
    there = catalog.items(call.store, number)
    for pointer, payload in payloads:
        gone = {item.sku for item in _passing(there, _conditions(call, payload, pointer))}
        there = [item for item in there if item.sku not in gone]
        for sku in gone:
            catalog.remove(call.store, number, sku)


_KINDS: Mapping[str, Callable[[Call, int, Payloads], None]] = {
    "ADD": _add,
    "PATCH": _patch,
    "PATCH_MANY": _patch_many,
    "REMOVE": _remove,
    "REMOVE_MANY": _remove_many,
}


def _product(payload: Mapping[str, Any]) -> str | None:
    return payload["product"]["name"] if "product" in payload else None


def _conditions(call: Call, payload: Mapping[str, Any], pointer: str) -> list[Condition]:
    defined = call.world.attributes[Entity.ITEM]
    return [
        condition(sent, defined, f"{pointer}/filters/{index}") for index, sent in enumerate(payload.get("filters", ()))
    ]


def _passing(items: Iterable[Item], conditions: list[Condition]) -> list[Item]:
    return [item for item in items if all(holds(item.attributes) for holds in conditions)]
