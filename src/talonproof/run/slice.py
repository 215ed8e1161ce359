"""The exchanges that show a finding: those judged, and the writes before them that made what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from talonproof.http.exchange import Exchange

_READS = frozenset({"GET", "HEAD"})


def relevant(history: Sequence[Exchange], judged: Iterable[int]) -> tuple[int, ...]:
    """The numbers of the exchanges that a finding needs, in order.

    Every exchange judged is in; so is each accepted write before the last of them that names one of the
    ids they name (dry ones only where judged). Reads and refused calls that were not judged are left out.
    """
    wanted = set(judged)
    last = max(wanted, default=-1)
    ids = {name for number in wanted for name in _ids(history[number])}
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


def _ids(exchange: Exchange) -> set[str]:
    """The ids that a call names: in its path, and the profile in its body."""
    found = {str(value) for value in exchange.call.path.values()}
    body = _members(exchange.call.body)
    profile = (_members(body.get("customerSession")) or body).get("profileId")
    if isinstance(profile, str):
        found.add(profile)
    return found - {""}


def _members(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
