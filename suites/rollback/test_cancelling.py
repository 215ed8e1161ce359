"""What cancelling a closed session takes back, and what it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.bringing import Brought, bring, closing
from strategies.lasting import trace_of
from strategies.undoing import missing, naming, told, undoable
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case


def closed_with(label: str, requirement: str, *, more: int = 1, operations: tuple[str, ...] = ()) -> Any:
    """An effect of a close, with the clause about what a cancellation does to it, and the requests after the close."""
    mark = scenario(requirement, **closing(label, more=more, operations=operations))
    return pytest.param(label, requirement, marks=mark, id=label.replace(":", "-"))


@pytest.mark.parametrize(
    ("label", "requirement"),
    [
        closed_with("acceptCoupon", "REO-014"),
        closed_with("acceptReferral", "REO-014"),
        closed_with("setDiscount", "REO-014"),
        closed_with("setDiscountPerItem", "REO-014"),
        closed_with("deductLoyaltyPoints:profile", "REO-015"),
        closed_with("increaseAchievementProgress:unfinished", "REO-015"),
        closed_with("addLoyaltyPoints:pending", "REO-016"),
    ],
)
def test_a_cancellation_takes_back(case: Case, api: Api, label: str, requirement: str) -> None:
    """The answer to cancelling a closed session names what its close brought about in a rollback effect."""
    closed = bring(case, api, label)
    wanted = undoable(case, closed.effects)
    cancelled = cancel(case, api, closed)
    left = missing(wanted, cancelled)
    case.judge(
        requirement,
        not left,
        f"the close brought about {told(wanted)}; no rollback in the answer to the cancellation names {told(left)}",
        of=(*closed.before, closed.answer, cancelled),
        pointer="/effects",
        check=f"rollback_of_{told(wanted)}",
    )


@scenario("REO-017", **closing("addLoyaltyPoints:active", more=1))
def test_active_points_at_a_cancellation(case: Case, api: Api) -> None:
    """Whether cancelling a session takes back points that are active already is recorded."""
    closed = bring(case, api, "addLoyaltyPoints:active")
    left = missing(undoable(case, closed.effects), cancel(case, api, closed))
    case.observe("REO-017", f"active points {'stay' if left else 'are taken back'} when their session is cancelled")


@pytest.mark.parametrize(
    ("label", "requirement"),
    [
        closed_with("couponCreated", "REO-018", more=3, operations=("getReservedCustomers",)),
        closed_with("referralCreated", "REO-018", more=3, operations=("getCustomerInventory",)),
    ],
)
def test_created_codes_survive_a_cancellation(case: Case, api: Api, label: str, requirement: str) -> None:
    """A coupon or referral that a close made is there after the cancellation, and no rollback names it."""
    closed = bring(case, api, label)
    trace = trace_of(case, api, closed)
    before = trace.seen(case)
    cancelled = cancel(case, api, closed)
    named = naming(closed.effects[0], cancelled)
    case.judge(
        requirement,
        not named,
        f"{', '.join(named)} in the answer to the cancellation names what the close created",
        of=(closed.answer, cancelled),
        pointer="/effects",
        check=f"no_rollback_of_{label}",
    )
    shown = (closed.answer, before)
    trace.judge_still(case, requirement, cancelled, "the cancellation", of=shown, check=f"{label}_survives")


def cancel(case: Case, api: Api, closed: Brought) -> Exchange:
    """The answer to the cancellation of a closed session; 1 request."""
    return case.arranged(api.put_session(closed.session, {"state": "cancelled"}))
