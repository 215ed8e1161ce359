"""Judgements of bodies against their schema."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from talonproof.generation.pointers import MISSING, put

Judged = Callable[..., Any]

SCHEMA_CHECKS = ("body-structure", "body-bounds", "null-property", "date-time")


def test_a_good_body_is_evidence_for_each(judged: Judged, session_answer: dict[str, Any]) -> None:
    """Structure, bounds, nulls and date-times each hold once."""
    found = judged("updateCustomerSessionV2", 200, session_answer)

    assert all([j.holds for j in found[check]] == [True] for check in SCHEMA_CHECKS)


def test_without_a_date_time_there_is_no_evidence_for_them(judged: Judged) -> None:
    """An answer without any timestamp does not exercise ERR-005."""
    found = judged("updateCustomerSessionV2", 200, {"effects": [], "createdCoupons": [], "createdReferrals": []})

    assert "date-time" not in found
    assert "body-structure" in found


@pytest.mark.parametrize(
    ("pointer", "value", "check", "requirement", "words"),
    [
        ("/customerSession/total", MISSING, "body-structure", "ERR-013", "total is missing from /customerSession"),
        ("/effects", MISSING, "body-structure", "ERR-013", "effects is missing from the body"),
        ("/customerSession/total", "14", "body-structure", "ERR-013", 'is the string "14", expected number'),
        ("/customerSession/id", 1.5, "body-structure", "ERR-013", "is the number 1.5, expected integer"),
        ("/customerSession/cartItems", {}, "body-structure", "ERR-013", "is an object of 0, expected array"),
        ("/customerSession/total", None, "body-structure", "ERR-013", "is null, expected number"),
        ("/customerSession/state", "paused", "body-bounds", "ERR-014", 'expected one of "open", "closed"'),
        ("/customerSession/cartItems/1/quantity", 0, "body-bounds", "ERR-014", "is 0, below the minimum 1"),
        ("/customerSession/couponCodes/0", "x" * 101, "body-bounds", "ERR-014", "expected at most 100 characters"),
        ("/customerSession/identifiers", ["a"] * 6, "body-bounds", "ERR-014", "is an array of 6, expected at most 5"),
        ("/customerSession/referralCode", None, "null-property", "ERR-012", "is null"),
        ("/customerSession/cartItems/0/name", None, "null-property", "ERR-012", "is null"),
        ("/customerSession/updated", "2026-11-20", "date-time", "ERR-005", "is no RFC 3339 date-time"),
        ("/customerSession/created", "2026-11-20 11:00:00Z", "date-time", "ERR-005", "is no RFC 3339 date-time"),
    ],
)
def test_one_thing_wrong_is_one_finding(
    judged: Judged, session_answer: dict[str, Any], pointer: str, value: Any, check: str, requirement: str, words: str
) -> None:
    """A single defect breaks exactly the check it belongs to, at its place, and the others still hold."""
    found = judged("updateCustomerSessionV2", 200, put(session_answer, pointer, value))
    broken = [j for name in SCHEMA_CHECKS for j in found.get(name, ()) if not j.holds]

    assert [(j.check, j.requirement, j.pointer) for j in broken] == [(check, requirement, pointer)]
    assert words in broken[0].message
    assert all(j.holds for name in SCHEMA_CHECKS if name != check for j in found.get(name, ()))


def test_many_rows_with_one_defect_are_one_finding(judged: Judged) -> None:
    """The same defect in each of fifty rows is told once, with the number of its likes."""
    row = {
        "created": "2026-11-20T10:00:00Z", "programId": 1, "type": "addition", "name": "a", "startDate": "immediate",
        "expiryDate": "unlimited", "subledgerId": "", "amount": 1,
    }  # fmt: skip
    found = judged("getLoyaltyProgramProfileTransactions", 200, {"hasMore": False, "data": [row] * 50})

    (broken,) = found["body-structure"]
    assert broken.pointer == "/data/0/id"
    assert broken.message == "id is missing from /data/0 (and 49 more like it)"


def test_two_places_are_two_findings(judged: Judged, session_answer: dict[str, Any]) -> None:
    """Different places under one check are told apart."""
    body = put(put(session_answer, "/customerSession/total", MISSING), "/customerSession/id", MISSING)

    broken = judged("updateCustomerSessionV2", 200, body)["body-structure"]

    assert {j.pointer for j in broken} == {"/customerSession/total", "/customerSession/id"}


def test_unknown_properties_are_allowed(judged: Judged, session_answer: dict[str, Any]) -> None:
    """What no schema knows is no finding, not even a null."""
    found = judged("updateCustomerSessionV2", 200, {**session_answer, "new": None, "newer": {"a": [None]}})

    assert all(j.holds for each in found.values() for j in each)


def test_props_of_effects_are_free(judged: Judged, session_answer: dict[str, Any]) -> None:
    """An effect of an unknown type with any props is no finding."""
    effect = {
        "campaignId": 1,
        "rulesetId": 1,
        "ruleIndex": 0,
        "ruleName": "",
        "effectType": "new",
        "props": {"a": None},
    }
    found = judged("updateCustomerSessionV2", 200, {**session_answer, "effects": [effect]})

    assert all(j.holds for each in found.values() for j in each)


@pytest.mark.parametrize("raw", [b"<html></html>", b"{", b'{"effects": NaN}', b"\xff\xff"])
def test_a_success_that_is_no_json_is_broken(judged: Judged, raw: bytes) -> None:
    """What no JSON parser reads has no structure at all."""
    found = judged("updateCustomerSessionV2", 200, raw=raw)

    (broken,) = found["body-structure"]
    assert not broken.holds
    assert "not JSON" in broken.message
    assert "body-bounds" not in found


def test_a_success_without_a_body_is_broken(judged: Judged) -> None:
    """Where the schema describes a body, an empty one is a defect of its structure."""
    (broken,) = judged("updateCustomerSessionV2", 200)["body-structure"]

    assert broken.message == "the answer has no body, expected JSON"


@pytest.mark.parametrize("digits", [10, 400, 5_000])
def test_long_integers_are_json(judged: Judged, session_answer: dict[str, Any], digits: int) -> None:
    """An integer of any length is well-formed; no limit of Python's becomes a finding."""
    body = put(session_answer, "/customerSession/id", "@@")
    raw = json.dumps(body).replace('"@@"', "9" * digits).encode()

    found = judged("updateCustomerSessionV2", 200, raw=raw)

    assert [j.holds for j in found["body-structure"]] == [True]


def test_a_body_too_deep_to_be_read_is_not_judged(judged: Judged) -> None:
    """Depth alone breaks no clause."""
    found = judged("updateCustomerSessionV2", 200, raw=b"[" * 100_000 + b"]" * 100_000)

    assert not set(SCHEMA_CHECKS) & set(found)


def test_lone_surrogates_are_text(judged: Judged, session_answer: dict[str, Any]) -> None:
    """Half a pair in a value or a name is well-formed JSON."""
    body = put(session_answer, "/customerSession/attributes", {"\ud800": "\udc00"})

    found = judged("updateCustomerSessionV2", 200, body)

    assert [j.holds for j in found["body-structure"]] == [True]


def test_the_body_of_an_unlisted_success_is_not_judged(judged: Judged) -> None:
    """Without a documented status there is no schema to judge by."""
    assert not set(SCHEMA_CHECKS) & set(judged("updateCustomerSessionV2", 201, {}))


@pytest.mark.parametrize("body", [{}, {"message": "no"}, {"StatusCode": 401}, {"StatusCode": 401, "errors": []}])
def test_good_bodies_of_a_401(judged: Judged, body: Any) -> None:
    """An object is enough; a StatusCode must be the status."""
    (found,) = judged("getCustomerSession", 401, body)["body-of-401"]

    assert (found.requirement, found.holds) == ("AUT-003", True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [([], ""), ("no", ""), ({"StatusCode": 400}, "/StatusCode"), ({"StatusCode": "401"}, "/StatusCode"),
     ({"errors": [{}]}, "/errors/0/title")],
)  # fmt: skip
def test_bad_bodies_of_a_401(judged: Judged, body: Any, pointer: str) -> None:
    """No object, another status or errors of another form break AUT-003."""
    broken = judged("getCustomerSession", 401, body)["body-of-401"]

    assert pointer in [j.pointer for j in broken]
    assert not any(j.holds for j in broken)


@pytest.mark.parametrize("raw", [b"", b"unauthorized"])
def test_a_401_without_json_is_broken(judged: Judged, raw: bytes) -> None:
    """A 401 comes with a JSON object."""
    (broken,) = judged("getCustomerSession", 401, raw=raw)["body-of-401"]

    assert not broken.holds


def test_error_bodies_follow_the_schema_of_their_status(judged: Judged) -> None:
    """ErrorResponse asks for a message, ErrorResponseWithStatus for nothing."""
    without = judged("getCustomerSession", 400, {})["error-body"]
    with_status = judged("trackEventV2", 400, {})["error-body"]

    assert [(j.requirement, j.holds, j.pointer) for j in without] == [("ERR-015", False, "/message")]
    assert [j.holds for j in with_status] == [True]


def test_null_in_an_error_body_is_told_as_null(judged: Judged) -> None:
    """``errors: null`` breaks ERR-012 and leaves ERR-015 whole."""
    found = judged("getCustomerSession", 400, {"message": "no", "errors": None})

    assert [j.pointer for j in found["null-property"]] == ["/errors"]
    assert [j.holds for j in found["error-body"]] == [True]


@pytest.mark.parametrize("source", [{"pointer": "/a"}, {"parameter": "now"}, {"line": "3", "resource": "x"}])
def test_one_source_holds(judged: Judged, source: Any) -> None:
    """Exactly one of the three, whatever else is there."""
    (found,) = judged("getCustomerSession", 400, {"message": "", "errors": [{"title": "a", "source": source}]})[
        "error-source"
    ]

    assert (found.requirement, found.holds) == ("ERR-001", True)


@pytest.mark.parametrize("source", [{}, {"resource": "x"}, {"pointer": "/a", "parameter": "a"}])
def test_no_source_or_two_are_broken(judged: Judged, source: Any) -> None:
    """None, or more than one, breaks ERR-001 at the first such error."""
    good = {"title": "a", "source": {"pointer": "/a"}}
    body = {"message": "", "errors": [good, {"title": "a", "source": source}]}
    (found,) = judged("getCustomerSession", 400, body)["error-source"]

    assert (found.holds, found.pointer) == (False, "/errors/1/source")


def test_without_errors_there_is_no_evidence_on_sources(judged: Judged) -> None:
    """A body that names no error exercises nothing."""
    assert "error-source" not in judged("getCustomerSession", 400, {"message": "no"})
