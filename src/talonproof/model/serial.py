"""Calls that overlapped are right where some order, one after the other, explains all their answers.

Such an order keeps to time: what was answered before another call was sent comes first (linearizability, by the search
of Wing and Gong). A situation that was met before is not looked into again (Lowe): which calls are placed and what
that left is all that the rest depends on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations
from typing import Final, Generic, Protocol, TypeVar

A = TypeVar("A")
R = TypeVar("R")
S = TypeVar("S")
Action_contra = TypeVar("Action_contra", contravariant=True)
Result_contra = TypeVar("Result_contra", contravariant=True)

MOST: Final = 12
"""The most calls whose orders are searched; eight at once, and what was sent before and after them."""


class Happened(Enum):
    """What is known of a call: whether it was carried out."""

    YES = "yes"
    NO = "no"
    """It was refused (409), so it changed nothing, whenever that was."""
    MAYBE = "maybe"
    """No answer came: it was carried out at any time since it was sent, or was not, or will be yet."""


@dataclass(frozen=True, slots=True)
class Timed(Generic[A, R]):
    """An action on one thing, with the moments between which it took place, by one clock of any zero.

    ``result`` is what its answer says of it; None where it says nothing, or never came.
    """

    name: str
    action: A
    sent: float
    answered: float
    happened: Happened = Happened.YES
    result: R | None = None

    def precedes(self, other: Timed[A, R]) -> bool:
        """Whether it was over before the other began. What may be carried out yet is never over."""
        return self.happened is not Happened.MAYBE and self.answered < other.sent


class Sequential(Protocol[S, Action_contra, Result_contra]):
    """What one thing does where actions on it come one after the other. A state is hashable."""

    def after(self, state: S, action: Action_contra, result: Result_contra | None) -> Iterable[S]:
        """The states that an action may leave behind; none where it cannot have had that result.

        ``result`` None is an unknown one.
        """
        ...


def serial_order(
    start: Collection[S], calls: Sequence[Timed[A, R]], thing: Sequential[S, A, R]
) -> tuple[Timed[A, R], ...] | None:
    """An order of the calls that explains every result, from one of the states at the start; None: there is none.

    All calls that happened are in it, those that perhaps did only where that helps, those that did not never. Raises
    ValueError for more than MOST calls.
    """
    placeable = [call for call in calls if call.happened is not Happened.NO]
    if len(placeable) > MOST:
        message = f"the orders of {len(placeable)} calls are too many to search, {MOST} are the most"
        raise ValueError(message)
    certain = frozenset(n for n, call in enumerate(placeable) if call.happened is Happened.YES)
    before = [
        frozenset(n for n in certain if placeable[n].precedes(call)) for call in placeable
    ]  # what perhaps happened holds nobody up
    met: set[tuple[frozenset[int], S]] = set()

    def search(placed: frozenset[int], state: S) -> tuple[int, ...] | None:
        if certain <= placed:
            return ()
        if (placed, state) in met:
            return None
        met.add((placed, state))
        for n, call in enumerate(placeable):
            if n in placed or not before[n] <= placed:
                continue
            for following in thing.after(state, call.action, call.result):
                rest = search(placed | {n}, following)
                if rest is not None:
                    return (n, *rest)
        return None

    for state in start:
        found = search(frozenset(), state)
        if found is not None:
            return tuple(placeable[n] for n in found)
    return None


def overlapping(calls: Iterable[Timed[A, R]]) -> tuple[tuple[Timed[A, R], Timed[A, R]], ...]:
    """The pairs of answered calls, one of them carried out at least, of which neither was over before the other began.

    They are what a serial order says anything about: where there are none, nothing was put to the test.
    """
    answered = [call for call in calls if call.happened is not Happened.MAYBE]
    return tuple(
        (one, other)
        for one, other in combinations(answered, 2)
        if Happened.YES in {one.happened, other.happened} and not one.precedes(other) and not other.precedes(one)
    )


def contradicted(
    start: Collection[S], calls: Sequence[Timed[A, R]], thing: Sequential[S, A, R]
) -> tuple[Timed[A, R], ...]:
    """The calls without whose result, each alone, there would be an order; for people who wonder where it breaks."""
    told = [call for call in calls if call.happened is Happened.YES and call.result is not None]
    return tuple(
        call
        for call in told
        if serial_order(start, [replace(one, result=None) if one is call else one for one in calls], thing) is not None
    )
