"""The tier that balances show of a customer, beside the points, and where the two contradict each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from strategies.earning import Ledger
from strategies.showing import CENT, near, objects
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount


@dataclass(frozen=True, slots=True)
class Standing:
    """What a balance with tiers shows: the active points, the tier, the next one, and what is missing to that."""

    read: Exchange
    points: Decimal
    tier: str | None
    following: str | None
    missing: Decimal | None

    @classmethod
    def of(cls, ledger: Ledger, read: Exchange) -> Standing:
        """The standing in a ledger; without tier or points where the balance shows none."""
        balance = ledger.balance(read)
        tier: Any = balance.get("currentTier")
        name = objects([tier])[0].get("name") if objects([tier]) else None
        following = balance.get("nextTierName")
        return cls(
            read,
            ledger.points(read, "activePoints"),
            name if isinstance(name, str) else None,
            following if isinstance(following, str) and following else None,
            amount(balance.get("pointsToNextTier")),
        )


def contradictions(seen: Sequence[Standing]) -> Iterator[str]:
    """What the last of several standings shows against itself, or against what those before it said of the next tier.

    Tiers that are higher than the points reach are none: who came to one may keep it.
    """
    last = seen[-1]
    if last.following and last.missing is not None and last.missing <= 0:
        yield f"{last.points} points, {last.missing} missing to {last.following}, and the tier is {last.tier or 'none'}"
    for one in seen[:-1]:
        if not one.following or one.missing is None:
            continue
        needed = one.points + one.missing
        if last.points >= needed and (last.following == one.following or last.tier == one.tier):
            yield f"{last.points} points, {one.following} begins at {needed}, and the tier is {last.tier or 'none'}"
        if last.points < needed - CENT and last.tier == one.following:
            yield f"{last.points} points are {last.tier}, for which {one.missing} were missing at {one.points}"
        if last.points < needed and last.following == one.following and not near(last.missing, needed - last.points):
            yield f"{last.points} points, {last.missing} missing to {last.following}, which begins at {needed}"
