"""The documents state every wire fact of their edition, and no other: they are held to the tables in ``wire/``.

The tables are facts taken from the sources: operations with their bodies and answers, parameters, and properties, each
with its type and bounds in a notation that :func:`notation` writes from a schema. They are compared row by row, as
text, in both directions. What a document has beyond its table is listed here, each with its reason.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.contract import Contract, Response, read_contract
from talonproof.contract.structure import Kind, children

WIRE = Path(__file__).parent / "wire"
OPENAPI = Path(__file__).parents[3] / "openapi"
EDITIONS = ("2025-01", "2026-05")

MORE_SCHEMAS = {
    "AddItemCatalogAction": "the payload of a type, where the table has one free object for all",
    "PatchItemCatalogAction": "the payload of a type",
    "PatchManyItemsCatalogAction": "the payload of a type",
    "RemoveItemCatalogAction": "the payload of a type",
    "RemoveManyItemsCatalogAction": "the payload of a type",
    "CatalogActionFilter": "what two of the payloads hold",
}
MORE_STATUSES: Mapping[str, Mapping[tuple[str, int], str]] = {
    "2025-01": {},
    "2026-05": {
        ("updateCustomerProfilesV2", 204): "the prose of silent=yes; T1 lists it",
        ("trackEventV2", 204): "the prose of silent=yes; T1 lists it",
    },
}
MORE_NULLS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "2025-01": {},
    "2026-05": {("CustomerProfile", "loyaltyMemberships"): "an array by its type, always null by its text"},
}
MORE_KEYWORDS: Mapping[str, Mapping[tuple[str, str], str]] = {
    "2025-01": {("CatalogAction", "oneOf"): "the payload goes by the type"},
    "2026-05": {
        ("CatalogAction", "oneOf"): "the payload goes by the type",
        ("ActivateLoyaltyPoints", "oneOf"): "exactly one of its two properties, says the prose",
        ("DeleteLoyaltyTransactionsRequest", "oneOf"): "selected ledgers are to be named, says the prose",
    },
}

WRITTEN = {
    "type", "format", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "pattern",
    "enum", "default", "items", "additionalProperties", "properties", "required", "$ref",
}  # fmt: skip
"""The keywords that a table can tell of."""


def rows(edition: str, table: str) -> list[list[str]]:
    """The rows of a table, without their head."""
    with (WIRE / edition / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


@pytest.fixture(scope="module", params=EDITIONS)
def contract(request: pytest.FixtureRequest) -> Contract:
    """The contract of each edition."""
    return read_contract(OPENAPI / request.param / "integration-api.yaml", edition=request.param)


def schemas(contract: Contract) -> dict[str, dict[str, Any]]:
    """The schemas that a table tells of."""
    named = contract.document["components"]["schemas"]
    return {name: schema for name, schema in named.items() if name not in MORE_SCHEMAS}


def test_operations(contract: Contract) -> None:
    """Each operation has its method, path, body and answers."""
    more = MORE_STATUSES[contract.edition]
    found = {
        operation.id: [
            operation.method,
            operation.path,
            name(operation.body),
            "; ".join(
                f"{status}: {answer(response)}"
                for status, response in sorted(operation.responses.items())
                if (operation.id, status) not in more
            ),
        ]
        for operation in contract.operations.values()
    }

    assert {row[0]: row[1:] for row in rows(contract.edition, "operations")} == found
    assert all(status in contract.operation(operation).responses for operation, status in more)


def test_bodies_are_required(contract: Contract) -> None:
    """Where there is a body, it cannot be left out."""
    assert [] == [o.id for o in contract.operations.values() if (o.body is not None) is not o.body_required]


def test_parameters(contract: Contract) -> None:
    """Each parameter has its place, type, bounds and style."""
    found = {
        (operation.id, parameter.name): [
            parameter.location,
            "yes" if parameter.required else "no",
            notation(parameter.schema),
            f"{parameter.style}/{parameter.explode}" if parameter.schema["type"] == "array" else "",
        ]
        for operation in contract.operations.values()
        for parameter in operation.parameters
    }

    assert {(row[0], row[1]): row[2:] for row in rows(contract.edition, "parameters")} == found


def test_schemas(contract: Contract) -> None:
    """Each property has its type and bounds, and is required or not."""
    found = {
        (schema_name, property_name): row
        for schema_name, schema in schemas(contract).items()
        for property_name, row in properties(schema)
    }
    for place in MORE_NULLS[contract.edition]:
        assert found[place][1].endswith(" nullable")
        found[place][1] = found[place][1].removesuffix(" nullable")

    assert {(row[0], row[1]): row[2:] for row in rows(contract.edition, "schemas")} == found


def test_no_schema_says_more(contract: Contract) -> None:
    """No schema has a keyword that a table cannot tell of, but for those listed."""
    found = {
        (schema_name, keyword)
        for schema_name, schema in schemas(contract).items()
        for node in nodes(schema)
        for keyword in node
        if keyword not in WRITTEN and keyword != "description"
    }

    assert set(MORE_KEYWORDS[contract.edition]) == found


def test_the_schemas_beside_the_tables_are_used(contract: Contract) -> None:
    """Every schema that the tables do not have is there, by the name it has in the other edition."""
    assert set(MORE_SCHEMAS) == set(contract.document["components"]["schemas"]) - set(schemas(contract))


def properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The rows of a schema; one that is no object with properties has a single one, for the whole."""
    if "properties" not in schema:
        yield "(whole)", ["", notation(schema)]
    for property_name, inner in schema.get("properties", {}).items():
        yield property_name, ["yes" if property_name in schema.get("required", ()) else "no", notation(inner)]


def nodes(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema and the schemas in it, but not those that only spell out an alternative."""
    yield schema
    kind: Kind = "schema"
    for path, inner, _ in children(schema, kind):
        if path[0] != "oneOf":
            yield from nodes(inner)


def name(schema: Mapping[str, Any] | None) -> str:
    """The name of a schema that is only referred to; nothing where there is none."""
    return "" if schema is None else notation(schema)


def answer(response: Response) -> str:
    """The body of an answer."""
    return "empty" if response.schema is None else notation(response.schema)


def notation(schema: Mapping[str, Any]) -> str:
    """A schema as the tables write it.

    ``integer(int64) 1..1000 default 50`` · ``string 4..108 chars /^[a-z]+$/`` · ``[string one of a|b] 0..5 items`` ·
    ``{string: AdditionalCost}`` · the name of another schema.
    """
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix("#/components/schemas/")
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    kind = next(kind for kind in kinds if kind != "null")
    words = [_kind(kind, schema)]
    words += _bounds(schema, "minimum", "maximum", "", least="")
    words += _bounds(schema, "minLength", "maxLength", " chars", least="0")
    words += _bounds(schema, "minItems", "maxItems", " items", least="0")
    words += ["unique"] if schema.get("uniqueItems") else []
    words += [f"/{schema['pattern']}/"] if "pattern" in schema else []
    words += [f"one of {'|'.join(schema['enum'])}"] if "enum" in schema else []
    words += [f"default {_literal(schema['default'])}"] if "default" in schema else []
    words += ["nullable"] if "null" in kinds else []
    return " ".join(words)


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"[{notation(schema['items'])}]"
    if kind == "object" and "additionalProperties" in schema:
        return f"{{string: {notation(schema['additionalProperties'])}}}"
    return f"{kind}({schema['format']})" if "format" in schema else kind


def _bounds(schema: Mapping[str, Any], lower: str, upper: str, unit: str, *, least: str) -> list[str]:
    if lower not in schema and upper not in schema:
        return []
    return [f"{_number(schema.get(lower, least))}..{_number(schema.get(upper, ''))}{unit}"]


def _number(value: object) -> str:
    return str(int(value)) if isinstance(value, float) else str(value)


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
