"""A campaign that has not started acts within its schedule, and outside of it no more than before."""

from __future__ import annotations

from typing import Any

from strategies.firing import effects_of, session_for
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import Fired
from talonproof.verdict import Reason


@scenario(
    "DRY-014",
    footprint="dry",
    requests=3,
    depth="release",
    operations=("updateCustomerSessionV2",),
    effects=("scheduled",),
)
def test_looking_ahead_ends_with_the_call(case: Case, api: Api) -> None:
    """A dry update that looks ahead is evaluated alike twice, and the next one of the same id is evaluated now."""
    trigger, session = case.fired("scheduled"), session_for(case, "scheduled", state="closed")
    name = case.new_id("session")
    ahead = case.arranged(api.put_session(name, session, dry=True, now=trigger.now))
    again = case.arranged(api.put_session(name, session, dry=True, now=trigger.now))
    present = case.arranged(api.put_session(name, session, dry=True))
    acting = [
        any(same(effect.get("campaignId"), trigger.campaign) for effect in effects_of(answer))
        for answer in (ahead, again, present)
    ]
    if not acting[0]:
        case.unsupported(Reason.NEVER_TRIGGERED, f"campaign {trigger.campaign} does not act at {trigger.now}")
    case.judge(
        "DRY-014",
        acting[1],
        f"campaign {trigger.campaign} acts on an update with now={trigger.now}, and not on the same one sent again",
        of=(ahead, again),
        pointer="/effects",
        check="the_same_now",
    )
    if acting[2] and _has_begun(case, api, trigger, session):
        return
    case.judge(
        "DRY-014",
        not acting[2],
        f"campaign {trigger.campaign} acts before it starts, on an update without now that follows one with it",
        of=(ahead, again, present),
        pointer="/effects",
        check="now_ends",
    )


def _has_begun(case: Case, api: Api, trigger: Fired, session: dict[str, Any]) -> bool:
    """Whether the campaign acts for a session that was never looked ahead with: then it has started meanwhile."""
    control = case.off_plan(lambda: api.put_session(case.new_id("session"), session, dry=True))
    return any(same(effect.get("campaignId"), trigger.campaign) for effect in effects_of(case.arranged(control)))
