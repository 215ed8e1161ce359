"""Who has the coupon reserved, and in whose inventory it is."""

from __future__ import annotations

from collections.abc import Iterator

from talonproof.model.world.change import Change, Told, kept
from talonproof.model.world.deed import COUPON, CUSTOMERS, SHOPPER, Deed, Release, Reserve, Visit
from talonproof.model.world.fact import Fact, Kind, Place
from talonproof.model.world.world import World


def reservations(world: World, deed: Deed, told: Told) -> Iterator[Change]:
    """What a deed does to them; a coupon that was redeemed stays in the inventory."""
    match deed:
        case Reserve() | Release():
            makes = isinstance(deed, Reserve)
            # Those of others stay: a reservation ends when it is deleted, and not with another one.
            places = [place for place in world.facts if place.kind is Kind.HELD and place.whose not in deed.customers]
            yield from kept(world, places, "R84a")
            for customer in deed.customers:
                held, owned = Place(Kind.HELD, customer), Place(Kind.OWNED, customer)
                if not told.ok:
                    yield from kept(world, [held, owned], "R127")
                    continue
                yield Change(held, Fact(makes, "R84a" if makes else "R85a"))
                redeemed = customer == SHOPPER and any(COUPON in codes for codes in world.redeemed)
                if makes:
                    yield Change(owned, Fact(True, "R84b"))
                elif redeemed or world.visits[0] or world.visits[1]:
                    # A code that is or was in a session may keep the coupon there.
                    yield Change(owned)
                else:
                    yield Change(owned, Fact(False, "R85b"))
        case Visit() if any("reserv" in effect.lower() for effect in told.effects):
            for customer in CUSTOMERS:  # a campaign may reserve the coupon for whom it likes
                yield Change(Place(Kind.HELD, customer), read=False)
                yield Change(Place(Kind.OWNED, customer), read=False)
        case Visit() if told.ok and ("acceptCoupon", COUPON) in told.named:
            yield Change(Place(Kind.HELD, SHOPPER), read=False)
        case _:
            return
