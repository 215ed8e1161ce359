"""Balances come with tiers on demand only; the tier shown is that of the points."""

from __future__ import annotations

from decimal import Decimal

import pytest

from strategies.bringing import closing, update
from strategies.earning import Ledger, ledger_of, with_points
from strategies.ledgers import MAIN, ledgers
from strategies.showing import CENT, objects
from strategies.standing import Standing, contradictions
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

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


@scenario(
    "LOY-012",
    footprint="read",
    requests=1,
    depth="release",
    needs=("tier_program", "populated_profile"),
    operations=(BALANCES,),
)
def test_tiers_where_asked_for(case: Case, api: Api) -> None:
    """With `includeTiers`, the balances of a customer with points in a program with tiers tell of tiers."""
    bound = case.bindings
    read = case.arranged(api.balances_of(bound.tier_program or 0, bound.populated_profile or "", includeTiers=True))
    told = [name for _, _, balance in ledgers(read) for one in objects([balance]) for name in OF_TIERS if one.get(name)]
    case.judge(
        "LOY-012",
        bool(told),
        f"tiers were asked for, and no balance has any of {', '.join(OF_TIERS)}",
        of=read,
        pointer="/balance",
    )


@scenario("LOY-015", **closing("changeLoyaltyTierLevel", more=5, operations=(BALANCES,), needs=("tier_program",)))
def test_the_tier_is_that_of_the_points(case: Case, api: Api) -> None:
    """While points are added, a tier is shown no lower than they reach, with what is missing to the next one."""
    profile, program = case.new_id("profile"), case.bindings.tier_program or 0
    case.arranged(api.put_profile(profile, {}))
    none_yet = Ledger(case, program, MAIN, profile).read(includeTiers=True)
    first = update(
        case, api, "changeLoyaltyTierLevel", case.new_id("session"), {"profileId": profile, "state": "closed"}
    )
    ledger = ledger_of(case, with_points(case, first))[0]
    if ledger.program != program:
        case.unsupported(Reason.BINDING, f"the points are of program {ledger.program}, tier_program is {program}")
    seen = [Standing.of(ledger, none_yet), standing(ledger, more_than=Decimal(0))]
    case.arranged(api.put_session(case.new_id("session"), first.content))
    seen.append(standing(ledger, more_than=seen[-1].points))
    if not any(one.tier or one.following for one in seen):
        case.unsupported(Reason.NEVER_TRIGGERED, "the balances tell of no tier")
    for count in range(1, len(seen) + 1):
        wrong = next(contradictions(seen[:count]), "")
        case.judge(
            "LOY-015",
            not wrong,
            wrong,
            of=tuple(one.read for one in seen[:count]),
            pointer=ledger.pointer("currentTier"),
            check="tier_of_points",
        )


def standing(ledger: Ledger, *, more_than: Decimal) -> Standing:
    """The standing once there are more active points, or when the settle time is up; 1 request."""
    read = ledger.settled(lambda read: ledger.points(read, "activePoints") > more_than + CENT, includeTiers=True)
    return Standing.of(ledger, read)
