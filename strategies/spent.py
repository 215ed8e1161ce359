"""Which points of a list were spent between two reads, and which are left that expire sooner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from strategies.moments import instant, written
from strategies.showing import CENT, objects
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount

NEVER: Final = datetime.max.replace(tzinfo=UTC)
"""When points expire that last for ever."""

Points = Mapping[Any, tuple[datetime, Decimal]]
"""By the id of a row, when its points expire, and how many they are."""


def points(read: Exchange) -> Points:
    """The rows of a list of unused points."""
    return {
        row.get("id"): (instant(row.get("expiryDate")) or NEVER, amount(row.get("amount")) or Decimal(0))
        for row in objects(read.at("data"))
    }


def taken(before: Points, after: Points) -> frozenset[Any]:
    """The rows that are gone, or have fewer points than before."""
    gone = (NEVER, Decimal(0))
    return frozenset(key for key, (_, held) in before.items() if after.get(key, gone)[1] < held - CENT)


def spared(before: Points, after: Points) -> str:
    """In words, the points that are left though others were taken that expire later; empty where there are none.

    A row that shows all its points, though some of them were spent, is taken for one that is left: whether it may
    is not stated. Nothing is held against the server by it as long as no later row is touched.
    """
    last = max((before[key][0] for key in taken(before, after)), default=None)
    early = [end for end, held in after.values() if held > CENT and last is not None and end < last]
    if last is None or not early:
        return ""
    return f"points that expire {_worded(last)} were spent, and others are left that expire {_worded(min(early))}"


def _worded(end: datetime) -> str:
    return "never" if end == NEVER else f"on {written(end)}"
