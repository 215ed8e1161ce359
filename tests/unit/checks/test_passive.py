"""The passive checks as a whole: what they name, what they let pass, what they survive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.checks import PASSIVE, Passive
from talonproof.contract.contract import Contract
from talonproof.contract.requirements import read_requirements
from talonproof.generation.values import example
from talonproof.http.exchange import Exchange
from talonproof.workspace import find_workspace

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=()), max_size=8),
    st.integers(4_000, 6_000).map(lambda digits: 10**digits),
)
_NAMES = st.sampled_from([
    "customerSession", "effects", "createdCoupons", "createdReferrals", "event", "return", "created", "data", "hasMore",
    "errors", "source", "pointer", "StatusCode", "props", "effectType", "code", "state", "integrationId", "\ud800",
])  # fmt: skip
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_NAMES, inner, max_size=6)),
    max_leaves=20,
)


def _dumps(value: Any) -> bytes:
    """JSON text of a value, integers longer than Python prints among them."""
    match value:
        case int() if not isinstance(value, bool) and value.bit_length() > 10_000:
            return b"1" + b"0" * (value.bit_length() * 3 // 10)
        case list():
            return b"[" + b",".join(map(_dumps, value)) + b"]"
        case dict():
            return b"{" + b",".join(json.dumps(k).encode() + b":" + _dumps(v) for k, v in value.items()) + b"}"
        case _:
            return json.dumps(value).encode()


_BODIES = st.one_of(
    _JSON.map(_dumps),
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"",
            b" ",
            b"<!doctype html><html>502 Bad Gateway</html>",
            b"[" * 100_000,
            b'{"effects":' * 50_000 + b"1" + b"}" * 50_000,
            b'{"customerSession":' * 400 + b"1" + b"}" * 400,
            b'{"effects": NaN, "createdCoupons": -Infinity}',
            b'{"effects": [], "\\ud83d": "\\udc00"}',
            b'{"customerSession": {"total": ' + b"9" * 5_000 + b"}}",
            "{}".encode("utf-16"),
            b"\xff\xfe\x00",
        ]
    ),
)


def test_every_check_names_a_requirement_of_the_catalogue() -> None:
    """No passive check judges something that no clause asks for."""
    known = {row.id for row in read_requirements(find_workspace().requirements)}

    assert set(PASSIVE.values()) <= known


def test_complete_answers_are_evidence_and_no_finding(
    contract: Contract, passive: Passive, exchange: Callable[..., Exchange]
) -> None:
    """An answer with everything that its schema describes breaks nothing, for each operation and each status."""
    for operation in contract.operations.values():
        for status, response in operation.responses.items():
            body: Any = None if response.schema is None else example(contract, response.schema, complete=True)
            if status == 401:
                body = {**body, "StatusCode": 401}
            headers = {"content-type": "application/json"}
            sent = exchange(operation.id, status, body, headers=headers, path={"customerSessionId": "a"})
            found = passive.judge(sent)
            broken = [j for j in found if not j.holds and j.check != "error-source"]

            assert not broken, (operation.id, status)
            assert found, (operation.id, status)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=_BODIES,
    status=st.sampled_from([0, 100, 200, 201, 204, 299, 302, 400, 401, 404, 409, 418, 429, 500, 501, 503, 599]),
    choice=st.integers(0, 28),
    more=st.fixed_dictionaries(
        {
            "headers": st.dictionaries(st.sampled_from(["content-type", "date"]), st.text(max_size=30)),
            "query": st.dictionaries(
                st.sampled_from(["pageSize", "dry"]), st.one_of(st.text(max_size=3), st.integers())
            ),
            "sent": _JSON,
        }
    ),
)
def test_nothing_a_server_sends_makes_them_raise(
    contract: Contract,
    passive: Passive,
    exchange: Callable[..., Exchange],
    body: bytes,
    status: int,
    choice: int,
    more: dict[str, Any],
) -> None:
    """Whatever the answer is, there are judgements of known checks under their own requirements, and no exception."""
    operation = list(contract.operations)[choice % len(contract.operations)]

    found = passive.judge(exchange(operation, status, raw=body, **more))

    assert all(PASSIVE[j.check] == j.requirement and j.operation == operation for j in found)
    assert all(bool(j.message) != j.holds for j in found)
    assert len({j.fingerprint for j in found if not j.holds}) == sum(not j.holds for j in found)


def test_an_operation_of_no_contract_is_not_judged(judged: Callable[..., Any]) -> None:
    """What the contract does not know gives no judgement."""
    assert judged("nowhere", 200, {}) == {}
