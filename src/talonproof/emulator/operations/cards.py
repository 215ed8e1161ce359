"""Loyalty cards are made for a card-based program, and profiles are linked to them up to its limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from talonproof.emulator import card, profile
from talonproof.emulator.call import Call
from talonproof.emulator.checked import customer_id
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import Refusal, bad_body, bad_parameter
from talonproof.emulator.world import Program


def generate(call: Call) -> Reply:
    """Makes a card, under the identifier that was sent or one of the program's pattern, with profiles or without."""
    sent: Mapping[str, Any] = call.body
    number: int = call.parameters["loyaltyProgramId"]
    program = call.world.programs.get(number)
    if program is None:
        raise bad_parameter("loyaltyProgramId", "Unknown", f"There is no loyalty program {number}.")
    _check_kind(program)
    owners = [
        customer_id(name, f"/customerProfileIds/{index}")
        for index, name in enumerate(sent.get("customerProfileIds", ()))
    ]
    if 0 < program.users_per_card_limit < len(set(owners)):
        details = f"A card of this program takes {program.users_per_card_limit} profiles."
        raise bad_body("/customerProfileIds", "Out of range", details)
    identifier = sent.get("cardIdentifier") or card.unused_identifier(call.store, program)
    if identifier is None:
        raise Refusal(400, "The program has no identifier left.")
    if card.find(call.store, number, identifier) is not None:
        raise bad_body("/cardIdentifier", "Taken", f'There is a card "{identifier}" in this program.')
    made = card.create(call.store, number, identifier, sent.get("status", "active"), call.now)
    for name in owners:
        profile.ensure(call.store, name, call.now)
        card.register(call.store, made, name, call.now)
    return reply(200, card.document(call, made))


def link(call: Call) -> Reply:
    """Registers a profile on a card; one that is registered already stays so."""
    number: int = call.parameters["loyaltyProgramId"]
    program = call.world.programs.get(number)
    if program is None:
        raise Refusal(404, f"There is no loyalty program {number}.")
    _check_kind(program)
    kept = card.find(call.store, number, call.parameters["loyaltyCardId"])
    if kept is None:
        raise Refusal(404, f'There is no loyalty card "{call.parameters["loyaltyCardId"]}" in program {number}.')
    name = customer_id(call.body["integrationId"], "/integrationId")
    linked = {row["integrationId"] for row in card.registrations(call.store, kept)}
    if 0 < program.users_per_card_limit < len(linked | {name}):
        details = f"A card of this program takes {program.users_per_card_limit} profiles."
        raise bad_body("/integrationId", "Out of range", details)
    profile.ensure(call.store, name, call.now)
    card.register(call.store, kept, name, call.now)
    return reply(200, card.document(call, kept))


def _check_kind(program: Program) -> None:
    if not program.cards:
        details = f"The loyalty program {program.id} is profile-based."
        raise bad_parameter("loyaltyProgramId", "Invalid program", details)
