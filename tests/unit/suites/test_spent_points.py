"""Points that expire first are to be spent first: accused is only who took later ones while earlier ones are left."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from strategies.spent import points, spared, taken
from talonproof.http.exchange import Exchange

Answers = Callable[..., Exchange]
SOON, LATER, NEVER = "2026-12-01T00:00:00Z", "2027-06-01T00:00:00Z", "unlimited"


def rows(exchange: Answers, **shown: tuple[str, float]) -> Exchange:
    """A list of points: by name, when a row expires and how many points it shows."""
    return exchange({"data": [{"id": name, "expiryDate": end, "amount": held} for name, (end, held) in shown.items()]})


@pytest.mark.parametrize(
    ("after", "right"),
    [
        ({"b": (LATER, 5), "c": (NEVER, 7)}, True),
        ({"a": (SOON, 4), "b": (LATER, 5), "c": (NEVER, 7)}, True),
        ({"c": (NEVER, 2)}, True),
        ({"a": (SOON, 10), "c": (NEVER, 7)}, False),
        ({"a": (SOON, 10), "b": (LATER, 5), "c": (NEVER, 6)}, False),
        ({"b": (LATER, 5)}, False),
    ],
)
def test_later_points_are_taken_when_earlier_ones_are_gone(exchange: Answers, after: dict[str, tuple[str, float]],
                                                           right: bool) -> None:  # fmt: skip
    """Whatever is taken, nothing is left that expires sooner than it."""
    before = points(rows(exchange, a=(SOON, 10), b=(LATER, 5), c=(NEVER, 7)))

    assert right is (spared(before, points(rows(exchange, **after))) == "")


def test_where_nothing_was_taken_nothing_is_wrong(exchange: Answers) -> None:
    """A list that shows what was added, spent or not, says nothing of an order."""
    before = points(rows(exchange, a=(SOON, 10), c=(NEVER, 7)))

    assert frozenset() == taken(before, before)
    assert "" == spared(before, before)
