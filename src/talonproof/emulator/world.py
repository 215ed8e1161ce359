"""A world is what an account already holds before the first call, and what the Integration API cannot create.

All times are offsets in microseconds from the moment the world is loaded, so that a world never grows old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Entity(StrEnum):
    """What may carry custom attributes; the values are the names that error messages use."""

    PROFILE = "CustomerProfile"
    SESSION = "CustomerSession"
    ITEM = "CartItem"
    EVENT = "Event"


ATTRIBUTE_TYPES = (
    "string",
    "number",
    "boolean",
    "time",
    "location",
    "(list string)",
    "(list number)",
    "(list time)",
    "(list location)",
)


@dataclass(frozen=True, slots=True)
class Key:
    """An API key of one Application; ``test`` makes every call dry, ``expires`` is an offset."""

    key: str
    application: int
    test: bool = False
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """An Application, with the catalog it is connected to."""

    id: int
    name: str
    catalog: int | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """A catalog, with the prices of its items by SKU (None: an item without a price)."""

    id: int
    name: str
    prices: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; the rules it would run are not evaluated yet."""

    id: int
    name: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon code of a campaign; a ``usage_limit`` of 0 is none."""

    value: str
    campaign: int
    usage_limit: int = 0


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer, with the audiences it belongs to."""

    integration_id: str
    created: int
    last_activity: int
    attributes: Mapping[str, Any]
    audiences: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A loyalty program, whose ledgers belong to profiles or, if it is card-based, to cards."""

    id: int
    name: str
    title: str
    cards: bool
    users_per_card_limit: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A loyalty card of a card-based program, with the profiles registered on it."""

    program: int
    identifier: str
    created: int
    status: str = "active"
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry: points added (from ``starts`` to ``expires``; None: at once, for ever) or subtracted.

    ``points`` are whole millionths, ``origin`` is one of manual, session and import.
    """

    program: int
    owner: str
    subledger: str
    addition: bool
    origin: str
    created: int
    starts: int | None
    expires: int | None
    points: int
    name: str


@dataclass(frozen=True, slots=True)
class Session:
    """A session that stands ready: the body of the call that would have made it, and when."""

    integration_id: str
    application: int
    created: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a world file says. ``source`` is the file's name, for messages."""

    source: str
    account: int
    applications: Mapping[int, Application]
    keys: Mapping[str, Key]
    attributes: Mapping[Entity, Mapping[str, str]] = field(default_factory=dict[Entity, Mapping[str, str]])
    event_types: frozenset[str] = frozenset()
    additional_costs: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    catalogs: Mapping[int, Catalog] = field(default_factory=dict[int, Catalog])
    campaigns: Mapping[int, Campaign] = field(default_factory=dict[int, Campaign])
    coupons: Mapping[str, Coupon] = field(default_factory=dict[str, Coupon])
    audiences: Mapping[int, Audience] = field(default_factory=dict[int, Audience])
    programs: Mapping[int, Program] = field(default_factory=dict[int, Program])
    profiles: tuple[Profile, ...] = ()
    cards: tuple[Card, ...] = ()
    entries: tuple[Entry, ...] = ()
    sessions: tuple[Session, ...] = ()
