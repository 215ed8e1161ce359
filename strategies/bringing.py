"""Sessions of the run's own that bring about an effect, with what the effect has to find there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from strategies.undoing import Effect
from talonproof.http.exchange import Exchange
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import BUDGET, merged
from talonproof.run.looking import full_session

REQUESTS: Final[Mapping[str, int]] = {
    "acceptReferral": 3,
    "addLoyaltyPoints:card": 2,
    "deductLoyaltyPoints:profile": 2,
}
"""The requests that it takes to bring about an effect, where it is not one."""

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "acceptCoupon": ("coupons",),
    "acceptReferral": ("referral_campaign",),
    "addLoyaltyPoints:card": ("card_program",),
}
"""The bindings that an effect needs."""

_BUILDS_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "acceptReferral": (),
    "deductLoyaltyPoints:profile": ("deductLoyaltyPoints:profile", "addLoyaltyPoints:active"),
}
"""The effects that must have been seen, where it is not the one; a referral is of the case's own making."""

SHOWN: Final = ("customerSession", "customerProfile")


def closing(label: str, *, more: int, operations: Sequence[str] = (), needs: Sequence[str] = ()) -> dict[str, Any]:
    """What ``@scenario`` says of a case that brings about an effect by a close, and then sends ``more`` requests."""
    return {
        "footprint": "consume",
        "requests": REQUESTS.get(label, 1) + more,
        "depth": "release",
        "needs": (*NEEDS.get(label, ()), *needs),
        "effects": _BUILDS_ON.get(label, (label,)),
        "operations": operations,
    }


@dataclass(frozen=True, slots=True)
class Brought:
    """A session, its profile, and the answer to its last update, with the effects of a label that it shows.

    ``content`` is what was sent of the session, ``before`` are the calls that prepared it.
    """

    label: str
    session: str
    profile: str
    answer: Exchange
    effects: tuple[Effect, ...]
    content: Mapping[str, Any]
    before: tuple[Exchange, ...] = ()


def bring(case: Case, api: Api, label: str, *, profile: str = "") -> Brought:
    """Brings about an effect by closing a new session; :data:`REQUESTS` says how many requests that takes.

    The profile is a new one unless it is given. Ends the case where the effect does not show.
    """
    name = profile or case.new_id("profile")
    first = len(case.history)
    more = prepared(case, api, label, name)
    before = tuple(case.history[first:])
    return update(case, api, label, case.new_id("session"), {**more, "profileId": name, "state": "closed"}, before)


def update(
    case: Case, api: Api, label: str, session: str, body: Mapping[str, Any], before: tuple[Exchange, ...] = ()
) -> Brought:
    """One update of a session, with a full cart and what brings about an effect; 1 request.

    What the body holds goes before what the trigger does. Ends the case where the effect does not show.
    """
    content = full_session(case.bindings)
    if label in case.row.spec.effects:
        content = merged(content, case.trigger(label))
    content |= body
    answer = case.arranged(api.put_session(session, content, content=SHOWN))
    shown = tuple(case.showing(answer, "setDiscount" if label == BUDGET else label))
    return Brought(label, session, str(body["profileId"]), answer, shown, content, before)


def prepared(case: Case, api: Api, label: str, profile: str) -> dict[str, Any]:
    """What a session must hold besides the trigger; made here, as is what there must be before it."""
    match label:
        case "acceptCoupon":
            return {"couponCodes": [case.bindings.coupons[0]]}
        case "acceptReferral":
            advocate = case.new_id("profile")
            case.arranged(api.put_profiles([{"integrationId": advocate}]))
            body = {"campaignId": case.bindings.referral_campaign, "advocateProfileIntegrationId": advocate}
            return {"referralCode": case.arranged(api.refer(body)).at("code")}
        case "deductLoyaltyPoints:profile":
            bring(case, api, "addLoyaltyPoints:active", profile=profile)
            return {}
        case "addLoyaltyPoints:card":
            card = case.arranged(api.make_card({"customerProfileIds": [profile]}))
            return {"loyaltyCards": [card.at("identifier")]}
        case _:
            return {}
