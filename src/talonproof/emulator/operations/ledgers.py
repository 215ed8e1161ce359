"""Balances, points and transactions of a profile or a card in a loyalty program."""

from __future__ import annotations

from typing import Any

from talonproof.emulator import card, ledger, profile, tiers
from talonproof.emulator.call import Call
from talonproof.emulator.card import Card
from talonproof.emulator.ledger import Account, Page, Wanted
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import Refusal, bad_parameter


def balances(call: Call) -> Reply:
    """The balances of a profile or a card, at a moment or now.

    The main ledger is ``balance``, the others are in ``subledgerBalances``; with a filter, only what it names.
    Tiers are shown if asked for, where the program has any.
    """
    account = _account(call)
    wanted = _subledgers(call)
    moment = call.parameters.get("endDate", call.now + 1)
    found: dict[str, dict[str, Any]] = {
        name: {**balance, **_tiers(call, account, name, moment)}
        for name, balance in ledger.balances(call.store, account, moment=moment, subledgers=wanted).items()
    }
    shown: dict[str, Any] = {}
    main = found.pop("", None) or {**ledger.EMPTY, **_tiers(call, account, "", moment)}
    if wanted is None or "" in wanted:
        shown["balance"] = main
    shown["subledgerBalances"] = found
    if account.card:
        shown["profiles"] = card.registrations(call.store, _card(call, account))
    return reply(200, shown)


def _tiers(call: Call, account: Account, subledger: str, moment: int) -> dict[str, Any]:
    """What is asked for of the tier of a ledger at a moment, now and at its end; cards have no tiers."""
    program = call.world.programs[account.program]
    asked, projected = (call.parameters.get(name, False) for name in ("includeTiers", "includeProjectedTier"))
    if not program.tiers or not (asked or projected):
        return {}
    line = tiers.Timeline(call.store, account, subledger, moment)
    held = tiers.standing(program, line, moment)
    shown = tiers.document(program, held) if asked else {}
    if projected and (coming := tiers.projected(program, line, held)) is not None:
        shown["projectedTier"] = coming
    return shown


def transactions(call: Call) -> Reply:
    """A page of transactions, newest first. None awaits an activation: points of rules start at a time."""
    awaiting = call.parameters.get("awaitsActivation")
    if awaiting is False:
        raise bad_parameter("awaitsActivation", "Out of range", "awaitsActivation is true or left out.")
    page = ledger.transactions(
        call.store,
        _account(call),
        Wanted(transactions=()) if awaiting else _wanted(call),
        origin=call.parameters.get("loyaltyTransactionType"),
        since=call.parameters.get("startDate"),
        until=call.parameters.get("endDate"),
        size=call.parameters["pageSize"],
        skip=_skip(call),
    )
    return _shown(call, page)


def points(call: Call) -> Reply:
    """A page of points that are not used up, newest first unless they are to be sorted by another date."""
    page = ledger.points(
        call.store,
        _account(call),
        _wanted(call),
        status=call.parameters["status"],
        sort=call.parameters.get("sort", ""),
        now=call.now,
        size=call.parameters["pageSize"],
        skip=_skip(call),
    )
    return _shown(call, page)


def _account(call: Call) -> Account:
    """The ledger in the path.

    Raises Refusal: 404 for a program, profile or card that is not there, 400 for a program of the other kind.
    """
    number: int = call.parameters["loyaltyProgramId"]
    program = call.world.programs.get(number)
    if program is None:
        raise Refusal(404, f"There is no loyalty program {number}.")
    by_card = "loyaltyCardId" in call.parameters
    if program.cards != by_card:
        kind = "card-based" if program.cards else "profile-based"
        raise bad_parameter("loyaltyProgramId", "Invalid program", f"The loyalty program {number} is {kind}.")
    if by_card:
        account = Account(number, call.parameters["loyaltyCardId"], card=True)
        _card(call, account)
        return account
    name = call.path_id("integrationId")
    if profile.find(call.store, name) is None:
        raise Refusal(404, f'There is no profile "{name}".')
    return Account(number, name, card=False)


def _card(call: Call, account: Account) -> Card:
    found = card.find(call.store, account.program, account.owner)
    if found is None:
        raise Refusal(404, f'There is no loyalty card "{account.owner}" in program {account.program}.')
    return found


def _subledgers(call: Call) -> list[str] | None:
    """The subledgers asked for; None: all of them. Cards take several, profiles one."""
    wanted: str | list[str] | None = call.parameters.get("subledgerId")
    return [wanted] if isinstance(wanted, str) else wanted


def _wanted(call: Call) -> Wanted:
    return Wanted(_subledgers(call), call.parameters.get("customerSessionIDs"), call.parameters.get("transactionUUIDs"))


def _shown(call: Call, page: Page) -> Reply:
    """The page; its rows have their names where the edition has names for them."""
    if "transactionUUID" not in call.known("LedgerPointsEntryIntegrationAPI"):
        for row in page.rows:
            del row["transactionUUID"]
    return reply(200, page.document())


def _skip(call: Call) -> int:
    skip: int = call.parameters.get("skip", 0)
    if skip < 0:
        raise bad_parameter("skip", "Out of range", "skip must not be negative.")
    return skip
