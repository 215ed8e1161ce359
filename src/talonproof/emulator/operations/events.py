"""A custom event is tracked under a type that the account has defined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from talonproof.emulator import answers, attributes, event, profile
from talonproof.emulator.call import Call
from talonproof.emulator.checked import customer_id
from talonproof.emulator.engine import settlement
from talonproof.emulator.engine.evaluation import evaluate, reasons_wanted
from talonproof.emulator.engine.situation import Situation, chosen
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import INVALID, Refusal, bad_body
from talonproof.emulator.world import Entity


def track(call: Call) -> Reply:
    """Records an event; each call is another one. It makes the profile if it is new, without an event for that."""
    body: Mapping[str, Any] = call.body
    silent = call.silent()
    kind: str = body["type"]
    if kind.startswith(event.RESERVED_PREFIX):
        raise bad_body("/type", "Reserved", f'The event type "{kind}" is built in.')
    if kind not in call.world.event_types:
        raise bad_body("/type", "Unknown", f'No event type "{kind}" is defined.')
    name = customer_id(body.get("profileId", ""), "/profileId")
    sent = body.get("attributes", {})
    found = attributes.problems(Entity.EVENT, call.world.attributes[Entity.EVENT], sent, "/attributes")
    if found:
        raise Refusal(400, INVALID, found)
    store = call.known_store(body, "")
    customer, _ = profile.ensure(call.store, name, call.now)
    if not call.dry:
        customer.active(call.now)
    held = attributes.merged({}, sent)
    failures = reasons_wanted(call)
    situation = Situation(call.now, kind, profile=customer, event_attributes=held, campaigns=chosen(call, body))
    outcome = settlement.happen(call, customer, evaluate(call, situation, failures))
    profile.save(call.store, customer)
    shown = [effect.document() for effect in outcome.effects]
    happened = event.record(call, kind, profile=name, store=store, attributes=held, effects=shown)
    if silent:
        return reply(204)
    return reply(200, answers.state(call, event=happened, customer=customer, outcome=outcome, failures=failures))
