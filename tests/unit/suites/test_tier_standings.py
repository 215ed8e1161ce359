"""Tiers contradict points only where points reach a tier that is not shown, or what is missing does not add up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from strategies.standing import Standing, contradictions
from talonproof.http.exchange import Exchange

Shown = tuple[float, str | None, str | None, float | None]
"""Active points, tier, next tier, points missing to it."""

NOTHING: Shown = (0, None, None, None)


def standings(exchange: Callable[..., Exchange], *shown: Shown) -> list[Standing]:
    """What some balances show, in their order."""
    return [
        Standing(exchange({}), Decimal(points), tier, following, None if missing is None else Decimal(missing))
        for points, tier, following, missing in shown
    ]


@pytest.mark.parametrize(
    "shown",
    [
        [NOTHING],
        [NOTHING, (50, None, "Bronze", 50)],
        [(0, None, "Bronze", 100), (100, "Bronze", "Silver", 400), (600, "Silver", None, None)],
        [(0, None, "Bronze", 100), (40, None, "Bronze", 60)],
        [(0, None, "Bronze", 100), (600, "Silver", None, None)],
        [(600, "Gold", None, None), (50, "Gold", None, None)],
        [(100, "Bronze", "Silver", 400), (120, "Bronze", None, None)],
    ],
)
def test_tiers_as_servers_show_them(exchange: Callable[..., Exchange], shown: list[Shown]) -> None:
    """A tier may be kept with fewer points, come late to be told, and have none above it."""
    seen = standings(exchange, *shown)

    assert [] == [wrong for count in range(1, len(seen) + 1) for wrong in contradictions(seen[:count])]


@pytest.mark.parametrize(
    "shown",
    [
        [(100, None, "Bronze", 0)],
        [(0, None, "Bronze", 100), (100, None, "Bronze", 1)],
        [(0, None, "Bronze", 100), (100, None, None, None)],
        [(100, "Bronze", "Silver", 400), (500, "Bronze", "Gold", 500)],
        [(0, None, "Bronze", 100), (40, None, "Bronze", 100)],
        [(500, "Silver", "Gold", 1000), (1000, "Gold", None, None)],
    ],
)
def test_contradictions(exchange: Callable[..., Exchange], shown: list[Shown]) -> None:
    """Points that reach the next tier and leave the tier as it is, or a distance that does not add up."""
    assert list(contradictions(standings(exchange, *shown)))
