"""An effect is what a rule wants to happen: proposed by evaluation, made true by settlement, shown on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NO_CAMPAIGN = -1
"""The campaign, ruleset and rule of an effect that no rule gave."""


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Effect:
    """An effect of a rule, proposed or in force.

    ``props`` are those of the wire. ``terms`` never leave the emulator: what settlement needs and the wire does not
    show, JSON values all of them, so that a session can keep its effects. What stands in them:

    - ``spends``: what it takes from the budgets of its campaign (see tallies)
    - acceptReferral: ``referral`` (its id)
    - addLoyaltyPoints: ``owner``, ``card``, ``points`` (whole millionths), ``starts``, ``expires`` (instants or None)
    - deductLoyaltyPoints: ``owner``, ``card``, ``points``
    - couponCreated: ``campaign``, ``pattern``, ``usage_limit``, ``starts``, ``expires``, ``recipient``
    - referralCreated: ``campaign``, ``pattern``, ``usage_limit``, ``starts``, ``expires``, ``advocate``
    - reserveCoupon: ``coupon`` (its id)
    - updateAttribute: ``entity`` (profile, session or item), ``name``, ``value``, and ``line`` of an item
    """

    campaign: int
    ruleset: int
    rule: int
    name: str
    type: str
    props: Mapping[str, Any]
    coupon: int | None = None
    terms: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def with_props(self, props: Mapping[str, Any]) -> Effect:
        """The same effect with other props."""
        return Effect(self.campaign, self.ruleset, self.rule, self.name, self.type, props, self.coupon, self.terms)

    def document(self) -> dict[str, Any]:
        """The effect as answers show it."""
        shown: dict[str, Any] = {
            "campaignId": self.campaign,
            "rulesetId": self.ruleset,
            "ruleIndex": self.rule,
            "ruleName": self.name,
            "effectType": self.type,
            "props": dict(self.props),
        }
        if self.coupon is not None:
            shown["triggeredByCoupon"] = self.coupon
        return shown

    def kept(self) -> list[Any]:
        """The effect as JSON, terms included: what a session stores of it."""
        props, terms = dict(self.props), dict(self.terms)
        return [self.campaign, self.ruleset, self.rule, self.name, self.type, props, self.coupon, terms]


def restored(kept: Sequence[Any]) -> Effect:
    """The effect that :meth:`Effect.kept` gave."""
    return Effect(*kept)
