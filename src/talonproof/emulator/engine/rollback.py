"""What is rolled back when: by a cancel, by a return for the units returned, and by a reopening.

Each effect that is undone leaves the session, and an effect says so. What stays, stays: free items, gifts, codes made,
reservations, custom effects, attributes, and points as far as the return policy of their program leaves them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from talonproof.emulator import achievement
from talonproof.emulator.call import Call
from talonproof.emulator.engine import tallies
from talonproof.emulator.engine.bookings import Book
from talonproof.emulator.engine.closing import account_of
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.instant import written
from talonproof.emulator.ledger import name_of, shown_points
from talonproof.emulator.session import Session
from talonproof.emulator.world import ReturnPolicy

_NEGATIVE = "negativeBalance"
"""Balances came to have this with the edition that lets a program take points below zero."""

_CREATIONS = frozenset({"couponCreated", "referralCreated"})


class Why(StrEnum):
    """What takes effects back."""

    CANCEL = "cancel"
    RETURN = "return"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Rollback:
    """One call that takes effects of a session back."""

    call: Call
    visit: Session
    why: Why

    def policy(self, program: int) -> ReturnPolicy:
        """The return policy of a program, as far as the edition has it."""
        found = self.call.world.programs[program].return_policy
        if found is ReturnPolicy.UNLIMITED and _NEGATIVE not in self.call.known("LedgerInfo"):
            return ReturnPolicy.WITHIN_BALANCE
        return found

    def book(self, effect: Effect) -> Book:
        """The ledger that an effect of points wrote."""
        account, name = account_of(effect), self.visit.integration_id
        return Book(self.call.store, account, effect.props["subLedgerId"], name, self.call.now)


def take_back(rollback: Rollback, concerns: Callable[[Effect], bool] = lambda _: True) -> list[Effect]:
    """Undoes those effects of a session that are concerned and can be undone; the effects that say so.

    A cancel gives all budgets back but those of codes that were made; else a budget follows its effect.
    """
    made: list[Effect] = []
    left: list[Effect] = []
    for effect in rollback.visit.effects:
        undo = _UNDOERS.get(effect.type)
        undone = undo(rollback, effect) if undo is not None and concerns(effect) else None
        if undone is None:
            left.append(effect)
        else:
            made.append(undone)
        if undone is not None or (rollback.why is Why.CANCEL and effect.type not in _CREATIONS):
            tallies.give_back(rollback.call.store, effect.campaign, effect.terms.get("spends", ()))
    rollback.visit.effects = left
    return made


def _named(effect: Effect, kind: str, props: Mapping[str, Any], **terms: Any) -> Effect:
    return replace(effect, type=kind, props=props, terms=terms)


def _coupon(rollback: Rollback, effect: Effect) -> Effect | None:
    if rollback.why is Why.RETURN:
        return None
    if effect.coupon is not None:
        tallies.take_back(rollback.call.store, "coupon", effect.coupon, rollback.visit.id)
    return _named(effect, "rollbackCoupon", {"value": effect.props["value"]})


def _referral(rollback: Rollback, effect: Effect) -> Effect | None:
    if rollback.why is Why.RETURN:
        return None
    tallies.take_back(rollback.call.store, "referral", effect.terms["referral"], rollback.visit.id)
    return _named(effect, "rollbackReferral", {"value": effect.props["value"]})


_PLACES = {
    "position": "cartItemPosition",
    "subPosition": "cartItemSubPosition",
    "cartItemPosition": "cartItemPosition",
    "cartItemSubPosition": "cartItemSubPosition",
}
_KEPT_OF_DISCOUNTS = ("additionalCostId", "additionalCost", "scope")


def place_of(effect: Effect) -> dict[str, int]:
    """Where in the cart an effect stands, in the words of rollbacks; empty if it belongs to no item."""
    return {shown: effect.props[name] for name, shown in _PLACES.items() if name in effect.props}


def _discount(_rollback: Rollback, effect: Effect) -> Effect:
    kept = {name: effect.props[name] for name in _KEPT_OF_DISCOUNTS if name in effect.props}
    props = {"name": effect.props["name"], "value": effect.props["value"], **place_of(effect), **kept}
    return _named(effect, "rollbackDiscount", props)


def _added_points(rollback: Rollback, effect: Effect) -> Effect | None:
    policy = rollback.policy(effect.props["programId"])
    taken = rollback.book(effect).take_back(effect.terms["entry"], effect.props["name"], policy)
    if taken is None:
        return None
    entry, points = taken
    props = _points_props(rollback, effect, entry, points) | place_of(effect)
    return _named(effect, "rollbackAddedLoyaltyPoints", props)


def _deducted_points(rollback: Rollback, effect: Effect) -> Effect | None:
    if rollback.why is Why.RETURN:
        return None
    entry, points, expires = rollback.book(effect).give_again(effect.terms["entry"], effect.props["name"])
    dates = {"startDate": written(rollback.call.now)}
    if expires is not None:
        dates["expiryDate"] = written(expires)
    return _named(effect, "rollbackDeductedLoyaltyPoints", _points_props(rollback, effect, entry, points) | dates)


def _points_props(rollback: Rollback, effect: Effect, entry: int, points: int) -> dict[str, Any]:
    props: dict[str, Any] = {
        "programId": effect.props["programId"],
        "subLedgerId": effect.props["subLedgerId"],
        "value": shown_points(points),
        "recipientIntegrationId": effect.props.get("recipientIntegrationId", rollback.visit.profile),
        "transactionUUID": name_of(entry),
    }
    if effect.terms["card"]:
        props["cardIdentifier"] = effect.terms["owner"]
    return props


def _progress(rollback: Rollback, effect: Effect) -> Effect | None:
    """Progress is taken back, unless the achievement has been completed; a reopening takes it back even so."""
    attempt = achievement.find(rollback.call.store, effect.terms["tracker"])
    kept = rollback.call.world.achievements.get(effect.props["achievementId"])
    if attempt is None or kept is None or rollback.why is Why.RETURN:
        return None
    if rollback.why is Why.CANCEL and attempt.completed is not None:
        return None
    delta: int = effect.terms["delta"]
    after = achievement.decrease(rollback.call.store, kept, attempt, delta)
    props = {
        "achievementId": kept.id,
        "achievementName": kept.name,
        "progressTrackerId": attempt.id,
        "decreaseProgressBy": shown_points(delta),
        "currentProgress": shown_points(after.amount),
        "target": shown_points(kept.target),
    }
    return _named(effect, "rollbackIncreasedAchievementProgress", props)


_UNDOERS: Mapping[str, Callable[[Rollback, Effect], Effect | None]] = {
    "acceptCoupon": _coupon,
    "acceptReferral": _referral,
    "setDiscount": _discount,
    "setDiscountPerItem": _discount,
    "setDiscountPerAdditionalCost": _discount,
    "setDiscountPerAdditionalCostPerItem": _discount,
    "addLoyaltyPoints": _added_points,
    "deductLoyaltyPoints": _deducted_points,
    "increaseAchievementProgress": _progress,
}
"""What undoes effects, by their type; those of any other type are never undone."""
