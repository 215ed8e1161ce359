"""One request can update a thousand profiles, or their memberships, and no more."""

from __future__ import annotations

from functools import partial

from strategies.audiences import MOST_CHANGES, change
from strategies.membership import audience, told
from strategies.profiles import MOST_PROFILES
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

MANY = ("updateCustomerProfilesV2",)


@scenario(
    "PRO-008", "AUD-007",
    footprint="create",
    requests=4,
    depth="release",
    operations=(*MANY, "createAudienceV2", "deleteAudienceV2", "updateCustomerProfileAudiences"),
)  # fmt: skip
def test_a_thousand(case: Case, api: Api) -> None:
    """One request updates 1000 profiles, and one puts as many into an audience: the same ones, as they stay behind."""
    people = [case.new_id("profile") for _ in range(min(MOST_PROFILES, MOST_CHANGES))]
    sent = api.put_profiles([{"integrationId": name} for name in people])
    case.accepted("PRO-008", sent, doing=f"an update of {len(people)} profiles")
    with audience(case, api) as made:
        sent = api.put_members([change("add", name, made.number) for name in people])
        case.accepted("AUD-007", sent, doing=f"a request with {len(people)} audience actions")


@scenario("PRO-009", footprint="create", requests=3, depth="release", operations=(*MANY, "getCustomerInventory"))
def test_one_profile_too_many(case: Case, api: Api) -> None:
    """An update of 1001 profiles is refused, and neither the first nor the last of them is stored."""
    people = [case.new_id("profile") for _ in range(MOST_PROFILES + 1)]
    sent = api.put_profiles([{"integrationId": name} for name in people])
    if not case.refused("PRO-009", sent, doing=f"an update of {len(people)} profiles"):
        return

    def stored(name: str, read: Exchange) -> bool:
        return read.at("profile", "integrationId") == name

    first, last = people[0], people[-1]
    reads = (
        (first, case.settled(partial(api.inventory, first, profile=True), partial(stored, first))),
        (last, api.inventory(last, profile=True)),
    )
    for name, read in reads:
        case.judge(
            "PRO-009",
            not stored(name, told(case, read)),
            f"the profile {name} is stored, though the request that it came with was refused",
            of=(sent, read),
            operation=sent.operation,
            check="none_is_stored",
        )
