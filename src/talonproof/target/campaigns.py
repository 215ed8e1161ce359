"""The campaigns whose effects can be judged, as an administrator makes them: one for each trigger of a target file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ATTRIBUTE: Final = "tp_trigger"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that acts on sessions whose attribute has its name, and the labels of the effects that it shows.

    ``rule`` is what it does, ``more`` are keys that its trigger has besides name and session.
    """

    name: str
    labels: tuple[str, ...]
    rule: str
    more: tuple[str, ...] = ()


CAMPAIGNS: Final = (
    Campaign("discount", ("setDiscount",), "a discount of 10 % on the total of the session."),
    Campaign("item-discount", ("setDiscountPerItem",), "a discount on each unit of the cart items."),
    Campaign("cost-discount", ("setDiscountPerAdditionalCost",), "a discount on the additional cost that is bound."),
    Campaign(
        "points",
        ("addLoyaltyPoints", "addLoyaltyPoints:active", "addLoyaltyPoints:lasting"),
        "25 points in the main ledger of profile_program, active at once, which never expire.",
    ),
    Campaign(
        "expiring-points",
        ("addLoyaltyPoints:expiring",),
        "ten points in the main ledger of profile_program, active at once, which expire in thirty days.",
    ),
    Campaign(
        "item-points",
        ("addLoyaltyPoints:item-active",),
        "points in profile_program for each cart item, active at once.",
    ),
    Campaign(
        "pending-points",
        ("addLoyaltyPoints:item-pending", "addLoyaltyPoints:pending"),
        "points in profile_program for each cart item, which start to count in ten days.",
    ),
    Campaign("card-points", ("addLoyaltyPoints:card",), "points on the loyalty card of the session, in card_program."),
    Campaign(
        "spend",
        ("deductLoyaltyPoints", "deductLoyaltyPoints:profile"),
        "ten points are taken from the main ledger of profile_program.",
        ("with_points = true",),
    ),
    Campaign("free-item", ("addFreeItem",), "a free item is added."),
    Campaign(
        "giveaway",
        ("giveaway", "awardGiveaway", "willAwardGiveaway"),
        "a giveaway is awarded, from a pool with codes enough for many runs.",
    ),
    Campaign("create-coupon", ("couponCreated",), "a coupon is created for the customer."),
    Campaign("create-referral", ("referralCreated",), "a referral code is created for the customer."),
    Campaign("reserve", ("reserveCoupon",), "a coupon is reserved for the customer."),
    Campaign("custom", ("customEffect",), "a custom effect."),
    Campaign(
        "attribute",
        ("updateAttribute", "updateAttribute:profile", "updateAttribute:session", "updateAttribute:item"),
        "the attributes bound as profile_attribute, session_attribute and item_attribute are set.",
    ),
    Campaign(
        "achievement",
        ("increaseAchievementProgress", "increaseAchievementProgress:unfinished"),
        "progress is made in an achievement that needs more than that.",
    ),
    Campaign("notification", ("showNotification",), "a notification is shown."),
    Campaign("webhook", ("triggerWebhook",), "a webhook is called; let it be one that harms nobody."),
    Campaign("join-audience", ("addToAudience",), "the customer is added to the audience that is bound."),
    Campaign("leave-audience", ("removeFromAudience",), "the customer is removed from it."),
    Campaign(
        "budget",
        ("budget",),
        "a discount of 6 on the total of the session; all discounts of one customer together are limited to 10.",
        ("campaign = 29", "budget = 10"),
    ),
    Campaign("tier", ("changeLoyaltyTierLevel",), "points enough for the first tier of tier_program, active at once."),
    Campaign(
        "scheduled",
        ("scheduled",),
        "any effect; the campaign starts at some time in the future, and runs for some weeks.",
        ("campaign = 30", 'ahead = "P10D"', 'starts = "2030-01-01T00:00:00Z"'),
    ),
    Campaign("disabled", ("disabled",), "any effect, without a condition; the campaign is disabled.",
             ("campaign = 31", "disabled = true")),
)  # fmt: skip
"""In an order in which nothing needs what comes later."""

RULES: Final[Mapping[str, str]] = {
    label: f"Make the campaign {campaign.name}: {campaign.rule}" for campaign in CAMPAIGNS for label in campaign.labels
}
"""By label, what shows it."""


def campaigns_to_make(present: frozenset[str], costs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The part of the recipe about them, in Markdown, without those whose triggers are ``present``.

    ``costs`` are the requirements that are not judged for want of each effect, by its label.
    """
    wanted = [campaign for campaign in CAMPAIGNS if campaign.name not in present]
    if not wanted:
        return
    yield from (
        "",
        "## Campaigns whose effects are judged",
        "",
        f"Make a customer session attribute `{ATTRIBUTE}` of type string. Then, in the Application of the key, make",
        "these campaigns, active and with one rule each: where that attribute of the session is the name of the",
        "campaign, the effect behind it. No other session is touched by them. Any other condition on a session will",
        "do as well: what makes a campaign act stands in the target file.",
        "",
    )
    for campaign in wanted:
        yield f"- `{campaign.name}`: {campaign.rule}"
        lost = sorted({row for label in campaign.labels for row in costs.get(label, ())})
        if lost:
            yield f"  Not judged without it: {', '.join(lost)}."
    yield from ("", "And in the target file:", "", "```toml")
    for number, campaign in enumerate(wanted):
        yield from ([""] if number else [])
        yield "[[triggers]]"
        yield f'name = "{campaign.name}"'
        yield f'session = {{ attributes = {{ {ATTRIBUTE} = "{campaign.name}" }} }}'
        yield from campaign.more
    yield "```"
