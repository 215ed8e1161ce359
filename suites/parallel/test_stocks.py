"""What runs out while several ask for it at the same time: the last use of a coupon, a budget."""

from __future__ import annotations

from decimal import Decimal

from strategies.races import purchases, redemptions
from strategies.racing import Race, judge_order, race, rounds
from strategies.redeeming import cancelling
from talonproof.model.serial import Happened
from talonproof.model.things import Stock
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.verdict import Reason

UPDATE = ("updateCustomerSessionV2",)
CENT = Decimal("0.01")


@scenario(
    "R45c",
    footprint="consume",
    requests=8,
    depth="release",
    needs=("single_use_coupons",),
    operations=UPDATE,
    effects=("acceptCoupon",),
    parallel=True,
)  # fmt: skip
def test_the_last_use_of_a_coupon(case: Case) -> None:
    """Where sessions with a coupon for one use are closed at the same time, one of them redeems it."""
    coupon = case.bindings.single_use_coupons[0]

    def once() -> None:
        with cancelling(case):
            ran = race(case, redemptions(case, coupon, 4))
            if not _given(ran):
                case.unsupported(Reason.NEVER_TRIGGERED, "nobody gets the coupon: its use may be spent already")
            judge_order(case, ran, Stock(), Decimal(1), what="the last use of a coupon")

    rounds(case, once)


@scenario(
    "R45c",
    footprint="consume",
    requests=4,
    depth="release",
    operations=UPDATE,
    effects=("budget",),
    parallel=True,
)  # fmt: skip
def test_a_budget(case: Case) -> None:
    """Where sessions of one customer are closed at the same time, they get no more than the budget of the customer."""
    budget = Decimal(str(case.fired("budget").budget))

    def once() -> None:
        ran = race(case, purchases(case, "budget", 4))
        given = _given(ran)
        if not given or max(given) * len(ran.calls) <= budget:
            detail = f"{len(ran.calls)} sessions do not use up the budget of {budget} that the target file tells of"
            case.unsupported(Reason.NEVER_TRIGGERED, detail)
        judge_order(case, ran, Stock(), budget + CENT, what=f"a budget of {budget}")

    rounds(case, once)


def _given(ran: Race) -> list[Decimal]:
    """What was given, where anything was."""
    return [call.result for call in ran.calls if call.happened is Happened.YES and call.result]
