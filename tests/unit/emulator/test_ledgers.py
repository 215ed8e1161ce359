"""Ledger lists and balances, against the world's own entries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.emulator.instant import DAY, read, written
from talonproof.emulator.seeding import loaded_at

PROFILE = "/v1/loyalty_programs/1/profile/rich"
CARD = "/v1/loyalty_programs/2/cards/card-1"
LISTS = [f"{owner}/{kind}" for owner in (PROFILE, CARD) for kind in ("transactions", "points")]


def page(client: Any, target: str) -> Any:
    """The body of a list."""
    status, document = client.call("GET", target)
    assert status == 200, document
    return document


def walk(client: Any, target: str, size: int) -> list[Any]:
    """All rows, page by page."""
    rows: list[Any] = []
    joint = "&" if "?" in target else "?"
    while True:
        shown = page(client, f"{target}{joint}pageSize={size}&skip={len(rows)}")
        assert len(shown["data"]) == size or not shown["hasMore"]
        rows += shown["data"]
        if not shown["hasMore"]:
            return rows


@pytest.mark.parametrize("target", LISTS)
@pytest.mark.parametrize("size", [1, 7, 50])
def test_pages_add_up_to_the_whole(module_client: Any, target: str, size: int) -> None:
    """Whatever the size, the walk gives every row once, newest first."""
    rows = walk(module_client, target, size)

    assert len(rows) == len({row["id"] for row in rows})
    assert rows == sorted(rows, key=lambda row: (row["created"], row["id"]), reverse=True)
    assert walk(module_client, target, 50) == rows
    assert {"data": [], "hasMore": False} == page(module_client, f"{target}?skip={len(rows)}")


def test_every_entry_of_the_world_is_a_transaction(module_client: Any) -> None:
    """The list holds the world's entries, with their amounts, dates and kinds."""
    world, loaded = module_client.emulator.world, loaded_at(module_client.emulator.store)
    expected = [
        (
            written(loaded + e.created),
            "addition" if e.addition else "subtraction",
            e.subledger,
            Decimal(e.points) / 1_000_000,
            "immediate" if e.starts is None else written(loaded + e.starts),
            "unlimited" if e.expires is None else written(loaded + e.expires),
            e.origin == "session",
        )
        for e in world.entries
        if e.owner == "rich"
    ]

    rows = walk(module_client, f"{PROFILE}/transactions", 50)

    assert sorted(expected) == sorted(
        (
            row["created"],
            row["type"],
            row["subledgerId"],
            Decimal(str(row["amount"])),
            row["startDate"],
            row["expiryDate"],
            "customerSessionId" in row,
        )
        for row in rows
    )


@pytest.mark.parametrize("owner", [PROFILE, CARD])
def test_points_add_up_to_the_balance(module_client: Any, owner: str) -> None:
    """For each subledger and status, the points listed are the balance; no row has two statuses."""
    balances = page(module_client, f"{owner}/balances")
    shown = {"": balances["balance"], **balances["subledgerBalances"]}
    seen: list[int] = []

    for status in ("active", "pending", "expired"):
        rows = walk(module_client, f"{owner}/points?status={status}", 50)
        seen += [row["id"] for row in rows]
        for subledger, balance in shown.items():
            listed = sum(Decimal(str(row["amount"])) for row in rows if row["subledgerId"] == subledger)
            assert Decimal(str(balance[f"{status}Points"])) == listed

    assert len(seen) == len(set(seen))
    assert {"", "gold", "gold-plus"} == shown.keys()
    assert 5.25 == shown["gold"]["spentPoints"]


def test_status_follows_the_dates(module_client: Any) -> None:
    """Pending points start later, expired ones ended earlier, active ones neither."""
    now = module_client.clock.now()

    for status in ("active", "pending", "expired"):
        for row in walk(module_client, f"{PROFILE}/points?status={status}", 50):
            starts = 0 if row["startDate"] == "immediate" else read(row["startDate"])
            expires = 2**62 if row["expiryDate"] == "unlimited" else read(row["expiryDate"])
            assert (starts > now, expires <= now) == (status == "pending", status == "expired")
    assert page(module_client, f"{PROFILE}/points?status=active") == page(module_client, f"{PROFILE}/points")


@pytest.mark.parametrize("target", LISTS)
def test_a_subledger_is_matched_exactly(module_client: Any, target: str) -> None:
    """A filter leaves rows of that subledger; a beginning of a name is another name."""
    assert {"gold"} == {row["subledgerId"] for row in walk(module_client, f"{target}?subledgerId=gold", 20)}
    assert [] == walk(module_client, f"{target}?subledgerId=gol", 20)
    assert {""} == {row["subledgerId"] for row in walk(module_client, f"{target}?subledgerId=", 20)}


@pytest.mark.parametrize(
    "query", ["subledgerId=gold&subledgerId=gold-plus", "subledgerId=gold,gold-plus", "subledgerId=gold%2Cgold-plus"]
)
def test_cards_take_several_subledgers(module_client: Any, query: str) -> None:
    """Repeated or separated by commas, the union is listed."""
    rows = walk(module_client, f"{CARD}/transactions?{query}", 20)
    alone = [walk(module_client, f"{CARD}/transactions?subledgerId={name}", 20) for name in ("gold", "gold-plus")]

    assert {row["id"] for row in rows} == {row["id"] for part in alone for row in part}
    assert {"gold", "gold-plus"} == page(module_client, f"{CARD}/balances?{query}")["subledgerBalances"].keys()
    assert "balance" not in page(module_client, f"{CARD}/balances?{query}")


def test_types_split_the_list(module_client: Any) -> None:
    """Each transaction has one of the three types."""
    parts = [
        walk(module_client, f"{PROFILE}/transactions?loyaltyTransactionType={t}", 50)
        for t in ("manual", "session", "import")
    ]

    assert all(parts)
    assert sorted(row["id"] for part in parts for row in part) == sorted(
        row["id"] for row in walk(module_client, f"{PROFILE}/transactions", 50)
    )


@given(st.integers(-70 * 24, 24), st.integers(-70 * 24, 24))
@settings(max_examples=40, deadline=None)
def test_dates_leave_what_was_created_between_them(module_client: Any, first: int, last: int) -> None:
    """Both bounds are included."""
    now = module_client.clock.now()
    since, until = (written(now + hours * DAY // 24) for hours in (first, last))
    rows = walk(module_client, f"{PROFILE}/transactions", 50)

    found = walk(module_client, f"{PROFILE}/transactions?startDate={since}&endDate={until}", 50)

    assert [row for row in rows if since <= row["created"] <= until] == found


def test_a_bare_date_is_midnight(module_client: Any) -> None:
    """A date alone answers like its first moment, UTC, however that is written."""
    day = written(module_client.clock.now() - 59 * DAY)[:10]
    answers = [
        page(module_client, f"{PROFILE}/transactions?endDate={moment}")
        for moment in (day, f"{day}T00:00:00Z", f"{day}T07:00:00%2B07:00", f"{day}t00:00:00.000z")
    ]

    assert answers[0]["data"]
    assert all(answer == answers[0] for answer in answers)


def test_balances_follow_the_moment_asked_for(module_client: Any) -> None:
    """Before everything they are zero; later pending points are active, and others expired."""
    now = module_client.clock.now()

    def balance(moment: int) -> Any:
        return page(module_client, f"{PROFILE}/balances?endDate={written(moment)}&subledgerId=")["balance"]

    assert {0} == set(balance(now - 100 * DAY).values())
    assert 0 == balance(now + 6 * DAY)["pendingPoints"]
    assert balance(now)["activePoints"] < balance(now + 6 * DAY)["activePoints"]
    assert balance(now)["expiredPoints"] < balance(now + 10 * DAY)["expiredPoints"]
    assert 0 == balance(now - 21 * DAY)["spentPoints"] < balance(now)["spentPoints"]


def test_spending_takes_the_earliest_expiry_first(client: Any) -> None:
    """What was subtracted is missing from additions that expire, while unlimited ones are whole."""
    rows = client.emulator.store.all(
        "SELECT e.expires FROM spending s JOIN entry e ON e.id = s.addition_id WHERE e.owner = 'rich'"
    )

    assert rows
    assert all(expires is not None for (expires,) in rows)


@pytest.mark.parametrize(
    "query",
    ["pageSize=0", "pageSize=-1", "pageSize=1001", "pageSize=1e1", "pageSize=", "pageSize=1_0", "skip=-1", "skip=x",
     "skip=99999999999999999999"],
)  # fmt: skip
@pytest.mark.parametrize("target", LISTS)
def test_a_page_out_of_bounds_is_refused(module_client: Any, target: str, query: str) -> None:
    """The refusal names the parameter."""
    status, document = module_client.call("GET", f"{target}?{query}")

    assert (400, query.partition("=")[0]) == (status, document["errors"][0]["source"]["parameter"])


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (f"{PROFILE}/points?pageSize=51", 400),
        (f"{PROFILE}/points?status=spent", 400),
        (f"{PROFILE}/transactions?loyaltyTransactionType=gift", 400),
        (f"{PROFILE}/transactions?startDate=yesterday", 400),
        (f"{PROFILE}/transactions?startDate=2024-05-29T15:04:05Z07:00", 400),
        (f"{PROFILE}/balances?endDate=2024-02-30", 400),
        ("/v1/loyalty_programs/9/profile/rich/points", 404),
        ("/v1/loyalty_programs/one/profile/rich/points", 400),
        ("/v1/loyalty_programs/2/profile/rich/points", 400),
        ("/v1/loyalty_programs/1/cards/card-1/points", 400),
        ("/v1/loyalty_programs/1/profile/nobody/balances", 404),
        ("/v1/loyalty_programs/2/cards/card-2/balances", 404),
        ("/v1/loyalty_programs/2/cards/" + "c" * 109 + "/balances", 400),
        (f"{PROFILE}/points?skip=9223372036854775807", 200),
        (f"{CARD}/transactions?pageSize=1000", 200),
    ],
)
def test_what_is_not_there_or_does_not_fit_is_refused(module_client: Any, target: str, status: int) -> None:
    """404 for a program, profile or card that does not exist, 400 for the rest."""
    assert status == module_client.call("GET", target)[0]


def test_a_known_profile_without_points_has_empty_lists(client: Any) -> None:
    """Its balance is zero."""
    client.update("s", profileId="new")
    owner = "/v1/loyalty_programs/1/profile/new"

    assert {"data": [], "hasMore": False} == page(client, f"{owner}/points")
    shown = page(client, f"{owner}/balances?includeTiers=true&includeProjectedTier=true")
    assert ({0}, {}) == (set(shown["balance"].values()), shown["subledgerBalances"])
