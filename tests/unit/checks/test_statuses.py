"""Judgements of the status alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Judged = Callable[..., Any]


def test_a_listed_success_holds(judged: Judged) -> None:
    """200 is what a session update answers."""
    (found,) = judged("updateCustomerSessionV2", 200, {})["success-status"]

    assert (found.requirement, found.holds) == ("ERR-007", True)


@pytest.mark.parametrize(("operation", "status"), [("updateCustomerSessionV2", 201), ("deleteCustomerData", 200)])
def test_another_success_is_broken(judged: Judged, operation: str, status: int) -> None:
    """A 2xx that the operation does not list breaks ERR-007, and says which was expected."""
    (found,) = judged(operation, status, {})["success-status"]

    assert not found.holds
    assert f"answered {status}, expected " in found.message


@pytest.mark.parametrize("operation", ["updateCustomerProfilesV2", "trackEventV2"])
def test_silent_operations_may_answer_204(judged: Judged, operation: str) -> None:
    """204 is a listed success where silence is the default."""
    (found,) = judged(operation, 204)["success-status"]

    assert found.holds


def test_prose_and_table_may_differ_on_many_referrals(judged: Judged) -> None:
    """200 in place of 201, which the prose gives, is taken as listed."""
    (found,) = judged("createReferralsForMultipleAdvocates", 200, {"totalResultSize": 0, "data": []})["success-status"]

    assert found.holds


@pytest.mark.parametrize("status", [500, 501, 505, 599])
def test_server_errors_are_broken(judged: Judged, status: int) -> None:
    """A 5xx is the server's fault, also a 501 of an operation that is called all the same."""
    (found,) = judged("getCustomerSession", status, {})["server-error"]

    assert (found.requirement, found.holds) == ("ERR-009", False)
    assert str(status) in found.message


@pytest.mark.parametrize("status", [0, 429, 502, 503, 504])
def test_infrastructure_is_only_noted(judged: Judged, status: int) -> None:
    """No answer, and what proxies and limits answer, is recorded and nothing else is judged."""
    found = judged("getCustomerSession", status, raw=b"<html>", failure="connect: refused" if not status else "")

    assert list(found) == ["infrastructure"]
    (noted,) = found["infrastructure"]
    assert noted.requirement == "ERR-010"
    assert ("connect: refused" if not status else str(status)) in noted.message


def test_an_unlisted_refusal_is_only_noted(judged: Judged) -> None:
    """A 404 on a session is recorded; its body is nobody's business."""
    found = judged("getCustomerSession", 404, raw=b"not found")

    (noted,) = found.pop("unlisted-refusal")
    assert noted.requirement == "ERR-008"
    assert {j.holds for each in found.values() for j in each} == {True}


def test_a_listed_refusal_is_not_noted(judged: Judged) -> None:
    """A 400 on a session is listed."""
    assert "unlisted-refusal" not in judged("getCustomerSession", 400, {"message": "no"})


def test_a_redirect_says_nothing(judged: Judged) -> None:
    """A 302 is neither a success nor a refusal: that the server did not fail is all it is evidence of."""
    assert list(judged("getCustomerSession", 302)) == ["infrastructure", "server-error"]
