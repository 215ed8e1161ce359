"""What campaigns do to a session: discounts beside its totals, gifts at its closing, what a rollback leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from strategies.coupons import same_code
from strategies.firing import effects_of, props_of, session_for
from strategies.sessions import UNKNOWN_COUPONS, UNKNOWN_REFERRAL
from strategies.showing import ROOT, near, session_of
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

UPDATE = "updateCustomerSessionV2"
TOTALS = ("total", "cartItemTotal", "additionalCostTotal")


def discount(effect: str) -> Any:
    """A kind of discount."""
    mark = scenario(
        "SES-045", footprint="consume", requests=2, depth="release", operations=(UPDATE,), effects=(effect,)
    )
    return pytest.param(effect, marks=mark, id=effect)


@pytest.mark.parametrize(
    "effect", [discount("setDiscount"), discount("setDiscountPerItem"), discount("setDiscountPerAdditionalCost")]
)
def test_discounts_leave_the_totals(case: Case, api: Api, effect: str) -> None:
    """The totals of a session are the same with a discount as they were without."""
    name, plain, parts = case.new_id("session"), session_for(case), case.trigger(effect)
    if not parts or parts.keys() & {"cartItems", "additionalCosts"}:
        case.unsupported(Reason.NEVER_TRIGGERED, "the same cart is not seen without the discount")
    before = case.arranged(api.put_session(name, plain))
    after = case.arranged(api.put_session(name, parts))
    case.showing(after, effect)
    was, now = session_of(case, before), session_of(case, after)
    for total in TOTALS:
        if amount(was.get(total)) is not None:
            case.judge(
                "SES-045",
                near(now.get(total), amount(was.get(total))),
                f"{total} is {now.get(total)} with a discount, and was {was.get(total)} without",
                of=(before, after),
                pointer=f"{ROOT}/{total}",
            )


@scenario("SES-057", footprint="dry", requests=1, depth="release", operations=(UPDATE,))
def test_codes_that_exist_nowhere(case: Case, api: Api) -> None:
    """Each shows as rejected, with the code and a reason."""
    coupon, referral = UNKNOWN_COUPONS[0], UNKNOWN_REFERRAL
    session = session_for(case, couponCodes=[coupon], referralCode=referral, state="closed")
    sent = api.put_session(case.new_id("session"), session, dry=True)
    if not sent.ok:
        case.unsupported(Reason.NEVER_TRIGGERED, f"a session with codes that exist nowhere is answered {sent.status}")
    for effect, code in (("rejectCoupon", coupon), ("rejectReferral", referral)):
        props = [props_of(each) for each in effects_of(sent) if each.get("effectType") == effect]
        found = [one for one in props if same_code(one.get("value"), code)]
        problem = "" if found else f"no {effect} for the code {code}"
        if found and not (isinstance(found[0].get("rejectionReason"), str) and found[0]["rejectionReason"]):
            problem = f"{effect} for the code {code} has no rejectionReason"
        case.judge("SES-057", not problem, problem, of=sent, pointer="/effects", check=effect)


@scenario(
    "SES-022", footprint="consume", requests=2, depth="release", operations=(UPDATE,), effects=("giveaway",)
)  # fmt: skip
def test_a_giveaway_is_awarded_by_closing(case: Case, api: Api) -> None:
    """Until then it is announced, without its code; the check looks at every update of a session."""
    name = case.new_id("session")
    case.showing(case.arranged(api.put_session(name, session_for(case, "giveaway", state="open"))), "giveaway")
    case.arranged(api.put_session(name, {"state": "closed"}))


def cancelled(case: Case, api: Api, session: str) -> Exchange:
    """The session is cancelled."""
    return case.arranged(api.put_session(session, {"state": "cancelled"}))


def returned(case: Case, api: Api, session: str) -> Exchange:
    """All units of its second line are returned."""
    return case.arranged(api.return_items(session, [{"position": 1, "quantity": 2}]))


def undoing(undo: Callable[[Case, Api, str], Exchange], operation: str, effect: str) -> Any:
    """What rolls an effect back."""
    mark = scenario(
        "SES-070",
        footprint="consume",
        requests=4,
        depth="release",
        operations=(UPDATE, "getCustomerSession", operation),
        effects=(effect,),
    )
    return pytest.param(undo, effect, marks=mark, id=undo.__name__)


@pytest.mark.parametrize(
    ("undo", "effect"),
    [
        undoing(cancelled, UPDATE, "setDiscount"),
        undoing(returned, "returnCartItems", "setDiscountPerItem"),
    ],
)
def test_what_was_rolled_back_is_not_shown(
    case: Case, api: Api, undo: Callable[[Case, Api, str], Exchange], effect: str
) -> None:
    """A session that is read shows its discounts, and after a rollback neither those undone nor the rollback."""
    name = case.new_id("session")
    closed = case.arranged(api.put_session(name, session_for(case, effect, state="closed")))
    case.showing(closed, effect)
    if not discounts(case.arranged(api.get_session(name))):
        case.unsupported(Reason.NEVER_TRIGGERED, "the session that is read does not show its discounts")
    undone = undo(case, api, name)
    gone = [props for each in effects_of(undone) if (props := rolled_back(each)) is not None]
    if not gone:
        case.unsupported(Reason.NEVER_TRIGGERED, f"{undone.operation} shows no rollbackDiscount")
    read = case.arranged(api.get_session(name))
    kinds = [str(each.get("effectType")) for each in effects_of(read)]
    rollbacks = sorted({kind for kind in kinds if kind.startswith("rollback")})
    left = sorted({str(props.get("name")) for props in discounts(read) if undone_by(props, gone)})
    case.judge(
        "SES-070",
        not rollbacks,
        f"the session that is read shows {', '.join(rollbacks)}",
        of=(undone, read),
        pointer="/effects",
        check="no_rollbacks",
    )
    case.judge(
        "SES-070",
        not left,
        f"the session that is read shows discounts that were rolled back: {', '.join(left)}",
        of=(undone, read),
        pointer="/effects",
        check="none_undone",
    )


def discounts(read: Exchange) -> Sequence[Mapping[str, Any]]:
    """The properties of the discounts in an answer."""
    return [props_of(each) for each in effects_of(read) if str(each.get("effectType")).startswith("setDiscount")]


def rolled_back(effect: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The properties of the rollback of a discount; None of any other effect."""
    return props_of(effect) if effect.get("effectType") == "rollbackDiscount" else None


def undone_by(props: Mapping[str, Any], rollbacks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of the rollbacks undid a discount: of the same name, and of the same unit where it is of one.

    Of a line that both name without its units all went, since the whole line was returned.
    """
    for back in rollbacks:
        same_line = props.get("position") == back.get("cartItemPosition")
        same_unit = props.get("subPosition") == back.get("cartItemSubPosition")
        if props.get("name") == back.get("name") and same_line and same_unit:
            return True
    return False
