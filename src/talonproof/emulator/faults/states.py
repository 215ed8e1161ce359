"""Faults of the session's state machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from talonproof.emulator.faults.fault import Collection, Proceed
from talonproof.emulator.faults.tampering import (
    edited_session,
    is_dry,
    overwrite,
    sent_session,
    set_state,
    show_state,
    state,
    stored,
)
from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.session import CANCELLED, CLOSED, OPEN, RETURNED, Session

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

STATES = Collection()

UPDATE = ("updateCustomerSessionV2",)
REOPEN = ("reopenCustomerSession",)
RETURN = ("returnCartItems",)


def _wanted(request: Request) -> str | None:
    """The state that an update sends; ``open`` if it sends none, None if it sends no session."""
    sent = sent_session(request)
    return None if sent is None else sent.get("state", OPEN)


def _with_state(request: Request, wanted: str) -> Request:
    return edited_session(request, lambda sent: sent.update(state=wanted))


@STATES.must(
    "put-reopens-closed",
    "An ordinary update opens a closed session again.",
    "SES-009", "SES-010", "SES-118", "SES-218",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if not is_dry(request) and _wanted(request) == OPEN and state(request, emulator) == CLOSED:
        set_state(request, emulator, OPEN)
        answer = proceed(request)
        if not answer.ok:
            set_state(request, emulator, CLOSED)
        return answer
    return proceed(request)


@STATES.should(
    "closed-cart-changes", "An update changes the cart of a closed session.", "SES-009", "SES-118", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if not is_dry(request) and _wanted(request) == OPEN and state(request, emulator) == CLOSED:
        set_state(request, emulator, OPEN)
        answer = proceed(request)
        set_state(request, emulator, CLOSED)
        return show_state(answer, CLOSED)
    return proceed(request)


@STATES.must(
    "cancelled-revives",
    "An ordinary update brings a cancelled session back.",
    "SES-014", "SES-015", "SES-136", "SES-236",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if not is_dry(request) and _wanted(request) in (OPEN, CLOSED) and state(request, emulator) == CANCELLED:
        set_state(request, emulator, OPEN)
        answer = proceed(request)
        if not answer.ok:
            set_state(request, emulator, CANCELLED)
        return answer
    return proceed(request)


@STATES.should(
    "reopen-open-accepted", "Reopening an open session is answered like a success.", "SES-017", "SES-114", on=REOPEN
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return reply(200, {"effects": []}) if state(request, emulator) == OPEN else proceed(request)


@STATES.must(
    "reopen-partially-returned",
    "Reopening opens a partially returned session.",
    "SES-016", "SES-017", "SES-132", "SES-232",
    on=REOPEN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if state(request, emulator) == RETURNED:
        set_state(request, emulator, CLOSED)
    return proceed(request)


@STATES.must(
    "reopen-cancelled",
    "Reopening opens a cancelled session.",
    "SES-014", "SES-015", "SES-016", "SES-017", "SES-138", "SES-145", "SES-238", "SES-245",
    on=REOPEN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if state(request, emulator) == CANCELLED:
        set_state(request, emulator, OPEN)
        return reply(200, {"effects": []})
    return proceed(request)


@STATES.must(
    "reopened-stays-closed",
    "Reopening is answered but not done.",
    "SES-018",
    "SES-143",
    "SES-222",
    "SES-243",
    on=REOPEN,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok:
        set_state(request, emulator, CLOSED)
    return answer


@STATES.must(
    "put-sets-partially-returned",
    "An update can make a session partially returned.",
    "SES-005", "SES-009", "SES-011", "SES-105", "SES-113", "SES-121", "SES-205", "SES-213", "SES-221",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    before = state(request, emulator)
    if _wanted(request) != RETURNED or is_dry(request) or before in {RETURNED, CANCELLED}:
        return proceed(request)
    if before == CLOSED:
        set_state(request, emulator, OPEN)
    answer = proceed(_with_state(request, OPEN))
    if answer.ok:
        set_state(request, emulator, RETURNED)
    elif before == CLOSED:
        set_state(request, emulator, CLOSED)
    return show_state(answer, RETURNED)


@STATES.should(
    "creation-as-cancelled", "A session can be created as cancelled.", "SES-005", "SES-104", "SES-204", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if _wanted(request) != CANCELLED or is_dry(request) or stored(request, emulator) is not None:
        return proceed(request)
    opened = proceed(_with_state(request, OPEN))
    return proceed(request) if opened.ok else opened


@STATES.must(
    "creation-ignores-state", "A session created as closed is stored as open.", "SES-004", "SES-203", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if _wanted(request) == CLOSED and not is_dry(request) and stored(request, emulator) is None:
        return proceed(_with_state(request, OPEN))
    return proceed(request)


@STATES.must(
    "cancel-closed-ignored",
    "Cancelling a closed session is answered but not done.",
    "SES-012", "SES-220",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    before = state(request, emulator)
    answer = proceed(request)
    if answer.ok and before == CLOSED and not is_dry(request):
        set_state(request, emulator, CLOSED)
        return show_state(answer, CLOSED)
    return answer


@STATES.must(
    "return-open-accepted",
    "Items of an open session can be returned.",
    "SES-019", "SES-020", "SES-115", "SES-215",
    on=RETURN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if state(request, emulator) != OPEN or is_dry(request):
        return proceed(request)
    set_state(request, emulator, CLOSED)
    answer = proceed(request)
    if not answer.ok:
        set_state(request, emulator, OPEN)
    return answer


@STATES.must(
    "return-leaves-closed",
    "A session stays closed when some of its items are returned.",
    "SES-021", "SES-223", "SES-224", "SES-233", "SES-244",
    on=RETURN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok and not is_dry(request):
        set_state(request, emulator, CLOSED)
        return show_state(answer, CLOSED)
    return answer


@STATES.must(
    "unknown-session-answered",
    "Reading a session that was never sent is answered like a success, without a session.",
    "SES-002", "SES-062", "SES-108",
    on=("getCustomerSession",),
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    unknown = answer.status == 400 and stored(request, emulator) is None
    return reply(200, {"effects": []}) if unknown else answer


@STATES.must(
    "get-touches-session",
    "Reading a session counts as an event on it.",
    "SES-063", "SES-069",
    on=("getCustomerSession",),
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)

    def edit(found: Session) -> None:
        found.updated += 1

    if answer.ok:
        overwrite(request, emulator, edit)
    return answer


@STATES.must(
    "reopen-drops-item-attributes", "Reopening a session empties the attributes of its items.", "REO-010", on=REOPEN
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)

    def edit(found: Session) -> None:
        for line in found.cart:
            line.pop("attributes", None)

    if answer.ok:
        overwrite(request, emulator, edit)
    return answer
