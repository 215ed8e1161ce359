"""Campaigns as answers show them: with their state at the moment, their limits, and what is used of those."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from talonproof.emulator.call import Call
from talonproof.emulator.engine import tallies
from talonproof.emulator.engine.budget import ONE
from talonproof.emulator.engine.campaign import Campaign, Limit
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.engine.situation import moment
from talonproof.emulator.instant import written
from talonproof.emulator.money import number


def triggered(call: Call, effects: Iterable[Effect]) -> list[dict[str, Any]]:
    """The campaigns that gave effects, each once; one that only refused a code gave none."""
    numbers = {effect.campaign for effect in effects if not effect.type.startswith("reject")}
    return [document(call, each) for each in call.application.campaigns if each.id in numbers]


def document(call: Call, campaign: Campaign) -> dict[str, Any]:
    """The campaign as answers show it."""
    shown: dict[str, Any] = {
        "id": campaign.id,
        "created": written(call.loaded),
        "applicationId": call.application.id,
        "userId": 1,
        "name": campaign.name,
        "description": "",
        "state": campaign.state,
        "activeRulesetId": campaign.id,
        "tags": [],
        "features": list(campaign.features),
        "limits": [_limit(limit) for limit in campaign.limits],
        "type": "advanced",
        "budgets": [_budget(call, campaign, index) for index in range(len(campaign.limits))],
        "frontendState": campaign.shown_state(moment(call), call.loaded),
        "storesImported": False,
    }
    if "reevaluateOnReturn" in call.known("Campaign"):
        shown["reevaluateOnReturn"] = False
    if campaign.starts is not None:
        shown["startTime"] = written(call.loaded + campaign.starts)
    if campaign.ends is not None:
        shown["endTime"] = written(call.loaded + campaign.ends)
    return shown


def _limit(limit: Limit) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "action": limit.action,
        "limit": _number(limit.limit),
        "entities": list(limit.entities),
    }
    return shown if limit.period == "overall" else {**shown, "period": limit.period}


def _budget(call: Call, campaign: Campaign, index: int) -> dict[str, Any]:
    limit = campaign.limits[index]
    counter = tallies.used_in_all(call.store, campaign.id, index)
    return {"action": limit.action, "limit": _number(limit.limit), "counter": _number(counter)}


def _number(millionths: int) -> int | float:
    return number(Decimal(millionths) / ONE)
