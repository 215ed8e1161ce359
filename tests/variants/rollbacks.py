"""Ways of saying what is rolled back, and of listing points that were spent in part."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from talonproof.emulator.message import Reply
from tests.variants.variant import Asked, Behaviour, Proceed

UNDOING = frozenset({"updateCustomerSessionV2", "returnCartItems", "reopenCustomerSession"})
PLACES = ("cartItemPosition", "cartItemSubPosition")


def rollbacks_of_lines() -> Behaviour:
    """One rollback effect stands for all units of a line that were rolled back for the same reason."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        return _with_effects(answer, _together) if asked.operation in UNDOING else answer

    return behave


def rollbacks_without_places() -> Behaviour:
    """What cancelling and reopening roll back is named without the line that it was tied to."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if asked.operation not in UNDOING - {"returnCartItems"}:
            return answer
        return _with_effects(answer, lambda effects: [_without(effect, *PLACES) for effect in effects])

    return behave


def whole_rows() -> Behaviour:
    """A list of unused points shows how many a row had at first, though some of them were spent."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        answer = proceed(asked.request)
        if asked.operation != "getLoyaltyProgramProfilePoints" or not answer.ok:
            return answer
        place = urlsplit(asked.request.target).path.removesuffix("points") + "transactions"
        entries = proceed(asked.get(place)).document()["data"]
        at_first = {entry["id"]: entry["amount"] for entry in entries}
        body = answer.document()
        rows = [{**row, "amount": at_first.get(row["id"], row["amount"])} for row in body["data"]]
        return answer.with_document({**body, "data": rows})

    return behave


def _with_effects(answer: Reply, edit: Any) -> Reply:
    body = answer.document() if answer.ok and answer.body else None
    if not isinstance(body, dict) or not any(_rolls_back(effect) for effect in body.get("effects", ())):
        return answer
    return answer.with_document({**body, "effects": edit(body["effects"])})


def _rolls_back(effect: dict[str, Any]) -> bool:
    return str(effect["effectType"]).startswith("rollback")


def _without(effect: dict[str, Any], *names: str) -> dict[str, Any]:
    if not _rolls_back(effect):
        return effect
    return {**effect, "props": {name: value for name, value in effect["props"].items() if name not in names}}


def _together(effects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = {}
    for number, effect in enumerate(effects):
        props = effect["props"]
        tied = _rolls_back(effect) and "cartItemPosition" in props and isinstance(props.get("value"), int | float)
        key: Any = number
        if tied:
            key = (effect["effectType"], props.get("name"), props.get("programId"), props["cartItemPosition"])
        if key in found:
            found[key]["props"]["value"] += props["value"]
        else:
            found[key] = {**_without(effect, "cartItemSubPosition")}
            found[key]["props"] = dict(found[key]["props"])
    return list(found.values())
