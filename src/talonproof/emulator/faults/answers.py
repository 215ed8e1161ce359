"""Faults in what answers look like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from talonproof.emulator import instant
from talonproof.emulator.faults.content import SESSIONS
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.pages import LISTS
from talonproof.emulator.faults.states import REOPEN, RETURN, UPDATE
from talonproof.emulator.faults.tampering import edited_body, edited_reply, edited_section, edited_session
from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.session import CANCELLED, CLOSED, OPEN, RETURNED

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

ANSWERS = Collection()


@ANSWERS.should(
    "malformed-json-500",
    "A body that is no JSON makes the server fail.",
    "ERR-009",
    on=(*UPDATE, *RETURN, "updateCustomerProfileV2", "trackEventV2"),
)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.status == 400 and request.document() is None:
        return reply(500, {"message": "The server failed.", "StatusCode": 500})
    return answer


@ANSWERS.must("required-property-missing", "The answer has no createdReferrals.", "ERR-013", "SES-051", on=UPDATE)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("createdReferrals"))


@ANSWERS.must("wrong-type", "Totals are strings.", "ERR-013", on=SESSIONS)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_section(answer, "customerSession", lambda part: part.update(total=str(part["total"])))


@ANSWERS.should("over-long-name", "Names of ledger rows are longer than their bound.", "ERR-014", on=LISTS)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        for row in body["data"]:
            row["name"] = row["name"].ljust(300, "x")

    return edited_reply(answer, edit)


@ANSWERS.should("null-property", "A store that is not set is null.", "ERR-012", on=SESSIONS)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_section(answer, "customerSession", lambda part: part.setdefault("storeIntegrationId", None))


@ANSWERS.must("effects-left-out", "A reopening that has no effects leaves them out.", "ERR-013", "REO-001", on=REOPEN)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("effects"))


@ANSWERS.must("asked-session-left-out", "An update never shows its session.", "SES-052", on=UPDATE)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("customerSession", None))


@ANSWERS.should("event-type-of-creation", "Every event of a session is its creation.", "SES-071", on=(*UPDATE, *RETURN))
@on_reply
def _(answer: Reply) -> Reply:
    return edited_section(answer, "event", lambda part: part.update(type="talon_session_created"))


@ANSWERS.should(
    "unknown-section-ignored",
    "Sections that do not exist can be asked for.",
    "ERR-011", "SES-055",
    on=(*UPDATE, *RETURN),
)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    known = (
        "customerSession", "customerProfile", "coupons", "triggeredCampaigns", "referral", "loyalty", "event",
        "awardedGiveaways", "ruleFailureReasons", "previousReturns",
    )  # fmt: skip

    def edit(body: dict[str, Any]) -> None:
        if isinstance(body.get("responseContent"), list):
            body["responseContent"] = [name for name in body["responseContent"] if name in known]

    return edited_body(request, edit)


@ANSWERS.should("unknown-state-is-open", "A state that does not exist means open.", "ERR-011", "SES-141", "SES-241",
                on=UPDATE)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    def edit(sent: dict[str, Any]) -> None:
        if sent.get("state", OPEN) not in (OPEN, CLOSED, RETURNED, CANCELLED):
            sent["state"] = OPEN

    return edited_session(request, edit)


@ANSWERS.should(
    "missing-session-is-empty", "An update without a session is taken.", "ERR-011", "SES-142", "SES-242", on=UPDATE
)
@on_request
def _(request: Request) -> Request:
    return edited_body(request, lambda body: body.setdefault("customerSession", {}))


@ANSWERS.should("error-without-message", "A 400 does not say what is wrong.", "ERR-015", on=(*SESSIONS, *REOPEN))
@on_reply
def _(answer: Reply) -> Reply:
    if answer.status != 400:
        return answer
    return answer.with_document({name: value for name, value in answer.document().items() if name != "message"})


@ANSWERS.should("error-with-two-sources", "An error names a pointer and a parameter.", "ERR-001")
@on_reply
def _(answer: Reply) -> Reply:
    if answer.status != 400:
        return answer
    body = answer.document()
    for error in body.get("errors", ()):
        error["source"] = {"pointer": "", "parameter": "", **error["source"]}
    return answer.with_document(body)


@ANSWERS.must(
    "profile-update-201", "A profile update is answered with 201.", "ERR-007", on=("updateCustomerProfileV2",)
)
@on_reply
def _(answer: Reply) -> Reply:
    return replace(answer, status=201) if answer.ok else answer


@ANSWERS.must("wrong-content-type", "Answers are sent as plain text.", "ERR-004", on=SESSIONS)
@on_reply
def _(answer: Reply) -> Reply:
    return replace(answer, headers={**answer.headers, "content-type": "text/plain"}) if answer.ok else answer


@ANSWERS.should("clock-of-yesterday", "Sessions are created a day before their time.", "ERR-006", on=SESSIONS)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(part: dict[str, Any]) -> None:
        part["created"] = instant.written(instant.read(part["created"]) - instant.DAY)

    return edited_section(answer, "customerSession", edit)


@ANSWERS.must(
    "plus-is-space",
    "A plus in an id is taken for a space.",
    "SES-001", "SES-062", "SES-067",
    on=(*SESSIONS, *REOPEN),
)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    path, question, query = request.target.partition("?")
    segments = [quote(unquote(segment).replace("+", " "), safe="") for segment in path.split("/")]
    return replace(request, target="/".join(segments) + question + query)


@ANSWERS.must(
    "204-announces-a-body",
    "An answer with status 204 has a body.",
    "ERR-003",
    on=("updateCustomerProfilesV2", "trackEventV2", "deleteCustomerData"),
)
@on_reply
def _(answer: Reply) -> Reply:
    return Reply(204, {**answer.headers, "content-length": "2"}, b"{}") if answer.status == 204 else answer
