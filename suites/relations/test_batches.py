"""What one request does for many, beside what as many requests do one by one."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import strategies as st

from strategies.audiences import change, member_attributes
from strategies.membership import attribute, audience, is_member, told
from strategies.moments import instant
from strategies.showing import objects
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings

OPERATIONS = ("updateCustomerProfilesV2", "updateCustomerProfileV2", "getCustomerInventory")


@scenario("PRO-020", footprint="create", requests=7, examples=(0, 1, 30), needs=("profile_attribute",),
          operations=OPERATIONS)  # fmt: skip
def test_many_profiles_as_one_by_one(case: Case, api: Api, bindings: Bindings) -> None:
    """Of two customers in one request each has the attribute of a twin who was updated alone."""
    name = bindings.profile_attribute or ""

    def body(drawn: list[dict[str, Any]]) -> None:
        together, alone = ([case.new_id("profile") for _ in drawn] for _ in range(2))
        pairs = list(zip(together, alone, drawn, strict=True))
        many = case.arranged(api.put_profiles([{"integrationId": one, "attributes": sent} for one, _, sent in pairs]))
        for _, twin, sent in pairs:
            case.arranged(api.put_profile(twin, {"attributes": sent}))
        for place, (one, twin, sent) in enumerate(pairs):
            has = partial(_has, name, sent[name])
            wanted = told(case, case.settled(partial(api.inventory, twin, profile=True), has))
            if not has(wanted):
                case.block("the profile that was updated alone is not seen to have the attribute")
            read = told(case, case.settled(partial(api.inventory, one, profile=True), has))
            found, other = attribute(read, name), attribute(wanted, name)
            case.judge(
                "PRO-020",
                same(found, other),
                f"profile {place + 1} of the request has {found!r}, a twin that was updated alone has {other!r}",
                of=(many, wanted, read),
                pointer=f"/profile/attributes/{name}",
                operation=many.operation,
            )

    explore(case, st.lists(member_attributes(bindings), min_size=2, max_size=2), body)


@scenario(
    "AUD-019",
    footprint="create",
    requests=12,
    depth="release",
    operations=("updateCustomerProfileAudiences", "updateCustomerProfilesV2", "getCustomerInventory"),
)
def test_many_memberships_as_one_by_one(case: Case, api: Api) -> None:
    """Somebody enters and leaves an audience, and somebody else leaves and enters, at once and one after the other."""
    people = [case.new_id("profile") for _ in range(4)]
    case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    with audience(case, api) as made:

        def changes(one: str, other: str) -> list[dict[str, Any]]:
            steps = (("add", one), ("delete", other), ("add", other), ("delete", one))
            return [change(action, name, made.number) for action, name in steps]

        answer = api.put_members(changes(*people[:2]))
        for step in changes(*people[2:]):
            case.arranged(api.put_members([step]))
        if not answer.ok:
            case.observe("AUD-019", f"two changes of one membership in a request are answered {answer.status}")
            return
        inside = [
            is_member(told(case, at_rest(case, partial(api.inventory, name, profile=True))), made) for name in people
        ]
    alike = "the same" if inside[:2] == inside[2:] else "not the same"
    case.observe("AUD-019", f"who is inside is {alike} after changes of one request as after one change each")


@scenario(
    "REF-008",
    footprint="consume",
    requests=4,
    depth="release",
    needs=("referral_campaign",),
    operations=("createReferralsForMultipleAdvocates", "createReferral", "updateCustomerProfilesV2"),
)
def test_many_referrals_as_one_by_one(case: Case, api: Api) -> None:
    """Codes that two advocates get in one request, beside codes that two others get one by one on the same terms."""
    people = [case.new_id("profile") for _ in range(4)]
    case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    terms = {"campaignId": case.bindings.referral_campaign, "usageLimit": 3, "expiryDate": "2081-01-01T00:00:00Z"}
    answer = case.arranged(api.refer_many({**terms, "advocateProfileIntegrationIds": people[:2]}))
    together = [row for row in objects(answer.at("data")) if row.get("advocateProfileIntegrationId") in people[:2]]
    if not together:
        case.block(f"{answer.operation} answered {answer.status} without the referrals")
    alone = [case.arranged(api.refer({**terms, "advocateProfileIntegrationId": name})).at() for name in people[2:]]
    shown = [{name: _term(row.get(name)) for name in _TERMS} for row in (*together, *objects(alone))]
    alike = "the same" if all(same(one, shown[0]) for one in shown) else "not the same"
    case.observe("REF-008", f"the terms are {alike} in one request as one by one")


_TERMS = ("campaignId", "usageLimit", "usageCounter", "startDate", "expiryDate")


def _term(value: Any) -> Any:
    return value if instant(value) is None else instant(value)


def _has(name: str, value: Any, read: Exchange) -> bool:
    return same(attribute(read, name), value)
