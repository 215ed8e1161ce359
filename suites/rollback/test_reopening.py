"""What a reopening leaves of the close, and what it takes back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from strategies.bringing import Brought, bring, closing
from strategies.lasting import trace_of
from strategies.membership import attribute
from strategies.membership import told as answered
from strategies.unchanged import at_rest
from strategies.undoing import naming, told
from talonproof.http.exchange import Exchange
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import props_of
from talonproof.verdict import Reason

REOPEN = "reopenCustomerSession"
INVENTORY, HOLDERS = "getCustomerInventory", "getReservedCustomers"


def closed_with(label: str, requirement: str, *, more: int, operations: tuple[str, ...] = ()) -> Any:
    """An effect of a close, with the clause about what a reopening does to it, and the requests after the close."""
    told = closing(label, more=more, operations=(REOPEN, *operations))
    if label == "reserveCoupon":  # a reservation of a coupon that is not the run's is given back at the end
        told["footprint"] = "destructive"
    mark = scenario(requirement, **told)
    return pytest.param(label, requirement, marks=mark, id=label.replace(":", "-"))


# what it leaves


@pytest.mark.parametrize(
    ("label", "requirement"),
    [closed_with("addFreeItem", "REO-002", more=1), closed_with("customEffect", "REO-008", more=1)],
)
def test_a_reopening_does_not_name_what_stays(case: Case, api: Api, label: str, requirement: str) -> None:
    """No rollback in the answer to a reopening names a free item or a custom effect of the close."""
    closed = bring(case, api, label)
    judge_unnamed(case, requirement, closed, case.arranged(api.reopen(closed.session)))


@pytest.mark.parametrize(
    ("label", "requirement"),
    [
        closed_with("awardGiveaway", "REO-005", more=3, operations=(INVENTORY,)),
        closed_with("couponCreated", "REO-006", more=3, operations=(HOLDERS,)),
        closed_with("referralCreated", "REO-006", more=3, operations=(INVENTORY,)),
        closed_with("reserveCoupon", "REO-007", more=4, operations=(HOLDERS, "deleteCouponReservation")),
    ],
)
def test_a_reopening_leaves(case: Case, api: Api, label: str, requirement: str) -> None:
    """What a close gave away, created or reserved is there after the reopening, and no rollback names it."""
    closed = bring(case, api, label)
    trace = trace_of(case, api, closed)
    before = trace.seen(case)
    reopened = case.arranged(api.reopen(closed.session))
    judge_unnamed(case, requirement, closed, reopened)
    shown = (closed.answer, before)
    trace.judge_still(case, requirement, reopened, "the reopening", of=shown, check=f"{label}_stays")
    if label == "reserveCoupon":
        api.release(str(props_of(closed.effects[0]).get("couponValue")), [closed.profile])


@pytest.mark.parametrize(
    ("label", "requirement"),
    [
        closed_with("updateAttribute:profile", "REO-009", more=2, operations=(INVENTORY,)),
        closed_with("updateAttribute:session", "REO-009", more=2),
    ],
)
def test_a_reopening_leaves_attributes(case: Case, api: Api, label: str, requirement: str) -> None:
    """An attribute of the profile or the session that the close has set keeps its value."""
    of_profile = label.endswith("profile")
    shown, section = ("customerProfile", "profile") if of_profile else ("customerSession", "customerSession")
    closed = bring(case, api, label)
    updates = {str(props_of(one).get("path")): props_of(one).get("value") for one in closed.effects}
    wanted = {
        name: value
        for path, value in updates.items()
        if same(attribute(closed.answer, name := re.split(r"[./]", path)[-1], section=shown), value)
    }
    if not wanted:
        case.unsupported(Reason.NEVER_TRIGGERED, "the answer to the close does not show the attribute that it updates")
    reopened = case.arranged(api.reopen(closed.session))

    def attributes() -> Exchange:
        return api.inventory(closed.profile, profile=True) if of_profile else api.get_session(closed.session)

    read = answered(case, at_rest(case, attributes))
    gone = lost(read, wanted, section)
    case.judge(
        requirement,
        gone is None,
        f"{gone} is {attribute(read, gone, section=section)!r} after the reopening, the close had set it to "
        f"{wanted.get(gone or '')!r}",
        of=(closed.answer, reopened, read),
        pointer=f"/{section}/attributes/{gone}",
        operation=reopened.operation,
        check=f"attribute_of_{section}_stays",
    )


def lost(read: Exchange, wanted: dict[str, Any], section: str) -> str | None:
    """The first of some attributes that a read shows with another value, or not at all."""
    changed = (name for name, value in wanted.items() if not same(attribute(read, name, section=section), value))
    return next(changed, None)


def judge_unnamed(case: Case, requirement: str, closed: Brought, reopened: Exchange) -> None:
    """Judges that no rollback names what a reopening leaves alone."""
    named = naming(closed.effects[0], reopened)
    case.judge(
        requirement,
        not named,
        f"{', '.join(named)} in the answer to the reopening names {told(closed.effects)} of the close",
        of=(closed.answer, reopened),
        pointer="/effects",
        check=f"no_rollback_of_{told(closed.effects)}",
    )
