"""The answer of a call that runs the rule engine: three lists that are always there, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from talonproof.emulator import campaigns, card, coupon, ledger, profile, referral, returned, session, tiers
from talonproof.emulator.call import Call
from talonproof.emulator.engine import settlement
from talonproof.emulator.engine.evaluation import Failure
from talonproof.emulator.engine.outcome import Outcome
from talonproof.emulator.engine.situation import moment
from talonproof.emulator.instant import written
from talonproof.emulator.ledger import Account, Tentative
from talonproof.emulator.profile import Profile
from talonproof.emulator.session import Session
from talonproof.emulator.world import Program


def state(
    call: Call,
    *,
    event: Mapping[str, Any],
    customer: Profile | None,
    visit: Session | None = None,
    earlier: list[dict[str, Any]] | None = None,
    outcome: Outcome,
    failures: Sequence[Failure] | None = None,
) -> dict[str, Any]:
    """The answer, with the sections of the body's ``responseContent`` that have something to show.

    The effects are those of the event. A session, an event and an identified profile are always shown when asked for.
    ``earlier`` are the returns before this call; without it, those that are stored. ``failures`` are the rules without
    effect.
    """
    made: dict[str, Any] = {
        "effects": event["effects"],
        "createdCoupons": outcome.coupons,
        "createdReferrals": outcome.referrals,
    }
    for name in call.body.get("responseContent", ()):
        match name:
            case "customerSession" if visit is not None:
                made[name] = session.document(visit, call.known("CustomerSessionV2"))
            case "customerProfile" if customer is not None:
                made[name] = profile.document(call.store, customer, call.world.account)
            case "event":
                made[name] = event
            case "triggeredCampaigns" if shown := campaigns.triggered(call, outcome.effects):
                made[name] = shown
            case "awardedGiveaways" if outcome.giveaways:
                made[name] = outcome.giveaways
            case "ruleFailureReasons" if failures:
                made[name] = [failure.document() for failure in failures]
            case "loyalty" if shown := loyalty(call, customer, visit):
                made[name] = shown
            case "coupons" if visit is not None and (shown := _coupons(call, visit)):
                made[name] = shown
            case "referral" if (
                visit is not None and (shown := referral.of_code(call.store, visit.referral)) is not None
            ):
                made[name] = shown
            case "previousReturns" if visit is not None and (
                shown := returned.earlier(call, visit, customer) if earlier is None else earlier
            ):
                made[name] = shown
            case _:
                pass
    return made


def loyalty(call: Call, customer: Profile | None, visit: Session | None = None) -> dict[str, Any]:
    """The programs that a customer has points in, and the cards that a session names; empty if there are none of both.

    What an open session would change is tentative in them.
    """
    changes = settlement.tentative(call, visit)
    programs: dict[str, Any] = {}
    for program in call.world.programs.values():
        if customer is None or program.cards:
            continue
        account = ledger.Account(program.id, customer.integration_id, card=False)
        joined = ledger.joined(call.store, program.id, customer.integration_id)
        if joined is not None or account in changes:
            programs[str(program.id)] = _program(call, program, account, joined, changes.get(account, {}))
    cards = [
        card.document(call, kept, changes.get(card.account(kept)))
        for name in (visit.cards if visit else ())
        for kept in card.named(call.store, name)
    ]
    return {"programs": programs, **({"cards": cards} if cards else {})} if programs or cards else {}


def _program(
    call: Call, program: Program, account: Account, joined: int | None, changes: Mapping[str, Tentative]
) -> dict[str, Any]:
    main, others = ledger.infos(call.store, account, moment(call), changes)
    known = call.known("LedgerInfo")
    for name, info in {"": main, **others}.items() if program.tiers else ():
        held = tiers.document(program, tiers.of_account(call.store, program, account, name, moment(call) + 1))
        info.update({key: value for key, value in held.items() if key in known})
    shown: dict[str, Any] = {"id": program.id, "title": program.title, "name": program.name}
    if joined is not None:
        shown["joinDate"] = written(joined)
    return {**shown, "ledger": main, "subLedgers": others}


def _coupons(call: Call, visit: Session) -> list[dict[str, Any]]:
    """The coupons of the session's codes that exist."""
    found = {
        kept.id: kept
        for code in visit.coupons
        if (kept := coupon.find(call.store, code, sensitive=call.application.sensitive)) is not None
    }
    return [coupon.customer_document(call.store, kept, visit.profile) for kept in found.values()]
