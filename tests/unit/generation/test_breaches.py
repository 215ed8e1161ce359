"""What a call breaks is told by place and keyword, and only once."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import Breach, breaches, judged
from talonproof.generation.parameters import invalid_parameters
from talonproof.http.exchange import Call

CARD = {"loyaltyProgramId": 1, "loyaltyCardId": "a"}
LIST = "getLoyaltyCardTransactions"


def body(operation: str, value: Any, path: dict[str, object] | None = None) -> Call:
    """A call with a body."""
    return Call(operation, path or {}, {}, value, has_body=True)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call(LIST, CARD), ()),
        (Call(LIST, CARD, {"pageSize": "1", "skip": 0, "startDate": "2024-05-29T12:00:00Z"}), ()),
        (Call(LIST, CARD, {"pageSize": "0"}), (Breach("pageSize", "", "minimum"),)),
        (Call(LIST, CARD, {"pageSize": 1001}), (Breach("pageSize", "", "maximum"),)),
        (Call(LIST, CARD, {"pageSize": "1.5"}), (Breach("pageSize", "", "type"),)),
        (Call(LIST, CARD, {"pageSize": ["1", "2"]}), (Breach("pageSize", "", "type"),)),
        (Call(LIST, CARD, {"loyaltyTransactionType": "gift"}), (Breach("loyaltyTransactionType", "", "enum"),)),
        (Call(LIST, {**CARD, "loyaltyCardId": "a" * 109}), (Breach("loyaltyCardId", "", "maxLength"),)),
        (Call(LIST, {"loyaltyProgramId": "1"}), (Breach("loyaltyCardId", "", "required"),)),
        (Call(LIST, {**CARD, "loyaltyProgramId": True}), (Breach("loyaltyProgramId", "", "type"),)),
        (Call("getCustomerInventory", {"integrationId": "a"}, {"profile": True, "coupons": "false"}), ()),
        (Call("getCustomerInventory", {"integrationId": "a"}, {"profile": "1"}), (Breach("profile", "", "type"),)),
        (Call("getCustomerInventory", {"integrationId": "a"}, {"unknown": "1"}), ()),
    ],
)
def test_arguments(contract: Contract, validators: Validators, call: Call, expected: tuple[Breach, ...]) -> None:
    """A parameter is judged by the text that it becomes; one that nobody knows breaks nothing."""
    assert expected == breaches(contract, validators, call)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "a"}, ()),
        ({"name": "a", "more": 1}, ()),
        ({}, (Breach("body", "/name", "required"),)),
        ({"name": ""}, (Breach("body", "/name", "minLength"),)),
        ({"name": 7}, (Breach("body", "/name", "type"),)),
        ({"name": None}, (Breach("body", "/name", "type"),)),
        ([], (Breach("body", "", "type"),)),
        (None, (Breach("body", "", "type"),)),
    ],
)
def test_bodies(contract: Contract, validators: Validators, value: Any, expected: tuple[Breach, ...]) -> None:
    """A property that is missing is told where it should stand."""
    assert expected == breaches(contract, validators, body("createAudienceV2", value))


def test_a_null_breaks_its_type_alone(contract: Contract, validators: Validators) -> None:
    """It is no member of the enumeration either, but that is no reason of its own."""
    call = body("updateCustomerSessionV2", {"customerSession": {"state": None}}, {"customerSessionId": "a"})

    assert (Breach("body", "/customerSession/state", "type"),) == breaches(contract, validators, call)


def test_a_body_that_is_missing(contract: Contract, validators: Validators) -> None:
    """Where one is required its absence is a breach, bytes of a body aside, which are not read."""
    missing = breaches(contract, validators, Call("createAudienceV2"))
    raw = breaches(contract, validators, Call("createAudienceV2", raw_body=b"{"))

    assert (Breach("body", "", "required"),) == missing
    assert () == raw


def test_every_invalid_argument_breaks_what_it_says(contract: Contract, validators: Validators) -> None:
    """The two readings of the parameters agree: what one breaks the other finds, formats aside."""
    tried = 0
    for operation in contract.operations.values():
        good = {parameter.name: "1" for parameter in operation.path_parameters}
        for broken in invalid_parameters(operation):
            path = {**good, **({broken.name: broken.raw} if broken.location == "path" else {})}
            query = {broken.name: broken.raw} if broken.location == "query" else {}
            call = Call(operation.id, path, query, raw_body=b"")
            found = {(one.place, one.keyword) for one in breaches(contract, validators, call)}
            if broken.keyword != "format":
                tried += 1
                assert {(broken.name, broken.keyword)} == found, (operation.id, broken.label)

    assert tried > 40


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [((), None), (("type", "format"), None), (("type", "maximum"), "maximum"), (("required", "enum"), "required")],
)
def test_the_first_that_a_clause_wants_refused_is_judged(keywords: tuple[str, ...], expected: str | None) -> None:
    """Types and formats are not: a server may read them in its own way."""
    found = judged([Breach("body", f"/{keyword}", keyword) for keyword in keywords])

    assert expected == (found.keyword if found else None)


def test_a_breach_is_told_by_its_place() -> None:
    """In the body by its pointer, in the URL by the name of the parameter."""
    assert ["/name", "pageSize", "body"] == [
        Breach("body", "/name", "required").where,
        Breach("pageSize", "", "minimum").where,
        Breach("body", "", "required").where,
    ]
