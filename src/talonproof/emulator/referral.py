"""A referral is a code by which an advocate brings friends into a campaign."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from talonproof.emulator.engine import tallies
from talonproof.emulator.instant import written
from talonproof.emulator.store import Row, Store

_COLUMNS = "id, created, campaign_id, code, advocate, friend, usage_limit, starts, expires, attributes"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a referral is made with: a ``usage_limit`` of 0 is none, without ``expires`` it never ends."""

    campaign: int
    usage_limit: int
    starts: int | None
    expires: int | None
    attributes: dict[str, Any]
    friend: str | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """A referral code; ``friend`` is the one customer who may use it, if there is one."""

    id: int
    campaign: int
    code: str
    advocate: str
    friend: str | None
    usage_limit: int
    starts: int | None
    expires: int | None


def find(store: Store, code: str) -> Referral | None:
    """The referral of a code."""
    row = store.one(
        "SELECT id, campaign_id, code, advocate, friend, usage_limit, starts, expires FROM referral WHERE code = ?",
        code,
    )
    return None if row is None else Referral(*row)


def next_number(store: Store) -> int:
    """The id that the next referral will have."""
    ((last,),) = store.all("SELECT COALESCE(MAX(id), 0) FROM referral")
    return last + 1


def taken(store: Store, code: str) -> bool:
    """Whether a referral has this code."""
    return store.one("SELECT 1 FROM referral WHERE code = ?", code) is not None


def create(store: Store, code: str, advocate: str, terms: Terms, now: int) -> int:
    """Stores a new referral; its id."""
    return store.run(
        f"INSERT INTO referral ({_COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(now, terms.campaign, code, advocate, terms.friend, terms.usage_limit, terms.starts, terms.expires),
        json.dumps(terms.attributes),
    )


def document(store: Store, number: int) -> dict[str, Any]:
    """The referral of an id, as answers show it."""
    (row,) = store.all(f"SELECT {_COLUMNS} FROM referral WHERE id = ?", number)
    return _document(store, row)


def of_code(store: Store, code: str) -> dict[str, Any] | None:
    """The referral of a code as an inventory shows it; None where there is none."""
    row = store.one(f"SELECT {_COLUMNS} FROM referral WHERE code = ?", code)
    return None if row is None else _with_friends(store, row)


def of_advocate(store: Store, name: str) -> list[dict[str, Any]]:
    """The referrals of an advocate as an inventory shows them."""
    rows = store.all(f"SELECT {_COLUMNS} FROM referral WHERE advocate = ? ORDER BY id", name)
    return [_with_friends(store, row) for row in rows]


def erase(store: Store, name: str) -> None:
    """Empties the attributes of the referrals that name a customer, as advocate or as friend."""
    store.run("UPDATE referral SET attributes = '{}' WHERE advocate = ? OR friend = ?", name, name)


def _with_friends(store: Store, row: Row) -> dict[str, Any]:
    return {**_document(store, row), "referredCustomers": tallies.redeemers(store, "referral", row[0])}


def _document(store: Store, row: Row) -> dict[str, Any]:
    number, created, campaign, code, advocate, friend, limit, starts, expires, attributes = row
    shown: dict[str, Any] = {
        "id": number,
        "created": written(created),
        "usageLimit": limit,
        "campaignId": campaign,
        "advocateProfileIntegrationId": advocate,
        "attributes": json.loads(attributes),
        "code": code,
        "usageCounter": tallies.redemptions(store, "referral", number),
    }
    if friend is not None:
        shown["friendProfileIntegrationId"] = friend
    if starts is not None:
        shown["startDate"] = written(starts)
    if expires is not None:
        shown["expiryDate"] = written(expires)
    return shown
