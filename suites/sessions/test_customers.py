"""The customer of a session: made by the first session that names them, and none in an anonymous one."""

from __future__ import annotations

from strategies.showing import ROOT, session_of
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

CONTENT = ("customerSession", "customerProfile")


@scenario(
    "SES-046", "SES-047", "SES-049",
    footprint="create",
    requests=2,
    operations=("getCustomerInventory",),
)  # fmt: skip
def test_a_session_makes_its_profile(case: Case, api: Api) -> None:
    """A session of a customer nobody knows makes their profile, which has an inventory, and is their first session."""
    profile = case.new_id("profile")
    body = {"profileId": profile, "cartItems": [dict(line) for line in CART]}
    sent = api.put_session(case.new_id("session"), body, content=CONTENT)
    if not case.accepted("SES-046", sent, doing="a session of an unknown profile"):
        return
    name = sent.at("customerProfile", "integrationId")
    case.judge(
        "SES-046",
        name == profile,
        f"the answer shows the profile {name}, expected {profile}",
        of=sent,
        pointer="/customerProfile/integrationId",
    )
    first = session_of(case, sent).get("firstSession")
    case.judge(
        "SES-049",
        first is True,
        f"firstSession is {first} in the only session of a new profile",
        of=sent,
        pointer=f"{ROOT}/firstSession",
    )
    read = case.settled(
        lambda: api.inventory(profile, profile=True), lambda read: read.at("profile", "integrationId") == profile
    )
    if case.accepted("SES-047", read, doing="the inventory of the new profile"):
        name = read.at("profile", "integrationId")
        case.judge(
            "SES-047",
            name == profile,
            f"the inventory shows the profile {name}, expected {profile}",
            of=(sent, read),
            pointer="/profile/integrationId",
        )


@scenario("SES-048", footprint="create", requests=1)
def test_an_empty_profile_id_makes_an_anonymous_session(case: Case, api: Api) -> None:
    """A session with an empty `profileId` belongs to nobody, and is a first session."""
    body = {"profileId": "", "cartItems": [dict(line) for line in CART]}
    sent = api.put_session(case.new_id("session"), body)
    if not case.accepted("SES-048", sent, doing="an anonymous session"):
        return
    shown = session_of(case, sent)
    case.judge(
        "SES-048",
        not shown.get("profileId"),
        f"the session belongs to {shown.get('profileId')}, expected nobody",
        of=sent,
        pointer=f"{ROOT}/profileId",
    )
    case.judge(
        "SES-048",
        shown.get("firstSession") is True,
        f"firstSession is {shown.get('firstSession')} in an anonymous session",
        of=sent,
        pointer=f"{ROOT}/firstSession",
    )


@scenario("SES-050", footprint="consume", requests=3, depth="release")
def test_a_later_session_is_not_the_first(case: Case, api: Api) -> None:
    """A session that a customer starts after closing another one is not their first."""
    profile = case.new_id("profile")
    api.arrange("closed", {"profileId": profile})
    later = api.arrange("open", {"profileId": profile})
    read = case.settled(
        lambda: api.get_session(later), lambda read: read.at("customerSession", "firstSession") is False
    )
    first = session_of(case, read).get("firstSession")
    case.judge(
        "SES-050",
        first is False,
        f"firstSession is {first} in the second session of a profile",
        of=read,
        pointer=f"{ROOT}/firstSession",
        operation="updateCustomerSessionV2",
    )
