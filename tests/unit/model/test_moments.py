"""Moments are compared by what they name, however they are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.model.moment import earlier, instant, same_moment
from talonproof.model.observed import differences, same

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone follows
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(moment=moments, zone=zones)
def test_a_moment_is_the_same_in_every_zone(moment: datetime, zone: timezone) -> None:
    """Offset and trailing digits do not count."""
    here, there = f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z", moment.astimezone(zone).isoformat(timespec="microseconds")

    assert moment == instant(here) == instant(there)
    assert same_moment(here, there)
    assert same(here, there)


@given(first=moments, second=moments)
def test_moments_are_in_order(first: datetime, second: datetime) -> None:
    """Of two moments one is earlier, unless they are the same."""
    left, right = first.isoformat(timespec="microseconds"), second.isoformat(timespec="microseconds")

    assert [first < second, first == second, first > second] == [
        earlier(left, right),
        same_moment(left, right),
        earlier(right, left),
    ]


@pytest.mark.parametrize(
    ("fine", "coarse", "expected"),
    [
        ("2026-05-20T12:00:00.618660789Z", "2026-05-20T12:00:00.618661Z", True),
        ("2026-05-20T12:00:00.618660Z", "2026-05-20T14:00:00+02:00", True),
        ("2026-05-20T12:00:00.618660Z", "2026-05-20T12:00:01Z", True),
        ("2026-05-20T12:00:00.618660Z", "2026-05-20T12:00:02Z", False),
        ("2026-05-20T12:00:00.618660Z", "2026-05-20T12:00:00.618661Z", False),
        ("2026-05-20T12:00:00Z", "2026-05-20T12:00:01Z", False),
    ],
)
def test_the_coarser_of_two_tells_how_near(fine: str, coarse: str, expected: bool) -> None:
    """What one answer rounds may be off by its last digit; two that are equally fine may not."""
    assert same_moment(fine, coarse) is expected
    assert same(coarse, fine) is expected


@pytest.mark.parametrize(
    "text", ["", "20260520", "2026-05-20", "2026-05-20T12:00:00", "2026-13-20T12:00:00Z", "soon", 7, None]
)
def test_what_names_no_moment_is_never_near_another(text: object) -> None:
    """Such values are the same only if they are equal."""
    assert instant(text) is None
    assert not same_moment(text, text)
    assert not earlier(text, "2026-05-20T12:00:00Z")


def test_arrays_without_an_order_are_compared_as_sets() -> None:
    """Codes may come in any order, lines of a cart may not."""
    before = {"couponCodes": ["a", "b"], "cartItems": [1, 2]}

    assert not list(differences(before, {"couponCodes": ["b", "a"], "cartItems": [1, 2]}))
    assert list(differences(before, {"couponCodes": ["a", "a"], "cartItems": [1, 2]}))
    assert list(differences(before, {"couponCodes": ["a", "b"], "cartItems": [2, 1]}))


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(0.1 + 0.2, 0.3, True), (10, 10.0, True), (119.98, 119.99, False), (0, 1e-12, False), (1, True, False)],
)
def test_the_noise_of_fractions_is_no_difference(left: float, right: float, expected: bool) -> None:
    """A cent is a difference, what adding up leaves behind is none."""
    assert same(left, right) is expected
