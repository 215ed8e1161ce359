"""Faults in what only edition 2026-05 states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talonproof.emulator.faults.cards import GENERATE
from talonproof.emulator.faults.counters import undone
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.settling import without_entries
from talonproof.emulator.faults.states import REOPEN, UPDATE
from talonproof.emulator.faults.tampering import edited_reply, query, with_query
from talonproof.emulator.message import Reply, Request

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

LATER = Collection(edition="2026-05")
LATER_ROLLBACKS = Collection(edition="2026-05")


@LATER.must("identifier-too-short", "The identifiers of new cards have three characters.", "LOY-016", on=GENERATE)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(identifier=body["identifier"][:3]))


@LATER.must(
    "default-page-of-cards-too-small",
    "Without a page size, half a page of card transactions is served.",
    "PAG-018",
    on=("getLoyaltyCardTransactions",),
)
@on_request
def _(request: Request) -> Request:
    return with_query(request, pageSize=25) if query(request, "pageSize") is None else request


@LATER.must(
    "undone-sessions-stay-closed",
    "Sessions that were cancelled or reopened count as closed ones.",
    "SES-072",
    on=(*UPDATE, *REOPEN),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return undone(request, proceed, emulator, sales=False)


LATER_ROLLBACKS.must(
    "reopening-keeps-all-points", "A reopening leaves all points of the close, active ones too.", "REO-019", "REO-011",
    on=REOPEN,
)(without_entries("subtraction"))  # fmt: skip
