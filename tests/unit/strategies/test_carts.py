"""Carts are acceptable, and add up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies.carts import Totals, cart_of, carts, expected_totals
from talonproof.target import Bindings

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Simplest = Callable[[st.SearchStrategy[Any]], Any]


@FEW
@given(data=st.data())
def test_carts_are_within_the_limits_and_use_bound_names_only(bindings: Bindings, data: st.DataObject) -> None:
    """SKUs once each, at least one unit, prices with two decimals at most, nothing that is not defined."""
    cart = data.draw(carts(bindings, max_size=8, costs=True))

    assert 1 <= len(cart) <= 8
    assert len({item["sku"] for item in cart}) == len(cart)
    for item in cart:
        assert item["sku"] == item["sku"].strip() != ""
        assert item["quantity"] >= 1
        assert Decimal(repr(item["price"])) * 100 % 1 == 0
        assert set(item.get("attributes", {})) <= {"item_text"}
        assert set(item.get("additionalCosts", {})) <= {"shipping", "handling"}
        assert len(item.get("product", {}).get("name", "")) <= 50


@FEW
@given(data=st.data())
def test_large_carts_keep_the_limit_of_units(bindings: Bindings, data: st.DataObject) -> None:
    """However many lines there may be, the units of a request stay within 10,000."""
    drawn = carts(bindings, min_size=1, max_size=1_000)
    cart = data.draw(drawn)

    assert max(item["quantity"] for item in cart) * 1_000 <= 10_000


def test_the_simplest_cart(bindings: Bindings, simplest: Simplest) -> None:
    """One ``a`` for 1."""
    assert simplest(carts(bindings, costs=True)) == [{"sku": "a", "quantity": 1, "price": 1}]


def test_without_bindings_there_are_neither_attributes_nor_costs() -> None:
    """What nobody defined is never sent."""
    drawn = carts(Bindings(), costs=True)

    assert not _found(drawn, "attributes")
    assert not _found(drawn, "additionalCosts")


def _found(drawn: st.SearchStrategy[Any], name: str) -> bool:
    seen: list[bool] = []

    @settings(max_examples=100, deadline=None, database=None)
    @given(drawn)
    def draw(cart: Any) -> None:
        seen.append(any(name in item for item in cart))

    draw()
    return any(seen)


@pytest.mark.parametrize(("lines", "units"), [(1, 1), (1_000, 1_000), (1_001, 1_001), (1, 10_000), (2, 10_001)])
def test_carts_of_an_exact_size(lines: int, units: int) -> None:
    """For probing the limits from both sides."""
    cart = cart_of(lines, units)

    assert (len(cart), sum(item["quantity"] for item in cart)) == (lines, units)
    assert len({item["sku"] for item in cart}) == lines


def test_units_fill_lines() -> None:
    """There is no line without a unit."""
    with pytest.raises(ValueError, match="1 units cannot fill 2 lines"):
        cart_of(2, 1)


def test_totals_are_exact_decimals() -> None:
    """0.1 three times is 0.3, not a little more."""
    totals = expected_totals([{"sku": "a", "quantity": 3, "price": 0.1}], {"shipping": {"price": 0.2}})

    assert totals == Totals(Decimal("0.3"), Decimal("0.2"), Decimal(0), exact=True)
    assert totals.total == Decimal("0.5")


def test_costs_of_items_make_the_total_a_bound() -> None:
    """They are told apart, and the total is no longer exact."""
    item = {"sku": "a", "quantity": 2, "price": 1, "additionalCosts": {"shipping": {"price": 4}}}
    totals = expected_totals([item])

    assert (totals.total, totals.item_costs, totals.exact) == (Decimal(2), Decimal(4), False)


def test_prices_of_the_catalog_fill_gaps_only() -> None:
    """A price in the cart overrides that of the catalog; without either there is no total."""
    cart = [{"sku": "a", "quantity": 2}, {"sku": "b", "quantity": 1, "price": 1}]

    assert expected_totals(cart, catalog={"a": 9.99, "b": 100}).cart_items == Decimal("20.98")
    with pytest.raises(KeyError):
        expected_totals(cart)


@FEW
@given(data=st.data())
def test_totals_add_up_line_by_line(bindings: Bindings, data: st.DataObject) -> None:
    """The total of a cart is the sum of the totals of its lines."""
    cart = data.draw(carts(bindings))

    assert sum((expected_totals([item]).cart_items for item in cart), Decimal(0)) == expected_totals(cart).cart_items
