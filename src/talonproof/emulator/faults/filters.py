"""Faults of filters, and of balances."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from talonproof.emulator import instant
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.pages import LISTS, POINTS, TRANSACTIONS, fetch, size_bounds
from talonproof.emulator.faults.tampering import edited_reply, edited_section, query, with_query
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.refusal import bad_parameter

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

FILTERS = Collection()

BALANCES = ("getLoyaltyBalances", "getLoyaltyCardBalances")
CARDS = ("getLoyaltyCardTransactions", "getLoyaltyCardPoints")


@FILTERS.must("status-ignored", "Points of every status are the active ones.", "PAG-011", "PAG-017", on=POINTS)
@on_request
def _(request: Request) -> Request:
    known = query(request, "status") in {"active", "pending", "expired"}
    return request.without("status") if known else request


@FILTERS.must("default-status-pending", "Without a status, the pending points are listed.", "PAG-004", on=POINTS)
@on_request
def _(request: Request) -> Request:
    return with_query(request, status="pending") if query(request, "status") is None else request


@FILTERS.should("type-ignored", "Transactions of every type are listed.", "PAG-003", on=TRANSACTIONS)
@on_request
def _(request: Request) -> Request:
    known = query(request, "loyaltyTransactionType") in {"manual", "session", "import"}
    return request.without("loyaltyTransactionType") if known else request


@FILTERS.should(
    "unknown-filter-value-ignored",
    "A status or a transaction type that does not exist is ignored.",
    "ERR-011",
    on=LISTS,
)
@on_request
def _(request: Request) -> Request:
    known = {"active", "pending", "expired", "manual", "session", "import"}
    names = [name for name in ("status", "loyaltyTransactionType") if query(request, name) not in known]
    return request.without(*names)


@FILTERS.must("dates-ignored", "Transactions of every time are listed.", "PAG-002", on=TRANSACTIONS)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    return proceed(request.without("startDate", "endDate")) if answer.ok else answer


@FILTERS.should(
    "bare-date-is-noon",
    "A date without a time means noon.",
    "PAG-001",
    on=(*TRANSACTIONS, *BALANCES),
)
@on_request
def _(request: Request) -> Request:
    pairs = [
        (name, f"{value}T12:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else value)
        for name, value in request.pairs()
    ]
    return request.with_pairs(pairs)


def _matching(request: Request) -> tuple[str, ...]:
    return tuple(value for name, value in request.pairs() if name == "subledgerId")


@FILTERS.must(
    "subledger-prefix",
    "A filter on a subledger takes every one that begins like it.",
    "PAG-016",
    on=(*CARDS, "getLoyaltyCardBalances"),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    wanted = _matching(request)
    if not wanted:
        return proceed(request)
    if query(request, "pageSize") is None and "balances" in request.path:
        return edited_section(
            proceed(request.without("subledgerId")),
            "subledgerBalances",
            lambda part: [part.pop(name) for name in list(part) if not name.startswith(wanted)],
        )
    everything = proceed(request)
    if not everything.ok:
        return everything
    default, _ = size_bounds(request, emulator)
    size = int(query(request, "pageSize") or default)
    skip = int(query(request, "skip") or 0)

    def pick(body: dict[str, Any]) -> None:
        rows = [row for row in body["data"] if row["subledgerId"].startswith(wanted)]
        body.update(data=rows[skip : skip + size], hasMore=len(rows) > skip + size)

    return edited_reply(fetch(request.without("subledgerId", "skip"), proceed, emulator, 100_000), pick)


@FILTERS.should("only-first-subledger", "Of several subledgers only the first one counts.", "PAG-013", on=CARDS)
@on_request
def _(request: Request) -> Request:
    wanted = _matching(request)
    return with_query(request, subledgerId=wanted[0]) if wanted else request


@FILTERS.should("balance-ignores-date", "A balance is always that of now.", "PAG-015", on=BALANCES)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    return proceed(request.without("endDate")) if answer.ok else answer


@FILTERS.must("balance-refuses-future", "A balance of the future is refused.", "PAG-014", on=BALANCES)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    date = query(request, "endDate")
    if answer.ok and date is not None and instant.read(date) > emulator.clock.now():
        refusal = bad_parameter("endDate", "Out of range", "endDate must not lie in the future.")
        return Reply(400, answer.headers).with_document(refusal.document(with_status=True))
    return answer


@FILTERS.should("balance-off", "The active points of a balance are off by one.", "PAG-012", on=("getLoyaltyBalances",))
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        for balance in (*body["subledgerBalances"].values(), *([body["balance"]] if "balance" in body else [])):
            balance["activePoints"] += 1

    return edited_reply(answer, edit)


@FILTERS.must("times-without-zone", "Times in lists have no zone.", "ERR-005", on=LISTS)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        for row in body["data"]:
            row["created"] = datetime.fromisoformat(row["created"]).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    return edited_reply(answer, edit)
