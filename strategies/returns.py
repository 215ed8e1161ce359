"""Returns of cart items, from the units that remain on each line of the cart.

Entries are those of ``return.returnedCartItems``: a 0-based position in the cart and a quantity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Entries = list[dict[str, int]]

_EXCESS = 5


def body(entries: Sequence[dict[str, int]]) -> dict[str, Any]:
    """The request body of a return."""
    return {"return": {"returnedCartItems": list(entries)}}


def everything(remaining: Sequence[int]) -> Entries:
    """Every unit that remains, line by line."""
    return [_entry(position, left) for position, left in enumerate(remaining) if left]


def some(remaining: Sequence[int]) -> SearchStrategy[Entries]:
    """Some of the units that remain, and never all of them; the simplest is one unit of the first line with any.

    ValueError where fewer than two units remain.
    """
    if sum(remaining) < 2:
        message = "some units, but not all, can be returned only where two remain"
        raise ValueError(message)
    return within(remaining).filter(lambda entries: sum(e["quantity"] for e in entries) < sum(remaining))


def within(remaining: Sequence[int]) -> SearchStrategy[Entries]:
    """Any units that remain, at most one entry a line; ValueError where none remains."""
    lines = [position for position, left in enumerate(remaining) if left]
    if not lines:
        message = "nothing remains to be returned"
        raise ValueError(message)

    def quantities(positions: list[int]) -> SearchStrategy[Entries]:
        return st.tuples(*(st.integers(1, remaining[p]) for p in positions)).map(
            lambda units: [_entry(p, n) for p, n in zip(positions, units, strict=True)]
        )

    positions = st.lists(st.sampled_from(lines), min_size=1, max_size=len(lines), unique=True)
    return positions.flatmap(quantities)


def too_many(remaining: Sequence[int]) -> SearchStrategy[Entries]:
    """More units of one line than remain, in one entry or split over two entries for the same line."""
    lines = list(enumerate(remaining))
    single = [[_entry(position, left + excess)] for excess in range(1, _EXCESS) for position, left in lines]
    split = [[_entry(position, left), _entry(position, 1)] for position, left in lines if left]
    return st.sampled_from(single + split)


def bad_position(remaining: Sequence[int]) -> SearchStrategy[Entries]:
    """One unit of a line that the cart does not have: before its first, or after its last."""
    count = len(remaining)
    places = st.one_of(st.just(count), st.just(-1), st.integers(count, count + _EXCESS), st.integers(-_EXCESS, -1))
    return places.map(lambda position: [_entry(position, 1)])


def _entry(position: int, quantity: int) -> dict[str, int]:
    return {"position": position, "quantity": quantity}
