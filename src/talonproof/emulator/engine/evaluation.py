"""Evaluation asks the rules of the campaigns that run, in the order of their ids, what they want to happen.

It reads and writes nothing: what it proposes comes true when settlement says so. A rule acts while all its
conditions hold; its effects come about together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from talonproof.emulator.engine import code as codes
from talonproof.emulator.engine.budget import NotPossible
from talonproof.emulator.engine.campaign import Campaign, CodeKind, Rule
from talonproof.emulator.engine.code import Code
from talonproof.emulator.engine.effect import NO_CAMPAIGN, Effect
from talonproof.emulator.engine.scene import Scene

if TYPE_CHECKING:
    from talonproof.emulator.call import Call
    from talonproof.emulator.engine.situation import Situation

_ARCHIVED_IS_FINAL = "IntegrationCampaign"
"""A schema that came with the edition 2026-05, since when an archived campaign is not even evaluated by name."""

_ACCEPTS = frozenset({"acceptCoupon", "acceptReferral"})
_CANNOT = "EffectCouldNotBeApplied"
_UNMET = "A condition does not hold."


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a rule had no effect: the number of the condition that did not hold, or of the effect that cannot be."""

    campaign: Campaign
    index: int
    rule: Rule
    condition: int | None = None
    effect: int | None = None
    details: str = ""
    code: Code | None = None

    def document(self) -> dict[str, Any]:
        """The failure as answers show it."""
        shown: dict[str, Any] = {
            "campaignID": self.campaign.id,
            "campaignName": self.campaign.name,
            "rulesetID": self.campaign.id,
            "ruleIndex": self.index,
            "ruleName": self.rule.name,
        }
        if self.code is not None and self.code.kind is CodeKind.COUPON:
            shown |= {"couponID": self.code.id, "couponValue": self.code.value}
        elif self.code is not None:
            shown |= {"referralID": self.code.id, "referralValue": self.code.value}
        if self.condition is not None:
            shown["conditionIndex"] = self.condition
        if self.effect is not None:
            shown["effectIndex"] = self.effect
        if self.details:
            shown["details"] = self.details
        return shown


def reasons_wanted(call: Call) -> list[Failure] | None:
    """Where the rules without effect go that the answer is asked to name; None where it is not."""
    return [] if "ruleFailureReasons" in call.body.get("responseContent", ()) else None


def evaluate(call: Call, situation: Situation, failures: list[Failure] | None = None) -> list[Effect]:
    """The effects that the rules propose, and one for each code that is not accepted; it changes no row.

    ``failures``, if given, gets the rules that had no effect.
    """
    loaded = call.loaded
    evaluated = {each.id: each for each in call.application.campaigns if _is_asked(call, each, situation, loaded)}
    scene = Scene(call, situation)
    carried = list(codes.of_session(call, situation, evaluated, loaded))
    for campaign in evaluated.values():
        scene.campaign = campaign
        for index, rule in enumerate(campaign.rules):
            scene.rule, scene.index = rule, index
            if rule.on is None:
                _act(scene, failures)
            else:
                _try(scene, [code for code in carried if code.campaign is campaign and code.kind is rule.on], failures)
    scene.effects.extend(_refusal(code) for code in carried if not code.accepted)
    return scene.effects


def _is_asked(call: Call, campaign: Campaign, situation: Situation, loaded: int) -> bool:
    """Whether the rules of a campaign are to be evaluated: it runs or, being named, would do so switched on."""
    if not campaign.within(situation.moment, loaded):
        return False
    if situation.campaigns is None:
        return campaign.state == "enabled"
    if campaign.state == "archived" and call.known(_ARCHIVED_IS_FINAL):
        return False
    return campaign.id in situation.campaigns


def _try(scene: Scene, own: Sequence[Code], failures: list[Failure] | None) -> None:
    """Tries the rule at hand once for each valid code of its kind that belongs to its campaign."""
    rule = scene.rule
    valid = [code for code in own if not code.reason or code.rule[0] >= 0]
    for code in valid:
        scene.code = code
        _act(scene, failures)
    scene.code = None
    if not valid and failures is not None:
        refused = own[0] if own else None
        details = refused.details if refused else f"There is no {rule.on} of this campaign."
        failures.append(Failure(scene.campaign, scene.index, rule, condition=rule.asks, details=details, code=refused))


def _act(scene: Scene, failures: list[Failure] | None) -> None:
    """Adds the effects of the rule at hand, if its conditions hold and all of them can be."""
    rule, code = scene.rule, scene.code
    for number, condition in enumerate(rule.when):
        if not condition.holds(scene):
            _miss(scene, failures, _UNMET, condition=number)
            if code is not None:
                _blame(scene, code, "RejectedByCondition", _UNMET, condition=number)
            return
    mark, before = scene.journal.mark(), len(scene.effects)
    for number, proposal in enumerate(rule.then):
        try:
            proposal.propose(scene)
        except NotPossible as obstacle:
            scene.journal.undo(mark)
            del scene.effects[before:]
            _miss(scene, failures, obstacle.details, effect=number)
            if code is not None:
                _blame(scene, code, obstacle.reason or _CANNOT, obstacle.details, effect=number)
            return
    if code is not None and any(effect.type in _ACCEPTS for effect in scene.effects[before:]):
        code.accepted = True


def _miss(
    scene: Scene,
    failures: list[Failure] | None,
    details: str,
    *,
    condition: int | None = None,
    effect: int | None = None,
) -> None:
    """Notes why the rule at hand has no effect, if anybody wants to know."""
    if failures is not None:
        failures.append(Failure(scene.campaign, scene.index, scene.rule, condition, effect, details, scene.code))


def _blame(
    scene: Scene,
    code: Code,
    reason: str,
    details: str,
    *,
    condition: int | None = None,
    effect: int | None = None,
) -> None:
    """Notes the first thing that stood in the way of a code."""
    if code.accepted or code.reason:
        return
    if code.kind is CodeKind.REFERRAL and reason == "ProfileRequired":
        reason = _CANNOT  # a word that referrals do not have
    code.reason = f"{code.kind.capitalize()}{reason}" if reason == "RejectedByCondition" else reason
    code.details, code.condition, code.effect = details, condition, effect
    code.rule = (scene.index, scene.rule.name)


def _refusal(code: Code) -> Effect:
    """The effect that says why a code is not accepted."""
    campaign = NO_CAMPAIGN if code.campaign is None else code.campaign.id
    noun = code.kind.capitalize()
    props: dict[str, Any] = {
        "value": code.value,
        "rejectionReason": code.reason or f"{noun}PartOfNotTriggeredCampaign",
    }
    if code.condition is not None:
        props["conditionIndex"] = code.condition
    if code.effect is not None:
        props["effectIndex"] = code.effect
    if code.details:
        props["details"] = code.details
    if code.exclusion:
        props["campaignExclusionReason"] = code.exclusion
    return Effect(campaign, campaign, *code.rule, f"reject{noun}", props)
