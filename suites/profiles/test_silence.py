"""Calls that can be silent answer with nothing unless they are asked to speak."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from strategies.showing import objects
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

People = Sequence[str]


@dataclass(frozen=True, slots=True)
class Speaker:
    """A call that can be silent.

    ``send`` sends it for some profiles, with a value of ``silent`` or without one. Asked to speak it answers ``status``
    with ``results``: whether an answer has them. ``requests`` are those that make the profiles beforehand, where no
    source says that the call makes them itself.
    """

    operation: str
    send: Callable[[Api, People, str | None], Exchange]
    results: Callable[[Exchange, People], bool]
    spoken: str
    status: int = 200
    needs: tuple[str, ...] = ()
    footprint: str = "consume"
    requests: int = 0


def profiles(api: Api, people: People, silent: str | None) -> Exchange:
    """An update of many profiles."""
    return api.put_profiles([{"integrationId": name} for name in people], silent=silent)


def event(api: Api, people: People, silent: str | None) -> Exchange:
    """An event of the first of the profiles."""
    return api.track_event({"profileId": people[0], "type": api.case.bindings.event_type}, silent=silent)


def referrals(api: Api, people: People, silent: str | None) -> Exchange:
    """The creation of a referral for each of the profiles."""
    campaign = api.case.bindings.referral_campaign
    body = {"campaignId": campaign, "advocateProfileIntegrationIds": list(people), "usageLimit": 1}
    return api.case.send("createReferralsForMultipleAdvocates", query={"silent": silent}, body=body)


def shows_profiles(answer: Exchange, people: People) -> bool:
    """Whether an answer shows each of the profiles, in any order."""
    states = objects(answer.at("integrationStates"))
    shown = objects([state.get("customerProfile") for state in states])
    return set(people) <= {profile.get("integrationId") for profile in shown}


def shows_effects(answer: Exchange, people: People) -> bool:  # noqa: ARG001 - see Speaker
    """Whether an answer has a list of effects, empty or not."""
    return isinstance(answer.at("effects"), list)


def shows_referrals(answer: Exchange, people: People) -> bool:
    """Whether an answer shows a referral for each of the profiles, in any order."""
    return set(people) <= {one.get("advocateProfileIntegrationId") for one in objects(answer.at("data"))}


SPEAKERS = {
    "profiles": Speaker("updateCustomerProfilesV2", profiles, shows_profiles, "PRO-005", footprint="create"),
    "event": Speaker("trackEventV2", event, shows_effects, "PRO-005", needs=("event_type",)),
    "referrals": Speaker(
        "createReferralsForMultipleAdvocates",
        referrals,
        shows_referrals,
        "PRO-006",
        status=201,
        needs=("referral_campaign",),
        requests=1,
    ),
}


def speakers(requirement: str = "", *, calls: int = 1, smoke: str = "") -> list[Any]:
    """Every such call, with the requirement judged, by default that of its results; one may be part of smoke."""
    return [
        pytest.param(
            one,
            id=name,
            marks=scenario(
                requirement or one.spoken,
                footprint=one.footprint,
                requests=calls + one.requests,
                depth="smoke" if name == smoke else "release",
                needs=one.needs,
                operations=(one.operation, "updateCustomerProfilesV2")[: 1 + one.requests],
            ),
        )
        for name, one in SPEAKERS.items()
    ]


@pytest.mark.parametrize("speaker", speakers("PRO-004", calls=2))
def test_silence(case: Case, api: Api, speaker: Speaker) -> None:
    """A call is answered 204 without a body if `silent` is left out, and if it is `yes`."""
    people = two_profiles(case, api, speaker)
    for silent in (None, "yes"):
        answer = speaker.send(api, people, silent)
        doing = f"{answer.operation} with silent={silent}" if silent else f"{answer.operation} without silent"
        if case.answered("PRO-004", answer, 204, doing=doing):
            size = len(answer.response_body)
            message = f"{doing}: a body of {size} bytes, expected none"
            case.judge("PRO-004", not size, message, of=answer, check="no_body")


@pytest.mark.parametrize("speaker", speakers(smoke="profiles"))
def test_results(case: Case, api: Api, speaker: Speaker) -> None:
    """A call with `silent=no` is answered with its results."""
    people = two_profiles(case, api, speaker)
    answer = speaker.send(api, people, "no")
    doing = f"{answer.operation} with silent=no"
    if case.answered(speaker.spoken, answer, speaker.status, doing=doing):
        message = f"{doing}: the answer does not have all the results of the call"
        case.judge(speaker.spoken, speaker.results(answer, people), message, of=answer, check="all_results")


@pytest.mark.parametrize("speaker", speakers("PRO-007"))
def test_neither_silent_nor_not(case: Case, api: Api, speaker: Speaker) -> None:
    """What becomes of a `silent` that is neither `yes` nor `no` is recorded."""
    answer = speaker.send(api, two_profiles(case, api, speaker), "perhaps")
    case.observe("PRO-007", f"{answer.operation} answered {answer.status}")


def two_profiles(case: Case, api: Api, speaker: Speaker) -> People:
    """The ids of two profiles, which are there where the call is not known to make them."""
    people = [case.new_id("profile") for _ in range(2)]
    if speaker.requests:
        case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    return people
