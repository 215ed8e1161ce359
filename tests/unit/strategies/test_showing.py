"""Two showings of a session are the same if they say the same; how they write it does not matter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.showing import counters_of, item_attribute, lines_of, near, unlike
from strategies.words import words

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words(5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words(3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(words(4), VALUES, max_size=5))
def test_a_session_is_like_itself(session: dict[str, Any]) -> None:
    """Whatever it holds."""
    assert unlike(session, dict(session)) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"total": 20}, {"total": 20.0}),
        ({"total": 119.99}, {"total": 119.99000000000001}),
        ({"couponCodes": ["a", "b"]}, {"couponCodes": ["b", "a"]}),
        ({"couponCodes": []}, {}),
        ({}, {"referralCode": ""}),
        ({"attributes": {}}, {"attributes": None}),
        ({"updated": "2025-01-16T10:00:00Z"}, {"updated": "2025-01-16T12:00:00+02:00"}),
        ({"updated": "2025-01-16T10:00:00.123456789Z"}, {"updated": "2025-01-16T10:00:00.123457Z"}),
        ({"updated": "2025-01-16T10:00:00.9Z"}, {"updated": "2025-01-16T10:00:01Z"}),
    ],
)
def test_the_same_written_differently(first: dict[str, Any], second: dict[str, Any]) -> None:
    """Numbers by value, moments by instant and precision, codes in any order, and nothing is nothing."""
    assert unlike(first, second) is None
    assert unlike(second, first) is None


@pytest.mark.parametrize(
    ("first", "second", "pointer"),
    [
        ({"state": "open"}, {"state": "closed"}, "/customerSession/state"),
        ({"total": 20}, {"total": 20.01}, "/customerSession/total"),
        ({"firstSession": False}, {}, "/customerSession/firstSession"),
        ({"total": 0}, {}, "/customerSession/total"),
        ({"couponCodes": ["a"]}, {"couponCodes": []}, "/customerSession/couponCodes"),
        ({"cartItems": [{"sku": "a"}, {"sku": "b"}]}, {"cartItems": [{"sku": "b"}, {"sku": "a"}]},
         "/customerSession/cartItems/0/sku"),
        ({"updated": "2025-01-16T10:00:00.000001Z"}, {"updated": "2025-01-16T10:00:00.000002Z"},
         "/customerSession/updated"),
        ({"updated": "2025-01-16T10:00:00Z"}, {"updated": "2025-01-16T10:00:02.5Z"}, "/customerSession/updated"),
    ],
)  # fmt: skip
def test_what_differs_is_named(first: dict[str, Any], second: dict[str, Any], pointer: str) -> None:
    """By the pointer to the first difference."""
    found = unlike(first, second)

    assert found is not None
    assert pointer == found[0]


def test_amounts_are_near_within_a_cent() -> None:
    """A cent apart is near; what is no amount is near nothing."""
    assert near(10.01, Decimal(10))
    assert not near(10.02, Decimal(10))
    assert not near("10", Decimal(10))
    assert not near(None, None)


def test_carts_are_read_without_failing() -> None:
    """Lines that are no objects, and attributes of another type, count as not there."""
    session = {"cartItems": ["mug", {"sku": "a", "returnedQuantity": 1, "attributes": "blue"}]}

    assert [{"sku": "a", "returnedQuantity": 1, "attributes": "blue"}] == lines_of(session)
    assert [(1, None)] == counters_of(session)
    assert item_attribute(session, "colour") is None
    assert item_attribute({"cartItems": [{"attributes": {"colour": "blue"}}]}, "colour") == "blue"
    assert lines_of({"cartItems": None}) == []
