"""A judgement counts what it rests on: exchanges, their shapes, what sessions went through, the effects answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.http.exchange import Call, Exchange
from talonproof.run.exercise import Exercised, effects, shape, transition

Sent = tuple[Call, int, Any]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def history(*sent: Sent) -> list[Exchange]:
    """What was sent and answered, in order."""
    return [
        Exchange(n, call, "PUT", "http://127.0.0.1/", "/", {}, None, status, {}, json.dumps(answer).encode(), 0.0, 0.0)
        for n, (call, status, answer) in enumerate(sent)
    ]


def own(name: object) -> bool:
    """Whether the run made the name up."""
    return str(name).startswith("mine")


def update(state: str = "", *, session: str = "mine", dry: bool = False, status: int = 200) -> Sent:
    """An update of a session, whose answer shows a state or none."""
    answer = {"customerSession": {"state": state}} if state else {}
    query = {"dry": True} if dry else {}
    return Call("updateCustomerSessionV2", {"customerSessionId": session}, query, {}, has_body=True), status, answer


def read(state: str = "", *, session: str = "mine") -> Sent:
    """A read of a session; without a state there is none."""
    call = Call("getCustomerSession", {"customerSessionId": session})
    return (call, 200, {"customerSession": {"state": state}}) if state else (call, 404, {})


def reopen(*, status: int = 200) -> Sent:
    """A reopening, whose answer never shows the state."""
    return Call("reopenCustomerSession", {"customerSessionId": "mine"}), status, {"effects": []}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ([update("open")], "new → open"),
        ([update("open"), update("closed")], "open → closed"),
        ([update("open"), update("open", session="mine too"), update("closed")], "open → closed"),
        ([update("closed"), update(status=400)], "closed → refused"),
        ([update("closed"), update(status=400), read("closed")], "closed → refused"),
        ([update("closed"), reopen(), read("open")], "closed → open"),
        ([update("closed"), reopen()], ""),
        ([read(), update(status=400)], "new → refused"),
        ([read("open", session="theirs"), update("closed", session="theirs")], "open → closed"),
        ([update("closed", session="theirs")], ""),
        ([update("closed"), update("open", dry=True)], "new → closed"),
        ([update("open", dry=True)], ""),
        ([update(), read("open")], "new → open"),
        ([update(), update("closed")], ""),
        ([update("open"), update(status=500)], "new → open"),
        ([update("\x1b[31m")], ""),
    ],
)
def test_a_transition_is_what_the_last_call_on_the_session_did(sent: Sequence[Sent], expected: str) -> None:
    """By answers alone: one that nothing shows is none; dry calls and calls on other sessions do not count."""
    seen = history(*sent)

    assert expected == transition(seen[-1], seen, own)


def test_a_transition_of_an_earlier_exchange_is_its_own() -> None:
    """What came after the exchange judged is looked at only for the state that it led to."""
    seen = history(update("open"), update(), read("closed"), update("cancelled"))

    assert ["new → open", "open → closed", "open → closed", "closed → cancelled"] == [
        transition(one, seen, own) for one in seen
    ]


def test_a_call_without_a_session_makes_no_transition() -> None:
    """Calls on profiles and catalogs have nothing to do with it."""
    seen = history((Call("trackEventV2", body={}, has_body=True), 200, {}))

    assert "" == transition(seen[0], seen, own)


def test_effects_are_those_of_an_accepted_answer() -> None:
    """Their types; what is no list of effects, or was refused, shows none, and no text of a server becomes a type."""
    shown = {"effects": [{"effectType": "setDiscount"}, {"effectType": "acceptCoupon"}, {"effectType": "a b"}, 5, {}]}
    call = update()[0]

    assert {"setDiscount", "acceptCoupon"} == effects(history((call, 200, shown))[0])
    assert frozenset() == effects(history((call, 400, shown))[0])
    assert frozenset() == effects(history((call, 200, {"effects": {"effectType": "setDiscount"}}))[0])


@given(JSON, JSON)
def test_any_body_has_a_shape(sent: Any, answered: Any) -> None:
    """The same for the same exchange, whatever stands in it."""
    exchange = history((Call("trackEventV2", body=sent, has_body=True), 200, answered))[0]

    assert shape(exchange) == shape(exchange.numbered(7))


def test_values_have_no_part_in_a_shape() -> None:
    """Other texts and numbers, and more of the same in an array, are the same shape; other members are not."""

    def shaped(body: Any, status: int = 200, **query: Any) -> str:
        return shape(history((Call("trackEventV2", query=query, body=body, has_body=True), status, {}))[0])

    one = shaped({"type": "a", "items": [{"price": 1}]}, dry=True)

    assert one == shaped({"items": [{"price": 2.5}, {"price": 3}], "type": "b"}, dry=False)
    others = [
        shaped({"type": 5, "items": [{"price": 1}]}, dry=True),
        shaped({"type": "a", "items": [{"price": 1}, {}]}, dry=True),
        shaped({"type": "a", "items": [{"price": 1}]}),
        shaped({"type": "a", "items": [{"price": 1}]}, 201, dry=True),
        shaped({"type": "a", "items": []}, dry=True),
    ]
    assert 6 == len({one, *others})


def test_a_body_that_never_ends_has_a_shape() -> None:
    """A server may nest as deep as JSON can be read."""
    deep = b"[" * 900 + b"]" * 900
    exchange = Exchange(0, update()[0], "PUT", "http://127.0.0.1/", "/", {}, None, 200, {}, deep, 0.0, 0.0)

    assert exchange.is_json
    assert 8 == len(shape(exchange))


def test_an_exchange_counts_once_for_a_requirement() -> None:
    """However many checks judge it; in a new example the numbers start again, and it is another exchange."""
    seen = history(update("open"), update("closed"))
    exercised = Exercised(own)

    exercised.note("SES-001", seen, seen)
    exercised.note("SES-001", seen[:1], seen)
    exercised.note("SES-002", seen[1:], seen)
    exercised.begin_example()
    exercised.note("SES-001", seen[:1], seen[:1])

    kind = shape(seen[0])
    assert {
        "SES-001": {"exchanges": 3, "shapes": [kind], "transitions": ["new → open", "open → closed"]},
        "SES-002": {"exchanges": 1, "shapes": [kind], "transitions": ["open → closed"]},
    } == exercised.record()
