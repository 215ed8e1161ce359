"""Carries out deeds on several things of the target, beside the reference model of all of them, and judges each."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Final

from strategies.audiences import change
from strategies.catalogs import action, sync
from strategies.coupons import same_code
from strategies.membership import attribute, memberships, number_of, told
from strategies.playing import Player
from strategies.redeeming import about, cancelling, uses
from strategies.reserving import giving_back, holders, owned
from strategies.showing import objects
from strategies.stock import Stock as Items
from strategies.stock import cost, stock
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.model.action import Action, Unsent, Update
from talonproof.model.observed import amount
from talonproof.model.transitions import Answer
from talonproof.model.wire import number as as_number
from talonproof.model.world import (
    COUPON,
    CUSTOMERS,
    FRIEND,
    SHOPPER,
    VISITS,
    Deed,
    Describe,
    DescribeMembers,
    Drop,
    Empty,
    Kind,
    Make,
    Move,
    Place,
    Refer,
    Release,
    Reserve,
    Stock,
    Told,
    Unstock,
    Value,
    Visit,
    World,
    after,
    holds,
    promised,
    referral,
    worded,
)
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import effects_of

ITEMS: Final = (0, 1)
"""The items that a program may have in the catalog."""

MOST: Final = 8
"""The most requests of one deed that are planned."""

CLEARING: Final = 6
"""The most requests that are kept for the end of a program."""

POINTERS: Final = {
    Kind.MEMBER: "/profile/audienceMemberships",
    Kind.ATTRIBUTE: "/profile/attributes",
    Kind.ACTIVITY: "/profile/lastActivity",
    Kind.CLOSED: "/profile/closedSessions",
    Kind.SALES: "/profile/totalSales",
    Kind.HELD: "/data",
    Kind.OWNED: "/coupons",
    Kind.USES: "/coupons",
    Kind.REFERRED: "/referrals",
    Kind.PRICE: "/customerSession/cartItemTotal",
    Kind.POINTS: "/balance",
}


class Unseen(Enum):
    """What a read does not show: nothing can be said of it."""

    UNSEEN = "unseen"


UNSEEN: Final = Unseen.UNSEEN

_OF_INVENTORY: Final = (Kind.MEMBER, Kind.ATTRIBUTE, Kind.ACTIVITY, Kind.CLOSED, Kind.SALES, Kind.OWNED, Kind.USES)

Read = tuple[Kind, int]
"""A read, by the kind of place it is for, and whose or of what."""


@contextmanager
def acting(case: Case) -> Generator[Callable[[Deed], None]]:
    """Carries out deeds on fresh things; what they leave is given back at the end."""
    with cancelling(case), giving_back(case), stock(case) as items:
        actor = Actor(case, items)
        try:
            yield actor.act
        finally:
            actor.clear()


class Actor:
    """Two customers, and all that a program makes for them, on the target and in the model."""

    def __init__(self, case: Case, items: Items) -> None:
        self.case = case
        self.api = Api(case)
        self.items = items
        self.world = World()
        self.customers = tuple(case.new_id("profile") for _ in CUSTOMERS)
        self.visits = tuple(Player(case, self.customers[SHOPPER]) for _ in VISITS)
        self.skus = items.skus(len(ITEMS))
        self.audiences: list[int] = []
        self.codes: list[str] = []
        self.priced = True
        case.arranged(self.api.put_profiles([{"integrationId": name} for name in self.customers]))

    # deeds

    def act(self, deed: Deed) -> None:
        """Carries out a deed, and judges its answer and all that is seen of what it may have touched.

        Does nothing where the requests that are planned do not reach any further.
        """
        if not self.case.spare and self.case.sent + MOST + CLEARING > self.case.row.requests:
            return
        promise = promised(self.world, deed)
        if isinstance(deed, Visit):
            self._look_before(deed)
        answer = self._send(deed)
        if Answer.of(answer.status) is None:
            self.case.block(f"{answer.operation} answered {answer.status}")
        if promise is not None:
            rule, status = promise
            if status is None:
                self.case.accepted(rule, answer)
            else:
                self.case.answered(rule, answer, status)
        session = self.visits[deed.session].session if isinstance(deed, Visit) else None
        self.world, touched = after(self.world, deed, self._told(answer), session)
        self._learn(deed, answer)
        for read in dict.fromkeys(found for place in touched if (found := self._read_of(place))):
            self._judge(read, [place for place in touched if self._read_of(place) == read], answer)

    def _look_before(self, deed: Visit) -> None:
        """Sees what must not change, where a deed is only tried."""
        program = self.case.bindings.profile_program
        place = Place(Kind.POINTS, SHOPPER)
        if (
            isinstance(deed.action, Update)
            and deed.action.dry
            and program is not None
            and place not in self.world.facts
        ):
            self._keep((Kind.POINTS, SHOPPER), at_rest(self.case, partial(self._ask, (Kind.POINTS, SHOPPER))))

    def _send(self, deed: Deed) -> Exchange:
        match deed:
            case Visit():
                return self.visits[deed.session].play(self._bound(deed.action), name=f"session {deed.session}")
            case Describe():
                attributes = {} if deed.value is None else {self.case.bindings.profile_attribute or "": deed.value}
                return self.api.put_profile(self.customers[deed.customer], {"attributes": attributes})
            case Make():
                name = self.case.new_id("audience")
                made = self.api.create_audience({"name": name, "integrationId": name})
                self.audiences.append(number_of(self.case, made))
                return made
            case Move():
                return self._move(deed)
            case DescribeMembers():
                attributes = {self.case.bindings.profile_attribute or "": deed.value}
                return self.api.put_attributes_of_members(self.audiences[deed.audience], attributes)
            case Empty():
                return self.api.empty_audience(self.audiences[deed.audience])
            case Drop():
                send = partial(self.api.delete_audience, self.audiences[deed.audience])
                if self.world.audiences[deed.audience]:
                    return send()
                return self.case.settled(send, lambda answer: not answer.ok)
            case Reserve() | Release():
                people = [self.customers[customer] for customer in deed.customers]
                call = self.api.reserve if isinstance(deed, Reserve) else self.api.release
                return call(self.case.bindings.coupons[0], people)
            case Refer():
                campaign = self.case.bindings.referral_campaign
                terms = {"campaignId": campaign, "advocateProfileIntegrationId": self.customers[FRIEND]}
                made = self.case.arranged(self.api.refer(terms))
                code = made.at("code")
                if not isinstance(code, str):
                    self.case.block("the answer to a new referral shows no code")
                self.codes.append(code)
                return made
            case Stock():
                return self._stock(deed)
            case Unstock():
                return self.case.arranged(self.items.sync(sync([action("REMOVE", sku=self.skus[deed.item])])))

    def _move(self, deed: Move) -> Exchange:
        names, audience = [self.customers[customer] for customer in deed.customers], self.audiences[deed.audience]
        if deed.by_profile:
            adds, deletes = ([audience], []) if deed.enters else ([], [audience])
            return self.api.put_profile(names[0], {"audiencesChanges": {"adds": adds, "deletes": deletes}})
        kind = "add" if deed.enters else "delete"
        return self.api.put_members([change(kind, name, audience) for name in names])

    def _stock(self, deed: Stock) -> Exchange:
        sku, new = self.skus[deed.item], deed.item not in self.world.items
        price = {} if deed.price is None else {"price": as_number(deed.price)}
        if new:  # what is new is an arrangement: whether carts show what it costs is seen by it
            sent = self.items.add({"sku": sku, **price})
            if deed.price is not None and self.priced:
                self.priced = self.items.shows(deed.price, sku) is not None
            return sent
        kind, insists = ("PATCH", "createIfNotExists") if deed.patches else ("ADD", "replaceIfExists")
        return self.items.sync(sync([action(kind, sku=sku, **{insists: True}, **price)]))

    def _bound(self, act: Action) -> Action:
        """The action with the codes that it means."""
        if not isinstance(act, Update):
            return act
        codes = {COUPON: self.case.bindings.coupons[0]}
        codes |= {referral(number): code for number, code in enumerate(self.codes)}
        sent = act.codes if isinstance(act.codes, Unsent) else tuple(codes.get(code, code) for code in act.codes)
        referred = act.referral if isinstance(act.referral, Unsent) else codes.get(act.referral, act.referral)
        return replace(act, codes=sent, referral=referred)

    def _told(self, answer: Exchange) -> Told:
        types = (effect.get("effectType") for effect in effects_of(answer))
        coupon = self.case.bindings.coupons[0]
        named = {(kind, COUPON) for kind in ("acceptCoupon", "rollbackCoupon") if about(answer, kind, coupon)}
        for number, code in enumerate(self.codes):
            if about(answer, "acceptReferral", code):
                named.add(("acceptReferral", referral(number)))
        return Told(answer.ok, frozenset(kind for kind in types if isinstance(kind, str)), frozenset(named))

    def _learn(self, deed: Deed, answer: Exchange) -> None:
        """Keeps what the answer itself shows of counters."""
        count = amount(answer.at("usageCounter")) if answer.ok else None
        match deed:
            case Reserve() if count is not None and Place(Kind.USES, SHOPPER) not in self.world.facts:
                self.world = self.world.learnt(Place(Kind.USES, SHOPPER), count)
            case Refer() if count is not None:
                self.world = self.world.learnt(Place(Kind.REFERRED, FRIEND, len(self.codes) - 1), count)
            case _:
                pass

    def clear(self) -> None:
        """Deletes the audiences that are left; these requests are extra."""
        for number, there in zip(self.audiences, self.world.audiences, strict=False):
            if there:
                self.case.off_plan(partial(self.api.delete_audience, number))

    # reads

    def _read_of(self, place: Place) -> Read | None:
        """The read that shows a place; None where this target shows it by none."""
        match place.kind:
            case Kind.HELD:
                return Kind.HELD, 0
            case Kind.PRICE:
                return (Kind.PRICE, place.of) if self.priced else None
            case Kind.POINTS:
                return (Kind.POINTS, place.whose) if self.case.bindings.profile_program is not None else None
            case _:
                return Kind.MEMBER, place.whose

    def _ask(self, read: Read) -> Exchange:
        kind, of = read
        match kind:
            case Kind.HELD:
                return self.api.reserved_customers(self.case.bindings.coupons[0])
            case Kind.PRICE:
                return self.items.asked(self.skus[of])
            case Kind.POINTS:
                return self.api.balances_of(self.case.bindings.profile_program or 0, self.customers[of])
            case _:
                return self.api.inventory(self.customers[of], profile=True, coupons=True, referrals=True)

    def _seen(self, read: Exchange, place: Place) -> Value | Unseen:
        """What a read shows of a place."""
        if place.kind is Kind.PRICE:
            found = cost(read)
            return UNSEEN if found is None and read.ok else found
        if not read.ok:
            return UNSEEN
        coupon = self.case.bindings.coupons[0]
        match place.kind:
            case Kind.HELD:
                return self.customers[place.whose] in holders(read)
            case Kind.OWNED:
                listed = owned(read, coupon)
                return UNSEEN if any(one.get("implicitlyReserved") is True for one in listed) else bool(listed)
            case Kind.USES:
                return self._uses(read, coupon)
            case Kind.REFERRED:
                code, rows = self.codes[place.of], objects(read.at("referrals"))
                counts = (amount(one.get("usageCounter")) for one in rows if same_code(one.get("code"), code))
                return _or_unseen(next(counts, None))
            case Kind.POINTS:
                return _or_unseen(amount(read.at("balance", "activePoints")))
            case Kind.MEMBER | Kind.ATTRIBUTE if not isinstance(read.at("profile"), dict):
                return UNSEEN
            case Kind.MEMBER:
                return self.audiences[place.of] in memberships(read)
            case Kind.ATTRIBUTE:
                value = attribute(read, self.case.bindings.profile_attribute)
                return value if isinstance(value, str) else None
            case Kind.ACTIVITY:
                value = read.at("profile", "lastActivity")
                return value if isinstance(value, str) else UNSEEN
            case Kind.CLOSED:
                return _or_unseen(amount(read.at("profile", "closedSessions")))
            case Kind.SALES:
                return _or_unseen(amount(read.at("profile", "totalSales")))

    def _uses(self, read: Exchange, coupon: str) -> Value | Unseen:
        """How often the coupon counts as used, unless somebody else uses it, whose it should not be."""
        count, own = uses(read, coupon), sum(COUPON in codes for codes in self.world.redeemed)
        fact = self.world.facts.get(Place(Kind.USES, SHOPPER))
        by_shopper = next((amount(one.get("profileRedemptionCount")) for one in owned(read, coupon)), None)
        others = fact is not None and fact.value != count and by_shopper == own
        return UNSEEN if others else _or_unseen(count)

    # judging

    def _places(self, read: Read) -> list[Place]:
        """The places that are known, and that a read shows."""
        return [place for place in self.world.facts if self._read_of(place) == read]

    def _wrong(self, read: Exchange, places: Sequence[Place]) -> list[Place]:
        """The places of which a read shows something else than what is known."""
        return [place for place in places if self._differs(read, place)]

    def _differs(self, read: Exchange, place: Place) -> bool:
        seen = self._seen(read, place)
        return not isinstance(seen, Unseen) and not holds(self.world.facts[place], seen)

    def _judge(self, read: Read, touched: Sequence[Place], answer: Exchange) -> None:
        """Reads once all is as it must be, or the settle time is up; judges what is known, and keeps what is seen."""
        ask, known = partial(self._ask, read), self._places(read)
        by_rule = [place for place in known if self.world.facts[place].rule]
        learns = any(place not in self.world.facts for place in touched)
        first = partial(at_rest, self.case, ask) if learns else ask
        found = told(self.case, self.case.settled(first, lambda seen: not self._wrong(seen, by_rule)))
        for place in by_rule:
            seen, fact = self._seen(found, place), self.world.facts[place]
            if isinstance(seen, Unseen):
                continue
            self.case.judge(
                fact.rule,
                holds(fact, seen),
                worded(place, fact, seen),
                of=(answer, found),
                pointer=POINTERS[place.kind],
                operation=answer.operation,
                check=place.kind.value,
            )
        self._keep(read, found, rest=learns or not self.case.bench.target.settle)

    def _keep(self, read: Read, found: Exchange, *, rest: bool = True) -> None:
        """What is seen is what is known from now on; ``rest``: so is what was not known before."""
        kind, of = read
        shown = [Place(one, of) for one in _OF_INVENTORY if one is not Kind.MEMBER] if kind is Kind.MEMBER else []
        if of == FRIEND:
            shown = [place for place in shown if place.kind in {Kind.ATTRIBUTE, Kind.ACTIVITY}]
            shown += [Place(Kind.REFERRED, FRIEND, number) for number in range(len(self.codes))]
        if kind is Kind.POINTS:
            shown = [Place(Kind.POINTS, of)]
        for place in dict.fromkeys((*self._places(read), *(shown if rest else ()))):
            seen, fact = self._seen(found, place), self.world.facts.get(place)
            if isinstance(seen, Unseen):
                self.world = self.world.without([place])
            else:
                kept = fact is not None and fact.rule and holds(fact, seen) and not fact.relation.value
                self.world = self.world.learnt(place, seen, rule=fact.rule if kept and fact is not None else "")


def _or_unseen(value: Value) -> Value | Unseen:
    return UNSEEN if value is None else value
