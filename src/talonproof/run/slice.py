"""The exchanges that show a finding: those judged, and the writes before them that made what they show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from talonproof.http.exchange import Exchange

_READS = frozenset({"GET", "HEAD"})

_NAMES: Final[Mapping[str, str]] = {
    "customerSessionId": "",
    "integrationId": "",
    "sessionId": "",
    "profileId": "",
    "profileIntegrationId": "",
    "advocateProfileIntegrationId": "",
    "advocateProfileIntegrationIds": "",
    "friendProfileIntegrationId": "",
    "customerProfileIds": "",
    "integrationIDs": "",
    "loyaltyCardId": "",
    "cardIdentifier": "",
    "identifier": "",
    "loyaltyCards": "",
    "couponValue": "",
    "audienceId": "audience",
    "adds": "audience",
    "deletes": "audience",
    "catalogId": "catalog",
}
"""Where calls name things, by path parameter or member of the body; numbers count from 1 for each kind of thing."""


def relevant(history: Sequence[Exchange], judged: Iterable[int]) -> tuple[int, ...]:
    """The numbers of the exchanges that a finding needs, in order.

    Every exchange judged is in; so is each accepted write before the last of them that names one of the
    ids they name (dry ones only where judged). Reads and refused calls that were not judged are left out.
    """
    wanted = set(judged)
    last = max(wanted, default=-1)
    ids = {name for number in wanted for name in _ids(history[number])}
    known = -1
    while known < len(ids):  # a session may be known by a call that comes before others that name it alone
        known = len(ids)
        for exchange in reversed(history[: last + 1]):
            if exchange.number in wanted or exchange.method in _READS or not exchange.ok:
                continue
            if str(exchange.call.query.get("dry", "")).lower() == "true":
                continue
            named = _ids(exchange)
            if ids & named:
                wanted.add(exchange.number)
                ids |= named
    return tuple(sorted(wanted))


def _ids(exchange: Exchange) -> set[tuple[str, str]]:
    """The ids that a call names, each with its kind, and the one that the server gave to what the call made."""
    found = {*_named(exchange.call.path), *_named(exchange.call.body)}
    if exchange.operation == "createAudienceV2":
        found |= set(_each("audience", exchange.at("id")))
    elif exchange.operation == "generateLoyaltyCard":
        found |= set(_each("", exchange.at("identifier")))
    return found


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """The ids in a JSON value, at whatever depth."""
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            if name in _NAMES:
                yield from _each(_NAMES[name], inner)
            elif name != "attributes":
                yield from _named(inner)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            yield from _named(inner)


def _each(kind: str, value: Any) -> Iterator[tuple[str, str]]:
    """The id that stands there, or each of several; integers are the same however they are written."""
    match value:
        case list():
            for one in cast("list[Any]", value):
                yield from _each(kind, one)
        case bool() | None | "":
            return
        case float() if value.is_integer():
            yield kind, str(int(value))
        case str() | int():
            yield kind, str(value)
        case _:
            return
