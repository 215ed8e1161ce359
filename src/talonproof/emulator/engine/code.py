"""A session carries codes: what is known of each before any rule is asked, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from talonproof.emulator import coupon, profile, referral
from talonproof.emulator.engine import tallies
from talonproof.emulator.engine.campaign import Campaign, CodeKind

if TYPE_CHECKING:
    from talonproof.emulator.call import Call
    from talonproof.emulator.engine.situation import Situation


@dataclass(slots=True)
class Code:
    """A code of a session, as it was sent; ``id`` and ``campaign`` are -1 and None where there is no such code.

    It is ``accepted`` once a rule says so. ``reason`` is why it is not, and ``details`` says it in words; ``rule``,
    ``condition`` and ``effect`` are the numbers of what stood in its way.
    """

    kind: CodeKind
    value: str
    id: int = -1
    campaign: Campaign | None = None
    accepted: bool = False
    reason: str = ""
    details: str = ""
    rule: tuple[int, str] = (-1, "")
    condition: int | None = None
    effect: int | None = None
    exclusion: str = ""


def of_session(call: Call, situation: Situation, evaluated: Mapping[int, Campaign], loaded: int) -> Iterator[Code]:
    """The codes of the situation's session, each once: with a ``reason`` if it is not valid, without if it is.

    ``evaluated`` are the campaigns whose rules are asked. Where capitals do not count, two spellings are one code.
    """
    session = situation.session
    if session is None:
        return
    known: set[int] = set()
    for value in dict.fromkeys(session.coupons):
        code = _coupon(call, situation, value, evaluated, loaded)
        if code.id not in known:
            yield code
        if code.id >= 0:
            known.add(code.id)
    if session.referral:
        yield _referral(call, situation, session.referral, evaluated, loaded)


def _coupon(call: Call, situation: Situation, value: str, evaluated: Mapping[int, Campaign], loaded: int) -> Code:
    kept = coupon.find(call.store, value, sensitive=call.application.sensitive)
    campaign = call.world.campaigns.get(kept.campaign) if kept else None
    if kept is None or campaign is None or not campaign.belongs_to(call.application.id):
        return Code(CodeKind.COUPON, value, reason="CouponNotFound", details=f'There is no coupon "{value}".')
    code = Code(CodeKind.COUPON, value, kept.id, campaign)
    if _left_out(code, situation, evaluated, loaded, "Coupon"):
        return code
    code.reason, code.details = _of_coupon(call, situation, kept)
    return code


def _of_coupon(call: Call, situation: Situation, kept: coupon.Coupon) -> tuple[str, str]:
    """Why a coupon cannot be redeemed here, in one word and in some; empty where it can."""
    name = situation.profile.integration_id if situation.profile else ""
    if kept.starts is not None and kept.starts > situation.moment:
        return "CouponStartDateInFuture", "The coupon is not valid yet."
    if kept.expires is not None and kept.expires <= situation.moment:
        return "CouponExpired", "The coupon has expired."
    if kept.recipient is not None and kept.recipient != name:
        return "CouponRecipientDoesNotMatch", "The coupon is for another customer."
    if kept.mandatory and not name:
        return "ProfileRequired", "The coupon must be reserved, and the session has no profile."
    if kept.mandatory and not coupon.is_reserved(call.store, kept, name):
        return "CouponReservationRequired", "The coupon must be reserved, and it is not for this customer."
    if 0 < kept.usage_limit <= tallies.redemptions(call.store, "coupon", kept.id):
        return "CouponLimitReached", f"The coupon can be redeemed {kept.usage_limit} times, and has been."
    return "", ""


def _referral(call: Call, situation: Situation, value: str, evaluated: Mapping[int, Campaign], loaded: int) -> Code:
    kept = referral.find(call.store, value)
    campaign = call.world.campaigns.get(kept.campaign) if kept else None
    if kept is None or campaign is None or not campaign.belongs_to(call.application.id):
        return Code(CodeKind.REFERRAL, value, reason="ReferralNotFound", details=f'There is no referral "{value}".')
    code = Code(CodeKind.REFERRAL, value, kept.id, campaign)
    if _left_out(code, situation, evaluated, loaded, "Referral"):
        return code
    code.reason, code.details = _of_referral(call, situation, kept)
    return code


def _of_referral(call: Call, situation: Situation, kept: referral.Referral) -> tuple[str, str]:
    """Why a referral code cannot be redeemed here, in one word and in some; empty where it can."""
    name = situation.profile.integration_id if situation.profile else ""
    if kept.starts is not None and kept.starts > situation.moment:
        return "ReferralStartDateInFuture", "The referral code is not valid yet."
    if kept.expires is not None and kept.expires <= situation.moment:
        return "ReferralExpired", "The referral code has expired."
    if name == kept.advocate:
        return "ReferralRecipientIdSameAsAdvocate", "Nobody is referred by an own code."
    if kept.friend is not None and kept.friend != name:
        return "ReferralRecipientDoesNotMatch", "The referral code is for another customer."
    if profile.known(call.store, kept.advocate) is None:
        return "AdvocateNotFound", f'There is no profile "{kept.advocate}".'
    if 0 < kept.usage_limit <= tallies.redemptions(call.store, "referral", kept.id):
        return "ReferralLimitReached", f"The referral code can be used {kept.usage_limit} times, and has been."
    return "", ""


def _left_out(code: Code, situation: Situation, evaluated: Mapping[int, Campaign], loaded: int, kind: str) -> bool:
    """Whether no rule of the code's campaign is asked; it then has the reason."""
    campaign = code.campaign
    if campaign is None or campaign.id in evaluated:
        return False
    if campaign.state == "enabled" and campaign.within(situation.moment, loaded):
        code.reason, code.exclusion = f"{kind}PartOfNotTriggeredCampaign", "CampaignNotInEvaluationSet"
        code.details = f'The campaign "{campaign.name}" is not among those to be evaluated.'
    else:
        code.reason = f"{kind}PartOfNotRunningCampaign"
        code.details = f'The campaign "{campaign.name}" is {campaign.shown_state(situation.moment, loaded)}.'
    return True
