"""A contract, the passive checks over it, and exchanges made up for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from talonproof.checks import Passive
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.finding import Judgement
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.workspace import find_workspace

NOW = "Fri, 20 Nov 2026 11:00:00 GMT"


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The bundled contract."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture(scope="session")
def passive(contract: Contract) -> Passive:
    """The passive checks over it."""
    return Passive(contract, Validators(contract))


@pytest.fixture(scope="session")
def exchange() -> Callable[..., Exchange]:
    """Makes an exchange of one answer; ``raw`` is a body that is sent as it stands."""

    def make(  # noqa: PLR0913 - each is one part of an exchange
        operation: str,
        status: int,
        body: Any = None,
        *,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        sent: Any = None,
        credential: Credential = Credential.LIVE,
        failure: str = "",
    ) -> Exchange:
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        given = {"content-type": "application/json", "date": NOW} if headers is None else headers
        call = Call(operation, path=path or {}, query=query or {}, body=sent, credential=credential)
        url = "http://127.0.0.1/x"
        return Exchange(0, call, "PUT", url, "/x", {}, None, status, given, content, 0.0, 0.0, failure)

    return make


@pytest.fixture(scope="session")
def judged(passive: Passive, exchange: Callable[..., Exchange]) -> Callable[..., dict[str, list[Judgement]]]:
    """Judges a made-up exchange; gives the judgements by the name of their check."""

    def judge(*arguments: Any, **more: Any) -> dict[str, list[Judgement]]:
        found: dict[str, list[Judgement]] = {}
        for judgement in passive.judge(exchange(*arguments, **more)):
            found.setdefault(judgement.check, []).append(judgement)
        return found

    return judge


@pytest.fixture
def session_answer() -> dict[str, Any]:
    """A good answer to a session update, new for each test."""
    return {
        "customerSession": {
            "id": 1,
            "created": "2026-11-20T10:00:00Z",
            "updated": "2026-11-20T11:00:00.123Z",
            "integrationId": "s",
            "applicationId": 1,
            "profileId": "p",
            "state": "open",
            "firstSession": True,
            "attributes": {},
            "couponCodes": ["SUMMER"],
            "cartItems": [{"sku": "a", "quantity": 1, "price": 10}, {"sku": "b", "quantity": 2, "price": 0.5}],
            "additionalCosts": {"shipping": {"price": 3}},
            "total": 14,
            "cartItemTotal": 11,
            "additionalCostTotal": 3,
        },
        "effects": [],
        "createdCoupons": [],
        "createdReferrals": [],
    }
