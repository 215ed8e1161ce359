"""What sessions do to what a profile counts, to the uses of codes, and to points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from talonproof.model.action import Read, Reopen, Return, State, Update
from talonproof.model.session import Session
from talonproof.model.world.change import Change, Told, kept
from talonproof.model.world.deed import COUPON, FRIEND, SHOPPER, Visit, referral
from talonproof.model.world.fact import Fact, Kind, Place, Relation
from talonproof.model.world.world import Selling, World, put

CLOSED: Final = Place(Kind.CLOSED, SHOPPER)
SALES: Final = Place(Kind.SALES, SHOPPER)
USES: Final = Place(Kind.USES, SHOPPER)
POINTS: Final = Place(Kind.POINTS, SHOPPER)
LITTLE: Final = Decimal("0.05")
"""What may be lost where amounts are rounded."""

SOLD: Final = frozenset({State.CLOSED, State.PARTIALLY_RETURNED})

_DISCOUNTS: Final = frozenset(
    {"setDiscount", "setDiscountPerItem", "setDiscountPerAdditionalCost", "setDiscountPerAdditionalCostPerItem"}
)


def is_dry(visit: Visit) -> bool:
    """Whether the action is one that is only tried."""
    return isinstance(visit.action, Update | Return) and visit.action.dry


def visited(world: World, visit: Visit, told: Told, now: Session | None) -> tuple[World, Sequence[Change]]:
    """The world once a session is as it is now, and the changes of what depends on it."""
    before = world.visits[visit.session]
    world = replace(world, visits=put(world.visits, visit.session, now))
    if isinstance(visit.action, Read):
        return world, ()
    if is_dry(visit):
        known = [CLOSED, SALES, USES, POINTS, *_referrals(world)]
        members = [place for place in world.facts if place.kind is Kind.MEMBER and place.whose == SHOPPER]
        return world, tuple(kept(world, [*known, *members], "R64"))
    if not told.ok:
        again = isinstance(visit.action, Update) and before is not None and visit.action.state == before.state
        return world, tuple(kept(world, [CLOSED, SALES, USES], "R154b" if again else "R127"))
    was, became = (one.state if one else None for one in (before, now))
    unknown = [Change(POINTS, read=False), *_loosened(world, before, now)]
    match was, became:
        case None | State.OPEN, State.CLOSED:
            world, changes = _closed(world, visit.session, told)
        case ((State.CLOSED | State.PARTIALLY_RETURNED), State.CANCELLED):
            world, changes = _undone(world, visit.session, told, whole=was is State.CLOSED, reopened=False)
        case State.CLOSED, State.OPEN if isinstance(visit.action, Reopen):
            world, changes = _undone(world, visit.session, told, whole=True, reopened=True)
        case ((State.CLOSED | State.PARTIALLY_RETURNED), State.PARTIALLY_RETURNED) if isinstance(visit.action, Return):
            world, changes = _returned(world, visit, told, before)
        case State.OPEN | None, State.OPEN:
            changes = _open(world, told)
        case State.CLOSED | State.CANCELLED, _ if was == became:
            changes = list(kept(world, [CLOSED, SALES, USES], "R154b"))
        case _:
            changes = []
    return world, (*unknown, *changes)


def _loosened(world: World, *sessions: Session | None) -> Iterator[Change]:
    """The uses of codes that a session has or had: unless more is known of them, they may be others now.

    An answer need not name all that became of a code.
    """
    if any(one is not None and one.codes for one in sessions):
        yield Change(USES, read=False)
    if any(one is not None and one.referral for one in sessions):
        yield from (Change(place, read=False) for place in _referrals(world))


def _open(world: World, told: Told) -> list[Change]:
    """A code counts as used when the session is closed, and not before; that is known where it is reserved."""
    if ("acceptCoupon", COUPON) in told.named and world.value(Place(Kind.OWNED, SHOPPER)) is True:
        return list(kept(world, [USES], "R42a"))
    return []


def _closed(world: World, session: int, told: Told) -> tuple[World, list[Change]]:
    closed, sales, uses = (world.amount(place) for place in (CLOSED, SALES, USES))
    changes = [Change(CLOSED, None if closed is None else Fact(closed + 1, "R49b")), Change(SALES)]
    redeemed = set[str]()
    if ("acceptCoupon", COUPON) in told.named:
        redeemed.add(COUPON)
        reserved = world.value(Place(Kind.OWNED, SHOPPER)) is True
        changes.append(Change(USES, Fact(uses + 1, "R42a") if reserved and uses is not None else None))
        changes.append(Change(Place(Kind.OWNED, SHOPPER), Fact(True, "R160")))
    for number in range(world.codes):
        if ("acceptReferral", referral(number)) in told.named:
            redeemed.add(referral(number))
            changes.append(Change(Place(Kind.REFERRED, FRIEND, number)))
    world = replace(
        world,
        redeemed=put(world.redeemed, session, frozenset(redeemed)),
        sales=put(world.sales, session, None),
        discounted=put(world.discounted, session, bool(_DISCOUNTS & told.effects)),
        selling=None if sales is None else Selling(session, sales),
    )
    return world, changes


def _undone(
    world: World, session: int, told: Told, *, whole: bool, reopened: bool
) -> tuple[World, list[Change]]:  # fmt: skip
    """A session that was sold counts no more; ``whole``: nothing of it had been returned."""
    closed, sales, uses = (world.amount(place) for place in (CLOSED, SALES, USES))
    part = world.sales[session]
    changes = [
        Change(CLOSED, Fact(closed - 1, "R49c") if whole and closed is not None else None),
        Change(SALES, None if sales is None or part is None else Fact(sales - part, "R49a")),
    ]
    redeemed = world.redeemed[session]
    if COUPON in redeemed:
        back = reopened or ("rollbackCoupon", COUPON) in told.named
        rule = "R139a" if reopened else "R42b"
        changes.append(Change(USES, Fact(uses - 1, rule) if back and uses is not None else None))
        changes.append(Change(Place(Kind.OWNED, SHOPPER)))  # neither redeemed any more nor known to be reserved
    for number in range(world.codes):
        if referral(number) in redeemed:
            place = Place(Kind.REFERRED, FRIEND, number)
            count = world.amount(place)
            # That this close has counted must have been seen: of two closes of one friend, one may be enough.
            alone = sum(referral(number) in codes for codes in world.redeemed) == 1
            changes.append(Change(place, Fact(count - 1, "R139a") if reopened and count and alone else None))
    world = replace(
        world,
        redeemed=put(world.redeemed, session, frozenset[str]()),
        sales=put(world.sales, session, None),
        selling=None,
    )
    return world, changes


def _returned(world: World, visit: Visit, told: Told, before: Session | None) -> tuple[World, list[Change]]:
    """What was returned is sold no more: less than before, or no more than before where a discount was given."""
    sales, part = world.amount(SALES), world.sales[visit.session]
    fact = None
    if sales is not None and part is not None:
        worth = _worth(before, visit.action) if before is not None and isinstance(visit.action, Return) else Decimal(0)
        less = min(worth, part) > LITTLE and not world.discounted[visit.session]
        fact = Fact(sales, "R49a", Relation.LESS if less else Relation.AT_MOST)
    changes = [Change(CLOSED), Change(SALES, fact)]
    redeemed = world.redeemed[visit.session]
    if COUPON in redeemed:
        changes += [Change(USES), Change(Place(Kind.OWNED, SHOPPER))]
        if ("rollbackCoupon", COUPON) in told.named:
            redeemed -= {COUPON}
    changes += [
        Change(Place(Kind.REFERRED, FRIEND, number)) for number in range(world.codes) if referral(number) in redeemed
    ]
    rest = None if sales is None or part is None else Selling(visit.session, sales - part)
    redeemed = frozenset(code for code in redeemed if code == COUPON)
    world = replace(world, redeemed=put(world.redeemed, visit.session, redeemed), selling=rest)
    return world, changes


def _worth(session: Session, action: Return) -> Decimal:
    """What the units of a return cost, as far as that is known."""
    cart = session.cart
    lines = ((cart[position], units) for position, units in action.lines if 0 <= position < len(cart))
    return sum(((line.price or Decimal(0)) * units for line, units in lines), Decimal(0))


def _referrals(world: World) -> Iterable[Place]:
    return (place for place in world.facts if place.kind is Kind.REFERRED)


def points(visit: Visit) -> Iterator[Place]:
    """The places that must be known before an action, so that it can be said afterwards that they stayed."""
    if is_dry(visit):
        yield POINTS
