"""Active points that a close gave, after the session is reopened: the return policy of the program decides."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from strategies.bringing import Brought, bring, closing
from strategies.earning import ledger_of, with_points
from strategies.membership import told
from strategies.showing import CENT
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.target import DEDUCTING
from talonproof.verdict import Reason

OPERATIONS = ("reopenCustomerSession", "getLoyaltyBalances")
ACTIVE = "activePoints"
TIER = "changeLoyaltyTierLevel"


@dataclass(frozen=True, slots=True)
class Reopened:
    """The active points after the close (``held``, ``value`` of them by it) and after the reopening (``left``)."""

    value: Decimal
    held: Decimal
    left: Decimal
    answer: Exchange
    exchanges: tuple[Exchange, ...]
    pointer: str

    @property
    def stay(self) -> bool:
        """Whether no point is gone."""
        return self.left >= self.held - CENT

    @property
    def gone(self) -> bool:
        """Whether all that the close gave are gone."""
        return self.left <= self.held - self.value + CENT


@scenario(
    "REO-003",
    **closing("addLoyaltyPoints:active", more=3, operations=OPERATIONS, needs=("profile_program", "return_policy")),
)
def test_active_points_stay(case: Case, api: Api) -> None:
    """In a program that takes back pending points only, active points are the same after the reopening."""
    if case.bindings.return_policy in DEDUCTING:
        case.unsupported(Reason.BINDING, f"return_policy is {case.bindings.return_policy}: active points go back")
    closed = bring(case, api, "addLoyaltyPoints:active")
    found = reopen(case, api, closed, case.bindings.profile_program)
    case.judge(
        "REO-003",
        found.stay,
        f"{found.left} points are active after the reopening, {found.held} were before it, {found.value} by the close",
        of=found.exchanges,
        pointer=found.pointer,
        operation=found.answer.operation,
    )


@scenario("REO-019", **closing(TIER, more=3, operations=OPERATIONS, needs=("tier_program", "tier_return_policy")))
def test_active_points_are_taken_back(case: Case, api: Api) -> None:
    """In a program that deducts active points, those that the close gave are gone after the reopening."""
    if case.bindings.tier_return_policy not in DEDUCTING:
        case.unsupported(
            Reason.BINDING, f"tier_return_policy is {case.bindings.tier_return_policy}: active points stay"
        )
    found = reopen(case, api, with_points(case, bring(case, api, TIER)), case.bindings.tier_program)
    case.judge(
        "REO-019",
        found.gone,
        f"{found.left} points are active after the reopening, {found.held} were before it, {found.value} by the close",
        of=found.exchanges,
        pointer=found.pointer,
        operation=found.answer.operation,
    )


@scenario("REO-004", **closing(TIER, more=3, operations=OPERATIONS, needs=("tier_program",)))
def test_active_points_of_another_policy(case: Case, api: Api) -> None:
    """What a reopening does with active points is recorded where the policy of the program is another, or unknown."""
    policy = case.bindings.tier_return_policy or "unknown"
    if policy == "only_pending":
        case.unsupported(Reason.BINDING, f"tier_return_policy is {policy}")
    found = reopen(case, api, with_points(case, bring(case, api, TIER)), case.bindings.tier_program)
    became = "stay" if found.stay else "are taken back" if found.gone else "are taken back in part"
    case.observe("REO-004", f"active points {became} when their session is reopened; the return policy is {policy}")


def reopen(case: Case, api: Api, closed: Brought, program: int | None) -> Reopened:
    """The active points before and after the reopening; 3 requests. Ends the case where they are not of the program."""
    ledger, value = ledger_of(case, closed)
    if ledger.program != program:
        case.unsupported(
            Reason.BINDING, f"the points are of program {ledger.program}, the one that is bound is {program}"
        )
    before = ledger.settled(lambda read: ledger.points(read, ACTIVE) >= value - CENT)
    held = ledger.points(before, ACTIVE)
    if held < value - CENT:
        case.unsupported(Reason.NEVER_TRIGGERED, "the points of the close are not seen in the balance")
    reopened = case.arranged(api.reopen(closed.session))
    after = told(case, at_rest(case, ledger.read))
    exchanges = (closed.answer, before, reopened, after)
    return Reopened(value, held, ledger.points(after, ACTIVE), reopened, exchanges, ledger.pointer(ACTIVE))
