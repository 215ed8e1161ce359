"""An event is what happened, under its type: the built-in ones of sessions and profiles, and custom ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from talonproof.emulator.call import Call
from talonproof.emulator.instant import written
from talonproof.emulator.json_text import stored
from talonproof.emulator.store import Store

CREATED = "talon_session_created"
UPDATED = "talon_session_updated"
CLOSED = "talon_session_closed"
CANCELLED = "talon_session_cancelled"
REVOKED = "talon_session_revoked"
RETURNED = "talon_session_partially_returned"
REOPENED = "talon_session_reopened"
PROFILE_CREATED = "talon_profile_created"
PROFILE_UPDATED = "talon_profile_updated"

RESERVED_PREFIX = "talon_"
"""Built-in types begin so; none of them can be sent as a custom event."""


def record(
    call: Call,
    kind: str,
    *,
    profile: str = "",
    session: str = "",
    store: str | None = None,
    attributes: Mapping[str, Any] | None = None,
    effects: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Stores an event, and gives it as answers show it."""
    kept: dict[str, Any] = {"attributes": dict(attributes or {}), "effects": list(effects)}
    if store is not None:
        kept["storeIntegrationId"] = store
    number = call.store.run(
        "INSERT INTO event (application_id, created, type, profile, session, document) VALUES (?, ?, ?, ?, ?, ?)",
        call.application.id,
        call.now,
        kind,
        profile,
        session,
        stored(kept),
    )
    shown = {"id": number, "created": written(call.now), "applicationId": call.application.id, "type": kind, **kept}
    if profile:
        shown["profileId"] = profile
    if session:
        shown["sessionId"] = session
    return shown


def erase(store: Store, profile: str) -> None:
    """Empties the attributes of a profile's events."""
    store.run("UPDATE event SET document = json_set(document, '$.attributes', json('{}')) WHERE profile = ?", profile)
