"""An exchange says what came back, whatever it is, and never fails to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.http.exchange import Call, Credential, Exchange


def answer(body: bytes = b"", status: int = 200) -> Exchange:
    """An exchange with this answer."""
    call = Call("getCustomerSession", credential=Credential.WRONG)
    return Exchange(3, call, "GET", "http://h/x?y", "/x?y", {"a": "b"}, None, status, {"c": "d"}, body, 1.5, 0.25)


@given(value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10,
))  # fmt: skip
def test_json_is_what_was_sent(value: Any) -> None:
    """Any JSON value comes back equal."""
    assert value == answer(json.dumps(value).encode()).json()
    assert answer(json.dumps(value).encode()).is_json


@given(body=st.binary())
def test_any_bytes_have_an_answer(body: bytes) -> None:
    """What is no JSON is None and says so; every record is JSON itself."""
    exchange = answer(body)

    assert exchange.is_json or exchange.json() is None
    assert exchange.record() == json.loads(json.dumps(exchange.record()))


@pytest.mark.parametrize(
    "body", [b"", b"NaN", b"[Infinity]", b"-Infinity", b"\xff", b"{", b"[" * 100_000, '"a"'.encode("utf-16")]
)
def test_what_is_no_json_is_none(body: bytes) -> None:
    """Python would read NaN and UTF-16; JSON on the wire is neither."""
    assert not answer(body).is_json
    assert answer(body).json() is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"-" + b"9" * 5000, -(10**3999) + 1), (b"\xef\xbb\xbf1", 1), (b'"\\ud800"', "\ud800"), (b"1e999", float("inf"))],
)
def test_odd_json_is_still_json(body: bytes, expected: Any) -> None:
    """Numbers of any length, a byte order mark and lone surrogates are read."""
    assert expected == answer(body).json()
    assert answer(body).is_json


@pytest.mark.parametrize(
    ("status", "ok", "refused", "infrastructure"),
    [
        (0, False, False, True), (200, True, False, False), (204, True, False, False), (299, True, False, False),
        (302, False, False, False), (400, False, True, False), (401, False, True, False), (499, False, True, False),
        (429, False, False, True), (500, False, False, False), (501, False, False, False), (502, False, False, True),
        (503, False, False, True), (504, False, False, True),
    ],
)  # fmt: skip
def test_status_says_who_is_speaking(status: int, *, ok: bool, refused: bool, infrastructure: bool) -> None:
    """Success, refusal and infrastructure exclude each other."""
    exchange = answer(status=status)

    assert (ok, refused, infrastructure) == (exchange.ok, exchange.refused, exchange.infrastructure)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((), {"a": [{"b": 1}], "c": None}), (("a", 0, "b"), 1), (("a", -1, "b"), 1), (("a", 1), None),
        (("a", -2), None), (("a", "0"), None), (("a", 0, "b", "x"), None), (("c",), None), (("x", "y"), None),
        ((0,), None),
    ],
)  # fmt: skip
def test_value_at_a_path_is_found_or_none(keys: tuple[str | int, ...], expected: Any) -> None:
    """Wrong keys, wrong types and indices outside give None."""
    assert expected == answer(b'{"a":[{"b":1}],"c":null}').at(*keys)


def test_record_holds_the_whole_exchange() -> None:
    """Everything that was on the wire is there, bodies as text."""
    assert {
        "number": 3, "operation": "getCustomerSession", "credential": "wrong", "method": "GET", "url": "http://h/x?y",
        "path": "/x?y", "request_headers": {"a": "b"}, "request_body": None, "status": 200,
        "response_headers": {"c": "d"}, "response_body": "é\\xff", "started": 1.5, "seconds": 0.25, "failure": "",
    } == answer("é".encode() + b"\xff").record()  # fmt: skip


def test_exchange_can_be_numbered_anew() -> None:
    """Only the place in the history changes."""
    assert {**answer().record(), "number": 9} == answer().numbered(9).record()
