"""Ids of sessions and customers: every character counts, and each Application has sessions of its own."""

from __future__ import annotations

import pytest

from strategies.showing import ROOT, lines_of, session_of
from talonproof.http.exchange import Credential
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

SPECIAL = [
    pytest.param(" and more", id="space"),
    pytest.param("%41", id="percent"),
    pytest.param("+1", id="plus"),
    pytest.param("-é-ß-ю-日本-🧦", id="letters"),
]
"""What is appended to an own id."""


@pytest.mark.parametrize("suffix", SPECIAL)
@scenario("SES-067", footprint="consume", requests=5, depth="release")
def test_a_session_id_is_taken_as_it_is(case: Case, api: Api, suffix: str) -> None:
    """An id with such characters names the same session for every operation that takes one."""
    session = case.new_id("session") + suffix
    body = {"state": "closed", "cartItems": [dict(line) for line in CART]}
    sent = api.put_session(session, body)
    if not case.accepted("SES-067", sent, doing=f"an update of an id with {suffix!r}"):
        return
    read = api.get_session(session)
    if not case.accepted("SES-067", read, doing=f"reading an id with {suffix!r}"):
        return
    for exchange in (sent, read):
        name = session_of(case, exchange).get("integrationId")
        case.judge(
            "SES-067",
            name == session,
            f"the session is shown as {name!r}, expected {session!r}",
            of=(sent, exchange),
            pointer=f"{ROOT}/integrationId",
        )
    if session_of(case, read).get("state") != "closed":
        case.block("the session was not stored as closed, so it cannot be reopened")
    if case.accepted("SES-067", api.reopen(session), doing=f"reopening an id with {suffix!r}"):
        case.arranged(api.put_session(session, {"state": "closed"}))
        returned = api.return_items(session, [{"position": 0, "quantity": 1}])
        case.accepted("SES-067", returned, doing=f"a return on an id with {suffix!r}")


@pytest.mark.parametrize("suffix", SPECIAL)
@scenario(
    "SES-067",
    footprint="create",
    requests=2,
    depth="release",
    operations=("updateCustomerProfileV2", "getCustomerInventory"),
)
def test_a_profile_id_is_taken_as_it_is(case: Case, api: Api, suffix: str) -> None:
    """An id with such characters names the same profile when it is updated and when its inventory is read."""
    profile = case.new_id("profile") + suffix
    sent = api.put_profile(profile, {})
    if not case.accepted("SES-067", sent, doing=f"an update of a profile with {suffix!r}"):
        return
    read = case.settled(
        lambda: api.inventory(profile, profile=True), lambda read: read.at("profile", "integrationId") == profile
    )
    if case.accepted("SES-067", read, doing=f"the inventory of a profile with {suffix!r}"):
        name = read.at("profile", "integrationId")
        case.judge(
            "SES-067",
            name == profile,
            f"the profile is shown as {name!r}, expected {profile!r}",
            of=(sent, read),
            pointer="/profile/integrationId",
        )


@scenario("SES-068", footprint="create", requests=2, depth="release")
def test_an_encoded_slash_is_recorded(case: Case, api: Api) -> None:
    """What becomes of an id with a slash in it is recorded: many gateways do not let it through."""
    session = case.new_id("session") + "/x"
    sent = api.put_session(session, {"cartItems": [dict(line) for line in CART]})
    read = api.get_session(session)
    same = "the same id" if read.at("customerSession", "integrationId") == session else "not that id"
    shown = f" with {same}" if read.ok else ""
    case.observe("SES-068", f"an id with %2F: its update is answered {sent.status}, a read {read.status}{shown}")


@scenario("SES-025", footprint="create", requests=4, depth="release", keys=("other_application",))
def test_applications_have_sessions_of_their_own(case: Case, api: Api) -> None:
    """One id in two Applications names two sessions: neither update is seen in the other."""
    session, other = case.new_id("session"), Credential.OTHER_APPLICATION
    here = api.put_session(session, {"cartItems": [{"sku": "tp-here", "quantity": 1, "price": 5}]})
    there = api.put_session(session, {"cartItems": [{"sku": "tp-there", "quantity": 2, "price": 3}]}, credential=other)
    case.arranged(here)
    if not case.accepted("SES-025", there, doing="the same id in another Application"):
        return
    reads = api.get_session(session), api.get_session(session, credential=other)
    first, second = (session_of(case, read) for read in reads)
    for read, shown, expected in zip(reads, (first, second), ("tp-here", "tp-there"), strict=True):
        skus = [line.get("sku") for line in lines_of(shown)]
        case.judge(
            "SES-025",
            skus == [expected],
            f"the session holds {skus}, in this Application {[expected]} was put in",
            of=(here, there, read),
            pointer=f"{ROOT}/cartItems",
            operation="updateCustomerSessionV2",
        )
    case.judge(
        "SES-025",
        first.get("applicationId") != second.get("applicationId"),
        f"both sessions are of the Application {first.get('applicationId')}",
        of=(here, there, *reads),
        pointer=f"{ROOT}/applicationId",
        operation="updateCustomerSessionV2",
    )
