"""Walks through the paged lists: what pages hold, what they claim, and whether the list stood still meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from strategies.moments import instant, midnight, served, written
from strategies.pages import PagedList, Sizes, sizes
from talonproof.http.exchange import Exchange
from talonproof.run.api import Api
from talonproof.run.case import Case

Row = Mapping[str, Any]

APART = timedelta(seconds=4)
"""How far apart two rows are created so that a bound between them is away from both."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list operation. ``more`` is None where the answer does not say."""

    exchange: Exchange
    rows: tuple[Row, ...]
    more: bool | None


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages of one size from the start of a list. ``ended``: the last of them is where the list ends."""

    size: int
    pages: tuple[Page, ...]
    ended: bool

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all pages, in order."""
        return tuple(row for page in self.pages for row in page.rows)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The answers, in order."""
        return tuple(page.exchange for page in self.pages)


@dataclass(frozen=True, slots=True)
class ListReader:
    """Reads one list of the bound profile or card, under filters that stay the same."""

    case: Case
    paged: PagedList
    filters: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def sizes(self) -> Sizes:
        """The page sizes that the operation allows."""
        return sizes(self.case.bench.contract, self.paged.operation)

    def under(self, **filters: Any) -> ListReader:
        """A reader of the part of the list that more filters leave."""
        return ListReader(self.case, self.paged, {**self.filters, **filters})

    def ask(self, **query: Any) -> Exchange:
        """The answer, whatever it is."""
        return Api(self.case).loyalty(self.paged.operation, **{**self.filters, **query})

    def page(self, **query: Any) -> Page:
        """A page; blocks the case where the answer holds none."""
        exchange = self.case.arranged(self.ask(**query))
        rows, more = exchange.at("data"), exchange.at("hasMore")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[Any]", rows)):
            self.case.block(f"{exchange.operation} answered without rows")
        return Page(exchange, tuple(cast("list[Row]", rows)), more if isinstance(more, bool) else None)

    def walk(self, size: int, most: int, **query: Any) -> Walk:
        """Pages of one size until the list ends, ``most`` of them at most.

        It ends with an empty page, or with a short one that does not promise more.
        """
        pages: list[Page] = []
        ended = False
        while not ended and len(pages) < most:
            page = self.page(pageSize=size, skip=len(pages) * size, **query)
            pages.append(page)
            ended = not page.rows or (len(page.rows) < size and page.more is not True)
        return Walk(size, tuple(pages), ended)

    def frozen(self, page: Page) -> ListReader:
        """A reader of what was there some minutes before the page was served: new rows do not disturb it.

        Only transactions can be frozen; points are read as they are.
        """
        if not self.paged.dates:
            return self
        return self.under(endDate=written(served(page.exchange) - timedelta(minutes=5)))


Identity = Any


def identity(value: Any) -> Identity:
    """What makes a row equal to another: all of its content, numbers by value and moments as instants."""
    match value:
        case dict():
            pairs = cast("dict[str, Any]", value).items()
            return tuple(sorted((key, identity(item)) for key, item in pairs))
        case list():
            return tuple(identity(item) for item in cast("list[Any]", value))
        case _:
            return (type(value) is bool, instant(value) or value)


def counted(rows: Iterable[Row]) -> Counter[Identity]:
    """The rows as a multiset, whatever their order."""
    return Counter(identity(row) for row in rows)


def twice(pages: Iterable[Sequence[Row]]) -> Row | None:
    """A row that stands in more than one of the pages, told by its id; None where there is none."""
    seen: set[Any] = set()
    for rows in pages:
        ids = {row["id"]: row for row in rows if isinstance(row.get("id"), int)}
        for number, row in ids.items():
            if number in seen:
                return row
        seen.update(ids)
    return None


def between(rows: Iterable[Row]) -> list[datetime]:
    """Moments, to the second, that lie well between the creations of two rows, oldest first."""
    created = sorted({moment for row in rows if (moment := instant(row.get("created"))) is not None})
    middles = (early + (late - early) / 2 for early, late in pairwise(created) if late - early >= APART)
    return [middle.replace(microsecond=0) for middle in middles]


def window(rows: Sequence[Row], most: int) -> tuple[datetime, datetime] | None:
    """A start and an end, well between creations, that lie around the newest rows but one, ``most`` of them at most.

    Whether a list begins with its newest or with its oldest rows, a page of it holds all that lie in between. None
    where too few rows were created apart from each other.
    """
    created = [moment for row in rows if (moment := instant(row.get("created"))) is not None]
    cuts = between(rows)
    if not cuts:
        return None
    end = cuts[-1]
    starts = [cut for cut in cuts[:-1] if sum(cut < moment < end for moment in created) <= most]
    return (starts[0], end) if starts else None


def telling_day(rows: Iterable[Row]) -> datetime | None:
    """The beginning of a day, UTC, on which a row was created: early on it, if any was, to tell midnight from noon.

    None where no row says when it was created.
    """
    created = [moment for row in rows if (moment := instant(row.get("created"))) is not None]
    early = [moment for moment in created if APART < moment - midnight(moment) < timedelta(hours=11)]
    found = early or created
    return midnight(found[len(found) // 2]) if found else None


def confusable(names: Iterable[Any]) -> list[str]:
    """The names of subledgers, each once, those first that another name begins with; the main ledger has none.

    Names of one letter are left out: they have no beginning to be asked for.
    """
    found = {name for name in names if isinstance(name, str) and len(name) > 1}
    return sorted(found, key=lambda name: (not any(o != name and o.startswith(name) for o in found), name))


@dataclass(frozen=True, slots=True)
class Claim:
    """A judgement on a list, kept back until it is known whether the list stood still."""

    requirement: str
    holds: bool
    message: str
    of: Sequence[Exchange]
    pointer: str = "/data"
    check: str = ""


def settle(case: Case, claims: Iterable[Claim], still: Callable[[], bool] | None = None) -> None:
    """Judges the claims; where one does not hold, only if the list is ``still`` what it was, which is off the plan.

    Blocks the case where the list moved; without ``still`` it is known to stand still.
    """
    made = list(claims)
    if still is not None and not all(claim.holds for claim in made) and not case.off_plan(still):
        case.block("the list moved while it was read")
    for claim in made:
        case.judge(claim.requirement, claim.holds, claim.message, of=claim.of, pointer=claim.pointer, check=claim.check)
