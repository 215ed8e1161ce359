"""Faults of what sessions do to ledgers, and of tiers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine.bookings import Book
from talonproof.emulator.engine.closing import account_of
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply
from talonproof.emulator.faults.settling import closed, entries, forget, of_type, opened
from talonproof.emulator.faults.states import UPDATE
from talonproof.emulator.faults.tampering import edited_reply, in_path, stored
from talonproof.emulator.ledger import POINT
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.world import Tier

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

EARNINGS = Collection()

BALANCES = ("getLoyaltyBalances",)


def _add_points(emulator: Emulator, request: Request, *, cards: bool) -> None:
    """Enters the points that a session gives, as if it were closed already."""
    visit = stored(request, emulator)
    for effect in of_type(visit.effects, "addLoyaltyPoints") if visit is not None else ():
        account, terms = account_of(effect), effect.terms
        if account.card is cards and visit is not None:
            now = emulator.clock.now()
            book = Book(emulator.store, account, effect.props["subLedgerId"], visit.integration_id, now)
            with emulator.store.transaction():
                book.add(terms["points"], effect.props["name"], starts=terms["starts"], expires=terms["expires"])


@EARNINGS.must(
    "points-of-open-sessions", "Points count while the session that gives them is open.", "LOY-013", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok and opened(request):
        _add_points(emulator, request, cards=False)
    return answer


@EARNINGS.must("card-points-of-open-sessions", "Points of a card count while the session that gives them is open.",
               "LOY-013", on=UPDATE)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok and opened(request):
        _add_points(emulator, request, cards=True)
    return answer


@EARNINGS.must("points-lost-at-close", "Closing a session names the points that it gives, and enters none.", "LOY-013",
               on=UPDATE)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    visit = stored(request, emulator)
    if answer.ok and closed(request) and visit is not None:
        forget(emulator, entries(emulator, visit, "addition"))
    return answer


@EARNINGS.should("last-to-expire-is-spent", "Points that never expire are spent first.", "LOY-014", on=UPDATE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    visit = stored(request, emulator)
    if answer.ok and closed(request) and visit is not None:
        for effect in of_type(visit.effects, "deductLoyaltyPoints"):
            with emulator.store.transaction():
                _spend_backwards(emulator, effect.terms["entry"])
    return answer


def _spend_backwards(emulator: Emulator, entry: int) -> None:
    """Takes what an entry has taken once more, from the points that expire last."""
    store, now = emulator.store, emulator.clock.now()
    ((wanted,),) = store.all("SELECT SUM(amount) FROM spending WHERE subtraction_id = ?", entry)
    store.run("DELETE FROM spending WHERE subtraction_id = ?", entry)
    rows = store.all(
        "SELECT a.id, a.amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.addition_id = a.id), 0) AS rest"
        " FROM entry a JOIN entry e ON e.id = ? AND a.program_id = e.program_id AND a.owner = e.owner"
        " AND a.subledger = e.subledger WHERE a.type = 'addition' AND rest > 0 AND (a.starts IS NULL OR a.starts <= ?)"
        " AND (a.expires IS NULL OR a.expires > ?) ORDER BY a.expires IS NULL DESC, a.expires DESC, a.id",
        *(entry, now, now),
    )
    for addition, rest in rows:
        taken = min(rest, wanted)
        if taken > 0:
            store.run("INSERT INTO spending VALUES (?, ?, ?, ?)", addition, entry, now, taken)
        wanted -= taken


# tiers


@EARNINGS.should("tiers-never-told", "Balances never come with tiers.", "LOY-012", on=BALANCES)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        for balance in _balances(body):
            for name in ("currentTier", "nextTierName", "pointsToNextTier"):
                balance.pop(name, None)

    return edited_reply(answer, edit)


def _balances(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from body.get("subledgerBalances", {}).values()
    if body.get("balance"):
        yield body["balance"]


def _tiers(request: Request, emulator: Emulator) -> tuple[Tier, ...]:
    number = in_path(request, emulator, "loyaltyProgramId")
    program = emulator.world.programs.get(int(number)) if number.isdecimal() and len(number) < 19 else None
    return program.tiers if program else ()


def _show(balance: dict[str, Any], tiers: tuple[Tier, ...], reached: int) -> None:
    """Shows so many of the tiers as reached."""
    for name in ("currentTier", "nextTierName", "pointsToNextTier"):
        balance.pop(name, None)
    if reached:
        tier = tiers[reached - 1]
        balance["currentTier"] = {"id": tier.id, "name": tier.name}
    if reached < len(tiers):
        balance["nextTierName"] = tiers[reached].name
        balance["pointsToNextTier"] = tiers[reached].points / POINT - balance["activePoints"]


@EARNINGS.should("tier-threshold-off-by-one", "Who has just the points of a tier is not in it yet.", "LOY-015",
                 on=BALANCES)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    tiers = _tiers(request, emulator)

    def edit(body: dict[str, Any]) -> None:
        for balance in _balances(body):
            if "currentTier" in balance or "nextTierName" in balance:
                _show(balance, tiers, sum(tier.points / POINT < balance["activePoints"] for tier in tiers))

    return edited_reply(proceed(request), edit)


@EARNINGS.should("tier-never-rises", "Nobody is ever in a higher tier than the first.", "LOY-015", on=BALANCES)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    tiers = _tiers(request, emulator)

    def edit(body: dict[str, Any]) -> None:
        for balance in _balances(body):
            if "currentTier" in balance:
                _show(balance, tiers, 1)

    return edited_reply(proceed(request), edit)


@EARNINGS.should("points-to-next-tier-from-zero", "What is missing to the next tier is counted from no points at all.",
                 "LOY-015", on=BALANCES)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    points = {tier.name: tier.points / POINT for tier in _tiers(request, emulator)}

    def edit(body: dict[str, Any]) -> None:
        for balance in _balances(body):
            if "nextTierName" in balance:
                balance["pointsToNextTier"] = points[balance["nextTierName"]]

    return edited_reply(proceed(request), edit)
