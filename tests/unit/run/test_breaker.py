"""A target is down where nothing is answered any more, and not before."""

from __future__ import annotations

from pathlib import Path

import pytest

from talonproof.run.breaker import IN_A_ROW, LONG, SLOW_IN_A_ROW, Breaker


class Asked:
    """A target that answers a harmless call, or says why not."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        self.times = 0
        self.now = 0.0

    def __call__(self) -> str:
        """Why it does not answer; the last reason stays."""
        self.times += 1
        return self.reasons.pop(0) if len(self.reasons) > 1 else self.reasons[0]


def breaker(folder: Path, asked: Asked) -> Breaker:
    """One whose clock stands still."""
    return Breaker(folder, asked, clock=lambda: asked.now, sleep=lambda _seconds: None)


def fail(breaker: Breaker, times: int) -> None:
    """So many calls in a row without an answer."""
    for _ in range(times):
        breaker.note(answered=False)


def test_many_calls_in_a_row_without_an_answer_are_asked_about(tmp_path: Path) -> None:
    """A target that answers nothing harmless either is down, and every process of the run knows why."""
    asked = Asked("nothing answers")
    here, there = breaker(tmp_path, asked), breaker(tmp_path, asked)
    fail(here, IN_A_ROW - 1)
    assert "" == here.down
    fail(here, 1)

    assert "nothing answers" == here.down == there.down


def test_an_answer_in_between_begins_the_count_anew(tmp_path: Path) -> None:
    """Trouble now and then is no target that is down: it is not even asked."""
    asked = Asked("nothing answers")
    one = breaker(tmp_path, asked)
    for _ in range(10):
        fail(one, IN_A_ROW - 1)
        one.note(answered=True)

    assert (0, "") == (asked.times, one.down)


@pytest.mark.parametrize("reasons", [[""], ["nothing answers", ""], ["nothing answers", "nothing answers", ""]])
def test_target_that_answers_something_harmless_is_up(tmp_path: Path, reasons: list[str]) -> None:
    """One operation may break off every time, and a restart takes a moment."""
    one = breaker(tmp_path, Asked(*reasons))
    fail(one, IN_A_ROW)

    assert "" == one.down


def test_target_that_swallows_calls_is_asked_sooner(tmp_path: Path) -> None:
    """Time-outs are long: a few of them are enough."""
    asked = Asked("nothing answers")
    one = breaker(tmp_path, asked)
    fail(one, 1)
    asked.now += LONG
    fail(one, SLOW_IN_A_ROW - 1)

    assert "nothing answers" == one.down
