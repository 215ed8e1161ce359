"""Tallies count what has been redeemed and spent: codes by their redemptions, budgets by campaign, limit and period.

Evaluation reads them, settlement writes them. A budget is spent by an entry of an effect's ``spends``:
``[limit, entity, period, amount]``, with the number of the limit in its campaign, the text that says what it is counted
apart for, the instant at which its period began (0: it has none), and whole millionths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from talonproof.emulator.store import Store

Kind = Literal["coupon", "referral"]


def redeem(store: Store, kind: Kind, code: int, campaign: int, session: int, profile: str, now: int) -> None:
    """Notes that a session redeemed a code; once, however often it is noted."""
    store.run(
        "INSERT OR IGNORE INTO redemption (kind, code_id, campaign_id, session_id, profile, created)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        *(kind, code, campaign, session, profile, now),
    )


def take_back(store: Store, kind: Kind, code: int, session: int) -> None:
    """Undoes the redemption of a code by a session, if there is one."""
    store.run("DELETE FROM redemption WHERE kind = ? AND code_id = ? AND session_id = ?", kind, code, session)


def redemptions(store: Store, kind: Kind, code: int, profile: str | None = None) -> int:
    """How often a code is redeemed, by anybody or by one customer."""
    sql = "SELECT COUNT(*) FROM redemption WHERE kind = ? AND code_id = ?"
    row = store.one(sql, kind, code) if profile is None else store.one(f"{sql} AND profile = ?", kind, code, profile)
    return row[0] if row else 0


def redeemed_by(store: Store, kind: Kind, profile: str) -> list[int]:
    """The ids of the codes that a customer has redeemed."""
    rows = store.all("SELECT DISTINCT code_id FROM redemption WHERE profile = ? AND kind = ?", profile, kind)
    return [code for (code,) in rows]


def redeemers(store: Store, kind: Kind, code: int) -> list[str]:
    """The customers who redeemed a code, each once, in order; nobody stands for anonymous sessions."""
    sql = (
        "SELECT profile FROM redemption WHERE kind = ? AND code_id = ? AND profile <> '' GROUP BY profile"
        " ORDER BY MIN(created), profile"
    )
    return [name for (name,) in store.all(sql, kind, code)]


def used(store: Store, campaign: int, limit: int, entity: str, period: int) -> int:
    """How much of a budget is used, in whole millionths."""
    sql = "SELECT used FROM spent_budget WHERE campaign_id = ? AND limit_no = ? AND entity = ? AND period = ?"
    row = store.one(sql, campaign, limit, entity, period)
    return row[0] if row else 0


def used_in_all(store: Store, campaign: int, limit: int) -> int:
    """How much of a budget is used by all entities in all periods, in whole millionths."""
    row = store.one("SELECT SUM(used) FROM spent_budget WHERE campaign_id = ? AND limit_no = ?", campaign, limit)
    return (row[0] or 0) if row else 0


def spend(store: Store, campaign: int, spends: Iterable[Sequence[Any]]) -> None:
    """Takes what an effect spends from the budgets of its campaign."""
    store.run_many(
        "INSERT INTO spent_budget (campaign_id, limit_no, entity, period, used) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET used = used + excluded.used",
        ((campaign, *entry) for entry in spends),
    )


def give_back(store: Store, campaign: int, spends: Iterable[Sequence[Any]]) -> None:
    """Gives what an effect spent back to the budgets of its campaign."""
    spend(store, campaign, ((limit, entity, period, -amount) for limit, entity, period, amount in spends))
