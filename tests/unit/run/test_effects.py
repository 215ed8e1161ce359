"""Effects have labels, sessions are put together from parts, and what a run saw survives being told on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.http.exchange import Call, Exchange
from talonproof.run.effects import (
    EFFECTS,
    LABELS,
    PLAIN,
    Fired,
    Seen,
    attempts,
    effects_of,
    in_words,
    labelled,
    labels_of,
    merged,
    props_of,
    requests_at_most,
)
from talonproof.target import Bindings, Target, Trigger
from talonproof.target.campaigns import CAMPAIGNS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
names = st.text("ab", min_size=1, max_size=2)
plain = st.one_of(st.booleans(), st.integers(0, 9), names)


def answer(effects: Any) -> Exchange:
    """An answer at noon of the first of January 2026."""
    headers = {"date": "Thu, 01 Jan 2026 12:00:00 GMT"}
    body = json.dumps({"effects": effects}).encode()
    return Exchange(0, Call("updateCustomerSessionV2"), "PUT", "", "", {}, None, 200, headers, body, 0.0, 0.0)


@pytest.mark.parametrize(
    ("kind", "props", "finer"),
    [
        ("setDiscount", {}, ()),
        ("addLoyaltyPoints", {}, ("active", "lasting")),
        ("addLoyaltyPoints", {"startDate": "2025-12-31T00:00:00Z"}, ("active", "lasting")),
        ("addLoyaltyPoints", {"expiryDate": "2026-02-01T00:00:00Z"}, ("active", "expiring")),
        ("addLoyaltyPoints", {"startDate": "2026-01-02T00:00:00Z"}, ("pending",)),
        ("addLoyaltyPoints", {"startDate": "2026-01-02T00:00:00Z", "cartItemPosition": 0}, ("pending", "item-pending")),
        ("addLoyaltyPoints", {"cartItemPosition": 1}, ("active", "lasting", "item-active")),
        ("addLoyaltyPoints", {"cardIdentifier": "c", "startDate": "2026-01-02T00:00:00Z"}, ("card",)),
        ("deductLoyaltyPoints", {}, ("profile",)),
        ("deductLoyaltyPoints", {"cardIdentifier": "c"}, ("card",)),
        ("updateAttribute", {"path": "Profile.Attributes.a"}, ("profile",)),
        ("updateAttribute", {"path": "Session.CartItems[0].Attributes.a"}, ("item",)),
        ("updateAttribute", {"path": "Session.Attributes.a"}, ("session",)),
        ("updateAttribute", {"path": 7}, ()),
        ("increaseAchievementProgress", {"isJustCompleted": True}, ("completed",)),
        ("increaseAchievementProgress", {"isJustCompleted": False}, ("unfinished",)),
    ],
)
def test_an_effect_has_its_labels(kind: str, props: dict[str, Any], finer: tuple[str, ...]) -> None:
    """Its type, and what is told apart among those; each label is one that a case may need."""
    expected = {kind, *(f"{kind}:{one}" for one in finer)}

    assert expected == labels_of({"effectType": kind, "props": props}, now=NOW)
    assert expected <= LABELS


@pytest.mark.parametrize("kind", ["awardGiveaway", "willAwardGiveaway"])
def test_a_giveaway_is_one_awarded_or_not(kind: str) -> None:
    """Before closing it is announced, and by closing awarded."""
    assert {kind, "giveaway"} == labels_of({"effectType": kind}, now=NOW)


def test_every_label_has_words_and_most_a_campaign() -> None:
    """What an administrator is told to make shows labels that there are."""
    assert {label for campaign in CAMPAIGNS for label in campaign.labels} <= LABELS
    assert all(in_words(label) and ":" not in in_words(label) for label in LABELS)
    assert set(EFFECTS) <= LABELS


@pytest.mark.parametrize("effects", [None, 7, {}, [], [None, 7, "x", []]])
def test_what_holds_no_effects_has_none(effects: Any) -> None:
    """Whatever a server sends."""
    assert [] == effects_of(answer(effects))
    assert [] == labelled(answer(effects), "setDiscount")


def test_odd_effects_have_no_labels() -> None:
    """A type that is no text, and properties that are no object."""
    odd: list[dict[str, Any]] = [{}, {"effectType": 3}, {"effectType": "setDiscount", "props": [1]}]

    assert [frozenset(), frozenset(), {"setDiscount"}] == [labels_of(effect, now=NOW) for effect in odd]
    assert [{}] * 3 == [props_of(effect) for effect in odd]


def test_the_labelled_effects_of_an_answer() -> None:
    """Pending is what starts after the answer."""
    start = {"startDate": "2026-01-01T13:00:00Z"}
    shown = [{"effectType": "addLoyaltyPoints", "props": props} for props in ({}, start)]

    assert [shown[1]] == labelled(answer(shown), "addLoyaltyPoints:pending")
    assert shown == labelled(answer(shown), "addLoyaltyPoints")


def test_parts_are_added_to_a_session() -> None:
    """What is in tables by name, what is in lists behind what is there, all else in its place."""
    session = {"attributes": {"a": 1, "b": 1}, "cartItems": [1], "state": "open"}
    parts = {"attributes": {"b": 2}, "cartItems": [2], "state": "closed", "identifiers": ["x"]}

    assert {
        "attributes": {"a": 1, "b": 2}, "cartItems": [1, 2], "state": "closed", "identifiers": ["x"],
    } == merged(session, parts)  # fmt: skip
    assert {"a": 1, "b": 1} == session["attributes"]


@given(session=st.dictionaries(names, plain | st.lists(plain) | st.dictionaries(names, plain)))
def test_no_parts_change_nothing(session: dict[str, Any]) -> None:
    """And parts alone are a session."""
    assert session == merged(session, {}) == merged({}, session)


def test_what_is_tried_on_a_target() -> None:
    """A plain session, what its file says, a coupon of two pools; one more if a card is refused."""
    bound = Bindings(coupons=("A", "B"), mandatory_coupons=("C",), single_use_coupons=("D",), populated_card="card")
    triggers = (Trigger("one"), Trigger("two"))
    target = Target("http://localhost:1", "localhost", bindings=bound, triggers=triggers)
    tried = attempts(target)

    assert (PLAIN, *triggers) == tried[:3]
    assert [{"couponCodes": ["A"]}, {"couponCodes": ["D"]}] == [trigger.session for trigger in tried[3:]]
    assert 6 == requests_at_most(target)


fired = st.builds(
    Fired,
    names,
    st.dictionaries(names, plain),
    st.none() | st.integers(1, 9),
    st.none() | st.just("2026-01-01T00:00:00Z"),
)
seen = st.builds(
    Seen,
    st.dictionaries(st.sampled_from(sorted(LABELS)), st.lists(fired, min_size=1, max_size=2).map(tuple)),
    st.dictionaries(names, names),
    st.dictionaries(names, names),
    st.integers(0, 40),
)


@given(seen=seen)
def test_what_was_seen_survives_being_told_on(seen: Seen) -> None:
    """Through JSON to another process, and to the header of the stream by its names."""
    assert seen == Seen.from_json(json.loads(json.dumps(seen.to_json())))
    record = json.loads(json.dumps(seen.record()))
    assert set(seen.fired) == set(record["seen"])
    assert {**seen.silent, **seen.refused} == record["silent"]


@given(seen=seen, wanted=st.lists(st.sampled_from(sorted(LABELS))))
def test_what_is_lacking_was_not_seen(seen: Seen, wanted: list[str]) -> None:
    """In the order in which it was asked for."""
    assert tuple(label for label in wanted if label not in seen.fired) == seen.lacking(wanted)
