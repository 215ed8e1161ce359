"""Bookings write ledgers: points are added, spent from what expires first, taken back, and given again.

Nothing is ever changed in an entry: what takes points is an entry of its own, with rows that say which additions gave
them; so the balances of every moment stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass

from talonproof.emulator.ledger import Account
from talonproof.emulator.store import Store
from talonproof.emulator.world import ReturnPolicy

_ADDITION, _SUBTRACTION = "addition", "subtraction"
_ORIGIN = "session"


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger that is written at a moment: a subledger of an account (empty: its main ledger), for a session."""

    store: Store
    account: Account
    subledger: str
    session: str
    now: int

    def add(self, points: int, name: str, *, starts: int | None = None, expires: int | None = None) -> int:
        """Adds points; the number of the entry."""
        return self._enter(_ADDITION, points, name, starts, expires)

    def spend(self, points: int, name: str) -> int | None:
        """Takes active points, those that expire first before others, unlimited ones last, oldest first.

        The number of the entry; None, and nothing is taken, where there are not so many.
        """
        lots = self._active()
        if sum(rest for _, rest in lots) - self._owed() < points:
            return None
        entry = self._enter(_SUBTRACTION, points, name)
        self._take(entry, lots, points)
        return entry

    def take_back(self, addition: int, name: str, policy: ReturnPolicy) -> tuple[int, int] | None:
        """Takes points back that an entry added, as far as the policy goes.

        The number of the entry that takes them, and how many; None where there is nothing to take.
        """
        row = self.store.one(
            "SELECT amount, starts, amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.addition_id = id),"
            " 0) FROM entry WHERE id = ?",
            addition,
        )
        if row is None:
            return None
        amount, starts, rest = row
        if starts is not None and starts > self.now:
            lots, points = [(addition, rest)], rest
        elif policy is ReturnPolicy.ONLY_PENDING:
            return None
        else:
            found = self._active()
            lots = sorted(found, key=lambda lot: lot[0] != addition)
            balance = max(sum(left for _, left in found) - self._owed(), 0)
            points = amount if policy is ReturnPolicy.UNLIMITED else min(amount, balance)
        if points <= 0:
            return None
        entry = self._enter(_SUBTRACTION, points, name)
        self._take(entry, lots, points)
        return entry, points

    def give_again(self, subtraction: int, name: str) -> tuple[int, int, int | None]:
        """Gives back what a subtraction took, as one addition that is good as long as the last of what it took from.

        The number of the entry, how many points, and when they expire (None: never).
        """
        rows = self.store.all(
            "SELECT s.amount, expires FROM spending s JOIN entry ON id = addition_id WHERE subtraction_id = ?",
            subtraction,
        )
        points = sum(amount for amount, _ in rows)
        ends = [expires for _, expires in rows]
        expires = None if None in ends or not ends else max(ends)
        return self._enter(_ADDITION, points, name, None, expires), points, expires

    def _active(self) -> list[tuple[int, int]]:
        """What can be spent now: numbers of additions and what is left of each, in the order of spending."""
        rows = self.store.all(
            "SELECT id, amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.addition_id = entry.id), 0)"
            " AS rest FROM entry WHERE program_id = ? AND owner = ? AND subledger = ? AND type = 'addition'"
            " AND created <= ? AND (starts IS NULL OR starts <= ?) AND (expires IS NULL OR expires > ?) AND rest > 0"
            " ORDER BY expires IS NULL, expires, id",
            *(self.account.program, self.account.owner, self.subledger, self.now, self.now, self.now),
        )
        return [(number, rest) for number, rest in rows]

    def _owed(self) -> int:
        """What was taken from this ledger below zero."""
        row = self.store.one(
            "SELECT SUM(amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.subtraction_id = entry.id), 0))"
            " FROM entry WHERE program_id = ? AND owner = ? AND subledger = ? AND type = 'subtraction'",
            *(self.account.program, self.account.owner, self.subledger),
        )
        return (row[0] or 0) if row else 0

    def _take(self, entry: int, lots: list[tuple[int, int]], points: int) -> None:
        for addition, rest in lots:
            taken = min(rest, points)
            if taken <= 0:
                break
            self.store.run("INSERT INTO spending VALUES (?, ?, ?, ?)", addition, entry, self.now, taken)
            points -= taken

    def _enter(self, kind: str, points: int, name: str, starts: int | None = None, expires: int | None = None) -> int:
        return self.store.run(
            "INSERT INTO entry (program_id, owner, subledger, type, origin, created, starts, expires, amount, name,"
            " session) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(self.account.program, self.account.owner, self.subledger, kind, _ORIGIN, self.now, starts, expires),
            *(points, name, self.session),
        )
