"""What a reopening takes back of the close: redemptions, discounts, progress, and points that wait or were spent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from strategies.bringing import Brought, bring, closing
from strategies.coupons import same_code
from strategies.earning import ledger_of, worth
from strategies.membership import told as answered
from strategies.reserving import giving_back, owned
from strategies.showing import CENT, near, objects
from strategies.undoing import identity, missing, misvalued, told, undoable
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import effects_of, labelled, props_of
from talonproof.verdict import Reason

REOPEN, INVENTORY, BALANCES = "reopenCustomerSession", "getCustomerInventory", "getLoyaltyBalances"
RESERVING = ("createCouponReservation", "deleteCouponReservation", "updateCustomerProfileV2")


def closed_with(label: str) -> Any:
    """An effect of a close."""
    mark = scenario("REO-012", **closing(label, more=1, operations=(REOPEN,)))
    return pytest.param(label, marks=mark, id=label.replace(":", "-"))


@pytest.mark.parametrize(
    "label",
    [
        closed_with("setDiscountPerItem"),
        closed_with("increaseAchievementProgress:unfinished"),
    ],
)
def test_a_reopening_names_what_it_takes_back(case: Case, api: Api, label: str) -> None:
    """The answer to a reopening holds the rollback effect of what the close brought about, with the same value."""
    closed = bring(case, api, label)
    judge_named(case, closed, case.arranged(api.reopen(closed.session)))


@scenario("REO-011", "REO-012", **closing("acceptCoupon", more=6, operations=(REOPEN, INVENTORY, *RESERVING)))
def test_a_reopening_gives_a_coupon_back(case: Case, api: Api) -> None:
    """A coupon that was redeemed by closing counts as used once less when the session is reopened."""
    coupon, profile = case.bindings.coupons[0], case.new_id("profile")
    case.arranged(api.put_profile(profile, {}))

    def used(read: Exchange) -> Any:
        return next((amount(one.get("usageCounter")) for one in owned(read, coupon)), None)

    with giving_back(case):
        reserved = case.arranged(api.reserve(coupon, [profile]))
        count = amount(reserved.at("usageCounter"))
        closed = bring(case, api, "acceptCoupon", profile=profile)
        judge_given_back(case, api, closed, count, used, section="coupons", owner=profile)


@scenario("REO-011", "REO-012", **closing("acceptReferral", more=3, operations=(REOPEN, INVENTORY)))
def test_a_reopening_gives_a_referral_back(case: Case, api: Api) -> None:
    """A referral that was redeemed by closing counts as used once less when the session is reopened."""
    closed = bring(case, api, "acceptReferral")
    made = closed.before[-1]
    code, advocate = made.at("code"), str(made.at("advocateProfileIntegrationId"))

    def used(read: Exchange) -> Any:
        found = (one for one in objects(read.at("referrals")) if same_code(one.get("code"), code))
        return next((amount(one.get("usageCounter")) for one in found), None)

    count = amount(made.at("usageCounter"))
    judge_given_back(case, api, closed, count, used, section="referrals", owner=advocate)


@scenario("REO-011", "REO-012", **closing("addLoyaltyPoints:pending", more=3, operations=(REOPEN, BALANCES)))
def test_a_reopening_takes_pending_points_back(case: Case, api: Api) -> None:
    """Points that a close gave and that are pending still are gone from the balance after the reopening."""
    closed = bring(case, api, "addLoyaltyPoints:pending")
    ledger, value = ledger_of(case, closed)
    before = ledger.settled(lambda read: ledger.points(read, "pendingPoints") >= value - CENT)
    held = ledger.points(before, "pendingPoints")
    if held < value - CENT:
        case.unsupported(Reason.NEVER_TRIGGERED, "the pending points of the close are not seen in the balance")
    reopened = case.arranged(api.reopen(closed.session))
    judge_named(case, closed, reopened)
    after = ledger.settled(lambda read: ledger.points(read, "pendingPoints") <= held - value + CENT)
    found = ledger.points(after, "pendingPoints")
    case.judge(
        "REO-011",
        found <= held - value + CENT,
        f"{found} points are pending after the reopening, {held} were before it, {value} of them by the close",
        of=(closed.answer, before, reopened, after),
        pointer=ledger.pointer("pendingPoints"),
        operation=reopened.operation,
        check="pending_points_are_taken_back",
    )


@scenario("REO-011", "REO-012", **closing("deductLoyaltyPoints:profile", more=3, operations=(REOPEN, BALANCES)))
def test_a_reopening_gives_spent_points_back(case: Case, api: Api) -> None:
    """Points that a close has spent are in the balance again after the reopening."""
    closed = bring(case, api, "deductLoyaltyPoints:profile")
    ledger, value = ledger_of(case, closed)
    earned = worth(ledger, labelled(closed.before[-1], "addLoyaltyPoints:active"))
    rest = earned - value
    before = ledger.settled(lambda read: near(ledger.points(read, "activePoints"), rest))
    if not near(ledger.points(before, "activePoints"), rest):
        case.unsupported(Reason.NEVER_TRIGGERED, "the points that the close has spent are not missing in the balance")
    reopened = case.arranged(api.reopen(closed.session))
    judge_named(case, closed, reopened)
    after = ledger.settled(lambda read: ledger.points(read, "activePoints") >= earned - CENT)
    found = ledger.points(after, "activePoints")
    case.judge(
        "REO-011",
        found >= earned - CENT,
        f"{found} points are active after the reopening, {earned} were before the close has spent {value}",
        of=(*closed.before, closed.answer, before, reopened, after),
        pointer=ledger.pointer("activePoints"),
        operation=reopened.operation,
        check="spent_points_are_given_back",
    )


@scenario("REO-011", "REO-012", **closing("budget", more=4, operations=(REOPEN,)))
def test_a_reopening_gives_a_budget_back(case: Case, api: Api) -> None:
    """What a discount has taken of the budget of a customer is there again after the reopening, for another session."""
    closed = bring(case, api, "budget")
    value = amount(props_of(closed.effects[0]).get("value"))

    def next_time(profile: str) -> tuple[Exchange, Decimal]:
        content = {**closed.content, "profileId": profile}
        answer = case.arranged(api.put_session(case.new_id("session"), content, dry=True))
        found = [one for one in effects_of(answer) if identity(one) == identity(closed.effects[0])]
        return answer, sum((amount(props_of(one).get("value")) or Decimal(0) for one in found), Decimal(0))

    before, less = next_time(closed.profile)
    if value is None or less >= value - CENT:
        case.unsupported(Reason.NEVER_TRIGGERED, "no budget of the customer limits the discount that is given in part")
    reopened = case.arranged(api.reopen(closed.session))
    judge_named(case, closed, reopened)
    after, again = next_time(closed.profile)
    anybody, fresh = next_time(case.new_id("profile"))
    if fresh < value - CENT:
        case.unsupported(Reason.NEVER_TRIGGERED, "others have used up the budget of the campaign meanwhile")
    case.judge(
        "REO-011",
        again >= value - CENT,
        f"a session of the customer gets a discount of {again} after the reopening; it was {value} before, and "
        f"is {fresh} for a new customer",
        of=(closed.answer, before, reopened, after, anybody),
        pointer="/effects",
        operation=reopened.operation,
        check="budget_is_given_back",
    )


def judge_given_back(case: Case, api: Api, closed: Brought, count: Any, used: Any, *, section: str, owner: str) -> None:
    """Reopens a session and judges that a code counts as often as before its close; 3 requests.

    ``used`` gives the counter in the owner's inventory. Ends the case where the close is not seen to count.
    """

    def counted(wanted: Any) -> Exchange:
        read = case.settled(lambda: api.inventory(owner, **{section: True}), lambda read: used(read) == wanted)
        return answered(case, read)

    if count is None:
        case.block("the answer that made the code or reserved it shows no usageCounter")
    before = counted(count + 1)
    if used(before) != count + 1:
        case.unsupported(Reason.NEVER_TRIGGERED, "the inventory does not show that the close counts")
    reopened = case.arranged(api.reopen(closed.session))
    judge_named(case, closed, reopened)
    after = counted(count)
    case.judge(
        "REO-011",
        used(after) == count,
        f"usageCounter is {used(after)} after the reopening, it was {count} before the close and {count + 1} after it",
        of=(*closed.before, closed.answer, before, reopened, after),
        pointer=f"/{section}/0/usageCounter",
        operation=reopened.operation,
        check=f"usage_of_{section}_is_given_back",
    )


def judge_named(case: Case, closed: Brought, reopened: Exchange) -> None:
    """Judges that the answer to a reopening names what the close brought about, with the same value."""
    wanted = undoable(case, closed.effects)
    left = missing(wanted, reopened)
    case.judge(
        "REO-012",
        not left,
        f"the close brought about {told(wanted)}; no rollback in the answer to the reopening names {told(left)}",
        of=(closed.answer, reopened),
        pointer="/effects",
        check=f"rollback_of_{told(wanted)}",
    )
    if not left:
        wrong = misvalued(wanted, closed.answer, reopened)
        case.judge(
            "REO-012",
            not wrong,
            f"in the answer to the reopening {', '.join(wrong)}",
            of=(closed.answer, reopened),
            pointer="/effects",
            check=f"value_of_{told(wanted)}",
        )
