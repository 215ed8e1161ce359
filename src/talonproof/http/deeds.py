"""What a call does to an account, read from its exchange: what it makes, takes away and uses up, or may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from talonproof.http.arguments import body_of, elements, is_dry, members
from talonproof.http.exchange import Call, Credential, Exchange

CHOSEN_NAMES: Final = frozenset({"sessions", "profiles", "items"})
"""Things whose ids the caller chooses: one that is not of the run was there before, or is somebody else's."""

_BY_CAMPAIGNS: Final = {"coupons": "createdCoupons", "referrals": "createdReferrals"}
"""Codes that campaigns make, and where an answer lists them."""

_BY_EFFECT: Final = {
    "addLoyaltyPoints": "additions of points",
    "deductLoyaltyPoints": "deductions of points",
    "awardGiveaway": "giveaways awarded",
}
"""Effects that leave something on the account, and what they are counted as."""

_READS: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """Something that a call has made: what it is, by which name, and where that is not enough, within what.

    ``within`` is the coupon of a reservation, the catalog of an item, and the Application of a session, the latter by
    the credential that reaches it.
    """

    kind: str
    name: str
    within: str = ""


def writes(exchange: Exchange) -> bool:
    """Whether the call was meant to change something; with a test key, and where it is dry, none is."""
    call = exchange.call
    return exchange.method not in _READS and not is_dry(call) and call.credential is not Credential.TEST


def unsure(exchange: Exchange) -> bool:
    """Whether a call may have been carried out, and its answer does not say so: none came, or a failing server's."""
    if exchange.status == 0:
        return not exchange.failure.startswith("connect: ")
    return not exchange.ok and not 400 <= exchange.status < 500


def made(exchange: Exchange) -> Iterator[Thing]:
    """The things with an id that a successful call has made, if they were not there before."""
    body = body_of(exchange.call).value
    path = exchange.call.path
    match exchange.operation:
        case "updateCustomerSessionV2":
            yield session_of(exchange)
            for inner in members(body, "customerSession"):
                yield from _profiles(members(inner, "profileId"))
        case "updateCustomerProfileV2":
            yield from _profiles([path.get("integrationId")])
        case "updateCustomerProfilesV2":
            for item in elements(body, "customerProfiles"):
                yield from _profiles(members(item, "integrationId"))
        case "updateCustomerProfileAudiences":
            for item in elements(body, "data"):
                yield from _profiles(members(item, "profileIntegrationId"))
        case "trackEventV2":
            yield from _profiles(members(body, "profileId"))
        case "createAudienceV2":
            yield Thing("audiences", _number(exchange.at("id")))
        case "generateLoyaltyCard":
            yield Thing("cards", str(exchange.at("identifier")))
        case "createCouponReservation":
            for profile in elements(body, "integrationIDs"):
                yield Thing("reservations", str(profile), str(path.get("couponValue")))
        case "syncCatalog":
            yield from _items(exchange, ("ADD", "PATCH"))
        case _:
            return


def perhaps_made(exchange: Exchange) -> Iterator[Thing]:
    """The profiles that a successful call names, where no source says whether it makes them."""
    body = body_of(exchange.call).value
    match exchange.operation:
        case "createReferral":
            yield from _profiles(members(body, "advocateProfileIntegrationId"))
            yield from _profiles(members(body, "friendProfileIntegrationId"))
        case "createReferralsForMultipleAdvocates":
            yield from _profiles(list(elements(body, "advocateProfileIntegrationIds")))
        case "createCouponReservation":
            yield from _profiles(list(elements(body, "integrationIDs")))
        case "generateLoyaltyCard":
            yield from _profiles(list(elements(body, "customerProfileIds")))
        case "linkLoyaltyCardToProfile":
            yield from _profiles(members(body, "integrationId"))
        case _:
            return


def unmade(exchange: Exchange) -> Iterator[Thing]:
    """The things with an id that a successful call has taken away."""
    path = exchange.call.path
    match exchange.operation:
        case "deleteAudienceV2":
            yield Thing("audiences", str(path.get("audienceId")))
        case "deleteCouponReservation":
            for profile in elements(body_of(exchange.call).value, "integrationIDs"):
                yield Thing("reservations", str(profile), str(path.get("couponValue")))
        case "syncCatalog":
            yield from _items(exchange, ("REMOVE",))
        case _:
            return


def named(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The ids that the server gave to what a successful call has made, by kind."""
    match exchange.operation, exchange.at("id"), exchange.at("identifier"):
        case "createAudienceV2", int() | float() as number, _ if not isinstance(number, bool):
            yield "audience", _number(number)
        case "generateLoyaltyCard", _, str() as identifier if identifier:
            yield "card", identifier
        case _:
            return


def happened(exchange: Exchange) -> Mapping[str, int]:
    """How many things without an id of ours a successful call has made, codes that campaigns made of it included."""
    body = body_of(exchange.call).value
    codes = _made_by_campaigns(exchange)
    match exchange.operation:
        case "trackEventV2":
            return {**codes, "events": 1}
        case "createReferral":
            return {"referrals": 1}
        case "createReferralsForMultipleAdvocates":
            return {"referrals": len(list(elements(body, "advocateProfileIntegrationIds")))}
        case _:
            return codes


def _made_by_campaigns(exchange: Exchange) -> Mapping[str, int]:
    if exchange.method in _READS:
        return {}
    counts = {kind: len(list(elements(exchange.at(), name))) for kind, name in _BY_CAMPAIGNS.items()}
    return {kind: number for kind, number in counts.items() if number}


def used(exchange: Exchange, *, was_closed: bool) -> Mapping[str, int]:
    """What a successful call has used up or moved; points and gifts as far as its answer tells."""
    return {**_used_by_itself(exchange, was_closed=was_closed), **_used_by_campaigns(exchange)}


def _used_by_campaigns(exchange: Exchange) -> Mapping[str, int]:
    if exchange.method in _READS or (exchange.operation == "updateCustomerSessionV2" and not _closes(exchange)):
        return {}  # what an open session shows has not happened yet
    effects = elements(exchange.at(), "effects")
    types = Counter(str(kind) for effect in effects for kind in members(effect, "effectType"))
    return {what: types[kind] for kind, what in _BY_EFFECT.items() if types[kind]}


def _closes(exchange: Exchange) -> bool:
    return "closed" in states_sent(exchange.call)


def states_sent(call: Call) -> list[Any]:
    """The states that an update of a session asks for: one, or none, unless a name stands there twice."""
    return [state for inner in members(body_of(call).value, "customerSession") for state in members(inner, "state")]


def _used_by_itself(exchange: Exchange, *, was_closed: bool) -> Mapping[str, int]:
    match exchange.operation:
        case "returnCartItems":
            return {"sessions returned": 1}
        case "reopenCustomerSession":
            return {"sessions reopened": 1}
        case "syncCatalog":
            return {"catalog syncs": 1}
        case "updateCustomerSessionV2":
            asked = members(body_of(exchange.call).value, "customerSession")
            states = states_sent(exchange.call)
            codes = [code for inner in asked for code in elements(inner, "couponCodes") if code]
            return {
                "sessions closed": int("closed" in states),  # a Counter that is empty keeps a bool as it is
                "closed sessions cancelled": int("cancelled" in states and was_closed),
                "coupon codes in closed sessions": len(codes) if "closed" in states else 0,
            }
        case _:
            return {}


def session_of(exchange: Exchange) -> Thing:
    """The session that a call names, in the Application of its key."""
    other = exchange.call.credential is Credential.OTHER_APPLICATION
    within = str(exchange.call.credential) if other else ""
    return Thing("sessions", str(exchange.call.path.get("customerSessionId")), within)


def _number(value: Any) -> str:
    """The number of a thing as it stands in a path: in JSON it may have a fraction of zero."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _profiles(ids: list[Any]) -> Iterator[Thing]:
    for profile in ids:
        if profile and isinstance(profile, str):
            yield Thing("profiles", profile)


def _items(exchange: Exchange, types: tuple[str, ...]) -> Iterator[Thing]:
    catalog = str(exchange.call.path.get("catalogId"))
    for action in elements(body_of(exchange.call).value, "actions"):
        if any(kind in types for kind in members(action, "type")):
            for payload in members(action, "payload"):
                yield from (Thing("items", str(sku), catalog) for sku in members(payload, "sku"))
