"""What a call could do to an account, judged from its arguments alone, before it is sent.

A call is judged as if the server accepted it, whatever its key and however invalid it is: a server with a hole must
not lose data to the check that looks for the hole. Where two servers could understand a call differently, the worse
counts. Operations nobody judged here are destructive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from talonproof.http.arguments import Body, body_of, elements, is_dry, maybe_on, members
from talonproof.http.exchange import Call
from talonproof.target import POOLS, Bindings, Footprint


class Possessions(Protocol):
    """What a run may call its own; :class:`~talonproof.http.ledger.Ledger` is one."""

    def owns(self, value: object, kind: str = "") -> bool:
        """Whether the id of something of that kind is one of the run's."""
        ...

    def may_have_closed(self, session: object) -> bool:
        """Whether a session could be, or have been, anything but open."""
        ...


@dataclass(frozen=True, slots=True)
class Assessment:
    """The footprint of a call and why it is not less. ``foreign``: it would write on what others made."""

    footprint: Footprint
    why: str = ""
    foreign: bool = False


_BOUND: Final[Mapping[str, tuple[str, ...]]] = {
    "session": ("open_session", "closed_session"),
    "profile": ("populated_profile", "session_profile"),
    "card": ("populated_card",),
    "sku": ("catalog_sku",),
    "coupon": (*POOLS, "soft_coupon", "mandatory_coupon", "visible_coupon", "limited_coupon", "recipient_coupon"),
    "audience": ("audience",),
    "catalog": ("catalog", "spare_catalog"),
    "program": ("profile_program", "card_program"),
    "campaign": ("referral_campaign",),
}
"""Which bindings may stand in the place of an id of a kind."""

_NUMBERED: Final = frozenset({"audience", "catalog", "program", "campaign"})
"""Kinds whose ids are small integers: any positive one is probably somebody's, zero and less is nobody's."""


def footprint(call: Call, bindings: Bindings, own: Possessions) -> Footprint:
    """The footprint of a call on a target with these bindings, for a run with these possessions."""
    return assess(call, bindings, own).footprint


def assess(call: Call, bindings: Bindings, own: Possessions) -> Assessment:
    """The worst that can be said of a call."""
    rule = _RULES.get(call.operation)
    if rule is None:
        return Assessment(Footprint.DESTRUCTIVE, "nobody has judged what this operation does")
    found = rule(_View(call, body_of(call), bindings, own))
    return max(found, key=lambda each: (each.footprint, each.foreign))


@dataclass(frozen=True, slots=True)
class _View:
    """A call beside what is the run's own and what is bound."""

    call: Call
    body: Body
    bindings: Bindings
    own: Possessions

    def path(self, name: str) -> object:
        return self.call.path.get(name)

    def all(self, *names: str) -> list[Any]:
        """Every value at a path of member names in the body."""
        found = [self.body.value]
        for name in names:
            found = [member for value in found for member in members(value, name)]
        return found

    def lent(self, kind: str, value: object, *, disposable: bool) -> bool:
        """Whether the value is bound for its kind; with ``disposable``, bound and given away."""
        names = (name for name in _BOUND[kind] if not disposable or name in self.bindings.disposable)
        for name in names:
            bound = getattr(self.bindings, name)
            if value in bound if isinstance(bound, tuple) else bound is not None and str(value) == str(bound):
                return True
        return False

    def touches(self, kind: str, value: object, *, writes: bool = True) -> Iterator[Assessment]:
        """Nothing if the id is own, nobody's, or lent for this; else that somebody else's thing would be touched.

        What is bound may be used (``writes`` False) but is written on only if it is disposable.
        """
        if self.own.owns(value, kind) or self.lent(kind, value, disposable=writes):
            return
        if _nobody(value, numbered=kind in _NUMBERED):
            return
        yield Assessment(Footprint.DESTRUCTIVE, f"it names a {kind} that is not of this run", foreign=True)

    def unreadable(self, footprint: Footprint) -> Iterator[Assessment]:
        """A body that servers may read in different ways does the worst that it could."""
        if not self.body.readable:
            yield Assessment(footprint, "its body can be read in more than one way")


def _nobody(value: Any, *, numbered: bool) -> bool:
    """Whether an id is none, or one that nothing can have."""
    if value is None or value is False or value in ("", [], {}):
        return True
    if value is True:
        return not numbered
    if isinstance(value, int | float):
        return numbered and value <= 0
    if isinstance(value, str) and numbered:
        try:
            return int(value) <= 0
        except ValueError:
            return not any(character.isdigit() for character in value)
    return False


_READ: Final = Assessment(Footprint.READ)
_DRY: Final = Assessment(Footprint.DRY, "it is a dry call")
_CREATE: Final = Assessment(Footprint.CREATE, "it writes")


def _consume(why: str) -> Assessment:
    return Assessment(Footprint.CONSUME, why)


def _read(view: _View) -> Iterator[Assessment]:  # noqa: ARG001 - one signature for all rules
    yield _READ


def _session_update(view: _View) -> Iterator[Assessment]:
    dry = is_dry(view.call)
    session = view.path("customerSessionId")
    yield _DRY if dry else _CREATE
    yield from view.touches("session", session, writes=not dry)
    for profile in view.all("customerSession", "profileId"):
        yield from view.touches("profile", profile, writes=not dry)
    for inner in view.all("customerSession"):
        for card in elements(inner, "loyaltyCards"):
            yield from view.touches("card", card, writes=not dry)
    if dry:
        return
    yield from view.unreadable(Footprint.CONSUME)
    for state in view.all("customerSession", "state"):
        still_open = state == "cancelled" and not view.own.may_have_closed(session)
        if state not in (None, "open") and not still_open:
            yield _consume("it takes a session to another state than open")
    if any(view.all("customerSession", "couponCodes")) or any(view.all("customerSession", "referralCode")):
        yield _consume("it carries codes")


def _return(view: _View) -> Iterator[Assessment]:
    dry = is_dry(view.call)
    yield _DRY if dry else _consume("it returns items")
    yield from view.touches("session", view.path("customerSessionId"), writes=not dry)


def _reopen(view: _View) -> Iterator[Assessment]:
    yield _consume("it reopens a session")
    yield from view.touches("session", view.path("customerSessionId"))


def _profile_update(view: _View) -> Iterator[Assessment]:
    dry = is_dry(view.call)
    if dry:
        yield _DRY
    elif maybe_on(view.call, "runRuleEngine"):
        yield _consume("it runs the rule engine")
    else:
        yield _CREATE
    yield from view.touches("profile", view.path("integrationId"), writes=not dry)
    for changes in view.all("audiencesChanges"):
        for audience in (*elements(changes, "adds"), *elements(changes, "deletes")):
            yield from view.touches("audience", audience, writes=not dry)


def _profiles_update(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    for item in elements(view.body.value, "customerProfiles"):
        for profile in members(item, "integrationId"):
            yield from view.touches("profile", profile)


def _event(view: _View) -> Iterator[Assessment]:
    dry = is_dry(view.call)
    yield _DRY if dry else _consume("it tracks an event")
    for profile in view.all("profileId"):
        yield from view.touches("profile", profile, writes=not dry)
    for card in elements(view.body.value, "loyaltyCards"):
        yield from view.touches("card", card, writes=not dry)


def _erasure(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    yield from view.touches("profile", view.path("integrationId"))


def _new_audience(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    for name in view.all("integrationId"):
        if not view.own.owns(name) and not _nobody(name, numbered=False):
            yield Assessment(Footprint.DESTRUCTIVE, "it names an audience that is not of this run", foreign=True)


def _audience(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    yield from view.touches("audience", view.path("audienceId"))


def _memberships(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    for item in elements(view.body.value, "data"):
        for profile in members(item, "profileIntegrationId"):
            yield from view.touches("profile", profile)
        for audience in members(item, "audienceId"):
            yield from view.touches("audience", audience)


def _reservation(view: _View) -> Iterator[Assessment]:
    creates = view.call.operation == "createCouponReservation"
    yield _consume("it reserves a coupon") if creates else _CREATE
    yield from view.touches("coupon", view.path("couponValue"), writes=False)
    for profile in elements(view.body.value, "integrationIDs"):
        yield from view.touches("profile", profile)


def _referral(view: _View) -> Iterator[Assessment]:
    yield _consume("it creates referral codes")
    for campaign in view.all("campaignId"):
        yield from view.touches("campaign", campaign, writes=False)
    single = (*view.all("advocateProfileIntegrationId"), *view.all("friendProfileIntegrationId"))
    for profile in (*single, *elements(view.body.value, "advocateProfileIntegrationIds")):
        yield from view.touches("profile", profile)


def _new_card(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    yield from view.touches("program", view.path("loyaltyProgramId"), writes=False)
    for card in view.all("cardIdentifier"):
        yield from view.touches("card", card)
    for profile in elements(view.body.value, "customerProfileIds"):
        yield from view.touches("profile", profile)


def _card_link(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    yield from view.touches("card", view.path("loyaltyCardId"))
    for profile in view.all("integrationId"):
        yield from view.touches("profile", profile)


def _deleted_points(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    yield from view.touches("program", view.path("loyaltyProgramId"), writes=False)
    yield from view.touches("profile", view.path("integrationId"))


def _activation(view: _View) -> Iterator[Assessment]:
    yield _consume("it activates points")
    yield from view.unreadable(Footprint.DESTRUCTIVE)
    yield from view.touches("program", view.path("loyaltyProgramId"), writes=False)
    for session in view.all("sessionId"):
        yield from view.touches("session", session)
    if any(elements(view.body.value, "transactionUUIDs")):
        yield Assessment(Footprint.DESTRUCTIVE, "it names transactions, which may be anybody's", foreign=True)


def _prices(view: _View) -> Iterator[Assessment]:  # noqa: ARG001 - one signature for all rules
    yield Assessment(Footprint.DRY, "it is a question sent as a body")


def _catalog(view: _View) -> Iterator[Assessment]:
    yield _CREATE
    catalog = view.path("catalogId")
    yield from view.touches("catalog", catalog, writes=False)
    if view.lent("catalog", catalog, disposable=True):
        return
    for action in elements(view.body.value, "actions"):
        kinds = members(action, "type")
        skus = [sku for payload in members(action, "payload") for sku in members(payload, "sku")]
        for sku in skus:
            yield from view.touches("sku", sku)
        single = skus and all(skus) and all(kind in _SINGLE for kind in kinds)
        unknown = any(kind == "ADD_PRICE_ADJUSTMENT" for kind in kinds)  # nothing says what its payload does
        if unknown or (not single and not all(kind == "ADD" for kind in kinds) and not _own_filter(view, action)):
            yield Assessment(Footprint.DESTRUCTIVE, "it changes catalog items that are not of this run", foreign=True)


_SINGLE: Final = ("ADD", "PATCH", "REMOVE")


def _own_filter(view: _View, action: Any) -> bool:
    """Whether an action on many items is for some only, and one of its filters asks for a mark of the run."""
    for payload in members(action, "payload"):
        for each in elements(payload, "filters"):
            marks = members(each, "value")
            if members(each, "op") == ["EQ"] and len(marks) == 1 and view.own.owns(marks[0]):
                return True
    return False


_RULES: Final[Mapping[str, Callable[[_View], Iterator[Assessment]]]] = {
    "getCustomerSession": _read,
    "updateCustomerSessionV2": _session_update,
    "returnCartItems": _return,
    "reopenCustomerSession": _reopen,
    "updateCustomerProfileV2": _profile_update,
    "updateCustomerProfilesV2": _profiles_update,
    "createAudienceV2": _new_audience,
    "updateAudienceV2": _audience,
    "deleteAudienceV2": _audience,
    "deleteAudienceMembershipsV2": _audience,
    "updateCustomerProfileAudiences": _memberships,
    "updateAudienceCustomersAttributes": _audience,
    "linkLoyaltyCardToProfile": _card_link,
    "trackEventV2": _event,
    "createReferral": _referral,
    "createReferralsForMultipleAdvocates": _referral,
    "deleteCustomerData": _erasure,
    "createCouponReservation": _reservation,
    "deleteCouponReservation": _reservation,
    "getReservedCustomers": _read,
    "getCustomerInventory": _read,
    "getLoyaltyCardBalances": _read,
    "getLoyaltyBalances": _read,
    "getLoyaltyCardTransactions": _read,
    "getLoyaltyProgramProfileTransactions": _read,
    "getLoyaltyCardPoints": _read,
    "getLoyaltyProgramProfilePoints": _read,
    "generateLoyaltyCard": _new_card,
    "syncCatalog": _catalog,
    "integrationGetAllCampaigns": _read,
    "unlinkLoyaltyCardFromProfile": _card_link,
    "activateLoyaltyPoints": _activation,
    "deleteLoyaltyTransactionsFromLedgers": _deleted_points,
    "getCustomerAchievements": _read,
    "getCustomerAchievementHistory": _read,
    "bestPriorPrice": _prices,
}
"""How each operation is judged; what is missing here is destructive."""

JUDGED: Final = frozenset(_RULES)
"""The operations that have a rule."""
