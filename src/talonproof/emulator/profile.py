"""A customer profile comes into being when it is first named, and counts what its sessions sold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from talonproof.emulator.instant import written
from talonproof.emulator.json_text import restored, stored
from talonproof.emulator.money import number
from talonproof.emulator.store import Row, Store

_KNOWN = (
    "SELECT id, integration_id, created, last_activity, closed_sessions, total_sales, attributes, visible FROM profile"
    " WHERE integration_id = ?"
)


@dataclass(slots=True)
class Profile:
    """A customer. ``last_activity`` moves by calls to the rule engine that are not dry, by nothing else.

    One that was only ever named as a member of an audience is not ``visible`` before a call about itself.
    """

    id: int
    integration_id: str
    created: int
    last_activity: int
    closed_sessions: int
    total_sales: Decimal
    attributes: dict[str, Any]
    visible: bool = True

    def active(self, now: int) -> None:
        """Notes a call to the rule engine."""
        self.last_activity = max(self.last_activity, now)

    def count(self, sessions: int, sales: Decimal) -> None:
        """Adds to the closed sessions and to their value; either may be negative."""
        self.closed_sessions += sessions
        self.total_sales += sales


def find(store: Store, integration_id: str) -> Profile | None:
    """The visible profile of an integration id."""
    found = known(store, integration_id)
    return found if found is not None and found.visible else None


def known(store: Store, integration_id: str) -> Profile | None:
    """The profile of an integration id, visible or not."""
    row = store.one(_KNOWN, integration_id)
    return None if row is None else _profile(row)


def ensure(store: Store, integration_id: str, now: int, *, visible: bool = True) -> tuple[Profile, bool]:
    """The profile of an integration id, empty if there was none; and whether it is new.

    ``visible`` makes it visible if it was not; else a new one is not visible.
    """
    found = known(store, integration_id)
    if found is None:
        number = store.run(
            "INSERT INTO profile (integration_id, created, last_activity, visible) VALUES (?, ?, ?, ?)",
            *(integration_id, now, now, visible),
        )
        return Profile(number, integration_id, now, now, 0, Decimal(0), {}, visible), True
    if visible and not found.visible:
        store.run("UPDATE profile SET visible = 1 WHERE id = ?", found.id)
        found.visible = True
    return found, False


def save(store: Store, profile: Profile) -> None:
    """Stores what may change of a profile."""
    store.run(
        "UPDATE profile SET last_activity = ?, closed_sessions = ?, total_sales = ?, attributes = ? WHERE id = ?",
        profile.last_activity,
        profile.closed_sessions,
        str(profile.total_sales),
        stored(profile.attributes),
        profile.id,
    )


def join(store: Store, profile: Profile, audience: int) -> None:
    """Makes the profile a member of an audience, if it is none yet."""
    store.run("INSERT OR IGNORE INTO membership VALUES (?, ?)", profile.id, audience)


def leave(store: Store, profile: Profile, audience: int) -> None:
    """Ends the membership in an audience, if there is one."""
    store.run("DELETE FROM membership WHERE profile_id = ? AND audience_id = ?", profile.id, audience)


def document(store: Store, profile: Profile, account: int) -> dict[str, Any]:
    """The profile as answers show it."""
    memberships = store.all(
        "SELECT id, name FROM audience JOIN membership ON audience_id = id WHERE profile_id = ? ORDER BY id", profile.id
    )
    return {
        "id": profile.id,
        "created": written(profile.created),
        "integrationId": profile.integration_id,
        "attributes": profile.attributes,
        "accountId": account,
        "closedSessions": profile.closed_sessions,
        "totalSales": number(profile.total_sales),
        "audienceMemberships": [{"id": audience, "name": name} for audience, name in memberships],
        "lastActivity": written(profile.last_activity),
    }


def _profile(row: Row) -> Profile:
    number, integration_id, created, last_activity, closed_sessions, sales, kept, visible = row
    return Profile(
        *(number, integration_id, created, last_activity, closed_sessions),
        total_sales=Decimal(sales),
        attributes=restored(kept),
        visible=bool(visible),
    )
