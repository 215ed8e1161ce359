"""Faults of custom events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talonproof.emulator import profile
from talonproof.emulator.event import RESERVED_PREFIX
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import edited_body, edited_section, is_dry, query, with_query
from talonproof.emulator.message import Reply, Request, as_object, reply

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

EVENTS = Collection()

TRACK = ("trackEventV2",)


@EVENTS.must("event-never-silent", "An event always has a body.", "PRO-004", on=TRACK)
@on_request
def _(request: Request) -> Request:
    return with_query(request, silent="no") if query(request, "silent") in {None, "yes"} else request


@EVENTS.must("event-always-silent", "An event never has a body.", "PRO-005", on=TRACK)
@on_request
def _(request: Request) -> Request:
    return with_query(request, silent="yes") if query(request, "silent") == "no" else request


@EVENTS.should("event-of-nobody", "An event without a profile is taken.", "EVT-001", on=TRACK)
@on_request
def _(request: Request) -> Request:
    return edited_body(request, lambda body: body.setdefault("profileId", "nobody"))


def _as_known(request: Request, emulator: Emulator, *, reserved: bool) -> Request:
    """The request with a type that is defined in the place of a built-in one, or of one that is not defined."""
    body, known = as_object(request.document()) or {}, emulator.world.event_types
    kind = body.get("type")
    wrong = isinstance(kind, str) and kind not in known and kind.startswith(RESERVED_PREFIX) is reserved
    return request.with_document({**body, "type": min(known)}) if wrong and kind and known else request


@EVENTS.should("reserved-type-accepted", "An event of a built-in type is taken.", "EVT-002", on=TRACK)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return proceed(_as_known(request, emulator, reserved=True))


@EVENTS.should("undefined-type-accepted", "An event of a type that is not defined is taken.", "EVT-002", on=TRACK)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return proceed(_as_known(request, emulator, reserved=False))


def _stranger(request: Request, emulator: Emulator) -> str:
    """The profile that an event is of, if it is not known; else nothing."""
    name = (as_object(request.document()) or {}).get("profileId")
    with emulator.store.reading():
        known = not isinstance(name, str) or profile.known(emulator.store, name) is not None
    return "" if known or not isinstance(name, str) else name


@EVENTS.must("event-of-stranger-refused", "An event of a customer that is not known is refused.", "EVT-003", on=TRACK)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    stranger = _stranger(request, emulator)
    if stranger and not is_dry(request) and emulator.application_of(request) is not None:
        return reply(400, {"message": "There is no such profile.", "StatusCode": 400})
    return proceed(request)


@EVENTS.should("stranger-forgotten", "An event makes no profile.", "EVT-005", on=TRACK)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    stranger = _stranger(request, emulator)
    answer = proceed(request)
    if stranger and answer.ok:
        with emulator.store.transaction():
            emulator.store.run("UPDATE profile SET visible = 0 WHERE integration_id = ?", stranger)
    return answer


@EVENTS.should("event-of-another-type", "An event shows another type than was sent.", "EVT-006", on=TRACK)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_section(answer, "event", lambda part: part.update(type=f"{part['type']}_x"))


@EVENTS.should("equal-events-are-one", "Every event has the same id.", "EVT-007", on=TRACK)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_section(answer, "event", lambda part: part.update(id=1))
