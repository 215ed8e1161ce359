"""Custom events: of a type that is defined, of a profile that need not be known, and each call another event."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import pytest

from strategies.membership import told
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

TRACK = ("trackEventV2",)


@scenario("EVT-001", footprint="dry", requests=1, needs=("event_type",), operations=TRACK)
def test_an_event_of_nobody(case: Case, api: Api) -> None:
    """An event without a profile is refused."""
    answer = api.track_event({"type": case.bindings.event_type}, dry=True)
    case.refused("EVT-001", answer, doing="an event without a profileId")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("talon_session_closed", "a built-in type", id="built-in"),
        pytest.param("talonproof_no_such_event", "a type that is not defined", id="undefined"),
    ],
)
@scenario("EVT-002", footprint="dry", requests=1, operations=TRACK)
def test_an_event_of_a_type_that_cannot_be_sent(case: Case, api: Api, kind: str, words: str) -> None:
    """An event of a built-in type is refused, and so is one of a type that is not defined."""
    answer = api.track_event({"profileId": case.new_id("profile"), "type": kind}, dry=True)
    case.refused("EVT-002", answer, doing=f"an event of {words}", check=words.replace(" ", "_"))


@scenario(
    "EVT-003", "EVT-005", "EVT-006", "PRO-005",
    footprint="consume",
    requests=2,
    needs=("event_type",),
    operations=(*TRACK, "getCustomerInventory"),
)  # fmt: skip
def test_an_event_makes_its_profile(case: Case, api: Api) -> None:
    """An event of a customer nobody knows is accepted under its type, and makes the profile."""
    profile, kind = case.new_id("profile"), case.bindings.event_type
    sent = api.track_event({**event(case, profile), "responseContent": ["customerProfile", "event"]})
    if not case.accepted("EVT-003", sent, doing="an event of a profile that is not known"):
        return
    if not case.answered("PRO-005", sent, 200, doing="an event with silent=no", check="event_spoken"):
        return
    name = sent.at("customerProfile", "integrationId")
    case.judge(
        "EVT-003",
        name == profile,
        f"the answer shows the profile {name!r}, expected {profile!r}",
        of=sent,
        pointer="/customerProfile/integrationId",
    )
    read = case.settled(
        partial(api.inventory, profile, profile=True), lambda read: read.at("profile", "integrationId") == profile
    )
    name = told(case, read).at("profile", "integrationId")
    case.judge(
        "EVT-005",
        name == profile,
        f"the inventory is answered {read.status} with the profile {name!r}, expected {profile!r}",
        of=(sent, read),
        pointer="/profile/integrationId",
        operation=sent.operation,
    )
    found = shown(case, sent).get("type")
    case.judge("EVT-006", found == kind, f"the event is a {found!r}, sent was {kind!r}", of=sent, pointer="/event/type")


@scenario("EVT-007", footprint="consume", requests=2, depth="release", needs=("event_type",), operations=TRACK)
def test_equal_calls_are_different_events(case: Case, api: Api) -> None:
    """The same call twice is two events."""
    body = {**event(case, case.new_id("profile")), "responseContent": ["event"]}
    sent = [api.track_event(body) for _ in range(2)]
    first, second = (shown(case, one).get("id") for one in sent)
    case.judge(
        "EVT-007",
        first != second,
        f"two calls are answered with the same event, {first}",
        of=sent,
        pointer="/event/id",
    )


def event(case: Case, profile: str) -> dict[str, Any]:
    """An event of the bound type."""
    return {"profileId": profile, "type": case.bindings.event_type}


def shown(case: Case, answer: Exchange) -> Mapping[str, Any]:
    """The event in an answer; blocks the case where it is not there: that is judged elsewhere."""
    found = case.arranged(answer).at("event")
    if not isinstance(found, dict):
        case.block(f"{answer.operation} answered without the event that was asked for")
    return cast("Mapping[str, Any]", found)
