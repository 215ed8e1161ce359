"""What a thing that many write to does where they come one after the other: values, sums, a stock that runs out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from talonproof.model.serial import Sequential

Values = frozenset[tuple[str, str]]
"""The value of each property, as canonical JSON, by name; a set of pairs, so that it is hashable."""


@dataclass(frozen=True, slots=True)
class Write:
    """Sets properties; those that it does not name are kept. One that sets none is a read."""

    values: Values = frozenset()

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Write:
        """The write of some values by name."""
        return cls(frozenset(values.items()))


class Properties:
    """A thing of properties, each of which has the value that was written last.

    What an answer shows is what the thing is like once the write was carried out; of what it leaves out it says
    nothing.
    """

    def after(self, state: Values, action: Write, result: Values | None) -> Iterator[Values]:
        """The one state that follows, unless the answer shows another one."""
        following = frozenset((dict(state) | dict(action.values)).items())
        if result is None or result <= following:
            yield following


@dataclass(frozen=True, slots=True)
class Adding:
    """Adds amounts to sums, by name; one that adds nothing is a read."""

    amounts: frozenset[tuple[str, Decimal]] = frozenset()


Sums = frozenset[tuple[str, Decimal]]
"""The sum of each name."""


@dataclass(frozen=True, slots=True)
class Counters:
    """A thing of sums, to which amounts are added; an answer may differ from a sum by the tolerance."""

    tolerance: Decimal = Decimal("0.01")

    def after(self, state: Sums, action: Adding, result: Sums | None) -> Iterator[Sums]:
        """The one state that follows, unless the answer shows other sums."""
        sums = dict(state)
        for name, amount in action.amounts:
            sums[name] = sums.get(name, Decimal(0)) + amount
        shown = result or frozenset()
        if all(name in sums and abs(sums[name] - amount) <= self.tolerance for name, amount in shown):
            yield frozenset(sums.items())


@dataclass(frozen=True, slots=True)
class Taking:
    """Asks for so much of a stock."""

    amount: Decimal


class Stock:
    """A stock of uses or of money: who asks gets all of it while there is enough, and no more than is left afterwards.

    The result is what was given. Where there is too little, the sources leave open whether some of it is given.
    """

    def after(self, state: Decimal, action: Taking, result: Decimal | None) -> Iterator[Decimal]:
        """What is left then; a result that is not known is that of an ordinary stock."""
        enough = action.amount <= state
        given = (action.amount if enough else Decimal(0)) if result is None else result
        if given == action.amount if enough else 0 <= given <= state:
            yield state - given


Pair = tuple[Any, Any]
"""A state, an action or a result of two things."""


@dataclass(frozen=True, slots=True)
class Both:
    """Two things at once: states, actions and results are pairs."""

    one: Sequential[Any, Any, Any]
    other: Sequential[Any, Any, Any]

    def after(self, state: Pair, action: Pair, result: Pair | None) -> Iterator[Pair]:
        """The pairs of what either leaves behind."""
        first, second = result or (None, None)
        for left in self.one.after(state[0], action[0], first):
            for right in self.other.after(state[1], action[1], second):
                yield left, right
