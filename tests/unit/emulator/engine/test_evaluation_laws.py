"""Whatever stands in a cart: discounts take no more than there is, and evaluating leaves no trace."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator import profile
from talonproof.emulator.call import Call
from talonproof.emulator.engine.basket import COSTS, ITEMS, TOTAL, Basket
from talonproof.emulator.engine.evaluation import evaluate
from talonproof.emulator.engine.journal import Journal
from talonproof.emulator.engine.situation import Situation
from talonproof.emulator.session import Session
from tests.unit.emulator.conftest import NOW, Client
from tests.unit.emulator.engine.everything import client_of
from tests.unit.emulator.valid_requests import everything

MARKS = ("third", "each", "costs", "both", "points", "spend", "rewards", "notices", "budget", "none")
prices = st.decimals(0, 100, places=2).map(float)
lines = st.fixed_dictionaries(
    {
        "sku": st.sampled_from(["cup", "mug", "tea"]),
        "quantity": st.integers(1, 3),
        "price": prices,
        "returned": st.just(0),
    },
    optional={
        "category": st.sampled_from(["tea", "coffee"]),
        "product": st.sampled_from(["Cup", "Mug"]).map(lambda name: {"name": name}),
        "additionalCosts": st.fixed_dictionaries({"wrap": prices.map(lambda price: {"price": price})}),
        "attributes": st.fixed_dictionaries({"colour": st.sampled_from(["red", "blue"]), "size": st.integers(0, 4)}),
    },
)
costs = st.dictionaries(st.sampled_from(["shipping", "wrap"]), prices.map(lambda price: {"price": price}))
codes = st.lists(st.sampled_from(["CODE-1", "CODE-2", "PAST-1", "NONE-1", "HARD-1"]), max_size=3)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """A session with a cart, costs, codes and a mark."""
    return Session(
        *(1, 1, "s", NOW, NOW),
        profile=draw(st.sampled_from(["", "rich", "poor"])),
        cart=draw(st.lists(lines, max_size=3)),
        costs=draw(costs),
        coupons=draw(codes),
        attributes={"mark": draw(st.sampled_from(MARKS))},
    )


@pytest.fixture(scope="module")
def shop(contract: Contract, validators: Validators) -> Iterator[Client]:
    """A client of a world that has every condition and every effect; no example changes it."""
    client = client_of(contract, validators)
    for name in ("rich", "poor"):
        client.call("PUT", f"/v2/customer_profiles/{name}", {})
    yield client
    client.emulator.store.close()


def evaluated(shop: Client, session: Session) -> list[dict[str, Any]]:
    """The effects that the rules propose for a session."""
    emulator = shop.emulator
    call = Call(
        application=emulator.world.applications[1],
        parameters={},
        body={},
        dry=False,
        now=NOW,
        store=emulator.store,
        world=emulator.world,
        loaded=NOW,
    )
    with emulator.store.reading():
        known = profile.known(emulator.store, session.profile) if session.profile else None
        situation = Situation(NOW, "talon_session_updated", session=session, profile=known)
        return [effect.document() for effect in evaluate(call, situation)]


def exact(value: float) -> Decimal:
    """A JSON number, to the digit."""
    return Decimal(str(value))


@given(session=sessions())
def test_no_discount_exceeds_what_it_discounts(shop: Client, session: Session) -> None:
    """Neither a unit, nor a cost, nor the session: all discounts of it together are no more than it."""
    units: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    charges: dict[tuple[str, int | None], Decimal] = defaultdict(Decimal)
    whole = Decimal(0)
    for effect in evaluated(shop, session):
        props = effect["props"]
        if "Discount" not in effect["effectType"]:
            continue
        value = exact(props["value"])
        assert 0 < value <= exact(props.get("desiredValue", props["value"]))
        whole += value
        if effect["effectType"] == "setDiscountPerItem":
            units[props["position"], props["subPosition"]] += value
        elif "additionalCost" in props:
            charges[props["additionalCost"], props.get("position")] += value

    assert all(value <= exact(session.cart[position]["price"]) for (position, _), value in units.items())
    for (name, position), value in charges.items():
        kept = session.costs if position is None else session.cart[position]["additionalCosts"]
        assert value <= exact(kept[name]["price"])
    total = sum((exact(line["price"]) * line["quantity"] for line in session.cart), Decimal(0))
    groups = (session.costs, *(line.get("additionalCosts", {}) for line in session.cart))
    total += sum((exact(cost["price"]) for group in groups for cost in group.values()), Decimal(0))
    assert whole <= total


@given(session=sessions())
def test_evaluating_changes_nothing(shop: Client, session: Session) -> None:
    """No row of the database, and nothing of the session; so it gives the same effects again."""
    rows, before = everything(shop), repr(session)

    first = evaluated(shop, session)

    assert before == repr(session)
    assert rows == everything(shop)
    assert first == evaluated(shop, session)


@given(session=sessions())
def test_campaigns_come_in_the_order_of_their_ids(shop: Client, session: Session) -> None:
    """And their rules in their own order; what is said of codes that are refused comes last."""
    found = evaluated(shop, session)
    acting = [(e["campaignId"], e["ruleIndex"]) for e in found if not e["effectType"].startswith("reject")]

    assert sorted(acting) == acting
    assert not any(e["effectType"].startswith("reject") for e in found[: len(acting)])


@given(session=sessions())
def test_each_code_has_one_answer(shop: Client, session: Session) -> None:
    """It is accepted or refused, never both, never neither."""
    answers = [
        effect["props"]["value"]
        for effect in evaluated(shop, session)
        if effect["effectType"] in {"acceptCoupon", "rejectCoupon"}
    ]

    assert sorted(set(session.coupons)) == sorted(answers)


@given(session=sessions(), takes=st.lists(st.tuples(st.sampled_from([ITEMS, COSTS, TOTAL]), prices), max_size=4))
def test_what_is_undone_was_never_taken(session: Session, takes: list[tuple[str, float]]) -> None:
    """A basket is as before once its journal is undone; nothing that it gives is below zero."""
    journal = Journal()
    basket = Basket(session, journal)

    def seen() -> list[Decimal]:
        cut = [basket.unit_left(p, u) for p, line in enumerate(session.cart) for u in range(line["quantity"])]
        return [*(basket.left(scope) for scope in (ITEMS, COSTS, TOTAL)), *cut, basket.cost_left("shipping")]

    before, mark = seen(), journal.mark()
    for scope, price in takes:
        basket.take(scope, min(exact(price), basket.left(scope)))
        assert min(seen()) >= 0
    journal.undo(mark)

    assert before == seen()
