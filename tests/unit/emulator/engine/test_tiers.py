"""The tier of a ledger follows from its entries, for any moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.emulator import tiers
from talonproof.emulator.engine.bookings import Book
from talonproof.emulator.instant import DAY
from talonproof.emulator.ledger import POINT, Account
from talonproof.emulator.store import Store
from talonproof.emulator.world import DOWNGRADES, Program, Tier

ACCOUNT = Account(1, "somebody", card=False)
BEGIN = 20_000 * DAY
TIERS = (Tier(1, "Bronze", 100 * POINT), Tier(2, "Silver", 500 * POINT), Tier(3, "Gold", 1000 * POINT))


def program(downgrade: str = "one_down", lasts: int | None = 30) -> Program:
    """A program whose tiers last some days."""
    return Program(
        1, "p", "P", cards=False, tiers=TIERS, tiers_last=None if lasts is None else lasts * DAY, downgrade=downgrade
    )


def book(store: Store, day: int) -> Book:
    """The ledger on a day."""
    return Book(store, ACCOUNT, "", "", BEGIN + day * DAY)


def tier_on(store: Store, day: int, kept: Program) -> str | None:
    """The name of the tier on a day, once what is booked on it is booked."""
    found = tiers.of_account(store, kept, ACCOUNT, "", BEGIN + day * DAY + 1)
    return found.tier.name if found.tier else None


@pytest.mark.parametrize(
    ("points", "name", "missing"),
    [(99, None, 1), (100, "Bronze", 400), (499, "Bronze", 1), (500, "Silver", 500), (1000, "Gold", None)],
)
def test_who_has_the_points_is_in_the_tier(points: int, name: str | None, missing: int | None) -> None:
    """A tier begins with its points, and what is missing to the next is told."""
    store = Store()
    book(store, 0).add(points * POINT, "Added")
    kept = program()

    shown = tiers.document(kept, tiers.of_account(store, kept, ACCOUNT, "", BEGIN + 1))

    assert name == shown.get("currentTier", {}).get("name")
    assert missing == shown.get("pointsToNextTier")


def test_points_spent_do_not_lead_out_of_a_tier() -> None:
    """The tier stays until its end; then it is one down, or that of the balance."""
    store = Store()
    book(store, 0).add(1200 * POINT, "Added")
    book(store, 5).spend(1050 * POINT, "Spent")

    assert "Gold" == tier_on(store, 6, program())
    assert "Gold" == tier_on(store, 29, program())
    assert "Silver" == tier_on(store, 31, program("one_down"))
    assert "Bronze" == tier_on(store, 31, program("balance_based"))
    assert "Bronze" == tier_on(store, 61, program("one_down"))
    assert "Bronze" == tier_on(store, 900, program("one_down"))
    assert "Gold" == tier_on(store, 900, program(lasts=None))


def test_a_tier_is_renewed_while_its_points_are_there() -> None:
    """The end of a tier begins it anew for who still reaches it."""
    store = Store()
    book(store, 0).add(600 * POINT, "Added")
    kept = program()

    found = tiers.of_account(store, kept, ACCOUNT, "", BEGIN + 100 * DAY)

    assert "Silver" == (found.tier.name if found.tier else None)
    assert BEGIN == found.since
    assert BEGIN + 120 * DAY == found.until


def test_the_tier_to_come_is_told() -> None:
    """What is to be expected at the end of a tier: the points then, those missing to stay, and the tier."""
    store = Store()
    book(store, 0).add(600 * POINT, "Added", expires=BEGIN + 10 * DAY)
    book(store, 0).add(50 * POINT, "Later", starts=BEGIN + 20 * DAY)
    kept = program()
    line = tiers.Timeline(store, ACCOUNT, "", BEGIN + 1)

    shown = tiers.projected(kept, line, tiers.standing(kept, line, BEGIN + 1))

    assert {"projectedActivePoints": 50, "stayInTierPoints": 450, "projectedTierName": "Bronze"} == shown


@given(
    added=st.lists(
        st.tuples(
            st.integers(1, 700), st.integers(0, 60), st.none() | st.integers(1, 60), st.none() | st.integers(1, 90)
        ),
        max_size=6,
    ),
    downgrade=st.sampled_from(DOWNGRADES),
    lasts=st.none() | st.integers(1, 40),
    day=st.integers(0, 200),
)
def test_no_tier_is_below_the_one_that_the_points_reach(
    added: list[tuple[int, int, int | None, int | None]], downgrade: str, lasts: int | None, day: int
) -> None:
    """Whatever was added, and whenever it begins and ends, a tier is at least that of the balance."""
    store = Store()
    for points, when, starts, expires in sorted(added, key=lambda each: each[1]):
        dates = [None if days is None else BEGIN + (when + days) * DAY for days in (starts, expires)]
        book(store, when).add(points * POINT, "Added", starts=dates[0], expires=dates[1])
    kept = program(downgrade, lasts)

    found = tiers.of_account(store, kept, ACCOUNT, "", BEGIN + day * DAY + 1)
    store.close()

    reached = [tier for tier in TIERS if tier.points <= found.active]
    assert not reached or (found.tier is not None and reached[-1].points <= found.tier.points)
    assert found.until is None or BEGIN + day * DAY < found.until
