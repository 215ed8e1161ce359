"""What the items of the catalog cost in carts that name no price."""

from __future__ import annotations

from collections.abc import Iterator

from talonproof.model.world.change import Change, Told, kept
from talonproof.model.world.deed import Deed, Stock, Unstock
from talonproof.model.world.fact import Fact, Kind, Place
from talonproof.model.world.world import World


def prices(world: World, deed: Deed, told: Told) -> Iterator[Change]:
    """What a deed does to them: what is written without a price keeps the one it has."""
    match deed:
        case Stock():
            place = Place(Kind.PRICE, of=deed.item)
            if not told.ok:
                yield from kept(world, [place], "R127")
            elif deed.price is not None:
                yield Change(place, Fact(deed.price, "R114a"))
            elif deed.item in world.items:
                yield from kept(world, [place], "R115")
        case Unstock():
            yield Change(Place(Kind.PRICE, of=deed.item), read=False)
        case _:
            return
