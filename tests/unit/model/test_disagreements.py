"""A server that breaks a clause is accused by that clause, at the place where it shows, and by no other."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from talonproof.model import (
    UNREAD,
    Action,
    EmptyUpdate,
    Line,
    Past,
    Read,
    Reopen,
    Return,
    Session,
    State,
    StoredLine,
    Unsent,
    Update,
    compare,
    differences,
    disagreements,
    follow,
    step,
)

Json = dict[str, Any]

CART = (Line("a", 3, Decimal("19.99"), (("size", "L"),)), Line("b", 2, Decimal("5.5")))
FULL = Update(
    state="open",
    cart=CART,
    codes=("C1", "C2"),
    referral="R1",
    costs=(("shipping", Decimal("4.95")),),
    identifiers=("I1",),
    attributes=(("note", "n"),),
)
CLOSE = Update(state="closed")
CANCEL = Update(state="cancelled")
ONE = Return(((0, 1),))


def put(pointer: str, value: object) -> Callable[[Json], object]:
    """A change that sets the value at a pointer; ``...`` removes it."""

    def change(session: Json) -> None:
        *way, last = pointer.split("/")[1:]
        here: Any = session
        for part in way:
            here = here[int(part)] if isinstance(here, list) else here[part]
        if value is ...:
            del here[last]
        elif isinstance(here, list):
            here[int(last)] = value
        else:
            here[last] = value

    return change


@pytest.mark.parametrize(
    ("actions", "change", "broken"),
    [
        # what is sent is stored
        ((FULL,), put("/cartItems/0/quantity", 4), {("R5a", "/cartItems/0/quantity")}),
        ((FULL,), put("/cartItems/1/sku", "c"), {("R5a", "/cartItems/1/sku")}),
        ((FULL,), put("/cartItems/0/price", 20.01), {("R5a", "/cartItems/0/price")}),
        ((FULL,), put("/cartItems", []), {("R5a", "/cartItems")}),
        ((FULL,), put("/cartItems/0/attributes/size", "M"), {("R5a", "/cartItems/0/attributes/size")}),
        ((FULL,), put("/couponCodes", ["C1"]), {("R5a", "/couponCodes")}),
        ((FULL,), put("/couponCodes", ...), {("R5a", "/couponCodes")}),
        ((FULL,), put("/referralCode", ...), {("R5a", "/referralCode")}),
        ((FULL,), put("/identifiers", []), {("R5a", "/identifiers")}),
        ((FULL,), put("/attributes/note", 1), {("R5a", "/attributes/note")}),
        # what is left out is kept
        ((FULL, Update()), put("/cartItems/0/quantity", 2), {("R5c", "/cartItems/0/quantity")}),
        ((FULL, Update()), put("/identifiers", ...), {("R5c", "/identifiers")}),
        ((FULL, Update()), put("/attributes", {}), {("R5c", "/attributes/note")}),
        ((FULL, Update()), put("/couponCodes", []), {("R29b", "/couponCodes")}),
        ((FULL, Update()), put("/referralCode", ""), {("R30b", "/referralCode")}),
        ((FULL, CLOSE), put("/couponCodes", ["C1"]), {("R29b", "/couponCodes")}),
        # codes are discarded, or kept by null
        ((FULL, Update(codes=())), put("/couponCodes", ["C1", "C2"]), {("R29a", "/couponCodes")}),
        ((FULL, Update(referral="")), put("/referralCode", "R1"), {("R30a", "/referralCode")}),
        ((FULL, Update(codes=Unsent.NULL)), put("/couponCodes", []), {("R29c", "/couponCodes")}),
        ((FULL, Update(referral=Unsent.NULL)), put("/referralCode", ""), {("R30c", "/referralCode")}),
        # item attributes not sent again are gone
        (
            (FULL, Update(cart=(Line("a", 3, Decimal("19.99")),))),
            put("/cartItems/0/attributes/size", "L"),
            {("R28", "/cartItems/0/attributes/size")},
        ),
        # totals
        ((FULL,), put("/total", 70.97), {("R31a", "/total")}),
        ((FULL,), put("/cartItemTotal", 25.49), {("R31a", "/total"), ("R31b", "/cartItemTotal")}),
        ((FULL,), put("/additionalCostTotal", 0), {("R31a", "/total"), ("R31b", "/additionalCostTotal")}),
        (
            (FULL,),
            put("/additionalCosts", {}),
            {("R5a", "/additionalCosts/shipping"), ("R31b", "/additionalCostTotal")},
        ),
        # identity
        ((FULL, Update()), put("/id", 18), {("R5b", "/id")}),
        ((FULL, Update()), put("/created", "2025-01-01T00:00:01Z"), {("R5b", "/created")}),
        ((FULL, Update()), put("/updated", "2024-12-31T23:59:59Z"), {("R5b", "/updated")}),
        # a closed session is not modified
        (
            (FULL, CLOSE, Update(cart=(Line("c", 1, Decimal(1)),))),
            put("/cartItems/0/quantity", 1),
            {("R6", "/cartItems/0/quantity"), ("R127", "/cartItems/0/quantity")},
        ),
        # nothing happens twice
        ((FULL, CLOSE, CLOSE), put("/cartItems", []), {("R154b", "/cartItems")}),
        ((FULL, CANCEL, CANCEL), put("/cartItems", []), {("R154b", "/cartItems")}),
        # the units of a return are counted, on its lines alone
        (
            (FULL, CLOSE, ONE),
            put("/cartItems/0/returnedQuantity", 0),
            {("R16", "/cartItems/0/returnedQuantity"), ("R17", "/cartItems/0/quantity")},
        ),
        (
            (FULL, CLOSE, ONE),
            put("/cartItems/0/remainingQuantity", 3),
            {("R16", "/cartItems/0/remainingQuantity"), ("R17", "/cartItems/0/quantity")},
        ),
        ((FULL, CLOSE, ONE), put("/cartItems/0/quantity", 2), {("R17", "/cartItems/0/quantity")}),
        (
            (FULL, CLOSE, ONE),
            put("/cartItems/1/returnedQuantity", 1),
            {("R19", "/cartItems/1/returnedQuantity"), ("R17", "/cartItems/1/quantity")},
        ),
        (
            (FULL, CLOSE, ONE, ONE),
            put("/cartItems/0/returnedQuantity", 1),
            {("R16", "/cartItems/0/returnedQuantity"), ("R17", "/cartItems/0/quantity")},
        ),
        # a refused return moves no counter, not even that of its lawful part
        (
            (FULL, CLOSE, Return(((1, 1), (0, 4)))),
            put("/cartItems/1/returnedQuantity", 1),
            {(rule, "/cartItems/1/returnedQuantity") for rule in ("R18", "T25-state", "R127")},
        ),
        (
            (FULL, CLOSE, Return(((0, 2), (0, 2)))),
            put("/cartItems/0/returnedQuantity", 2),
            {(rule, "/cartItems/0/returnedQuantity") for rule in ("R18", "T25-state", "R127")},
        ),
        (
            (FULL, CLOSE, ONE, Return(((0, 3),))),
            put("/cartItems/0/returnedQuantity", 3),
            {(rule, "/cartItems/0/returnedQuantity") for rule in ("R18", "R127")},
        ),
        # dry runs and reads
        ((FULL, Update(dry=True)), put("/updated", "2025-01-01T01:00:00Z"), {("R53", "/updated")}),
        (
            (FULL, CLOSE, Return(((0, 1),), dry=True)),
            put("/cartItems/0/returnedQuantity", 1),
            {("R59", "/cartItems/0/returnedQuantity")},
        ),
        ((FULL, Read()), put("/updated", "2025-01-01T01:00:00Z"), {("R48", "/updated")}),
        ((FULL, Read()), put("/surprise", 1), {("R48", "/surprise")}),
        # a refusal changes nothing
        ((FULL, Reopen()), put("/couponCodes", []), {("R127", "/couponCodes")}),
        ((FULL, EmptyUpdate()), put("/updated", "2025-01-01T01:00:00Z"), {("R127", "/updated")}),
    ],
)
def test_a_broken_clause_is_named(
    obedient: Any,
    actions: tuple[Action, ...],
    change: Callable[[Json], object],
    broken: set[tuple[str, str]],
) -> None:
    """One change of what is stored is reported by the rules it breaks, at its place, and by no other."""
    server, session = obedient.after(*actions[:-1])
    before = deepcopy(server.shown)
    expectation = step(session, actions[-1])
    status = server.take(expectation)
    stored = deepcopy(server.shown)
    change(stored)

    found = disagreements(expectation, status, stored, before=before)

    assert broken == {(one.rule, one.pointer.removeprefix("/customerSession")) for one in found}


def test_a_change_is_found_without_an_earlier_read(obedient: Any) -> None:
    """Where the session was not read before the call, what the model knows of it stands in."""
    server, session = obedient.after(FULL, CLOSE)
    expectation = step(session, Update(dry=True))
    stored = server.shown | {"couponCodes": [], "referralCode": "R9", "identifiers": ["I2"]}

    assert {("R53", "/couponCodes"), ("R53", "/referralCode"), ("R53", "/identifiers")} == {
        (one.rule, one.pointer.removeprefix("/customerSession")) for one in disagreements(expectation, 200, stored)
    }


def test_a_vanished_session_is_found(obedient: Any) -> None:
    """A refused read after a dry update or a refusal means that the session is gone."""
    _, session = obedient.after(FULL)

    assert {"R53"} == {one.rule for one in disagreements(step(session, Update(dry=True)), 200, None)}
    assert {"T14-state", "R12a", "R127"} == {one.rule for one in disagreements(step(session, Reopen()), 400, None)}


def test_a_session_left_by_a_dry_creation_is_found() -> None:
    """A dry update of an unused id must leave none."""
    found = disagreements(step(None, Update(state="open", dry=True)), 200, {"state": "open"})

    assert {"T09-state", "R52"} == {one.rule for one in found}


def test_counters_that_are_not_shown_prove_nothing(obedient: Any) -> None:
    """Without counters in the answer no clause about them is exercised, and none is broken."""
    server, session = obedient.after(FULL, CLOSE)
    expectation = step(session, ONE)
    server.counters = False
    status = server.take(expectation)

    comparison = compare(expectation, status, server.shown)

    assert () == comparison.disagreements
    assert {"R16", "R17", "R19"}.isdisjoint(comparison.exercised)
    assert {"R15", "T23-status", "T23-state"} <= set(comparison.exercised)


def test_nothing_is_exercised_that_was_not_read(obedient: Any) -> None:
    """If the read after a call says nothing, only the clause on the answer was exercised."""
    _, session = obedient.after(FULL)

    assert ("T10-status", "R5a") == compare(step(session, Update()), 200, UNREAD).exercised


def test_a_refused_call_does_not_break_what_it_would_have_stored(obedient: Any) -> None:
    """An update that is wrongly refused breaks the clause on the answer, once, and not that on every property."""
    server, session = obedient.after(FULL)

    found = disagreements(step(session, Update(state="closed", codes=("C3",))), 400, server.shown, before=server.shown)

    assert [("T11-status", "", "answered 400, expected success (2xx)")] == found


def test_the_tolerance_is_the_callers(obedient: Any) -> None:
    """A cent passes by default; with no tolerance it does not."""
    server, session = obedient.after()
    expectation = step(session, FULL)
    status = server.take(expectation)
    stored = server.shown | {"total": 75.93}

    assert [] == disagreements(expectation, status, stored)
    strict = compare(expectation, status, stored, tolerance=Decimal(0))
    assert ["R31a"] == [one.rule for one in strict.disagreements]


def test_the_model_goes_on_with_what_the_server_shows(obedient: Any) -> None:
    """After a disagreement the session of the model is the server's, so that it is reported once."""
    server, session = obedient.after(FULL, CLOSE)
    revived = server.shown | {"state": "open", "couponCodes": ["C9"]}
    expectation = step(session, Update(state="open"))

    followed = follow(expectation, 200, revived)

    assert followed is not None
    assert (State.OPEN, ("C9",)) == (followed.state, followed.codes)
    assert [] == disagreements(step(followed, Update()), 200, revived)


def test_the_past_is_followed(obedient: Any) -> None:
    """Reopening and returning are remembered, though no answer shows them."""
    _, session = obedient.after(FULL, CLOSE, Reopen(), CLOSE, ONE, CANCEL)

    assert session is not None
    assert {Past.REOPENED, Past.RETURNED} == session.past


def test_an_open_outcome_lists_what_may_follow() -> None:
    """Named entries that are not sent again may stay or go; both outcomes are possible."""
    session = Session(State.OPEN, costs=(("x", Decimal(1)),))

    possible = step(session, Update(costs=(("y", Decimal(2)),))).possible

    assert [{"x": 1, "y": 2}, {"y": 2}] == [dict(one.costs) for one in possible if one]


def test_a_return_that_names_a_line_twice_is_not_judged() -> None:
    """No source says whether a position may come twice within what remains: either answer and outcome will do."""
    session = Session(State.CLOSED, cart=(StoredLine("a", 3, Decimal(1)),))
    expectation = step(session, Return(((0, 1), (0, 1))))

    assert ("R127",) == expectation.rules
    assert {State.CLOSED, State.PARTIALLY_RETURNED} == {one.state for one in expectation.possible if one}


def test_a_broken_answer_is_read_without_failing(obedient: Any) -> None:
    """Properties of any wrong type count as not shown."""
    _, session = obedient.after(FULL)
    expectation = step(session, Update())
    wrong: list[Any] = [None, 0, "x", [], {}, [None, 1, "x", [], {}], True, 1e400, float("nan")]

    for value in wrong:
        stored: dict[str, Any] = dict.fromkeys(
            ("state", "cartItems", "couponCodes", "additionalCosts", "attributes", "total"), value
        )
        rules = {one.rule for one in disagreements(expectation, 200, stored, before=stored)}
        assert {"T10-state", "R5a", "R5c", "R29b"} <= rules
        assert follow(expectation, 200, stored) is not None


def test_differences_are_those_of_json() -> None:
    """1 and 1.0 are the same number; true is no number; order matters in arrays and not in objects."""
    assert [] == list(differences({"a": 1, "b": [True]}, {"b": [True], "a": 1.0}))
    assert [("/a~1b", "was 1, is True")] == list(differences({"a/b": 1}, {"a/b": True}))
    assert ["/0", "/1"] == [at for at, _ in differences([1, 2], [2, 1])]
    assert [("/a", "was None, is gone"), ("/b", "was not there, is None")] == list(
        differences({"a": None}, {"b": None})
    )
    assert [("", "had 1 elements, has 2")] == list(differences([1], [1, 2]))


def test_a_call_is_not_blamed_for_what_reading_changes(obedient: Any) -> None:
    """Where a second read differs from the first, a read moved it: a dry run did not."""
    server, session = obedient.after(FULL)
    expectation = step(session, Update(dry=True))
    stored = server.shown | {"updated": "2025-01-01T01:00:00Z", "referralCode": "R9"}
    again = stored | {"updated": "2025-01-01T02:00:00Z"}

    assert {"/customerSession/updated", "/customerSession/referralCode"} == {
        one.pointer for one in compare(expectation, 200, stored, before=server.shown).disagreements
    }
    assert {"/customerSession/referralCode"} == {
        one.pointer for one in compare(expectation, 200, stored, before=server.shown, again=again).disagreements
    }


def test_a_counter_that_was_wrong_before_has_not_moved(obedient: Any) -> None:
    """A refused return is not blamed for counters that were wrong already."""
    server, session = obedient.after(FULL, CLOSE, ONE)
    shown = deepcopy(server.shown)
    shown["cartItems"][0]["remainingQuantity"] = 3

    assert [] == disagreements(step(session, Return(((0, 3),))), 400, shown, before=shown)
