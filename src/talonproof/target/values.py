"""The target under test as values: address, keys, limits, the way there, and what it already holds."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from talonproof.errors import ConfigError, closest

KEY_VARIABLE = "TALONPROOF_API_KEY"
"""The environment variable that holds the API key unless the target file names another."""


class Footprint(IntEnum):
    """What a call does to an account, from nothing to harm."""

    READ = 0
    DRY = 1
    CREATE = 2
    CONSUME = 3
    DESTRUCTIVE = 4

    @property
    def label(self) -> str:
        """The word for it in flags, files and reports."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Footprint:
        """The footprint of a word; ConfigError with the closest one for any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            message = f"there is no footprint {word}"
            raise ConfigError(message, hint=closest(word, (f.label for f in cls))) from None


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys by role; they are secrets, and every one of them is redacted wherever it turns up.

    ``others`` are further secrets of the target file: values of headers, the password of a proxy.
    """

    live: str
    expired: str = ""
    other_application: str = ""
    test: str = ""
    others: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Keys({', '.join(f.name for f in dataclasses.fields(self) if getattr(self, f.name))})"

    def secrets(self) -> tuple[str, ...]:
        """Every secret there is, longest first, so that no redaction leaves a tail."""
        found = {key for key in (self.live, self.expired, self.other_application, self.test, *self.others) if key}
        return tuple(sorted(found, key=len, reverse=True))


MOST_ABREAST = 8
"""The most calls that are ever sent at the same time."""

_SENT = ("event_type", "store")
"""Bindings that are words of a body, besides attributes and costs."""


ReturnPolicy = Literal["only_pending", "within_balance", "unlimited"]
"""What a program takes back: pending points alone, active ones as far as there are any, or whatever that leads to."""

RETURN_POLICIES: Final[tuple[ReturnPolicy, ...]] = get_args(ReturnPolicy)

DEDUCTING: Final = frozenset(RETURN_POLICIES[1:])
"""The return policies that take active points back too."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """What a target holds before a run, by name; what is None or empty is not there.

    ``populated_profile`` has transactions and points of every status in ``profile_program``,
    ``populated_card`` in ``card_program``; ``open_session`` and ``closed_session`` are sessions that
    may be read and run dry, never written, unless listed in ``disposable``.

    ``catalog_attribute`` (text) and ``catalog_number_attribute`` are attributes of cart items by which items of
    ``catalog`` can be filtered; ``spare_catalog`` is a catalog for the run alone, connected to the Application of the
    key ``other_application``, and only used if it is listed in ``disposable``: what is in it is changed and removed.
    ``audience_integration`` is the name of a platform that audiences may come from;
    ``users_per_card_limit`` is that of ``card_program``, above 0; ``return_policy`` is that of ``profile_program``, and
    ``tier_return_policy`` that of ``tier_program``. A coupon is there for each kind of reservation:
    soft, mandatory, without asking for every customer (``visible_coupon``), with a limit that is small
    (``limited_coupon``: at most 10), and for one recipient only.

    Of the pools, whose coupons nobody but the run uses, ``coupons`` are reserved softly, ``mandatory_coupons`` only
    redeemed by who has reserved them, ``single_use_coupons`` redeemed once.
    """

    profile_program: int | None = None
    card_program: int | None = None
    subledger: str | None = None
    populated_profile: str | None = None
    populated_card: str | None = None
    return_policy: ReturnPolicy | None = None
    tier_program: int | None = None
    tier_return_policy: ReturnPolicy | None = None
    catalog: int | None = None
    catalog_sku: str | None = None
    catalog_price: float | None = None
    catalog_attribute: str | None = None
    catalog_number_attribute: str | None = None
    spare_catalog: int | None = None
    referral_campaign: int | None = None
    event_type: str | None = None
    profile_attribute: str | None = None
    session_attribute: str | None = None
    item_attribute: str | None = None
    event_attribute: str | None = None
    number_attribute: str | None = None
    additional_cost: str | None = None
    second_additional_cost: str | None = None
    store: str | None = None
    audience: int | None = None
    audience_integration: str | None = None
    soft_coupon: str | None = None
    mandatory_coupon: str | None = None
    visible_coupon: str | None = None
    limited_coupon: str | None = None
    recipient_coupon: str | None = None
    users_per_card_limit: int | None = None
    open_session: str | None = None
    closed_session: str | None = None
    session_profile: str | None = None
    coupons: tuple[str, ...] = ()
    mandatory_coupons: tuple[str, ...] = ()
    single_use_coupons: tuple[str, ...] = ()
    disposable: frozenset[str] = frozenset()

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that are not bound; ConfigError with the closest one for a name that no target has."""
        wanted = tuple(names)
        for name in wanted:
            if name not in self.names():
                message = f"there is no binding {name}"
                raise ConfigError(message, hint=closest(name, self.names()))
        return tuple(name for name in wanted if getattr(self, name) in (None, (), ""))

    def for_dry_calls(self) -> Bindings:
        """What a test key can use: names that go into dry calls, and nothing that would have to be read."""
        kept = [name for name in self.single() if name.endswith(("attribute", "additional_cost")) or name in _SENT]
        return Bindings(**{name: getattr(self, name) for name in kept})

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names a case may need."""
        return tuple(f.name for f in dataclasses.fields(cls) if f.name != "disposable")

    @classmethod
    def single(cls) -> tuple[str, ...]:
        """Those of the names that stand for one thing, and not for a pool."""
        return tuple(name for name in cls.names() if name not in POOLS)


POOLS: Final = ("coupons", "mandatory_coupons", "single_use_coupons")
"""Bindings that are a pool: of each, a case that needs it has one for itself."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """Parts of a session of which somebody says that they make campaigns act.

    ``campaign`` is the one that acts, where it is named. ``ahead``: it starts later, and acts on a dry update that is
    evaluated so far in the future, counted from when it ``starts`` if that is said; ``disabled``: it acts only on dry
    calls that list it. ``with_points``: it acts on a customer who has points. ``budget`` is what one customer gets of
    its discounts in all, at most.
    """

    name: str
    session: Mapping[str, Any] = field(default_factory=dict[str, Any])
    campaign: int | None = None
    ahead: timedelta | None = None
    disabled: bool = False
    with_points: bool = False
    starts: datetime | None = None
    budget: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may do to the target: the highest footprint, and requests a second (0: no limit).

    ``in_flight`` is how many requests may be under way at once, ``requests`` how many a plan may hold, ``seconds`` how
    long a run may take (0: as long as it likes); None: no limit of the target's. ``parallel`` is how many calls about
    one thing may be sent at the same time (1: one after the other); None: several on this machine, 1 elsewhere. The
    time-outs are seconds: for a connection, for each piece of an answer, and for all of it from the request to the
    last byte.
    """

    max_footprint: Footprint = Footprint.DRY
    rate: float = 0.0
    in_flight: int | None = None
    requests: int | None = None
    seconds: float | None = None
    parallel: int | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Way:
    """How a target is reached: whom to trust, who we are, through what, and with which headers besides ours.

    ``ca_file`` is a file of certificates in PEM that are trusted instead of those of the system.
    """

    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""
    proxy: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test. ``settle`` is how long a write may take to be read back, in seconds.

    ``latency`` is how long an answer usually takes, in seconds; ``redact`` are attributes of people whose values are
    written nowhere. ``triggers`` are what a run tries, to learn which effects there are. ``expected`` are patterns of
    requirements that cannot be judged here, None where nobody says.
    ``loopback`` is whether it runs on this machine; ``unbuilt`` are operations that it declares not to have.
    """

    url: str
    allowed_host: str
    key_variable: str = KEY_VARIABLE
    edition: str = "auto"
    settle: float = 0.0
    limits: Limits = field(default_factory=Limits)
    bindings: Bindings = field(default_factory=Bindings)
    key_variables: Mapping[str, str] = field(default_factory=dict[str, str])
    literal_keys: Mapping[str, str] = field(default_factory=dict[str, str])
    unbuilt: frozenset[str] = frozenset()
    name: str = ""
    latency: float = 0.0
    way: Way = field(default_factory=Way)
    redact: frozenset[str] = frozenset()
    expected: tuple[str, ...] | None = None
    triggers: tuple[Trigger, ...] = ()

    @property
    def loopback(self) -> bool:
        """Whether nothing sent to it leaves this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    @property
    def abreast(self) -> int:
        """How many calls about one thing may be sent at the same time; 1: they go one after the other."""
        most = self.limits.parallel or (MOST_ABREAST if self.loopback else 1)
        return min(most, self.limits.in_flight or most, MOST_ABREAST)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: by the name ``localhost``, or by an address that never leaves it."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
