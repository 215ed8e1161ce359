"""Faults in what a customer profile counts and shows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from talonproof.emulator import profile
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply
from talonproof.emulator.faults.states import REOPEN, RETURN, UPDATE
from talonproof.emulator.faults.tampering import edited_reply, is_dry, stored
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.session import CLOSED, RETURNED

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

COUNTERS = Collection()


def _show(answer: Reply, edit: dict[str, Any]) -> Reply:
    """The answer with other values in its profile, in whichever section that stands."""

    def inside(body: dict[str, Any]) -> None:
        for section in ("customerProfile", "profile"):
            if section in body:
                body[section].update(edit)

    return edited_reply(answer, inside)


@COUNTERS.must(
    "closed-sessions-not-counted",
    "A profile never has closed sessions.",
    "SES-065",
    on=(*UPDATE, *RETURN, "getCustomerInventory", "updateCustomerProfileV2", "trackEventV2"),
)
@on_reply
def _(answer: Reply) -> Reply:
    return _show(answer, {"closedSessions": 0})


@COUNTERS.must(
    "sales-never-go-back",
    "What was cancelled, reopened or returned still counts as sold.",
    "SES-064",
    on=(*UPDATE, *RETURN, *REOPEN),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return undone(request, proceed, emulator, sales=True)


@COUNTERS.should(
    "closed-sessions-never-go-back",
    "A session that was cancelled or reopened still counts as closed.",
    "SES-066",
    on=(*UPDATE, *REOPEN),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return undone(request, proceed, emulator, sales=False)


def undone(request: Request, proceed: Proceed, emulator: Emulator, *, sales: bool) -> Reply:
    """Puts a counter back where a call on a closed session has lowered it."""
    visit = stored(request, emulator)
    if visit is None or is_dry(request) or visit.state not in {CLOSED, RETURNED} or not visit.profile:
        return proceed(request)
    with emulator.store.reading():
        before = profile.find(emulator.store, visit.profile)
    answer = proceed(request)
    if before is None or not answer.ok:
        return answer
    with emulator.store.transaction():
        customer, _ = profile.ensure(emulator.store, visit.profile, before.created)
        if sales:
            customer.total_sales = before.total_sales
        else:
            customer.closed_sessions = before.closed_sessions
        profile.save(emulator.store, customer)
    name, value = ("totalSales", before.total_sales) if sales else ("closedSessions", before.closed_sessions)
    return _show(answer, {name: float(value) if isinstance(value, Decimal) else value})
