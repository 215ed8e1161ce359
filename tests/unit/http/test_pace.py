"""Requests never go out faster than asked, and no slower than they must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.http.pace import Pace


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        assert seconds > 0
        self.now += seconds


@given(
    rate=st.floats(0.01, 900),
    workers=st.integers(1, 8),
    pauses=st.lists(st.floats(0, 2), min_size=2, max_size=40),
)
@settings(max_examples=60)
def test_any_stretch_of_time_holds_no_more_than_its_share(rate: float, workers: int, pauses: list[float]) -> None:
    """Between any two requests at least as much time passes as the share of the rate asks for."""
    clock = Clock()
    pace = Pace(rate, workers=workers, clock=clock, sleep=clock.sleep)
    times: list[float] = []
    for pause in pauses:
        pace.wait()
        times.append(clock.now)
        clock.now += pause

    share = rate / workers
    for first in range(len(times)):
        for last in range(first + 1, len(times)):
            assert (last - first) / share <= (times[last] - times[first]) * 1.001 + 0.002


@pytest.mark.parametrize("rate", [0.5, 3, 10, 250])
def test_steady_requests_reach_the_rate(rate: float) -> None:
    """Nobody waits longer than needed: a hundred requests take the time of a hundred."""
    clock = Clock()
    pace = Pace(rate, clock=clock, sleep=clock.sleep)
    for _ in range(101):
        pace.wait()

    assert 100 / rate == pytest.approx(clock.now - 1000, rel=0.02, abs=0.1)


def test_rate_of_zero_never_waits() -> None:
    """Zero is no limit."""

    def never(seconds: float) -> None:
        raise AssertionError(seconds)

    pace = Pace(0, sleep=never)
    for _ in range(1000):
        pace.wait()


def test_first_request_goes_at_once() -> None:
    """A pace does not begin with a pause."""
    clock = Clock()
    Pace(0.1, clock=clock, sleep=clock.sleep).wait()

    assert 1000.0 == clock.now
