"""Faults of codes: which are accepted, why others are not, when they count as used; and of giveaways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine import tallies
from talonproof.emulator.faults.coupons import INVENTORY
from talonproof.emulator.faults.fault import Collection, Interceptor, Proceed, on_reply
from talonproof.emulator.faults.settling import Shown, closed, keeping, of_type, opened, shown
from talonproof.emulator.faults.states import UPDATE
from talonproof.emulator.faults.tampering import edited_reply, in_path, sent_session, stored
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.store import Row

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

REDEMPTIONS = Collection()

EVALUATING = (*UPDATE, "updateCustomerProfileV2", "trackEventV2")

# rejections


def _without(*types: str) -> Interceptor:
    return on_reply(lambda answer: shown(answer, lambda all_: [e for e in all_ if e["effectType"] not in types]))


REDEMPTIONS.must(
    "rejected-coupon-not-named", "A coupon that is not accepted shows in no effect.", "SES-057", on=UPDATE
)(_without("rejectCoupon"))
REDEMPTIONS.must(
    "rejected-referral-not-named", "A referral code that is not accepted shows in no effect.", "SES-057", on=UPDATE
)(_without("rejectReferral"))


@REDEMPTIONS.must("rejection-without-code", "A rejection does not say which code is meant.", "SES-057", on=UPDATE)
@on_reply
def _(answer: Reply) -> Reply:
    return _each(answer, ("rejectCoupon", "rejectReferral"), lambda effect: effect["props"].update(value="a code"))


def _each(answer: Reply, types: tuple[str, ...], edit: Callable[[Shown], object]) -> Reply:
    """The answer with each effect of some types edited in place."""

    def all_of(effects: list[Shown]) -> list[Shown]:
        for effect in effects:
            if effect["effectType"] in types:
                edit(effect)
        return effects

    return shown(answer, all_of)


@REDEMPTIONS.should(
    "reasons-say-nothing", "Every code is rejected by a condition, whatever stood in its way.",
    "CPN-011", "REF-004", "REF-005", on=UPDATE,
)  # fmt: skip
@on_reply
def _(answer: Reply) -> Reply:
    def reason(effect: Shown) -> None:
        noun = effect["effectType"].removeprefix("reject")
        effect["props"]["rejectionReason"] = f"{noun}RejectedByCondition"

    return _each(answer, ("rejectCoupon", "rejectReferral"), reason)


# what makes a code valid


def _relaxed(table: str, column: str, value: str, code: str) -> Interceptor:
    """A server that takes a term of the codes of a session for another while it looks at them."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        before: list[Row] = []
        codes = list(_codes(request))
        with emulator.store.transaction():
            for text in codes:
                sql = f"SELECT id, {column} FROM {table} WHERE {code} = ? COLLATE NOCASE"
                before += emulator.store.all(sql, text)
            for number, _ in before:
                emulator.store.run(f"UPDATE {table} SET {column} = {value} WHERE id = ?", number)
        try:
            return proceed(request)
        finally:
            with emulator.store.transaction():
                for number, kept in before:
                    emulator.store.run(f"UPDATE {table} SET {column} = ? WHERE id = ?", kept, number)

    return interceptor


def _codes(request: Request) -> Iterable[str]:
    sent: dict[str, Any] = sent_session(request) or {}
    codes = [*(sent.get("couponCodes") or ()), sent.get("referralCode")]
    return [code for code in codes if isinstance(code, str)]


REDEMPTIONS.must("hard-reservation-not-needed", "A coupon that has to be reserved is accepted from anybody.",
                 "CPN-010", "CPN-011", on=UPDATE)(_relaxed("coupon", "mandatory", "0", "value"))  # fmt: skip
REDEMPTIONS.must("soft-reservation-needed", "A coupon is rejected from who has not reserved it, though nobody must.",
                 "CPN-012", on=UPDATE)(_relaxed("coupon", "mandatory", "1", "value"))  # fmt: skip
REDEMPTIONS.should(
    "coupon-limit-off-by-one", "A coupon is accepted once more than its limit says.", "CPN-015", on=UPDATE
)(_relaxed("coupon", "usage_limit", "usage_limit + (usage_limit > 0)", "value"))
REDEMPTIONS.should("coupon-recipient-not-checked", "A coupon for one customer is accepted from all.", "CPN-016",
                   on=UPDATE)(_relaxed("coupon", "recipient", "NULL", "value"))  # fmt: skip
REDEMPTIONS.should("friend-not-checked", "A referral code for one friend is accepted from all.", "REF-005", on=UPDATE)(
    _relaxed("referral", "friend", "NULL", "code")
)
REDEMPTIONS.should("own-referral-accepted", "An advocate can use the own referral code.", "REF-004", on=UPDATE)(
    _relaxed("referral", "advocate", "(SELECT integration_id FROM profile ORDER BY id LIMIT 1)", "code")
)


# when a code counts as used


def _redeem(request: Request, emulator: Emulator) -> None:
    """Notes the coupons that an open session accepts as redeemed."""
    visit = stored(request, emulator)
    for effect in of_type(visit.effects, "acceptCoupon") if visit is not None else ():
        if visit is not None and effect.coupon is not None:
            with emulator.store.transaction():
                tallies.redeem(
                    emulator.store, "coupon", effect.coupon, effect.campaign, visit.id, visit.profile, visit.updated
                )


@REDEMPTIONS.should("coupon-used-while-open", "A coupon counts as used once an open session has it.", "SES-059",
                    on=UPDATE)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok and opened(request):
        _redeem(request, emulator)
    return answer


@REDEMPTIONS.should("coupon-never-used", "Closing a session does not count the use of its coupons.", "SES-059",
                    "CPN-015", on=UPDATE)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    visit = stored(request, emulator)
    if answer.ok and closed(request) and visit is not None:
        with emulator.store.transaction():
            emulator.store.run("DELETE FROM redemption WHERE kind = 'coupon' AND session_id = ?", visit.id)
    return answer


REDEMPTIONS.must(
    "cancelled-coupon-stays-used", "Cancelling a session rolls its coupon back by name alone.", "SES-060", on=UPDATE
)(keeping("redemption", "session_id = ? AND kind = 'coupon'", lambda visit: (visit.id,)))


@REDEMPTIONS.must("used-coupons-not-in-inventory", "An inventory leaves out coupons that the customer has used.",
                  "PRO-019", on=INVENTORY)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    name = in_path(request, emulator, "integrationId")
    with emulator.store.reading():
        used = set(tallies.redeemed_by(emulator.store, "coupon", name))

    def edit(body: dict[str, Any]) -> None:
        if "coupons" in body:
            body["coupons"] = [one for one in body["coupons"] if one["id"] not in used]

    return edited_reply(proceed(request), edit)


# giveaways


@REDEMPTIONS.must("giveaway-while-open", "An open session awards its giveaways already.", "SES-022", on=UPDATE)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    def award(effect: Shown) -> None:
        effect["effectType"] = "awardGiveaway"
        effect["props"].update(giveawayId=1, code="TP-GIFT-EARLY")

    answer = proceed(request)
    return answer if closed(request, dry=True) else _each(answer, ("willAwardGiveaway",), award)


@REDEMPTIONS.must("coming-giveaway-with-code", "A giveaway that is to come shows its code.", "SES-022", on=UPDATE)
@on_reply
def _(answer: Reply) -> Reply:
    return _each(answer, ("willAwardGiveaway",), lambda effect: effect["props"].update(code="TP-GIFT-EARLY"))
