"""Moments are read from what servers write, and written so that every server can read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.moments import instant, midnight, served, step, written
from talonproof.http.exchange import Exchange

whole_seconds = st.integers(86_400, 29_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(moment=whole_seconds)
def test_what_is_written_can_be_read(moment: datetime) -> None:
    """A whole second survives the wire."""
    assert moment == instant(written(moment))


@given(moment=whole_seconds)
def test_midnight_begins_the_day(moment: datetime) -> None:
    """Midnight is not later, less than a day earlier, and of the same date."""
    assert midnight(moment) <= moment
    assert midnight(moment).date() == moment.date()
    assert midnight(midnight(moment)) == midnight(moment)


@pytest.mark.parametrize(
    "text", ["immediate", "unlimited", "on_action", "", "2026-05-20", "2026-05-20T12:00:00", None, 7]
)
def test_what_names_no_instant_is_none(text: object) -> None:
    """Words, bare dates and times without a zone are no instants."""
    assert instant(text) is None


@pytest.mark.parametrize(
    "text", ["2026-05-20T12:00:00Z", "2026-05-20T19:00:00+07:00", "2026-05-20T12:00:00.000000000Z"]
)
def test_instants_are_the_same_in_every_zone(text: str) -> None:
    """The same instant may be written in several ways."""
    assert datetime(2026, 5, 20, 12, tzinfo=UTC) == instant(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-05-20T12:00:00Z", 1.0),
        ("2026-05-20T12:00:00.000Z", 1.0),
        ("2026-05-20T12:00:00.120Z", 0.01),
        ("2026-05-20T12:00:00.123456+07:00", 1e-6),
    ],
)
def test_the_step_of_a_clock_is_that_of_its_digits(text: str, seconds: float) -> None:
    """Zeros at the end may be padding: such a clock could be coarser than it looks."""
    assert seconds == step(text).total_seconds()


def test_a_server_says_when_it_answered(exchange: Callable[..., Exchange]) -> None:
    """The Date header counts; without one that can be read, the time at which the call was sent."""
    sent = datetime.fromtimestamp(1_700_000_000, UTC)

    assert datetime(2026, 11, 20, 11, tzinfo=UTC) == served(exchange(date="Fri, 20 Nov 2026 11:00:00 GMT"))
    assert sent == served(exchange())
    assert sent == served(exchange(date="soon"))
