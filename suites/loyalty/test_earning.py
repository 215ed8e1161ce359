"""Points that a session gives are in no balance until it is closed."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.bringing import closing, prepared, update
from strategies.earning import Ledger, ledger_of
from strategies.showing import CENT
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

ACTIVE = "activePoints"


def points(label: str, program: str, operation: str, *, more: int) -> Any:
    """Points that a session gives, the program that they are to be of, and what shows its balances."""
    mark = scenario("LOY-013", **closing(label, more=more, operations=(operation,), needs=(program,)))
    return pytest.param(label, program, marks=mark, id=program.removesuffix("_program"))


@pytest.mark.parametrize(
    ("label", "program"),
    [
        points("addLoyaltyPoints:active", "profile_program", "getLoyaltyBalances", more=5),
        points("addLoyaltyPoints:card", "card_program", "getLoyaltyCardBalances", more=4),
    ],
)
def test_points_of_an_open_session_are_in_no_balance(case: Case, api: Api, label: str, program: str) -> None:
    """Points that an open session gives leave the balance as it is; closing the session puts them in."""
    profile, session = case.new_id("profile"), case.new_id("session")
    body = {**prepared(case, api, label, profile), "profileId": profile}
    if "loyaltyCards" not in body:
        case.arranged(api.put_profile(profile, {}))
    bound: int = getattr(case.bindings, program)
    card = next(iter(body.get("loyaltyCards", ())), "")
    before = Ledger(case, bound, "", profile, card).read()
    opened = update(case, api, label, session, {**body, "state": "open"})
    ledger, value = ledger_of(case, opened)
    if (ledger.program, ledger.card) != (bound, card):
        case.unsupported(Reason.BINDING, f"the points are of program {ledger.program}, {program} is {bound}")
    held = ledger.points(before, ACTIVE)
    during = ledger.settled(lambda read: abs(ledger.points(read, ACTIVE) - held) > CENT)
    found = ledger.points(during, ACTIVE)
    case.judge(
        "LOY-013",
        abs(found - held) <= CENT,
        f"{found} points are active while the session that gives {value} is open, {held} were before",
        of=(before, opened.answer, during),
        pointer=ledger.pointer(ACTIVE),
        operation=opened.answer.operation,
        check="open_session",
    )
    closed = case.arranged(api.put_session(session, {"state": "closed"}))
    case.showing(closed, label)
    after = ledger.settled(lambda read: abs(ledger.points(read, ACTIVE) - held) > CENT)
    case.judge(
        "LOY-013",
        abs(ledger.points(after, ACTIVE) - held) > CENT,
        f"{held} points are active after the session that gives {value} is closed, as before it was there",
        of=(before, closed, after),
        pointer=ledger.pointer(ACTIVE),
        operation=closed.operation,
        check="closed_session",
    )
