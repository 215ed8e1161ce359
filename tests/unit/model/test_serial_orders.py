"""Calls that overlapped are accused only where no order of them explains what was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.model.serial import MOST, Happened, Sequential, Timed, contradicted, overlapping, serial_order
from talonproof.model.things import Adding, Counters, Properties, Stock, Taking, Write

INITIAL = frozenset({("a", '"old"'), ("b", '"old"')})
TWO = Decimal(2)
ONE = Taking(Decimal(1))

Calls = list[Timed[Any, Any]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing to be written to: how it starts, what it does, and what may be asked of it."""

    start: Any
    thing: Sequential[Any, Any, Any]
    actions: st.SearchStrategy[Any]
    results: st.SearchStrategy[Any]


def sums(**amounts: int) -> frozenset[tuple[str, Decimal]]:
    """Amounts by name."""
    return frozenset((name, Decimal(amount)) for name, amount in amounts.items())


VALUES = st.dictionaries(st.sampled_from("ab"), st.sampled_from(['"x"', '"y"', '"old"']), max_size=2)
SUMS = st.dictionaries(st.sampled_from("ab"), st.integers(0, 3).map(Decimal), max_size=2)

SUBJECTS = [
    Subject(INITIAL, Properties(), VALUES.map(Write.of), VALUES.map(lambda values: frozenset(values.items()))),
    Subject(
        sums(a=0, b=0), Counters(), SUMS.map(lambda sums: Adding(frozenset(sums.items()))),
        SUMS.map(lambda sums: frozenset(sums.items())),
    ),
    Subject(TWO, Stock(), st.integers(0, 2).map(Decimal).map(Taking), st.integers(0, 2).map(Decimal)),
]  # fmt: skip
EVERY_SUBJECT = pytest.mark.parametrize("subject", SUBJECTS, ids=["properties", "counters", "stock"])


def shown(subject: Subject, state: Any, action: Any) -> Any:
    """What a thing answers once it has carried out an action in a state."""
    if isinstance(subject.thing, Stock):
        return action.amount if action.amount <= state else Decimal(0)
    (following,) = subject.thing.after(state, action, None)
    return following


def carried_out(subject: Subject, actions: Sequence[Any], draw: st.DrawFn) -> Calls:
    """The actions one after the other, each within an interval of its own; some of unknown result, some of none."""
    calls: Calls = []
    state = subject.start
    reach = st.integers(0, 40).map(lambda tenths: tenths / 10)
    for moment, action in enumerate(actions):
        happened = draw(st.sampled_from(Happened))
        result = shown(subject, state, action)
        if happened is Happened.YES or (happened is Happened.MAYBE and draw(st.booleans())):
            (state,) = subject.thing.after(state, action, result)
        tells = happened is Happened.YES and draw(st.integers(0, 4))
        calls.append(
            Timed(f"{moment}", action, moment - draw(reach), moment + draw(reach), happened, result if tells else None)
        )
    return calls


@EVERY_SUBJECT
@given(data=st.data())
def test_what_some_order_made_is_explained(subject: Subject, data: st.DataObject) -> None:
    """Whatever the intervals are in which actions took place one after the other, an order of them is found."""
    draw: Any = data.draw
    calls = carried_out(subject, draw(st.lists(subject.actions, max_size=8)), draw)

    order = serial_order([subject.start], draw(st.permutations(calls)), subject.thing)

    assert order is not None
    assert {call.name for call in calls if call.happened is Happened.YES} <= {call.name for call in order}
    assert not [call for call in order if call.happened is Happened.NO]


@EVERY_SUBJECT
@given(data=st.data())
def test_the_order_that_is_found_explains(subject: Subject, data: st.DataObject) -> None:
    """One after the other, from the start, the calls of the order can have had their results, and keep to time."""
    calls = data.draw(histories(subject))
    order = serial_order([subject.start], calls, subject.thing)

    assert order is None or (explains(subject, order) and in_time(order))


@EVERY_SUBJECT
@given(data=st.data())
def test_the_search_finds_what_trying_everything_finds(subject: Subject, data: st.DataObject) -> None:
    """Of few calls, all orders can be tried: there is one that explains them where the search says so."""
    calls = data.draw(histories(subject))

    assert any(
        in_time(order) and explains(subject, order) for order in every_order(calls)
    ) == (serial_order([subject.start], calls, subject.thing) is not None)  # fmt: skip


def histories(subject: Subject) -> st.SearchStrategy[Calls]:
    """A few calls with any results, right or wrong."""
    calls = st.builds(
        lambda action, sent, lasts, happened, result: Timed(
            "", action, sent, sent + lasts, happened, result if happened is Happened.YES else None
        ),
        subject.actions,
        st.integers(0, 6),
        st.integers(0, 4),
        st.sampled_from([Happened.YES, Happened.YES, *Happened]),
        subject.results | st.none(),
    )
    return st.lists(calls, max_size=5).map(lambda found: [replace(call, name=str(n)) for n, call in enumerate(found)])


def every_order(calls: Calls) -> Iterator[tuple[Timed[Any, Any], ...]]:
    """Every order of what happened, with each choice of what perhaps did."""
    done = [call for call in calls if call.happened is Happened.YES]
    perhaps = [call for call in calls if call.happened is Happened.MAYBE]
    for size in range(len(perhaps) + 1):
        for some in combinations(perhaps, size):
            yield from permutations([*done, *some])


def in_time(order: Sequence[Timed[Any, Any]]) -> bool:
    """Whether nothing comes before what was over when it began."""
    return not any(later.precedes(earlier) for earlier, later in combinations(order, 2))


def explains(subject: Subject, order: Sequence[Timed[Any, Any]]) -> bool:
    """Whether the calls can have had their results in this order."""
    states = [subject.start]
    for call in order:
        states = [after for state in states for after in subject.thing.after(state, call.action, call.result)]
    return bool(states)


def at_once(*calls: tuple[Any, Any], happened: Happened = Happened.YES) -> Calls:
    """Calls that all overlap."""
    return [Timed(f"{n}", action, 0, 1, happened, result) for n, (action, result) in enumerate(calls)]


def read(**values: str) -> Timed[Any, Any]:
    """A read after everything, which shows these values."""
    return Timed("read", Write(), 5, 6, Happened.YES, frozenset(values.items()))


WRITES = [{"a": '"x"'}, {"b": '"y"'}, {"a": '"z"'}]


@given(
    writes=st.lists(st.sampled_from(WRITES), min_size=2, max_size=8),
    lost=st.sampled_from("ab"),
)
def test_a_lost_update_is_not_explained(writes: list[dict[str, str]], lost: str) -> None:
    """A property that was written has the value of one of the writes, and not the one that it had before."""
    calls = at_once(*((Write.of(values), None) for values in writes))
    wrote = any(lost in values for values in writes)

    assert wrote == (serial_order([INITIAL], [*calls, read(**{lost: '"old"'})], Properties()) is None)


@given(uses=st.integers(0, 4), asking=st.integers(1, 7))
def test_what_is_given_more_often_than_there_is_is_not_explained(uses: int, asking: int) -> None:
    """Of so many uses as many are given, whoever asks first, and no other one."""
    one, none = (ONE, Decimal(1)), (ONE, Decimal(0))
    given = min(uses, asking)
    calls = at_once(*[one] * given, *[none] * (asking - given))
    too_many = at_once(*[one] * (given + 1), *[none] * (asking - given))

    assert serial_order([Decimal(uses)], calls, Stock()) is not None
    assert uses >= asking + 1 or serial_order([Decimal(uses)], too_many, Stock()) is None


def test_a_count_that_misses_one_is_not_explained() -> None:
    """All that was added is in the sum; what was refused is not, and what perhaps was may be."""
    calls = at_once(*[(Adding(sums(closed=1)), None)] * 3)
    refused = replace(calls[0], happened=Happened.NO)
    perhaps = replace(calls[0], happened=Happened.MAYBE)

    def reads(count: int, first: Timed[Any, Any]) -> bool:
        final = Timed("read", Adding(), 5, 6, Happened.YES, sums(closed=count))
        return serial_order([sums(closed=0)], [first, *calls[1:], final], Counters()) is not None

    assert [False, False, True] == [reads(count, calls[0]) for count in (1, 2, 3)]
    assert [False, True, False] == [reads(count, refused) for count in (1, 2, 3)]
    assert [False, True, True] == [reads(count, perhaps) for count in (1, 2, 3)]


def test_time_decides_where_calls_do_not_overlap() -> None:
    """The last write wins if it was sent when the others were over; side by side, any may be the last."""
    first = Timed("first", Write.of({"a": '"x"'}), 0, 1)
    second = Timed("second", Write.of({"a": '"y"'}), 2, 3)

    assert serial_order([INITIAL], [first, second, read(a='"x"')], Properties()) is None
    assert serial_order([INITIAL], [first, replace(second, sent=1), read(a='"x"')], Properties()) is not None


def test_a_write_without_an_answer_may_be_carried_out_late() -> None:
    """What timed out before a read may be seen by it, or by none, and may be carried out after all else was read."""
    late = Timed("late", Write.of({"a": '"x"'}), 0, 1, Happened.MAYBE)

    for first, second in product(['"old"', '"x"'], repeat=2):
        reads = [read(a=first), replace(read(a=second), sent=7, answered=8)]
        back = (first, second) == ('"x"', '"old"')

        assert back == (serial_order([INITIAL], [late, *reads], Properties()) is None)


def test_an_answer_shows_what_it_left() -> None:
    """Each of two writes side by side sees the other, or is seen by it."""
    blind = [
        Timed("a", Write.of({"a": '"x"'}), 0, 1, result=frozenset({("b", '"old"')})),
        Timed("b", Write.of({"b": '"x"'}), 0, 1, result=frozenset({("a", '"old"')})),
    ]

    assert serial_order([INITIAL], blind, Properties()) is None
    assert serial_order([INITIAL], blind[:1], Properties()) is not None


def test_any_state_at_the_start_will_do() -> None:
    """Where it is not known how a thing started, one of the possible starts is enough."""
    assert serial_order([Decimal(0), TWO], at_once((ONE, Decimal(1))), Stock()) is not None
    assert serial_order([Decimal(0)], at_once((ONE, Decimal(1))), Stock()) is None


def test_evidence_are_pairs_that_overlapped() -> None:
    """Neither was over before the other began, and one of them happened; an end and a beginning at a time count."""
    a, b, c = (Timed(name, ONE, sent, sent + 1) for name, sent in (("a", 0), ("b", 1), ("c", 3)))
    refused, perhaps = replace(a, name="no", happened=Happened.NO), replace(a, happened=Happened.MAYBE)

    assert [("a", "b")] == [(one.name, other.name) for one, other in overlapping([a, b, c])]
    assert [("no", "b")] == [(one.name, other.name) for one, other in overlapping([refused, perhaps, b, c])]
    assert () == overlapping([refused, replace(refused, name="neither"), perhaps])


def test_where_it_breaks_is_told() -> None:
    """A call is named where without its result alone there would be an order."""
    calls = [*at_once((Write.of({"a": '"x"'}), None), (Write.of({"b": '"x"'}), None)), read(a='"old"')]

    assert ["read"] == [call.name for call in contradicted([INITIAL], calls, Properties())]
    assert () == contradicted([INITIAL], [*calls, replace(calls[-1], name="again")], Properties())


def test_eight_calls_that_all_overlap_are_searched_at_once() -> None:
    """What was met before is not looked into again: orders that lead to the same are tried once."""
    tried: list[Any] = []

    class Counted(Counters):
        def after(self, state: Any, action: Any, result: Any) -> Any:
            tried.append(action)
            return super().after(state, action, result)

    calls = at_once(*[(Adding(sums(a=1)), None)] * 8)
    final = Timed("read", Adding(), 5, 6, Happened.YES, sums(a=7))

    assert serial_order([sums(a=0)], [*calls, final], Counted()) is None
    assert 2**8 * 8 >= len(tried)


def test_more_calls_than_can_be_searched_are_refused() -> None:
    """Nobody waits for a search that may not end."""
    calls = at_once(*[(ONE, None)] * (MOST + 1))

    with pytest.raises(ValueError, match="too many"):
        serial_order([TWO], calls, Stock())
