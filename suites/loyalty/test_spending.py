"""Points that are spent are those that expire first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from strategies.bringing import Brought, update
from strategies.earning import ledger_of
from strategies.membership import told
from strategies.moments import instant, written
from strategies.showing import CENT, objects
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

LASTING, EXPIRING, SPENT = "addLoyaltyPoints:lasting", "addLoyaltyPoints:expiring", "deductLoyaltyPoints:profile"
NEVER = datetime.max.replace(tzinfo=UTC)


@scenario(
    "LOY-014",
    footprint="consume",
    requests=5,
    depth="release",
    operations=("getLoyaltyProgramProfilePoints",),
    effects=(LASTING, EXPIRING, SPENT),
)
def test_what_expires_first_is_spent_first(case: Case, api: Api) -> None:
    """Of points that last and points that were added later and expire, the latter are gone first."""
    profile = case.new_id("profile")
    given = [close(case, api, label, profile) for label in (LASTING, EXPIRING)]
    ledgers = [ledger_of(case, one)[0] for one in given]
    if ledgers[0] != ledgers[1]:
        case.unsupported(Reason.NEVER_TRIGGERED, "points that last and points that expire are of different ledgers")
    ledger = ledgers[0]

    def read() -> Exchange:
        return api.points_of(ledger.program, profile, subledgerId=ledger.subledger or None)

    before = told(case, case.settled(read, lambda read: len(objects(read.at("data"))) >= len(given)))
    spending = close(case, api, SPENT, profile)
    if ledger_of(case, spending)[0] != ledger:
        case.unsupported(Reason.NEVER_TRIGGERED, "the points that are spent are of another ledger than those given")
    held = rows(before)
    after = told(case, case.settled(read, lambda read: bool(less(held, rows(read)))))
    left = rows(after)
    taken = less(held, left)
    if len(held) < len(given) or not taken:
        case.unsupported(Reason.NEVER_TRIGGERED, "the list of points does not show what was added or what was spent")
    early = [end for end, points in left.values() if points > CENT and end < max(held[one][0] for one in taken)]
    case.judge(
        "LOY-014",
        not early,
        f"points that expire {worded(max(held[one][0] for one in taken))} were spent while others are left that expire "
        f"{worded(min(early, default=NEVER))}",
        of=(before, spending.answer, after),
        pointer="/data",
        operation=spending.answer.operation,
    )


def close(case: Case, api: Api, label: str, profile: str) -> Brought:
    """A session of the profile, closed with what brings about an effect; 1 request."""
    return update(case, api, label, case.new_id("session"), {"profileId": profile, "state": "closed"})


def rows(read: Exchange) -> dict[Any, tuple[datetime, Decimal]]:
    """When the points of each row of a list expire, and how many they are; by the id of the row."""
    return {
        row.get("id"): (instant(row.get("expiryDate")) or NEVER, amount(row.get("amount")) or Decimal(0))
        for row in objects(read.at("data"))
    }


def less(
    before: Mapping[Any, tuple[datetime, Decimal]], after: Mapping[Any, tuple[datetime, Decimal]]
) -> frozenset[Any]:
    """The rows that are gone, or have fewer points than before."""
    gone = (NEVER, Decimal(0))
    return frozenset(key for key, (_, points) in before.items() if after.get(key, gone)[1] < points - CENT)


def worded(end: datetime) -> str:
    """When points expire."""
    return "never" if end == NEVER else f"on {written(end)}"
