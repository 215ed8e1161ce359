"""Requests never go out faster than asked, and no slower than they must."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.http.pace import FIRST_GAP, Pace, Together, forget


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
    pauses=st.lists(st.floats(0, 2), min_size=2, max_size=40),
)
@settings(max_examples=60)
def test_any_stretch_of_time_holds_no_more_than_the_rate_allows(rate: float, pauses: list[float]) -> None:
    """Between any two requests at least as much time passes as the rate asks for."""
    clock = Clock()
    pace = Pace(rate, clock=clock, sleep=clock.sleep)
    times: list[float] = []
    for pause in pauses:
        pace.wait()
        times.append(clock.now)
        clock.now += pause

    for first in range(len(times)):
        for last in range(first + 1, len(times)):
            assert (last - first) / rate <= (times[last] - times[first]) * 1.001 + 0.002


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


@given(
    rate=st.floats(1, 100),
    steps=st.lists(st.tuples(st.integers(0, 3), st.floats(0, 0.5)), min_size=2, max_size=60),
)
@settings(max_examples=60)
def test_all_workers_together_keep_to_the_rate(rate: float, steps: list[tuple[int, float]]) -> None:
    """Whoever takes a turn, and in whatever order: between two requests passes what the rate asks for."""
    clock = Clock()
    times: list[float] = []
    with TemporaryDirectory() as folder:
        paces = [Pace(rate, board=Together(Path(folder)), clock=clock, sleep=clock.sleep) for _ in range(4)]
        for worker, pause in steps:
            paces[worker].wait()
            times.append(clock.now)
            clock.now += pause
        for pace in paces:
            pace.close()

    assert all(1 / rate <= (later - earlier) * 1.001 + 0.002 for earlier, later in pairwise(times))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Clock, Pace, Pace]]:
    """Two workers without a limit, and their clock."""
    clock = Clock()
    first, second = (Pace(0, board=Together(tmp_path), clock=clock, sleep=clock.sleep) for _ in range(2))
    yield clock, first, second
    first.close()
    second.close()


def test_what_one_worker_is_told_holds_for_all(two: tuple[Clock, Pace, Pace]) -> None:
    """Nobody sends while the server wants to be left alone, and then with a gap between two requests."""
    clock, told, other = two
    told.slow_down(7)
    other.wait()
    back = clock.now
    other.wait()
    told.wait()

    assert 1007.0 == pytest.approx(back)
    assert 2 * FIRST_GAP <= clock.now - back + 0.002


def test_gap_grows_with_every_complaint_but_once_for_the_same(two: tuple[Clock, Pace, Pace]) -> None:
    """Two workers that are told at the same time are told once; a second later, the gap doubles."""
    clock, first, second = two

    def gap() -> float:
        first.wait()
        begun = clock.now
        first.wait()
        return clock.now - begun

    first.slow_down(0)
    second.slow_down(0)
    once = gap()
    clock.now += 1.5
    second.slow_down(0)

    assert FIRST_GAP == pytest.approx(once, abs=0.003)
    assert 2 * FIRST_GAP == pytest.approx(gap(), abs=0.003)


@pytest.mark.parametrize("rate", [0, 10])
def test_pace_recovers_little_by_little(tmp_path: Path, rate: float) -> None:
    """Each answer takes some of the gap back, until the rate is what it was, and never more."""
    clock = Clock()
    pace = Pace(rate, board=Together(tmp_path), clock=clock, sleep=clock.sleep)
    gaps: list[float] = []
    pace.slow_down(0)
    pace.wait()
    for _ in range(120):
        begun = clock.now
        pace.wait()
        gaps.append(clock.now - begun)
        pace.speed_up()
    pace.close()

    assert 1.5 / (rate or 100) < gaps[0]
    assert all(later <= earlier + 0.003 for earlier, later in pairwise(gaps))
    assert (1 / rate if rate else 0) == pytest.approx(gaps[-1], abs=0.003)


def test_turns_of_a_run_that_is_over_are_forgotten(tmp_path: Path) -> None:
    """Its folder holds no file of them."""
    pace = Pace(5, board=Together(tmp_path))
    pace.wait()
    pace.close()
    assert list(tmp_path.iterdir())
    forget(tmp_path)

    assert [] == list(tmp_path.iterdir())
