"""Calls that can be silent answer with nothing unless they are asked to speak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

Send = Callable[[Case, Api, str, str | None], Exchange]
"""Sends a call about a profile, with a value of ``silent`` or without one."""


def many(case: Case, api: Api, profile: str, silent: str | None) -> Exchange:  # noqa: ARG001 - see Send
    """An update of many profiles."""
    return api.put_profiles([{"integrationId": profile}], silent=silent)


def event(case: Case, api: Api, profile: str, silent: str | None) -> Exchange:
    """An event."""
    return api.track_event({"profileId": profile, "type": case.bindings.event_type}, silent=silent)


def referrals(case: Case, api: Api, profile: str, silent: str | None) -> Exchange:  # noqa: ARG001 - see Send
    """The creation of referrals for several advocates."""
    campaign = case.bindings.referral_campaign
    body = {"campaignId": campaign, "advocateProfileIntegrationIds": [profile], "usageLimit": 1}
    return case.send("createReferralsForMultipleAdvocates", query={"silent": silent}, body=body)


SENDERS: dict[str, tuple[Send, str, tuple[str, ...], str]] = {
    "profiles": (many, "updateCustomerProfilesV2", (), "create"),
    "event": (event, "trackEventV2", ("event_type",), "consume"),
    "referrals": (referrals, "createReferralsForMultipleAdvocates", ("referral_campaign",), "consume"),
}
"""By name: how the call is sent, its operation, the bindings it needs, and its footprint."""


def silently(kind: str, requirement: str, *expected: Any, calls: int = 1) -> Any:
    """A case about one of the calls, with what is expected of it; referrals are for a profile that is there."""
    send, operation, needs, footprint = SENDERS[kind]
    mark = scenario(
        requirement,
        footprint=footprint,
        requests=calls + (send is referrals),
        depth="release",
        needs=needs,
        operations=(operation,),
    )
    judged = (requirement, *expected) if expected else ()
    return pytest.param(send, *judged, marks=mark, id=kind)


@pytest.mark.parametrize("send", [silently(kind, "PRO-004", calls=2) for kind in SENDERS])
def test_silence(case: Case, api: Api, send: Send) -> None:
    """A call is answered 204 without a body if `silent` is left out, and if it is `yes`."""
    profile = a_profile(case, api, send)
    for silent in (None, "yes"):
        answer = send(case, api, profile, silent)
        doing = f"{answer.operation} with silent={silent}" if silent else f"{answer.operation} without silent"
        if case.answered("PRO-004", answer, 204, doing=doing):
            size = len(answer.response_body)
            case.judge(
                "PRO-004", not size, f"{doing}: a body of {size} bytes, expected none", of=answer, check="no_body"
            )


@pytest.mark.parametrize(
    ("send", "requirement", "status", "results"),
    [
        silently("profiles", "PRO-005", 200, "integrationStates"),
        silently("event", "PRO-005", 200, "effects"),
        silently("referrals", "PRO-006", 201, "data"),
    ],
)
def test_results(case: Case, api: Api, send: Send, requirement: str, status: int, results: str) -> None:
    """A call with `silent=no` is answered with its results."""
    answer = send(case, api, a_profile(case, api, send), "no")
    doing = f"{answer.operation} with silent=no"
    if case.answered(requirement, answer, status, doing=doing):
        found = answer.at(results)
        case.judge(
            requirement,
            isinstance(found, list) and (found != [] or results == "effects"),
            f"{doing}: {results} is {found!r}, expected a list of results",
            of=answer,
            pointer=f"/{results}",
        )


@pytest.mark.parametrize("send", [silently(kind, "PRO-007") for kind in SENDERS])
def test_neither_silent_nor_not(case: Case, api: Api, send: Send) -> None:
    """What becomes of a `silent` that is neither `yes` nor `no` is recorded."""
    answer = send(case, api, a_profile(case, api, send), "perhaps")
    case.observe("PRO-007", f"{answer.operation} answered {answer.status}")


def a_profile(case: Case, api: Api, send: Send) -> str:
    """The id of a profile; it is there for those calls of which no source says that they make it."""
    profile = case.new_id("profile")
    if send is referrals:
        case.arranged(api.put_profile(profile, {}))
    return profile
