"""Bodies of catalog syncs that touch items of the run's own only, and what the items then cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.bodies import Valid
from strategies.placeholders import MARK, SKU, several
from strategies.words import amounts, attributes, phrases
from talonproof.target import Bindings

MOST_ACTIONS = 1_000
"""The most actions of one request (``CatalogSyncRequest.actions``)."""

_PRODUCT_NAME = 50
_INSISTS = {"ADD": "replaceIfExists", "PATCH": "createIfNotExists"}

Action = dict[str, Any]
Sync = dict[str, Any]


def action(kind: str, **payload: Any) -> Action:
    """One action; ``kind`` is its ``type``."""
    return {"type": kind, "payload": payload}


def sync(actions: Iterable[Action]) -> Sync:
    """The body of one request. It names no version: what happens to an outdated one is unknown."""
    return {"actions": list(actions)}


def syncs(bindings: Bindings, skus: Sequence[str] = several(SKU, 3), *, most: int = 4) -> SearchStrategy[list[Sync]]:
    """Requests, one after the other, that any server accepts; the simplest adds the first SKU and nothing else.

    Each has one type of action and no SKU twice. Whether an item is there never matters: ADD replaces, PATCH creates,
    and only what is there is removed.
    """
    kinds = [_written(bindings, skus, kind) for kind in _INSISTS]
    removed = st.lists(st.sampled_from(list(skus)), min_size=1, max_size=len(skus), unique=True)
    gone = removed.map(lambda chosen: [action("REMOVE", sku=sku) for sku in chosen])
    return st.lists(st.one_of(*kinds, gone), min_size=1, max_size=most).map(_in_place).filter(bool)


def _written(bindings: Bindings, skus: Sequence[str], kind: str) -> SearchStrategy[list[Action]]:
    optional: dict[str, SearchStrategy[Any]] = {
        "price": amounts(),
        "product": st.fixed_dictionaries({"name": phrases(_PRODUCT_NAME)}),
    }
    custom = attributes(bindings.item_attribute)
    if custom is not None:
        optional["attributes"] = custom
    always = {"sku": st.sampled_from(list(skus)), _INSISTS[kind]: st.just(value=True)}
    payload = st.fixed_dictionaries(always, optional=optional)
    actions = payload.map(lambda drawn: action(kind, **drawn))
    return st.lists(actions, min_size=1, max_size=len(skus), unique_by=lambda one: one["payload"]["sku"])


def _in_place(requests: list[list[Action]]) -> list[Sync]:
    """The requests without removals of what is not there, and without those that are then empty."""
    kept: list[Sync] = []
    for actions in requests:
        there = prices(kept)
        lawful = [one for one in actions if one["type"] != "REMOVE" or one["payload"]["sku"] in there]
        if lawful:
            kept.append(sync(lawful))
    return kept


def prices(requests: Iterable[Sync]) -> Mapping[str, Any]:
    """The price of each item that is there after ADD, PATCH and REMOVE of items that were not; None: it has none.

    A price that is left out is kept.
    """
    found: dict[str, Any] = {}
    for request in requests:
        for one in request["actions"]:
            sku = one["payload"]["sku"]
            if one["type"] == "REMOVE":
                found.pop(sku, None)
            else:
                found[sku] = one["payload"].get("price", found.get(sku))
    return found


def batch(kind: str, skus: Iterable[str]) -> Sync:
    """One ADD (at 1, never replacing) or one REMOVE of each SKU, always the same: for probing how many are allowed."""
    rest = {"price": 1} if kind == "ADD" else {}
    return sync(action(kind, sku=sku, **rest) for sku in skus)


def condition(attribute: str, op: str, value: str | float) -> dict[str, Any]:
    """One filter."""
    return {"attr": attribute, "op": op, "value": value}


def marked(bindings: Bindings, kind: str, *others: Mapping[str, Any], **change: Any) -> Sync:
    """A PATCH_MANY or REMOVE_MANY of the items that have :data:`~strategies.placeholders.MARK` and pass the others.

    The mark is a value of the text by which items of the catalog can be filtered: ValueError where none is bound.
    """
    if not bindings.catalog_attribute:
        message = "a mark needs the binding catalog_attribute"
        raise ValueError(message)
    filters = [condition(bindings.catalog_attribute, "EQ", MARK), *others]
    return sync([action(kind, **change, filters=filters)])


def mixed() -> Sync:
    """An ADD and a PATCH in one request, which takes one type only."""
    first, second = several(SKU, 2)
    return sync([action("ADD", sku=first, price=1), action("PATCH", sku=second, price=1, createIfNotExists=True)])


def twice() -> Sync:
    """One SKU at two prices in one request."""
    return sync(action("ADD", sku=SKU, price=price, replaceIfExists=True) for price in (1, 2))


def calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One rich call, where a catalog is bound.

    It writes one item: whatever is wrong with an action on many, a careless server might do it to all.
    """
    if bindings.catalog is None:
        return ()
    held = {bindings.item_attribute: "a"} if bindings.item_attribute else {}
    item = action("ADD", sku=SKU, price=1.5, attributes=held, product={"name": "a"}, replaceIfExists=True)
    return (Valid("syncCatalog", {"catalogId": bindings.catalog}, {}, sync([item])),)
