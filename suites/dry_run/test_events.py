"""A dry event leaves nothing: no event, no activity, and not even the profile that it is sent for."""

from __future__ import annotations

from functools import partial
from typing import Any

from strategies import unchanged
from strategies.events import CUSTOMARY, events
from strategies.placeholders import PROFILE, bind
from strategies.unchanged import SECTIONS, at_rest, judge_unchanged, reread
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings
from talonproof.verdict import Reason

OPERATIONS = ("trackEventV2", "getCustomerInventory")


def event(bindings: Bindings, profile: str) -> dict[str, Any]:
    """An event of the bound type, with the bound attribute."""
    sent: dict[str, Any] = {"profileId": profile, "type": bindings.event_type}
    if bindings.event_attribute:
        sent["attributes"] = {bindings.event_attribute: "dry"}
    return sent


@scenario("DRY-011", footprint="dry", requests=2 + len(CUSTOMARY), operations=OPERATIONS)
def test_a_dry_event_leaves_no_profile(case: Case, api: Api, bindings: Bindings) -> None:
    """A dry event for an id that was never used leaves no profile.

    Where no type is bound, those that are customary are tried until one is known. A refused event is dry as well, and
    may leave nothing either; but that alone proves little, so where all are refused the target cannot be judged.
    """
    profile = case.new_id("profile")
    before = api.inventory(profile, **SECTIONS)
    tried: list[Exchange] = []
    for kind in [bindings.event_type] if bindings.event_type else CUSTOMARY:
        tried.append(api.track_event({**event(bindings, profile), "type": kind}, dry=True))
        if tried[-1].ok:
            break
    last = tried[-1] if tried[-1].refused and not bindings.event_type else case.arranged(tried[-1])
    after = reread(case, unchanged.inventory, before, partial(api.inventory, profile, **SECTIONS))
    if not last.ok and not unchanged.difference(unchanged.inventory, before, after):
        case.unsupported(Reason.BINDING, f"event_type is not bound, and the target has none of {', '.join(CUSTOMARY)}")
    judge_unchanged(case, "DRY-011", unchanged.inventory, before, tried, after)


@scenario("DRY-011", footprint="dry", requests=3, depth="release", needs=("event_type",), operations=OPERATIONS)
def test_a_silent_dry_event_leaves_no_profile(case: Case, api: Api) -> None:
    """Nor does one that is to answer nothing."""
    profile = case.new_id("profile")
    before = api.inventory(profile, **SECTIONS)
    dry = case.arranged(api.track_event(event(case.bindings, profile), silent="yes", dry=True))
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


@scenario("DRY-011", footprint="dry", requests=3, examples=(0, 5, 150), needs=("event_type",), operations=OPERATIONS)
def test_no_dry_event_leaves_anything(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever a dry event holds, it leaves no profile."""

    def body(drawn: dict[str, Any]) -> None:
        profile = case.new_id("profile")
        before = api.inventory(profile, **SECTIONS)
        dry = case.arranged(api.track_event(bind(drawn, {PROFILE: profile}), dry=True))
        after = api.inventory(profile, **SECTIONS)
        judge_unchanged(case, "DRY-011", unchanged.inventory, before, [dry], after)

    explore(case, events(bindings), body)
