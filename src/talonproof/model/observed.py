"""What a server shows of a session, read from its JSON without ever failing.

A property of the wrong type counts as not shown: that it has the wrong type is a finding of the
contract checks, not of the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Final, cast

from talonproof.model.action import Attributes, State
from talonproof.model.moment import instant, same_moment
from talonproof.model.session import Session, StoredLine


class Unread(Enum):
    """The session was not read, or the answer to the read said nothing (429, 5xx)."""

    UNREAD = "unread"


UNREAD = Unread.UNREAD

UNORDERED: Final = frozenset({"couponCodes", "identifiers", "loyaltyCards", "audienceMemberships"})
"""Properties whose arrays come in no order that a source states."""

_NOISE: Final = Decimal("1e-9")
"""How far apart two numbers are, as a share of the larger one, that differ by how they were added up."""

Stored = Mapping[str, Any] | Unread | None
"""``customerSession`` as a read gives it; None where the read was refused: there is no such session."""


@dataclass(frozen=True, slots=True)
class ObservedLine:
    """A cart line as shown; None is not shown."""

    sku: str | None
    quantity: int | None
    price: Decimal | None
    returned: int | None
    remaining: int | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Observed:
    """A session as shown; None is not shown. ``json`` is the whole of it."""

    json: Mapping[str, Any]
    state: str | None
    cart: tuple[ObservedLine, ...]
    codes: tuple[str, ...]
    referral: str
    costs: Mapping[str, Decimal] | None
    identifiers: tuple[str, ...]
    attributes: Mapping[str, Any]
    total: Decimal | None
    item_total: Decimal | None
    cost_total: Decimal | None

    @classmethod
    def of(cls, json: Mapping[str, Any]) -> Observed:
        """Reads a ``customerSession``."""
        return cls(
            json=json,
            state=_text(json.get("state")),
            cart=tuple(_line(line) for line in _list(json.get("cartItems"))),
            codes=_texts(json.get("couponCodes")),
            referral=_text(json.get("referralCode")) or "",
            costs=_costs(json.get("additionalCosts")),
            identifiers=_texts(json.get("identifiers")),
            attributes=_object(json.get("attributes")),
            total=amount(json.get("total")),
            item_total=amount(json.get("cartItemTotal")),
            cost_total=amount(json.get("additionalCostTotal")),
        )

    def session(self, likely: Session) -> Session:
        """The session as the model holds it: what is not shown (past, units returned) is as in the likely one.

        A state that is none of the four is not shown either.
        """
        known = self.state in set(State)
        return Session(
            state=State(self.state) if known else likely.state,
            cart=tuple(_stored(line, likely.cart[at : at + 1]) for at, line in enumerate(self.cart)),
            codes=self.codes,
            referral=self.referral,
            costs=tuple((self.costs or {}).items()),
            identifiers=self.identifiers,
            attributes=_scalars(self.attributes),
            past=likely.past,
        )


def amount(value: Any) -> Decimal | None:
    """The exact value of a JSON number; None for anything else, the infinities and NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are the same: numbers by value, moments as instants, and true is not 1.

    Of numbers the noise of binary fractions does not count.
    """
    first, second = amount(left), amount(right)
    if first is not None and second is not None:
        return first == second or abs(first - second) <= _NOISE * max(abs(first), abs(second))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return next(differences(cast("Any", left), cast("Any", right)), None) is None
    if isinstance(left, list) and isinstance(right, list):
        return next(differences(cast("Any", left), cast("Any", right)), None) is None
    return left == right or same_moment(left, right)


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """The places where two JSON values differ: pointer and what was there before and after.

    Arrays are compared element by element, but for those of which no source states an order.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        old, new = cast("Mapping[str, Any]", before), cast("Mapping[str, Any]", after)
        for name in [*old, *(name for name in new if name not in old)]:
            at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in new:
                yield at, f"was {shown(old[name])}, is gone"
            elif name not in old:
                yield at, f"was not there, is {shown(new[name])}"
            else:
                yield from differences(old[name], new[name], at)
    elif isinstance(before, list) and isinstance(after, list):
        olds, news = cast("list[Any]", before), cast("list[Any]", after)
        if pointer.rpartition("/")[2] in UNORDERED:
            olds, news = sorted(olds, key=sortable), sorted(news, key=sortable)
        if len(olds) != len(news):
            yield pointer, f"had {len(olds)} elements, has {len(news)}"
        for index, (old_one, new_one) in enumerate(zip(olds, news, strict=False)):
            yield from differences(old_one, new_one, f"{pointer}/{index}")
    elif not same(before, after):
        yield pointer, f"was {shown(before)}, is {shown(after)}"


def sortable(value: Any) -> str:
    """A text by which JSON values of any kind can be put in order: the same text for the same value."""
    match value:
        case dict():
            pairs = cast("dict[str, Any]", value).items()
            return "{" + ",".join(sorted(f"{key}:{sortable(item)}" for key, item in pairs)) + "}"
        case list():
            return "[" + ",".join(sortable(item) for item in cast("list[Any]", value)) + "]"
        case float() if value.is_integer():
            return str(int(value))
        case str():
            return repr(instant(value) or value)
        case _:
            return repr(value)


def shown(value: Any) -> str:
    """A value for a message: JSON-like, and cut where it is long."""
    text = repr(value) if not isinstance(value, Decimal) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _line(value: Any) -> ObservedLine:
    line = _object(value)
    return ObservedLine(
        sku=_text(line.get("sku")),
        quantity=_integer(line.get("quantity")),
        price=amount(line.get("price")),
        returned=_integer(line.get("returnedQuantity")),
        remaining=_integer(line.get("remainingQuantity")),
        attributes=_object(line.get("attributes")),
    )


def _stored(line: ObservedLine, likely: tuple[StoredLine, ...]) -> StoredLine:
    sku, quantity = line.sku or "", line.quantity or 0
    returned = next((one.returned for one in likely if one.sku == sku), 0)
    if line.returned is not None:
        returned = line.returned
    elif line.remaining is not None:
        returned = quantity - line.remaining
    return StoredLine(sku, quantity, line.price, _scalars(line.attributes), max(returned, 0))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(one for one in _list(value) if isinstance(one, str))


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _integer(value: Any) -> int | None:
    number = amount(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _costs(value: Any) -> Mapping[str, Decimal] | None:
    if not isinstance(value, Mapping):
        return None
    prices = ((name, amount(_object(cost).get("price"))) for name, cost in cast("Mapping[str, Any]", value).items())
    return {name: price for name, price in prices if price is not None}


def _scalars(value: Mapping[str, Any]) -> Attributes:
    return tuple((name, one) for name, one in value.items() if isinstance(one, str | int | float | bool))
