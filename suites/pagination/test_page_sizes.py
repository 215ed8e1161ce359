"""Page sizes below, at and above their limits, and the size that is taken where none is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.pages import LISTS, PagedList, size_cases
from strategies.walks import Claim, ListReader, counted, settle
from talonproof.plugin import scenario
from talonproof.run.case import Case

CARD_TRANSACTIONS, PROFILE_TRANSACTIONS, CARD_POINTS, PROFILE_POINTS = LISTS

NAMES = ("card-transactions", "profile-transactions", "card-points", "profile-points")


def wrong(paged: PagedList, name: str, *, depth: str = "release") -> Any:
    """A list for the sizes and starts that are to be refused."""
    mark = scenario(
        "PAG-010", footprint="read", requests=5, depth=depth, needs=paged.needs, operations=(paged.operation,)
    )
    return pytest.param(paged, marks=mark, id=name)


@pytest.mark.parametrize(
    "paged",
    [
        wrong(CARD_TRANSACTIONS, "card-transactions"),
        wrong(PROFILE_TRANSACTIONS, "profile-transactions", depth="smoke"),
        wrong(CARD_POINTS, "card-points"),
        wrong(PROFILE_POINTS, "profile-points"),
    ],
)
def test_sizes_outside_the_limits_are_refused(case: Case, paged: PagedList) -> None:
    """A page size of 0, of -1, above the maximum or no integer, and a negative skip, are refused."""
    reader = ListReader(case, paged)
    asked = {
        "zero": {"pageSize": 0},
        "minus-one": {"pageSize": -1},
        "above-maximum": {"pageSize": reader.sizes.most + 1},
        "fraction": {"pageSize": "1.5"},
        "negative-skip": {"skip": -1},
    }
    for label, query in asked.items():
        written = "&".join(f"{name}={value}" for name, value in query.items())
        case.refused("PAG-010", reader.ask(**query), doing=written, check=label)


def lawful(paged: PagedList, name: str) -> Any:
    """A list for the sizes that are allowed."""
    mark = scenario(
        "PAG-007", footprint="read", requests=5, depth="release", needs=paged.needs, operations=(paged.operation,)
    )
    return pytest.param(paged, marks=mark, id=name)


@pytest.mark.parametrize("paged", [lawful(paged, name) for paged, name in zip(LISTS, NAMES, strict=True)])
def test_sizes_at_the_limits_are_kept(case: Case, paged: PagedList) -> None:
    """A page at either limit, beside it or in the middle holds no more rows than were asked for."""
    reader = ListReader(case, paged)
    for each in size_cases(case.bench.contract, paged.operation):
        if not each.accepted:
            continue
        page = reader.page(**each.query)
        case.judge(
            "PAG-007",
            page.more is not None and len(page.rows) <= each.most,
            f"{each.label}: answered with {len(page.rows)} rows, hasMore {page.more}",
            of=page.exchange,
            pointer="/data",
        )


def plain(paged: PagedList, name: str, *requirements: str, depth: str = "release") -> Any:
    """A list for what it does when it is not told the size."""
    mark = scenario(
        *requirements,
        footprint="read",
        requests=1 + len(requirements),
        depth=depth,
        needs=paged.needs,
        operations=(paged.operation,),
    )
    return pytest.param(paged, marks=mark, id=name)


@pytest.mark.parametrize(
    "paged",
    [
        plain(PROFILE_TRANSACTIONS, "profile-transactions", "PAG-005"),
        plain(CARD_POINTS, "card-points", "PAG-004", "PAG-005"),
        plain(PROFILE_POINTS, "profile-points", "PAG-004", "PAG-005", depth="smoke"),
        plain(CARD_TRANSACTIONS, "card-transactions", "PAG-018"),
    ],
)
def test_defaults_are_those_of_the_document(case: Case, paged: PagedList) -> None:
    """A list that is asked for nothing gives the default page, and points that are active."""
    reader = ListReader(case, paged)
    default = reader.sizes.default
    bare = reader.page()
    claims: list[Claim] = []
    size = "PAG-018" if paged is CARD_TRANSACTIONS else "PAG-005"
    asked: list[tuple[str, dict[str, Any]]] = [(size, {"pageSize": default})]
    if paged.default is not None:
        asked.append(("PAG-004", {paged.split: paged.default}))
    for requirement, query in asked:
        told = reader.page(**query)
        written = "&".join(f"{name}={value}" for name, value in query.items())
        claims.append(
            Claim(
                requirement,
                counted(told.rows) == counted(bare.rows) and (requirement == "PAG-004" or len(bare.rows) <= default),
                f"{len(bare.rows)} rows without parameters, {len(told.rows)} with {written}: not the same, or too many",
                of=(told.exchange, bare.exchange),
            )
        )
    settle(case, claims, lambda: counted(reader.page().rows) == counted(bare.rows))


@scenario(
    "PAG-006",
    footprint="read",
    requests=1,
    depth="release",
    needs=CARD_TRANSACTIONS.needs,
    operations=(CARD_TRANSACTIONS.operation,),
)
def test_default_page_of_card_transactions(case: Case) -> None:
    """How many card transactions a page holds by default is recorded: the sources name two numbers."""
    page = ListReader(case, CARD_TRANSACTIONS).page()
    case.observe("PAG-006", f"{len(page.rows)} rows without pageSize, hasMore {page.more}")
