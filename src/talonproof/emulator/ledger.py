"""Ledgers: entries of points, what is left of each, and the balances that follow from both.

Points are whole millionths here, and numbers on the wire. What is left of an addition at a moment is its amount
without what had been taken from it before; so a balance can be given for any moment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from talonproof.emulator.instant import written
from talonproof.emulator.money import number
from talonproof.emulator.store import Row, Store

POINT = 1_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """The ledger of one owner in a program: a profile, or a card (``card`` is its identifier)."""

    program: int
    owner: str
    card: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries of an account are meant: those of these subledgers, sessions and transactions; None: of any.

    ``transactions`` are the names that entries have on the wire.
    """

    subledgers: Iterable[str] | None = None
    sessions: Iterable[str] | None = None
    transactions: Iterable[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and whether there are more after them."""

    rows: list[dict[str, Any]]
    more: bool

    def document(self) -> dict[str, Any]:
        """The page as answers show it."""
        return {"hasMore": self.more, "data": self.rows}


_REST = """
    amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.addition_id = entry.id AND s.created < :moment), 0)
"""
_REST_NOW = "amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.addition_id = entry.id), 0)"
_OWED = """
    amount - COALESCE((SELECT SUM(s.amount) FROM spending s WHERE s.subtraction_id = entry.id), 0)
"""
"""What a subtraction took that no addition gave: only a return policy that knows no bounds leaves something of it."""

_MINE = """
    program_id = :program AND owner = :owner
    AND (:subledgers IS NULL OR subledger IN (SELECT value FROM json_each(:subledgers)))
    AND (:sessions IS NULL OR session IN (SELECT value FROM json_each(:sessions)))
    AND (:entries IS NULL OR id IN (SELECT value FROM json_each(:entries)))
"""
_STATUS = {
    "active": "(starts IS NULL OR starts <= :moment) AND (expires IS NULL OR expires > :moment)",
    "pending": "starts > :moment AND (expires IS NULL OR expires > :moment)",
    "expired": "expires <= :moment",
}
_ORDER = {
    "": "created DESC, id DESC",
    "startDate": "starts IS NOT NULL, starts, id",
    "expiryDate": "expires IS NULL, expires, id",
}
"""What points can be sorted by: newest first, or the earliest date first; at once is early, never is late."""

_LONGEST_SESSION = 255
"""Rows bound the id of a session by this many characters, sessions by more: a longer one is left out."""

_PAGE = "LIMIT :limit OFFSET :skip"
_NAME = re.compile(r"7a1e0000-0000-4000-8000-([0-9a-f]{12})")


def transactions(
    store: Store,
    account: Account,
    wanted: Wanted,
    *,
    origin: str | None,
    since: int | None,
    until: int | None,
    size: int,
    skip: int,
) -> Page:
    """The entries created from ``since`` to ``until``, both included, newest first."""
    rows = store.query(
        "SELECT id, created, subledger, type, starts, expires, amount, name, session FROM entry"
        f" WHERE {_MINE} AND (:origin IS NULL OR origin = :origin)"
        " AND (:since IS NULL OR created >= :since) AND (:until IS NULL OR created <= :until)"
        f" ORDER BY {_ORDER['']} {_PAGE}",
        _values(account, wanted, origin=origin, since=since, until=until, limit=size + 1, skip=skip),
    )
    return Page([_transaction(account, row) for row in rows[:size]], len(rows) > size)


def points(
    store: Store, account: Account, wanted: Wanted, *, status: str, sort: str, now: int, size: int, skip: int
) -> Page:
    """The additions of a status that are not used up; their amount is what is left.

    ``sort`` is the date that they are sorted by, or empty: newest first.
    """
    rows = store.query(
        f"SELECT id, created, subledger, starts, expires, {_REST_NOW} AS rest, name, session FROM entry"
        f" WHERE {_MINE} AND type = 'addition' AND rest > 0 AND {_STATUS[status]} ORDER BY {_ORDER[sort]} {_PAGE}",
        _values(account, wanted, moment=now, limit=size + 1, skip=skip),
    )
    return Page([_point(account, row) for row in rows[:size]], len(rows) > size)


def balances(
    store: Store, account: Account, *, moment: int, subledgers: Iterable[str] | None = None
) -> dict[str, dict[str, float]]:
    """The balance of each subledger as it is just before a moment; of those that have an entry by then.

    ``negativePoints`` stands only in one that is below zero: its active points are 0 then.
    """
    cases = ", ".join(
        f"SUM(CASE WHEN type = 'addition' AND {condition} THEN {_REST} ELSE 0 END)" for condition in _STATUS.values()
    )
    rows = store.query(
        f"SELECT subledger, {cases}, SUM(CASE WHEN type = 'subtraction' THEN amount ELSE 0 END),"
        f" SUM(CASE WHEN type = 'subtraction' THEN {_OWED} ELSE 0 END) FROM entry"
        f" WHERE {_MINE} AND created < :moment GROUP BY subledger ORDER BY subledger",
        _values(account, Wanted(subledgers), moment=moment),
    )
    return {name: _balance(*sums) for name, *sums in rows}


def _balance(active: int, pending: int, expired: int, spent: int, owed: int) -> dict[str, float]:
    shown: dict[str, float] = {
        "activePoints": shown_points(max(active - owed, 0)),
        "pendingPoints": shown_points(pending),
        "expiredPoints": shown_points(expired),
        "spentPoints": shown_points(spent),
    }
    if owed > active:
        shown["negativePoints"] = shown_points(owed - active)
    return shown


EMPTY: Mapping[str, float] = {"activePoints": 0, "pendingPoints": 0, "expiredPoints": 0, "spentPoints": 0}
"""The balance of a ledger without entries."""


@dataclass(slots=True)
class Tentative:
    """What an open session would add to a ledger if it were closed, in whole millionths; what it takes is negative."""

    current: int = 0
    pending: int = 0


def infos(
    store: Store, account: Account, now: int, tentative: Mapping[str, Tentative]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The main ledger and the subledgers of an account, with what is tentative in them."""
    found = balances(store, account, moment=now + 1)
    shown = {
        name: _info(found.get(name, EMPTY), tentative.get(name, Tentative())) for name in sorted({*found, *tentative})
    }
    return shown.pop("", _info(EMPTY, Tentative())), shown


def _info(balance: Mapping[str, float], tentative: Tentative) -> dict[str, Any]:
    below = balance.get("negativePoints", 0)
    current = Decimal(str(balance["activePoints"])) - Decimal(str(below)) + Decimal(tentative.current) / POINT
    pending = Decimal(str(balance["pendingPoints"])) + Decimal(tentative.pending) / POINT
    shown: dict[str, Any] = {
        "currentBalance": balance["activePoints"],
        "pendingBalance": balance["pendingPoints"],
        "expiredBalance": 0,
        "spentBalance": 0,
        "tentativeCurrentBalance": number(max(current, Decimal(0))),
        "tentativePendingBalance": number(pending),
    }
    if below:
        shown["negativeBalance"] = below
    if current < 0:
        shown["tentativeNegativeBalance"] = number(-current)
    return shown


def joined(store: Store, program: int, owner: str) -> int | None:
    """When the first entry of an owner in a program was made, if there is any."""
    row = store.one("SELECT MIN(created) FROM entry WHERE program_id = ? AND owner = ?", program, owner)
    return row[0] if row else None


def _values(account: Account, wanted: Wanted, **values: object) -> dict[str, object]:
    entries = None
    if wanted.transactions is not None:
        named = (_NAME.fullmatch(name.lower()) for name in wanted.transactions)
        entries = [int(found[1], 16) for found in named if found is not None]
    filters = {"subledgers": wanted.subledgers, "sessions": wanted.sessions, "entries": entries}
    lists = {name: None if some is None else json.dumps(list(some)) for name, some in filters.items()}
    return {"program": account.program, "owner": account.owner, **lists, **values}


def name_of(entry: int) -> str:
    """The UUID by which an entry is known on the wire."""
    return f"7a1e0000-0000-4000-8000-{entry:012x}"


def shown_points(millionths: int) -> int | float:
    """Points as answers show them."""
    return number(Decimal(millionths) / POINT)


def _dates(starts: int | None, expires: int | None) -> dict[str, str]:
    return {
        "startDate": "immediate" if starts is None else written(starts),
        "expiryDate": "unlimited" if expires is None else written(expires),
    }


def _transaction(account: Account, row: Row) -> dict[str, Any]:
    entry, created, subledger, kind, starts, expires, amount, name, session = row
    shown: dict[str, Any] = {
        "id": entry,
        "transactionUUID": name_of(entry),
        "created": written(created),
        "programId": account.program,
        "type": kind,
        "name": name,
        **_dates(starts, expires),
        "subledgerId": subledger,
        "amount": shown_points(amount),
    }
    if account.card:
        shown["cardIdentifier"] = account.owner
    if session and len(session) <= _LONGEST_SESSION:
        shown["customerSessionId"] = session
    return shown


def _point(account: Account, row: Row) -> dict[str, Any]:
    entry, created, subledger, starts, expires, rest, name, session = row
    shown: dict[str, Any] = {
        "id": entry,
        "transactionUUID": name_of(entry),
        "created": written(created),
        "programId": account.program,
        "name": name,
        **_dates(starts, expires),
        "subledgerId": subledger,
        "amount": shown_points(rest),
    }
    if session and len(session) <= _LONGEST_SESSION:
        shown["customerSessionId"] = session
    return shown
