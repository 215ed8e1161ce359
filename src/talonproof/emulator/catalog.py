"""A catalog holds items by SKU, with prices for whoever sends none; its version counts the syncs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from talonproof.emulator.call import Call
from talonproof.emulator.instant import written
from talonproof.emulator.store import Row, Store

_COLUMNS = "sku, price, attributes, product"
_AUTHOR = 1
"""Answers name the user who made a catalog; those of a world were made by its first."""


@dataclass(slots=True)
class Item:
    """An item; ``product`` is the name of the product that it is a variant of."""

    sku: str
    price: Decimal | None = None
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    product: str | None = None


def create(store: Store, number: int, now: int) -> None:
    """Makes an empty catalog, of version 1."""
    store.run("INSERT INTO catalog VALUES (?, ?, ?, 1)", number, now, now)


def version(store: Store, number: int) -> int | None:
    """The version of a catalog; None where there is none."""
    row = store.one("SELECT version FROM catalog WHERE id = ?", number)
    return None if row is None else row[0]


def synced(store: Store, number: int, reached: int, now: int) -> None:
    """Notes a sync."""
    store.run("UPDATE catalog SET version = ?, modified = ? WHERE id = ?", reached, now, number)


def items(store: Store, number: int) -> list[Item]:
    """The items of a catalog, by SKU."""
    return [
        _item(row)
        for row in store.all(f"SELECT {_COLUMNS} FROM catalog_item WHERE catalog_id = ? ORDER BY sku", number)
    ]


def item(store: Store, number: int, sku: str) -> Item | None:
    """The item of a SKU."""
    row = store.one(f"SELECT {_COLUMNS} FROM catalog_item WHERE catalog_id = ? AND sku = ?", number, sku)
    return None if row is None else _item(row)


def put(store: Store, number: int, kept: Item) -> None:
    """Stores an item, in the place of one with its SKU."""
    store.run(
        "INSERT OR REPLACE INTO catalog_item VALUES (?, ?, ?, ?, ?)",
        number,
        kept.sku,
        None if kept.price is None else str(kept.price),
        json.dumps(kept.attributes),
        kept.product,
    )


def remove(store: Store, number: int, sku: str) -> None:
    """Removes the item of a SKU, if there is one."""
    store.run("DELETE FROM catalog_item WHERE catalog_id = ? AND sku = ?", number, sku)


def document(call: Call, number: int) -> dict[str, Any]:
    """The catalog as answers show it, without its items."""
    rows = call.store.all("SELECT created, modified, version FROM catalog WHERE id = ?", number)
    ((created, modified, reached),) = rows
    described = call.world.catalogs[number]
    connected = [app.id for app in call.world.applications.values() if app.catalog == number]
    return {
        "id": number,
        "created": written(created),
        "accountId": call.world.account,
        "modified": written(modified),
        "name": described.name,
        "description": described.description,
        "subscribedApplicationsIds": connected,
        "version": reached,
        "createdBy": _AUTHOR,
    }


def _item(row: Row) -> Item:
    sku, price, attributes, product = row
    return Item(sku, None if price is None else Decimal(price), json.loads(attributes), product)
