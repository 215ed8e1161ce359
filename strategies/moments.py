"""Moments as servers write them, and the moment at which a server says it answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from talonproof.model.moment import instant, served, written

__all__ = ["LONG_AGO", "SKEW", "instant", "midnight", "served", "step", "written"]

SKEW = timedelta(minutes=2)
"""How far the clock behind a stored time may be from the one behind the Date header."""

LONG_AGO = "2010-01-01T00:00:00Z"
"""Before there was anything to be stored."""


def midnight(moment: datetime) -> datetime:
    """The beginning of the day that the moment is in, UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def step(text: str) -> timedelta:
    """The smallest step of the clock that wrote a timestamp, as its digits tell: zeros at their end may be padding."""
    digits = re.search(r"\.(\d*[1-9])", text)
    return timedelta(seconds=10.0 ** -len(digits[1])) if digits else timedelta(seconds=1)
