"""Walks read what a list holds, whatever it holds and however a server cuts it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies.moments import instant
from strategies.walks import APART, Claim, ListReader, between, confusable, counted, settle, telling_day, twice, window
from talonproof.run.outcome import Blocked

Reading = Callable[..., ListReader]
Server = Callable[[int, int], dict[str, Any]]

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)

moments = st.integers(0, 10**6).map(lambda seconds: NOON + timedelta(seconds=seconds))
created = st.lists(moments, max_size=30).map(
    lambda many: [{"id": n, "created": moment.isoformat()} for n, moment in enumerate(many)]
)
steady = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def numbered(count: int) -> list[dict[str, Any]]:
    """So many rows."""
    return [{"id": n, "amount": n / 2} for n in range(count)]


def honest(rows: Sequence[Any]) -> Server:
    """A list that does all that is asked of it."""
    return lambda size, skip: {"data": list(rows[skip : skip + size]), "hasMore": skip + size < len(rows)}


@steady
@given(count=st.integers(0, 60), size=st.integers(1, 50))
def test_a_walk_through_an_honest_list_is_the_list(reading: Reading, count: int, size: int) -> None:
    """Every row is read once, in order, and the walk knows that it ended."""
    walk = reading(honest(numbered(count))).walk(size, 200)

    assert numbered(count) == list(walk.rows)
    assert walk.ended


@pytest.mark.parametrize("claimed", [True, False, None])
def test_a_walk_does_not_trust_what_pages_claim(reading: Reading, claimed: bool | None) -> None:
    """Pages that say wrongly, or not at all, whether more follow do not keep a walk from the end."""
    rows = numbered(10)
    more = {} if claimed is None else {"hasMore": claimed}

    walk = reading(lambda size, skip: {"data": rows[skip : skip + size], **more}).walk(4, 20)

    assert rows == list(walk.rows)
    assert walk.ended
    assert all(page.more is claimed for page in walk.pages)


def test_a_walk_that_is_cut_short_has_not_ended(reading: Reading) -> None:
    """A list that goes on for ever is read as far as was planned."""
    walk = reading(lambda size, _: {"data": numbered(size), "hasMore": True}).walk(5, 3)

    assert 3 == len(walk.pages)
    assert not walk.ended


@pytest.mark.parametrize("body", [{}, {"data": None, "hasMore": False}, {"data": [1], "hasMore": False}, []])
def test_an_answer_without_rows_blocks(reading: Reading, body: Any) -> None:
    """What is no page cannot be judged as one."""
    with pytest.raises(Blocked):
        reading(lambda _size, _skip: body).page()


def test_filters_stay_and_can_be_taken_back(reading: Reading) -> None:
    """A reader sends its filters with every page, unless a page says otherwise."""
    reader = reading(honest([])).under(endDate="2026-01-01T00:00:00Z")

    assert "endDate=2026" in reader.page().exchange.url
    assert "endDate" not in reader.page(endDate=None).exchange.url


def test_rows_are_equal_by_content() -> None:
    """Numbers count by value, keys in any order; true is not 1."""
    assert counted([{"a": 1, "b": [2.0]}]) == counted([{"b": [2], "a": 1.0}])
    assert counted([{"a": True}]) != counted([{"a": 1}])
    assert counted([{"a": 1}, {"a": 1}]) != counted([{"a": 1}])


def test_a_row_stands_on_one_page() -> None:
    """Only an id that comes back on a later page counts as twice; rows without ids say nothing."""
    rows = numbered(6)

    assert twice([rows[:3], rows[3:]]) is None
    assert rows[2] == twice([rows[:3], rows[2:]])
    assert twice([[{"name": "a"}], [{"name": "a"}]]) is None


@given(rows=created)
def test_bounds_lie_away_from_every_row(rows: list[dict[str, Any]]) -> None:
    """No row was created within a second of a bound, and each bound has rows on both sides."""
    times = sorted(filter(None, (instant(row["created"]) for row in rows)))

    for cut in between(rows):
        assert all(abs(moment - cut) > timedelta(seconds=1) for moment in times)
        assert times[0] < cut < times[-1]


@given(rows=created, most=st.integers(1, 30))
def test_a_window_holds_no_more_than_asked(rows: list[dict[str, Any]], most: int) -> None:
    """Between the two ends lie some of the rows, as many as asked for at most, and others lie outside."""
    found = window(rows, most)

    if found is None:
        assert len(between(rows)) < 2 or most < len(rows)
    else:
        inside = [row for row in rows if found[0] < datetime.fromisoformat(row["created"]) < found[1]]
        assert 1 <= len(inside) <= most
        assert len(inside) <= len(rows) - 2


def test_a_telling_day_begins_before_an_early_row() -> None:
    """Of several rows one from before noon is taken, since midnight and noon differ by it."""
    late, early = NOON + timedelta(hours=8), NOON - timedelta(days=3, hours=5)
    rows = [{"created": moment.isoformat()} for moment in (late, early)]

    assert datetime(2026, 5, 17, tzinfo=UTC) == telling_day(rows)
    assert telling_day([{"created": "then"}]) is None


def test_names_that_others_begin_with_come_first() -> None:
    """A name that is the beginning of another tells an exact filter from a prefix."""
    names = ["gold-plus", "gold", "", "x", "alpha", "gold", None]

    assert ["gold", "alpha", "gold-plus"] == confusable(names)


def test_a_broken_claim_on_a_list_that_moved_blocks(reading: Reading) -> None:
    """Nothing is judged by a list that changed while it was read, and everything by one that stood still."""
    reader = reading(honest([]))
    page = reader.page()
    broken = Claim("PAG-009", False, "rows are missing", of=(page.exchange,))
    whole = Claim("PAG-008", True, "", of=(page.exchange,))

    with pytest.raises(Blocked, match="moved"):
        settle(reader.case, [whole, broken], lambda: False)
    assert not reader.case.shown

    settle(reader.case, [whole, broken], lambda: True)
    assert ["PAG-009"] == [shown.judgement.requirement for shown in reader.case.shown.values()]


def test_a_list_is_not_read_again_without_need(reading: Reading) -> None:
    """Claims that hold are judged as they are."""
    reader = reading(honest(numbered(3)))
    page = reader.page()

    settle(reader.case, [Claim("PAG-008", True, "", of=(page.exchange,))], lambda: pytest.fail("read again"))

    assert 1 == reader.case.evidence["PAG-008"]


def test_apart_leaves_room_on_both_sides() -> None:
    """Half of what two rows are apart, cut to the second, is more than the second that bounds may be off."""
    assert APART / 2 - timedelta(seconds=1) >= timedelta(seconds=1)
