"""A profile is updated with or without the rule engine, alone or with others, shown by its inventory, and erased."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from talonproof.emulator import (
    achievement,
    answers,
    attributes,
    audience,
    coupon,
    event,
    giveaway,
    profile,
    referral,
    session,
)
from talonproof.emulator.call import Call
from talonproof.emulator.checked import custom, customer_id, whole
from talonproof.emulator.engine import settlement
from talonproof.emulator.engine.evaluation import evaluate, reasons_wanted
from talonproof.emulator.engine.situation import Situation, chosen
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.profile import Profile
from talonproof.emulator.refusal import INVALID, Refusal, bad_body
from talonproof.emulator.world import Entity

MAX_PROFILES = 1000


def update(call: Call) -> Reply:
    """Creates a profile, or merges attributes into it and changes its audiences.

    Without the rule engine nothing counts as activity, and ``responseContent`` is ignored.
    """
    name = call.path_id("integrationId")
    body: Mapping[str, Any] = call.body
    sent = custom(call, Entity.PROFILE, body.get("attributes", {}), "/attributes")
    joins, leaves = (_audiences(call, body.get("audiencesChanges", {}), key) for key in ("adds", "deletes"))
    customer, new = profile.ensure(call.store, name, call.now)
    customer.attributes = attributes.merged(customer.attributes, sent)
    for number in joins:
        profile.join(call.store, customer, number)
    for number in leaves:
        profile.leave(call.store, customer, number)
    runs = call.parameters["runRuleEngine"]
    if runs and not call.dry:
        customer.active(call.now)
    profile.save(call.store, customer)
    if not runs:
        return reply(200, {"effects": [], "createdCoupons": [], "createdReferrals": []})
    kind = event.PROFILE_CREATED if new else event.PROFILE_UPDATED
    failures = reasons_wanted(call)
    situation = Situation(moment=call.now, event=kind, profile=customer, campaigns=chosen(call, body))
    outcome = settlement.happen(call, customer, evaluate(call, situation, failures))
    profile.save(call.store, customer)
    happened = event.record(call, kind, profile=name, effects=[effect.document() for effect in outcome.effects])
    return reply(200, answers.state(call, event=happened, customer=customer, outcome=outcome, failures=failures))


def _audiences(call: Call, changes: Mapping[str, Any], key: str) -> list[int]:
    """The audiences named for a change; Refusal for one that does not exist."""
    numbers: list[int] = []
    for index, sent in enumerate(changes.get(key, ())):
        pointer = f"/audiencesChanges/{key}/{index}"
        numbers.append(whole(sent, pointer))
        if not audience.exists(call.store, numbers[-1]):
            raise bad_body(pointer, "Unknown", f"There is no audience {numbers[-1]}.")
    return numbers


def update_many(call: Call) -> Reply:
    """Creates profiles, or merges attributes into them, one after the other; all of them or none.

    The rule engine does not run, so nothing counts as activity.
    """
    silent = call.silent()
    sent: list[Mapping[str, Any]] = call.body.get("customerProfiles", [])
    if len(sent) > MAX_PROFILES:
        raise bad_body("/customerProfiles", "Out of range", f"A request has at most {MAX_PROFILES} profiles.")
    defined = call.world.attributes[Entity.PROFILE]
    problems = [
        problem
        for index, item in enumerate(sent)
        for problem in attributes.problems(
            Entity.PROFILE, defined, item.get("attributes", {}), f"/customerProfiles/{index}/attributes"
        )
    ]
    if problems:
        raise Refusal(400, INVALID, problems)
    names = [customer_id(item["integrationId"], f"/customerProfiles/{i}/integrationId") for i, item in enumerate(sent)]
    states: list[dict[str, Any]] = []
    for name, item in zip(names, sent, strict=True):
        customer, _ = profile.ensure(call.store, name, call.now)
        customer.attributes = attributes.merged(customer.attributes, item.get("attributes", {}))
        profile.save(call.store, customer)
        states.append({"customerProfile": profile.document(call.store, customer, call.world.account)})
    return reply(204) if silent else reply(200, {"integrationStates": states})


def inventory(call: Call) -> Reply:
    """What belongs to a profile, by the sections asked for."""
    name = call.path_id("integrationId")
    customer = profile.find(call.store, name)
    if customer is None:
        raise Refusal(404, f'There is no profile "{name}".')
    shown = {section: show(call, customer) for section, show in _SECTIONS.items() if call.parameters.get(section)}
    return reply(200, shown)


def _coupons(call: Call, customer: Profile) -> list[dict[str, Any]]:
    name, campaigns = customer.integration_id, call.world.campaigns

    def runs(number: int) -> bool:
        campaign = campaigns.get(number)
        return campaign is None or campaign.shown_state(call.now, call.loaded) in {"running", "scheduled"}

    return [
        coupon.inventory_document(call.store, one, name, call.now, runs=runs(one.campaign))
        for one in coupon.of_customer(call.store, name)
    ]


def _giveaways(call: Call, customer: Profile) -> list[dict[str, Any]]:
    kept = giveaway.of_customer(call.store, customer.integration_id)
    return [giveaway.document(call.store, one) for one in kept]


def _achievements(call: Call, customer: Profile) -> list[dict[str, Any]]:
    known = call.known("AchievementProgressWithDefinition") | call.known("AchievementProgress")
    return achievement.of_customer(call.store, call.world, customer.integration_id, call.now, known)


_SECTIONS: Mapping[str, Callable[[Call, Profile], Any]] = {
    "profile": lambda call, customer: profile.document(call.store, customer, call.world.account),
    "referrals": lambda call, customer: referral.of_advocate(call.store, customer.integration_id),
    "coupons": _coupons,
    "loyalty": lambda call, customer: answers.loyalty(call, customer) or {"programs": {}},
    "giveaways": _giveaways,
    "achievements": _achievements,
}


def erase(call: Call) -> Reply:
    """Empties the attributes of a profile, and of the sessions, events and referrals that name it."""
    name = call.path_id("integrationId")
    customer = profile.known(call.store, name)
    if customer is None:
        raise Refusal(404, f'There is no profile "{name}".')
    customer.attributes = {}
    profile.save(call.store, customer)
    session.erase(call.store, name)
    event.erase(call.store, name)
    referral.erase(call.store, name)
    return reply(204)
