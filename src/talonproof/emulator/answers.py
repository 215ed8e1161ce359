"""The answer of a call that runs the rule engine: three lists that are always there, and what was asked for.

There is no engine yet, so the three lists are empty: no effect is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from talonproof.emulator import ledger, profile, returned, session
from talonproof.emulator.call import Call
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
) -> dict[str, Any]:
    """The answer, with the sections of the body's ``responseContent`` that have something to show.

    A session, an event and an identified profile are always shown when asked for. ``earlier`` are the returns
    before this call; without it, those that are stored.
    """
    made: dict[str, Any] = {"effects": [], "createdCoupons": [], "createdReferrals": []}
    sections: dict[str, Callable[[], Any]] = {"event": lambda: event}
    if customer is not None:
        sections["customerProfile"] = lambda: profile.document(call.store, customer, call.world.account)
    if customer is not None or visit is not None:
        sections["loyalty"] = lambda: loyalty(call, customer, visit.cards if visit else ()) or None
    if visit is not None:
        sections["customerSession"] = lambda: session.document(visit)
        sections["coupons"] = lambda: _coupons(call, visit) or None
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
            main, others = _infos(call, ledger.Account(program.id, customer.integration_id, card=False))
            programs[str(program.id)] = {
                "id": program.id,
                "title": program.title,
                "name": program.name,
                "joinDate": written(joined),
                "ledger": main,
                "subLedgers": others,
            }
    shown = [_card(call, row) for name in cards for row in _rows_of_card(call, name)]
    return {"programs": programs, **({"cards": shown} if shown else {})} if programs or shown else {}


def _rows_of_card(call: Call, identifier: str) -> list[tuple[Any, ...]]:
    return call.store.all(
        "SELECT id, program_id, identifier, created, status FROM card WHERE identifier = ?", identifier
    )


def _card(call: Call, row: tuple[Any, ...]) -> dict[str, Any]:
    number, program, identifier, created, status = row
    main, others = _infos(call, ledger.Account(program, identifier, card=True))
    return {
        "id": number,
        "created": written(created),
        "programID": program,
        "programName": call.world.programs[program].name,
        "programTitle": call.world.programs[program].title,
        "status": status,
        "identifier": identifier,
        "usersPerCardLimit": call.world.programs[program].users_per_card_limit,
        "profiles": registrations(call, number),
        "ledger": main,
        "subledgers": others,
    }


def registrations(call: Call, card: int) -> list[dict[str, Any]]:
    """The profiles registered on a card, in the order of their registration."""
    rows = call.store.all("SELECT profile, created FROM registration WHERE card_id = ? ORDER BY created, profile", card)
    return [{"integrationId": name, "timestamp": written(created)} for name, created in rows]


def _infos(call: Call, account: ledger.Account) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """The main ledger and the subledgers of an account; nothing is tentative, since no rule gives points yet."""
    found = ledger.balances(call.store, account, moment=call.now + 1)
    infos = {name: _info(balance) for name, balance in found.items()}
    return infos.pop("", _info(ledger.EMPTY)), infos


def _info(balance: Mapping[str, float]) -> dict[str, float]:
    return {
        "currentBalance": balance["activePoints"],
        "pendingBalance": balance["pendingPoints"],
        "expiredBalance": 0,
        "spentBalance": 0,
        "tentativeCurrentBalance": balance["activePoints"],
        "tentativePendingBalance": balance["pendingPoints"],
    }


def _coupons(call: Call, visit: Session) -> list[dict[str, Any]]:
    """The coupons of the session's codes that exist; none of them was ever redeemed, since no rule accepts any."""
    found: list[dict[str, Any]] = []
    for code in dict.fromkeys(visit.coupons):
        row = call.store.one("SELECT id, created, campaign_id, value, usage_limit FROM coupon WHERE value = ?", code)
        if row is not None:
            number, created, campaign, value, limit = row
            found.append(
                {
                    "id": number,
                    "created": written(created),
                    "campaignId": campaign,
                    "value": value,
                    "usageLimit": limit,
                    "usageCounter": 0,
                    "profileRedemptionCount": 0,
                }
            )
    return found
