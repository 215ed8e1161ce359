"""What each deed must bring about on everything that it may touch, and how it must be answered."""

from __future__ import annotations

from dataclasses import replace

from talonproof.model.session import Session
from talonproof.model.world.audience import memberships
from talonproof.model.world.catalog import prices
from talonproof.model.world.change import Change, Told
from talonproof.model.world.deed import (
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
)
from talonproof.model.world.fact import Kind, Place
from talonproof.model.world.profile import activity, attributes
from talonproof.model.world.reservation import reservations
from talonproof.model.world.visit import visited
from talonproof.model.world.world import World

GONE = 404

__all__ = ["GONE", "Told", "after", "promised"]


def promised(world: World, deed: Deed) -> tuple[str, int | None] | None:
    """The rule that says how a deed is answered: with this status, or (None) with a success; None: no rule does.

    The answers of sessions are for the model of one session.
    """
    match deed:
        case Describe():
            return "R161a", None
        case Move():
            inside = [world.value(Place(Kind.MEMBER, customer, deed.audience)) for customer in deed.customers]
            lawful = all(one is not None and one is not deed.enters for one in inside)
            return ("R72" if deed.by_profile else "R76a", None) if lawful else None
        case DescribeMembers():
            return "R79a", None
        case Empty():
            return "R77a", None
        case Drop():
            return ("R78a", None) if world.audiences[deed.audience] else ("R78b", GONE)
        case Reserve():
            return "R83a", 201
        case Release():
            return "R85a", None
        case Stock():
            return ("R115" if deed.price is None else "R114a", None) if deed.item in world.items else None
        case Visit() | Make() | Refer() | Unstock():
            return None


def after(world: World, deed: Deed, told: Told, session: Session | None = None) -> tuple[World, tuple[Place, ...]]:
    """The world after a deed, and the places to be read: of those without a fact what is seen is taken for it.

    ``session`` is how the session of a :class:`Visit` is now.
    """
    found: list[Change] = []
    for of in (memberships, attributes, activity, reservations, prices):
        found += of(world, deed, told)
    world = _there(world, deed, told)
    if isinstance(deed, Visit):
        world, changes = visited(world, deed, told, session)
        found += changes
    facts = dict(world.facts)
    for change in found:
        if change.fact is None:
            facts.pop(change.place, None)
        else:
            facts[change.place] = change.fact
    return replace(world, facts=facts), tuple(dict.fromkeys(change.place for change in found if change.read))


def _there(world: World, deed: Deed, told: Told) -> World:
    """What there is after a deed."""
    if not told.ok:
        return world
    match deed:
        case Make():
            return replace(world, audiences=(*world.audiences, True))
        case Drop():
            there = tuple(one and at != deed.audience for at, one in enumerate(world.audiences))
            return replace(world, audiences=there)
        case Refer():
            return replace(world, codes=world.codes + 1)
        case Stock():
            return replace(world, items=world.items | {deed.item})
        case Unstock():
            return replace(world, items=world.items - {deed.item})
        case _:
            return world
