"""Who is a member of which audience."""

from __future__ import annotations

from collections.abc import Iterator

from talonproof.model.world.change import Change, Told, kept
from talonproof.model.world.deed import CUSTOMERS, Deed, Drop, Empty, Make, Move
from talonproof.model.world.fact import Fact, Kind, Place
from talonproof.model.world.world import World


def memberships(world: World, deed: Deed, told: Told) -> Iterator[Change]:
    """What a deed does to them. Of a deed that is refused nothing is known but that it changes nothing."""
    match deed:
        case Make():
            # A campaign cannot have had to do with an audience that was not there.
            for customer in CUSTOMERS:
                yield Change(Place(Kind.MEMBER, customer, len(world.audiences)), Fact(False), read=False)
        case Move():
            for customer in deed.customers:
                place = Place(Kind.MEMBER, customer, deed.audience)
                if told.ok:
                    yield Change(place, Fact(deed.enters, "R72" if deed.by_profile else "R76a"))
                else:
                    yield from kept(world, [place], "R127")
        case Empty() | Drop():
            members = [Place(Kind.MEMBER, customer, deed.audience) for customer in CUSTOMERS]
            if not told.ok:
                return
            rule = "R77a" if isinstance(deed, Empty) else "R78a"
            for place in members:
                yield Change(place, Fact(False, rule), read=world.value(place) is True)
        case _:
            return
