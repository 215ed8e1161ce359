"""A custom event is tracked under a type that the account has defined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from talonproof.emulator import answers, attributes, event, profile
from talonproof.emulator.call import MAX_ID, Call
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import INVALID, Refusal, bad_body, bad_parameter
from talonproof.emulator.world import Entity


def track(call: Call) -> Reply:
    """Records an event; each call is another one. It makes the profile if it is new, without an event for that."""
    body: Mapping[str, Any] = call.body
    silent = call.parameters["silent"]
    if silent not in {"yes", "no"}:
        raise bad_parameter("silent", "enum", "silent must be yes or no.")
    kind: str = body["type"]
    if kind.startswith(event.RESERVED_PREFIX):
        raise bad_body("/type", "Reserved", f'The event type "{kind}" is built in.')
    if kind not in call.world.event_types:
        raise bad_body("/type", "Unknown", f'No event type "{kind}" is defined.')
    name: str = body.get("profileId", "")
    if not name:
        raise bad_body("/profileId", "Required", "An event belongs to a profile.")
    if len(name) > MAX_ID:
        raise bad_body("/profileId", "Out of range", f"profileId has more than {MAX_ID} characters.")
    sent = body.get("attributes", {})
    found = attributes.problems(Entity.EVENT, call.world.attributes[Entity.EVENT], sent, "/attributes")
    if found:
        raise Refusal(400, INVALID, found)
    store = call.known_store(body, "")
    customer, _ = profile.ensure(call.store, name, call.now)
    if not call.dry:
        customer.active(call.now)
    profile.save(call.store, customer)
    happened = event.record(call, kind, profile=name, store=store, attributes=attributes.merged({}, sent))
    if silent == "yes":
        return reply(204)
    return reply(200, answers.state(call, event=happened, customer=customer))
