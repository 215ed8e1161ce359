"""A world is what an account already holds before the first call, and what the Integration API cannot create.

All times are offsets in microseconds from the moment the world is loaded, so that a world never grows old.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from talonproof.emulator.engine.campaign import Campaign


class Entity(StrEnum):
    """What may carry custom attributes; the values are the names that error messages use."""

    PROFILE = "CustomerProfile"
    SESSION = "CustomerSession"
    ITEM = "CartItem"
    EVENT = "Event"
    REFERRAL = "Referral"


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


CARD_PATTERN = "####-####-####"
"""The form of the identifiers of cards where a program has none of its own."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key of one Application; ``test`` makes every call dry, ``expires`` is an offset."""

    key: str
    application: int
    test: bool = False
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """An Application, with the catalog it is connected to and its campaigns in the order of their ids.

    ``sensitive`` says whether capitals count in coupon codes.
    """

    id: int
    name: str
    catalog: int | None = None
    sensitive: bool = True
    campaigns: tuple[Campaign, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a catalog; ``price`` is None for one without, ``product`` is the name of a product."""

    price: Decimal | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """A catalog, with its items by SKU."""

    id: int
    name: str
    items: Mapping[str, Item]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon code of a campaign; limits of 0 are none, ``starts`` and ``expires`` are offsets (None: open).

    ``mandatory``: only who has it reserved may redeem it. ``visible``: everybody has it reserved without asking.
    ``recipient`` is the one profile that it is for, if there is one.
    """

    value: str
    campaign: int
    usage_limit: int = 0
    reservation_limit: int = 0
    mandatory: bool = False
    visible: bool = False
    recipient: str | None = None
    starts: int | None = None
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """An audience; one of another platform has its own ``integration_id`` there."""

    id: int
    name: str
    integration: str | None = None
    integration_id: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer, with the audiences it belongs to."""

    integration_id: str
    created: int
    last_activity: int
    attributes: Mapping[str, Any]
    audiences: tuple[int, ...] = ()


class ReturnPolicy(StrEnum):
    """Which added points are taken back with a cancel, a return or a reopening; the values are the API's words.

    Pending points always are. Active ones stay (``only_pending``), are taken as far as the balance goes
    (``within_balance``), or are all taken, even below zero (``unlimited``, since the edition 2026-05).
    """

    ONLY_PENDING = "only_pending"
    WITHIN_BALANCE = "within_balance"
    UNLIMITED = "unlimited"


DOWNGRADES = ("one_down", "balance_based")
"""What follows on the end of a tier, in the API's words: one tier down, or the tier that the balance amounts to."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of a program: who reaches ``points`` (whole millionths) enters it."""

    id: int
    name: str
    points: int


@dataclass(frozen=True, slots=True)
class Program:
    """A loyalty program, whose ledgers belong to profiles or, if it is card-based, to cards.

    ``card_pattern`` is the form of the identifiers that it makes: digits for each ``#``. ``tiers`` stand in the order
    of their points; who enters one leaves it after ``tiers_last`` (None: never), by the ``downgrade``.
    """

    id: int
    name: str
    title: str
    cards: bool
    users_per_card_limit: int = 0
    card_pattern: str = CARD_PATTERN
    return_policy: ReturnPolicy = ReturnPolicy.ONLY_PENDING
    tiers: tuple[Tier, ...] = ()
    tiers_last: int | None = None
    downgrade: str = DOWNGRADES[0]


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool of giveaways: the ``codes`` that it has, each for one customer, or a ``pattern`` for as many as it takes.

    ``starts`` and ``expires`` are offsets between which its codes are good (None: open).
    """

    id: int
    name: str
    codes: tuple[str, ...] = ()
    pattern: str | None = None
    starts: int | None = None
    expires: int | None = None


RECURRENCES = ("no_recurrence", "on_expiration", "on_completion")
"""When an achievement can be done again, in the API's words: never, once it has expired, or once it is completed."""


@dataclass(frozen=True, slots=True)
class Achievement:
    """An achievement of a campaign: a customer who has come to ``target`` (whole millionths) has completed it.

    What has not been completed when it has lasted ``lasts`` expires. ``recurrence`` says when it can be done again.
    """

    id: int
    campaign: int
    name: str
    title: str
    description: str
    target: int
    lasts: int
    recurrence: str = RECURRENCES[0]


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
    integrations: frozenset[str] = frozenset()
    catalogs: Mapping[int, Catalog] = field(default_factory=dict[int, Catalog])
    campaigns: Mapping[int, Campaign] = field(default_factory=dict[int, Campaign])
    coupons: Mapping[str, Coupon] = field(default_factory=dict[str, Coupon])
    audiences: Mapping[int, Audience] = field(default_factory=dict[int, Audience])
    programs: Mapping[int, Program] = field(default_factory=dict[int, Program])
    profiles: tuple[Profile, ...] = ()
    cards: tuple[Card, ...] = ()
    entries: tuple[Entry, ...] = ()
    sessions: tuple[Session, ...] = ()
    pools: Mapping[int, Pool] = field(default_factory=dict[int, Pool])
    achievements: Mapping[int, Achievement] = field(default_factory=dict[int, Achievement])
