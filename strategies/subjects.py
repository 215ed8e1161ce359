"""Each operation of the contract with a call that is built to be accepted, and what must be there before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from strategies.calls import every_call
from strategies.coupons import reservation
from strategies.harmless import Arguments
from strategies.membership import number_of
from strategies.placeholders import (
    AUDIENCE,
    AUDIENCE_NUMBER,
    CARD,
    MARK,
    PROFILE,
    SESSION,
    SKU,
    bind,
    several,
)
from strategies.reserving import RESERVING
from strategies.since import CALLS_SINCE
from strategies.unchanged import SECTIONS
from talonproof.http.exchange import Call, Exchange
from talonproof.http.footprint import assess
from talonproof.run.api import Api
from talonproof.run.case import NOTHING, Case
from talonproof.target import Bindings, Footprint

Ids = Mapping[Any, Any]
"""What stands for each stand-in: ids of the run, and the number of an audience."""

NOBODY: Final = 0
"""The number of no audience: stands for an audience where none was made."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is made before the call of an operation, by how many requests, and by which other operations.

    ``make`` gives the stand-ins that lead to it with what they stand for.
    """

    make: Callable[[Case], Ids]
    requests: int = 1
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """An operation as the contract suite calls it.

    ``footprint`` is the most that any of its calls does, ``needs`` are the bindings without which none is
    accepted. ``accepts`` is the requirement that its valid call breaks by being refused; empty where no clause says
    so of this very call (a coupon or a referral for customers whom nobody knows may be refused). ``stage`` is None
    where a call needs nothing before it.
    """

    operation: str
    footprint: str
    needs: tuple[str, ...] = ()
    stage: Stage | None = None
    accepts: str = ""

    @property
    def overhead(self) -> int:
        """The requests before its calls, for its stage, and after them, for giving back what is shared."""
        return (self.stage.requests if self.stage else 0) + (self.operation in RESERVING)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that must be built for its calls."""
        return (self.operation, *(self.stage.operations if self.stage else ()))

    def arrange(self, case: Case) -> Ids:
        """What its stage makes, by the stand-ins that lead to it. Blocks the case where that is refused."""
        return self.stage.make(case) if self.stage else {}


def around(case: Case, staged: Ids) -> Ids:
    """An id for every stand-in: of what was arranged, and beside it ids of the run never used before; no request."""
    single = {SESSION: "session", AUDIENCE: "audience", CARD: "card", MARK: "mark"}
    ids: dict[Any, Any] = {stand_in: case.new_id(kind) for stand_in, kind in single.items()}
    ids |= {stand_in: case.new_id("profile") for stand_in in several(PROFILE, 4)}
    ids |= {stand_in: case.new_id("sku") for stand_in in several(SKU, 3)}
    return {**ids, AUDIENCE_NUMBER: NOBODY, **staged}


def valid(operation: str, bindings: Bindings) -> Arguments:
    """The call that is built to be accepted, as rich as the bindings allow, ids left as stand-ins.

    Raises KeyError where a binding is missing that the operation needs.
    """
    if operation in CALLS_SINCE:
        return CALLS_SINCE[operation](bindings)
    if operation in _BODILESS:
        return _BODILESS[operation](bindings)
    found = {call.operation: call for call in every_call(bindings)}[operation]
    return Arguments(found.path, found.query, found.body)


def bound(call: Arguments, ids: Ids) -> Arguments:
    """The call with ids in place of its stand-ins; in a path, also where something is appended to one."""
    body = call.body if call.body is NOTHING else bind(call.body, ids)
    return Arguments({name: _led(value, ids) for name, value in call.path.items()}, bind(call.query, ids), body)


def _led(value: object, ids: Ids) -> Any:
    if isinstance(value, str):
        for stand_in, own in ids.items():
            if isinstance(stand_in, str) and value.startswith(stand_in):
                return own + value.removeprefix(stand_in)
    return bind(value, ids)


def harms(case: Case, operation: str, call: Arguments) -> bool:
    """Whether a call could do more than its case declares, or touch what others made: then it is not sent."""
    has_body = call.body is not NOTHING
    sent = Call(operation, call.path, call.query, call.body if has_body else None, has_body=has_body)
    found = assess(sent, case.bindings, case.bench.ledger)
    return found.foreign or found.footprint > min(case.row.spec.footprint, Footprint.CONSUME)


def send(case: Case, operation: str, call: Arguments, *, content_type: str | None = None) -> Exchange:
    """The answer to a call whose ids are bound."""
    return case.send(operation, path=call.path, query=call.query, body=call.body, content_type=content_type)


def _open(case: Case) -> Ids:
    return {SESSION: Api(case).arrange("open")}


_PLENTY: Final = {"cartItems": [{"name": "mug", "sku": "tp-mug", "quantity": 500, "price": 1}]}
"""A cart of which many calls can return a unit each."""


def _closed(case: Case) -> Ids:
    return {SESSION: Api(case).arrange("closed", _PLENTY)}


def _profile(case: Case) -> Ids:
    profile = case.new_id("profile")
    case.arranged(Api(case).put_profile(profile, {}))
    return {PROFILE: profile}


def _audience(case: Case) -> Ids:
    name = case.new_id("audience")
    return {AUDIENCE_NUMBER: number_of(case, Api(case).create_audience({"name": name, "integrationId": name}))}


def _card(case: Case) -> Ids:
    program = {"loyaltyProgramId": case.bindings.card_program}
    identifier = case.arranged(case.send("generateLoyaltyCard", path=program, body={})).at("identifier")
    if not isinstance(identifier, str):
        case.block("the new card has no identifier")
    return {CARD: identifier}


def _linked(case: Case) -> Ids:
    found = {**_card(case), PROFILE: case.new_id("profile")}
    path = {"loyaltyProgramId": case.bindings.card_program, "loyaltyCardId": found[CARD]}
    case.arranged(case.send("linkLoyaltyCardToProfile", path=path, body={"integrationId": found[PROFILE]}))
    return found


def _reserved(case: Case) -> Ids:
    people = {person: case.new_id("profile") for person in several(PROFILE, 2)}
    case.arranged(Api(case).put_profiles([{"integrationId": name} for name in people.values()]))
    path = {"couponValue": case.bindings.coupons[0]}
    case.arranged(case.send("createCouponReservation", path=path, body=reservation(list(people.values()))))
    return people


_AN_AUDIENCE: Final = Stage(_audience, operations=("createAudienceV2",))
_A_CARD: Final = Stage(_card, operations=("generateLoyaltyCard",))
_A_RESERVATION: Final = Stage(_reserved, 2, ("createCouponReservation", "updateCustomerProfilesV2"))
_CARD_LEDGER: Final = ("card_program", "populated_card")
_PROFILE_LEDGER: Final = ("profile_program", "populated_profile")

SUBJECTS: Final[Mapping[str, Subject]] = {
    subject.operation: subject
    for subject in (
        Subject("getCustomerSession", "create", stage=Stage(_open)),
        Subject("updateCustomerSessionV2", "consume"),
        Subject("returnCartItems", "consume", stage=Stage(_closed), accepts="SES-021"),
        Subject("reopenCustomerSession", "consume", stage=Stage(_closed)),
        Subject("updateCustomerProfileV2", "consume"),
        Subject("updateCustomerProfilesV2", "create", accepts="PRO-005"),
        Subject("createAudienceV2", "create", accepts="AUD-001"),
        Subject("updateAudienceV2", "create", stage=_AN_AUDIENCE, accepts="AUD-018"),
        Subject("deleteAudienceV2", "create", stage=_AN_AUDIENCE, accepts="AUD-013"),
        Subject("deleteAudienceMembershipsV2", "create", stage=_AN_AUDIENCE),
        Subject("updateCustomerProfileAudiences", "create", stage=_AN_AUDIENCE),
        Subject("updateAudienceCustomersAttributes", "create", stage=_AN_AUDIENCE),
        Subject("linkLoyaltyCardToProfile", "create", ("card_program",), stage=_A_CARD),
        Subject("trackEventV2", "consume", ("event_type",), accepts="EVT-003"),
        Subject("createReferral", "consume", ("referral_campaign",)),
        Subject("createReferralsForMultipleAdvocates", "consume", ("referral_campaign",)),
        Subject("deleteCustomerData", "create", stage=Stage(_profile)),
        Subject("createCouponReservation", "consume", ("coupons",)),
        Subject("deleteCouponReservation", "consume", ("coupons",), stage=_A_RESERVATION),
        Subject("getReservedCustomers", "read", ("coupons",)),
        Subject("getCustomerInventory", "create", stage=Stage(_profile)),
        Subject("getLoyaltyCardBalances", "read", _CARD_LEDGER),
        Subject("getLoyaltyBalances", "read", _PROFILE_LEDGER),
        Subject("getLoyaltyCardTransactions", "read", _CARD_LEDGER),
        Subject("getLoyaltyProgramProfileTransactions", "read", _PROFILE_LEDGER),
        Subject("getLoyaltyCardPoints", "read", _CARD_LEDGER),
        Subject("getLoyaltyProgramProfilePoints", "read", _PROFILE_LEDGER),
        Subject("generateLoyaltyCard", "create", ("card_program",), accepts="LOY-005"),
        Subject("syncCatalog", "create", ("catalog",)),
    )
}
"""By operation of 2025-01, in the order of the document."""

_A_LINKED_CARD: Final = Stage(_linked, requests=2, operations=("generateLoyaltyCard", "linkLoyaltyCardToProfile"))

SUBJECTS_SINCE: Final[Mapping[str, Subject]] = {
    subject.operation: subject
    for subject in (
        Subject("integrationGetAllCampaigns", "read"),
        Subject("unlinkLoyaltyCardFromProfile", "create", ("card_program",), stage=_A_LINKED_CARD),
        Subject("activateLoyaltyPoints", "consume", ("profile_program",)),
        Subject("deleteLoyaltyTransactionsFromLedgers", "create", ("profile_program",), stage=Stage(_profile)),
        Subject("getCustomerAchievements", "read", ("session_profile",)),
        Subject("getCustomerAchievementHistory", "read", ("session_profile",)),
        Subject("bestPriorPrice", "dry"),
    )
}
"""By operation that came after 2025-01, in the order of the document; no clause wants any of their calls accepted."""

EVERY_SUBJECT: Final[Mapping[str, Subject]] = {**SUBJECTS, **SUBJECTS_SINCE}
"""The operations of all editions."""


def _card_ledger(bindings: Bindings) -> Arguments:
    return Arguments({"loyaltyProgramId": bindings.card_program, "loyaltyCardId": bindings.populated_card})


def _profile_ledger(bindings: Bindings) -> Arguments:
    return Arguments({"loyaltyProgramId": bindings.profile_program, "integrationId": bindings.populated_profile})


_BODILESS: Final[Mapping[str, Callable[[Bindings], Arguments]]] = {
    "getCustomerSession": lambda _: Arguments({"customerSessionId": SESSION}),
    "reopenCustomerSession": lambda _: Arguments({"customerSessionId": SESSION}),
    "deleteAudienceV2": lambda _: Arguments({"audienceId": AUDIENCE_NUMBER}),
    "deleteAudienceMembershipsV2": lambda _: Arguments({"audienceId": AUDIENCE_NUMBER}),
    "deleteCustomerData": lambda _: Arguments({"integrationId": PROFILE}),
    "getReservedCustomers": lambda bindings: Arguments({"couponValue": bindings.coupons[0]}),
    "getCustomerInventory": lambda _: Arguments({"integrationId": PROFILE}, SECTIONS),
    "getLoyaltyCardBalances": _card_ledger,
    "getLoyaltyBalances": _profile_ledger,
    "getLoyaltyCardTransactions": _card_ledger,
    "getLoyaltyProgramProfileTransactions": _profile_ledger,
    "getLoyaltyCardPoints": _card_ledger,
    "getLoyaltyProgramProfilePoints": _profile_ledger,
}
"""The calls of the operations that take no body."""

BODILESS: Final = frozenset(
    {*_BODILESS, "integrationGetAllCampaigns", "getCustomerAchievements", "getCustomerAchievementHistory"}
)
