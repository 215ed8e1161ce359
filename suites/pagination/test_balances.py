"""Balances of today, of the past and of the future, and the points that they are made of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from strategies.ledgers import MAIN, ledgers
from strategies.moments import LONG_AGO, instant, served, written
from strategies.pages import LISTS, PagedList
from strategies.unchanged import balances, difference
from strategies.walks import Claim, ListReader, Row, confusable, counted, settle, telling_day
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

CARD_TRANSACTIONS, PROFILE_TRANSACTIONS, CARD_POINTS, PROFILE_POINTS = LISTS

CARD, PROFILE = "getLoyaltyCardBalances", "getLoyaltyBalances"

CENT = 0.01


def points(balance: Any, kind: str) -> float:
    """The points of a kind, 0 where a balance does not show them."""
    return float(amount(balance.get(kind) if isinstance(balance, dict) else None) or 0)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def timed(operation: str, paged: PagedList, *, depth: str = "release") -> pytest.MarkDecorator:
    """What a case about balances at three moments judges and costs."""
    return scenario(
        "PAG-014", "PAG-015",
        footprint="read", requests=3, depth=depth, needs=paged.needs, operations=(operation,)
    )  # fmt: skip


def owned(
    operation: str, paged: PagedList, name: str, *requirements: str, requests: int, depth: str = "release"
) -> Any:
    """A balance operation, beside a list of the same owner."""
    mark = scenario(
        *requirements,
        footprint="read",
        requests=requests,
        depth=depth,
        needs=paged.needs,
        operations=(operation, paged.operation),
    )
    return pytest.param(operation, paged, marks=mark, id=name)


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(PROFILE, marks=timed(PROFILE, PROFILE_POINTS, depth="smoke"), id="profile"),
        pytest.param(CARD, marks=timed(CARD, CARD_POINTS), id="card"),
    ],
)
def test_a_balance_of_any_time(case: Case, api: Api, operation: str) -> None:
    """A balance is given for long ago, where it is empty, for now, and for a far future, where nothing waits longer."""
    past = api.loyalty(operation, endDate=LONG_AGO)
    now = served(past)
    future = api.loyalty(operation, endDate=written(now + timedelta(days=365 * 50)))
    present = api.loyalty(operation, endDate=written(now))
    for label, answer in (("past", past), ("now", present), ("future", future)):
        case.accepted("PAG-014", answer, doing=f"a balance of the {label}", check=label)
    if past.ok:
        case.judge(
            "PAG-015",
            *_nothing(past),
            of=past,
            pointer="/balance",
            check="long-ago",
        )
    if future.ok and present.ok:
        waiting = {name: points(balance, "pendingPoints") for name, _, balance in ledgers(present)}
        for name, pointer, balance in ledgers(future):
            later = points(balance, "pendingPoints")
            case.judge(
                "PAG-015",
                later <= waiting.get(name, 0) + CENT,
                f"{waiting.get(name, 0)} points are pending now and {later} in fifty years",
                of=(present, future),
                pointer=f"{pointer}/pendingPoints",
                check="far-future",
            )


def _nothing(answer: Exchange) -> tuple[bool, str]:
    """Whether every balance of an answer is empty, and what is in it."""
    found = [
        f"{kind} {balance[kind]} at {pointer}"
        for _, pointer, balance in ledgers(answer)
        if isinstance(balance, dict)
        for kind in ("activePoints", "pendingPoints", "spentPoints", "expiredPoints")
        if abs(points(balance, kind)) > CENT
    ]
    return not found, f"before the first transaction a balance shows {', '.join(found[:3])}"


@pytest.mark.parametrize(
    ("operation", "paged"),
    [
        owned(PROFILE, PROFILE_POINTS, "profile", "PAG-015", requests=6),
        owned(CARD, CARD_POINTS, "card", "PAG-015", requests=9),
    ],
)
def test_pending_points_start_in_time(case: Case, api: Api, operation: str, paged: PagedList) -> None:
    """At a moment to come, what is pending is what starts after it."""
    reader = ListReader(case, paged, {"status": "pending"})
    size = reader.sizes.most
    most = 4 if operation == PROFILE else 7
    listed = reader.walk(size, most)
    starts = sorted({start for row in listed.rows if (start := instant(row.get("startDate"))) is not None})
    if not starts:
        case.block(f"[bindings] populated_{paged.owner} has no pending points")
    if not listed.ended:
        case.unsupported(Reason.BINDING, f"populated_{paged.owner} has more than {most * size} pending points")
    moments = [starts[0] - timedelta(hours=1), starts[-1] + timedelta(hours=1)]
    claims: list[Claim] = []
    for moment in moments:
        answer = case.arranged(api.loyalty(operation, endDate=written(moment)))
        for name, pointer, balance in ledgers(answer):
            expected = sum(_amount(row) for row in listed.rows if _waits(row, name, moment))
            found = points(balance, "pendingPoints")
            said = f"{found} points are pending at {written(moment)}, the rows that start later hold {expected}"
            where = f"{pointer}/pendingPoints"
            claims.append(
                Claim("PAG-015", abs(found - expected) <= CENT, said, of=(*listed.exchanges, answer), pointer=where)
            )
    settle(case, claims, lambda: counted(reader.walk(size, most).rows) == counted(listed.rows))


def _waits(row: Row, subledger: str, moment: Any) -> bool:
    """Whether a pending row of a subledger is still pending at a moment; one that names no start is."""
    start = instant(row.get("startDate"))
    return row.get("subledgerId") == subledger and (start is None or start > moment)


def _amount(row: Row) -> float:
    return float(amount(row.get("amount")) or 0)


@scenario(
    "PAG-012",
    footprint="read",
    requests=3,
    depth="release",
    needs=("profile_program", "populated_profile", "subledger"),
    operations=(PROFILE, PROFILE_POINTS.operation),
)
def test_active_rows_add_up_to_the_balance(case: Case, api: Api) -> None:
    """The active rows of a subledger hold as many points as its balance says are active."""
    subledger = case.bindings.subledger
    balance = case.arranged(api.loyalty(PROFILE, subledgerId=subledger))
    reader = ListReader(case, PROFILE_POINTS, {"status": "active", "subledgerId": subledger})
    listed = reader.walk(reader.sizes.most, 2)
    if not listed.ended:
        case.unsupported(Reason.BINDING, f"the subledger {subledger} has more active points than two pages hold")
    found = {name: points(content, "activePoints") for name, _, content in ledgers(balance)}
    total = sum(_amount(row) for row in listed.rows)
    claim = Claim(
        "PAG-012",
        abs(found.get(str(subledger), 0) - total) <= CENT,
        f"{found.get(str(subledger), 0)} points are active, {len(listed.rows)} active rows hold {total:.2f}",
        of=(*listed.exchanges, balance),
        pointer=f"/subledgerBalances/{subledger}/activePoints",
    )
    settle(case, [claim], lambda: difference(balances, balance, api.loyalty(PROFILE, subledgerId=subledger)) is None)


@scenario(
    "PAG-016",
    footprint="read",
    requests=4,
    depth="release",
    needs=CARD_POINTS.needs,
    operations=(CARD,),
)
def test_balances_of_single_subledgers(case: Case, api: Api) -> None:
    """Card balances asked for by subledger hold those subledgers alone, and none for the beginning of a name."""
    everything = case.arranged(api.loyalty(CARD))
    names = confusable(name for name, _, _ in ledgers(everything))
    if len(names) < 2:
        case.block("[bindings] populated_card has balances in fewer than two named subledgers")
    one, two = names[:2]
    for asked in ([one], [one, two]):
        answer = case.arranged(api.loyalty(CARD, subledgerId=asked))
        given = {name for name, _, _ in ledgers(answer)} - {MAIN}
        case.judge(
            "PAG-016",
            given == {one} if asked == [one] else given <= {one, two},
            f"asked for the balances of {', '.join(asked)}, answered with {', '.join(sorted(given)) or 'none'}",
            of=(everything, answer),
            pointer="/subledgerBalances",
        )
    beginning = api.loyalty(CARD, subledgerId=[one[:-1]])
    if beginning.ok:
        given = {name for name, _, balance in ledgers(beginning) if name != MAIN and not _empty(balance)}
        case.judge(
            "PAG-016",
            given <= {one[:-1]},
            f"asked for {one[:-1]}, answered with the balances of {', '.join(sorted(given))}",
            of=(everything, beginning),
            pointer="/subledgerBalances",
        )


def _empty(balance: Any) -> bool:
    return not any(points(balance, kind) for kind in ("activePoints", "pendingPoints", "spentPoints", "expiredPoints"))


@pytest.mark.parametrize(
    ("operation", "paged"),
    [
        owned(PROFILE, PROFILE_TRANSACTIONS, "profile", "PAG-001", requests=3),
        owned(CARD, CARD_TRANSACTIONS, "card", "PAG-001", requests=3),
    ],
)
def test_a_bare_date_is_midnight(case: Case, api: Api, operation: str, paged: PagedList) -> None:
    """A balance at a date without a time is that of the beginning of that day, UTC."""
    reader = ListReader(case, paged)
    page = reader.page(pageSize=reader.sizes.most)
    day = telling_day(page.rows)
    if day is None:
        case.block(f"[bindings] populated_{paged.owner} has no transactions")
    full = case.arranged(api.loyalty(operation, endDate=written(day)))
    bare = api.loyalty(operation, endDate=f"{day:%Y-%m-%d}")
    found = difference(balances, full, bare)
    case.judge(
        "PAG-001",
        bare.ok and found is None,
        f"endDate={day:%Y-%m-%d} is not answered as {written(day)}: {' '.join(found or ())}",
        of=(full, bare),
        pointer=found[0] if found else "",
    )
