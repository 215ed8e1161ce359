"""Customers enter audiences and leave them, one by one or all at once."""

from __future__ import annotations

from hypothesis import strategies as st

from strategies.audiences import Changes, change, changes, members
from strategies.membership import Audience, audience, is_member, joined, seen
from strategies.placeholders import AUDIENCE_NUMBER, PROFILE, bind, several
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore

AUDIENCE = ("createAudienceV2", "deleteAudienceV2")
MEMBERS = (*AUDIENCE, "updateCustomerProfileAudiences", "updateCustomerProfileV2", "getCustomerInventory")
PLACE = "/profile/audienceMemberships"
PEOPLE = several(PROFILE, 4)


@scenario("AUD-004", "AUD-005", "AUD-006", footprint="create", requests=6, depth="release", operations=MEMBERS)
def test_a_customer_nobody_knows_is_added(case: Case, api: Api) -> None:
    """A profile that is not known can be added to an audience, and is a member once an update shows it."""
    profile = case.new_id("profile")
    with audience(case, api) as made:
        added = api.put_members([change("add", profile, made.number)])
        if not case.accepted("AUD-004", added, doing="the addition of a profile that is not known"):
            return
        before = api.inventory(profile, profile=True)
        shows = "shows" if before.at("profile") is not None else "does not show"
        case.observe("AUD-006", f"before any update the inventory is answered {before.status} and {shows} the profile")
        updated = case.arranged(api.put_profile(profile, {}))
        read = seen(case, api, profile, made, inside=True)
        case.judge(
            "AUD-005",
            is_member(read, made),
            "the profile is no member of the audience that it was added to before it was updated",
            of=(added, updated, read),
            pointer=PLACE,
            operation=added.operation,
        )


@scenario("AUD-009", footprint="create", requests=7, depth="release", operations=MEMBERS)
def test_add_and_delete(case: Case, api: Api) -> None:
    """The action `add` makes a profile a member of an audience, and `delete` ends that."""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, {}))
    with audience(case, api) as made:
        for action, inside in (("add", True), ("delete", False)):
            sent = api.put_members([change(action, profile, made.number)])
            if not case.accepted("AUD-009", sent, doing=f"the action {action}", check=f"action_{action}"):
                return
            read = seen(case, api, profile, made, inside=inside)
            if not judge_member(case, "AUD-009", sent, read, made, inside=inside, check=f"action_{action}"):
                return


@scenario(
    "AUD-009",
    footprint="create",
    requests=9,
    examples=(0, 0, 40),
    operations=(*MEMBERS, "updateCustomerProfilesV2"),
)
def test_members_are_those_who_entered_and_did_not_leave(case: Case, api: Api) -> None:
    """After requests about several profiles an audience has those members whose last action was `add`."""

    def body(drawn: list[Changes]) -> None:
        ids = {person: case.new_id("profile") for person in PEOPLE}
        case.arranged(api.put_profiles([{"integrationId": name} for name in ids.values()]))
        with audience(case, api) as made:
            requests: list[Changes] = bind(drawn, {**ids, AUDIENCE_NUMBER: made.number})
            sent = [api.put_members(request) for request in requests]
            if not all(one.ok for one in sent):
                return  # whether somebody who is no member can leave is not stated
            inside = members(requests)
            for name in ids.values():
                read = seen(case, api, name, made, inside=name in inside)
                if not judge_member(case, "AUD-009", sent[-1], read, made, inside=name in inside):
                    return

    explore(case, st.lists(changes(PEOPLE), min_size=1, max_size=2), body)


@scenario("AUD-010", footprint="create", requests=6, depth="release", operations=MEMBERS)
def test_remove(case: Case, api: Api) -> None:
    """What becomes of the action `remove` is recorded."""
    profile = case.new_id("profile")
    with audience(case, api) as made:
        joined(case, api, profile, made)
        sent = api.put_members([change("remove", profile, made.number)])
        read = seen(case, api, profile, made, inside=False)
        member = "still a member" if is_member(read, made) else "no member any more"
        case.observe("AUD-010", f"answered {sent.status}, and the profile is {member}")


@scenario(
    "AUD-011", "AUD-012",
    footprint="create",
    requests=10,
    depth="release",
    operations=(*AUDIENCE, "deleteAudienceMembershipsV2", "updateAudienceV2", "getCustomerInventory"),
)  # fmt: skip
def test_all_members_leave(case: Case, api: Api) -> None:
    """Deleting the memberships of an audience leaves it without members, and leaves the audience itself."""
    people = [case.new_id("profile") for _ in range(2)]
    with audience(case, api) as made:
        for name in people:
            joined(case, api, name, made)
        emptied = api.empty_audience(made.number)
        if not case.accepted("AUD-011", emptied, doing="the deletion of all memberships"):
            return
        for name in people:
            read = seen(case, api, name, made, inside=False)
            judge_member(case, "AUD-011", emptied, read, made, inside=False)
        renamed = api.rename_audience(made.number, f"{made.name} without members")
        case.accepted("AUD-012", renamed, doing="renaming the audience whose memberships were deleted")


def judge_member(
    case: Case, requirement: str, sent: Exchange, read: Exchange, made: Audience, *, inside: bool, check: str = ""
) -> bool:
    """Judges that a read shows a profile as a member of the audience, or as none, after a call."""
    was, wanted = ("no member", "a member") if inside else ("a member", "none")
    return case.judge(
        requirement,
        is_member(read, made) is inside,
        f"the profile is {was} of the audience after {sent.operation}, expected {wanted}",
        of=(sent, read),
        pointer=PLACE,
        operation=sent.operation,
        check=check,
    )
