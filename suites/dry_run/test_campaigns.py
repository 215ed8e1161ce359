"""A dry call may look ahead, and at campaigns that are disabled; neither acts on calls that do not ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from strategies.firing import customer, effects_of, session_for
from talonproof.http.exchange import Exchange
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

Send = Callable[[Case, Api, Mapping[str, Any]], Exchange]
"""Sends a dry call with a member more in its body."""


@scenario(
    "DRY-014",
    footprint="dry",
    requests=2,
    depth="release",
    operations=("updateCustomerSessionV2",),
    effects=("scheduled",),
)
def test_a_campaign_that_has_not_started(case: Case, api: Api) -> None:
    """It acts on an update that is evaluated as if it had, and not on one that is evaluated now."""
    trigger, session = case.fired("scheduled"), session_for(case, "scheduled", state="closed")
    name = case.new_id("session")
    present = case.arranged(api.put_session(name, session, dry=True))
    later = case.arranged(api.put_session(name, session, dry=True, now=trigger.now))
    acts(case, later, trigger.campaign)
    case.judge(
        "DRY-014",
        not of_campaign(present, trigger.campaign),
        f"campaign {trigger.campaign} acts before it starts, on an update without now",
        of=(later, present),
        pointer="/effects",
    )


def on_session(case: Case, api: Api, more: Mapping[str, Any]) -> Exchange:
    """A dry update of a session."""
    session = {**session_for(case, "disabled", state="closed"), **more}
    return case.arranged(api.put_session(case.new_id("session"), session, dry=True))


def on_profile(case: Case, api: Api, more: Mapping[str, Any]) -> Exchange:
    """A dry update of a profile."""
    return case.arranged(api.put_profile(customer(case), more, run_rule_engine=True, dry=True))


def on_event(case: Case, api: Api, more: Mapping[str, Any]) -> Exchange:
    """A dry event."""
    return case.arranged(
        api.track_event({"profileId": customer(case), "type": case.bindings.event_type, **more}, dry=True)
    )


def call(send: Send, operation: str, *needs: str) -> Any:
    """A call that can be dry."""
    mark = scenario(
        "DRY-015", "DRY-016",
        footprint="dry",
        requests=2,
        depth="release",
        needs=needs,
        operations=(operation,),
        effects=("disabled",),
    )  # fmt: skip
    return pytest.param(send, marks=mark, id=send.__name__.removeprefix("on_"))


@pytest.mark.parametrize(
    "send",
    [
        call(on_session, "updateCustomerSessionV2"),
        call(on_profile, "updateCustomerProfileV2"),
        call(on_event, "trackEventV2", "event_type"),
    ],
)
def test_a_campaign_that_is_disabled(case: Case, api: Api, send: Send) -> None:
    """It acts on a dry call that lists it, which none but listed ones act on, and on no other call."""
    campaign = case.fired("disabled").campaign
    listed = send(case, api, {"evaluableCampaignIds": [campaign]})
    acts(case, listed, campaign)
    judge_listed(case, listed, campaign)
    other = send(case, api, {})
    case.judge(
        "DRY-015",
        not of_campaign(other, campaign),
        f"campaign {campaign}, which is disabled, acts on a dry call that does not list it",
        of=(listed, other),
        pointer="/effects",
    )


@scenario(
    "DRY-016",
    footprint="dry",
    requests=1,
    depth="release",
    operations=("updateCustomerSessionV2",),
    effects=("disabled", "setDiscount"),
)
def test_campaigns_that_are_not_listed(case: Case, api: Api) -> None:
    """A campaign that acts on a session does not where another one is listed."""
    campaign = case.fired("disabled").campaign
    session = session_for(case, "disabled", "setDiscount", state="closed", evaluableCampaignIds=[campaign])
    judge_listed(case, case.arranged(api.put_session(case.new_id("session"), session, dry=True)), campaign)


def acts(case: Case, answer: Exchange, campaign: int | None) -> None:
    """Ends the case as UNSUPPORTED where a campaign does not act: it may be made for other calls."""
    if not of_campaign(answer, campaign):
        case.unsupported(Reason.NEVER_TRIGGERED, f"campaign {campaign} does not act on {answer.operation}")


def of_campaign(answer: Exchange, campaign: int | None) -> list[Mapping[str, Any]]:
    """The effects of a campaign in an answer."""
    return [effect for effect in effects_of(answer) if same(effect.get("campaignId"), campaign)]


def judge_listed(case: Case, answer: Exchange, campaign: int | None) -> None:
    """Judges that all effects come from the one campaign that was listed; a code of another one may be rejected."""
    acting = [effect for effect in effects_of(answer) if not str(effect.get("effectType")).startswith("reject")]
    others = sorted({str(one) for effect in acting if not same(one := effect.get("campaignId"), campaign)})
    case.judge(
        "DRY-016",
        not others,
        f"campaigns that are not listed act: {', '.join(others)}, where {campaign} is listed alone",
        of=answer,
        pointer="/effects",
    )
