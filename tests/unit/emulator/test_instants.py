"""Instants are written and read as RFC 3339, offsets as ISO 8601 durations."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.emulator import instant

INSTANTS = st.integers(instant.read("0001-01-01"), instant.read("9999-12-31T23:59:59.999999Z"))


@given(INSTANTS)
def test_what_is_written_is_read_back(moment: int) -> None:
    """Every instant from the year 1 to the year 9999 round-trips, and is written in one way."""
    text = instant.written(moment)

    assert moment == instant.read(text)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-05-29", "2024-05-29T00:00:00Z"),
        ("2024-05-29T15:04:05+07:00", "2024-05-29T08:04:05Z"),
        ("2024-05-29t15:04:05.5z", "2024-05-29T15:04:05.500000Z"),
        ("2024-05-29T15:04:05.1234567Z", "2024-05-29T15:04:05.123456Z"),
        ("2024-05-29T15:04:05-00:00", "2024-05-29T15:04:05Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ],
)
def test_the_ways_to_write_an_instant(text: str, same: str) -> None:
    """Offsets, cases, fractions, leap seconds and bare dates are all read."""
    assert instant.read(same) == instant.read(text)


@pytest.mark.parametrize(
    "text",
    ["", "today", "2024-5-29", "20240529", "2024-02-30", "2024-05-29T15:04Z", "2024-05-29T15:04:05",
     "2024-05-29 15:04:05Z",
     "2024-05-29T15:04:05Z07:00", "2024-05-29T15:04:05+0700", "2024-05-29T25:04:05Z", "2024-05-29T15:04:61Z",
     "2024-05-29T15:04:05+24:00", "2024-05-29\n", "٢٠٢٤-05-29", "0000-01-01", "2024-W22-3"],
)  # fmt: skip
def test_anything_else_is_no_instant(text: str) -> None:
    """A ValueError says so."""
    with pytest.raises(ValueError, match=r"."):
        instant.read(text)


def test_the_system_clock_tells_the_time() -> None:
    """To the second, it agrees with Python's own."""
    assert abs(instant.SystemClock().now() - datetime.now(UTC).timestamp() * instant.SECOND) < instant.SECOND


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-P10D", -10 * instant.DAY), ("PT6H", instant.DAY // 4), ("P1DT12H", instant.DAY * 3 // 2),
     ("+P2W", 14 * instant.DAY),
     ("-PT1M30S", -90 * instant.SECOND)],
)  # fmt: skip
def test_offsets_are_durations(text: str, expected: int) -> None:
    """Weeks, days, hours, minutes and seconds add up."""
    assert expected == instant.offset(text)


@pytest.mark.parametrize("text", ["", "P", "PT", "10D", "P1M", "P1Y", "P1.5D", "P1D2H"])
def test_anything_else_is_no_offset(text: str) -> None:
    """Months and years have no length; an empty duration says nothing."""
    with pytest.raises(ValueError, match="offset"):
        instant.offset(text)
