"""Faults of paging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import edited_reply, query, with_query
from talonproof.emulator.message import Reply, Request

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

PAGES = Collection()

TRANSACTIONS = ("getLoyaltyCardTransactions", "getLoyaltyProgramProfileTransactions")
POINTS = ("getLoyaltyCardPoints", "getLoyaltyProgramProfilePoints")
LISTS = (*TRANSACTIONS, *POINTS)


def size_bounds(request: Request, emulator: Emulator) -> tuple[int, int]:
    """Default and maximum of the page size, as the contract has them for the operation."""
    route = emulator.route(request)
    parameters = route.operation.query_parameters if route else ()
    parameter = next(p for p in parameters if p.name == "pageSize")
    schema = emulator.contract.resolve(parameter.schema)
    return schema["default"], schema["maximum"]


def _whole(request: Request, name: str, default: int) -> int | None:
    """A whole number of the query; None where it is something else."""
    text = query(request, name)
    if text is None:
        return default
    return int(text) if text.removeprefix("-").isdecimal() else None


def fetch(request: Request, proceed: Proceed, emulator: Emulator, size: int) -> Reply:
    """The reply with ``size`` rows from the request's ``skip`` on, fetched by as many lawful pages as that takes."""
    _, maximum = size_bounds(request, emulator)
    skip = _whole(request, "skip", 0) or 0
    rows: list[Any] = []
    while True:
        page = proceed(with_query(request, pageSize=min(maximum, max(size - len(rows), 1)), skip=skip + len(rows)))
        if not page.ok:
            return page
        body = page.document()
        rows += body["data"]
        if len(rows) >= size or not body["hasMore"]:
            return page.with_document({**body, "data": rows[:size], "hasMore": body["hasMore"] or len(rows) > size})


@PAGES.should("page-over-maximum", "Pages beyond the maximum are served in full.", "ERR-011", "PAG-010", on=LISTS)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    default, maximum = size_bounds(request, emulator)
    size = _whole(request, "pageSize", default)
    return fetch(request, proceed, emulator, size) if size is not None and size > maximum else proceed(request)


@PAGES.should("page-of-none", "A page size of 0 or less means the default.", "ERR-011", "PAG-010", on=LISTS)
@on_request
def _(request: Request) -> Request:
    size = _whole(request, "pageSize", 1)
    return request.without("pageSize") if size is not None and size < 1 else request


@PAGES.should("negative-skip", "A negative skip counts as none.", "PAG-010", on=LISTS)
@on_request
def _(request: Request) -> Request:
    skip = _whole(request, "skip", 0)
    return request.without("skip") if skip is not None and skip < 0 else request


@PAGES.should("has-more-always-false", "No page says that there are more.", "PAG-008", on=LISTS)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(hasMore=False))


@PAGES.should("has-more-on-full-page", "Every full page says that there are more.", "PAG-008", on=LISTS)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    default, _ = size_bounds(request, emulator)
    size = _whole(request, "pageSize", default)
    return edited_reply(proceed(request), lambda body: body.update(hasMore=len(body["data"]) == size))


@PAGES.should("skip-ignored", "Every page is the first one.", "PAG-008", "PAG-009", on=LISTS)
@on_request
def _(request: Request) -> Request:
    skip = _whole(request, "skip", 0)
    return request.without("skip") if skip is not None and skip >= 0 else request


@PAGES.should("pages-overlap", "A page begins with the last row of the one before.", "PAG-008", "PAG-009", on=LISTS)
@on_request
def _(request: Request) -> Request:
    skip = _whole(request, "skip", 0)
    return with_query(request, skip=skip - 1) if skip is not None and skip > 0 else request


@PAGES.must("one-row-too-many", "A page holds one row more than asked for.", "PAG-005", "PAG-007", "PAG-009", on=LISTS)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    default, _ = size_bounds(request, emulator)
    size = _whole(request, "pageSize", default)
    return fetch(request, proceed, emulator, size + 1) if answer.ok and size is not None else answer


@PAGES.must(
    "default-page-too-small",
    "Without a page size, half a page is served.",
    "PAG-005",
    on=("getLoyaltyProgramProfileTransactions", *POINTS),
)
@on_request
def _(request: Request) -> Request:
    return with_query(request, pageSize=25) if query(request, "pageSize") is None else request


@PAGES.must("has-more-missing", "A page does not say whether there are more.", "ERR-013", "PAG-007", on=LISTS)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("hasMore", None))
