"""The campaigns of a world file: when and where they run, what they limit, and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from talonproof.emulator import world
from talonproof.emulator.engine.budget import ONE
from talonproof.emulator.engine.campaign import ACTIONS, ENTITIES, PERIODS, Campaign, Limit, Rule
from talonproof.emulator.engine.condition import HasCode
from talonproof.emulator.engine.rewards import Accept
from talonproof.emulator.world_conditions import Names, read_condition
from talonproof.emulator.world_effects import read_effect
from talonproof.emulator.world_node import Node

FEATURES = ("coupons", "referrals", "loyalty", "giveaways", "strikethrough", "achievements")
STATES = ("enabled", "disabled", "archived")

_CAMPAIGN = ("id", "name", "features", "applications", "state", "starts", "ends", "limits", "rules")


def campaign(node: Node, applications: Mapping[int, world.Application]) -> Campaign:
    """The campaign of a row, without its rules."""
    row = node.table(*_CAMPAIGN, required=("id", "name"))
    starts, ends = (row[key].offset() if key in row else None for key in ("starts", "ends"))
    if starts is not None and ends is not None and ends <= starts:
        raise row["ends"].wrong("a campaign ends after its start")
    return Campaign(
        id=row["id"].integer(),
        name=row["name"].string(),
        features=tuple(word.choice(FEATURES) for word in row["features"].items()) if "features" in row else (),
        applications=frozenset(each.reference(applications, "Application") for each in row["applications"].items())
        if "applications" in row
        else None,
        state=row["state"].choice(STATES) if "state" in row else STATES[0],
        starts=starts,
        ends=ends,
        limits=tuple(_limit(each) for each in row["limits"].items()) if "limits" in row else (),
    )


def with_rules(node: Node, made: Campaign, names: Names) -> Campaign:
    """The campaign of the same row with its rules, which may name anything of the world."""
    row = node.table()
    return replace(made, rules=tuple(_rule(each, names) for each in row["rules"].items())) if "rules" in row else made


def _limit(node: Node) -> Limit:
    row = node.table("action", "limit", "entities", "period", required=("action", "limit"))
    amount = row["limit"].number() * ONE
    if amount <= 0 or amount != int(amount):
        raise row["limit"].wrong("a limit is above 0, with at most six decimals")
    entities = tuple(each.choice(ENTITIES) for each in row["entities"].items()) if "entities" in row else ()
    if len(set(entities)) < len(entities):
        raise row["entities"].wrong("this limit has an entity twice")
    return Limit(
        action=row["action"].choice(ACTIONS),
        limit=int(amount),
        entities=entities,
        period=row["period"].choice(PERIODS) if "period" in row else PERIODS[0],
    )


def _rule(node: Node, names: Names) -> Rule:
    row = node.table("name", "when", "then", required=("name", "then"))
    conditions = tuple(read_condition(each, names) for each in row["when"].items()) if "when" in row else ()
    effects = tuple(read_effect(each, names) for each in row["then"].items())
    if not effects:
        raise row["then"].wrong("a rule has one effect at least")
    asked = [(number, each.kind) for number, each in enumerate(conditions) if isinstance(each, HasCode)]
    if len(asked) > 1:
        raise row["when"].wrong("a rule is about one coupon, or about one referral")
    number, on = asked[0] if asked else (0, None)
    for each in effects:
        if isinstance(each, Accept) and each.kind is not on:
            raise row["then"].wrong(f"who accepts a {each.kind} needs the condition `{each.kind}: valid`")
    return Rule(row["name"].string(), conditions, effects, on, number)


def with_campaigns(
    applications: Mapping[int, world.Application], campaigns: Mapping[int, Campaign]
) -> dict[int, world.Application]:
    """The Applications, each with its campaigns in the order of their ids."""
    ordered = [campaigns[number] for number in sorted(campaigns)]

    def own(number: int) -> tuple[Campaign, ...]:
        return tuple(each for each in ordered if each.belongs_to(number))

    return {number: replace(each, campaigns=own(number)) for number, each in applications.items()}
