"""Closing a session makes its effects come true: codes are redeemed, budgets spent, ledgers written, gifts given.

An event, and a profile update that runs the rules, do the same at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from talonproof.emulator import achievement, attributes, audience, codes, coupon, giveaway, profile, referral, tiers
from talonproof.emulator.call import Call
from talonproof.emulator.engine import tallies
from talonproof.emulator.engine.bookings import Book
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.engine.outcome import Outcome
from talonproof.emulator.instant import written
from talonproof.emulator.ledger import POINT, Account, name_of, shown_points
from talonproof.emulator.profile import Profile
from talonproof.emulator.session import Session


@dataclass(slots=True)
class Closing:
    """Effects that come true at a moment, for a session, a customer, or both."""

    call: Call
    visit: Session | None
    customer: Profile | None
    moment: int
    outcome: Outcome = field(default_factory=Outcome)
    standings: dict[tuple[Account, str], tuple[tiers.Standing, Effect]] = field(
        default_factory=dict[tuple[Account, str], tuple[tiers.Standing, Effect]]
    )

    @property
    def name(self) -> str:
        """The integration id of the customer; empty for nobody."""
        return self.customer.integration_id if self.customer else ""

    def book(self, account: Account, subledger: str) -> Book:
        """The ledger of an account, to be written for this session."""
        session = self.visit.integration_id if self.visit else ""
        return Book(self.call.store, account, subledger, session, self.moment)


def come_true(closing: Closing, effects: list[Effect]) -> Outcome:
    """Makes effects come true, in their order; the outcome leaves out those that cannot be."""
    for proposed in effects:
        effect = _MAKERS.get(proposed.type, _as_it_is)(closing, proposed)
        if effect is None:
            continue
        tallies.spend(closing.call.store, effect.campaign, effect.terms.get("spends", ()))
        closing.outcome.effects.append(effect)
    closing.outcome.effects.extend(_tier_changes(closing))
    return closing.outcome


def _as_it_is(_closing: Closing, effect: Effect) -> Effect:
    return effect


def _accept_coupon(closing: Closing, effect: Effect) -> Effect:
    if effect.coupon is not None:
        _redeem(closing, "coupon", effect.coupon, effect.campaign)
    return effect


def _accept_referral(closing: Closing, effect: Effect) -> Effect:
    _redeem(closing, "referral", effect.terms["referral"], effect.campaign)
    return effect


def _redeem(closing: Closing, kind: tallies.Kind, code: int, campaign: int) -> None:
    if closing.visit is not None:
        tallies.redeem(closing.call.store, kind, code, campaign, closing.visit.id, closing.name, closing.moment)


def _add_points(closing: Closing, effect: Effect) -> Effect:
    account, subledger, terms = account_of(effect), effect.props["subLedgerId"], effect.terms
    _watch_tier(closing, account, subledger, effect)
    book = closing.book(account, subledger)
    entry = book.add(terms["points"], effect.props["name"], starts=terms["starts"], expires=terms["expires"])
    return _booked(effect, entry)


def _deduct_points(closing: Closing, effect: Effect) -> Effect | None:
    book = closing.book(account_of(effect), effect.props["subLedgerId"])
    entry = book.spend(effect.terms["points"], effect.props["name"])
    return None if entry is None else _booked(effect, entry)


def _booked(effect: Effect, entry: int) -> Effect:
    props = {**effect.props, "transactionUUID": name_of(entry)}
    return replace(effect, props=props, terms={**effect.terms, "entry": entry})


def account_of(effect: Effect) -> Account:
    """The account that an effect of points is about."""
    return Account(effect.props["programId"], effect.terms["owner"], effect.terms["card"])


def _watch_tier(closing: Closing, account: Account, subledger: str, effect: Effect) -> None:
    """Notes which tier a ledger is in before it is written, and the effect that is last to write it."""
    program = closing.call.world.programs[account.program]
    if program.tiers:
        before, _ = closing.standings.get((account, subledger)) or (_standing(closing, account, subledger), effect)
        closing.standings[account, subledger] = before, effect


def _standing(closing: Closing, account: Account, subledger: str) -> tiers.Standing:
    program = closing.call.world.programs[account.program]
    return tiers.of_account(closing.call.store, program, account, subledger, closing.moment + 1)


def _tier_changes(closing: Closing) -> list[Effect]:
    """An effect for each ledger that came to another tier, as one of the rule that wrote it last."""
    made: list[Effect] = []
    for (account, subledger), (before, cause) in closing.standings.items():
        after = _standing(closing, account, subledger)
        if after.tier is None or after.tier == before.tier:
            continue
        props: dict[str, Any] = {
            "ruleTitle": cause.name,
            "programId": account.program,
            "subLedgerId": subledger,
            "newTierName": after.tier.name,
        }
        if before.tier is not None:
            props["previousTierName"] = before.tier.name
        if after.until is not None:
            props["expiryDate"] = written(after.until)
        made.append(replace(cause, type="changeLoyaltyTierLevel", props=props, terms={}))
    return made


def _award(closing: Closing, effect: Effect) -> Effect | None:
    pool = closing.call.world.pools[effect.props["poolId"]]
    recipient = effect.props["recipientIntegrationId"]
    given = giveaway.award(closing.call.store, pool, recipient, loaded=closing.call.loaded, now=closing.moment)
    if given is None:
        return None
    closing.outcome.giveaways.append(giveaway.document(closing.call.store, given))
    return replace(effect, type="awardGiveaway", props={**effect.props, "giveawayId": given.id, "code": given.code})


def _create_coupon(closing: Closing, effect: Effect) -> Effect | None:
    store, terms = closing.call.store, effect.terms
    seed = f"coupon {coupon.next_number(store)}"
    code = codes.unused(terms["pattern"], codes.CHARACTERS, seed, lambda code: coupon.taken(store, code))
    if code is None:
        return None
    made = coupon.Terms(
        campaign=terms["campaign"],
        usage_limit=terms["usage_limit"],
        recipient=terms["recipient"],
        starts=terms["starts"],
        expires=terms["expires"],
    )
    closing.outcome.coupons.append(coupon.document(store, coupon.create(store, code, made, closing.moment)))
    return effect.with_props({"value": code, **effect.props})


def _create_referral(closing: Closing, effect: Effect) -> Effect | None:
    store, terms = closing.call.store, effect.terms
    seed = f"referral {referral.next_number(store)}"
    code = codes.unused(terms["pattern"], codes.CHARACTERS, seed, lambda code: referral.taken(store, code))
    if code is None:
        return None
    made = referral.Terms(
        campaign=terms["campaign"],
        usage_limit=terms["usage_limit"],
        starts=terms["starts"],
        expires=terms["expires"],
        attributes={},
    )
    number = referral.create(store, code, terms["advocate"], made, closing.moment)
    closing.outcome.referrals.append(referral.document(store, number))
    return effect.with_props({"value": code, **effect.props})


def _reserve_coupon(closing: Closing, effect: Effect) -> Effect:
    shown = with_reservation(closing.call, effect)
    kept = coupon.of_id(closing.call.store, effect.terms["coupon"])
    coupon.reserve(closing.call.store, kept, effect.props["profileIntegrationId"], closing.moment)
    return shown


def with_reservation(call: Call, effect: Effect) -> Effect:
    """A reservation that says whether it is a new one."""
    kept, name = coupon.of_id(call.store, effect.terms["coupon"]), effect.props["profileIntegrationId"]
    held = name in coupon.holders(call.store, kept)
    return effect.with_props({**effect.props, "isNewReservation": not held})


def _increase_progress(closing: Closing, effect: Effect) -> Effect | None:
    kept = closing.call.world.achievements[effect.props["achievementId"]]
    attempt = achievement.current(closing.call.store, kept, closing.name, closing.moment)
    if attempt is None:
        return None
    delta = int(Decimal(str(effect.props["delta"])) * POINT)
    after = achievement.increase(closing.call.store, kept, attempt, delta, closing.moment)
    just = attempt.completed is None and after.completed is not None
    props = {
        **effect.props,
        "value": shown_points(after.amount),
        "target": shown_points(kept.target),
        "isJustCompleted": just,
        "progressTrackerId": after.id,
    }
    return replace(effect, props=props, terms={**effect.terms, "tracker": after.id, "delta": delta})


def _join(closing: Closing, effect: Effect) -> Effect | None:
    number: int = effect.props["audienceId"]
    if closing.customer is None or not audience.exists(closing.call.store, number):
        return None
    profile.join(closing.call.store, closing.customer, number)
    return effect


def _leave(closing: Closing, effect: Effect) -> Effect | None:
    number: int = effect.props["audienceId"]
    if closing.customer is None or not audience.exists(closing.call.store, number):
        return None
    profile.leave(closing.call.store, closing.customer, number)
    return effect


def _update_attribute(closing: Closing, effect: Effect) -> Effect | None:
    """The value is set in what the call goes on to store; None where there is nothing that it could be set on."""
    terms = effect.terms
    sent = {terms["name"]: terms["value"]}
    if terms["entity"] == "profile" and closing.customer is not None:
        closing.customer.attributes = attributes.merged(closing.customer.attributes, sent)
    elif terms["entity"] == "session" and closing.visit is not None:
        closing.visit.attributes = attributes.merged(closing.visit.attributes, sent)
    elif terms["entity"] == "item" and closing.visit is not None:
        position: int = terms["line"]
        line = closing.visit.cart[position]
        line["attributes"] = attributes.merged(line.get("attributes", {}), sent)
    else:
        return None
    return effect


_MAKERS: Mapping[str, Callable[[Closing, Effect], Effect | None]] = {
    "acceptCoupon": _accept_coupon,
    "acceptReferral": _accept_referral,
    "addLoyaltyPoints": _add_points,
    "deductLoyaltyPoints": _deduct_points,
    "willAwardGiveaway": _award,
    "couponCreated": _create_coupon,
    "referralCreated": _create_referral,
    "reserveCoupon": _reserve_coupon,
    "increaseAchievementProgress": _increase_progress,
    "addToAudience": _join,
    "removeFromAudience": _leave,
    "updateAttribute": _update_attribute,
}
"""What makes effects come true, by their type; of any other type nothing is to be stored."""
