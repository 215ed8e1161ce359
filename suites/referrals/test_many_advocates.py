"""Each of several advocates gets a code of his own, which looks as it was asked to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from strategies.placeholders import PROFILE, bind, several
from strategies.referrals import BACKWARDS, DEFAULT_CHARACTERS, follows, many_referrals
from strategies.showing import judge_size, objects
from strategies.terms import judge_terms
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore

NEEDS = ("referral_campaign",)
OPERATIONS = ("createReferralsForMultipleAdvocates", "updateCustomerProfilesV2")
PEOPLE = several(PROFILE, 4)

LOOK = {"referralPattern": "TP-######-######-x#", "validCharacters": list("0123456789")}
"""Codes enough for everybody, of characters that are not those which a server takes by itself."""


@scenario(
    "REF-001", "REF-002", "REF-003", "CPN-008",
    footprint="consume",
    requests=2,
    needs=NEEDS,
    operations=OPERATIONS,
)  # fmt: skip
def test_each_advocate_has_a_code(case: Case, api: Api) -> None:
    """Several advocates get one code each, all different and of the pattern, without limit and without end."""
    people = [case.new_id("profile") for _ in range(3)]
    case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    asked = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationIds": people, "usageLimit": 0}
    judge_referrals(case, api.refer_many({**asked, **LOOK}), {**asked, **LOOK})


@scenario(
    "REF-001",
    also=("REF-002", "REF-003", "CPN-008"),
    footprint="consume",
    requests=2,
    examples=(0, 3, 40),
    needs=NEEDS,
    operations=OPERATIONS,
)
def test_any_referrals(case: Case, api: Api) -> None:
    """So they do with whatever terms, and whatever pattern or none."""

    def body(drawn: dict[str, Any]) -> None:
        ids = {person: case.new_id("profile") for person in PEOPLE}
        case.arranged(api.put_profiles([{"integrationId": name} for name in ids.values()]))
        asked = bind(drawn, ids)
        judge_referrals(case, api.refer_many(asked), asked)

    explore(case, many_referrals(case.bindings, PEOPLE), body)


@scenario("REF-006", footprint="consume", requests=2, depth="release", needs=NEEDS, operations=OPERATIONS)
def test_an_end_before_the_start(case: Case, api: Api) -> None:
    """Referrals that would end before they start are refused."""
    people = [case.new_id("profile") for _ in range(2)]
    case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    asked = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationIds": people, "usageLimit": 1}
    case.refused("REF-006", api.refer_many({**asked, **BACKWARDS}), doing="referrals that end before they start")


def judge_referrals(case: Case, sent: Exchange, asked: Mapping[str, Any]) -> None:
    """Judges that each advocate asked for has one code, and what the codes look like."""
    if not case.accepted("REF-001", sent, doing="the creation of referrals for several advocates", check="created"):
        return
    if not isinstance(sent.at("data"), list):
        case.block(f"{sent.operation} answered {sent.status} without the referrals")
    rows = objects(sent.at("data"))
    counted = Counter(str(row.get("advocateProfileIntegrationId")) for row in rows)
    people: list[str] = asked["advocateProfileIntegrationIds"]
    case.judge(
        "REF-001",
        counted == Counter(people),
        f"of {len(people)} advocates {sum(counted[name] == 1 for name in people)} have one code; "
        f"the answer has {len(rows)} rows",
        of=sent,
        pointer="/data",
        check="one_code_each",
    )
    codes = [row.get("code") for row in rows]
    case.judge(
        "REF-001",
        len(set(map(str, codes))) == len(codes),
        f"{len(codes)} advocates have {len(set(map(str, codes)))} different codes",
        of=sent,
        pointer="/data",
        check="different_codes",
    )
    if pattern := asked.get("referralPattern"):
        allowed = asked.get("validCharacters", DEFAULT_CHARACTERS)
        for index, code in enumerate(codes):
            case.judge(
                "REF-002",
                follows(code, pattern, allowed),
                f"the code {code!r} does not follow the pattern {pattern!r} of {''.join(allowed)!r}",
                of=sent,
                pointer=f"/data/{index}/code",
                check="codes_of_the_pattern",
            )
    judge_size(case, "CPN-008", sent)
    judge_terms(case, sent, rows, asked, "/data")
