"""A dry event leaves nothing: no event, no activity, and not even the profile that it is sent for."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from strategies import unchanged
from strategies.events import events
from strategies.placeholders import PROFILE, bind
from strategies.unchanged import SECTIONS, at_rest, judge_unchanged, reread
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings

OPERATIONS = ("trackEventV2", "getCustomerInventory")


def event(bindings: Bindings, profile: str) -> dict[str, Any]:
    """An event of the bound type, with the bound attribute."""
    sent: dict[str, Any] = {"profileId": profile, "type": bindings.event_type}
    if bindings.event_attribute:
        sent["attributes"] = {bindings.event_attribute: "dry"}
    return sent


def silently(silent: str, *, depth: str) -> Any:
    """How much the event is to answer."""
    mark = scenario("DRY-011", footprint="dry", requests=3, depth=depth, needs=("event_type",), operations=OPERATIONS)
    return pytest.param(silent, marks=mark, id=f"silent-{silent}")


@pytest.mark.parametrize("silent", [silently("no", depth="smoke"), silently("yes", depth="release")])
def test_a_dry_event_leaves_no_profile(case: Case, api: Api, silent: str) -> None:
    """A dry event for an id that was never used leaves no profile."""
    profile = case.new_id("profile")
    before = api.inventory(profile, **SECTIONS)
    dry = case.arranged(api.track_event(event(case.bindings, profile), silent=silent, dry=True))
    after = reread(case, unchanged.inventory, before, partial(api.inventory, profile, **SECTIONS))
    judge_unchanged(case, "DRY-011", unchanged.inventory, before, [dry], after)


@scenario(
    "DRY-011", "DRY-013",
    footprint="create",
    requests=4,
    depth="release",
    needs=("event_type",),
    operations=(*OPERATIONS, "updateCustomerProfileV2"),
)  # fmt: skip
def test_a_dry_event_leaves_the_profile(case: Case, api: Api) -> None:
    """A dry event leaves everything that is known of its profile, its last activity included, as it was."""
    profile = case.new_id("profile")
    case.arranged(api.put_profile(profile, {}))
    before = at_rest(case, partial(api.inventory, profile, **SECTIONS))
    dry = case.arranged(api.track_event(event(case.bindings, profile), dry=True))
    after = reread(case, unchanged.inventory, before, partial(api.inventory, profile, **SECTIONS))
    judge_unchanged(case, "DRY-011", unchanged.inventory, before, [dry], after)
    judge_unchanged(case, "DRY-013", unchanged.used_up, before, [dry], after)


@scenario("DRY-011", footprint="dry", requests=3, examples=(0, 6, 150), needs=("event_type",), operations=OPERATIONS)
def test_no_dry_event_leaves_anything(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever a dry event holds, it leaves no profile."""

    def body(drawn: dict[str, Any]) -> None:
        profile = case.new_id("profile")
        before = api.inventory(profile, **SECTIONS)
        dry = case.arranged(api.track_event(bind(drawn, {PROFILE: profile}), dry=True))
        after = api.inventory(profile, **SECTIONS)
        judge_unchanged(case, "DRY-011", unchanged.inventory, before, [dry], after)

    explore(case, events(bindings), body)
