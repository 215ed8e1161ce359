"""A profile is updated with or without the rule engine, and shown by its inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from talonproof.emulator import answers, attributes, event, profile
from talonproof.emulator.call import Call
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import INVALID, Refusal, bad_body
from talonproof.emulator.world import Entity


def update(call: Call) -> Reply:
    """Creates a profile, or merges attributes into it and changes its audiences.

    Without the rule engine nothing counts as activity, and ``responseContent`` is ignored.
    """
    name = call.path_id("integrationId")
    body: Mapping[str, Any] = call.body
    sent = body.get("attributes", {})
    found = attributes.problems(Entity.PROFILE, call.world.attributes[Entity.PROFILE], sent, "/attributes")
    if found:
        raise Refusal(400, INVALID, found)
    joins, leaves = (_audiences(call, body.get("audiencesChanges", {}), key) for key in ("adds", "deletes"))
    customer, new = profile.ensure(call.store, name, call.now)
    customer.attributes = attributes.merged(customer.attributes, sent)
    for audience in joins:
        profile.join(call.store, customer, audience)
    for audience in leaves:
        profile.leave(call.store, customer, audience)
    runs = call.parameters["runRuleEngine"]
    if runs and not call.dry:
        customer.active(call.now)
    profile.save(call.store, customer)
    if not runs:
        return reply(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
    happened = event.record(call, event.PROFILE_CREATED if new else event.PROFILE_UPDATED, profile=name)
    return reply(200, answers.state(call, event=happened, customer=customer))


def _audiences(call: Call, changes: Mapping[str, Any], key: str) -> list[int]:
    ids: list[int] = [int(number) for number in changes.get(key, ())]
    for index, number in enumerate(ids):
        if number not in call.world.audiences:
            raise bad_body(f"/audiencesChanges/{key}/{index}", "Unknown", f"There is no audience {number}.")
    return ids


def inventory(call: Call) -> Reply:
    """What belongs to a profile, by the sections asked for.

    Referrals, coupons, giveaways and achievements come from operations and rules that are not built: their
    sections are empty.
    """
    name = call.path_id("integrationId")
    customer = profile.find(call.store, name)
    if customer is None:
        raise Refusal(404, f'There is no profile "{name}".')
    asked = {section for section in ("profile", "loyalty", *_EMPTY) if call.parameters.get(section)}
    shown: dict[str, Any] = {section: [] for section in _EMPTY if section in asked}
    if "profile" in asked:
        shown["profile"] = profile.document(call.store, customer, call.world.account)
    if "loyalty" in asked:
        shown["loyalty"] = answers.loyalty(call, customer, ()) or {"programs": {}}
    return reply(200, shown)


_EMPTY = ("referrals", "coupons", "giveaways", "achievements")
