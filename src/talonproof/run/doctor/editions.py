"""A few harmless looks tell the edition of a server: the pages it allows, and the properties and operations it has.

A refusal and a page that is cut short are both lawful answers to a page that is too large, so both are read. What
servers of either edition may answer (a page of 50 where no size was asked for, a property more) is never enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

from talonproof.http.exchange import Exchange
from talonproof.run.doctor.asking import Asking
from talonproof.run.doctor.evidence import FIRST, LATER, Recognition, Sign, Strength, recognise

LARGEST: Final = 50
"""The most rows of a page that the first edition allows of these lists; the later one allows 1000."""

_LISTS: Final = (
    ("getLoyaltyProgramProfileTransactions", "transactions of a customer"),
    ("getLoyaltyCardPoints", "points of a card"),
)


def look(asking: Asking) -> Recognition:
    """The edition of the server, as far as it shows; at most 8 requests."""
    return recognise([*_session(asking), *_lists(asking), *_default_page(asking), *_campaigns(asking)])


def _session(asking: Asking) -> Iterator[Sign]:
    """A session counts its updates in the later edition, which requires it."""
    kind = "properties of sessions"
    bound = asking.bindings.open_session or asking.bindings.closed_session
    answer = asking.ask("getCustomerSession", {"customerSessionId": bound}) if bound else None
    if answer is None or not answer.ok:
        answer = asking.dry_session({"state": "open"})
    session = answer.at("customerSession") if answer is not None and answer.ok else None
    if not isinstance(session, dict):
        yield Sign(kind, "no session could be looked at")
        return
    members = cast("dict[str, Any]", session)
    match members.get("updateCount"):
        case bool():
            pass
        case int() | float():
            yield Sign(kind, "sessions have updateCount", LATER, Strength.WEAK)
        case None if "updateCount" not in members:
            yield Sign(kind, "sessions have no updateCount", FIRST, Strength.STRONG)
        case _:
            pass
    if isinstance(members.get("cartItemAdditionalCostTotal"), int | float):
        yield Sign(kind, "sessions have cartItemAdditionalCostTotal", LATER, Strength.WEAK)


def _lists(asking: Asking) -> Iterator[Sign]:
    """The later edition allows larger pages, and its rows name their transaction."""
    for operation, what in _LISTS:
        answer = asking.ledger_list(operation, pageSize=LARGEST + 1)
        if answer is None:
            yield Sign("pages", f"no {what} could be looked at")
            continue
        smaller = asking.ledger_list(operation, pageSize=LARGEST) if answer.refused else None
        yield _page(answer, smaller, what)
        yield from _rows(smaller or answer, what)


def _page(answer: Exchange, smaller: Exchange | None, what: str) -> Sign:
    """What a page of one row more than the first edition allows says; ``smaller`` is one that all allow."""
    kind = "pages"
    if smaller is not None:
        if not smaller.ok:
            return Sign(kind, f"no page of {what} is given")
        return Sign(kind, f"a page of {LARGEST + 1} {what} is refused", FIRST, Strength.STRONG)
    count = len(_data(answer))
    if not answer.ok or not isinstance(answer.at("data"), list):
        return Sign(kind, f"a page of {what} is answered {answer.status}")
    if count > LARGEST:
        return Sign(kind, f"a page of {LARGEST + 1} {what} is given", LATER, Strength.STRONG)
    if count == LARGEST and answer.at("hasMore") is True:
        return Sign(kind, f"a page of {LARGEST + 1} {what} is cut to {LARGEST}", FIRST, Strength.WEAK)
    return Sign(kind, f"there are only {count} {what}")


def _rows(answer: Exchange, what: str) -> Iterator[Sign]:
    kind = "properties of rows"
    rows = [cast("dict[str, Any]", row) for row in _data(answer) if isinstance(row, dict)]
    named = sum("transactionUUID" in row for row in rows)
    if rows and named == len(rows):
        yield Sign(kind, f"{what} have a transactionUUID", LATER, Strength.WEAK)
    elif rows and not named:
        yield Sign(kind, f"{what} have no transactionUUID", FIRST, Strength.STRONG)


def _default_page(asking: Asking) -> Iterator[Sign]:
    """More than 50 card transactions without a size are against the later edition; 50 are lawful in both."""
    kind, answer = "page without a size", asking.ledger_list("getLoyaltyCardTransactions")
    if answer is None or not answer.ok:
        return
    count = len(_data(answer))
    if count > LARGEST:
        yield Sign(kind, f"a page of card transactions holds {count} by itself", FIRST, Strength.STRONG)
    else:
        yield Sign(kind, f"a page of card transactions holds {count} by itself, as it may in both editions")


def _campaigns(asking: Asking) -> Iterator[Sign]:
    """Only the later edition lists campaigns; a server without that may be one that does not have it yet."""
    kind, answer = "operations", asking.ask("integrationGetAllCampaigns", query={"pageSize": 1})
    if answer is None:
        return
    if answer.ok and isinstance(answer.at("data"), list) and isinstance(answer.at("hasMore"), bool):
        yield Sign(kind, "campaigns are listed", LATER, Strength.STRONG)
    else:
        yield Sign(kind, f"a list of campaigns is answered {answer.status}")


def _data(answer: Exchange) -> list[Any]:
    """The rows of a page; none where it is no page."""
    rows = answer.at("data") if answer.ok else None
    return cast("list[Any]", rows) if isinstance(rows, list) else []
