"""Histories of calls on a small world with tight budgets, and what the database says in between."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import DAY, SECOND, FixedClock
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.store import Store
from talonproof.emulator.world import World

NOW = 20_000 * DAY

TIGHT = """
account: 9
applications: [{id: 1, name: One}]
keys: [{key: live, application: 1}]
attributes: {profile: {text: string}, session: {mark: string, text: string}, item: {text: string}}
event_types: [signed_up]
additional_costs: [shipping]
audiences: [{id: 1, name: Readers}]
programs:
  - {id: 1, name: kept, title: Kept, kind: profile}
  - {id: 2, name: cards, title: Cards, kind: card}
  - {id: 3, name: bounded, title: Bounded, kind: profile, return_policy: within_balance,
     tiers: [{id: 1, name: Low, points: 10}, {id: 2, name: High, points: 30}], tiers_last: P5D}
  - {id: 4, name: boundless, title: Boundless, kind: profile, return_policy: unlimited}
giveaway_pools: [{id: 1, name: few, codes: [GIFT-1, GIFT-2, GIFT-3]}, {id: 2, name: many, pattern: "G-######"}]
achievements:
  - {id: 1, campaign: 13, name: once, title: Once, target: 2, lasts: P9D}
  - {id: 2, campaign: 13, name: often, title: Often, target: 3, lasts: P9D, recurrence: on_completion}
profiles: [{integration_id: anna, created: -P9D}, {integration_id: ben, created: -P9D}]
cards: [{program: 2, identifier: card-1, created: -P9D, profiles: [anna]}]
ledgers:
  - program: 1
    owner: anna
    entries:
      - {points: 30, created: -P9D, expires: P6D}
      - {points: 12, created: -P9D}
      - {points: 20, created: -P9D, expires: P2D}
campaigns:
  - id: 1
    name: Codes
    limits: [{action: redeemCoupon, limit: 2, entities: [Profile]}, {action: redeemCoupon, limit: 5},
             {action: setDiscount, limit: 18, entities: [Coupon]}]
    rules: [{name: code, when: [{coupon: valid}], then: [acceptCoupon, {setDiscount: {name: Code, value: 7}}]}]
  - id: 2
    name: Friends
    limits: [{action: redeemReferral, limit: 2}]
    rules: [{name: friend, when: [{referral: valid}], then: [acceptReferral]}]
  - id: 3
    name: Discounts
    limits: [{action: setDiscount, limit: 60}, {action: setDiscount, limit: 25, entities: [Profile], period: daily}]
    rules: [{name: all, when: [{attribute: session.mark, in: [discount, all]}], then: [
      {setDiscount: {name: All, percent: 20}}, {setDiscountPerItem: {name: Each, value: 3}},
      {setDiscountPerAdditionalCost: {name: Shipping, cost: shipping, value: 2}}]}]
  - id: 5
    name: Points
    limits: [{action: createLoyaltyPoints, limit: 150}]
    rules:
      - {name: points, when: [{attribute: session.mark, in: [points, all]}], then: [
          {addLoyaltyPoints: {name: Kept, program: 1, value: 8}},
          {addLoyaltyPoints: {name: Bounded, program: 3, value: 12}},
          {addLoyaltyPoints: {name: Boundless, program: 4, value: 5}}]}
      - {name: card, when: [{attribute: session.mark, in: [points, all]}], then: [
          {addLoyaltyPoints: {name: Card, program: 2, value: 4}}]}
  - id: 6
    name: Points to come
    limits: [{action: createLoyaltyPointsEffect, limit: 12}]
    rules: [{name: pending, when: [{attribute: session.mark, in: [pending, all]}], then: [
      {addLoyaltyPoints: {name: Later, program: 1, value: 2, starts: P3D, expires: P9D, items: {}}}]}]
  - id: 7
    name: Points taken
    limits: [{action: redeemLoyaltyPoints, limit: 100}]
    rules:
      - {name: spend, when: [{attribute: session.mark, in: [spend, all]}], then: [
          {deductLoyaltyPoints: {name: Spent, program: 1, value: 25}}]}
      - {name: spend more, when: [{attribute: session.mark, in: [spend, all]}], then: [
          {deductLoyaltyPoints: {name: Spent, program: 4, value: 4}}]}
  - id: 9
    name: Gifts
    limits: [{action: awardGiveaway, limit: 2, entities: [Profile]}]
    rules: [{name: gift, when: [{attribute: session.mark, in: [gift, all]}], then: [
      {awardGiveaway: {pool: 1}}, {awardGiveaway: {pool: 2}}, {addFreeItem: {name: Free, sku: mug}}]}]
  - id: 10
    name: Codes made
    limits: [{action: createCoupon, limit: 3}, {action: createReferral, limit: 2}]
    rules:
      - {name: made, when: [{attribute: session.mark, in: [make, all]}], then: [
          {couponCreated: {campaign: 1, pattern: "NEW-######", expires: P4D}}]}
      - {name: made too, when: [{attribute: session.mark, in: [make, all]}], then: [
          {referralCreated: {campaign: 2, pattern: "REF-######"}}, {reserveCoupon: {coupon: HARD-1}}]}
  - id: 12
    name: Notes
    rules: [{name: notes, when: [{attribute: session.mark, in: [notes, all]}], then: [
      {updateAttribute: {attribute: profile.text, value: noted}},
      {updateAttribute: {attribute: session.text, value: noted}},
      {updateAttribute: {attribute: item.text, value: noted}}, {addToAudience: {audience: 1}},
      {showNotification: {type: Info, title: A, body: B}}, {customEffect: {id: 1, name: own, payload: {}}}]}]
  - id: 13
    name: Progress
    rules: [{name: progress, when: [{attribute: session.mark, in: [progress, all]}], then: [
      {increaseAchievementProgress: {achievement: 1, delta: 1}},
      {increaseAchievementProgress: {achievement: 2, delta: 1.5}}]}]
  - id: 14
    name: Welcome
    limits: [{action: createLoyaltyPoints, limit: 9, entities: [Profile]}]
    rules: [{name: welcome, when: [{event: [signed_up, talon_profile_updated]}], then: [
      {addLoyaltyPoints: {name: Welcome, program: 1, value: 3, expires: P5D}}]}]
coupons:
  - {value: MANY-1, campaign: 1}
  - {value: ONCE-1, campaign: 1, usage_limit: 1}
  - {value: TWICE-1, campaign: 1, usage_limit: 2}
  - {value: HARD-1, campaign: 1, reservation: mandatory}
  - {value: MINE-1, campaign: 1, recipient: anna}
"""

MARKS = ("", "discount", "points", "pending", "spend", "gift", "make", "notes", "progress", "all")
CODES = ("MANY-1", "ONCE-1", "TWICE-1", "HARD-1", "MINE-1", "NONE-1")
PROFILES = ("anna", "ben", "carl", "")
SESSIONS = ("s0", "s1", "s2", "s3", "s4", "s5")

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Cart:
    """What an update sends besides a state; ``made`` is the number of a code that was made before, if it is one."""

    profile: str
    mark: str
    coupons: tuple[str, ...]
    quantities: tuple[int, ...]
    made: int | None
    card: bool


@dataclass(frozen=True, slots=True)
class Update:
    """A session is created or updated; without a cart only its state is sent."""

    session: str
    state: str | None
    cart: Cart | None
    dry: bool


@dataclass(frozen=True, slots=True)
class CloseAnd:
    """A session is closed, and that is taken back at once: by a cancel, or by reopening it."""

    session: str
    cart: Cart
    then: str


@dataclass(frozen=True, slots=True)
class Return:
    """Units of a line are returned."""

    session: str
    position: int
    quantity: int
    dry: bool


@dataclass(frozen=True, slots=True)
class Other:
    """A call that has nothing to do with a session: a name of what it is, and of whom it is about."""

    what: str
    profile: str
    dry: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Some days pass."""

    days: int


Step = Update | CloseAnd | Return | Other | Wait


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Some episodes around a few customers, codes and marks, so that they meet again and again."""
    profiles, codes, marks = (
        draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        for names in (PROFILES, CODES, MARKS)
    )
    episode = _episodes(_carts(profiles, codes, marks)) | _others([name for name in profiles if name] or PROFILES[:1])
    count = draw(st.integers(3, 9))
    return [step for steps in draw(st.lists(episode, min_size=count, max_size=count)) for step in steps]


def _carts(profiles: Sequence[str], codes: Sequence[str], marks: Sequence[str]) -> st.SearchStrategy[Cart]:
    return st.builds(
        Cart,
        profile=st.sampled_from(profiles),
        mark=st.sampled_from(marks),
        coupons=st.sets(st.sampled_from(codes)).map(sorted).map(tuple),
        quantities=st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple),
        made=st.none() | st.integers(0, 3),
        card=st.booleans(),
    )


@st.composite
def _episodes(draw: st.DrawFn, carts: st.SearchStrategy[Cart]) -> list[Step]:
    """What happens to one session: it is opened, closed, returned in part, taken back; each of it or not."""
    session, cart = draw(st.sampled_from(SESSIONS)), draw(carts)
    steps: list[Step] = []
    if draw(st.booleans()):
        steps.append(Update(session, draw(st.sampled_from([None, "open"])), cart, dry=draw(st.booleans())))
    if draw(st.booleans()):
        steps.append(CloseAnd(session, draw(carts), draw(st.sampled_from(["cancel", "reopen"]))))
    if draw(st.integers(0, 7)):
        steps.append(Update(session, "closed", cart, dry=draw(st.integers(0, 5)) == 5))
    returns = st.builds(
        Return, session=st.just(session), position=st.integers(0, 1), quantity=st.integers(1, 2), dry=st.booleans()
    )
    steps.extend(draw(st.lists(returns, max_size=2)))
    match draw(st.integers(0, 4)):
        case 0:
            steps.append(Update(session, "cancelled", None, dry=draw(st.booleans())))
        case 1:
            steps.append(Other("reopen", session, dry=False))
        case _:
            pass
    return steps


def _others(profiles: Sequence[str]) -> st.SearchStrategy[list[Step]]:
    whats = st.sampled_from(["event", "profile", "reserve", "referral", "inventory", "balances"])
    calls = st.builds(Other, what=whats, profile=st.sampled_from(profiles), dry=st.booleans())
    return st.lists(calls | st.builds(Wait, days=st.integers(1, 4)), min_size=1, max_size=2)


@dataclass
class Player:
    """Plays a history on a fresh emulator, and keeps the answers."""

    world: World
    contract: Contract
    validators: Validators
    answers: list[Reply] = field(default_factory=list[Reply])
    made: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.emulator = Emulator(self.world, self.contract, clock=self.clock, validators=self.validators)

    @property
    def store(self) -> Store:
        """Its database."""
        return self.emulator.store

    def rows(self) -> Rows:
        """Everything that is stored."""
        tables = self.store.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: sorted(self.store.all(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}  # noqa: S608

    def call(self, method: str, target: str, body: object = None) -> tuple[int, Any]:
        """Status and body of a call, a second after the one before it."""
        self.clock.instant += SECOND
        content = b"" if body is None else json.dumps(body).encode()
        request = Request(method, target, {"authorization": "ApiKey-v1 live"}, content)
        answer = self.emulator.handle(request)
        self.answers.append(answer)
        document = answer.document()
        route = self.emulator.route(request)
        validator = self.validators.response(route.operation.id, answer.status) if route else None
        assert validator is None or validator.is_valid(document), (target, document, validator.errors(document))
        for kind in ("createdCoupons", "createdReferrals") if answer.ok and "dry=true" not in target else ():
            self.made.extend(each.get("value", each.get("code")) for each in (document or {}).get(kind, ()))
        return answer.status, document

    def update(self, step: Update) -> tuple[int, Any]:
        """An update of a session."""
        sent: dict[str, Any] = {} if step.state is None else {"state": step.state}
        if step.cart is not None:
            cart = step.cart
            sent["profileId"] = cart.profile
            sent["attributes"] = {"mark": cart.mark}
            sent["couponCodes"] = list(cart.coupons)
            sent["cartItems"] = [{"sku": "mug", "quantity": n, "price": 10} for n in cart.quantities]
            sent["additionalCosts"] = {"shipping": {"price": 4}}
            sent["loyaltyCards"] = ["card-1"] if cart.card else []
            if cart.made is not None and cart.made < len(self.made):
                code = self.made[cart.made]
                sent["couponCodes"] += [code] if code.startswith("NEW") else []
                sent["referralCode"] = "" if code.startswith("NEW") else code
        asked = ["customerSession", "coupons", "referral", "loyalty", "awardedGiveaways", "triggeredCampaigns"]
        query = "?dry=true" if step.dry else ""
        body = {"customerSession": sent, "responseContent": asked}
        return self.call("PUT", f"/v2/customer_sessions/{step.session}{query}", body)

    def play(self, step: Step) -> tuple[int, Any]:
        """Does a step; status and body of its last answer."""
        match step:
            case Update():
                return self.update(step)
            case CloseAnd():
                return self.update(Update(step.session, "closed", step.cart, dry=False))
            case Return():
                query = "?dry=true" if step.dry else ""
                items = [{"position": step.position, "quantity": step.quantity}]
                body = {"return": {"returnedCartItems": items}, "responseContent": ["loyalty"]}
                return self.call("POST", f"/v2/customer_sessions/{step.session}/returns{query}", body)
            case Other():
                return self._other(step)
            case Wait():
                self.clock.instant += step.days * DAY
                return 200, None

    def take_back(self, session: str, how: str) -> tuple[int, Any]:
        """Cancels a session, or reopens it."""
        if how == "cancel":
            return self.update(Update(session, "cancelled", None, dry=False))
        return self.call("PUT", f"/v2/customer_sessions/{session}/reopen")

    def _other(self, step: Other) -> tuple[int, Any]:
        name, dry = step.profile, str(step.dry).lower()
        match step.what:
            case "event":
                return self.call(
                    "POST",
                    f"/v2/events?silent=no&dry={dry}",
                    {"type": "signed_up", "profileId": name, "attributes": {}},
                )
            case "profile":
                return self.call("PUT", f"/v2/customer_profiles/{name}?runRuleEngine=true&dry={dry}", {})
            case "reserve":
                return self.call("POST", "/v1/coupon_reservations/HARD-1", {"integrationIDs": [name]})
            case "referral":
                status, made = self.call(
                    "POST", "/v1/referrals", {"campaignId": 2, "advocateProfileIntegrationId": name}
                )
                self.made.extend([made["code"]] if status == 201 else [])
                return status, made
            case "reopen":
                return self.take_back(name, "reopen")
            case "inventory":
                flags = "&".join(
                    f"{flag}=true" for flag in ("coupons", "loyalty", "referrals", "giveaways", "achievements")
                )
                return self.call("GET", f"/v1/customer_profiles/{name}/inventory?{flags}")
            case _:
                return self.call("GET", f"/v1/loyalty_programs/3/profile/{name}/balances?includeTiers=true")

    def close(self) -> None:
        """Forgets everything."""
        self.store.close()


@dataclass(frozen=True, slots=True)
class Points:
    """What a ledger holds, in whole millionths; what it owes is taken from what is active."""

    active: int = 0
    pending: int = 0
    expired: int = 0


def ledgers(rows: Rows, moment: int) -> dict[tuple[int, str], Points]:
    """What each account holds just after a moment, as its entries and spendings of then have it."""
    given, taken = defaultdict[int, int](int), defaultdict[int, int](int)
    for addition, subtraction, created, amount in rows["spending"]:
        if created <= moment:
            given[addition] += amount
            taken[subtraction] += amount
    found: dict[tuple[int, str], Points] = {}
    for number, program, owner, _, kind, _, created, starts, expires, amount, *_ in rows["entry"]:
        if created > moment:
            continue
        held, rest = found.get((program, owner), Points()), amount - given[number]
        if kind == "subtraction":
            held = replace(held, active=held.active - amount + taken[number])
        elif expires is not None and expires <= moment:
            held = replace(held, expired=held.expired + rest)
        elif starts is not None and starts > moment:
            held = replace(held, pending=held.pending + rest)
        else:
            held = replace(held, active=held.active + rest)
        found[program, owner] = held
    return found
