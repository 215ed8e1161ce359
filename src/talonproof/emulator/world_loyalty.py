"""Loyalty programs of a world file: whose ledgers they have, their tiers, and what a return takes back."""

from __future__ import annotations

import re

from talonproof.emulator import world
from talonproof.emulator.ledger import POINT
from talonproof.emulator.world_node import Node

_CARD_PATTERN = re.compile(r"[A-Za-z0-9_#-]{4,108}")
_FEWEST_BLANKS = 8


def program(node: Node) -> world.Program:
    """The program of a row. Raises DocumentError for a card pattern that makes no card, and for tiers out of order."""
    row = node.table(
        "id", "name", "title", "kind", "users_per_card_limit", "card_pattern", "return_policy", "tiers", "tiers_last",
        "downgrade", required=("id", "name", "title", "kind"),
    )  # fmt: skip
    for key in ("tiers_last", "downgrade"):
        if key in row and "tiers" not in row:
            raise row[key].wrong("this program has no tiers")
    cards = row["kind"].choice(("profile", "card")) == "card"
    if cards and "tiers" in row:
        raise row["tiers"].wrong("a card-based program has no tiers")
    return world.Program(
        id=row["id"].integer(),
        name=row["name"].string(),
        title=row["title"].string(),
        cards=cards,
        users_per_card_limit=row["users_per_card_limit"].integer(0) if "users_per_card_limit" in row else 0,
        card_pattern=_pattern(row["card_pattern"]) if "card_pattern" in row else world.CARD_PATTERN,
        return_policy=world.ReturnPolicy(row["return_policy"].choice(world.ReturnPolicy))
        if "return_policy" in row
        else world.ReturnPolicy.ONLY_PENDING,
        tiers=_tiers(row["tiers"]) if "tiers" in row else (),
        tiers_last=row["tiers_last"].future() if "tiers_last" in row else None,
        downgrade=row["downgrade"].choice(world.DOWNGRADES) if "downgrade" in row else world.DOWNGRADES[0],
    )


def _pattern(node: Node) -> str:
    text = node.string()
    if not _CARD_PATTERN.fullmatch(text) or text.count("#") < _FEWEST_BLANKS:
        message = f"a pattern has 4 to 108 letters, digits, hyphens and underscores, with {_FEWEST_BLANKS} # or more"
        raise node.wrong(message, hint=world.CARD_PATTERN)
    return text


def _tiers(node: Node) -> tuple[world.Tier, ...]:
    """The tiers of a program, each at more points than the one before it."""
    found: list[world.Tier] = []
    for item in node.items():
        row = item.table("id", "name", "points", required=("id", "name", "points"))
        tier = world.Tier(row["id"].integer(), row["name"].string(), millionths(row["points"]))
        if any(tier.id == other.id or tier.name == other.name for other in found):
            raise item.wrong("this program has this tier twice")
        if found and tier.points <= found[-1].points:
            raise row["points"].wrong("a tier stands at more points than the one before it")
        found.append(tier)
    if not found:
        raise node.wrong("this list must not be empty")
    return tuple(found)


def millionths(node: Node) -> int:
    """A number of points above 0, in whole millionths."""
    amount = node.number() * POINT
    if amount <= 0 or amount != int(amount):
        raise node.wrong("points must be above 0, with at most six decimals")
    return int(amount)
