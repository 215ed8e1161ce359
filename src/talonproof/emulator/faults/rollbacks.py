"""Faults of rolling back: what cancelling, returning and reopening undo, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from talonproof.emulator import profile, session
from talonproof.emulator.engine.bookings import Book
from talonproof.emulator.engine.closing import account_of
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.faults.fault import Collection, Interceptor, Proceed
from talonproof.emulator.faults.settling import Shown, besides, hiding, keeping, of_type, shown, undone, without_entries
from talonproof.emulator.faults.states import REOPEN, RETURN, UPDATE
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.session import Session
from talonproof.emulator.world import ReturnPolicy

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

ROLLBACKS = Collection()


def _number(visit: Session) -> Iterable[object]:
    return (visit.id,)


# what a reopening takes back

ROLLBACKS.must(
    "reopened-coupon-stays-used", "A reopening does not give the use of a coupon back.", "REO-011", on=REOPEN
)(keeping("redemption", "session_id = ? AND kind = 'coupon'", _number))

ROLLBACKS.must(
    "reopened-referral-stays-used", "A reopening does not give the use of a referral back.", "REO-011", on=REOPEN
)(keeping("redemption", "session_id = ? AND kind = 'referral'", _number))

ROLLBACKS.must("reopening-keeps-budget", "A reopening does not give budgets back.", "REO-011", on=REOPEN)(
    keeping(
        "spent_budget",
        "campaign_id IN (SELECT value FROM json_each(?))",
        lambda visit: (str([effect.campaign for effect in visit.effects]),),
    )
)

ROLLBACKS.must(
    "reopening-keeps-points", "A reopening takes no points back, pending ones neither.", "REO-011", "REO-019", on=REOPEN
)(without_entries("subtraction"))

ROLLBACKS.must("reopening-keeps-spent-points", "Points that were spent stay so.", "REO-011", on=REOPEN)(
    without_entries("addition")
)

ROLLBACKS.should("reopening-names-nothing", "The answer to a reopening names nothing.", "REO-012", on=REOPEN)(
    hiding(
        "rollbackCoupon", "rollbackReferral", "rollbackDiscount", "rollbackAddedLoyaltyPoints",
        "rollbackDeductedLoyaltyPoints", "rollbackIncreasedAchievementProgress",
    )
)  # fmt: skip

ROLLBACKS.should(
    "reopened-discounts-not-named", "A reopening names the discounts of items alone.", "REO-012", on=REOPEN
)(hiding("rollbackDiscount", when=lambda effect: "cartItemPosition" not in effect["props"]))


@ROLLBACKS.should("reopening-names-half", "A reopening names half of each discount and progress.", "REO-012", on=REOPEN)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    def halve(effects: list[Shown]) -> list[Shown]:
        for effect in effects:
            for name in ("value", "decreaseProgressBy"):
                if isinstance(effect["props"].get(name), int | float):
                    effect["props"][name] /= 2
        return effects

    return shown(proceed(request), halve)


# what a reopening leaves alone


@ROLLBACKS.must("active-points-taken-at-reopening", "A reopening takes active points back, whatever the policy of the "
                "program.", "REO-003", on=REOPEN)  # fmt: skip
@besides
def _(emulator: Emulator, visit: Session, effects: list[Effect]) -> None:
    for effect in of_type(effects, "addLoyaltyPoints"):
        now = emulator.clock.now()
        book = Book(emulator.store, account_of(effect), effect.props["subLedgerId"], visit.integration_id, now)
        book.take_back(effect.terms["entry"], effect.props["name"], ReturnPolicy.WITHIN_BALANCE)


def _naming(kind: str, rollback: str) -> Interceptor:
    """A server that says it has undone effects of a type that are to stay."""

    def interceptor(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
        visit = undone(request, emulator)
        answer = proceed(request)
        if visit is None:
            return answer
        more = [effect.document() | {"effectType": rollback} for effect in of_type(visit.effects, kind)]
        return shown(answer, lambda effects: [*effects, *more])

    return interceptor


ROLLBACKS.must("free-item-taken-back", "A reopening takes free items out of the cart again.", "REO-002", on=REOPEN)(
    _naming("addFreeItem", "rollbackAddedFreeItem")
)

ROLLBACKS.must("custom-effect-taken-back", "A reopening undoes custom effects.", "REO-008", on=REOPEN)(
    _naming("customEffect", "rollbackCustomEffect")
)


@ROLLBACKS.must("giveaway-taken-back", "A reopening takes giveaways away again.", "REO-005", on=REOPEN)
@besides
def _(emulator: Emulator, _visit: Session, effects: list[Effect]) -> None:
    for effect in of_type(effects, "awardGiveaway"):
        emulator.store.run("DELETE FROM giveaway WHERE id = ?", effect.props["giveawayId"])


@besides
def _without_created_coupons(emulator: Emulator, _visit: Session, effects: list[Effect]) -> None:
    for effect in of_type(effects, "couponCreated"):
        own = "(SELECT id FROM coupon WHERE value = ?)"
        emulator.store.run(f"DELETE FROM reservation WHERE coupon_id = {own}", effect.props["value"])
        emulator.store.run("DELETE FROM coupon WHERE value = ?", effect.props["value"])


@besides
def _without_created_referrals(emulator: Emulator, _visit: Session, effects: list[Effect]) -> None:
    for effect in of_type(effects, "referralCreated"):
        emulator.store.run("DELETE FROM referral WHERE code = ?", effect.props["value"])


ROLLBACKS.must("reopening-deletes-coupons", "A reopening deletes the coupons that the close made.", "REO-006",
               on=REOPEN)(_without_created_coupons)  # fmt: skip
ROLLBACKS.must("reopening-deletes-referrals", "A reopening deletes the referrals that the close made.", "REO-006",
               on=REOPEN)(_without_created_referrals)  # fmt: skip
ROLLBACKS.should("cancelling-deletes-coupons", "Cancelling a session deletes the coupons that it made.", "REO-018",
                 on=UPDATE)(_without_created_coupons)  # fmt: skip
ROLLBACKS.should("cancelling-deletes-referrals", "Cancelling a session deletes the referrals that it made.", "REO-018",
                 on=UPDATE)(_without_created_referrals)  # fmt: skip


@ROLLBACKS.must(
    "reservation-ends-at-reopening", "A reopening ends the reservations of the close.", "REO-007", on=REOPEN
)
@besides
def _(emulator: Emulator, _visit: Session, effects: list[Effect]) -> None:
    for effect in of_type(effects, "reserveCoupon"):
        emulator.store.run(
            "DELETE FROM reservation WHERE coupon_id = ? AND profile = ?",
            *(effect.terms["coupon"], effect.props["profileIntegrationId"]),
        )


@ROLLBACKS.must("profile-attribute-taken-back", "A reopening removes the attributes of the profile that the close set.",
                "REO-009", on=REOPEN)  # fmt: skip
@besides
def _(emulator: Emulator, visit: Session, effects: list[Effect]) -> None:
    customer = profile.known(emulator.store, visit.profile)
    if customer is not None:
        for effect in _updates(effects, "profile"):
            customer.attributes.pop(effect.terms["name"], None)
        profile.save(emulator.store, customer)


@ROLLBACKS.must("session-attribute-taken-back", "A reopening removes the attributes of the session that the close set.",
                "REO-009", on=REOPEN)  # fmt: skip
@besides
def _(emulator: Emulator, visit: Session, effects: list[Effect]) -> None:
    found = session.find(emulator.store, visit.application, visit.integration_id)
    if found is not None:
        for effect in _updates(effects, "session"):
            found.attributes.pop(effect.terms["name"], None)
        session.save(emulator.store, found)


def _updates(effects: Iterable[Effect], entity: str) -> list[Effect]:
    return [effect for effect in of_type(effects, "updateAttribute") if effect.terms["entity"] == entity]


# what a cancellation says


def _unnamed(name: str, text: str, requirement: str, *types: str) -> None:
    ROLLBACKS.must(name, text, requirement, on=UPDATE)(hiding(*types))


_unnamed("cancelled-coupon-not-named", "Cancelling a session rolls no coupon back.", "REO-014", "rollbackCoupon")
_unnamed("cancelled-referral-not-named", "Cancelling a session rolls no referral back.", "REO-014", "rollbackReferral")
_unnamed("cancelled-discounts-not-named", "Cancelling a session rolls no discount back.", "REO-014", "rollbackDiscount")
_unnamed("cancelled-spending-not-named", "Cancelling a session does not give points back.", "REO-015",
         "rollbackDeductedLoyaltyPoints")  # fmt: skip
_unnamed("cancelled-progress-not-named", "Cancelling a session leaves the progress in achievements.", "REO-015",
         "rollbackIncreasedAchievementProgress")  # fmt: skip
_unnamed("cancelled-points-not-named", "Cancelling a session leaves pending points.", "REO-016",
         "rollbackAddedLoyaltyPoints")  # fmt: skip


@ROLLBACKS.must("cancelled-item-discounts-not-named", "Cancelling a session rolls back the discounts of the session, "
                "and not those of its items.", "REO-014", on=UPDATE)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return hiding("rollbackDiscount", when=_of_item)(request, proceed, emulator)


def _of_item(effect: Shown) -> bool:
    return "cartItemPosition" in effect["props"]


# what a return takes back

ROLLBACKS.must("returned-discounts-stay", "A return leaves the discounts of the items returned.", "RET-009", on=RETURN)(
    hiding("rollbackDiscount")
)


@ROLLBACKS.must("returned-points-stay", "A return leaves the pending points of the items returned, and says nothing.",
                "RET-010", on=RETURN)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return hiding("rollbackAddedLoyaltyPoints")(request, _without_subtractions(proceed, emulator), emulator)


def _without_subtractions(proceed: Proceed, emulator: Emulator) -> Proceed:
    return lambda request: without_entries("subtraction")(request, proceed, emulator)


@ROLLBACKS.should("return-takes-all-lines", "A return rolls back what is tied to any item.", "RET-012", on=RETURN)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    visit = undone(request, emulator)
    answer = proceed(request)
    if visit is None:
        return answer
    tied = {"setDiscountPerItem": "rollbackDiscount", "addLoyaltyPoints": "rollbackAddedLoyaltyPoints"}

    def all_of(effects: list[Shown]) -> list[Shown]:
        named = {_place(effect["props"]) for effect in effects}
        more = [_as_rollback(effect, tied[effect.type]) for effect in of_type(visit.effects, *tied)]
        return [*effects, *(one for one in more if _place(one["props"]) not in named and _of_item(one))]

    return shown(answer, all_of)


def _place(props: dict[str, Any]) -> tuple[Any, Any]:
    return props.get("cartItemPosition"), props.get("cartItemSubPosition")


def _as_rollback(effect: Effect, kind: str) -> Shown:
    """The rollback effect that an effect would have, without its points being taken."""
    document = effect.document()
    props = dict(effect.props)
    for name, other in (("position", "cartItemPosition"), ("subPosition", "cartItemSubPosition")):
        if name in props:
            props[other] = props.pop(name)
    return {**document, "effectType": kind, "props": props}
