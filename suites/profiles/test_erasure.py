"""Erasing a customer empties the attributes of the profile and of what refers to it."""

from __future__ import annotations

from functools import partial

import pytest

from strategies.membership import attribute, told
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

ERASURE = "deleteCustomerData"
SECRET = "to be erased"


@pytest.mark.xdist_group("erasure")
@scenario(
    "PRO-015",
    footprint="create",
    requests=5,
    depth="release",
    needs=("profile_attribute", "session_attribute"),
    operations=(ERASURE, "updateCustomerProfileV2", "updateCustomerSessionV2", "getCustomerInventory"),
)
def test_attributes_are_erased(case: Case, api: Api) -> None:
    """After an erasure neither the profile nor a session of the customer has the attributes that it had."""
    profile, session = case.new_id("profile"), case.new_id("session")
    of_profile, of_session = case.bindings.profile_attribute, case.bindings.session_attribute
    case.arranged(api.put_profile(profile, {"attributes": {of_profile: SECRET}}))
    body = {"profileId": profile, "cartItems": [dict(CART[0])], "attributes": {of_session: SECRET}}
    case.arranged(api.put_session(session, body))
    erased = api.erase(profile)
    if not case.accepted("PRO-015", erased, doing="the erasure of a customer"):
        return
    places = (
        ("profile", of_profile, partial(api.inventory, profile, profile=True)),
        ("customerSession", of_session, partial(api.get_session, session)),
    )
    for section, name, read in places:
        after = case.settled(
            read, lambda found, name=name, section=section: not same(attribute(found, name, section=section), SECRET)
        )
        value = attribute(told(case, after), name, section=section)
        case.judge(
            "PRO-015",
            not same(value, SECRET),
            f"the attribute is still {value!r} after the erasure",
            of=(erased, after),
            pointer=f"/{section}/attributes/{name}",
            operation=erased.operation,
            check=f"attributes_of_{section}",
        )


@pytest.mark.xdist_group("erasure")
@scenario("PRO-016", footprint="create", requests=1, operations=(ERASURE,))
def test_nobody_is_erased(case: Case, api: Api) -> None:
    """The erasure of a customer that is not known is answered 404."""
    case.answered("PRO-016", api.erase(case.new_id("profile")), 404, doing="the erasure of an unknown customer")
