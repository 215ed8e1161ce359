"""What a world file lets customers win: pools of giveaways, and achievements of its campaigns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from talonproof.emulator import codes, world
from talonproof.emulator.engine.campaign import Campaign
from talonproof.emulator.world_loyalty import millionths
from talonproof.emulator.world_node import Node

_FEWEST_BLANKS = 6
_NAME = re.compile(r"[a-zA-Z]\w{1,999}", re.ASCII)


def pool(node: Node) -> world.Pool:
    """The pool of a row: with codes, or with a pattern that makes them."""
    row = node.table("id", "name", "codes", "pattern", "starts", "expires", required=("id", "name"))
    if ("codes" in row) == ("pattern" in row):
        raise node.wrong("a pool has either codes or a pattern")
    listed = [code.string() for code in row["codes"].items()] if "codes" in row else []
    if len(set(listed)) < len(listed):
        raise row["codes"].wrong("this pool has a code twice")
    return world.Pool(
        id=row["id"].integer(),
        name=row["name"].string(),
        codes=tuple(listed),
        pattern=_pattern(row["pattern"]) if "pattern" in row else None,
        starts=row["starts"].offset() if "starts" in row else None,
        expires=row["expires"].offset() if "expires" in row else None,
    )


def _pattern(node: Node) -> str:
    text = node.string()
    if text.count(codes.BLANK) < _FEWEST_BLANKS:
        raise node.wrong(f"a pattern of giveaways has {_FEWEST_BLANKS} {codes.BLANK} or more", hint="GIFT-########")
    return text


def achievement(node: Node, campaigns: Mapping[int, Campaign]) -> world.Achievement:
    """The achievement of a row."""
    row = node.table(
        "id", "campaign", "name", "title", "description", "target", "lasts", "recurrence",
        required=("id", "campaign", "name", "title", "target", "lasts"),
    )  # fmt: skip
    name = row["name"].string()
    if not _NAME.fullmatch(name):
        raise row["name"].wrong("the name of an achievement begins with a letter; letters, digits and _ follow")
    return world.Achievement(
        id=row["id"].integer(),
        campaign=row["campaign"].reference(campaigns, "campaign"),
        name=name,
        title=row["title"].string(),
        description=row["description"].string() if "description" in row else "",
        target=millionths(row["target"]),
        lasts=row["lasts"].future(),
        recurrence=row["recurrence"].choice(world.RECURRENCES) if "recurrence" in row else world.RECURRENCES[0],
    )
