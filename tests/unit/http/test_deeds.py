"""What a call used up is counted in whole numbers."""

from __future__ import annotations

from collections import Counter

from talonproof.http.deeds import used
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
