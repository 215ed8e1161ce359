"""Servers whose campaigns do less than the harness may have seen, or nothing at all."""

from __future__ import annotations

from typing import Any

from talonproof.emulator.message import Reply
from tests.variants.variant import Asked, Behaviour, Proceed

ENGINE = frozenset({"updateCustomerSessionV2", "updateCustomerProfileV2", "trackEventV2"})
MARK = "tp_trigger"
REJECTED = {"acceptCoupon": "rejectCoupon", "acceptReferral": "rejectReferral"}


def no_campaigns() -> Behaviour:
    """No campaign acts on anything: codes are rejected, and that is all that ever shows."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        body = asked.body()
        marked = asked.operation in ENGINE and bool(body) and _unmarked(body) != body
        return _shown(proceed(asked.request.with_document(_unmarked(body)) if marked else asked.request))

    return behave


def spent() -> Behaviour:
    """Somebody has used up the budgets of all campaigns since the harness looked: they act in dry calls alone."""

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        body = asked.body()
        if asked.operation != "updateCustomerSessionV2" or asked.dry:
            return proceed(asked.request)
        marked = bool(body) and _unmarked(body) != body
        request = asked.request.with_document(_unmarked(body)) if marked else asked.request
        return _shown(proceed(request), reason="CampaignLimitReached")

    return behave


def _unmarked(body: dict[str, Any]) -> dict[str, Any]:
    """A body without what campaigns act on."""
    plain = {name: value for name, value in body.items() if name != "evaluableCampaignIds"}
    session = plain.get("customerSession")
    if not isinstance(session, dict):
        return plain
    session = {name: value for name, value in session.items() if name != "evaluableCampaignIds"}
    attributes = session.get("attributes")
    if isinstance(attributes, dict) and MARK in attributes:
        session["attributes"] = {name: value for name, value in attributes.items() if name != MARK}
    return {**plain, "customerSession": session}


def _shown(answer: Reply, reason: str = "PartOfNotTriggeredCampaign") -> Reply:
    """An answer that rejects the codes which the emulator accepts, and shows nothing else of campaigns."""
    document = answer.document() if answer.ok and answer.body else None
    if not isinstance(document, dict):
        return answer
    effects = document.get("effects")
    if not isinstance(effects, list) or not effects:
        return answer
    shown: list[dict[str, Any]] = []
    for effect in effects:
        kind = REJECTED.get(effect["effectType"])
        if kind is not None:
            of = kind.removeprefix("reject") if reason.startswith("Part") else ""
            props = {"value": effect["props"]["value"], "rejectionReason": f"{of}{reason}"}
            shown.append({**effect, "effectType": kind, "props": props})
        elif effect["effectType"].startswith("reject"):
            shown.append(effect)
    return answer.with_document({**document, "effects": shown})
