"""Formats are asserted as RFC 3339 and its like have them, to the letter."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract.formats import ASSERTED, is_date_time

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-29T15:04:05Z",
        "2024-05-29t15:04:05z",
        "2024-05-29T15:04:05.123456789+07:00",
        "2024-05-29T15:04:05-00:00",
        "2024-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "1998-12-31T23:59:60Z",
        "1998-12-31T15:59:60.5-08:00",
        "1990-01-01T00:29:60+00:30",
    ],
)
def test_date_time(text: str) -> None:
    """Letters of either case, any fraction, any offset, and leap seconds at the end of a day in UTC."""
    assert is_date_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024-05-29",
        "2024-05-29T15:04:05",
        "2024-05-29 15:04:05Z",
        "2024-05-29T15:04:05Z\n",
        "2024-05-29T15:04:05Z07:00",
        "2024-05-29T15:04:05+0700",
        "2024-05-29T15:04:05+24:00",
        "2024-05-29T15:04:05+00:60",
        "2024-05-29T15:04:05.Z",
        "2024-05-29T15:04Z",
        "2024-05-29T24:00:00Z",
        "2024-05-29T15:60:00Z",
        "2024-05-29T15:04:61Z",
        "2024-05-29T15:04:60Z",
        "2024-05-29T23:59:60+01:00",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "2024-00-01T00:00:00Z",
        "2024-04-31T00:00:00Z",
        "24-05-29T15:04:05Z",
        "٢٠٢٤-05-29T15:04:05Z",
        "immediate",
    ],
)
def test_no_date_time(text: str) -> None:
    """A bare date, a time without a zone, an impossible day, and the sources' own example are none."""
    assert not is_date_time(text)


@UNHURRIED
@given(st.datetimes(timezones=ZONES))
def test_every_moment_is_a_date_time(moment: datetime) -> None:
    """What Python writes as ISO 8601 with an offset of whole minutes is RFC 3339."""
    assert is_date_time(moment.isoformat())


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2024-02-29", "2023-02-29"),
        ("date", "2024-12-31", "2024-12-31\n"),
        ("time", "23:59:60Z", "12:00:00"),
        ("uuid", "123e4567-E89B-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000"),
        ("ipv4", "192.0.2.1", "192.0.2.01"),
        ("ipv6", "2001:db8::1", "fe80::1%eth0"),
        ("ipv6", "::", ":::"),
        ("ipv4", "255.255.255.255", "1.2.3"),
    ],
)
def test_other_formats(name: str, good: str, bad: str) -> None:
    """Each format has its own function; neighbours of what it allows are refused."""
    assert (True, False) == (ASSERTED[name](good), ASSERTED[name](bad))
