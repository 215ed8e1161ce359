"""A moment is what a timestamp names, however it is written: with any offset, and to any fraction of a second."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from talonproof.http.exchange import Exchange

_SHAPE: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.(\d+))?(?:[Zz]|[+-]\d\d:\d\d)")


def instant(text: Any) -> datetime | None:
    """The moment that an RFC 3339 date-time names, in UTC, to the microsecond; None for whatever else is none."""
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def served(exchange: Exchange) -> datetime:
    """When the server says it answered; where it says nothing, when it was asked."""
    try:
        found = parsedate_to_datetime(exchange.response_headers.get("date", ""))
    except ValueError:
        return datetime.fromtimestamp(exchange.started, UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def written(moment: datetime) -> str:
    """The moment in RFC 3339, in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def same_moment(left: Any, right: Any) -> bool:
    """Whether two texts name the same moment, as far as the coarser of the two tells it: it may have been rounded."""
    first, second = instant(left), instant(right)
    if first is None or second is None:
        return False
    return abs(first - second) <= _step(left, right)


def earlier(left: Any, right: Any) -> bool:
    """Whether the first text names a moment before that of the second, rounding aside; no if either names none."""
    first, second = instant(left), instant(right)
    return first is not None and second is not None and first < second and not same_moment(left, right)


def _step(left: str, right: str) -> timedelta:
    """The smallest step of the coarser of two timestamps; nothing where both are equally fine."""
    digits = {len(found[1] or "") for text in (left, right) if (found := _SHAPE.fullmatch(text))}
    return timedelta(seconds=10.0 ** -min(digits)) if len(digits) > 1 else timedelta()
