"""The attribute of a profile, and when the customer was last active."""

from __future__ import annotations

from collections.abc import Iterator

from talonproof.model.action import Read, Return, Update
from talonproof.model.world.change import Change, Told, kept
from talonproof.model.world.deed import (
    CUSTOMERS,
    SHOPPER,
    Deed,
    Describe,
    DescribeMembers,
    Drop,
    Empty,
    Move,
    Release,
    Reserve,
    Visit,
)
from talonproof.model.world.fact import Fact, Kind, Place
from talonproof.model.world.world import World


def attributes(world: World, deed: Deed, told: Told) -> Iterator[Change]:
    """What a deed does to the attributes; those of sessions change one only by an effect that says so."""
    match deed:
        case Describe():
            place = Place(Kind.ATTRIBUTE, deed.customer)
            if not told.ok:
                yield from kept(world, [place], "R127")
            elif deed.value is None:
                yield from kept(world, [place], "R161b")
            else:
                yield Change(place, Fact(deed.value, "R161a"))
        case Move(by_profile=True):
            yield from kept(world, [Place(Kind.ATTRIBUTE, customer) for customer in deed.customers], "R161b")
        case DescribeMembers() if told.ok:
            for customer in CUSTOMERS:
                place = Place(Kind.ATTRIBUTE, customer)
                match world.value(Place(Kind.MEMBER, customer, deed.audience)):
                    case True:
                        yield Change(place, Fact(deed.value, "R79a"))
                    case False:
                        yield from kept(world, [place], "R79b")
                    case _:
                        yield Change(place, read=False)
        case Visit() if "updateAttribute" in told.effects:
            for customer in CUSTOMERS:  # a rule may write to the advocate of a code, too
                yield Change(Place(Kind.ATTRIBUTE, customer), read=False)
        case _:
            return


def activity(world: World, deed: Deed, _told: Told) -> Iterator[Change]:
    """What a deed does to the last activity, which only calls that run the rule engine move, and dry ones do not."""
    match deed:
        case Describe():
            yield from kept(world, [Place(Kind.ACTIVITY, deed.customer)], "R67")
        case Reserve() | Move(by_profile=True):
            yield from kept(world, [Place(Kind.ACTIVITY, customer) for customer in deed.customers], "R67")
        case Visit(action=Update(dry=True) | Return(dry=True)):
            yield from kept(world, [Place(Kind.ACTIVITY, SHOPPER)], "R67")
        case Visit(action=Read()):
            return
        case Visit() | Move() | DescribeMembers() | Release() | Empty() | Drop():
            # A session may move the advocate of its code; whether the others are activity is said nowhere.
            for customer in CUSTOMERS:
                yield Change(Place(Kind.ACTIVITY, customer), read=False)
        case _:
            return
