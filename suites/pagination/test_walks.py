"""A list read page by page is the list: every row once, and each page knows whether it is the last."""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from hypothesis import strategies as st

from strategies.pages import LISTS, PagedList, pages
from strategies.walks import Claim, ListReader, Walk, counted, settle, twice
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.explore import explore

CARD_TRANSACTIONS, PROFILE_TRANSACTIONS, CARD_POINTS, PROFILE_POINTS = LISTS

FAR = 1_000_000_000
"""Rows to skip so that nobody's list is that long."""

EDGE = 10


def walked(
    paged: PagedList, name: str, *, whole: int, budgets: tuple[int, ...], depth: str = "release", **filters: Any
) -> Any:
    """A list with the most pages for reading it at the largest size, and for each smaller size.

    Transactions take one request more to be frozen.
    """
    mark = scenario(
        "PAG-007", "PAG-008", "PAG-009",
        footprint="read",
        requests=whole + sum(budgets) + 2 + (1 if paged.dates else 0),
        depth=depth,
        needs=paged.needs,
        operations=(paged.operation,),
    )  # fmt: skip
    return pytest.param(paged, whole, budgets, filters, marks=mark, id=name)


@pytest.mark.parametrize(
    ("paged", "whole", "budgets", "filters"),
    [
        walked(CARD_TRANSACTIONS, "card-transactions", whole=2, budgets=(3,), depth="smoke"),
        walked(CARD_TRANSACTIONS, "card-transactions-manual", whole=2, budgets=(10,), loyaltyTransactionType="manual"),
        walked(PROFILE_TRANSACTIONS, "profile-transactions", whole=8, budgets=(9, 12)),
        walked(CARD_POINTS, "card-points-pending", whole=8, budgets=(7, 10), status="pending"),
        walked(PROFILE_POINTS, "profile-points", whole=4, budgets=(4, 12)),
    ],
)
def test_pages_make_up_the_list(
    case: Case, paged: PagedList, whole: int, budgets: tuple[int, ...], filters: dict[str, Any]
) -> None:
    """Pages of any size hold the same rows as the largest ones, each once, and say rightly whether more follow."""
    reader = ListReader(case, paged, filters)
    if paged.dates:
        reader = reader.frozen(reader.page(pageSize=1))
    known = reader.sizes
    largest = reader.walk(known.most, whole)
    claims = [*_sound(largest)]
    for budget in budgets:
        size = max(known.least, min(known.most, ceil(len(largest.rows) / (budget - 1))))
        smaller = reader.walk(size, budget)
        claims += [*_sound(smaller), _same_rows(largest, smaller)]
    claims += _at_the_end(reader, largest)
    still = None if paged.dates else lambda: counted(reader.walk(known.most, whole).rows) == counted(largest.rows)
    settle(case, claims, still)


def _sound(walk: Walk) -> list[Claim]:
    """What every walk must show by itself."""
    claims = [
        Claim(
            "PAG-007",
            page.more is not None and len(page.rows) <= walk.size,
            f"a page of {walk.size} holds {len(page.rows)} rows, hasMore {page.more}",
            of=(page.exchange,),
        )
        for page in walk.pages
    ]
    for page, following in pairwise(walk.pages):
        if page.more is not None:
            rows = len(following.rows)
            claims.append(
                Claim(
                    "PAG-008",
                    page.more is bool(rows),
                    f"hasMore is {page.more}, and the page after it holds {rows} rows",
                    of=(following.exchange, page.exchange),
                    pointer="/hasMore",
                )
            )
    last = walk.pages[-1]
    if walk.ended and last.more is not None:
        said = f"hasMore is {last.more} on the last page"
        claims.append(Claim("PAG-008", not last.more, said, of=(last.exchange,), pointer="/hasMore"))
    repeated = twice(page.rows for page in walk.pages)
    claims.append(
        Claim(
            "PAG-009",
            repeated is None,
            f"pages of {walk.size} hold the row {repeated and repeated['id']} more than once",
            of=walk.exchanges,
        )
    )
    return claims


def _same_rows(largest: Walk, smaller: Walk) -> Claim:
    """Two walks through the same list find the same; one that did not reach the end finds nothing else."""
    all_rows, rows = counted(largest.rows), counted(smaller.rows)
    missing = (all_rows - rows).total() if largest.ended and smaller.ended else 0
    beyond = (rows - all_rows).total() if largest.ended or len(smaller.rows) <= len(largest.rows) else 0
    return Claim(
        "PAG-009",
        not missing and not beyond,
        f"pages of {smaller.size} lack {missing} rows that pages of {largest.size} hold, and hold {beyond} others",
        of=(*largest.exchanges, *smaller.exchanges),
    )


def _at_the_end(reader: ListReader, largest: Walk) -> list[Claim]:
    """The page that ends exactly with the list is the last one, and behind it there is nothing."""
    total = len(largest.rows)
    claims: list[Claim] = []
    if largest.ended and total:
        size = min(EDGE, total)
        page = reader.page(pageSize=size, skip=total - size)
        if page.more is not None:
            said = f"hasMore is {page.more} though the page ends with the last of {total} rows"
            claims.append(Claim("PAG-008", not page.more, said, of=(page.exchange,), pointer="/hasMore"))
    page = reader.page(pageSize=reader.sizes.least, skip=FAR)
    said = f"behind the end a page holds {len(page.rows)} rows, hasMore {page.more}"
    claims.append(Claim("PAG-008", not page.rows and not page.more, said, of=(page.exchange,)))
    return claims


def halved(paged: PagedList, name: str) -> Any:
    """A list for the property of pages in two halves."""
    mark = scenario(
        "PAG-007", "PAG-008", "PAG-009",
        footprint="read",
        requests=4 if paged.dates else 3,
        examples=(0, 4, 150),
        needs=paged.needs,
        operations=(paged.operation,),
    )  # fmt: skip
    return pytest.param(paged, marks=mark, id=name)


@pytest.mark.parametrize(
    "paged",
    [
        halved(CARD_TRANSACTIONS, "card-transactions"),
        halved(PROFILE_TRANSACTIONS, "profile-transactions"),
        halved(CARD_POINTS, "card-points"),
        halved(PROFILE_POINTS, "profile-points"),
    ],
)
def test_two_halves_make_a_page(case: Case, paged: PagedList) -> None:
    """A page of any size, anywhere in a list, holds what the two smaller pages hold that lie side by side there."""
    whole = ListReader(case, paged)
    least, default = whole.sizes.least, whole.sizes.default
    queries = pages(case.bench.contract, paged, total=120)
    halves = st.tuples(queries.filter(lambda query: query.get("pageSize", default) > least), st.floats(0, 1))

    def body(drawn: tuple[dict[str, Any], float]) -> None:
        # The size is always sent: of one list the default is stated in two ways.
        query, share = {"pageSize": default, **drawn[0]}, drawn[1]
        filters = {name: value for name, value in query.items() if name not in {"pageSize", "skip"}}
        size, skip = query["pageSize"], query.get("skip", 0)
        cut = min(size - 1, max(1, round(size * share)))
        reader = whole.under(**filters)
        if paged.dates:
            reader = reader.frozen(reader.page(pageSize=1))
        full = reader.page(**query)
        first = reader.page(pageSize=cut, skip=skip)
        second = reader.page(pageSize=size - cut, skip=skip + cut)
        shown = (first.exchange, second.exchange, full.exchange)
        parts = counted((*first.rows, *second.rows))
        claims = [
            Claim(
                "PAG-007",
                page.more is not None and len(page.rows) <= asked,
                f"a page of {asked} holds {len(page.rows)} rows, hasMore {page.more}",
                of=(page.exchange,),
            )
            for page, asked in ((full, size), (first, cut), (second, size - cut))
        ]
        claims.append(
            Claim(
                "PAG-009",
                parts == counted(full.rows),
                f"{len(full.rows)} rows at {skip}, but {len(first.rows)} and {len(second.rows)} others in two pages",
                of=shown,
            )
        )
        if first.more is not None:
            rows = len(second.rows)
            said = f"hasMore is {first.more}, and the page after it holds {rows} rows"
            claims.append(
                Claim(
                    "PAG-008", first.more is bool(rows), said, of=(second.exchange, first.exchange), pointer="/hasMore"
                )
            )
        if second.more is not None and full.more is not None:
            said = f"two pages end at the same row, hasMore is {second.more} on one and {full.more} on the other"
            claims.append(Claim("PAG-008", second.more is full.more, said, of=shown, pointer="/hasMore"))
        still = None if paged.dates else lambda: counted(reader.page(**query).rows) == counted(full.rows)
        settle(case, claims, still)

    explore(case, halves, body)
