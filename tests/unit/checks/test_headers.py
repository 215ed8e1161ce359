"""Judgements of what travels beside the body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Judged = Callable[..., Any]


def test_a_204_without_a_body_holds(judged: Judged) -> None:
    """Nothing comes with a 204."""
    found = judged("deleteCustomerData", 204)

    assert [j.holds for j in found["no-content"]] == [True]
    assert "media-type" not in found


@pytest.mark.parametrize("raw", [b"{}", b" "])
def test_a_204_with_a_body_is_broken(judged: Judged, raw: bytes) -> None:
    """Any byte after a 204 breaks ERR-003, white space too."""
    (found,) = judged("deleteCustomerData", 204, raw=raw)["no-content"]

    assert (found.requirement, found.holds) == ("ERR-003", False)


@pytest.mark.parametrize("sent", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_by_its_media_type_holds(judged: Judged, sent: str) -> None:
    """Parameters and letter case of the media type do not matter."""
    (found,) = judged("getCustomerInventory", 200, {}, headers={"content-type": sent})["media-type"]

    assert found.holds


@pytest.mark.parametrize("sent", ["text/plain", "text/html", "application/problem+json", ""])
def test_another_media_type_is_broken(judged: Judged, sent: str) -> None:
    """A successful body is application/json and nothing like it."""
    (found,) = judged("getCustomerInventory", 200, {}, headers={"content-type": sent} if sent else {})["media-type"]

    assert (found.requirement, found.holds) == ("ERR-004", False)
    assert (sent or "not given") in found.message


@pytest.mark.parametrize(("announced", "holds"), [("2", False), ("0", True), ("", True), ("much", True)])
def test_a_204_that_announces_a_body_is_broken(judged: Judged, announced: str, holds: bool) -> None:
    """No client reads a body after a 204; what the server says of its length breaks ERR-003 all the same."""
    (found,) = judged("deleteCustomerData", 204, headers={"content-length": announced})["no-content"]

    assert holds is found.holds
