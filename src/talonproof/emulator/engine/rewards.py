"""Rewards: codes accepted, codes made and reserved, free items, giveaways, and progress of achievements."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from talonproof.emulator import achievement, coupon, giveaway
from talonproof.emulator.engine.budget import NotPossible
from talonproof.emulator.engine.campaign import CodeKind
from talonproof.emulator.money import number

if TYPE_CHECKING:
    from talonproof.emulator.engine.scene import Scene
    from talonproof.emulator.world import Achievement, Pool

_ACCEPTING: Final = {
    CodeKind.COUPON: ("acceptCoupon", "redeemCoupon"),
    CodeKind.REFERRAL: ("acceptReferral", "redeemReferral"),
}


@dataclass(frozen=True, slots=True)
class Accept:
    """The code that the rule is tried for is accepted: closing the session redeems it."""

    kind: CodeKind

    def propose(self, scene: Scene) -> None:
        """Adds ``acceptCoupon`` or ``acceptReferral``, once a code."""
        code = scene.code
        if code is None or code.accepted:
            return
        kind, action = _ACCEPTING[self.kind]
        spends = scene.budgets.spend(action)
        terms = {"referral": code.id} if self.kind is CodeKind.REFERRAL else {}
        scene.add(kind, {"value": code.value}, spends=spends, **terms)


@dataclass(frozen=True, slots=True)
class CreateCoupon:
    """A coupon of a campaign is made for the customer, and for nobody else; dates are counted from now."""

    campaign: int | None
    pattern: str
    usage_limit: int
    starts: int | None
    expires: int | None

    def propose(self, scene: Scene) -> None:
        """Adds ``couponCreated``; its code comes into being when it takes effect."""
        starts, expires = _dates(scene, self.starts, self.expires)
        scene.add(
            "couponCreated",
            {"profileId": scene.customer},
            spends=scene.budgets.spend("createCoupon"),
            campaign=scene.campaign.id if self.campaign is None else self.campaign,
            pattern=self.pattern,
            usage_limit=self.usage_limit,
            starts=starts,
            expires=expires,
            recipient=scene.customer,
        )


@dataclass(frozen=True, slots=True)
class CreateReferral:
    """A referral code of a campaign is made for the customer; dates are counted from now."""

    campaign: int | None
    pattern: str
    usage_limit: int
    starts: int | None
    expires: int | None

    def propose(self, scene: Scene) -> None:
        """Adds ``referralCreated``; its code comes into being when it takes effect."""
        starts, expires = _dates(scene, self.starts, self.expires)
        scene.add(
            "referralCreated",
            {},
            spends=scene.budgets.spend("createReferral"),
            campaign=scene.campaign.id if self.campaign is None else self.campaign,
            pattern=self.pattern,
            usage_limit=self.usage_limit,
            starts=starts,
            expires=expires,
            advocate=scene.customer,
        )


def _dates(scene: Scene, *offsets: int | None) -> tuple[int | None, ...]:
    return tuple(None if offset is None else scene.situation.moment + offset for offset in offsets)


@dataclass(frozen=True, slots=True)
class ReserveCoupon:
    """A coupon is reserved for the customer."""

    coupon: str

    def propose(self, scene: Scene) -> None:
        """Adds ``reserveCoupon``. Raises NotPossible where there is no such coupon."""
        kept = coupon.find(scene.call.store, self.coupon, sensitive=True)
        if kept is None:
            raise NotPossible(f'There is no coupon "{self.coupon}".')
        props = {"couponValue": kept.value, "profileIntegrationId": scene.customer}
        scene.add("reserveCoupon", props, spends=scene.budgets.spend("reserveCoupon"), coupon=kept.id)


@dataclass(frozen=True, slots=True)
class FreeItem:
    """An item is to be added to the cart, for nothing."""

    name: str
    sku: str

    def propose(self, scene: Scene) -> None:
        """Adds ``addFreeItem``."""
        spends = scene.budgets.spend("addFreeItemEffect")
        scene.add("addFreeItem", {"sku": self.sku, "name": self.name}, spends=spends)


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A code of a pool is given to the customer."""

    pool: Pool

    def propose(self, scene: Scene) -> None:
        """Adds ``willAwardGiveaway``; closing makes an award of it. Raises NotPossible for a pool without codes."""
        if not giveaway.available(scene.call.store, self.pool):
            raise NotPossible(f"The pool {self.pool.id} has no code left.")
        props = {
            "poolId": self.pool.id,
            "poolName": self.pool.name,
            "recipientIntegrationId": scene.customer,
        }
        scene.add("willAwardGiveaway", props, spends=scene.budgets.spend("awardGiveaway"))


@dataclass(frozen=True, slots=True)
class Progress:
    """The customer comes closer to an achievement."""

    achievement: Achievement
    delta: Decimal

    def propose(self, scene: Scene) -> None:
        """Adds ``increaseAchievementProgress``.

        Raises NotPossible where there is no profile, and for one whose time for the achievement is over.
        """
        store, moment = scene.call.store, scene.situation.moment
        if achievement.current(store, self.achievement, scene.customer, moment) is None:
            raise NotPossible(f"The achievement {self.achievement.id} is over for this customer.")
        props = {
            "achievementId": self.achievement.id,
            "achievementName": self.achievement.name,
            "delta": number(self.delta),
        }
        scene.add("increaseAchievementProgress", props)
