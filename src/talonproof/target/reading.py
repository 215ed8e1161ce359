"""A target file in TOML becomes a target; whatever is wrong with it is named with its place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from talonproof.errors import ConfigError, DocumentError, closest
from talonproof.target.coupons import read_coupons
from talonproof.target.keys import KEY_ROLES, Key, Kind
from talonproof.target.table import COUPON_KINDS, POOLED_KINDS, TABLES, keys_of
from talonproof.target.toml import Reader
from talonproof.target.triggers import LIST, read_triggers
from talonproof.target.values import KEY_VARIABLE, POOLS, Bindings, Footprint, Limits, Target, Way, is_loopback

_URL_TEXT: Final = re.compile(r"[!#-;=?-\[\]_a-z~]+")
"""Characters of an address: no spaces, no controls, nothing that programs read in different ways."""

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS: Final = frozenset(
    {
        "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type", "cookie", "host",
        "proxy-authorization", "transfer-encoding",
    }
)  # fmt: skip
"""Headers that no file may set: the key comes from the environment, and the others are ours to send."""

_TIMEOUTS: Final = ("connect_timeout", "read_timeout", "total_timeout")

_TEXT_BINDINGS: Final = tuple(name for name in keys_of("bindings") if name.endswith("attribute"))


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


def parse_target(
    text: str, source: str, *, world: bool = False, environment: Mapping[str, str] | None = None
) -> Target:
    """The target that a TOML file describes; files that it names stand beside it.

    ``world`` accepts a fragment without ``[target]`` and with literal keys: the public ones of an
    emulator's world. Raises DocumentError with file and line for anything unknown or of a wrong type, and for a
    ``${NAME}`` that ``environment``, by default that of the process, does not have.
    """
    reader = Reader(text, source, os.environ if environment is None else environment)
    data = reader.parse()
    reader.only(data, (*TABLES, LIST), table="")
    found = {table: _table(reader, data, table, world=world) for table in TABLES}
    target, limits, bound = found["target"], found["limits"], found["bindings"]

    url, host = _address(reader, target, world=world)
    loopback = is_loopback(urlsplit(url).hostname or "") or world
    roles = {role: (bound.get(f"{role}_key_env", ""), bound.get(f"{role}_key", "")) for role in KEY_ROLES}
    bindings = _bindings(reader, bound, found["pools"])
    expect = found["expect"]
    return Target(
        url=url,
        allowed_host=host,
        key_variable=target.get("key_env", KEY_VARIABLE),
        edition=target.get("edition", "auto"),
        settle=target.get("settle", 0.0),
        limits=Limits(
            max_footprint=limits.get("max_footprint", Footprint.DESTRUCTIVE if loopback else Footprint.DRY),
            rate=limits.get("rate", 0.0),
            in_flight=limits.get("in_flight"),
            requests=limits.get("requests"),
            seconds=limits.get("seconds"),
            parallel=limits.get("parallel"),
            **{name: limits[name] for name in _TIMEOUTS if name in limits},
        ),
        bindings=bindings,
        key_variables={role: variable for role, (variable, _) in roles.items() if variable},
        literal_keys={role: key for role, (_, key) in roles.items() if key},
        unbuilt=frozenset(target.get("unbuilt", ())),
        name=target.get("name", ""),
        latency=target.get("latency", 0.0),
        way=_way(reader, target, found["tls"]),
        redact=_redacted(reader, target, bindings),
        expected=tuple(expect["unsupported"]) if "unsupported" in expect else None,
        triggers=read_triggers(reader, data),
    )


def _table(reader: Reader, data: Mapping[str, Any], table: str, *, world: bool) -> dict[str, Any]:
    """The values of a table, each checked."""
    held = reader.table(data, table)
    rows = dict(keys_of(table))
    if world and table == "bindings":
        rows |= {f"{role}_key": Key(table, f"{role}_key", Kind.TEXT, "", "") for role in KEY_ROLES}
    reader.only(held, rows, table=table)
    return {name: reader.value(rows[name], value) for name, value in held.items()}


def _address(reader: Reader, target: Mapping[str, Any], *, world: bool) -> tuple[str, str]:
    """The address and the one host that may be spoken to."""
    source = reader.source
    url = target.get("url", "")
    if not url and not world:
        raise DocumentError("[target] has no url", file=source, hint='url = "https://yourbaseurl"')
    if url:
        url = checked_url(url, f"{source}: url")
    host = target.get("allowed_host", "").lower()
    actual = urlsplit(url).hostname or ""
    if url and not host and not is_loopback(actual):
        hint = f'allowed_host = "{actual}", the one host to be spoken to'
        raise DocumentError("[target] has no allowed_host", file=source, hint=hint)
    if url and host and host != actual:
        message = f"url goes to {actual}, which is not the allowed_host {host}"
        raise reader.wrong(message, "allowed_host", "target")
    return url, host or actual


def _bindings(reader: Reader, bound: Mapping[str, Any], pools: Mapping[str, Any]) -> Bindings:
    """The bindings of the tables and of the file of coupons; disposables are checked."""
    fields = Bindings.single()
    values = {name: value for name, value in bound.items() if name in fields}
    disposable = bound.get("disposable", ())
    for name in disposable:
        if name not in fields:
            message = f"disposable names {name}, which is no binding"
            raise reader.wrong(message, "disposable", "bindings", closest(name, fields))
    pooled = {name: list(pools.get(name, ())) for name in POOLS}
    if "coupons_file" in pools:
        for kind, codes in read_coupons(Path(reader.source).parent / pools["coupons_file"]).items():
            alone = COUPON_KINDS[kind] in fields
            if alone:
                values.setdefault(COUPON_KINDS[kind], codes[0])
            if kind in POOLED_KINDS:
                pooled[POOLED_KINDS[kind]] += codes[1:] if alone else codes
    values |= {name: tuple(codes) for name, codes in pooled.items()}
    return Bindings(**values, disposable=frozenset(disposable))


def _way(reader: Reader, target: Mapping[str, Any], tls: Mapping[str, Any]) -> Way:
    """How the target is reached."""
    beside = Path(reader.source).parent
    files: dict[str, str] = {}
    for name, file in tls.items():
        if not (beside / file).is_file():
            raise reader.wrong(f"[tls] {name}: there is no file {file}", name, "tls")
        files[name] = str((beside / file).resolve())
    if "client_key" in files and "client_certificate" not in files:
        raise reader.wrong("[tls] client_key stands without client_certificate", "client_key", "tls")
    headers: dict[str, str] = target.get("headers", {})
    for name, value in headers.items():
        if name.lower() in _OURS:
            hint = (
                "the key comes from the environment" if name.lower() == "authorization" else "talonproof sends its own"
            )
            raise reader.wrong(f"[target] headers may not hold {name}", "headers", "target", hint)
        if not _TOKEN.fullmatch(name) or not all(" " <= character <= "~" for character in value):
            message = f"[target] headers: {name!r} cannot be sent as a header"
            raise reader.wrong(message, "headers", "target")
    proxy: str = target.get("proxy", "")
    if proxy and not _is_address(proxy):
        raise reader.wrong("[target] proxy is no address", "proxy", "target", "such as http://proxy.example:3128")
    return Way(
        ca_file=files.get("ca_file", ""),
        client_certificate=files.get("client_certificate", ""),
        client_key=files.get("client_key", ""),
        proxy=proxy,
        headers=headers,
    )


def _is_address(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _redacted(reader: Reader, target: Mapping[str, Any], bindings: Bindings) -> frozenset[str]:
    """The attributes to be redacted; one that cases write and read back cannot be."""
    names: list[str] = target.get("redact", [])
    for name in names:
        if not name:
            raise reader.wrong("[target] redact holds an empty name", "redact", "target")
        for binding in _TEXT_BINDINGS:
            if getattr(bindings, binding) == name:
                message = f"[target] redact names {name}, which is bound as {binding}"
                raise reader.wrong(message, "redact", "target", "what is redacted cannot be judged: bind another one")
    return frozenset(names)
