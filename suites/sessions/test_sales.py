"""What a profile counts of its sessions: how many are closed, and what was sold in them."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.showing import CENT, customer_of, near
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

INVENTORY = ("getCustomerInventory",)


def undoing(kind: str, *requirements: str, requests: int, depth: str = "release") -> Any:
    """A way to take a sale back, with what is judged by it."""
    mark = scenario("SES-065", *requirements, footprint="consume", requests=requests, depth=depth, operations=INVENTORY)
    return pytest.param(kind, marks=mark, id=kind)


@pytest.mark.parametrize(
    "kind",
    [
        undoing("cancelled", "SES-064", "R49c", requests=6, depth="smoke"),
        undoing("reopened", "SES-064", "R49c", requests=6),
        undoing("returned-and-cancelled", "SES-064", requests=7),
    ],
)
def test_a_sale_taken_back_no_longer_counts(case: Case, api: Api, kind: str) -> None:
    """Closing counts a session and its sales; cancelling or reopening it takes both back."""
    profile, session, before = known_customer(case, api)
    closed = close(case, api, profile, session, before)

    if kind == "returned-and-cancelled":
        case.arranged(api.return_items(session, [{"position": 0, "quantity": 2}]))
    undone = case.arranged(
        api.reopen(session) if kind == "reopened" else api.put_session(session, {"state": "cancelled"})
    )
    sessions, sales = counted(case, before)
    judged = kind != "returned-and-cancelled"  # the source speaks of closed sessions that are cancelled or reopened
    after = case.settled(
        lambda: api.inventory(profile, profile=True),
        lambda read: (
            near(read.at("profile", "totalSales"), sales)
            and (not judged or read.at("profile", "closedSessions") == sessions)
        ),
    )
    found = customer_of(case, after)
    case.judge(
        "SES-064",
        near(found.get("totalSales"), sales),
        f"totalSales is {found.get('totalSales')} after the session was {kind}, it was {sales} before it was closed",
        of=(before, closed, undone, after),
        pointer="/profile/totalSales",
        operation=undone.operation,
    )
    if judged:
        case.judge(
            "R49c",
            found.get("closedSessions") == sessions,
            f"closedSessions is {found.get('closedSessions')} after the session was {kind}, expected {sessions} again",
            of=(before, closed, undone, after),
            pointer="/profile/closedSessions",
            operation=undone.operation,
        )


@scenario("SES-064", "SES-065", footprint="consume", requests=6, depth="release", operations=INVENTORY)
def test_returned_items_no_longer_count(case: Case, api: Api) -> None:
    """Items that were returned are no longer part of the sales of a profile."""
    profile, session, before = known_customer(case, api)
    closed = close(case, api, profile, session, before)
    sold = amount(customer_of(case, closed).get("totalSales"))
    if sold is None or sold <= counted(case, before)[1] + CENT:
        case.block(f"totalSales is {sold} after a session was closed: nothing counts as sold")
    returned = case.arranged(api.return_items(session, [{"position": 0, "quantity": 1}]))

    def less(read: Exchange) -> bool:
        found = amount(read.at("profile", "totalSales"))
        return found is not None and found < sold

    after = case.settled(lambda: api.inventory(profile, profile=True), less)
    case.judge(
        "SES-064",
        less(after),
        f"totalSales is {after.at('profile', 'totalSales')} after a return, it was {sold} before",
        of=(closed, returned, after),
        pointer="/profile/totalSales",
        operation=returned.operation,
    )


def known_customer(case: Case, api: Api) -> tuple[str, str, Exchange]:
    """A new profile, its open session, and its inventory."""
    profile = case.new_id("profile")
    session = api.arrange("open", {"profileId": profile})
    before = case.settled(
        lambda: api.inventory(profile, profile=True), lambda read: read.at("profile", "integrationId") == profile
    )
    return profile, session, before


def close(case: Case, api: Api, profile: str, session: str, before: Exchange) -> Exchange:
    """The inventory once the session is closed, judged for counting it."""
    sessions, sales = counted(case, before)
    closing = case.arranged(api.put_session(session, {"state": "closed"}))

    def sold(read: Exchange) -> bool:
        found = amount(read.at("profile", "totalSales"))
        return read.at("profile", "closedSessions") == sessions + 1 and found is not None and found > sales

    after = case.settled(lambda: api.inventory(profile, profile=True), sold)
    found = customer_of(case, after).get("closedSessions")
    case.judge(
        "SES-065",
        found == sessions + 1,
        f"closedSessions is {found} after a session was closed, it was {sessions} before",
        of=(before, closing, after),
        pointer="/profile/closedSessions",
        check="closing_counts",
        operation=closing.operation,
    )
    return after


def counted(case: Case, inventory: Exchange) -> tuple[Any, Any]:
    """The closed sessions and the sales that an inventory shows; blocks the case where they are no numbers."""
    shown = customer_of(case, inventory)
    sessions, sales = amount(shown.get("closedSessions")), amount(shown.get("totalSales"))
    if sessions is None or sales is None:
        case.block("the profile shows no closedSessions or no totalSales")
    return sessions, sales
