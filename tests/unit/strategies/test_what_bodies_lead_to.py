"""What is expected after accepted calls follows from their bodies alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.audiences import change, changes, members
from strategies.catalogs import action, prices, sync, syncs
from strategies.coupons import Change, programs, released, reserved, same_code
from strategies.placeholders import PROFILE, SESSION, bind, several
from strategies.referrals import DEFAULT_CHARACTERS, follows, looks
from talonproof.target import Bindings

ANNA, BO, CY = several(PROFILE, 3)


def test_members_are_those_added_last() -> None:
    """Who was added is in, who was deleted afterwards is out, and deleting a stranger changes nothing."""
    requests = [
        [change("add", ANNA), change("add", BO)],
        [change("delete", BO), change("delete", CY)],
        [change("add", CY), change("delete", ANNA)],
    ]

    assert members(requests) == {CY}
    assert members([]) == frozenset()


@given(st.lists(changes()))
def test_the_last_word_on_each_profile_counts(requests: list[Any]) -> None:
    """A profile is a member exactly if the last action on it was to add it."""
    last = {item["profileIntegrationId"]: item["action"] for request in requests for item in request}

    assert members(requests) == {profile for profile, word in last.items() if word == "add"}


def test_a_price_left_out_is_kept() -> None:
    """Until the item is removed: what comes after that is a new item."""
    add = sync([action("ADD", sku="a", price=2), action("ADD", sku="b")])
    patch = sync([action("PATCH", sku="a", product={"name": "a"}), action("PATCH", sku="c", price=0)])
    remove = sync([action("REMOVE", sku="a")])
    again = sync([action("ADD", sku="a", replaceIfExists=True)])

    assert prices([add]) == {"a": 2, "b": None}
    assert prices([add, patch]) == {"a": 2, "b": None, "c": 0}
    assert prices([add, patch, remove]) == {"b": None, "c": 0}
    assert prices([add, patch, remove, again]) == {"a": None, "b": None, "c": 0}


@given(syncs(Bindings()))
def test_a_repeated_price_changes_nothing(requests: list[Any]) -> None:
    """The last request twice leaves what it left once, unless it removed."""
    if requests[-1]["actions"][0]["type"] != "REMOVE":
        assert prices([*requests, requests[-1]]) == prices(requests)


@given(looks(), st.data())
def test_a_code_made_by_its_pattern_follows_it(look: dict[str, Any], data: st.DataObject) -> None:
    """Whatever characters were chosen for the blanks, and whether the server keeps capitals or not."""
    pattern, characters = look["referralPattern"], look.get("validCharacters", DEFAULT_CHARACTERS)
    code = "".join(data.draw(st.sampled_from(characters)) if one == "#" else one for one in pattern)

    assert follows(code, pattern, characters)
    assert follows(code.lower(), pattern, characters)


@pytest.mark.parametrize("code", ["TP-12A", "TP-12", "TP-1234", "TQ-123", "TP-12#", "", None, 123])
def test_a_code_that_strays_from_its_pattern_does_not_follow_it(code: Any) -> None:
    """A character that is not allowed, a wrong length, another text around the blanks, or no text at all."""
    assert not follows(code, "TP-###", "123")


def test_reserved_is_who_reserved_and_did_not_release() -> None:
    """Who never reserved is neither of the two; who reserved again is not released."""
    program = [Change(True, (ANNA, BO)), Change(False, (ANNA, BO)), Change(True, (ANNA,))]

    assert {ANNA} == reserved(program)
    assert {BO} == released(program)
    assert frozenset() == reserved([]) == released([])


@given(programs())
def test_nobody_reserves_twice_or_releases_nothing(program: list[Change]) -> None:
    """Every change of a program is one whose outcome is stated; the first is a reservation."""
    inside: set[str] = set()
    for one in program:
        assert one.people
        assert len(set(one.people)) == len(one.people)
        assert inside.isdisjoint(one.people) if one.reserves else inside.issuperset(one.people)
        inside ^= set(one.people)

    assert program[0].reserves
    assert inside == reserved(program)


def test_capitals_do_not_make_another_code() -> None:
    """Accents and blanks do."""
    assert same_code("Summer-10", "SUMMER-10")
    assert not same_code("summer-10", "summer-1O")
    assert not same_code("summer-10", "summer-10 ")
    assert not same_code(10, 10)


def test_stand_ins_of_one_kind_differ() -> None:
    """The first is the plain one, so that simple bodies need no other."""
    assert several(PROFILE, 3) == (PROFILE, "<profile 2>", "<profile 3>")
    assert several(PROFILE, 1) == (PROFILE,)
    assert several(PROFILE, 0) == ()
    assert set(several(PROFILE, 9)).isdisjoint(several(SESSION, 9))


def test_numbers_are_bound_like_texts() -> None:
    """A number that stands for another becomes it; truth values and fractions stand for nothing."""
    value = {"audienceId": -5, "list": [-5, True, 1.0, -5.0, "-5"]}

    assert bind(value, {-5: 7, 1: 8}) == {"audienceId": 7, "list": [7, True, 1.0, -5.0, "-5"]}
