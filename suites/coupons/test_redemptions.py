"""A coupon is redeemed by closing the session that it is in, as often as it may be, and by those who may."""

from __future__ import annotations

from strategies.firing import customer, session_for
from strategies.foretold import foretold
from strategies.redeeming import about, cancelling, judge_uses, seen_uses, taken, uses
from strategies.reserving import giving_back, owned
from talonproof.model.observed import differences
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

UPDATE = ("updateCustomerSessionV2",)
RESERVED = (*UPDATE, "createCouponReservation", "getCustomerInventory", "updateCustomerProfileV2")


@scenario(
    "SES-059", "SES-060", "PRO-019",
    footprint="consume",
    requests=10,
    depth="release",
    needs=("coupons",),
    operations=RESERVED,
    effects=("acceptCoupon",),
)  # fmt: skip
def test_a_redemption(case: Case, api: Api) -> None:
    """A coupon counts as used once more when its session is closed, and no more when that is cancelled."""
    coupon, name, session = case.bindings.coupons[0], customer(case), case.new_id("session")
    case.arranged(api.put_profile(name, {}))
    with giving_back(case), cancelling(case):
        case.arranged(api.reserve(coupon, [name]))
        before = uses(seen_uses(case, name, coupon, until=None), coupon)
        if before is None:
            case.unsupported(Reason.NEVER_TRIGGERED, "the inventory does not show how often the coupon was used")
        opened = case.arranged(api.put_session(session, session_for(case, profile=name, couponCodes=[coupon])))
        taken(case, opened, "acceptCoupon", coupon)
        read = seen_uses(case, name, coupon, until=before + 1)
        if not judge_uses(
            case, "SES-059", read, coupon, of=opened, times=before, own=0, when="while the session is open"
        ):
            return
        ended = case.arranged(api.put_session(session, {"state": "closed"}))
        taken(case, ended, "acceptCoupon", coupon)
        read = seen_uses(case, name, coupon, until=before + 1)
        judge_uses(case, "SES-059", read, coupon, of=ended, times=before + 1, own=1, when="once the session is closed")
        case.judge(
            "PRO-019",
            bool(owned(read, coupon)),
            "the coupon that the customer has reserved and redeemed is not in the inventory",
            of=(ended, read),
            pointer="/coupons",
            operation=read.operation,
            check="redeemed",
        )
        cancelled = case.arranged(api.put_session(session, {"state": "cancelled"}))
        taken(case, cancelled, "rollbackCoupon", coupon)
        read = seen_uses(case, name, coupon, until=before)
        judge_uses(case, "SES-060", read, coupon, of=cancelled, times=before, own=0, when="after the rollback")


@scenario(
    "CPN-010", "CPN-011", "PRO-019",
    footprint="consume",
    requests=7,
    depth="release",
    needs=("mandatory_coupons",),
    operations=RESERVED,
)  # fmt: skip
def test_a_coupon_that_has_to_be_reserved(case: Case, api: Api) -> None:
    """It is accepted from the customer who has reserved it, who still has it then, and from nobody else."""
    coupon, name, session = case.bindings.mandatory_coupons[0], customer(case), case.new_id("session")
    case.arranged(api.put_profile(name, {}))
    with giving_back(case), cancelling(case):
        case.arranged(api.reserve(coupon, [name]))
        of_owner = session_for(case, profile=name, couponCodes=[coupon], state="closed")
        redeemed = case.arranged(api.put_session(session, of_owner))
        taken(case, redeemed, "acceptCoupon", coupon)
        tried = case.arranged(api.put_session(case.new_id("session"), session_for(case, couponCodes=[coupon])))
        case.judge(
            "CPN-010",
            not about(tried, "acceptCoupon", coupon),
            "a coupon that has to be reserved is accepted from a customer who has not reserved it",
            of=tried,
            pointer="/effects",
        )
        reasons = [str(props.get("rejectionReason")) for props in about(tried, "rejectCoupon", coupon)]
        case.judge(
            "CPN-011",
            reasons == ["CouponReservationRequired"],
            f"the coupon is rejected as {', '.join(reasons) or 'nothing'}, expected CouponReservationRequired",
            of=tried,
            pointer="/effects",
        )
        read = seen_uses(case, name, coupon, until=None)
        case.judge(
            "PRO-019",
            bool(owned(read, coupon)),
            "the coupon that the customer had to reserve, and has redeemed, is not in the inventory",
            of=(redeemed, read),
            pointer="/coupons",
            operation=read.operation,
            check="reserved_and_redeemed",
        )


@scenario("CPN-012", footprint="dry", requests=1, depth="release", needs=("soft_coupon",), operations=UPDATE)
def test_a_coupon_that_need_not_be_reserved(case: Case, api: Api) -> None:
    """A customer who has not reserved it is not told to."""
    coupon = case.bindings.soft_coupon or ""
    tried = case.arranged(
        api.put_session(case.new_id("session"), session_for(case, couponCodes=[coupon], state="closed"), dry=True)
    )
    rejected = about(tried, "rejectCoupon", coupon)
    if not rejected and not about(tried, "acceptCoupon", coupon):
        case.unsupported(Reason.NEVER_TRIGGERED, "the answer neither accepts the coupon nor rejects it")
    case.judge(
        "CPN-012",
        all(props.get("rejectionReason") != "CouponReservationRequired" for props in rejected),
        "a coupon that need not be reserved is rejected as CouponReservationRequired",
        of=tried,
        pointer="/effects",
    )


@scenario(
    "CPN-015", "DRY-018",
    footprint="consume",
    requests=5,
    depth="release",
    needs=("single_use_coupons",),
    operations=UPDATE,
    effects=("acceptCoupon",),
)  # fmt: skip
def test_a_coupon_that_is_used_up(case: Case, api: Api) -> None:
    """A coupon for one use is rejected once it was redeemed; whether dry updates foretell both is recorded."""
    coupon = case.bindings.single_use_coupons[0]
    first, second = (session_for(case, couponCodes=[coupon]) for _ in range(2))
    first["state"] = "closed"
    with cancelling(case):
        session = case.new_id("session")
        foreseen = api.put_session(session, first, dry=True)
        redeemed = case.arranged(api.put_session(session, first))
        taken(case, redeemed, "acceptCoupon", coupon)
        other = case.new_id("session")
        forewarned = api.put_session(other, second, dry=True)
        tried = case.settled(
            lambda: case.arranged(api.put_session(other, second)),
            lambda answer: bool(about(answer, "rejectCoupon", coupon)),
        )
        accepted = bool(about(tried, "acceptCoupon", coupon))
        case.judge(
            "CPN-015",
            not accepted and bool(about(tried, "rejectCoupon", coupon)),
            f"a coupon that was used up is {'accepted' if accepted else 'not rejected'}",
            of=(redeemed, tried),
            pointer="/effects",
        )
        for dry, real, what in ((foreseen, redeemed, "to be used"), (forewarned, tried, "used up")):
            same = dry.ok and not any(differences(foretold(dry), foretold(real)))
            case.observe("DRY-018", f"a dry update {'foretells' if same else 'does not foretell'} a coupon {what}")


@scenario("CPN-016", footprint="dry", requests=1, depth="release", needs=("recipient_coupon",), operations=UPDATE)
def test_a_coupon_of_somebody_else(case: Case, api: Api) -> None:
    """A coupon for one recipient is rejected where another customer sends it."""
    coupon = case.bindings.recipient_coupon or ""
    tried = case.arranged(
        api.put_session(case.new_id("session"), session_for(case, couponCodes=[coupon], state="closed"), dry=True)
    )
    accepted, rejected = (bool(about(tried, effect, coupon)) for effect in ("acceptCoupon", "rejectCoupon"))
    case.judge(
        "CPN-016",
        rejected and not accepted,
        f"a coupon of somebody else is {'accepted' if accepted else 'not rejected'}",
        of=tried,
        pointer="/effects",
    )
