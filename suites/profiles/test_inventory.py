"""An inventory has the sections that it is asked for, and no others."""

from __future__ import annotations

from functools import partial

import pytest

from strategies.coupons import reservation, same_code
from strategies.membership import told
from strategies.showing import objects
from strategies.unchanged import SECTIONS
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

INVENTORY = ("updateCustomerProfileV2", "getCustomerInventory")


@scenario("PRO-017", footprint="create", requests=2, depth="release", operations=INVENTORY)
def test_the_profile_is_there(case: Case, api: Api) -> None:
    """An inventory that is asked for the profile has it."""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, {}))
    read = case.settled(
        partial(api.inventory, profile, profile=True), lambda read: read.at("profile", "integrationId") == profile
    )
    name = read.at("profile", "integrationId")
    judge_shown(case, read, "profile", name == profile, f"the profile is {name!r}, expected {profile!r}")


@scenario(
    "PRO-017",
    footprint="read",
    requests=1,
    depth="release",
    needs=("populated_profile", "profile_program"),
    operations=INVENTORY[1:],
)
def test_the_loyalty_programs_are_there(case: Case, api: Api) -> None:
    """An inventory of a customer who has points has the programs that these are in, if it is asked for them."""
    read = case.arranged(api.inventory(case.bindings.populated_profile or "", loyalty=True))
    programs = read.at("loyalty", "programs")
    judge_shown(case, read, "loyalty", bool(programs), f"the programs are {programs!r}, and the customer has points")


@scenario(
    "PRO-017",
    footprint="consume",
    requests=4,
    depth="release",
    needs=("coupons",),
    operations=(*INVENTORY, "createCouponReservation", "deleteCouponReservation"),
)
def test_the_coupons_are_there(case: Case, api: Api) -> None:
    """An inventory of a customer who has a coupon reserved has coupons, if it is asked for them."""
    profile = case.new_id("profile")
    code = case.bindings.coupons[0]
    case.arranged(api.put_profile(profile, {}))
    body = reservation([profile])
    case.arranged(case.send("createCouponReservation", path={"couponValue": code}, body=body))

    def listed(read: Exchange) -> bool:
        return any(same_code(one.get("value"), code) for one in objects(read.at("coupons")))

    try:
        read = case.settled(partial(api.inventory, profile, coupons=True), listed)
        judge_shown(case, read, "coupons", listed(read), "the coupon that the customer has reserved is not there")
    finally:
        case.send("deleteCouponReservation", path={"couponValue": code}, body=body)


@scenario(
    "PRO-017",
    footprint="consume",
    requests=3,
    depth="release",
    needs=("referral_campaign",),
    operations=(*INVENTORY, "createReferral"),
)
def test_the_referrals_are_there(case: Case, api: Api) -> None:
    """An inventory of a customer who has a referral code has referrals, if it is asked for them."""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, {}))
    body = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationId": profile}
    code = case.arranged(case.send("createReferral", body=body)).at("code")

    def listed(read: Exchange) -> bool:
        return any(same_code(one.get("code"), code) for one in objects(read.at("referrals")))

    read = case.settled(partial(api.inventory, profile, referrals=True), listed)
    judge_shown(case, read, "referrals", listed(read), "the referral that the customer advocates is not there")


@pytest.mark.parametrize(
    "asked",
    [pytest.param(asked, id=asked or "nothing") for asked in ("", "profile", "loyalty", "coupons")],
)
@scenario(
    "PRO-018",
    footprint="read",
    requests=1,
    depth="release",
    needs=("populated_profile",),
    operations=INVENTORY[1:],
)
def test_other_sections_are_left_out(case: Case, api: Api, asked: str) -> None:
    """An inventory does not have a section whose parameter is false."""
    sections = {name: name == asked for name in SECTIONS}
    read = case.arranged(api.inventory(case.bindings.populated_profile or "", **sections))
    found = [name for name in SECTIONS if name != asked and read.at(name) is not None]
    case.judge(
        "PRO-018",
        not found,
        f"the inventory has {', '.join(found)}, which it was told to leave out",
        of=read,
        pointer=f"/{found[0]}" if found else "",
    )


def judge_shown(case: Case, read: Exchange, section: str, shown: bool, words: str) -> None:
    """Judges that an inventory has a section that it was asked for."""
    case.judge("PRO-017", shown, words, of=told(case, read), pointer=f"/{section}", check=f"section_{section}")
