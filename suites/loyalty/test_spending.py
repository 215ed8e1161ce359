"""Points that are spent are those that expire first."""

from __future__ import annotations

from strategies.bringing import Brought, update
from strategies.earning import ledger_of
from strategies.membership import told
from strategies.showing import objects
from strategies.spent import points, spared, taken
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

LASTING, EXPIRING, SPENT = "addLoyaltyPoints:lasting", "addLoyaltyPoints:expiring", "deductLoyaltyPoints:profile"


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
    held = points(before)
    after = told(case, case.settled(read, lambda read: bool(taken(held, points(read)))))
    left = points(after)
    if len(held) < len(given) or not taken(held, left):
        case.unsupported(Reason.NEVER_TRIGGERED, "the list of points does not show what was added or what was spent")
    wrong = spared(held, left)
    case.judge(
        "LOY-014",
        not wrong,
        wrong,
        of=(before, spending.answer, after),
        pointer="/data",
        operation=spending.answer.operation,
    )


def close(case: Case, api: Api, label: str, profile: str) -> Brought:
    """A session of the profile, closed with what brings about an effect; 1 request."""
    return update(case, api, label, case.new_id("session"), {"profileId": profile, "state": "closed"})
