"""Moments as servers write them, and the moment at which a server says it answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from talonproof.http.exchange import Exchange
from talonproof.model.moment import instant

__all__ = ["LONG_AGO", "SKEW", "instant", "midnight", "served", "step", "written"]

SKEW = timedelta(minutes=2)
"""How far the clock behind a stored time may be from the one behind the Date header."""

LONG_AGO = "2010-01-01T00:00:00Z"
"""Before there was anything to be stored."""


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


def midnight(moment: datetime) -> datetime:
    """The beginning of the day that the moment is in, UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def step(text: str) -> timedelta:
    """The smallest step of the clock that wrote a timestamp, as its digits tell: zeros at their end may be padding."""
    digits = re.search(r"\.(\d*[1-9])", text)
    return timedelta(seconds=10.0 ** -len(digits[1])) if digits else timedelta(seconds=1)
