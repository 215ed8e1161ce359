"""One call for each operation that does no harm even where it is accepted: for checks that look for a hole.

Such a call is valid, so that only its key can be the reason for refusing it. It is dry where the operation has dry
calls; else it writes nothing but what the run makes itself, on ids never used before, or on what cannot exist (an
audience numbered 0). What it reads is bound where that is possible: a server may look for a thing before it looks at
the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from talonproof.http.exchange import Credential, Exchange
from talonproof.run.case import NOTHING, Case
from talonproof.target import Bindings

NewId = Callable[[str], str]
"""Gives an id of the run for something of a kind, never used before."""

NOBODY = 0
"""A number that no audience, program, campaign or catalog has."""

NO_EVENT = "talonproof_no_such_event"


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a call says besides its operation; ``body`` is NOTHING where there is none."""

    path: Mapping[str, object] = field(default_factory=dict[str, object])
    query: Mapping[str, object] = field(default_factory=dict[str, object])
    body: Any = NOTHING


@dataclass(frozen=True, slots=True)
class Harmless:
    """How to make the harmless call of an operation, and what it does to an account that accepts it."""

    footprint: str
    arguments: Callable[[Bindings, NewId], Arguments]


def send(
    case: Case, operation: str, credential: Credential, *, among: Mapping[str, Harmless] | None = None
) -> Exchange:
    """The answer to the harmless call of an operation, sent with some key or without.

    ``among`` is the table that has it: by default, that of the operations of 2025-01.
    """
    found = (among or HARMLESS)[operation].arguments(case.bindings, case.new_id)
    return case.send(operation, path=found.path, query=found.query, body=found.body, credential=credential)


def _session(bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"customerSessionId": bound.open_session or new("session")})


def _session_update(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"customerSessionId": new("session")}, {"dry": True}, {"customerSession": {"state": "open"}})


def _return(bound: Bindings, new: NewId) -> Arguments:
    session = bound.closed_session or new("session")
    entries = [{"position": 0, "quantity": 1}]
    return Arguments({"customerSessionId": session}, {"dry": True}, {"return": {"returnedCartItems": entries}})


def _reopening(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"customerSessionId": new("session")})


def _profile_update(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"integrationId": new("profile")}, {"runRuleEngine": True, "dry": True}, {})


def _profile_updates(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments(body={"customerProfiles": [{"integrationId": new("profile")}]})


def _event(bound: Bindings, new: NewId) -> Arguments:
    body = {"profileId": new("profile"), "type": bound.event_type or NO_EVENT}
    return Arguments({}, {"dry": True}, body)


def _erasure(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"integrationId": new("profile")})


def _inventory(bound: Bindings, new: NewId) -> Arguments:
    profile = bound.session_profile or bound.populated_profile or new("profile")
    return Arguments({"integrationId": profile}, {"profile": True})


def _new_audience(_bound: Bindings, new: NewId) -> Arguments:
    name = new("audience")
    return Arguments(body={"name": name, "integrationId": name})


def _audience(_bound: Bindings, _new: NewId) -> Arguments:
    return Arguments({"audienceId": NOBODY})


def _audience_name(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"audienceId": NOBODY}, body={"name": new("audience")})


def _audience_attributes(_bound: Bindings, _new: NewId) -> Arguments:
    return Arguments({"audienceId": NOBODY}, body={})


def _memberships(_bound: Bindings, new: NewId) -> Arguments:
    change = {"action": "add", "profileIntegrationId": new("profile"), "audienceId": NOBODY}
    return Arguments(body={"data": [change]})


def _referral(bound: Bindings, new: NewId) -> Arguments:
    campaign = bound.referral_campaign or NOBODY
    return Arguments(body={"campaignId": campaign, "advocateProfileIntegrationId": new("profile")})


def _referrals(bound: Bindings, new: NewId) -> Arguments:
    campaign = bound.referral_campaign or NOBODY
    advocates = [new("profile")]
    return Arguments(body={"campaignId": campaign, "advocateProfileIntegrationIds": advocates, "usageLimit": 1})


def _reservation(_bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"couponValue": new("coupon")}, body={"integrationIDs": [new("profile")]})


def _reserved(bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"couponValue": bound.coupons[0] if bound.coupons else new("coupon")})


def _card_ledger(bound: Bindings, new: NewId) -> Arguments:
    card = bound.populated_card or new("card")
    return Arguments({"loyaltyProgramId": bound.card_program or NOBODY, "loyaltyCardId": card})


def _profile_ledger(bound: Bindings, new: NewId) -> Arguments:
    profile = bound.populated_profile or new("profile")
    return Arguments({"loyaltyProgramId": bound.profile_program or NOBODY, "integrationId": profile})


def _new_card(bound: Bindings, new: NewId) -> Arguments:
    return Arguments({"loyaltyProgramId": bound.card_program or NOBODY}, body={"cardIdentifier": new("card")})


def _card_link(bound: Bindings, new: NewId) -> Arguments:
    path = {"loyaltyProgramId": bound.card_program or NOBODY, "loyaltyCardId": new("card")}
    return Arguments(path, body={"integrationId": new("profile")})


def _catalog(bound: Bindings, new: NewId) -> Arguments:
    action = {"type": "ADD", "payload": {"sku": new("sku"), "price": 1}}
    return Arguments({"catalogId": bound.catalog or NOBODY}, body={"actions": [action]})


HARMLESS: Final[Mapping[str, Harmless]] = {
    "getCustomerSession": Harmless("read", _session),
    "updateCustomerSessionV2": Harmless("dry", _session_update),
    "returnCartItems": Harmless("dry", _return),
    "reopenCustomerSession": Harmless("consume", _reopening),
    "updateCustomerProfileV2": Harmless("dry", _profile_update),
    "updateCustomerProfilesV2": Harmless("create", _profile_updates),
    "createAudienceV2": Harmless("create", _new_audience),
    "updateAudienceV2": Harmless("create", _audience_name),
    "deleteAudienceV2": Harmless("create", _audience),
    "deleteAudienceMembershipsV2": Harmless("create", _audience),
    "updateCustomerProfileAudiences": Harmless("create", _memberships),
    "updateAudienceCustomersAttributes": Harmless("create", _audience_attributes),
    "linkLoyaltyCardToProfile": Harmless("create", _card_link),
    "trackEventV2": Harmless("dry", _event),
    "createReferral": Harmless("consume", _referral),
    "createReferralsForMultipleAdvocates": Harmless("consume", _referrals),
    "deleteCustomerData": Harmless("create", _erasure),
    "createCouponReservation": Harmless("consume", _reservation),
    "deleteCouponReservation": Harmless("create", _reservation),
    "getReservedCustomers": Harmless("read", _reserved),
    "getCustomerInventory": Harmless("read", _inventory),
    "getLoyaltyCardBalances": Harmless("read", _card_ledger),
    "getLoyaltyBalances": Harmless("read", _profile_ledger),
    "getLoyaltyCardTransactions": Harmless("read", _card_ledger),
    "getLoyaltyProgramProfileTransactions": Harmless("read", _profile_ledger),
    "getLoyaltyCardPoints": Harmless("read", _card_ledger),
    "getLoyaltyProgramProfilePoints": Harmless("read", _profile_ledger),
    "generateLoyaltyCard": Harmless("create", _new_card),
    "syncCatalog": Harmless("create", _catalog),
}
"""By operation of 2025-01, in the order of the document; for those that came later see :mod:`strategies.since`."""
