"""The document of 2026-05 is whole once it is laid over that of 2025-01, and says what prose says of its bodies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.document import look_up
from talonproof.contract.validators import Validators

OPENAPI = Path(__file__).parents[3] / "openapi"
METHODS = ("get", "put", "post", "delete")
ADDED = {
    "unlinkLoyaltyCardFromProfile",
    "integrationGetAllCampaigns",
    "getCustomerAchievements",
    "getCustomerAchievementHistory",
    "deleteLoyaltyTransactionsFromLedgers",
    "activateLoyaltyPoints",
    "bestPriorPrice",
}
ONE, OTHER = "8f1a8d7c-9c3e-4a5e-9f0d-2c5f7a3b1cde", "12b3c456-78d9-4e0f-a1b2-3456789abcde"


@pytest.fixture(scope="module")
def earlier() -> Contract:
    """The contract of the edition that this one extends."""
    return read_contract(OPENAPI / "2025-01" / "integration-api.yaml", edition="2025-01")


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of the edition."""
    return read_contract(OPENAPI / "2026-05" / "integration-api.yaml", edition="2026-05")


@pytest.fixture(scope="module")
def validators(contract: Contract) -> Validators:
    """Its validators."""
    return Validators(contract)


def raw_operations(contract: Contract) -> Iterator[dict[str, Any]]:
    """The operations as they stand in the document."""
    for item in contract.document["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def texts(value: Any) -> Iterator[str]:
    """Every description of the document, in one line each."""
    if isinstance(value, dict):
        if isinstance(value.get("description"), str):
            yield " ".join(value["description"].split())
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def test_operations_came_and_none_went(earlier: Contract, contract: Contract) -> None:
    """Every earlier operation is still where it was, and its answers have the statuses they had."""
    assert set(earlier.operations) | ADDED == set(contract.operations)
    for operation in earlier.operations.values():
        now = contract.operation(operation.id)
        assert (operation.method, operation.path) == (now.method, now.path)
        assert set(operation.responses) == set(now.responses)


def test_says_what_it_is(contract: Contract) -> None:
    """The document names its edition, and says that it is nobody's official one."""
    assert "2026-05" == contract.document["info"]["version"]
    assert "It is not the vendor's document" in " ".join(contract.document["info"]["description"].split())


def test_speaks_of_itself(contract: Contract) -> None:
    """No sentence of the earlier document that looks ahead to this edition is left."""
    assert [] == [text for text in texts(contract.document) if "later edition" in text.lower()]


def test_everything_is_described(contract: Contract) -> None:
    """Every operation, parameter, answer, schema and property has a sentence."""

    def bare(value: dict[str, Any]) -> bool:
        return not (look_up(contract.document, value["$ref"][1:]) if "description" not in value else value).get(
            "description"
        )

    found: list[str] = []
    for operation in raw_operations(contract):
        parts = [operation, *operation.get("parameters", []), *operation["responses"].values()]
        found += [operation["operationId"] for part in parts if bare(part)]
    for name, schema in contract.document["components"]["schemas"].items():
        found += [name] if bare(schema) else []
        found += [f"{name}.{p}" for p, inner in schema.get("properties", {}).items() if not inner.get("description")]

    assert [] == found


def test_tags(contract: Contract) -> None:
    """Every operation has one of the tags that the document explains, and every tag is used."""
    used = {tag for operation in raw_operations(contract) for tag in operation["tags"]}

    assert {tag["name"] for tag in contract.document["tags"]} == used


def test_every_operation_needs_the_key(contract: Contract) -> None:
    """None is open to everybody; one does not list what it answers without a key."""
    silent = [o["operationId"] for o in raw_operations(contract) if "401" not in o["responses"]]

    assert [] == [operation["operationId"] for operation in raw_operations(contract) if "security" in operation]
    assert ["bestPriorPrice"] == silent


def test_every_schema_compiles(contract: Contract, validators: Validators) -> None:
    """Every schema is one by itself for ``jsonschema``, and has a fast validator."""
    for name, schema in contract.document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert validators.schema({"$ref": f"#/components/schemas/{name}"})._fast is not None, name


def test_no_schema_is_left_over(contract: Contract) -> None:
    """Every schema is referred to from somewhere."""
    refs = set(re.findall(r"'#/components/schemas/(\w+)'", str(contract.document)))

    assert set(contract.document["components"]["schemas"]) == refs


def test_integers_have_64_bits(contract: Contract) -> None:
    """Every integer says so, those of the earlier edition too."""

    def integers(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict) and value.get("type") == "integer":
            yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from integers(inner)

    assert {"int64"} == {node.get("format") for node in integers(contract.document)}


def test_a_line_is_named_by_position_or_sku(validators: Validators) -> None:
    """A return names a line in either way."""
    body = validators.body("returnCartItems")

    assert body is not None
    assert body.is_valid({"return": {"returnedCartItems": [{"position": 0}, {"sku": "A", "quantity": 1}]}})


@pytest.mark.parametrize(
    ("operation", "value", "pointers"),
    [
        ("activateLoyaltyPoints", {"transactionUUIDs": [ONE, OTHER]}, []),
        ("activateLoyaltyPoints", {"sessionId": "s"}, []),
        ("activateLoyaltyPoints", {}, [""]),
        ("activateLoyaltyPoints", {"transactionUUIDs": [ONE], "sessionId": "s"}, [""]),
        ("activateLoyaltyPoints", {"transactionUUIDs": [ONE, ONE]}, ["/transactionUUIDs"]),
        ("activateLoyaltyPoints", {"transactionUUIDs": ["x"]}, ["/transactionUUIDs/0"]),
        ("deleteLoyaltyTransactionsFromLedgers", {"scope": "AllSubledgers"}, []),
        ("deleteLoyaltyTransactionsFromLedgers", {"scope": "AllSubledgers", "subledgerIds": None}, []),
        ("deleteLoyaltyTransactionsFromLedgers", {"scope": "SelectedSubledgers", "subledgerIds": [""]}, []),
        ("deleteLoyaltyTransactionsFromLedgers", {"scope": "SelectedSubledgers"}, [""]),
        (
            "deleteLoyaltyTransactionsFromLedgers",
            {"scope": "SelectedSubledgers", "subledgerIds": None},
            ["/subledgerIds"],
        ),
        ("deleteLoyaltyTransactionsFromLedgers", {"scope": "Some"}, ["/scope"]),
        ("syncCatalog", {"actions": [{"type": "ADD_PRICE_ADJUSTMENT", "payload": {"anything": [1]}}]}, []),
        ("syncCatalog", {"actions": [{"type": "ADD_PRICE_ADJUSTMENT", "payload": 1}]}, ["/actions/0/payload"]),
        ("syncCatalog", {"actions": [{"type": "REMOVE", "payload": {}}]}, ["/actions/0/payload"]),
    ],
)
def test_what_prose_says_of_bodies(
    validators: Validators, operation: str, value: dict[str, Any], pointers: list[str]
) -> None:
    """Bodies keep to what their operations say in words, and the place of what is wrong is told."""
    body = validators.body(operation)

    assert body is not None
    assert pointers == sorted({error.pointer for error in body.errors(value)})


def test_memberships_may_be_null(validators: Validators) -> None:
    """The loyalty memberships of a profile may be null, and nothing else of it."""
    profile = {"id": 1, "created": "2026-05-01T00:00:00Z", "integrationId": "p", "attributes": {}, "accountId": 1}
    profile |= {"closedSessions": 0, "totalSales": 0, "lastActivity": "2026-05-01T00:00:00Z"}
    validator = validators.schema({"$ref": "#/components/schemas/CustomerProfile"})

    assert validator.is_valid({**profile, "loyaltyMemberships": None})
    assert not validator.is_valid({**profile, "audienceMemberships": None})
