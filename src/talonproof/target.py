"""The target under test, as its file describes it: address, keys, limits, and what it already holds."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final
from urllib.parse import urlsplit

from talonproof.errors import ConfigError, DocumentError, closest

KEY_VARIABLE = "TALONPROOF_API_KEY"
"""The environment variable that holds the API key unless the target file names another."""

_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]*")
_LARGEST: Final = 1e9
"""More seconds, requests a second or money than anybody means; TOML has ``inf`` and integers of any length."""

_URL_TEXT: Final = re.compile(r"[!#-;=?-\[\]_a-z~]+")
"""Characters of an address: no spaces, no controls, nothing that programs read in different ways."""


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
    """API keys by role; they are secrets, and every one of them is redacted wherever it turns up."""

    live: str
    expired: str = ""
    other_application: str = ""
    test: str = ""

    def __repr__(self) -> str:
        return f"Keys({', '.join(f.name for f in dataclasses.fields(self) if getattr(self, f.name))})"

    def secrets(self) -> tuple[str, ...]:
        """Every key there is, longest first, so that no redaction leaves a tail."""
        found = {key for key in (self.live, self.expired, self.other_application, self.test) if key}
        return tuple(sorted(found, key=len, reverse=True))


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
    ``users_per_card_limit`` is that of ``card_program``, above 0. A coupon is there for each kind of reservation:
    soft, mandatory, without asking for every customer (``visible_coupon``), with a limit that is small
    (``limited_coupon``: at most 10), and for one recipient only.
    """

    profile_program: int | None = None
    card_program: int | None = None
    subledger: str | None = None
    populated_profile: str | None = None
    populated_card: str | None = None
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
    disposable: frozenset[str] = frozenset()

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that are not bound; ConfigError with the closest one for a name that no target has."""
        wanted = tuple(names)
        for name in wanted:
            if name not in self.names():
                message = f"there is no binding {name}"
                raise ConfigError(message, hint=closest(name, self.names()))
        return tuple(name for name in wanted if getattr(self, name) in (None, (), ""))

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names a case may need."""
        return tuple(f.name for f in dataclasses.fields(cls) if f.name != "disposable")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may do to the target: the highest footprint, and requests a second (0: no limit).

    The time-outs are seconds: for a connection, for each piece of an answer, and for all of it from the request to the
    last byte.
    """

    max_footprint: Footprint = Footprint.DRY
    rate: float = 0.0
    connect_timeout: float = 5.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Target:
    """A server under test. ``settle`` is how long a write may take to be read back, in seconds.

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

    @property
    def loopback(self) -> bool:
        """Whether nothing sent to it leaves this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: by the name ``localhost``, or by an address that never leaves it."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


_TARGET_KEYS = ("name", "url", "allowed_host", "key_env", "edition", "settle", "unbuilt")
_TIMEOUT_KEYS = ("connect_timeout", "read_timeout", "total_timeout")
_LIMIT_KEYS = ("max_footprint", "rate", *_TIMEOUT_KEYS)
_KEY_ROLES = ("expired", "other_application", "test")
_TABLES = ("target", "limits", "bindings", "pools")


def checked_url(url: str, source: str = "--url") -> str:
    """The address without a trailing slash; ConfigError unless it is http(s) with a host and no query."""
    shown = "what stands there" if "@" in url else repr(url)
    wrong = ConfigError(f"{source}: {shown} is no address of a server", hint="such as http://127.0.0.1:8080")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    if "@" in parts.netloc or "?" in url or "#" in url:
        message = f"{source}: {parts.scheme}://{parts.hostname} must come without query, fragment or credentials"
        raise ConfigError(message)
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or not _URL_TEXT.fullmatch(url):
        raise wrong
    return url.rstrip("/")


def parse_target(text: str, source: str, *, world: bool = False) -> Target:
    """The target that a TOML file describes.

    ``world`` accepts a fragment without ``[target]`` and with literal keys: the public ones of an
    emulator's world. Raises DocumentError with file and line for anything unknown or of a wrong type.
    """
    reader = _Reader(text, source)
    data = reader.parse()
    reader.only(data, _TABLES, table="")
    target = reader.table(data, "target")
    limits = reader.table(data, "limits")
    bound = reader.table(data, "bindings")
    pools = reader.table(data, "pools")
    reader.only(target, _TARGET_KEYS, table="target")
    reader.only(limits, _LIMIT_KEYS, table="limits")
    reader.only(pools, ("coupons",), table="pools")

    url = reader.value(target, "target", "url", str, "")
    if not url and not world:
        raise DocumentError("[target] has no url", file=source, hint='url = "https://yourbaseurl"')
    if url:
        url = checked_url(url, f"{source}: url")
    host = reader.value(target, "target", "allowed_host", str, "").lower()
    actual = urlsplit(url).hostname or ""
    if url and not host and not is_loopback(actual):
        raise DocumentError(
            "[target] has no allowed_host", file=source, hint=f'allowed_host = "{actual}", the one host to be spoken to'
        )
    if url and host and host != actual:
        raise DocumentError(
            f"url goes to {actual}, which is not the allowed_host {host}",
            file=source,
            line=reader.line("allowed_host", "target"),
        )
    loopback = is_loopback(actual) or world
    default = Footprint.DESTRUCTIVE if loopback else Footprint.DRY
    word = reader.value(limits, "limits", "max_footprint", str, default.label)
    try:
        footprint = Footprint.parse(word)
    except ConfigError as error:
        raise DocumentError(
            error.message, file=source, line=reader.line("max_footprint", "limits"), hint=error.hint
        ) from None
    rate = reader.number(limits, "limits", "rate", 0.0)
    settle = reader.number(target, "target", "settle", 0.0)

    variables = {role: reader.variable(bound, "bindings", f"{role}_key_env", "") for role in _KEY_ROLES}
    literals: dict[str, str] = {}
    if world:
        literals = {role: reader.value(bound, "bindings", f"{role}_key", str, "") for role in _KEY_ROLES}
    return Target(
        url=url,
        allowed_host=host or actual,
        key_variable=reader.variable(target, "target", "key_env", KEY_VARIABLE),
        edition=reader.value(target, "target", "edition", str, "auto"),
        settle=settle,
        limits=Limits(footprint, rate, **reader.timeouts(limits)),
        bindings=_bindings(reader, bound, pools, world=world),
        key_variables={role: name for role, name in variables.items() if name},
        literal_keys={role: key for role, key in literals.items() if key},
        unbuilt=frozenset(reader.strings(target, "target", "unbuilt")),
        name=reader.value(target, "target", "name", str, ""),
    )


def _bindings(reader: _Reader, bound: dict[str, Any], pools: dict[str, Any], *, world: bool) -> Bindings:
    """The bindings of the two tables; names, types and disposables are checked."""
    fields = {f.name: f for f in dataclasses.fields(Bindings) if f.name not in {"coupons", "disposable"}}
    keys = [f"{role}_key_env" for role in _KEY_ROLES] + ([f"{role}_key" for role in _KEY_ROLES] if world else [])
    reader.only(bound, (*fields, "disposable", *keys), table="bindings")
    values: dict[str, Any] = {}
    for name, each in fields.items():
        if name not in bound:
            continue
        wanted = str(each.type)
        if "float" in wanted:
            values[name] = reader.number(bound, "bindings", name, 0.0)
        else:
            values[name] = reader.value(bound, "bindings", name, int if wanted.startswith("int") else str, None)
    disposable = reader.strings(bound, "bindings", "disposable")
    for name in disposable:
        if name not in fields:
            raise DocumentError(
                f"disposable names {name}, which is no binding",
                file=reader.source,
                line=reader.line("disposable", "bindings"),
                hint=closest(name, fields),
            )
    coupons = tuple(reader.strings(pools, "pools", "coupons"))
    return Bindings(**values, coupons=coupons, disposable=frozenset(disposable))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes typed values out of a parsed file, and knows where in its text a key stands."""

    text: str
    source: str

    def parse(self) -> dict[str, Any]:
        """The tables of the file; DocumentError with the line if it is no TOML."""
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError) as error:
            line = re.search(r"line (\d+)", str(error))
            at = int(line[1]) if line else None
            raise DocumentError(f"not TOML: {error}", file=self.source, line=at) from None

    def line(self, key: str, table: str = "") -> int | None:
        """The line on which a key of a table is set, or the table begins; None where that is not plain to see."""
        current = ""
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := re.match(r"\s*\[\[?\s*\"?([^\]\"]+?)\"?\s*\]", line):
                current = header[1]
                if not table and current == key:
                    return number
            elif current == table and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[.=]", line):
                return number
        return None

    def only(self, data: Mapping[str, Any], known: Iterable[str], *, table: str) -> None:
        """Refuses what the table does not know."""
        names = list(known)
        for key in data:
            if key not in names:
                what = f"[{table}] has an unknown key {key}" if table else f"unknown table [{key}]"
                raise DocumentError(what, file=self.source, line=self.line(key, table), hint=closest(key, names))

    def table(self, data: Mapping[str, Any], name: str) -> dict[str, Any]:
        """A table, empty if it is not there."""
        found = data.get(name, {})
        if not isinstance(found, dict):
            raise DocumentError(f"{name} must be a table", file=self.source, line=self.line(name), hint=f"[{name}]")
        return found  # pyright: ignore[reportUnknownVariableType]

    def value(self, data: Mapping[str, Any], table: str, key: str, kind: type[Any], default: Any) -> Any:
        """A value of one type, or the default."""
        if key not in data:
            return default
        found = data[key]
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            words = {str: "a string", int: "an integer"}
            message = f"[{table}] {key} must be {words.get(kind, kind.__name__)}"
            raise DocumentError(message, file=self.source, line=self.line(key, table))
        return found

    def number(self, data: Mapping[str, Any], table: str, key: str, default: float) -> float:
        """A number that is not negative, or the default."""
        found = data.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= _LARGEST:
            message = f"[{table}] {key} must be a number from 0 to {_LARGEST:.0f}"
            raise DocumentError(message, file=self.source, line=self.line(key, table))
        return float(found)

    def timeouts(self, limits: Mapping[str, Any]) -> dict[str, float]:
        """The time-outs that the limits name; none of them can be 0, for nothing answers at once."""
        found = {key: self.number(limits, "limits", key, 0.0) for key in _TIMEOUT_KEYS if key in limits}
        for key, seconds in found.items():
            if not seconds:
                message = f"[limits] {key} must be more than 0 seconds"
                raise DocumentError(message, file=self.source, line=self.line(key, "limits"))
        return found

    def variable(self, data: Mapping[str, Any], table: str, key: str, default: str) -> str:
        """The name of an environment variable, or the default. What stands there could be a key: it is not repeated."""
        name = self.value(data, table, key, str, default)
        if name != default and not _VARIABLE.fullmatch(name):
            message = f"[{table}] {key} must name an environment variable: capitals, digits and _"
            raise DocumentError(message, file=self.source, line=self.line(key, table), hint="not the key itself")
        return name

    def strings(self, data: Mapping[str, Any], table: str, key: str) -> list[str]:
        """A list of strings, empty if it is not there."""
        found: Any = data.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):  # pyright: ignore[reportUnknownVariableType]
            message = f"[{table}] {key} must be a list of strings"
            raise DocumentError(message, file=self.source, line=self.line(key, table))
        return found  # pyright: ignore[reportUnknownVariableType]
