"""What a schema says of a value is not enough to keep it: ids are bounded, numbers fit, moments exist."""

from __future__ import annotations

from typing import Any

from talonproof.emulator import attributes, instant
from talonproof.emulator.call import MAX_ID, Call
from talonproof.emulator.refusal import INVALID, Refusal, bad_body
from talonproof.emulator.world import Entity

_LARGEST = 2**63 - 1


def customer_id(sent: str, pointer: str) -> str:
    """The integration id of a customer; Refusal for an empty one, and for one that is too long to be stored."""
    if not sent:
        raise bad_body(pointer, "Required", "A customer has an integration id.")
    if len(sent) > MAX_ID:
        raise bad_body(pointer, "Out of range", f"An integration id has at most {MAX_ID} characters.")
    return sent


def whole(sent: float, pointer: str) -> int:
    """The integer that a number without a fraction is; Refusal beyond 64 bits."""
    if abs(sent) > _LARGEST:
        raise bad_body(pointer, "Out of range", "An integer must not be beyond 64 bits.")
    return int(sent)


def moment(sent: str | None, pointer: str) -> int | None:
    """The instant of a timestamp, None for none; Refusal for one before year 1 or after year 9999."""
    if sent is None:
        return None
    try:
        found = instant.read(sent)
        instant.written(found)  # a leap second or an offset can lead out of the years that there are
    except (OverflowError, ValueError):
        raise bad_body(pointer, "Out of range", "There is no such moment.") from None
    return found


def custom(call: Call, entity: Entity, sent: dict[str, Any], pointer: str) -> dict[str, Any]:
    """The custom attributes that were sent; Refusal for those that are not defined, and of another type."""
    found = attributes.problems(entity, call.world.attributes[entity], sent, pointer)
    if found:
        raise Refusal(400, INVALID, found)
    return sent
