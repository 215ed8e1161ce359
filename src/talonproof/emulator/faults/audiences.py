"""Faults of audiences: in how they are made and deleted, and in who is a member."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talonproof.emulator import audience, profile
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import edited_reply, in_parts, in_path, is_action, sent_list, with_list
from talonproof.emulator.message import Reply, Request, as_object, reply
from talonproof.emulator.operations.audiences import MAX_ACTIONS
from talonproof.emulator.refusal import bad_body

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

AUDIENCES = Collection()

CREATE = ("createAudienceV2",)
RENAME = ("updateAudienceV2",)
DELETE = ("deleteAudienceV2",)
EMPTY = ("deleteAudienceMembershipsV2",)
MEMBERS = ("updateCustomerProfileAudiences",)
ATTRIBUTES = ("updateAudienceCustomersAttributes",)

_GONE = "fault: deleted audiences"


def _number(request: Request, emulator: Emulator) -> int:
    """The audience that the path names; -1, which none has, where it is no number."""
    text = in_path(request, emulator, "audienceId")
    return int(text) if text.isdecimal() and len(text) < 19 else -1


@AUDIENCES.must("audience-needs-an-id", "An audience by its name alone is refused.", "AUD-001", on=CREATE)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    body = as_object(request.document())
    if body is None or "integrationId" in body or not proceed(request).ok:
        return proceed(request)
    return reply(400, bad_body("/integrationId", "Required", "This is missing.").document(with_status=True))


@AUDIENCES.must("audience-of-platform-refused", "An audience of another platform is refused.", "AUD-001", on=CREATE)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    body = as_object(request.document())
    answer = proceed(request)
    if body is None or "integration" not in body or not answer.ok:
        return answer
    return reply(400, bad_body("/integration", "Unknown", "There is none.").document(with_status=True))


@AUDIENCES.must("audience-made-twice", "An id that an audience has can be taken again.", "AUD-002", "AUD-003",
                on=CREATE)  # fmt: skip
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.status != 409:
        return answer
    body: dict[str, Any] = request.document()
    return edited_reply(
        proceed(request.with_document({"name": body["name"]})),
        lambda shown: shown.update({name: body[name] for name in ("integration", "integrationId") if name in body}),
    )


@AUDIENCES.must("rename-not-done", "Renaming an audience is answered but not done.", "AUD-018", on=RENAME)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    with emulator.store.reading():
        row = emulator.store.one("SELECT name FROM audience WHERE id = ?", _number(request, emulator))
    body = as_object(request.document())
    unchanged = request.with_document({**body, "name": row[0]}) if row and body and body.get("name") else request
    return proceed(unchanged)


@AUDIENCES.must(
    "delete-keeps-memberships",
    "An audience that was deleted is still shown by its members.",
    "AUD-013",
    on=(*DELETE, *RENAME, *EMPTY, *ATTRIBUTES),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    number, route = _number(request, emulator), emulator.route(request)
    with emulator.store.reading():
        gone = {int(one) for one in (emulator.store.noted(_GONE) or "").split()}
        there = audience.exists(emulator.store, number)
    if emulator.application_of(request) is None or route is None or not there:
        return proceed(request)
    if number in gone:
        return reply(404, {"message": "There is no such audience.", "StatusCode": 404})
    if route.operation.id not in DELETE:
        return proceed(request)
    with emulator.store.transaction():
        emulator.store.note(_GONE, " ".join(map(str, {*gone, number})))
    return reply(204)


@AUDIENCES.must("delete-not-done", "Deleting an audience is answered but not done.", "AUD-013", "AUD-014", on=DELETE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    with emulator.store.reading():
        there = audience.exists(emulator.store, _number(request, emulator))
    return reply(204) if there and emulator.application_of(request) is not None else proceed(request)


@AUDIENCES.should("deleted-twice", "Deleting an audience that is not there is a success.", "AUD-014", on=DELETE)
@on_reply
def _(answer: Reply) -> Reply:
    return reply(204) if answer.status == 404 else answer


@AUDIENCES.must("unknown-member-refused", "Only customers that are known can enter an audience.", "AUD-004",
                on=MEMBERS)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    names = [
        item.get("profileIntegrationId") for item in sent_list(request, "data") if is_action(item, "action", "add")
    ]
    with emulator.store.reading():
        unknown = [name for name in names if isinstance(name, str) and not profile.known(emulator.store, name)]
    if unknown and emulator.application_of(request) is not None:
        return reply(404, {"message": "There is no such profile.", "StatusCode": 404})
    return proceed(request)


@AUDIENCES.must("unknown-member-not-created", "Who is not known does not enter an audience.", "AUD-005", on=MEMBERS)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    items = sent_list(request, "data")
    with emulator.store.reading():
        known = [
            item
            for item in items
            if not is_action(item, "action", "add")
            or not isinstance(item.get("profileIntegrationId"), str)
            or profile.known(emulator.store, item["profileIntegrationId"])
        ]
    return proceed(with_list(request, "data", known) if len(known) < len(items) else request)


@AUDIENCES.must("thousand-actions-refused", "A request takes 999 actions on audiences.", "AUD-007", on=MEMBERS)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    too_many = answer.ok and len(sent_list(request, "data")) >= MAX_ACTIONS
    return reply(400, {"message": "Too many actions.", "StatusCode": 400}) if too_many else answer


@AUDIENCES.should("actions-over-a-thousand", "More than 1000 actions on audiences are done.", "AUD-008", on=MEMBERS)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    return in_parts(request, proceed, "data", MAX_ACTIONS)


def _without(request: Request, action: str) -> Request:
    items = sent_list(request, "data")
    kept = [item for item in items if not is_action(item, "action", action)]
    return with_list(request, "data", kept) if len(kept) < len(items) else request


@AUDIENCES.must("membership-not-removed", "Nobody leaves an audience by an action.", "AUD-009", on=MEMBERS)
@on_request
def _(request: Request) -> Request:
    return _without(request, "delete")


@AUDIENCES.must("membership-not-added", "Nobody enters an audience by an action.", "AUD-005", "AUD-009", on=MEMBERS)
@on_request
def _(request: Request) -> Request:
    return _without(request, "add")


@AUDIENCES.must("one-member-stays", "Emptying an audience leaves one of its members.", "AUD-011", on=EMPTY)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    number = _number(request, emulator)
    with emulator.store.reading():
        members = audience.members(emulator.store, number)
    answer = proceed(request)
    if answer.ok and members:
        with emulator.store.transaction():
            profile.join(emulator.store, members[-1], number)
    return answer


@AUDIENCES.should("emptied-audience-deleted", "Emptying an audience deletes it.", "AUD-012", on=EMPTY)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok:
        with emulator.store.transaction():
            audience.delete(emulator.store, _number(request, emulator))
    return answer


@AUDIENCES.must("attributes-of-one-member", "Attributes for an audience reach one of its members.", "AUD-015",
                on=ATTRIBUTES)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    with emulator.store.reading():
        members = audience.members(emulator.store, _number(request, emulator))
    answer = proceed(request)
    with emulator.store.transaction():
        for member in members[1:] if answer.ok else ():
            profile.save(emulator.store, member)
    return answer


@AUDIENCES.should("attributes-of-everybody", "Attributes for an audience reach every customer.", "AUD-016",
                  on=ATTRIBUTES)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    body = as_object(request.document())
    if answer.ok and body:
        with emulator.store.transaction():
            for (name,) in emulator.store.all("SELECT integration_id FROM profile"):
                found = profile.known(emulator.store, name)
                if found is not None:
                    found.attributes = {**found.attributes, **{k: v for k, v in body.items() if v is not None}}
                    profile.save(emulator.store, found)
    return answer
