"""What a call made and used up is counted in whole numbers, what campaigns made of it included."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from talonproof.http.deeds import happened, used
from talonproof.http.exchange import Call, Exchange


def test_what_is_used_up_is_counted_in_numbers() -> None:
    """A first count of one is 1 and not true: JSON would keep the difference, and the stream be refused."""
    body = {"customerSession": {"state": "closed"}}
    call = Call("updateCustomerSessionV2", {"customerSessionId": "s"}, body=body, has_body=True)
    exchange = Exchange(0, call, "PUT", "http://127.0.0.1:1/s", "/s", {}, b"", 200, {}, b"{}", 0.0, 0.0)
    counts: Counter[str] = Counter()
    counts.update(used(exchange, was_closed=False))

    assert {int} == {type(number) for number in counts.values()}
    assert 1 == counts["sessions closed"]


ANSWER: dict[str, Any] = {
    "createdCoupons": [{"value": "A"}, {"value": "B"}],
    "createdReferrals": [{"code": "C"}],
    "effects": [
        {"effectType": "addLoyaltyPoints"},
        {"effectType": "awardGiveaway"},
        {"effectType": "addLoyaltyPoints"},
    ],
}


@pytest.mark.parametrize(
    ("operation", "method", "body", "codes", "moved"),
    [
        ("updateCustomerSessionV2", "PUT", {"customerSession": {"state": "closed"}}, True, True),
        ("updateCustomerSessionV2", "PUT", {"customerSession": {"state": "open"}}, True, False),
        ("updateCustomerProfileV2", "PUT", {}, True, True),
        ("getCustomerSession", "GET", None, False, False),
    ],
)
def test_what_campaigns_made_is_counted(operation: str, method: str, body: Any, codes: bool, moved: bool) -> None:
    """Codes that the answer lists as made, and points and gifts, once the session they belong to is closed."""
    call = Call(operation, {}, body=body, has_body=body is not None)
    answer = json.dumps(ANSWER).encode()
    exchange = Exchange(0, call, method, "http://127.0.0.1:1/s", "/s", {}, b"", 200, {}, answer, 0.0, 0.0)
    found = used(exchange, was_closed=False)

    assert ({"coupons": 2, "referrals": 1} if codes else {}) == dict(happened(exchange))
    assert (moved, moved) == (found.get("additions of points") == 2, found.get("giveaways awarded") == 1)


def test_whatever_comes_back_can_be_counted() -> None:
    """An answer that is nothing like its schema is no reason to fail."""
    call = Call("updateCustomerProfileV2", {}, body={}, has_body=True)
    for answer in (b"[]", b'{"effects": [1, {"effectType": []}], "createdCoupons": 3}', b"{", b""):
        exchange = Exchange(0, call, "PUT", "http://127.0.0.1:1/s", "/s", {}, b"", 200, {}, answer, 0.0, 0.0)
        assert {} == dict(used(exchange, was_closed=False))
        assert {"coupons": 1} == happened(exchange) if b"createdCoupons" in answer else {} == happened(exchange)
