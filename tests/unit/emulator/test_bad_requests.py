"""Whatever comes in, the answer is a documented one, and a refusal changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talonproof.emulator.message import Request
from talonproof.emulator.payload import MAX_BYTES

SESSION = "/v2/customer_sessions/s"
WRITES = {
    "update": ("PUT", SESSION),
    "return": ("POST", f"{SESSION}/returns"),
    "profile": ("PUT", "/v2/customer_profiles/p"),
    "event": ("POST", "/v2/events"),
}


def nested(depth: int, inside: bytes = b"1") -> bytes:
    """A value under many arrays."""
    return b"[" * depth + inside + b"]" * depth


BODIES = {
    "empty": b"",
    "cut off": b'{"customerSession": ',
    "two values": b"{} {}",
    "NaN": b'{"customerSession": {"cartItems": [{"sku": "x", "quantity": 1, "price": NaN}]}}',
    "Infinity": b'{"a": -Infinity}',
    "overflow": b'{"customerSession": {"cartItems": [{"sku": "x", "quantity": 1, "price": 1e999}]}}',
    "100,000 levels": b'{"customerSession": ' + nested(100_000) + b"}",
    "20,000 levels unclosed": b"[" * 20_000,
    "65 levels in free attributes": b'{"attributes": {"text": ' + nested(65) + b"}}",
    "lone surrogate": rb'{"customerSession": {"profileId": "\ud800"}, "type": "\udfff", "profileId": "\ud834"}',
    "lone surrogate in a key": rb'{"\udc00": 1}',
    "5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "2^63": b'{"a": 9223372036854775808}',
    "-2^63 - 1": b'{"a": -9223372036854775809}',
    "no UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "surrogates in UTF-8": b'{"a": "\xed\xa0\x80"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "null": b"null",
    "number": b"1",
    "list": b"[]",
    "wrong types": b'{"customerSession": 1, "return": [], "attributes": "x", "type": 5}',
    "wrong types inside": b'{"customerSession": {"state": 1}, "return": {"returnedCartItems": 5}, "attributes": []}',
    "nulls": b'{"customerSession": null, "return": null, "attributes": null, "type": null}',
    "null asked for": b'{"customerSession": {}, "type": "signed_up", "responseContent": null}',
    "megabytes": b'{"attributes": 1, "type": 1, "customerSession": {"identifiers": [' + b"1," * 1_000_000 + b"1]}}",
    "too many megabytes": b" " * (MAX_BYTES + 1),
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("operation", WRITES)
def test_a_bad_body_is_refused(module_client: Any, operation: str, body: str) -> None:
    """The answer is a 4xx with the documented body, and every row is as it was."""
    store = module_client.emulator.store
    before = [store.all("SELECT * FROM session"), store.all("SELECT * FROM profile"), store.all("SELECT * FROM event")]

    status, document = module_client.call(*WRITES[operation], raw=BODIES[body])

    assert status == (413 if body == "too many megabytes" else 400)
    assert document["message"]
    for error in document.get("errors", ()):
        assert 1 == len({"pointer", "parameter", "line"} & error["source"].keys())
    assert before == [
        store.all("SELECT * FROM session"),
        store.all("SELECT * FROM profile"),
        store.all("SELECT * FROM event"),
    ]


def test_error_bodies_are_those_of_the_operation(client: Any) -> None:
    """Sessions answer without StatusCode, profiles with it."""
    assert "StatusCode" not in client.call("PUT", SESSION, raw=b"{")[1]
    assert 400 == client.call("PUT", "/v2/customer_profiles/p", raw=b"{")[1]["StatusCode"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("customerSession", "return", "returnedCartItems", "position", "quantity", "cartItems", "sku"),
                    *("price", "state", "profileId", "attributes", "additionalCosts", "couponCodes", "type", "text"),
                    *("responseContent", "audiencesChanges", "adds", "deletes"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(sorted(WRITES)), JSON)
@settings(max_examples=150, deadline=None)
def test_no_body_makes_the_server_fail(module_client: Any, operation: str, body: object) -> None:
    """Any JSON is taken or refused."""
    method, target = WRITES[operation]
    request = Request(method, target, {"authorization": "ApiKey-v1 live"}, json.dumps(body).encode())

    assert module_client.send(request).status < 500


@given(
    st.text(alphabet="/%?&=.abc2Ff{}+,;~ ü\x00", max_size=30), st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"])
)
@settings(max_examples=150, deadline=None)
def test_no_path_makes_the_server_fail(module_client: Any, tail: str, method: str) -> None:
    """Any path and query is found or refused."""
    for head in ("/v2/customer_sessions/", "/v1/loyalty_programs/1/profile/rich/points?", "/"):
        answer = module_client.send(Request(method, head + tail, {"authorization": "ApiKey-v1 live"}, b"{}"))
        assert answer.status < 500 or answer.status == 501
        assert answer.status == 204 or answer.document() is not None


@pytest.mark.parametrize("name", ["%ff", "%C3%28", "%ED%A0%80", "x" * 1001])
def test_an_id_that_cannot_be_kept_is_refused(client: Any, name: str) -> None:
    """So is one that is no UTF-8, and one longer than answers may show."""
    assert 400 == client.try_update(name)[0]


def test_an_inside_failure_is_answered_and_logged(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    """The client gets a 500 with a body, the log the traceback."""
    client.emulator.store.run("DROP TABLE membership")

    answer = client.send(
        Request("GET", "/v1/customer_profiles/rich/inventory?profile=true", {"authorization": "ApiKey-v1 live"})
    )

    assert (500, 500) == (answer.status, answer.document()["StatusCode"])
    assert "no such table" in caplog.text
