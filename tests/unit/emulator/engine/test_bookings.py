"""Ledgers are written by bookings, and what they say of any moment stays true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.emulator import ledger, tiers
from talonproof.emulator.engine.bookings import Book
from talonproof.emulator.instant import DAY
from talonproof.emulator.ledger import POINT, Account
from talonproof.emulator.store import Store
from talonproof.emulator.world import ReturnPolicy

ACCOUNT = Account(1, "somebody", card=False)
BEGIN = 20_000 * DAY


@dataclass
class Ledger:
    """One ledger whose clock moves by days."""

    store: Store = field(default_factory=Store)
    now: int = BEGIN

    def book(self) -> Book:
        """The ledger at this moment."""
        return Book(self.store, ACCOUNT, "", "a-session", self.now)

    def add(self, points: int, *, starts: int | None = None, expires: int | None = None) -> int:
        """Adds points whose dates are days from now."""
        dates = [None if days is None else self.now + days * DAY for days in (starts, expires)]
        return self.book().add(points * POINT, "Added", starts=dates[0], expires=dates[1])

    def balance(self, days: int = 0) -> dict[str, float]:
        """The balance so many days from now."""
        found = ledger.balances(self.store, ACCOUNT, moment=self.now + days * DAY + 1)
        return dict(found.get("", ledger.EMPTY))

    def rests(self) -> dict[int, int]:
        """What is left of each addition."""
        rows = self.store.all(
            "SELECT id, amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.addition_id = id), 0)"
            " FROM entry WHERE type = 'addition'"
        )
        return {number: rest // POINT for number, rest in rows}


def test_what_expires_first_is_spent_first() -> None:
    """Points are taken from the earliest expiry, then the next; unlimited ones last, the oldest of them first."""
    kept = Ledger()
    old, late, new, early = (kept.add(10), kept.add(10, expires=20), kept.add(10), kept.add(10, expires=5))
    kept.now += DAY

    assert kept.book().spend(25 * POINT, "Spent") is not None
    assert {early: 0, late: 0, old: 5, new: 10} == kept.rests()


def test_pending_and_expired_points_are_not_spent() -> None:
    """Only active points can be spent; where there are too few, nothing is."""
    kept = Ledger()
    kept.add(10, starts=5)
    kept.add(10, expires=2)
    kept.add(10)
    kept.now += 3 * DAY

    assert kept.book().spend(11 * POINT, "Spent") is None
    assert 10 == kept.balance()["activePoints"]
    assert 0 == kept.balance()["spentPoints"]


@pytest.mark.parametrize(
    ("policy", "taken", "left", "below"),
    [
        (ReturnPolicy.ONLY_PENDING, None, 4, 0),
        (ReturnPolicy.WITHIN_BALANCE, 4, 0, 0),
        (ReturnPolicy.UNLIMITED, 10, 0, 6),
    ],
)
def test_a_return_policy_bounds_what_is_taken_back(
    policy: ReturnPolicy, taken: int | None, left: int, below: int
) -> None:
    """Active points stay, are taken as far as there are any, or beyond that."""
    kept = Ledger()
    added = kept.add(10)
    kept.book().spend(6 * POINT, "Spent")

    found = kept.book().take_back(added, "Added", policy)

    assert (None if taken is None else taken * POINT) == (None if found is None else found[1])
    assert left == kept.balance()["activePoints"]
    assert below == kept.balance().get("negativePoints", 0)


@pytest.mark.parametrize("policy", ReturnPolicy)
def test_pending_points_are_taken_back_by_every_policy(policy: ReturnPolicy) -> None:
    """Points that have not started yet go, and are no longer to come."""
    kept = Ledger()
    added = kept.add(10, starts=5)

    assert kept.book().take_back(added, "Added", policy) is not None
    assert 0 == kept.balance()["pendingPoints"]
    assert 0 == kept.balance(6)["activePoints"]


def test_what_is_owed_is_paid_by_what_comes() -> None:
    """Points added to a balance below zero fill it up first."""
    kept = Ledger()
    added = kept.add(10)
    kept.book().spend(10 * POINT, "Spent")
    kept.book().take_back(added, "Added", ReturnPolicy.UNLIMITED)
    kept.add(15)

    assert 5 == kept.balance()["activePoints"]
    assert kept.book().spend(6 * POINT, "Spent") is None
    assert kept.book().spend(5 * POINT, "Spent") is not None
    assert 0 == kept.balance()["activePoints"]


def test_points_given_again_are_good_as_long_as_the_last_of_their_sources() -> None:
    """What a subtraction took comes back as one addition, with the latest expiry that it had taken from."""
    kept = Ledger()
    kept.add(4, expires=5)
    kept.add(10, expires=9)
    spent = kept.book().spend(6 * POINT, "Spent")
    assert spent is not None

    _, points, expires = kept.book().give_again(spent, "Again")

    assert (6 * POINT, BEGIN + 9 * DAY) == (points, expires)
    assert 14 == kept.balance()["activePoints"]


def test_the_past_does_not_change() -> None:
    """What is booked later leaves the balances of earlier moments as they were."""
    kept = Ledger()
    kept.add(10)
    kept.now += DAY
    before = kept.balance()
    kept.now += DAY
    kept.book().spend(7 * POINT, "Spent")

    assert before == kept.balance(-1)
    assert 3 == kept.balance()["activePoints"]


STEP = st.tuples(
    st.sampled_from(["add", "spend", "take back", "give again"]),
    st.integers(1, 30),
    st.none() | st.integers(0, 8),
    st.none() | st.integers(0, 12),
    st.sampled_from(ReturnPolicy),
    st.integers(0, 2),
)


@given(steps=st.lists(STEP, max_size=25), moments=st.lists(st.integers(-3, 40), min_size=1, max_size=5))
def test_entries_sum_to_the_balances_of_every_moment(
    steps: list[tuple[str, int, int | None, int | None, ReturnPolicy, int]], moments: list[int]
) -> None:
    """At any moment, what was added is what was taken and what is active, pending and expired; tiers see the same."""
    kept = Ledger()
    additions: list[int] = []
    subtractions: list[int] = []
    doing: dict[str, Callable[[int, int | None, int | None, ReturnPolicy], None]] = {
        "add": lambda points, starts, expires, _: additions.append(kept.add(points, starts=starts, expires=expires)),
        "spend": lambda points, *_: subtractions.extend(filter(None, [kept.book().spend(points * POINT, "Spent")])),
        "take back": lambda n, _s, _e, policy: (
            _ignore(kept.book().take_back(additions.pop(n % len(additions)), "Back", policy)) if additions else None
        ),
        "give again": lambda n, *_: (
            _ignore(kept.book().give_again(subtractions.pop(n % len(subtractions)), "Again")) if subtractions else None
        ),
    }
    for what, number, starts, expires, policy, days in steps:
        doing[what](number, starts, expires, policy)
        kept.now += days * DAY

    for days in moments:
        moment = BEGIN + days * DAY + 1
        ((added, taken),) = kept.store.all(
            "SELECT COALESCE(SUM(amount) FILTER (WHERE type = 'addition'), 0),"
            " COALESCE(SUM(amount) FILTER (WHERE type = 'subtraction'), 0) FROM entry WHERE created < ?",
            moment,
        )
        shown = ledger.balances(kept.store, ACCOUNT, moment=moment).get("", ledger.EMPTY)
        active = shown["activePoints"] - shown.get("negativePoints", 0)

        assert (added - taken) / POINT == active + shown["pendingPoints"] + shown["expiredPoints"]
        assert taken / POINT == shown["spentPoints"]
        assert active == tiers.Timeline(kept.store, ACCOUNT, "", moment).active(moment) / POINT
    kept.store.close()


def _ignore(_found: object) -> None:
    return None
