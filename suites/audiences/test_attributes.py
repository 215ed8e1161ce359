"""Attributes set for an audience are set on its members, and on nobody else."""

from __future__ import annotations

from functools import partial

from strategies.membership import attribute, audience, joined, told
from strategies.unchanged import at_rest
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

OPERATIONS = (
    "createAudienceV2",
    "deleteAudienceV2",
    "updateAudienceCustomersAttributes",
    "updateCustomerProfilesV2",
    "updateCustomerProfileV2",
    "getCustomerInventory",
)


@scenario(
    "AUD-015", "AUD-016",
    footprint="create",
    requests=12,
    depth="release",
    needs=("profile_attribute",),
    operations=OPERATIONS,
)  # fmt: skip
def test_attributes_of_members(case: Case, api: Api) -> None:
    """Attributes updated for an audience are set on all its members, and no other profile gets them."""
    name = case.bindings.profile_attribute
    people = [case.new_id("profile") for _ in range(3)]
    case.arranged(api.put_profiles([{"integrationId": one, "attributes": {name: "before"}} for one in people]))
    *inside, outside = people
    with audience(case, api) as made:
        for member in inside:
            joined(case, api, member, made)
        before = case.arranged(at_rest(case, partial(api.inventory, outside, profile=True)))
        sent = api.put_attributes_of_members(made.number, {name or "": "after"})
        if not case.accepted("AUD-015", sent, doing="an update of the attributes of all members"):
            return
        for member in inside:
            read = case.settled(
                partial(api.inventory, member, profile=True), lambda read: attribute(read, name) == "after"
            )
            value = attribute(told(case, read), name)
            case.judge(
                "AUD-015",
                value == "after",
                f"the attribute of a member is {value!r}, expected 'after'",
                of=(sent, read),
                pointer=f"/profile/attributes/{name}",
                operation=sent.operation,
            )
        kept = attribute(before, name)
        read = case.settled(
            partial(api.inventory, outside, profile=True), lambda read: not same(attribute(read, name), kept)
        )
        value = attribute(told(case, read), name)
        case.judge(
            "AUD-016",
            same(value, kept),
            f"the attribute of a profile that is no member was {kept!r}, is {value!r}",
            of=(before, sent, read),
            pointer=f"/profile/attributes/{name}",
            operation=sent.operation,
        )
