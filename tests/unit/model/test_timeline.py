"""What overlapped is drawn so that a person sees it."""

from __future__ import annotations

from talonproof.model.serial import Happened, Timed
from talonproof.model.timeline import WIDTH, timeline


def test_a_line_is_a_call() -> None:
    """From its start to its end, time running to the right; what was refused ends in x, what is unknown in >."""
    calls = [
        Timed("A", "", 1.0, 1.5),
        Timed("B", "", 1.25, 1.75, Happened.NO),
        Timed("C", "", 1.0, 1.2, Happened.MAYBE),
        Timed("read", "", 2.0, 2.0),
    ]

    assert [
        f"      0{' ' * (WIDTH - 10)}1000.0 ms".ljust(0),
        f"A     |{'-' * 19}|{' ' * 19}  call A",
        f"B     {' ' * 10}|{'-' * 18}x{' ' * 10}  call B",
        f"C     |{'-' * 38}>  call C",
        f"read  {' ' * 39}|  call read",
    ] == timeline(calls, lambda call: f"call {call.name}").splitlines()


def test_calls_of_no_duration_are_drawn() -> None:
    """However short they are."""
    assert "A  |" == timeline([Timed("A", "", 1.0, 1.0)], lambda _: "").splitlines()[1]


def test_nothing_is_nothing() -> None:
    """No calls, no lines."""
    assert "" == timeline([], str)
