"""Who is a member of an audience is read from inventories, however the numbers in them are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strategies.membership import Audience, attribute, is_member, memberships
from talonproof.http.exchange import Exchange

Answer = Callable[..., Exchange]


@pytest.mark.parametrize(
    ("profile", "numbers"),
    [
        ({"audienceMemberships": [{"id": 5, "name": "a"}, {"id": 6.0, "name": "b"}]}, {5, 6}),
        ({"audienceMemberships": [{"id": "5"}, {"name": "a"}, 5, None]}, set[int]()),
        ({"audienceMemberships": None}, set[int]()),
        ({}, set[int]()),
        (None, set[int]()),
    ],
)
def test_memberships_are_the_numbers_shown(exchange: Answer, profile: Any, numbers: set[int]) -> None:
    """An integer may have a fraction of zero; what is no number is no audience."""
    assert numbers == memberships(exchange({"profile": profile}))


def test_a_refused_inventory_shows_no_member(exchange: Answer) -> None:
    """There is nobody who could be one."""
    read = exchange({"message": "There is no profile."}, 404)

    assert not is_member(read, Audience(5, "a"))


def test_attributes_are_read_by_section(exchange: Answer) -> None:
    """A name that is not there, and a section without attributes, have no value."""
    read = exchange({"profile": {"attributes": {"a": 1}}, "customerSession": {"attributes": None}})

    assert 1 == attribute(read, "a")
    assert attribute(read, "b") is None
    assert attribute(read, None) is None
    assert attribute(read, "a", section="customerSession") is None
