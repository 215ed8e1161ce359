"""Referral codes are made for one advocate or for many, in a campaign that has referrals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from talonproof.emulator import attributes, codes, profile, referral
from talonproof.emulator.call import Call
from talonproof.emulator.checked import custom, customer_id, moment
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.referral import Terms
from talonproof.emulator.refusal import bad_body
from talonproof.emulator.world import Entity

_PATTERN = codes.BLANK * 8
_SHORTEST = 4
"""Answers give codes this least length; a pattern may be shorter by its schema, but no code can."""


def create(call: Call) -> Reply:
    """Makes a code for one advocate; nobody else can use one that names a friend."""
    sent: Mapping[str, Any] = call.body
    advocate = customer_id(sent["advocateProfileIntegrationId"], "/advocateProfileIntegrationId")
    terms = _terms(call, sent)
    profile.ensure(call.store, advocate, call.now)
    return reply(201, _made(call, advocate, terms, _PATTERN, codes.CHARACTERS))


def create_many(call: Call) -> Reply:
    """Makes a code for each advocate named, all with the same terms and of the same pattern."""
    sent: Mapping[str, Any] = call.body
    silent = call.silent()
    terms = _terms(call, sent)
    pattern, characters = sent.get("referralPattern", _PATTERN), _characters(sent)
    if len(pattern) < _SHORTEST:
        raise bad_body("/referralPattern", "Out of range", f"A code has at least {_SHORTEST} characters.")
    advocates = [
        customer_id(name, f"/advocateProfileIntegrationIds/{index}")
        for index, name in enumerate(sent["advocateProfileIntegrationIds"])
    ]
    rows: list[dict[str, Any]] = []
    for advocate in advocates:
        profile.ensure(call.store, advocate, call.now)
        rows.append(_made(call, advocate, terms, pattern, characters))
    return reply(204) if silent else reply(201, {"totalResultSize": len(rows), "data": rows})


def _made(call: Call, advocate: str, terms: Terms, pattern: str, characters: Sequence[str]) -> dict[str, Any]:
    """A new referral as answers show it; Refusal where the pattern has no code left."""
    seed = f"referral {referral.next_number(call.store)}"
    code = codes.unused(pattern, characters, seed, lambda code: referral.taken(call.store, code))
    if code is None:
        raise bad_body("/referralPattern", "Out of range", "This pattern has not enough codes left.")
    return referral.document(call.store, referral.create(call.store, code, advocate, terms, call.now))


def _terms(call: Call, sent: Mapping[str, Any]) -> Terms:
    """The terms that were sent.

    Raises Refusal for a campaign that is not there or has no referrals, and for an end that is not after the start.
    """
    campaign = call.world.campaigns.get(int(sent["campaignId"]))
    if campaign is None or "referrals" not in campaign.features:
        raise bad_body("/campaignId", "Unknown", f"There is no campaign {sent['campaignId']} with referrals.")
    starts, expires = moment(sent.get("startDate"), "/startDate"), moment(sent.get("expiryDate"), "/expiryDate")
    if starts is not None and expires is not None and starts >= expires:
        raise bad_body("/expiryDate", "Out of range", "A referral ends after its start.")
    return Terms(
        campaign=campaign.id,
        usage_limit=int(sent.get("usageLimit", 0)),
        starts=starts,
        expires=expires,
        attributes=attributes.merged({}, custom(call, Entity.REFERRAL, sent.get("attributes", {}), "/attributes")),
        friend=sent.get("friendProfileIntegrationId") or None,
    )


def _characters(sent: Mapping[str, Any]) -> Sequence[str]:
    """The characters that fill blanks, each once; Refusal for what is no single character."""
    wanted: list[str] = sent.get("validCharacters", [])
    for index, character in enumerate(wanted):
        if len(character) != 1:
            raise bad_body(f"/validCharacters/{index}", "Out of range", "This must be one character.")
    return list(dict.fromkeys(wanted)) or codes.CHARACTERS
