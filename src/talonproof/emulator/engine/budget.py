"""A budget is what a limit of a campaign leaves to somebody, in a period."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

from talonproof.emulator.engine import tallies
from talonproof.emulator.instant import DAY

if TYPE_CHECKING:
    from talonproof.emulator.engine.campaign import Limit
    from talonproof.emulator.engine.scene import Scene

ONE = 1_000_000
"""Budgets count in whole millionths."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Spend = list[int | str]
"""What an effect takes from a budget: limit, entity, period, amount (see tallies)."""


class NotPossible(Exception):
    """An effect that cannot be; ``reason`` is the one that a code is rejected for, where it says more than that."""

    def __init__(self, details: str, reason: str = "") -> None:
        super().__init__(details)
        self.details = details
        self.reason = reason


class Budgets:
    """The budgets of the campaigns of one evaluation: what is stored, and what its effects so far would take."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._used: dict[tuple[int, int, str, int], int] = {}

    def room(self, action: str) -> int | None:
        """How much of an action the limits of the campaign leave; None without a limit.

        Raises NotPossible where one of them counts for somebody who is not there.
        """
        least: int | None = None
        for number, limit in enumerate(self._scene.campaign.limits):
            if limit.action == action:
                for key in self._keys(number, limit):
                    rest = max(limit.limit - self._amount(key), 0)
                    least = rest if least is None else min(least, rest)
        return least

    def spend(self, action: str, amount: int = ONE) -> list[Spend]:
        """Takes an amount from all limits of an action. Raises NotPossible where one of them has less left."""
        spends: list[Spend] = []
        for number, limit in enumerate(self._scene.campaign.limits):
            if limit.action != action:
                continue
            for key in self._keys(number, limit):
                used = self._amount(key)
                if used + amount > limit.limit:
                    details = f"The campaign limits {action} to {limit.limit / ONE:g}, and {used / ONE:g} are used."
                    raise NotPossible(details, _reason(limit))
                self._scene.journal.put(self._used, key, used + amount)
                spends.append([number, key[2], key[3], amount])
        return spends

    def refuse(self, action: str) -> NotPossible:
        """Why nothing is left of an action: the first limit that is used up."""
        for number, limit in enumerate(self._scene.campaign.limits):
            if limit.action == action and any(self._amount(key) >= limit.limit for key in self._keys(number, limit)):
                return NotPossible(f"The campaign limits {action}, and nothing is left.", _reason(limit))
        return NotPossible(f"Nothing is left of {action}.")

    def _amount(self, key: tuple[int, int, str, int]) -> int:
        if key not in self._used:
            self._used[key] = tallies.used(self._scene.call.store, *key)
        return self._used[key]

    def _keys(self, number: int, limit: Limit) -> Iterator[tuple[int, int, str, int]]:
        """What a limit counts apart here: one thing, or one for each identifier of the session."""
        names = [self._names(entity) for entity in limit.entities]
        since = period_start(limit.period, self._scene.situation.moment)
        for chosen in product(*names):
            entity = json.dumps(dict(zip(limit.entities, chosen, strict=True))) if chosen else ""
            yield self._scene.campaign.id, number, entity, since

    def _names(self, entity: str) -> list[str | int]:
        """Who or what an entity is in this scene."""
        scene = self._scene
        session, profile, code = scene.session, scene.profile, scene.code
        found: list[str | int] = []
        match entity:
            case "Profile":
                if profile is None:
                    raise NotPossible(
                        "The campaign has a budget for each profile, and there is none.", "ProfileRequired"
                    )
                found = [profile.integration_id]
            case "Identifier":
                found = list(session.identifiers) if session else []
            case "Store":
                found = [session.store] if session and session.store else []
            case "Session":
                found = [session.id] if session else []
            case _:
                found = [code.id] if code and code.kind == entity.lower() else []
        if not found:
            raise NotPossible(f"The campaign has a budget for each {entity}, and there is none.")
        return found


def _reason(limit: Limit) -> str:
    return "ProfileLimitReached" if "Profile" in limit.entities else "CampaignLimitReached"


def period_start(period: str, moment: int) -> int:
    """When the period began that a moment lies in, UTC, weeks on Mondays; 0 for one that never ends."""
    if period == "overall":
        return 0
    day = moment // DAY
    date = (_EPOCH + timedelta(days=day)).date()
    match period:
        case "weekly":
            day -= date.weekday()
        case "monthly":
            day -= date.day - 1
        case "yearly":
            day -= date.timetuple().tm_yday - 1
        case _:
            pass
    return day * DAY
