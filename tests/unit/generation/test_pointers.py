"""JSON pointers lead to places and change copies."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.generation.pointers import MISSING, get, join, parent, put, split

_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/~0", max_size=3), inner, max_size=3),
    max_leaves=12,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(st.lists(st.text("a/~0", max_size=4)))
def test_tokens_survive(tokens: list[str]) -> None:
    """Splitting undoes joining, whatever the tokens hold."""
    assert split(join(*tokens)) == tuple(tokens)


@UNHURRIED
@given(_JSON, st.data())
def test_putting_back_what_stands_there_changes_nothing(value: Any, data: st.DataObject) -> None:
    """``put`` of what ``get`` gave is the same value, and the first one is left alone."""
    pointer = data.draw(st.sampled_from(sorted(_pointers(value))))
    before = copy.deepcopy(value)

    assert put(value, pointer, get(value, pointer)) == value
    assert get(put(value, pointer, "new"), pointer) == "new"
    assert value == before


def _pointers(value: Any, here: str = "") -> set[str]:
    found = {here}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found |= _pointers(inner, here + join(key))
    return found


def test_places_that_are_not_there() -> None:
    """MISSING is no value: not null, not empty."""
    assert get({"a": None}, "/a") is None
    assert get({"a": None}, "/b") is MISSING
    assert get([1], "/1") is MISSING
    assert get("text", "/0") is MISSING


def test_putting_makes_objects_and_takes_places_away() -> None:
    """What is not there yet is made of objects; MISSING takes a place away."""
    assert put({}, "/a/b", 1) == {"a": {"b": 1}}
    assert put({"a": [1, 2]}, "/a/0", MISSING) == {"a": [2]}
    assert put({"a": [1]}, "/a/1", 2) == {"a": [1, 2]}
    assert put({"a": 1, "b": 2}, "/a", MISSING) == {"b": 2}
    assert put({"a": 1}, "", 2) == 2


@pytest.mark.parametrize("pointer", ["/a/b", "/l/2", "/l/x"])
def test_no_way_through_what_is_no_container(pointer: str) -> None:
    """A text has no inside, and an array no gap."""
    with pytest.raises(KeyError):
        put({"a": "text", "l": [1]}, pointer, 1)


def test_the_parent_of_a_place() -> None:
    """The whole document is its own parent."""
    assert [parent("/a/0"), parent("/a"), parent("")] == ["/a", "", ""]
