"""Which effects a target brings about: what is called what, what a run saw of them, and the sessions that show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from talonproof.http.exchange import Exchange
from talonproof.model.moment import instant, served
from talonproof.target import POOLS, Target, Trigger

SCHEDULED: Final = "scheduled"
DISABLED: Final = "disabled"
GIVEAWAY: Final = "giveaway"
BUDGET: Final = "budget"

EFFECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "acceptCoupon": (),
    "rejectCoupon": (),
    "acceptReferral": (),
    "rejectReferral": (),
    "couponCreated": (),
    "referralCreated": (),
    "reserveCoupon": (),
    "setDiscount": (),
    "setDiscountPerItem": (),
    "setDiscountPerAdditionalCost": (),
    "setDiscountPerAdditionalCostPerItem": (),
    "addLoyaltyPoints": ("active", "lasting", "expiring", "pending", "item-active", "item-pending", "card"),
    "deductLoyaltyPoints": ("profile", "card"),
    "changeLoyaltyTierLevel": (),
    "addFreeItem": (),
    "awardGiveaway": (),
    "willAwardGiveaway": (),
    "showNotification": (),
    "updateAttribute": ("profile", "session", "item"),
    "triggerWebhook": (),
    "addToAudience": (),
    "removeFromAudience": (),
    "increaseAchievementProgress": ("unfinished", "completed"),
    "customEffect": (),
    GIVEAWAY: (),
    SCHEDULED: (),
    DISABLED: (),
    BUDGET: (),
}
"""The effects that a case may need, with what is told apart among them: an effect is labelled ``addLoyaltyPoints`` and
``addLoyaltyPoints:pending``, and one for a cart item ``addLoyaltyPoints:item-pending`` besides. ``giveaway`` is one
that is awarded or will be; ``scheduled`` and ``disabled`` are any effect of a campaign that is so, ``budget`` is a
``setDiscount`` of one of which a customer gets so much and no more."""

LABELS: Final = frozenset(
    label for effect, kinds in EFFECTS.items() for label in (effect, *(f"{effect}:{kind}" for kind in kinds))
)

_WORDS: Final[Mapping[str, str]] = {
    GIVEAWAY: "a giveaway, awarded or announced",
    SCHEDULED: "an effect of a scheduled campaign",
    DISABLED: "an effect of a disabled campaign",
    BUDGET: "setDiscount under a budget for each customer",
    "addLoyaltyPoints:active": "addLoyaltyPoints that are active at once",
    "addLoyaltyPoints:lasting": "addLoyaltyPoints that are active at once and never expire",
    "addLoyaltyPoints:expiring": "addLoyaltyPoints that are active at once and expire",
    "addLoyaltyPoints:pending": "addLoyaltyPoints that are pending at first",
    "addLoyaltyPoints:item-active": "addLoyaltyPoints for a cart item that are active at once",
    "addLoyaltyPoints:item-pending": "addLoyaltyPoints for a cart item that are pending at first",
    "addLoyaltyPoints:card": "addLoyaltyPoints on a card",
    "deductLoyaltyPoints:profile": "deductLoyaltyPoints of a profile",
    "deductLoyaltyPoints:card": "deductLoyaltyPoints on a card",
    "updateAttribute:profile": "updateAttribute of a profile",
    "updateAttribute:session": "updateAttribute of a session",
    "updateAttribute:item": "updateAttribute of a cart item",
    "increaseAchievementProgress:unfinished": "increaseAchievementProgress of an achievement that stays unfinished",
    "increaseAchievementProgress:completed": "increaseAchievementProgress that completes an achievement",
}


def in_words(label: str) -> str:
    """What a label means, for people."""
    return _WORDS.get(label, label)


def effects_of(answer: Exchange) -> list[Mapping[str, Any]]:
    """The effects in an answer, as far as they are objects; none in an answer without."""
    found: Any = answer.at("effects")
    each = cast("list[Any]", found) if isinstance(found, list) else []
    return [cast("dict[str, Any]", effect) for effect in each if isinstance(effect, dict)]


def props_of(effect: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of an effect; none where they are no object."""
    props: Any = effect.get("props")
    return cast("dict[str, Any]", props) if isinstance(props, dict) else {}


def labels_of(effect: Mapping[str, Any], *, now: datetime) -> frozenset[str]:
    """The labels of an effect that was answered at a moment."""
    kind: Any = effect.get("effectType")
    if not isinstance(kind, str):
        return frozenset()
    also = {GIVEAWAY} if kind in {"awardGiveaway", "willAwardGiveaway"} else set[str]()
    return frozenset({kind, *also, *(f"{kind}:{finer}" for finer in _finer(kind, props_of(effect), now))})


def _finer(kind: str, props: Mapping[str, Any], now: datetime) -> Iterator[str]:
    match kind:
        case "addLoyaltyPoints":
            if props.get("cardIdentifier"):
                yield "card"
                return
            start = instant(props.get("startDate"))
            pending = start is not None and start > now
            status = "pending" if pending else "active"
            yield status
            if not pending:
                yield "lasting" if instant(props.get("expiryDate")) is None else "expiring"
            if isinstance(props.get("cartItemPosition"), int | float):
                yield f"item-{status}"
        case "deductLoyaltyPoints":
            yield "card" if props.get("cardIdentifier") else "profile"
        case "updateAttribute":
            path = str(props.get("path", "")).lower()
            for word, finer in (("item", "item"), ("profile", "profile"), ("session", "session")):
                if word in path:
                    yield finer
                    return
        case "increaseAchievementProgress":
            yield "completed" if props.get("isJustCompleted") is True else "unfinished"
        case _:
            return


def labelled(answer: Exchange, label: str) -> list[Mapping[str, Any]]:
    """The effects of an answer that have a label."""
    now = served(answer)
    return [effect for effect in effects_of(answer) if label in labels_of(effect, now=now)]


# sessions


def merged(session: Mapping[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """A session with parts added: what is in tables by name, what is in lists behind what is there."""
    whole = dict(session)
    for name, part in parts.items():
        there = whole.get(name)
        if isinstance(there, Mapping) and isinstance(part, Mapping):
            whole[name] = {**cast("Mapping[str, Any]", there), **cast("Mapping[str, Any]", part)}
        elif isinstance(there, list) and isinstance(part, list):
            whole[name] = [*cast("list[Any]", there), *cast("list[Any]", part)]
        else:
            whole[name] = part
    return whole


PLAIN: Final = Trigger("any session")
"""No part of a session at all: campaigns may act on every cart."""


def attempts(target: Target) -> tuple[Trigger, ...]:
    """What is tried on a target, each by one request: a plain session, its triggers, and a coupon of each pool."""
    bound = target.bindings
    pools = ((name, getattr(bound, name)) for name in POOLS if name != "mandatory_coupons")
    coupons = (Trigger(f"a coupon of {name}", {"couponCodes": [codes[0]]}) for name, codes in pools if codes)
    return (PLAIN, *target.triggers, *coupons)


def requests_at_most(target: Target) -> int:
    """How many requests it takes to try them: one more where the target takes no session with the card bound."""
    return len(attempts(target)) + bool(target.bindings.populated_card)


# what was seen


@dataclass(frozen=True, slots=True)
class Fired:
    """A trigger that showed an effect: its name, the parts of a session, its campaign where that is named.

    ``now`` is the moment at which that campaign acts, if it is a scheduled one, ``budget`` what a customer gets of it.
    """

    trigger: str
    session: Mapping[str, Any] = field(default_factory=dict[str, Any])
    campaign: int | None = None
    now: str | None = None
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run saw when it tried the triggers of its target: by label, those that showed such an effect.

    ``silent`` are the names of those that showed none, with what became of them, ``refused`` of those whose session the
    target did not take; ``requests`` is how many were sent.
    """

    fired: Mapping[str, tuple[Fired, ...]] = field(default_factory=dict[str, tuple[Fired, ...]])
    silent: Mapping[str, str] = field(default_factory=dict[str, str])
    refused: Mapping[str, str] = field(default_factory=dict[str, str])
    requests: int = 0

    def lacking(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Those of the labels that nothing showed."""
        return tuple(label for label in labels if not self.fired.get(label))

    def record(self) -> dict[str, Any]:
        """For the header of the stream: by label, the names of the triggers."""
        return {
            "requests": self.requests,
            "seen": {label: [one.trigger for one in fired] for label, fired in sorted(self.fired.items())},
            "silent": {**self.silent, **self.refused},
        }

    def to_json(self) -> dict[str, Any]:
        """All of it, for another process."""
        return {
            "fired": {
                label: [
                    {
                        "trigger": f.trigger,
                        "session": dict(f.session),
                        "campaign": f.campaign,
                        "now": f.now,
                        "budget": f.budget,
                    }
                    for f in fired
                ]
                for label, fired in self.fired.items()
            },
            "silent": dict(self.silent),
            "refused": dict(self.refused),
            "requests": self.requests,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Seen:
        """What another process saw."""
        fired = {label: tuple(Fired(**one) for one in each) for label, each in data["fired"].items()}
        return cls(fired, dict(data["silent"]), dict(data["refused"]), data["requests"])


def unseen(labels: Sequence[str]) -> str:
    """Why a case that needs effects does not run: nothing shows these."""
    return f"nothing that was tried shows {', '.join(map(in_words, labels))}"
