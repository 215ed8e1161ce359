"""Balances come with tiers on demand only."""

from __future__ import annotations

import pytest

from strategies.ledgers import ledgers
from strategies.showing import objects
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

BALANCES = "getLoyaltyBalances"
OF_TIERS = ("currentTier", "nextTierName", "pointsToNextTier")


@scenario(
    "LOY-011",
    footprint="read",
    requests=1,
    depth="release",
    needs=("profile_program", "populated_profile"),
    operations=(BALANCES,),
)
@pytest.mark.parametrize("asked", [pytest.param({}, id="nothing"), pytest.param({"includeTiers": False}, id="false")])
def test_no_tiers_unless_asked_for(case: Case, api: Api, asked: dict[str, bool]) -> None:
    """Without `includeTiers`, or with false, a balance tells no tier; what is empty or 0 tells none either."""
    read = case.arranged(api.loyalty(BALANCES, **asked))
    told = [
        f"{pointer}/{name}"
        for _, pointer, balance in ledgers(read)
        for one in objects([balance])
        for name in OF_TIERS
        if one.get(name)
    ]
    case.judge(
        "LOY-011",
        not told,
        f"nobody asked for tiers, and the balances have {', '.join(told)}",
        of=read,
        pointer=told[0] if told else "",
    )
