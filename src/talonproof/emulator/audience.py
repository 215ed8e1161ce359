"""An audience is a named group of customers, made here or known to another platform by an id of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from talonproof.emulator import profile
from talonproof.emulator.instant import written
from talonproof.emulator.profile import Profile
from talonproof.emulator.store import Store

_KEPT = ("sandbox", "description", "createdIn3rdParty", "lastUpdate")


def exists(store: Store, number: int) -> bool:
    """Whether there is an audience of this id."""
    return store.one("SELECT 1 FROM audience WHERE id = ?", number) is not None


def taken(store: Store, integration: str, integration_id: str) -> bool:
    """Whether an audience of an integration (empty: of none) has this id there."""
    sql = "SELECT 1 FROM audience WHERE integration = ? AND integration_id = ?"
    return store.one(sql, integration, integration_id) is not None


def create(store: Store, sent: Mapping[str, Any], now: int) -> int:
    """Stores a new audience; its id."""
    return store.run(
        "INSERT INTO audience (created, name, integration, integration_id, document) VALUES (?, ?, ?, ?, ?)",
        now,
        sent["name"],
        sent.get("integration", ""),
        sent.get("integrationId"),
        json.dumps({name: sent[name] for name in _KEPT if name in sent}),
    )


def rename(store: Store, number: int, name: str) -> None:
    """Gives an audience another name."""
    store.run("UPDATE audience SET name = ? WHERE id = ?", name, number)


def empty(store: Store, number: int) -> None:
    """Ends every membership in an audience."""
    store.run("DELETE FROM membership WHERE audience_id = ?", number)


def delete(store: Store, number: int) -> None:
    """Removes an audience and its memberships."""
    empty(store, number)
    store.run("DELETE FROM audience WHERE id = ?", number)


def members(store: Store, number: int) -> list[Profile]:
    """The members of an audience, those that are not visible yet among them."""
    names = store.all(
        "SELECT integration_id FROM profile JOIN membership ON profile_id = id WHERE audience_id = ? ORDER BY id",
        number,
    )
    return [found for (name,) in names if (found := profile.known(store, name)) is not None]


def document(store: Store, number: int, account: int) -> dict[str, Any]:
    """The audience as answers show it."""
    ((created, name, integration, integration_id, kept),) = store.all(
        "SELECT created, name, integration, integration_id, document FROM audience WHERE id = ?", number
    )
    shown: dict[str, Any] = {"accountId": account, "id": number, "created": written(created), "name": name}
    if integration:
        shown["integration"] = integration
    if integration_id is not None:
        shown["integrationId"] = integration_id
    return {**shown, **json.loads(kept)}
