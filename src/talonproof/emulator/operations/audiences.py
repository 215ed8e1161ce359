"""Audiences are made, renamed, emptied and deleted, and customers enter and leave them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from talonproof.emulator import attributes, audience, profile
from talonproof.emulator.call import Call
from talonproof.emulator.checked import custom, customer_id, whole
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import Refusal, bad_body
from talonproof.emulator.world import Entity

MAX_ACTIONS = 1000


def create(call: Call) -> Reply:
    """Makes an audience: by name alone, with the id of another platform, or with an integration and its id there.

    The first kind may share its name with others; the other two have their id for themselves (409).
    """
    sent: Mapping[str, Any] = call.body
    integration: str = sent.get("integration", "")
    if integration and integration not in call.world.integrations:
        raise bad_body("/integration", "Unknown", f'There is no integration "{integration}".')
    if integration and "integrationId" not in sent:
        raise bad_body("/integrationId", "Required", "An audience of an integration has an id there.")
    if "integrationId" in sent and audience.taken(call.store, integration, sent["integrationId"]):
        raise Refusal(409, f'There is an audience "{sent["integrationId"]}" of this integration.')
    number = audience.create(call.store, sent, call.now)
    return reply(201, audience.document(call.store, number, call.world.account))


def rename(call: Call) -> Reply:
    """Gives an audience another name."""
    number = _existing(call)
    audience.rename(call.store, number, call.body["name"])
    return reply(200, audience.document(call.store, number, call.world.account))


def delete(call: Call) -> Reply:
    """Removes an audience with its memberships."""
    audience.delete(call.store, _existing(call))
    return reply(204)


def empty(call: Call) -> Reply:
    """Ends every membership in an audience."""
    audience.empty(call.store, _existing(call))
    return reply(204)


def change_members(call: Call) -> Reply:
    """Lets customers enter and leave audiences, all or none of them.

    A customer that is not known comes into being by entering, but is not visible before a call about itself.
    Entering twice and leaving what one is not in change nothing.
    """
    actions: list[Mapping[str, Any]] = call.body.get("data", [])
    if len(actions) > MAX_ACTIONS:
        raise bad_body("/data", "Out of range", f"A request has at most {MAX_ACTIONS} actions.")
    for index, action in enumerate(actions):
        number = whole(action["audienceId"], f"/data/{index}/audienceId")
        name = customer_id(action["profileIntegrationId"], f"/data/{index}/profileIntegrationId")
        if not audience.exists(call.store, number):
            raise Refusal(404, f"There is no audience {number}.")
        if action["action"] == "add":
            customer, _ = profile.ensure(call.store, name, call.now, visible=False)
            profile.join(call.store, customer, number)
        elif (customer := profile.known(call.store, name)) is not None:
            profile.leave(call.store, customer, number)
    return reply(204)


def update_members(call: Call) -> Reply:
    """Merges attributes into every member of an audience."""
    number = _existing(call)
    sent = custom(call, Entity.PROFILE, call.body, "")
    for customer in audience.members(call.store, number):
        customer.attributes = attributes.merged(customer.attributes, sent)
        profile.save(call.store, customer)
    return reply(204)


def _existing(call: Call) -> int:
    """The id in the path; Refusal (404) where there is no such audience."""
    number: int = call.parameters["audienceId"]
    if not audience.exists(call.store, number):
        raise Refusal(404, f"There is no audience {number}.")
    return number
