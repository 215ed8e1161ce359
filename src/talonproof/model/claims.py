"""A claim is what one rule says of one call: under which answer it speaks, and what must then be seen.

Claims are values; :mod:`talonproof.model.evidence` holds them against what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from talonproof.model.action import Attributes, Costs, State
from talonproof.model.session import Session, StoredLine
from talonproof.model.transitions import Answer

Counters = tuple[tuple[int, int, int], ...]
"""Position of a line, units returned, units remaining."""


def counters(session: Session) -> Counters:
    """The counters of every line of a session."""
    return tuple((index, line.returned, line.remaining) for index, line in enumerate(session.cart))


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is carried out, or refused; ANY always holds: the status is only recorded."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class IsStored:
    """The session is stored in this state; None: there is no session."""

    state: State | None


@dataclass(frozen=True, slots=True)
class IsUnchanged:
    """The session is stored as before: compared whole if it was read before, else as far as the model knows it."""

    session: Session | None


@dataclass(frozen=True, slots=True)
class ReadsTheSame:
    """Two reads in a row give the same session, compared whole."""


@dataclass(frozen=True, slots=True)
class KeepsIdentity:
    """``id`` and ``created`` are as before, and ``updated`` is not earlier."""


@dataclass(frozen=True, slots=True)
class HasCart:
    """The lines are stored in this order: SKU, units, price where known, and these attributes."""

    cart: tuple[StoredLine, ...]


@dataclass(frozen=True, slots=True)
class LacksItemAttributes:
    """The attributes, by position and name, are gone (null counts as gone)."""

    names: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class HasCounters:
    """The lines show so many units returned and remaining; counters may be left out."""

    counters: Counters


@dataclass(frozen=True, slots=True)
class KeepsCounters:
    """The counters of the lines are as they were: as read before the call, else as far as the model knows them."""

    counters: Counters


@dataclass(frozen=True, slots=True)
class CountersAddUp:
    """Where both counters of a line are shown, they add up to its quantity."""


@dataclass(frozen=True, slots=True)
class HasCodes:
    """The coupon codes are stored, in any order and in capitals or not; none may also be left out."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasReferral:
    """The referral code is stored; none may be empty or left out."""

    referral: str


@dataclass(frozen=True, slots=True)
class HasIdentifiers:
    """The identifiers are stored, in any order; none may also be left out."""

    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasAttributes:
    """The session has these attributes; it may have others."""

    attributes: Attributes


@dataclass(frozen=True, slots=True)
class HasCosts:
    """The session has these additional costs; it may have others."""

    costs: Costs


@dataclass(frozen=True, slots=True)
class TotalAddsUp:
    """``total`` is ``cartItemTotal`` plus ``additionalCostTotal``."""


@dataclass(frozen=True, slots=True)
class PartsAddUp:
    """``cartItemTotal`` is that of the items, ``additionalCostTotal`` the sum of the costs shown.

    ``items`` None is not judged. Where no costs are shown, ``costs`` stands in; None is not judged.
    """

    items: Decimal | None
    costs: Decimal | None


Content = (
    ReadsTheSame
    | KeepsIdentity
    | HasCart
    | LacksItemAttributes
    | HasCounters
    | KeepsCounters
    | CountersAddUp
    | HasCodes
    | HasReferral
    | HasIdentifiers
    | HasAttributes
    | HasCosts
    | TotalAddsUp
    | PartsAddUp
)
"""What can be said of a session that was read after the call."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A rule, what it says, and under which answer it says so (ANY: whatever the answer was)."""

    rule: str
    says: Answered | IsStored | IsUnchanged | Content
    given: Answer = Answer.OK
