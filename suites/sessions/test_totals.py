"""What a session adds up to: its items, its own additional costs, and those of single items."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from strategies.carts import additional_costs, expected_totals
from strategies.sessions import sessions
from strategies.showing import CENT, ROOT, near, session_of
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings

COSTS = ("additional_cost", "second_additional_cost")

TOTALS = ("total", "cartItemTotal", "additionalCostTotal")

CUPS = {"sku": "tp-cup", "quantity": 3, "price": 7.25}
BOWL = {"sku": "tp-bowl", "quantity": 1, "price": 19.99}


@scenario("SES-042", "SES-043", footprint="create", requests=2, needs=COSTS)
def test_items_and_costs_add_up(case: Case, api: Api, bindings: Bindings) -> None:
    """Two lines and two costs: each total is the sum of its parts."""
    costs = {bindings.additional_cost: {"price": 4.9}, bindings.second_additional_cost: {"price": 2.35}}
    session = case.new_id("session")
    content = {"cartItems": [CUPS, BOWL], "additionalCosts": costs}
    sent = case.arranged(api.put_session(session, content))
    judge_totals(case, content, sent, api.get_session(session))


@scenario("SES-042", "SES-043", footprint="create", requests=3, depth="release")
def test_totals_follow_the_cart(case: Case, api: Api) -> None:
    """A cart that replaces another one counts alone."""
    session = case.new_id("session")
    case.arranged(api.put_session(session, {"cartItems": [CUPS, BOWL]}))
    content = {"cartItems": [{**BOWL, "quantity": 4}]}
    sent = case.arranged(api.put_session(session, content))
    judge_totals(case, content, sent, api.get_session(session))


@scenario("SES-044", footprint="create", requests=2, depth="release", needs=COSTS)
def test_costs_of_items_are_part_of_the_total(case: Case, api: Api, bindings: Bindings) -> None:
    """With a cost on a single item the total is at least that of the items and of the session's own costs."""
    session = case.new_id("session")
    content = {
        "cartItems": [{**CUPS, "additionalCosts": {bindings.second_additional_cost: {"price": 1.5}}}, BOWL],
        "additionalCosts": {bindings.additional_cost: {"price": 4.9}},
    }
    sent = case.arranged(api.put_session(session, content))
    judge_total_with_item_costs(case, content, sent, api.get_session(session))


@scenario("SES-042", "SES-043", footprint="create", requests=1, examples=(0, 14, 300))
def test_any_session_adds_up(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever is in the cart and whatever the session is charged, each total is the sum of its parts."""

    def body(content: dict[str, Any]) -> None:
        sent = api.put_session(case.new_id("session"), content)
        judge_totals(case, content, sent)

    explore(case, sessions(bindings), body)


@scenario("SES-044", footprint="create", requests=1, examples=(0, 10, 200), needs=COSTS)
def test_any_session_with_item_costs_adds_up(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever single items are charged, the total is at least that of the items and of the session's own costs."""

    def body(content: dict[str, Any]) -> None:
        sent = api.put_session(case.new_id("session"), content)
        judge_total_with_item_costs(case, content, sent)

    explore(case, with_item_costs(bindings), body)


def with_item_costs(bindings: Bindings) -> SearchStrategy[dict[str, Any]]:
    """Sessions whose first item has additional costs, and maybe others too."""
    bound = additional_costs(bindings)
    costs = st.nothing() if bound is None else bound

    def charged(content: dict[str, Any], costs: dict[str, Any]) -> dict[str, Any]:
        first, *others = content["cartItems"]
        return {**content, "cartItems": [{**first, "additionalCosts": costs}, *others]}

    return st.builds(charged, sessions(bindings, item_costs=True), costs.filter(bool))


def judge_totals(case: Case, content: Mapping[str, Any], *exchanges: Exchange) -> None:
    """Judges the totals in the last of the answers by the sums of what was sent, no item having costs."""
    total, items, costs = (shown_total(case, exchanges[-1], name) for name in TOTALS)
    case.judge(
        "SES-042",
        near(total, items + costs),
        f"total is {total}, the items add up to {items} and the costs to {costs}",
        of=exchanges,
        pointer=f"{ROOT}/total",
        check="total_is_the_sum",
        operation="updateCustomerSessionV2",
    )
    expected = expected_totals(content["cartItems"], content.get("additionalCosts"))
    for name, found, wanted in (
        ("cartItemTotal", items, expected.cart_items),
        ("additionalCostTotal", costs, expected.additional_costs),
    ):
        case.judge(
            "SES-043",
            near(found, wanted),
            f"{name} is {found}, expected {wanted}",
            of=exchanges,
            pointer=f"{ROOT}/{name}",
            check="parts_are_sums",
            operation="updateCustomerSessionV2",
        )


def judge_total_with_item_costs(case: Case, content: Mapping[str, Any], *exchanges: Exchange) -> None:
    """Judges the total in the last of the answers, where items have costs: how these count, no source says."""
    total, items = (shown_total(case, exchanges[-1], name) for name in TOTALS[:2])
    costs = expected_totals(content["cartItems"], content.get("additionalCosts")).additional_costs
    case.judge(
        "SES-044",
        total >= items + costs - CENT,
        f"total is {total}, expected at least {items} for the items and {costs} for the costs of the session",
        of=exchanges,
        pointer=f"{ROOT}/total",
        check="total_with_item_costs",
        operation="updateCustomerSessionV2",
    )


def shown_total(case: Case, exchange: Exchange, name: str) -> Decimal:
    """A total of the session in an answer; blocks the case where it is no number, which every answer is judged for."""
    found = amount(session_of(case, exchange).get(name))
    if found is None:
        case.block(f"{exchange.operation} answered with a session whose {name} is no number")
    return found
