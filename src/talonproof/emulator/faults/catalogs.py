"""Faults of catalog syncs; a cart item without a price shows most of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from talonproof.emulator import catalog
from talonproof.emulator.catalog import Item
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import (
    edited_body,
    edited_reply,
    in_parts,
    in_path,
    is_action,
    sent_list,
    with_list,
)
from talonproof.emulator.message import Reply, Request, as_object, reply
from talonproof.emulator.world import Entity

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

CATALOGS = Collection()

SYNC = ("syncCatalog",)

_MOST = 1000
_KINDS = ("ADD", "PATCH", "PATCH_MANY", "REMOVE", "REMOVE_MANY")
_ORDERS = {"LT", "LE", "GT", "GE"}


def _is(action: Any, *kinds: str) -> bool:
    return is_action(action, "type", *kinds) and isinstance(action.get("payload"), dict)


def _on_payloads(request: Request, edit: Callable[[dict[str, Any]], object], *kinds: str) -> Request:
    """The request with the payloads of some types edited in place."""

    def inside(body: dict[str, Any]) -> None:
        for action in body["actions"]:
            if _is(action, *kinds):
                edit(action["payload"])

    return edited_body(request, inside)


@CATALOGS.should("types-mixed", "One request can hold actions of several types.", "CAT-001", on=SYNC)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    actions = sent_list(request, "actions")
    kinds = {action.get("type") for action in actions if _is(action, *_KINDS)}
    if len(kinds) < 2:
        return proceed(request)
    answers = [proceed(with_list(request, "actions", [a for a in actions if _is(a, kind)])) for kind in sorted(kinds)]
    return next((answer for answer in answers if not answer.ok), answers[-1])


@CATALOGS.must("sku-twice", "Of two actions on a SKU the last one counts.", "CAT-002", on=SYNC)
@on_request
def _(request: Request) -> Request:
    def edit(body: dict[str, Any]) -> None:
        last = {action["payload"].get("sku", index): action for index, action in enumerate(body["actions"])}
        body["actions"] = list(last.values())

    return edited_body(request, edit)


@CATALOGS.must("thousand-syncs-refused", "A request takes 999 actions on a catalog.", "CAT-003", on=SYNC)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    too_many = answer.ok and len(sent_list(request, "actions")) >= _MOST
    return reply(400, {"message": "Too many actions."}) if too_many else answer


@CATALOGS.should("syncs-over-a-thousand", "More than 1000 actions on a catalog are done.", "CAT-004", "ERR-011",
                 on=SYNC)  # fmt: skip
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    return in_parts(request, proceed, "actions", _MOST)


def _item(request: Request, emulator: Emulator, sku: Any) -> Item | None:
    text = in_path(request, emulator, "catalogId")
    if not text.isdecimal() or len(text) > 18 or not isinstance(sku, str):
        return None
    with emulator.store.reading():
        return catalog.item(emulator.store, int(text), sku)


@CATALOGS.must("replace-keeps-price", "An item that is replaced keeps its price, whatever the new one.", "CAT-005",
               on=SYNC)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    def edit(payload: dict[str, Any]) -> None:
        if payload.get("replaceIfExists") is True and _item(request, emulator, payload.get("sku")) is not None:
            payload.pop("price", None)

    return proceed(_on_payloads(request, edit, "ADD"))


@CATALOGS.must("replace-drops-price", "An item that is replaced without a price has none.", "CAT-007", on=SYNC)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    replaced = [
        action["payload"].get("sku")
        for action in sent_list(request, "actions")
        if _is(action, "ADD") and "price" not in action["payload"]
    ]
    answer = proceed(request)
    for sku in replaced if answer.ok else ():
        kept = _item(request, emulator, sku)
        if kept is not None:
            kept.price = None
            with emulator.store.transaction():
                catalog.put(emulator.store, int(in_path(request, emulator, "catalogId")), kept)
    return answer


@CATALOGS.must("patch-makes-nothing", "An item that is not there is not made by a patch.", "CAT-005", on=SYNC)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    actions = sent_list(request, "actions")
    there = [a for a in actions if not _is(a, "PATCH") or _item(request, emulator, a["payload"].get("sku")) is not None]
    if len(there) == len(actions):
        return proceed(request)
    return proceed(with_list(request, "actions", there or [{"type": "REMOVE", "payload": {"sku": "\n"}}]))


@CATALOGS.must("patch-drops-price", "An item that is patched without a price costs nothing.", "CAT-007", on=SYNC)
@on_request
def _(request: Request) -> Request:
    return _on_payloads(request, lambda payload: payload.setdefault("price", 0), "PATCH")


@CATALOGS.must("many-need-a-filter", "Actions on many items without filters are for none.", "CAT-008", on=SYNC)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    known = [name for name, kind in emulator.world.attributes[Entity.ITEM].items() if kind == "string"]
    nothing = [{"attr": known[0], "op": "EQ", "value": "\n"}] if known else []

    def edit(payload: dict[str, Any]) -> None:
        payload["filters"] = payload.get("filters") or nothing

    return proceed(_on_payloads(request, edit, "PATCH_MANY", "REMOVE_MANY"))


@CATALOGS.must("removal-needs-a-filter", "A removal of many items without filters removes none.", "CAT-008", on=SYNC)
@on_request
def _(request: Request) -> Request:
    def edit(body: dict[str, Any]) -> None:
        if all(_is(action, "REMOVE_MANY") and not action["payload"].get("filters") for action in body["actions"]):
            body["actions"] = [{"type": "REMOVE", "payload": {"sku": "\n"}}]

    return edited_body(request, edit)


@CATALOGS.should("text-has-an-order", "Text can be more or less than something.", "CAT-009", on=SYNC)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    known = emulator.world.attributes[Entity.ITEM]

    def edit(payload: dict[str, Any]) -> None:
        for one in payload.get("filters", ()):
            if one.get("op") in _ORDERS and known.get(one.get("attr")) == "string":
                one["op"] = "EQ"

    return proceed(_on_payloads(request, edit, "PATCH_MANY", "REMOVE_MANY"))


def _keep_filters(
    request: Request, keep: Callable[[list[Any]], list[Any]], kinds: tuple[str, ...] = ("PATCH_MANY", "REMOVE_MANY")
) -> Request:
    def edit(payload: dict[str, Any]) -> None:
        if payload.get("filters"):
            payload["filters"] = keep(payload["filters"])

    return _on_payloads(request, edit, *kinds)


@CATALOGS.must("only-first-filter", "Of several filters the first one counts.", "CAT-010", on=SYNC)
@on_request
def _(request: Request) -> Request:
    return _keep_filters(request, lambda filters: filters[:1])


@CATALOGS.must("removal-by-one-filter", "Of several filters of a removal the last one counts.", "CAT-010", on=SYNC)
@on_request
def _(request: Request) -> Request:
    return _keep_filters(request, lambda filters: filters[-1:], ("REMOVE_MANY",))


@CATALOGS.must("filters-ignored", "Filters are checked and then forgotten: many is always all.", "CAT-010", on=SYNC)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer, bare = proceed(request), _keep_filters(request, lambda _: [])
    return proceed(bare) if answer.ok and bare.document() != request.document() else answer


@CATALOGS.must("filters-joined-by-or", "An item that passes one of several filters is concerned.", "CAT-010", on=SYNC)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        body["actions"] = [
            {**action, "payload": {**action["payload"], "filters": [one]}}
            for action in body["actions"]
            for one in action["payload"]["filters"]
        ]

    several = edited_body(request, edit)
    return proceed(several if len(sent_list(several, "actions")) <= _MOST else request)


@CATALOGS.should("another-catalog-shown", "A sync is answered with another catalog.", "CAT-011", on=SYNC)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(id=body["id"] + 1))


@CATALOGS.should("version-goes-back", "A sync for a version is answered with the one before it.", "CAT-011", on=SYNC)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    named = (as_object(request.document()) or {}).get("version")
    answer = proceed(request)
    return edited_reply(answer, lambda body: body.update(version=named - 1)) if isinstance(named, int) else answer
