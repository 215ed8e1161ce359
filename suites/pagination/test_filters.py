"""Filters leave exactly the rows they name: by type, by status, by date and by subledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta, timezone
from typing import Any

import pytest

from strategies.moments import SKEW, instant, served, written
from strategies.pages import LISTS, PagedList
from strategies.walks import (
    Claim,
    ListReader,
    Page,
    Row,
    Walk,
    between,
    confusable,
    counted,
    identity,
    settle,
    telling_day,
    window,
)
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.verdict import Reason

CARD_TRANSACTIONS, PROFILE_TRANSACTIONS, CARD_POINTS, PROFILE_POINTS = LISTS

EAST = timezone(timedelta(hours=7))
SECOND = timedelta(seconds=1)

WEEKS = 40
"""So many transactions that every type is likely to be among them."""


def listed(
    paged: PagedList, name: str, *requirements: str, requests: int, depth: str = "release", more: Any = ()
) -> Any:
    """A list as a parameter, with what a case about it judges and costs."""
    mark = scenario(
        *requirements,
        footprint="read",
        requests=requests,
        depth=depth,
        needs=paged.needs,
        operations=(paged.operation,),
    )
    return pytest.param(paged, *more, marks=mark, id=name)


def transactions(case: Case, paged: PagedList) -> tuple[ListReader, Page]:
    """A reader of transactions that nothing new disturbs, and a full page of them, created at several times."""
    reader = ListReader(case, paged)
    page = reader.page(pageSize=reader.sizes.most)
    if window(page.rows, len(page.rows)) is None:
        case.block(f"[bindings] populated_{paged.owner} has too few transactions created apart from each other")
    return reader.frozen(page), page


def some(reader: ListReader, probe: Page, most: int) -> tuple[ListReader, list[Row]]:
    """A reader of at most so many of the transactions of a page, and what it should find."""
    found = window(probe.rows, most)
    if found is None:
        reader.case.block(f"more than {most} transactions were created at one time")
    start, end = found
    inside = [row for row in probe.rows if _created(row, start, end)]
    return reader.under(startDate=written(start), endDate=written(end)), inside


@pytest.mark.parametrize(
    "paged",
    [
        listed(CARD_TRANSACTIONS, "card", "PAG-003", requests=5),
        listed(PROFILE_TRANSACTIONS, "profile", "PAG-003", requests=5),
    ],
)
def test_types_split_the_transactions(case: Case, paged: PagedList) -> None:
    """The manual, the session and the import transactions of some weeks are together all of them, each once."""
    reader, probe = transactions(case, paged)
    most = reader.sizes.most
    weeks = some(reader, probe, min(WEEKS, most - 1))[0].under(pageSize=most)
    whole = weeks.page()
    if len(whole.rows) >= most:
        case.unsupported(Reason.BINDING, "the pages of this list are in no order of time: there is no small part of it")
    parts = [weeks.page(**query) for query in paged.parts()]
    rows = [row for part in parts for row in part.rows]
    missing, beyond = counted(whole.rows) - counted(rows), counted(rows) - counted(whole.rows)
    case.judge(
        "PAG-003",
        not missing and not beyond,
        f"of {len(whole.rows)} transactions {missing.total()} have no type, and {beyond.total()} are listed too often",
        of=(*(part.exchange for part in parts), whole.exchange),
        pointer="/data",
    )


@pytest.mark.parametrize(
    ("paged", "also"),
    [
        listed(CARD_TRANSACTIONS, "card", "PAG-002", requests=5, more=("offset",)),
        listed(PROFILE_TRANSACTIONS, "profile", "PAG-002", requests=4, depth="smoke", more=("",)),
        listed(PROFILE_TRANSACTIONS, "profile-offset", "PAG-002", requests=5, more=("offset",)),
    ],
)
def test_dates_leave_what_was_created_between(case: Case, paged: PagedList, also: str) -> None:
    """A start, an end and both leave the transactions created after, before and between, and no others."""
    reader, probe = transactions(case, paged)
    cuts = between(probe.rows)
    since, until = cuts[len(cuts) // 4], cuts[-1 - len(cuts) // 4]
    bounds = {
        "start": {"startDate": written(since), "endDate": None},
        "end": {"endDate": written(until)},
        "both": {"startDate": written(since), "endDate": written(until)},
    }
    if also:
        bounds[also] = {
            "startDate": since.astimezone(EAST).isoformat(),
            "endDate": until.astimezone(EAST).isoformat(),
        }
    for label, query in bounds.items():
        page = reader.page(pageSize=reader.sizes.most, **query)
        low = since if query.get("startDate") else None
        high = until if query.get("endDate") else None
        outside = [row for row in page.rows if not _created(row, low and low - SECOND, high and high + SECOND)]
        case.judge(
            "PAG-002",
            not outside,
            f"{label}: {len(outside)} of {len(page.rows)} rows lie outside, such as one created "
            f"{outside and outside[0].get('created')}",
            of=page.exchange,
            pointer="/data",
            check=label,
        )
        if len(page.rows) >= reader.sizes.most:
            continue
        inside = [row for row in probe.rows if _created(row, low, high)]
        lost = counted(inside) - counted(page.rows)
        case.judge(
            "PAG-002",
            not lost,
            f"{label}: {lost.total()} of {len(inside)} rows created in between are not listed",
            of=(probe.exchange, page.exchange),
            pointer="/data",
            check=f"{label}-lost",
        )


def _created(row: Row, low: Any, high: Any) -> bool:
    """Whether a row was created within the bounds; a row that does not say so counts as within."""
    created = instant(row.get("created"))
    return created is None or ((low is None or created >= low) and (high is None or created <= high))


@pytest.mark.parametrize(
    ("paged", "name"),
    [
        listed(PROFILE_TRANSACTIONS, "profile-end", "PAG-001", requests=3, more=("endDate",)),
        listed(PROFILE_TRANSACTIONS, "profile-start", "PAG-001", requests=3, more=("startDate",)),
        listed(CARD_TRANSACTIONS, "card-end", "PAG-001", requests=3, more=("endDate",)),
        listed(CARD_TRANSACTIONS, "card-start", "PAG-001", requests=3, more=("startDate",)),
    ],
)
def test_a_bare_date_is_midnight(case: Case, paged: PagedList, name: str) -> None:
    """A date without a time finds the same transactions as the beginning of that day, UTC."""
    reader, probe = transactions(case, paged)
    day = telling_day(probe.rows)
    assert day is not None
    other = {"startDate": written(day - timedelta(days=3))} if name == "endDate" else {}
    if name == "startDate":
        other = {"endDate": written(day + timedelta(days=3))}
    around = reader.under(**other, pageSize=reader.sizes.most)
    full = around.page(**{name: written(day)})
    bare = around.ask(**{name: f"{day:%Y-%m-%d}"})
    rows: Any = bare.at("data")
    same = isinstance(rows, list) and counted(rows) == counted(full.rows)  # pyright: ignore[reportUnknownArgumentType]
    case.judge(
        "PAG-001",
        bare.ok and same,
        f"{name}={day:%Y-%m-%d} is answered {bare.status} and not with the {len(full.rows)} rows of {written(day)}",
        of=(full.exchange, bare),
        pointer="/data",
    )


@pytest.mark.parametrize(
    ("paged", "most"),
    [
        listed(PROFILE_POINTS, "profile-all", "PAG-011", "PAG-017", requests=12, more=(4,)),
        listed(CARD_POINTS, "card", "PAG-011", "PAG-017", requests=9, more=(3,)),
    ],
)
def test_statuses_split_the_points(case: Case, paged: PagedList, most: int) -> None:
    """Active points have begun and not ended, pending ones begin later, expired ones ended before; no row is two."""
    reader = ListReader(case, paged)
    size = reader.sizes.most
    walks = {status: reader.walk(size, most, status=status) for status in paged.values}
    for status, walk in walks.items():
        for page in walk.pages:
            wrong = next((row for row in page.rows if not _of_status(row, status, page)), None)
            dates = wrong and f"{wrong.get('startDate')} to {wrong.get('expiryDate')}"
            case.judge(
                "PAG-017",
                wrong is None,
                f"at {written(served(page.exchange))} a point from {dates} is listed as {status}",
                of=page.exchange,
                pointer="/data",
                check=status,
            )
    settle(
        case,
        _disjoint(walks),
        lambda: counted(reader.walk(size, most, status="active").rows) == counted(walks["active"].rows),
    )


def _of_status(row: Row, status: str, page: Page) -> bool:
    """Whether the dates of a row, as far as it carries any, allow its status at the time of the answer."""
    now = served(page.exchange)
    starts, ends = instant(row.get("startDate")), instant(row.get("expiryDate"))
    match status:
        case "pending":
            return starts is None or starts > now - SKEW
        case "expired":
            return ends is None or ends < now + SKEW
        case _:
            return (starts is None or starts < now + SKEW) and (ends is None or ends > now - SKEW)


def _disjoint(walks: Mapping[str, Walk]) -> Iterable[Claim]:
    """That no row of one status is also of another; rows whose status changes about now are left out."""
    seen: dict[Any, str] = {}
    shared: list[tuple[Row, str, str]] = []
    for status, walk in walks.items():
        for row in walk.rows:
            key = row["id"] if isinstance(row.get("id"), int) else identity(row)
            if seen.setdefault(key, status) != status and not _turning(row, walk):
                shared.append((row, seen[key], status))
    words = f"{len(shared)} rows have two statuses"
    if shared:
        row, first, second = shared[0]
        words += f", such as {row.get('id')}, {first} and {second}"
    yield Claim("PAG-011", not shared, words, of=tuple(e for walk in walks.values() for e in walk.exchanges))


def _turning(row: Row, walk: Walk) -> bool:
    now = served(walk.pages[-1].exchange)
    dates = (instant(row.get(name)) for name in ("startDate", "expiryDate"))
    return any(date is not None and abs(date - now) < SKEW for date in dates)


@pytest.mark.parametrize(
    ("paged", "most"),
    [
        listed(CARD_TRANSACTIONS, "transactions", "PAG-013", "PAG-016", requests=5, depth="smoke", more=(1,)),
        listed(CARD_POINTS, "points", "PAG-013", "PAG-016", requests=18, more=(4,)),
    ],
)
def test_subledgers_are_matched_exactly(case: Case, paged: PagedList, most: int) -> None:
    """A subledger finds its own rows alone, two of them those of both, and the beginning of a name finds nothing."""
    reader = ListReader(case, paged)
    size = reader.sizes.most
    known = {"status": "expired"} if paged.default else {}
    probe = reader.page(pageSize=size, **known)
    reader, rows = some(reader, probe, size - 1) if paged.dates else (reader, list(probe.rows))
    names = confusable(row.get("subledgerId") for row in rows)
    if len(names) < 2:
        case.block("[bindings] populated_card has rows in fewer than two named subledgers")
    one, two = names[:2]
    alone = [reader.walk(size, most, subledgerId=[name], **known) for name in (one, two)]
    both = reader.walk(size, 2 * most if paged.default else most, subledgerId=[one, two], **known)
    beginning = reader.ask(pageSize=size, subledgerId=[one[:-1]], **known)
    for walk, wanted in ((alone[0], {one}), (alone[1], {two}), (both, {one, two})):
        for page in walk.pages:
            _only_of(case, page.exchange, page.rows, wanted)
        if walk is both:
            continue
        found = {row.get("subledgerId") for row in walk.rows}
        case.judge(
            "PAG-016",
            wanted <= found,
            f"no row is found in {', '.join(sorted(wanted - found))}, though such rows are listed",
            of=(probe.exchange, *walk.exchanges),
            pointer="/data",
            check="own-rows",
        )
    if beginning.ok:
        _only_of(case, beginning, beginning.at("data") or (), {one[:-1]})
    if paged.default and not all(walk.ended for walk in (*alone, both)):
        case.unsupported(
            Reason.BINDING, f"populated_card has more than {most * size} {known['status']} rows of a subledger"
        )
    apart = counted((*alone[0].rows, *alone[1].rows))
    claim = Claim(
        "PAG-013",
        counted(both.rows) == apart,
        f"{len(alone[0].rows)} and {len(alone[1].rows)} rows alone, {len(both.rows)} asked for together",
        of=(*alone[0].exchanges, *alone[1].exchanges, *both.exchanges),
    )
    settle(case, [claim], None if paged.dates else lambda: _still(reader, probe, size, known))


def _still(reader: ListReader, probe: Page, size: int, known: Mapping[str, Any]) -> bool:
    return counted(reader.page(pageSize=size, **known).rows) == counted(probe.rows)


def _only_of(case: Case, exchange: Any, rows: Iterable[Row], wanted: set[str]) -> None:
    """Judges that rows belong to the subledgers asked for."""
    others = sorted({str(row.get("subledgerId")) for row in rows} - wanted)
    case.judge(
        "PAG-016",
        not others,
        f"asked for {', '.join(sorted(wanted))}, answered with rows of {', '.join(others)}",
        of=exchange,
        pointer="/data",
        check="other-rows",
    )
