"""A return is a record of units given back in one call."""

from __future__ import annotations

import json
from typing import Any

from talonproof.emulator.call import Call
from talonproof.emulator.instant import written
from talonproof.emulator.profile import Profile
from talonproof.emulator.session import Session


def record(
    call: Call, session: Session, profile: Profile | None, event: int, items: list[dict[str, int]]
) -> dict[str, Any]:
    """Stores a return, and gives it as answers show it."""
    number = call.store.run(
        "INSERT INTO return (session_id, event_id, created, items) VALUES (?, ?, ?, ?)",
        session.id,
        event,
        call.now,
        json.dumps(items),
    )
    return _document(call, session, profile, (number, event, call.now, items))


def earlier(call: Call, session: Session, profile: Profile | None) -> list[dict[str, Any]]:
    """The returns of a session so far, oldest first."""
    rows = call.store.all(
        "SELECT id, event_id, created, items FROM return WHERE session_id = ? ORDER BY id", session.id
    )
    return [_document(call, session, profile, (*head, json.loads(items))) for *head, items in rows]


def _document(call: Call, session: Session, profile: Profile | None, row: tuple[Any, ...]) -> dict[str, Any]:
    number, event, created, items = row
    shown: dict[str, Any] = {
        "id": number,
        "created": written(created),
        "applicationId": session.application,
        "accountId": call.world.account,
        "returnedCartItems": items,
        "eventId": event,
        "sessionId": session.id,
        "sessionIntegrationId": session.integration_id,
    }
    if profile is not None:
        shown["profileId"] = profile.id
        shown["profileIntegrationId"] = profile.integration_id
    return shown
