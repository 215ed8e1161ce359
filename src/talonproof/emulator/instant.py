"""An instant is a whole number of microseconds since 1970, UTC; clocks give them, RFC 3339 writes them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol

SECOND = 1_000_000
DAY = 86_400 * SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TIMESTAMP = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt](?P<time>\d\d:\d\d):(?P<second>\d\d)(?:\.(?P<fraction>\d+))?"
    r"(?P<zone>[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> int:
        """The present instant."""
        ...


class SystemClock:
    """The time of the machine."""

    def now(self) -> int:
        """The present instant."""
        return time.time_ns() // 1000


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, instant: int) -> None:
        self.instant = instant

    def now(self) -> int:
        """The instant it was set to."""
        return self.instant


def written(instant: int) -> str:
    """The instant in RFC 3339, in UTC, to the microsecond."""
    second, fraction = divmod(instant, SECOND)
    return f"{_to_the_second(second)}.{fraction:06d}Z"


@lru_cache(maxsize=4096)
def _to_the_second(second: int) -> str:
    """A second since 1970 as a date and a time; the instants of many answers have the same."""
    return (_EPOCH + timedelta(seconds=second)).replace(tzinfo=None).isoformat()


def read(text: str) -> int:
    """The instant of an RFC 3339 timestamp; a bare date is its midnight, UTC. Raises ValueError for anything else.

    A leap second is the second after it; digits beyond the microsecond are cut.
    """
    if _DATE.fullmatch(text):
        return _since_epoch(datetime.fromisoformat(f"{text}T00:00:00+00:00"))
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        message = f"{text!r} is no RFC 3339 timestamp"
        raise ValueError(message)
    leap = match["second"] == "60"
    second = "59" if leap else match["second"]
    zone = "+00:00" if match["zone"] in "Zz" else match["zone"]
    fraction = (match["fraction"] or "").ljust(6, "0")[:6]
    moment = datetime.fromisoformat(f"{match['date']}T{match['time']}:{second}.{fraction}{zone}")
    return _since_epoch(moment) + (SECOND if leap else 0)


def _since_epoch(moment: datetime) -> int:
    try:
        return (moment - _EPOCH) // _MICROSECOND
    except OverflowError as error:
        raise ValueError(str(error)) from error


def offset(text: str) -> int:
    """The microseconds of an ISO 8601 duration in weeks, days, hours, minutes and seconds, such as ``-P10DT6H``.

    Raises ValueError for anything else.
    """
    match = _DURATION.fullmatch(text)
    parts = {name: int(value) for name, value in match.groupdict().items() if value and name != "sign"} if match else {}
    if match is None or not parts:
        message = f"{text!r} is no offset such as -P10D or PT6H"
        raise ValueError(message)
    return (timedelta(**parts) // _MICROSECOND) * (-1 if match["sign"] == "-" else 1)
