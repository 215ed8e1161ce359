"""Whether answers show a finding once more."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

import pytest

from talonproof.report import recurrence
from talonproof.report.recurrence import GONE, SHOWS, UNTRIED, at, kind, rebound, renewed, told


def answer(status: int = 200, body: str = "{}", media_type: str = "application/json") -> dict[str, Any]:
    """An answer as scripts collect it."""
    return {"status": status, "media_type": media_type, "body": body}


STATUS = {"form": "status", "step": 1, "expected": "4xx"}


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ((200, 200), SHOWS),
        ((200, 404), GONE),
        ((200, 500), UNTRIED),
        ((200, 503), UNTRIED),
        ((0, 404), UNTRIED),
        ((404, 404), UNTRIED),
        ((404, 200), SHOWS),
        ((401, 401), UNTRIED),
    ],
)
def test_a_status_is_told_from_the_one_expected(statuses: tuple[int, ...], outcome: str) -> None:
    """It shows by any other, and is gone only where all that it builds on was answered as before."""
    assert outcome == told(STATUS, [answer(status) for status in statuses], [200, 200])[0]


def test_what_a_healthy_server_refuses_may_be_refused() -> None:
    """A request that another finding is about is no reason to call the attempt off."""
    assert GONE == told(STATUS, [answer(404), answer(404)], [None, 200])[0]


def one(value: Any, pointer: str = "/a", **more: Any) -> dict[str, Any]:
    """A form that describes one answer."""
    return {"form": "answers", "answers": [{"step": 0, "status": 200, "pointer": pointer, "value": value, **more}]}


@pytest.mark.parametrize(
    ("pattern", "body", "outcome"),
    [
        (["is", 1], '{"a": 1}', SHOWS),
        (["is", 1], '{"a": 1.0}', SHOWS),
        (["is", 1], '{"a": true}', GONE),
        (["is", 1], '{"a": 2}', GONE),
        (["is", 1], "{}", GONE),
        (["absent"], "{}", SHOWS),
        (["absent"], '{"a": null}', GONE),
        (["absent"], "[]", GONE),
        (["empty"], " ", SHOWS),
        (["empty"], "{}", GONE),
        (["text", "oops"], "oops", SHOWS),
        (["text", "oops"], "other", GONE),
        (["array", [["is", 1], ["any", "number", None, []]]], '{"a": [1, 7]}', SHOWS),
        (["array", [["is", 1], ["any", "number", None, []]]], '{"a": [1, "7"]}', GONE),
        (["array", [["is", 1]]], '{"a": [1, 1]}', GONE),
        (["object", {"b": ["is", None]}], '{"a": {"b": null}}', SHOWS),
        (["object", {"b": ["is", None]}], '{"a": {}}', GONE),
        (["any", "string", 0, []], '{"a": "2026-11-20T11:00:00Z"}', GONE),
        (["any", "moment", 0, []], '{"a": "2026-11-20T11:00:00Z"}', SHOWS),
        (["any", "string", 0, []], '{"a": "tp-20261120-110000-ab12-main-3"}', GONE),
    ],
)
def test_a_place_is_told_by_its_pattern(pattern: Any, body: str, outcome: str) -> None:
    """The same value of the same type shows the finding; any other does not."""
    assert outcome == told(one(pattern), [answer(body=body)], [200])[0]


def test_what_differs_each_time_is_told_by_what_it_is_equal_to() -> None:
    """Labels bind equal values, and keep different ones apart."""
    first = {"step": 0, "status": 200, "pointer": "/a", "value": ["any", "string", 0, []]}
    other = {"step": 1, "status": 200, "pointer": "/a", "value": ["any", "string", 1, [0]]}
    form = {"form": "answers", "answers": [first, other]}

    assert SHOWS == told(form, [answer(body='{"a": "x"}'), answer(body='{"a": "y"}')], [200, 200])[0]
    assert GONE == told(form, [answer(body='{"a": "x"}'), answer(body='{"a": "x"}')], [200, 200])[0]


def test_a_long_array_is_told_by_its_number_and_digest() -> None:
    """Moments aside, every row counts."""
    rows = '[{"n": 1, "created": "2026-11-20T11:00:00Z"}]'
    later = rows.replace("11:00", "12:00")
    pattern = ["rows", 1, recurrence.digest(at(rows, "")[1])]

    assert SHOWS == told(one(pattern, ""), [answer(body=later)], [200])[0]
    assert GONE == told(one(pattern, ""), [answer(body=later.replace("1,", "2,"))], [200])[0]


def test_a_media_type_is_told() -> None:
    """Where it is what was judged, it is what counts."""
    form = {"form": "answers", "answers": [{"step": 0, "status": 200, "media_type": "text/html"}]}

    assert SHOWS == told(form, [answer(media_type="text/html")], [200])[0]
    assert GONE == told(form, [answer()], [200])[0]


def test_ids_and_names_are_those_of_now() -> None:
    """The run's own ids are renewed, and what the server named is bound where such names stand, and nowhere else."""
    assert "/v2/customer_sessions/tp-new-main-1?x=tp-other" == renewed(
        "/v2/customer_sessions/tp-old-main-1?x=tp-other", "old", "new"
    )
    assert "/v2/audiences/7" == rebound("/v2/audiences/2", [["audience", "2", "7"]])
    body = '{"data":[{"adds":[2,12],"deletes":[2],"quantity":2}]}'
    assert '{"data":[{"adds":[7,12],"deletes":[7],"quantity":2}]}' == rebound(body, [["audience", "2", "7"]])
    assert '{"loyaltyCards":["new"],"x":"cards"}' == rebound(
        '{"loyaltyCards":["card"],"x":"cards"}', [["card", "card", "new"]]
    )


@pytest.mark.parametrize(
    ("value", "word"),
    [(None, "null"), (True, "boolean"), (1, "number"), ("", "string"), ("2026-11-20 11:00", "dated"), ([], "array")],
)
def test_each_value_has_a_kind(value: Any, word: str) -> None:
    """A number is one whether whole or not, and a boolean is none."""
    assert word == kind(value)


def test_it_stands_on_the_standard_library_alone() -> None:
    """Its text goes into scripts that run where talonproof is not."""
    tree = ast.parse(inspect.getsource(recurrence))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    assert {"__future__", "hashlib", "json", "re", "typing"} == names


def test_a_code_that_is_used_up_makes_no_finding_go_away() -> None:
    """Where an answer before the judged one accepted a code and now rejects it, nothing can be told."""
    form = {"form": "status", "step": 1, "expected": "4xx", "accepted": [{"step": 0, "codes": 1}]}

    def answers(effect: str, status: int) -> list[dict[str, Any]]:
        body = json.dumps({"effects": [{"effectType": effect}]})
        return [{"status": code, "media_type": "application/json", "body": body} for code in (200, status)]

    assert "gone" == told(form, answers("acceptCoupon", 400), [200, 200])[0]
    assert "shows" == told(form, answers("rejectCoupon", 200), [200, 200])[0]
    outcome, why = told(form, answers("rejectCoupon", 400), [200, 200])
    assert ("untried", True) == (outcome, "accepted no more" in why)
