"""Random programs over several things at once, beside the reference model: after every step both must agree."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from strategies import actions
from strategies.acting import ITEMS, acting
from talonproof.model import Action, Line, Reopen, Session, State, Unsent, Update, step
from talonproof.model.world import (
    COUPON,
    CUSTOMERS,
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
    Visit,
    World,
    after,
    referral,
    to_json,
)
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.explore import Program, explore_machine
from talonproof.target import Bindings

pytestmark = pytest.mark.xdist_group("catalog")

STEPS = 14
WORDS = ("before", "after", "later")
AUDIENCES = 2
WRITES = ("patch", "replace", "patch", "remove")
STATES = ("open", "closed", "partially_returned")
PRICES = (Decimal("3.25"), Decimal("5.5"))
SOLD = frozenset({State.CLOSED, State.PARTIALLY_RETURNED})
SESSIONS = (
    *("R5a", "R5b", "R5c", "R6", "R7", "R8", "R9", "R10", "R11a", "R11b", "R12a", "R12b", "R13", "R14a", "R14b", "R15"),
    *("R1a", "R1b", "R2", "R3", "R4", "R28", "R29a", "R29b", "R29c", "R30a", "R30b", "R30c", "R31a", "R31b", "R48"),
    *("R16", "R17", "R18", "R19", "R52", "R53", "R59", "R127", "R154a", "R154b", "R162"),
    *(f"T{row:02}-{part}" for row in range(1, 46) for part in ("status", "state")),
)
OTHERS = (
    *("R42a", "R42b", "R49a", "R49b", "R49c", "R64", "R67", "R72", "R76a", "R77a", "R78a", "R78b", "R79a", "R79b"),
    *("R83a", "R84a", "R84b", "R85a", "R85b", "R114a", "R115", "R139a", "R160", "R161a", "R161b"),
)
OPERATIONS = (
    *("updateCustomerSessionV2", "getCustomerSession", "reopenCustomerSession", "returnCartItems"),
    *("getCustomerInventory", "updateCustomerProfileV2", "updateCustomerProfilesV2", "createAudienceV2"),
    *("deleteAudienceV2", "deleteAudienceMembershipsV2", "updateCustomerProfileAudiences"),
    *("updateAudienceCustomersAttributes", "createCouponReservation", "deleteCouponReservation"),
    "getReservedCustomers",
)


def written_for(bindings: Bindings) -> type[Program[Deed]]:  # noqa: C901 - a rule is a method
    """A machine that writes programs for a target, guided by what the model says there is."""

    class Machine(Program[Deed]):
        """Its rules add a deed each; the model alone says which make sense."""

        def __init__(self) -> None:
            super().__init__()
            self.world = World()

        def add(self, deed: Deed) -> None:
            """The next step of the program; the likeliest of what may follow is what the next rule sees."""
            self.actions.append(deed)
            session = None
            if isinstance(deed, Visit):
                session = step(self.world.visits[deed.session], deed.action).possible[0]
            self.world = after(self.world, deed, Told(), session)[0]

        def visits(self, *states: State | None) -> list[int]:
            """The sessions in one of the states; None: those that are not there yet."""
            found = ((at, self.world.visits[at]) for at in VISITS)
            return [at for at, session in found if (session.state if session else None) in states]

        def there(self) -> list[int]:
            """The audiences that are not deleted."""
            return [at for at, there in enumerate(self.world.audiences) if there]

        def is_so(self, kind: Kind, whose: int, of: int = 0) -> bool:
            """Whether something that is or is not so is known to be."""
            return self.world.value(Place(kind, whose, of)) is True

        def session(self, at: int) -> Session:
            """A session that is there."""
            found = self.world.visits[at]
            assert found is not None
            return found

        def codes(self, data: Any) -> dict[str, Any]:
            """The codes of an update; those that the program knows, often."""
            known = [referral(number) for number in range(self.world.codes)]
            coupons = [Unsent.ABSENT, (COUPON,), (COUPON,), (COUPON,), ()]
            return {
                "codes": data.draw(st.sampled_from(coupons)),
                "referral": data.draw(st.sampled_from([Unsent.ABSENT, *known, *known, *known])),
            }

        @initialize(data=st.data(), cart=actions.lines(bindings), state=st.sampled_from(["closed", "open"]))
        def begin(self, data: Any, cart: tuple[Line, ...], state: str) -> None:
            """Every program begins with a session, most with a code that it may have."""
            if bindings.referral_campaign is not None and data.draw(st.sampled_from([False, True, True, True])):
                self.add(Refer())
            if data.draw(st.booleans()):
                self.add(Reserve(data.draw(st.sampled_from([(SHOPPER,), CUSTOMERS]))))
            self.add(Visit(0, Update(state=state, cart=cart, **self.codes(data))))

        @precondition(lambda self: self.visits(None))
        @rule(data=st.data(), cart=actions.lines(bindings), state=st.sampled_from(["closed", "open"]))
        def begin_another(self, data: Any, cart: tuple[Line, ...], state: str) -> None:
            """The same customer has two sessions."""
            self.add(Visit(self.visits(None)[0], Update(state=state, cart=cart, **self.codes(data))))

        @precondition(lambda self: self.visits(State.OPEN))
        @rule(data=st.data(), update=actions.updates(bindings, states=(None, "open", "cancelled")))
        def update(self, data: Any, update: Update) -> None:
            """An open session may be updated as often as one likes, or cancelled."""
            self.visit(data, update, State.OPEN)

        @precondition(lambda self: self.visits(State.OPEN))
        @rule(data=st.data())
        def close(self, data: Any) -> None:
            """The end of an open session."""
            self.visit(data, Update(state="closed", **self.codes(data)), State.OPEN)

        @precondition(lambda self: self.visits(*SOLD))
        @rule(data=st.data())
        def cancel(self, data: Any) -> None:
            """What was sold may be cancelled."""
            self.visit(data, Update(state="cancelled"), *SOLD)

        @precondition(lambda self: self.visits(State.CLOSED))
        @rule(data=st.data())
        def reopen(self, data: Any) -> None:
            """What was sold may be reopened, as long as nothing of it was returned."""
            self.visit(data, Reopen(), State.CLOSED)

        @precondition(lambda self: self.returnable())
        @rule(data=st.data())
        def return_units(self, data: Any) -> None:
            """What was sold may be returned, some of it or all, once or twice."""
            at = data.draw(st.sampled_from(self.returnable()))
            for _ in range(1 + data.draw(st.booleans())):
                if self.session(at).remaining > 0:
                    remaining = [line.remaining for line in self.session(at).cart]
                    self.add(Visit(at, data.draw(actions.returned(remaining))))

        @precondition(lambda self: self.visits(State.CANCELLED, *SOLD))
        @rule(data=st.data(), cart=actions.lines(bindings), state=st.sampled_from([*STATES, None]))
        def out_of_place(self, data: Any, cart: tuple[Line, ...], state: str | None) -> None:
            """What is refused changes nothing."""
            at = data.draw(st.sampled_from(self.visits(State.CANCELLED, *SOLD)))
            self.add(Visit(at, Reopen() if state is None else Update(state=state, cart=cart)))

        @rule(data=st.data(), cart=actions.lines(bindings), at=st.sampled_from(VISITS))
        def try_out(self, data: Any, cart: tuple[Line, ...], at: int) -> None:
            """A close that is only tried, of any session or none."""
            self.add(Visit(at, Update(state="closed", cart=cart, dry=True, **self.codes(data))))

        @precondition(lambda _: bindings.profile_attribute is not None)
        @rule(data=st.data(), value=st.sampled_from([*WORDS, None]))
        def describe(self, data: Any, value: str | None) -> None:
            """A profile is updated by itself, or with all members of an audience."""
            audiences = self.there() if value else []
            at: int = data.draw(st.integers(-len(CUSTOMERS), len(audiences) - 1))
            if at >= 0 and value:
                self.add(DescribeMembers(audiences[at], value))
            else:
                self.add(Describe(at % len(CUSTOMERS), value))

        @rule(data=st.data(), customers=st.sampled_from([CUSTOMERS, *((one,) for one in CUSTOMERS)]))
        def move(self, data: Any, customers: tuple[int, ...]) -> None:
            """Customers enter an audience, which may have to be made first, or one leaves it again."""
            if not self.there() or (len(self.world.audiences) < AUDIENCES and data.draw(st.booleans())):
                self.add(Make())
            audience: int = data.draw(st.sampled_from(self.there()))
            outside = tuple(one for one in customers if not self.is_so(Kind.MEMBER, one, audience))
            chosen = outside or customers[:1]
            by_profile = len(chosen) == 1 and data.draw(st.booleans())
            self.add(Move(chosen, audience, bool(outside), by_profile))

        @rule(data=st.data(), drops=st.sampled_from([0, 1, 0, 2]))
        def empty_or_drop(self, data: Any, drops: int) -> None:
            """All members leave an audience, and there are some, or it is deleted, perhaps once more."""
            at = self.peopled(data)
            if not drops:
                self.add(Empty(at))
            for _ in range(drops):
                self.add(Drop(at))

        @precondition(lambda self: self.without() or self.holding())
        @rule(data=st.data(), gives_up=st.booleans())
        def reserve_or_release(self, data: Any, gives_up: bool) -> None:
            """Those who have not reserved the coupon do, and one of them, or of those who had, gives it up."""
            if self.without():
                self.add(Reserve(self.without()))
                if not gives_up:
                    return
            self.add(Release((data.draw(st.sampled_from(self.holding())),)))

        @precondition(lambda _: bindings.catalog is not None)
        @rule(item=st.sampled_from(ITEMS), price=st.sampled_from([None, *PRICES, None]), kind=st.sampled_from(WRITES))
        def write_item(self, item: int, price: Decimal | None, kind: str) -> None:
            """An item, which may have to be made first, is written, at a price or as it was, or it is removed."""
            if item not in self.world.items:
                self.add(Stock(item, PRICES[0], patches=False))
            self.add(Unstock(item) if kind == "remove" else Stock(item, price, kind == "patch"))

        def holding(self) -> list[int]:
            """Those who are known to have the coupon reserved."""
            return [one for one in CUSTOMERS if self.is_so(Kind.HELD, one)]

        def without(self) -> tuple[int, ...]:
            """The others, but for those who have redeemed it: they may or may not have it reserved still."""
            holding = self.holding()
            return tuple(one for one in CUSTOMERS if one not in holding and not self.world.redeemed_by(one))

        def peopled(self, data: Any) -> int:
            """An audience that has members; it is made, and customers enter it, where that needs doing."""
            if not self.there():
                self.add(Make())
            at: int = data.draw(st.sampled_from(self.there()))
            if not any(self.is_so(Kind.MEMBER, customer, at) for customer in CUSTOMERS):
                self.add(Move(CUSTOMERS, at, enters=True, by_profile=False))
            return at

        def visit(self, data: Any, action: Action, *states: State) -> None:
            """An action on one of the sessions in some states."""
            self.add(Visit(data.draw(st.sampled_from(self.visits(*states))), action))

        def returnable(self) -> list[int]:
            """The sessions of which something can be returned."""
            return [at for at in self.visits(*SOLD) if self.session(at).remaining > 0]

    return Machine


@scenario(
    also=(*SESSIONS, *OTHERS),
    footprint="consume",
    requests=STEPS * 3,
    examples=(0, 2, 60),
    needs=("coupons",),
    operations=OPERATIONS,
)
def test_machine(case: Case) -> None:
    """Whatever is done to several things in whatever order, the target shows of each what the clauses say."""
    explore_machine(case, written_for(case.bindings), partial(acting, case), steps=STEPS, show=to_json)
