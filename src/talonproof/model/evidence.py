"""Claims held against what was seen of a call.

Pointers lead into the body of a read of the session; an empty one means the answer as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from talonproof.model.action import Attributes
from talonproof.model.claims import (
    Answered,
    Claim,
    Content,
    Counters,
    CountersAddUp,
    HasAttributes,
    HasCart,
    HasCodes,
    HasCosts,
    HasCounters,
    HasIdentifiers,
    HasReferral,
    IsStored,
    IsUnchanged,
    KeepsCounters,
    KeepsIdentity,
    LacksItemAttributes,
    PartsAddUp,
    ReadsTheSame,
    TotalAddsUp,
    counters,
)
from talonproof.model.moment import earlier
from talonproof.model.observed import Observed, Unread, differences, same, shown
from talonproof.model.session import Session
from talonproof.model.transitions import Answer

ROOT = "/customerSession"


class Flaw(NamedTuple):
    """One place where something else was seen than was claimed."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to judge by: the status, and the session read before and after the call.

    ``after`` None: the read was refused, so no such session is stored. ``before`` None: it was not
    read before the call. ``tolerance`` is how far amounts may be apart. ``moving`` are the places
    that change by being read: no call is blamed for them.
    """

    status: int
    after: Observed | Unread | None
    before: Mapping[str, Any] | None
    tolerance: Decimal
    moving: frozenset[str] = frozenset()

    @property
    def answer(self) -> Answer | None:
        """What the status says about the call."""
        return Answer.of(self.status)

    def near(self, left: Decimal | None, right: Decimal) -> bool:
        """Whether an amount is there, and is the other within the tolerance."""
        return left is not None and abs(left - right) <= self.tolerance


def flaws(claim: Claim, seen: Seen) -> list[Flaw] | None:
    """What is wrong by the claim; nothing if it held; None if it had nothing to judge.

    There is nothing to judge where the claim speaks under another answer, and where what it speaks
    of is not shown.
    """
    if isinstance(claim.says, Answered):
        return _answered(claim.says.answer, seen)
    if claim.given is not Answer.ANY and claim.given is not seen.answer:
        return None
    if isinstance(seen.after, Unread):
        return None
    if isinstance(claim.says, IsStored):
        return _stored(claim.says, seen.after)
    if isinstance(claim.says, IsUnchanged):
        return _unchanged(claim.says.session, seen.after, seen)
    return None if seen.after is None else _content(claim.says, seen.after, seen)


def _answered(expected: Answer, seen: Seen) -> list[Flaw] | None:
    if seen.answer is None:
        return None
    if expected in {Answer.ANY, seen.answer}:
        return []
    wanted = "success (2xx)" if expected is Answer.OK else "a refusal (4xx)"
    return [Flaw("", f"answered {seen.status}, expected {wanted}")]


def _stored(expected: IsStored, after: Observed | None) -> list[Flaw]:
    if after is None:
        wanted = expected.state
        return [] if wanted is None else [Flaw("", f"there is no session, expected one that is {wanted.value}")]
    if expected.state is None:
        return [Flaw("", f"there is a session that is {after.state}, expected none")]
    if after.state == expected.state:
        return []
    return [Flaw(f"{ROOT}/state", f"stored as {after.state}, expected {expected.state.value}")]


def _unchanged(session: Session | None, after: Observed | None, seen: Seen) -> list[Flaw]:
    state = _stored(IsStored(session.state if session else None), after)
    if session is None or after is None:
        return state
    if seen.before is not None:
        return [flaw for flaw in _differences(seen.before, after) if flaw.pointer not in seen.moving]
    known: tuple[Content, ...] = (
        HasCart(session.cart),
        KeepsCounters(counters(session)),
        HasCodes(session.codes),
        HasReferral(session.referral),
        HasIdentifiers(session.identifiers),
        HasAttributes(session.attributes),
        HasCosts(session.costs),
    )
    return [*state, *(flaw for content in known for flaw in _content(content, after, seen) or ())]


def _content(content: Content, session: Observed, seen: Seen) -> list[Flaw] | None:
    match content:
        case ReadsTheSame():
            return None if seen.before is None else _differences(seen.before, session)
        case KeepsIdentity():
            return None if seen.before is None else list(_identity(seen.before, session))
        case HasCart():
            return list(_cart(content, session, seen))
        case LacksItemAttributes():
            return list(_item_attributes(content, session))
        case HasCounters():
            return _counters(content.counters, session)
        case KeepsCounters():
            return _counters(_as_read(content.counters, seen.before), session)
        case CountersAddUp():
            return _sums(session)
        case HasCodes():
            # Whether the case of coupon codes matters is a setting of the Application.
            return _texts("couponCodes", _folded(session.codes), _folded(content.codes))
        case HasReferral():
            same_code = session.referral == content.referral
            message = f"{shown(session.referral)}, expected {shown(content.referral)}"
            return [] if same_code else [Flaw(f"{ROOT}/referralCode", message)]
        case HasIdentifiers():
            return _texts("identifiers", session.identifiers, content.identifiers)
        case HasAttributes():
            return list(_entries(f"{ROOT}/attributes", session.attributes, content.attributes))
        case HasCosts():
            return list(_costs(content, session, seen))
        case TotalAddsUp():
            return _total(session, seen)
        case PartsAddUp():
            return _parts(content, session, seen)


def _differences(before: Mapping[str, Any], after: Observed) -> list[Flaw]:
    return [Flaw(pointer, message) for pointer, message in differences(before, after.json, ROOT)]


def _identity(before: Mapping[str, Any], after: Observed) -> Iterator[Flaw]:
    for name in ("id", "created"):
        if not same(before.get(name), after.json.get(name)):
            yield Flaw(f"{ROOT}/{name}", f"was {shown(before.get(name))}, is {shown(after.json.get(name))}")
    if earlier(after.json.get("updated"), before.get("updated")):
        yield Flaw(f"{ROOT}/updated", f"went back from {before.get('updated')} to {after.json.get('updated')}")


def _cart(expected: HasCart, session: Observed, seen: Seen) -> Iterator[Flaw]:
    if len(session.cart) != len(expected.cart):
        yield Flaw(f"{ROOT}/cartItems", f"{len(session.cart)} lines, expected {len(expected.cart)}")
        return
    for index, (line, wanted) in enumerate(zip(session.cart, expected.cart, strict=True)):
        at = f"{ROOT}/cartItems/{index}"
        if line.sku != wanted.sku:
            yield Flaw(f"{at}/sku", f"{shown(line.sku)}, expected {shown(wanted.sku)}")
        if line.quantity != wanted.quantity:
            yield Flaw(f"{at}/quantity", f"{line.quantity}, expected {wanted.quantity}")
        if wanted.price is not None and not seen.near(line.price, wanted.price):
            yield Flaw(f"{at}/price", f"{line.price}, expected {wanted.price}")
        yield from _entries(f"{at}/attributes", line.attributes, wanted.attributes)


def _item_attributes(expected: LacksItemAttributes, session: Observed) -> Iterator[Flaw]:
    for index, name in expected.names:
        value = session.cart[index].attributes.get(name) if index < len(session.cart) else None
        if value is not None:
            yield Flaw(f"{ROOT}/cartItems/{index}/attributes/{name}", f"still {shown(value)}, expected to be gone")


def _as_read(expected: Counters, before: Mapping[str, Any] | None) -> list[tuple[int, int | None, int | None]]:
    """The counters that were shown before the call; those expected if there was no read."""
    if before is None:
        return list(expected)
    cart = Observed.of(before).cart
    return [(index, cart[index].returned, cart[index].remaining) for index, _, _ in expected if index < len(cart)]


def _counters(expected: Sequence[tuple[int, int | None, int | None]], session: Observed) -> list[Flaw] | None:
    shown_any = False
    found: list[Flaw] = []
    for index, returned, remaining in expected:
        line = session.cart[index] if index < len(session.cart) else None
        for name, value, wanted in (
            ("returnedQuantity", line and line.returned, returned),
            ("remainingQuantity", line and line.remaining, remaining),
        ):
            if value is None or wanted is None:
                continue
            shown_any = True
            if value != wanted:
                found.append(Flaw(f"{ROOT}/cartItems/{index}/{name}", f"{value}, expected {wanted}"))
    return found if shown_any else None


def _sums(session: Observed) -> list[Flaw] | None:
    shown_any = False
    found: list[Flaw] = []
    for index, line in enumerate(session.cart):
        if line.quantity is None or line.returned is None or line.remaining is None:
            continue
        shown_any = True
        if line.returned + line.remaining != line.quantity:
            message = f"{line.quantity}, but {line.returned} returned and {line.remaining} remaining"
            found.append(Flaw(f"{ROOT}/cartItems/{index}/quantity", message))
    return found if shown_any else None


def _folded(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.casefold() for code in codes)


def _texts(name: str, values: tuple[str, ...], expected: tuple[str, ...]) -> list[Flaw]:
    if set(values) == set(expected):
        return []
    return [Flaw(f"{ROOT}/{name}", f"{shown(list(values))}, expected {shown(list(expected))}")]


def _entries(at: str, values: Mapping[str, Any], expected: Attributes) -> Iterator[Flaw]:
    for name, value in expected:
        if not same(values.get(name), value):
            yield Flaw(f"{at}/{name}", f"{shown(values.get(name))}, expected {shown(value)}")


def _costs(expected: HasCosts, session: Observed, seen: Seen) -> Iterator[Flaw]:
    for name, price in expected.costs:
        found = (session.costs or {}).get(name)
        if not seen.near(found, price):
            yield Flaw(f"{ROOT}/additionalCosts/{name}", f"{found}, expected {price}")


def _total(session: Observed, seen: Seen) -> list[Flaw] | None:
    if session.total is None or session.item_total is None or session.cost_total is None:
        return None
    if seen.near(session.total, session.item_total + session.cost_total):
        return []
    message = f"{session.total}, expected {session.item_total} for the items plus {session.cost_total} of costs"
    return [Flaw(f"{ROOT}/total", message)]


def _parts(expected: PartsAddUp, session: Observed, seen: Seen) -> list[Flaw] | None:
    costs = expected.costs if session.costs is None else sum(session.costs.values(), Decimal(0))
    judged = False
    found: list[Flaw] = []
    for name, value, wanted in (
        ("cartItemTotal", session.item_total, expected.items),
        ("additionalCostTotal", session.cost_total, costs),
    ):
        if value is None or wanted is None:
            continue
        judged = True
        if not seen.near(value, wanted):
            found.append(Flaw(f"{ROOT}/{name}", f"{value}, expected {wanted}"))
    return found if judged else None
