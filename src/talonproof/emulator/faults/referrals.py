"""Faults of referrals: in the codes, and in the terms that they are made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import edited_body, edited_reply, problems_of, query, with_query
from talonproof.emulator.message import Reply, Request

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

REFERRALS = Collection()

ONE = ("createReferral",)
MANY = ("createReferralsForMultipleAdvocates",)

_NEVER = "2999-12-31T00:00:00Z"


def _rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The referrals of an answer, one or many."""
    return body.get("data", [body])


@REFERRALS.must("referrals-never-silent", "Referrals for several advocates always have a body.", "PRO-004", on=MANY)
@on_request
def _(request: Request) -> Request:
    return with_query(request, silent="no") if query(request, "silent") in {None, "yes"} else request


@REFERRALS.should("referrals-always-silent", "Referrals for several advocates never have a body.", "PRO-006", on=MANY)
@on_request
def _(request: Request) -> Request:
    return with_query(request, silent="yes") if query(request, "silent") == "no" else request


@REFERRALS.must("referral-codes-repeat", "Several advocates have one code.", "REF-001", on=MANY)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: [row.update(code=body["data"][0]["code"]) for row in body["data"]])


@REFERRALS.must("one-advocate-forgotten", "The last of several advocates has no code.", "REF-001", on=MANY)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        body.update(data=body["data"][:-1], totalResultSize=len(body["data"]) - 1)

    return edited_reply(answer, edit)


@REFERRALS.must("pattern-ignored", "Codes do not follow their pattern.", "REF-002", on=MANY)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    plain = edited_body(request, lambda body: body.pop("referralPattern", None))
    return proceed(plain if proceed(request).ok else request)


@REFERRALS.must("characters-ignored", "The blanks of codes are filled with any character.", "REF-002", on=MANY)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    plain = edited_body(request, lambda body: body.pop("validCharacters", None))
    return proceed(plain if proceed(request).ok else request)


@REFERRALS.must("pattern-without-its-rest", "What is no blank is left out of a code.", "REF-002", on=MANY)
@on_request
def _(request: Request) -> Request:
    def edit(body: dict[str, Any]) -> None:
        blanks = [one for one in body["referralPattern"] if one == "#"]
        body.update(referralPattern="".join(blanks) or body["referralPattern"])

    return edited_body(request, edit)


@REFERRALS.must("no-limit-is-once", "A referral without limit can be used once.", "REF-003", on=(*ONE, *MANY))
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: [row.update(usageLimit=row["usageLimit"] or 1) for row in _rows(body)])


@REFERRALS.must("every-referral-ends", "A referral without an end has one.", "REF-003", on=(*ONE, *MANY))
@on_request
def _(request: Request) -> Request:
    return edited_body(request, lambda body: body.setdefault("expiryDate", _NEVER))


@REFERRALS.should("backward-dates", "A referral can end before it starts.", "REF-006", on=(*ONE, *MANY))
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    backward = any(problem["source"] == {"pointer": "/expiryDate"} for problem in problems_of(answer))
    return proceed(edited_body(request, lambda body: body.pop("expiryDate"))) if backward else answer


@REFERRALS.must("another-advocate", "A referral belongs to somebody else.", "REF-007", on=ONE)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(advocateProfileIntegrationId="somebody"))


@REFERRALS.must("another-campaign", "A referral belongs to another campaign.", "REF-007", on=ONE)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(campaignId=body["campaignId"] + 1))
