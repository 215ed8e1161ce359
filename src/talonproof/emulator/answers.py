"""The answer of a call that runs the rule engine: three lists that are always there, and what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from talonproof.emulator import campaigns, card, coupon, ledger, profile, referral, returned, session
from talonproof.emulator.call import Call
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.engine.evaluation import Failure
from talonproof.emulator.instant import written
from talonproof.emulator.profile import Profile
from talonproof.emulator.session import Session


def state(
    call: Call,
    *,
    event: Mapping[str, Any],
    customer: Profile | None,
    visit: Session | None = None,
    earlier: list[dict[str, Any]] | None = None,
    effects: Sequence[Effect] = (),
    failures: Sequence[Failure] = (),
) -> dict[str, Any]:
    """The answer, with the sections of the body's ``responseContent`` that have something to show.

    A session, an event and an identified profile are always shown when asked for. ``earlier`` are the returns
    before this call; without it, those that are stored. ``failures`` are the rules without effect.
    """
    shown_effects = [effect.document() for effect in effects]
    made: dict[str, Any] = {"effects": shown_effects, "createdCoupons": [], "createdReferrals": []}
    sections: dict[str, Callable[[], Any]] = {
        "event": lambda: event,
        "triggeredCampaigns": lambda: campaigns.triggered(call, effects) or None,
        "ruleFailureReasons": lambda: [failure.document() for failure in failures] or None,
    }
    if customer is not None:
        sections["customerProfile"] = lambda: profile.document(call.store, customer, call.world.account)
    if customer is not None or visit is not None:
        sections["loyalty"] = lambda: loyalty(call, customer, visit.cards if visit else ()) or None
    if visit is not None:
        sections["customerSession"] = lambda: session.document(visit, call.known("CustomerSessionV2"))
        sections["coupons"] = lambda: _coupons(call, visit) or None
        sections["referral"] = lambda: referral.of_code(call.store, visit.referral)
        sections["previousReturns"] = lambda: (
            (returned.earlier(call, visit, customer) if earlier is None else earlier) or None
        )
    for name in call.body.get("responseContent", ()):
        if name in sections and (shown := sections[name]()) is not None:
            made[name] = shown
    return made


def loyalty(call: Call, customer: Profile | None, cards: Iterable[str]) -> dict[str, Any]:
    """The programs that a customer has points in, and the cards named; empty if there are none of both."""
    programs: dict[str, Any] = {}
    for program in call.world.programs.values():
        if customer is None or program.cards:
            continue
        joined = ledger.joined(call.store, program.id, customer.integration_id)
        if joined is not None:
            account = ledger.Account(program.id, customer.integration_id, card=False)
            main, others = ledger.infos(call.store, account, call.now)
            programs[str(program.id)] = {
                "id": program.id,
                "title": program.title,
                "name": program.name,
                "joinDate": written(joined),
                "ledger": main,
                "subLedgers": others,
            }
    shown = [card.document(call, kept) for name in cards for kept in card.named(call.store, name)]
    return {"programs": programs, **({"cards": shown} if shown else {})} if programs or shown else {}


def _coupons(call: Call, visit: Session) -> list[dict[str, Any]]:
    """The coupons of the session's codes that exist."""
    found = {
        kept.id: kept
        for code in visit.coupons
        if (kept := coupon.find(call.store, code, sensitive=call.application.sensitive)) is not None
    }
    return [coupon.customer_document(call.store, kept, visit.profile) for kept in found.values()]
