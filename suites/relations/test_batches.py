"""Profiles that are updated in one request, beside profiles that are updated one by one."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import strategies as st

from strategies.audiences import member_attributes
from strategies.membership import attribute, told
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


def _has(name: str, value: Any, read: Exchange) -> bool:
    return same(attribute(read, name), value)
