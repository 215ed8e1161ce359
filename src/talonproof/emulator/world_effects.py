"""The effects of rules in a world file: each is named by its type on the wire, with what it needs in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from talonproof.emulator import attributes, codes, world
from talonproof.emulator.engine import discounts, notices, points, rewards
from talonproof.emulator.engine.basket import SCOPES, TOTAL
from talonproof.emulator.engine.campaign import CodeKind, Proposal
from talonproof.emulator.engine.condition import ItemFilter
from talonproof.emulator.engine.discounts import Amount
from talonproof.emulator.message import as_object
from talonproof.emulator.world import Entity
from talonproof.emulator.world_conditions import OWNERS, Names, item_filter, named_attribute, the_one
from talonproof.emulator.world_node import Node

_ALL = ItemFilter()
_MOST_PERCENT = 100
_PATTERN = "########"
_FEWEST_BLANKS = 6


def read_effect(node: Node, names: Names) -> Proposal:
    """The effect of a node: a table with the type as its only key or, where nothing is needed, the type alone."""
    if isinstance(node.value, str):
        kind = node.choice(EFFECTS)
        if kind not in _BARE:
            raise node.wrong(f"{kind} needs a table")
        return _BARE[kind]
    key, value = the_one(node, EFFECTS, "an effect")
    if key in _BARE:
        raise value.wrong(f"{key} stands alone, without a table")
    return _READERS[key](value, names)


def _amount(node: Node, row: Mapping[str, Node]) -> Amount:
    """A ``value`` above 0, or some ``percent``."""
    if ("value" in row) == ("percent" in row):
        raise node.wrong("this has either a value or a percent")
    if "value" in row:
        return Amount(_positive(row["value"]))
    percent = _positive(row["percent"])
    if percent > _MOST_PERCENT:
        raise row["percent"].wrong("there are no more than 100 percent")
    return Amount(percent=percent)


def _positive(node: Node) -> Decimal:
    found = node.number()
    if found <= 0:
        raise node.wrong("this must be above 0")
    return found


def _items(row: Mapping[str, Node], names: Names) -> ItemFilter:
    return item_filter(row["items"], names) if "items" in row else _ALL


def _cost(node: Node, names: Names) -> str:
    return node.choice(names.costs)


def _discount(node: Node, _names: Names) -> Proposal:
    row = node.table("name", "value", "percent", "scope", required=("name",))
    scope = row["scope"].choice(SCOPES) if "scope" in row else TOTAL
    return discounts.SessionDiscount(row["name"].string(), _amount(node, row), scope)


def _item_discount(node: Node, names: Names) -> Proposal:
    row = node.table("name", "value", "percent", "items", required=("name",))
    return discounts.ItemDiscount(row["name"].string(), _amount(node, row), _items(row, names))


def _cost_discount(node: Node, names: Names) -> Proposal:
    row = node.table("name", "cost", "value", "percent", required=("name", "cost"))
    cost = _cost(row["cost"], names)
    return discounts.CostDiscount(row["name"].string(), cost, names.costs[cost], _amount(node, row))


def _item_cost_discount(node: Node, names: Names) -> Proposal:
    row = node.table("name", "cost", "value", "percent", "items", required=("name", "cost"))
    cost = _cost(row["cost"], names)
    return discounts.ItemCostDiscount(
        row["name"].string(), cost, names.costs[cost], _amount(node, row), _items(row, names)
    )


def _program(node: Node, names: Names) -> world.Program:
    return names.programs[node.reference(names.programs, "program")]


def _add_points(node: Node, names: Names) -> Proposal:
    row = node.table(
        "name", "program", "subledger", "value", "percent", "starts", "expires", "items", required=("name", "program")
    )
    return points.AddPoints(
        name=row["name"].string(),
        program=_program(row["program"], names),
        subledger=row["subledger"].string() if "subledger" in row else "",
        amount=_amount(node, row),
        starts=row["starts"].future() if "starts" in row else None,
        expires=row["expires"].future() if "expires" in row else None,
        items=item_filter(row["items"], names) if "items" in row else None,
    )


def _deduct_points(node: Node, names: Names) -> Proposal:
    row = node.table("name", "program", "subledger", "value", required=("name", "program", "value"))
    return points.DeductPoints(
        name=row["name"].string(),
        program=_program(row["program"], names),
        subledger=row["subledger"].string() if "subledger" in row else "",
        amount=_positive(row["value"]),
    )


def _free_item(node: Node, _names: Names) -> Proposal:
    row = node.table("name", "sku", required=("name", "sku"))
    return rewards.FreeItem(row["name"].string(), row["sku"].string())


def _giveaway(node: Node, names: Names) -> Proposal:
    row = node.table("pool", required=("pool",))
    return rewards.Giveaway(names.pools[row["pool"].reference(names.pools, "giveaway pool")])


def _new_code(node: Node, names: Names) -> dict[str, Any]:
    row = node.table("campaign", "pattern", "usage_limit", "starts", "expires")
    return {
        "campaign": row["campaign"].reference(names.campaigns, "campaign") if "campaign" in row else None,
        "pattern": _pattern(row["pattern"]) if "pattern" in row else _PATTERN,
        "usage_limit": row["usage_limit"].integer(0) if "usage_limit" in row else 1,
        "starts": row["starts"].future() if "starts" in row else None,
        "expires": row["expires"].future() if "expires" in row else None,
    }


def _pattern(node: Node) -> str:
    text = node.string()
    if text.count(codes.BLANK) < _FEWEST_BLANKS:
        raise node.wrong(f"a pattern of codes has {_FEWEST_BLANKS} {codes.BLANK} or more", hint=_PATTERN)
    return text


def _reserve(node: Node, names: Names) -> Proposal:
    row = node.table("coupon", required=("coupon",))
    return rewards.ReserveCoupon(row["coupon"].choice(sorted(names.coupons)))


def _notification(node: Node, _names: Names) -> Proposal:
    row = node.table("type", "title", "body", required=("type", "title", "body"))
    kind = row["type"].choice(notices.NOTIFICATIONS)
    return notices.Notification(kind, row["title"].string(), row["body"].string())


def _attribute(node: Node, names: Names) -> Proposal:
    row = node.table("attribute", "value", "items", required=("attribute", "value"))
    entity, name, kind = named_attribute(row["attribute"], names)
    if entity is Entity.EVENT:
        raise row["attribute"].wrong("attributes of events are not updated", hint=", ".join(list(OWNERS)[:3]))
    if not attributes.fits(kind, row["value"].value):
        raise row["value"].wrong(f"the attribute {name} takes a value of type {kind}")
    if "items" in row and entity is not Entity.ITEM:
        raise row["items"].wrong("this is no attribute of an item")
    return notices.AttributeUpdate(entity, name, row["value"].value, _items(row, names))


def _webhook(node: Node, _names: Names) -> Proposal:
    row = node.table("id", "name", required=("id", "name"))
    return notices.Webhook(row["id"].integer(), row["name"].string())


def _audience(node: Node, names: Names, *, joins: bool) -> Proposal:
    row = node.table("audience", required=("audience",))
    audience = names.audiences[row["audience"].reference(names.audiences, "audience")]
    return notices.AudienceChange(joins, audience.id, audience.name)


def _progress(node: Node, names: Names) -> Proposal:
    row = node.table("achievement", "delta", required=("achievement", "delta"))
    achievement = names.achievements[row["achievement"].reference(names.achievements, "achievement")]
    return rewards.Progress(achievement, _positive(row["delta"]))


def _custom(node: Node, names: Names) -> Proposal:
    row = node.table("id", "name", "payload", "items", required=("id", "name"))
    payload = as_object(row["payload"].value) if "payload" in row else {}
    if payload is None:
        raise row["payload"].wrong("this must be a table")
    items = item_filter(row["items"], names) if "items" in row else None
    return notices.Custom(row["id"].integer(), row["name"].string(), payload, items)


_BARE: Mapping[str, Proposal] = {
    "acceptCoupon": rewards.Accept(CodeKind.COUPON),
    "acceptReferral": rewards.Accept(CodeKind.REFERRAL),
}
_READERS: Mapping[str, Callable[[Node, Names], Proposal]] = {
    "setDiscount": _discount,
    "setDiscountPerItem": _item_discount,
    "setDiscountPerAdditionalCost": _cost_discount,
    "setDiscountPerAdditionalCostPerItem": _item_cost_discount,
    "addLoyaltyPoints": _add_points,
    "deductLoyaltyPoints": _deduct_points,
    "addFreeItem": _free_item,
    "awardGiveaway": _giveaway,
    "couponCreated": lambda node, names: rewards.CreateCoupon(**_new_code(node, names)),
    "referralCreated": lambda node, names: rewards.CreateReferral(**_new_code(node, names)),
    "reserveCoupon": _reserve,
    "showNotification": _notification,
    "updateAttribute": _attribute,
    "triggerWebhook": _webhook,
    "addToAudience": lambda node, names: _audience(node, names, joins=True),
    "removeFromAudience": lambda node, names: _audience(node, names, joins=False),
    "increaseAchievementProgress": _progress,
    "customEffect": _custom,
}
EFFECTS = (*_BARE, *_READERS)
"""The types of effects that a rule may have."""
