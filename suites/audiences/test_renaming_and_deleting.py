"""Audiences with the id of a platform can be renamed and deleted; those deleted are gone, with their memberships."""

from __future__ import annotations

from strategies.audiences import names
from strategies.membership import Audience, audience, is_member, joined, number_of, seen
from strategies.placeholders import AUDIENCE
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore

OPERATIONS = ("createAudienceV2", "updateAudienceV2", "deleteAudienceV2")


@scenario("AUD-018", footprint="create", requests=3, examples=(0, 1, 20), operations=OPERATIONS)
def test_an_audience_is_renamed(case: Case, api: Api) -> None:
    """An audience with an id of a platform can be renamed, and the answer shows the new name."""

    def body(drawn: str) -> None:
        with audience(case, api) as made:
            name = drawn.replace(AUDIENCE, f"{made.name} renamed")
            renamed = api.rename_audience(made.number, name)
            if not case.accepted("AUD-018", renamed, doing="renaming an audience"):
                return
            shown = renamed.at("name")
            case.judge(
                "AUD-018",
                shown == name,
                f"the answer shows the name {shown!r}, expected {name!r}",
                of=renamed,
                pointer="/name",
            )

    explore(case, names(AUDIENCE), body)


@scenario(
    "AUD-013", "AUD-014",
    footprint="create",
    requests=7,
    depth="release",
    operations=(*OPERATIONS, "updateCustomerProfileV2", "getCustomerInventory"),
)  # fmt: skip
def test_an_audience_is_deleted(case: Case, api: Api) -> None:
    """A deleted audience has no members any more, and can be neither renamed nor deleted again."""
    name, profile = case.new_id("audience"), case.new_id("profile")
    made = Audience(number_of(case, api.create_audience({"name": name, "integrationId": name})), name)
    joined(case, api, profile, made)
    deleted = api.delete_audience(made.number)
    if not case.accepted("AUD-013", deleted, doing="the deletion of an audience with an integrationId"):
        return
    read = seen(case, api, profile, made, inside=False)
    case.judge(
        "AUD-013",
        not is_member(read, made),
        "the profile is still a member of the audience that was deleted",
        of=(deleted, read),
        pointer="/profile/audienceMemberships",
        operation=deleted.operation,
    )
    later = (
        ("renaming", lambda: api.rename_audience(made.number, f"{name} again")),
        ("deleting", lambda: api.delete_audience(made.number)),
    )
    for doing, send in later:
        answer = case.settled(send, lambda answer: answer.status == 404)
        case.answered("AUD-014", answer, 404, doing=f"{doing} an audience that was deleted", check=doing)
