"""Updating a session is cumulative while it is open; afterwards only its state may still change.

A dry call looks at its own payload alone: it is evaluated from an empty session, in a transaction rolled back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from talonproof.emulator import answers, attributes, carts, event, profile, session
from talonproof.emulator.call import MAX_ID, Call
from talonproof.emulator.engine import settlement
from talonproof.emulator.engine.evaluation import Failure, evaluate, reasons_wanted
from talonproof.emulator.engine.outcome import Outcome
from talonproof.emulator.engine.situation import Situation, chosen, moment
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.profile import Profile
from talonproof.emulator.refusal import INVALID, Refusal, bad_body, bad_parameter
from talonproof.emulator.session import CANCELLED, CLOSED, OPEN, RETURNED, Session
from talonproof.emulator.world import Entity

_TRANSITIONS: Mapping[str | None, Mapping[str | None, tuple[str, str]]] = {
    None: {None: (OPEN, event.CREATED), OPEN: (OPEN, event.CREATED), CLOSED: (CLOSED, event.CREATED)},
    OPEN: {
        None: (OPEN, event.UPDATED),
        OPEN: (OPEN, event.UPDATED),
        CLOSED: (CLOSED, event.CLOSED),
        CANCELLED: (CANCELLED, event.CANCELLED),
    },
    CLOSED: {CANCELLED: (CANCELLED, event.REVOKED)},
    RETURNED: {CANCELLED: (CANCELLED, event.REVOKED)},
    CANCELLED: {},
}
"""From the stored state (None: there is no session) and the state sent (None: left out) to state and event."""


def get(call: Call) -> Reply:
    """The session as it is stored, with the effects that still hold."""
    found = existing(call)
    effects = [effect.document() for effect in found.effects]
    return reply(200, {"customerSession": session.document(found, call.known("CustomerSessionV2")), "effects": effects})


def existing(call: Call) -> Session:
    """The session in the path; Refusal where there is none."""
    name = call.path_id("customerSessionId")
    found = session.find(call.store, call.application.id, name)
    if found is None:
        raise bad_parameter("customerSessionId", "Unknown", f'There is no session "{name}".')
    return found


def update(call: Call) -> Reply:
    """Creates a session, or builds on it."""
    _check_now(call)
    name = call.path_id("customerSessionId")
    sent: Mapping[str, Any] = call.body["customerSession"]
    stored = session.find(call.store, call.application.id, name)
    number = None
    if call.dry and stored is not None:
        number = stored.id
        _set_aside(call, stored)
        stored = None
    before = stored.state if stored else None
    state, kind = _next(before, sent.get("state"))
    content = _content(call, sent) if before in {None, OPEN} else _Content()
    visit = stored or session.create(call.store, call.application.id, name, call.now, number=number)
    customer = _apply(call, visit, content)
    visit.state = state
    visit.updates += 1
    visit.touch(call.now)
    failures = reasons_wanted(call)
    outcome = _outcome(call, visit, customer, before, kind, failures)
    if customer is not None:
        if before in {None, OPEN} and state == CLOSED:
            customer.count(1, visit.sales)
        elif before in {CLOSED, RETURNED}:
            customer.count(-1, -visit.sales)
        if not call.dry:
            customer.active(call.now)
        profile.save(call.store, customer)
    session.save(call.store, visit)
    effects = [effect.document() for effect in outcome.effects]
    happened = event.record(
        call, kind, profile=visit.profile, session=visit.integration_id, store=visit.store, effects=effects
    )
    answer = answers.state(call, event=happened, customer=customer, visit=visit, outcome=outcome, failures=failures)
    return reply(200, answer)


def _outcome(
    call: Call, visit: Session, customer: Profile | None, before: str | None, kind: str, failures: list[Failure] | None
) -> Outcome:
    """What rules lead to: tentative while the session is open, true once it is closed.

    A cancel takes back what closing did; nothing has happened that a cancel of an open session could take back.
    """
    if visit.state == CANCELLED:
        if before in {CLOSED, RETURNED}:
            return Outcome(settlement.cancel(call, visit))
        visit.effects = []
        return Outcome()
    situation = Situation(
        moment=moment(call),
        event=kind,
        session=visit,
        profile=customer,
        closing=visit.state == CLOSED,
        campaigns=chosen(call, call.body["customerSession"]),
    )
    settle = settlement.close if situation.closing else settlement.open_
    return settle(call, visit, customer, evaluate(call, situation, failures))


def _check_now(call: Call) -> None:
    if "now" not in call.parameters:
        return
    if not call.dry:
        raise bad_parameter("now", "Not allowed", "now is only for dry calls.")
    if call.parameters["now"] <= call.now:
        raise bad_parameter("now", "Out of range", "now must lie in the future.")


def _set_aside(call: Call, stored: Session) -> None:
    """Takes a session, what closing it did, and what it counts for, out of the way of a dry evaluation."""
    customer = customer_of(call, stored)
    if stored.state in {CLOSED, RETURNED}:
        settlement.cancel(call, stored)
    if customer is not None and stored.state in {CLOSED, RETURNED}:
        customer.count(-1, -stored.sales)
        profile.save(call.store, customer)
    session.forget(call.store, stored)


def _next(before: str | None, wanted: str | None) -> tuple[str, str]:
    try:
        return _TRANSITIONS[before][wanted]
    except KeyError:
        there = "There is no session yet" if before is None else f"The session is {before}"
        details = f"{there}; it cannot be updated with {f'state {wanted}' if wanted else 'no state'}."
        raise bad_body("/customerSession/state", "Invalid state", details) from None


@dataclass(slots=True)
class _Content:
    """What an update sends, checked; None and an absent key mean that the stored value is kept."""

    sent: Mapping[str, Any] | None = None
    cart: list[carts.Line] | None = None
    costs: dict[str, dict[str, float]] | None = None
    store: str | None = None


def _content(call: Call, sent: Mapping[str, Any]) -> _Content:
    """The checked content of an update. Raises Refusal for what does not exist in this Application."""
    found = attributes.problems(
        Entity.SESSION,
        call.world.attributes[Entity.SESSION],
        sent.get("attributes", {}),
        "/customerSession/attributes",
    )
    if found:
        raise Refusal(400, INVALID, found)
    if len(sent.get("profileId", "")) > MAX_ID:
        raise bad_body("/customerSession/profileId", "Out of range", f"profileId has more than {MAX_ID} characters.")
    for index, card in enumerate(sent.get("loyaltyCards", ())):
        if call.store.one("SELECT 1 FROM card WHERE identifier = ?", card) is None:
            raise bad_body(f"/customerSession/loyaltyCards/{index}", "Unknown", f'There is no loyalty card "{card}".')
    return _Content(
        sent=sent,
        cart=carts.lines(call, sent["cartItems"]) if "cartItems" in sent else None,
        costs=carts.costs(call, sent["additionalCosts"], "/customerSession/additionalCosts")
        if "additionalCosts" in sent
        else None,
        store=call.known_store(sent, "/customerSession"),
    )


def _apply(call: Call, visit: Session, content: _Content) -> Profile | None:
    """Puts the content into the session; the profile it then belongs to."""
    sent = content.sent or {}
    if content.cart is not None:
        visit.cart = content.cart
    if content.costs is not None:
        visit.costs = content.costs
    if content.store is not None:
        visit.store = content.store
    visit.coupons = sent.get("couponCodes", visit.coupons)
    visit.referral = sent.get("referralCode", visit.referral)
    visit.identifiers = sent.get("identifiers", visit.identifiers)
    visit.cards = sent.get("loyaltyCards", visit.cards)
    visit.attributes = attributes.merged(visit.attributes, sent.get("attributes", {}))
    if "experimentVariantAllocations" in call.known("NewCustomerSessionV2"):
        visit.allocations = sent.get("experimentVariantAllocations", visit.allocations)
    if sent.get("profileId", visit.profile) != visit.profile:
        visit.belong_to(sent["profileId"])
        visit.first = session.is_first(call.store, visit)
    return customer_of(call, visit)


def customer_of(call: Call, visit: Session) -> Profile | None:
    """The profile of a session, made if it is new; None for an anonymous session."""
    return profile.ensure(call.store, visit.profile, call.now)[0] if visit.profile else None
