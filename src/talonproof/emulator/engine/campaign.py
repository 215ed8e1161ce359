"""A campaign is a list of rules that run for a time, each of them conditions and the effects that they lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from talonproof.emulator.engine.scene import Scene


class Condition(Protocol):
    """What must hold for a rule to act."""

    def holds(self, scene: Scene) -> bool:
        """Whether it holds."""
        ...


class Proposal(Protocol):
    """What a rule wants to happen."""

    def propose(self, scene: Scene) -> None:
        """Adds effects to the scene; none where there is nothing to do. Raises NotPossible for one that cannot be."""
        ...


class CodeKind(StrEnum):
    """The codes that a session may carry."""

    COUPON = "coupon"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Rule:
    """Effects that come about while all conditions hold: all of them or, where one cannot be, none.

    A rule ``on`` a kind of code is tried once for each valid code of that kind that belongs to its campaign; ``asks``
    is the number of the condition that says so.
    """

    name: str
    when: tuple[Condition, ...]
    then: tuple[Proposal, ...]
    on: CodeKind | None = None
    asks: int = 0


ACTIONS: Mapping[str, str] = {
    "redeemCoupon": "redemptions of coupons",
    "redeemReferral": "redemptions of referral codes",
    "setDiscount": "the sum of discounts",
    "setDiscountEffect": "discounts, counted",
    "createCoupon": "coupons created",
    "createReferral": "referral codes created",
    "reserveCoupon": "coupons reserved",
    "createLoyaltyPoints": "the sum of points added",
    "createLoyaltyPointsEffect": "additions of points, counted",
    "redeemLoyaltyPoints": "the sum of points taken",
    "redeemLoyaltyPointsEffect": "deductions of points, counted",
    "addFreeItemEffect": "free items",
    "awardGiveaway": "giveaways",
    "customEffect": "custom effects",
    "callApi": "webhooks",
}
"""What a campaign can limit."""

ENTITIES = ("Coupon", "Referral", "Profile", "Identifier", "Store", "Session")
PERIODS = ("overall", "daily", "weekly", "monthly", "yearly")


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of an action there is, in whole millionths; counted apart for each entity, anew in each period."""

    action: str
    limit: int
    entities: tuple[str, ...] = ()
    period: str = "overall"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of some Applications (None: all); ``starts`` and ``ends`` are offsets from the load of the world."""

    id: int
    name: str
    features: tuple[str, ...] = ()
    applications: frozenset[int] | None = None
    state: str = "enabled"
    starts: int | None = None
    ends: int | None = None
    limits: tuple[Limit, ...] = ()
    rules: tuple[Rule, ...] = ()

    def belongs_to(self, application: int) -> bool:
        """Whether it is a campaign of that Application."""
        return self.applications is None or application in self.applications

    def within(self, moment: int, loaded: int) -> bool:
        """Whether a moment lies between its start and its end, in a world that was loaded at some instant."""
        return (self.starts is None or loaded + self.starts <= moment) and (
            self.ends is None or moment < loaded + self.ends
        )

    def shown_state(self, moment: int, loaded: int) -> str:
        """Its state as people are shown it."""
        if self.state != "enabled":
            return self.state
        if self.starts is not None and moment < loaded + self.starts:
            return "scheduled"
        return "running" if self.within(moment, loaded) else "expired"
