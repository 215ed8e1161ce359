"""A dry profile update, which runs the rule engine, leaves the profile as it was and creates none."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from strategies import unchanged
from strategies.profiles import profiles
from strategies.unchanged import SECTIONS, View, at_rest, judge_unchanged, judge_unmoved, reread
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings

OPERATIONS = ("updateCustomerProfileV2", "getCustomerInventory")


def update(bindings: Bindings, text: str) -> dict[str, Any]:
    """An update that changes all that is bound: an attribute, and a membership."""
    sent: dict[str, Any] = {}
    if bindings.profile_attribute:
        sent["attributes"] = {bindings.profile_attribute: text}
    if bindings.audience is not None:
        sent["audiencesChanges"] = {"adds": [bindings.audience], "deletes": []}
    return sent


def first(bindings: Bindings) -> dict[str, Any]:
    """The attributes of a new profile."""
    return {"attributes": {bindings.profile_attribute: "before"}} if bindings.profile_attribute else {}


VIEWS: tuple[tuple[str, View], ...] = (("DRY-010", unchanged.person), ("DRY-013", unchanged.used_up))


@scenario("DRY-010", "DRY-013", footprint="create", requests=4, operations=OPERATIONS)
def test_a_dry_update_leaves_the_profile(case: Case, api: Api) -> None:
    """A dry update leaves attributes, audiences, last activity and counters of a profile as they were."""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, first(case.bindings)))
    before = at_rest(case, partial(api.inventory, profile, **SECTIONS))
    dry = case.arranged(api.put_profile(profile, update(case.bindings, "after"), run_rule_engine=True, dry=True))
    after = reread(case, unchanged.inventory, before, partial(api.inventory, profile, **SECTIONS))
    for requirement, view in VIEWS:
        judge_unchanged(case, requirement, view, before, [dry], after)


@scenario("DRY-010", footprint="dry", requests=3, depth="release", operations=OPERATIONS)
def test_a_dry_update_creates_no_profile(case: Case, api: Api) -> None:
    """A dry update for an id that was never used leaves no profile."""
    profile = case.new_id("profile")
    before = api.inventory(profile, **SECTIONS)
    dry = case.arranged(api.put_profile(profile, update(case.bindings, "after"), run_rule_engine=True, dry=True))
    after = reread(case, unchanged.inventory, before, partial(api.inventory, profile, **SECTIONS))
    judge_unchanged(case, "DRY-010", unchanged.inventory, before, [dry], after)


@scenario(
    "DRY-010", "DRY-013",
    footprint="dry",
    requests=3,
    depth="release",
    needs=("populated_profile",),
    operations=OPERATIONS,
)  # fmt: skip
def test_a_dry_update_leaves_a_populated_profile(case: Case, api: Api) -> None:
    """A dry update leaves a customer who has attributes, audiences and points with all of them."""
    profile = case.bindings.populated_profile
    assert profile is not None
    read = partial(api.inventory, profile, **SECTIONS)
    texts = iter(("dry", "dry again"))

    def attempt() -> tuple[Exchange, Exchange, Exchange]:
        before = case.arranged(read())
        dry = api.put_profile(profile, update(case.bindings, next(texts)), run_rule_engine=True, dry=True)
        return before, case.arranged(dry), reread(case, unchanged.inventory, before, read)

    judge_unmoved(case, VIEWS, attempt)


@scenario("DRY-010", footprint="create", requests=4, examples=(0, 5, 150), operations=OPERATIONS)
def test_no_dry_update_leaves_anything(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever a dry update holds, the profile reads as before."""

    def body(drawn: dict[str, Any]) -> None:
        profile = case.new_id("profile")
        case.arranged(api.put_profile(profile, first(bindings)))
        before = at_rest(case, partial(api.inventory, profile, **SECTIONS))
        dry = case.arranged(api.put_profile(profile, drawn, run_rule_engine=True, dry=True))
        after = api.inventory(profile, **SECTIONS)
        judge_unchanged(case, "DRY-010", unchanged.person, before, [dry], after)

    explore(case, profiles(bindings, audiences=True), body)


@scenario("DRY-009", footprint="create", requests=4, depth="release", operations=OPERATIONS)
@pytest.mark.parametrize("engine", [pytest.param(None, id="absent"), pytest.param(False, id="false")])
def test_dry_without_the_rule_engine(case: Case, api: Api, engine: bool | None) -> None:
    """What a dry update without the rule engine answers and stores is recorded."""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, first(case.bindings)))
    before = at_rest(case, partial(api.inventory, profile, **SECTIONS))
    sent = {"attributes": update(case.bindings, "after").get("attributes", {})}
    dry = api.put_profile(profile, sent, run_rule_engine=engine, dry=True)
    after = reread(case, unchanged.person, before, partial(api.inventory, profile, **SECTIONS))
    stored = unchanged.difference(unchanged.person, before, after) is not None
    case.observe("DRY-009", f"answered {dry.status}, and the update is {'stored' if stored else 'not stored'}")
