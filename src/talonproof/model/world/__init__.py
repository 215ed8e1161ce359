"""The reference model of everything at once: what the clauses promise of several things that one program acts on.

Written from the catalogue, like the model of one session, and knowing nothing of campaigns but what answers showed::

    world = World()
    for deed in deeds:
        # carry it out; ``told`` is what its answer said, ``session`` how the session it was about is now
        world, touched = after(world, deed, told, session)
        # read what was touched, hold it against world.facts, and keep what was seen by world.learnt(place, value)
"""

from __future__ import annotations

from talonproof.model.world.deed import (
    COUPON,
    CUSTOMERS,
    FRIEND,
    SHOPPER,
    VISITS,
    Deed,
    Describe,
    DescribeMembers,
    Drop,
    Empty,
    Make,
    Move,
    Refer,
    Release,
    Reserve,
    Stock,
    Unstock,
    Visit,
    referral,
    to_json,
)
from talonproof.model.world.fact import Fact, Kind, Place, Relation, Value, holds, worded
from talonproof.model.world.step import Told, after, promised
from talonproof.model.world.world import World

__all__ = [
    "COUPON",
    "CUSTOMERS",
    "FRIEND",
    "SHOPPER",
    "VISITS",
    "Deed",
    "Describe",
    "DescribeMembers",
    "Drop",
    "Empty",
    "Fact",
    "Kind",
    "Make",
    "Move",
    "Place",
    "Refer",
    "Relation",
    "Release",
    "Reserve",
    "Stock",
    "Told",
    "Unstock",
    "Value",
    "Visit",
    "World",
    "after",
    "holds",
    "promised",
    "referral",
    "to_json",
    "worded",
]
