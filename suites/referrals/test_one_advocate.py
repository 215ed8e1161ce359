"""A referral belongs to the campaign and the advocate that it was made for, and has the terms it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strategies.placeholders import bind
from strategies.referrals import ADVOCATE, BACKWARDS, FRIEND, referrals
from strategies.terms import judge_terms
from talonproof.http.exchange import Exchange
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore

NEEDS = ("referral_campaign",)
OPERATIONS = ("createReferral", "updateCustomerProfilesV2")


@scenario(
    "REF-003", "REF-007",
    footprint="consume",
    requests=2,
    needs=NEEDS,
    operations=OPERATIONS,
)  # fmt: skip
def test_a_referral(case: Case, api: Api) -> None:
    """A referral without limit and without end is made as it was asked for."""
    advocate = case.new_id("profile")
    case.arranged(api.put_profiles([{"integrationId": advocate}]))
    asked = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationId": advocate, "usageLimit": 0}
    judge_referral(case, api.refer(asked), asked)


@scenario(
    "REF-007",
    also=("REF-003",),
    footprint="consume",
    requests=2,
    examples=(0, 3, 40),
    needs=NEEDS,
    operations=OPERATIONS,
)
def test_any_referral(case: Case, api: Api) -> None:
    """So is one with whatever terms, for a certain friend or for anybody."""

    def body(drawn: dict[str, Any]) -> None:
        ids = {person: case.new_id("profile") for person in (ADVOCATE, FRIEND)}
        case.arranged(api.put_profiles([{"integrationId": name} for name in ids.values()]))
        asked = bind(drawn, ids)
        judge_referral(case, api.refer(asked), asked)

    explore(case, referrals(case.bindings), body)


@scenario("REF-006", footprint="consume", requests=2, depth="release", needs=NEEDS, operations=OPERATIONS)
def test_an_end_before_the_start(case: Case, api: Api) -> None:
    """A referral that would end before it starts is refused."""
    advocate = case.new_id("profile")
    case.arranged(api.put_profiles([{"integrationId": advocate}]))
    asked = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationId": advocate}
    case.refused("REF-006", api.refer({**asked, **BACKWARDS}), doing="a referral that ends before it starts")


def judge_referral(case: Case, sent: Exchange, asked: Mapping[str, Any]) -> None:
    """Judges that a referral was made, for whom and where it was asked for."""
    if not case.accepted("REF-007", sent, doing="the creation of a referral", check="created"):
        return
    for name, what in (("campaignId", "campaign"), ("advocateProfileIntegrationId", "advocate")):
        case.judge(
            "REF-007",
            same(sent.at(name), asked[name]),
            f"the {what} of the referral is {sent.at(name)!r}, expected {asked[name]!r}",
            of=sent,
            pointer=f"/{name}",
            check=what,
        )
    judge_terms(case, sent, [sent.json()], asked)
