"""The facts of a document as the rows of tables, and how they differ from the tables in ``wire/``.

The tables are facts taken from the sources: operations with their bodies and answers, parameters, and properties, each
with its type and bounds in a notation that :func:`notation` writes from a schema. They are compared row by row, as
text, in both directions. What a document has beyond its tables is listed here, each with its reason; anything else
that is not a description is a difference.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from talonproof.contract.contract import Contract, Response
from talonproof.contract.structure import Kind, children

WIRE = Path(__file__).parent / "wire"
EDITIONS = ("2025-01", "2026-05")
HEADS = {
    "operations": ["operationId", "method", "path", "request body", "responses (status: body)"],
    "parameters": ["operationId", "name", "in", "required", "type and bounds", "style/explode"],
    "schemas": ["schema", "property", "required", "type and bounds"],
}
"""The tables of an edition, and their columns."""

Rows = list[list[str]]
Found = dict[str, dict[tuple[str, ...], list[str]]]

KEYS = {"operations": 1, "parameters": 2, "schemas": 2}
"""How many columns name a row."""

MORE_STATUSES: Mapping[str, Mapping[str, int]] = {
    "2025-01": {},
    "2026-05": {"updateCustomerProfilesV2": 204, "trackEventV2": 204},
}
"""What the prose of ``silent=yes`` says, and the table leaves out; a later source lists it."""

MORE_NULLS: Mapping[str, tuple[str, ...]] = {"2025-01": (), "2026-05": ("CustomerProfile", "loyaltyMemberships")}
"""An array by its type, always null by its text."""


def _payload(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"type": {"const": kind}, "payload": payload}}


_PAYLOADS = [
    _payload(kind, {"$ref": f"#/components/schemas/{name}CatalogAction"})
    for kind, name in {
        "ADD": "AddItem",
        "PATCH": "PatchItem",
        "PATCH_MANY": "PatchManyItems",
        "REMOVE": "RemoveItem",
        "REMOVE_MANY": "RemoveManyItems",
    }.items()
]
ALTERNATIVES: Mapping[str, Mapping[str, list[dict[str, Any]]]] = {
    "2025-01": {"CatalogAction": _PAYLOADS},
    "2026-05": {
        "CatalogAction": [*_PAYLOADS, _payload("ADD_PRICE_ADJUSTMENT", {"type": "object"})],
        "ActivateLoyaltyPoints": [{"required": ["transactionUUIDs"]}, {"required": ["sessionId"]}],
        "DeleteLoyaltyTransactionsRequest": [
            {"properties": {"scope": {"const": "AllSubledgers"}}},
            {
                "required": ["subledgerIds"],
                "properties": {"scope": {"const": "SelectedSubledgers"}, "subledgerIds": {"type": "array"}},
            },
        ],
    },
}
"""What a property depends on: a payload goes by its type, one of two is needed, ledgers are named where some are meant.

The tables have a free object for every payload; ``catalog_payloads.csv`` has the five that are stated.
"""

AUTHENTICATION = {"api_key_v1": {"type": "apiKey", "in": "header", "name": "Authorization"}}

_MAY_HAVE: Mapping[Kind, set[str]] = {
    "components": {"schemas", "parameters", "responses", "securitySchemes"},
    "path item": {"get", "put", "post", "delete"},
    "operation": {"operationId", "tags", "summary", "description", "parameters", "requestBody", "responses"},
    "parameter": {"$ref", "name", "in", "required", "description", "schema", "style", "explode"},
    "request body": {"description", "required", "content"},
    "response": {"$ref", "description", "content"},
    "media type": {"schema"},
}
"""The members of each kind of object that say nothing which the tables cannot tell."""


def tables(edition: str) -> dict[str, Rows]:
    """The tables of an edition, without their heads."""
    read = {name: _rows(WIRE / edition / f"{name}.csv", head) for name, head in HEADS.items()}
    read["schemas"] += _rows(WIRE / "catalog_payloads.csv", HEADS["schemas"])
    return read


def _rows(path: Path, head: list[str]) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        first, *rows = csv.reader(file)
    assert head == first
    return rows


def differences(stated: Mapping[str, Rows], found: Found) -> list[str]:
    """How the facts of a document differ from those of the tables, in both directions."""
    differing: list[str] = []
    for table, rows in stated.items():
        width = KEYS[table]
        expected = {tuple(row[:width]): row[width:] for row in rows}
        if len(expected) != len(rows):
            differing.append(f"{table}: a row twice")
        differing += [
            f"{table}: {' '.join(key)}: {expected.get(key)} is stated, {found[table].get(key)} found"
            for key in expected.keys() | found[table].keys()
            if expected.get(key) != found[table].get(key)
        ]
    return differing


def facts(contract: Contract) -> Found:
    """The facts of a document, table by table."""
    return {
        "operations": dict(_operations(contract)),
        "parameters": dict(_parameters(contract)),
        "schemas": dict(_schemas(contract)),
    }


def more(contract: Contract) -> list[str]:
    """What a document says that no table could tell, but for what is listed here with its reason."""
    document = contract.document
    components: Mapping[str, Any] = document["components"]
    found = list(_strange(document, "document", ""))
    if _plain(components["securitySchemes"]) != AUTHENTICATION or document["security"] != [{"api_key_v1": []}]:
        found.append("another way to authenticate")
    alternatives = {
        name: [_plain(alternative) for alternative in schema["oneOf"]]
        for name, schema in components["schemas"].items()
        if "oneOf" in schema
    }
    if alternatives != ALTERNATIVES[contract.edition]:
        found.append("other alternatives")
    return found


def _strange(node: Mapping[str, Any], kind: Kind, place: str) -> Iterator[str]:
    if kind in _MAY_HAVE:
        yield from (f"{place}: {name}" for name in sorted(node.keys() - _MAY_HAVE[kind]))
    if kind in {"request body", "response"}:
        yield from (f"{place}: {media}" for media in node.get("content", {}) if media != "application/json")
    for path, inner, inner_kind in children(node, kind):
        if inner_kind != "schema":
            yield from _strange(inner, inner_kind, "/".join([place, *map(str, path)]))


def _plain(value: Any) -> Any:
    """A value without what it says in words."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name != "description"}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _operations(contract: Contract) -> Iterator[tuple[tuple[str], list[str]]]:
    more_statuses = MORE_STATUSES[contract.edition]
    for operation in contract.operations.values():
        answers = {str(status): _answer(response) for status, response in sorted(operation.responses.items())}
        answers |= {status: _answer(response) for status, response in operation.others.items()}
        if operation.id in more_statuses:
            status = str(more_statuses[operation.id])
            answers[status] = "in the prose" if answers.get(status) == "empty" else "not as in the prose"
            answers = {key: value for key, value in answers.items() if value != "in the prose"}
        body = "" if operation.body is None else notation(operation.body)
        yield (
            (operation.id,),
            [
                operation.method,
                operation.path,
                body if operation.body_required is bool(body) else f"{body} required: {operation.body_required}",
                "; ".join(f"{status}: {answer}" for status, answer in answers.items()),
            ],
        )


def _answer(response: Response) -> str:
    return "empty" if response.schema is None else notation(response.schema)


def _parameters(contract: Contract) -> Iterator[tuple[tuple[str, str], list[str]]]:
    for operation in contract.operations.values():
        for parameter in operation.parameters:
            usual = parameter.style == {"path": "simple", "query": "form"}.get(parameter.location)
            styled = f"{parameter.style}/{parameter.explode}"
            plain = usual and parameter.explode is (parameter.location == "query")
            yield (
                (operation.id, parameter.name),
                [
                    parameter.location,
                    "yes" if parameter.required else "no",
                    notation(parameter.schema),
                    styled if parameter.schema.get("type") == "array" or not plain else "",
                ],
            )


def _schemas(contract: Contract) -> Iterator[tuple[tuple[str, str], list[str]]]:
    for name, schema in contract.document["components"]["schemas"].items():
        for property_name, row in _properties(schema):
            if (name, property_name) == MORE_NULLS[contract.edition]:
                row[1] = row[1].removesuffix(" nullable") if row[1].endswith(" nullable") else "not null, though stated"
            yield (name, property_name), row


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The rows of a schema; one that is no object with properties has a single one, for the whole."""
    if "properties" not in schema:
        yield "(whole)", ["", notation(schema)]
        return
    whole = {name: value for name, value in schema.items() if name not in {"properties", "required", "oneOf"}}
    if notation(whole) != "object":
        yield "(whole)", ["", notation(whole)]
    required = schema.get("required", ())
    for name in required:
        if name not in schema["properties"]:
            yield name, ["yes", ""]
    for name, inner in schema["properties"].items():
        yield name, ["yes" if name in required else "no", notation(inner)]


_KEYWORDS: Mapping[str, set[str]] = {
    "string": {"format", "minLength", "maxLength", "pattern"},
    "integer": {"format", "minimum", "maximum"},
    "number": {"format", "minimum", "maximum"},
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "object": {"additionalProperties"},
}
"""The keywords that the notation of a type can tell, beside those of all types."""


def notation(schema: Any) -> str:
    """A schema as the tables write it.

    ``integer(int64) 1..1000 default 50`` · ``string 4..108 chars /^[a-z]+$/`` · ``[string one of a|b] 0..5 items`` ·
    ``{string: AdditionalCost}`` · the name of another schema. A keyword that the tables have no notation for is told
    by its name, so that it is in none of them.
    """
    if not isinstance(schema, dict):
        return f"schema {schema}"
    if "$ref" in schema:
        return _with_rest(schema["$ref"].removeprefix("#/components/schemas/"), schema, {"$ref"})
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", ["anything"])
    kind = "|".join(kind for kind in kinds if kind != "null")
    words = [_kind(kind, schema)]
    words += _bounds(schema, "minimum", "maximum", "", least="")
    words += _bounds(schema, "minLength", "maxLength", " chars", least="0")
    words += _bounds(schema, "minItems", "maxItems", " items", least="0")
    words += ["unique"] if schema.get("uniqueItems") else []
    words += [f"/{schema['pattern']}/"] if "pattern" in schema else []
    words += [f"one of {'|'.join(map(_word, schema['enum']))}"] if "enum" in schema else []
    words += [f"default {_literal(schema['default'])}"] if "default" in schema else []
    words += ["nullable"] if "null" in kinds else []
    return _with_rest(" ".join(words), schema, {"type", "enum", "default", *_KEYWORDS.get(kind, ())})


def _with_rest(text: str, schema: Mapping[str, Any], told: set[str]) -> str:
    return " ".join([text, *(f"with {keyword}" for keyword in sorted(schema.keys() - told - {"description"}))])


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"[{notation(schema.get('items'))}]"
    if kind == "object" and "additionalProperties" in schema:
        return f"{{string: {notation(schema['additionalProperties'])}}}"
    return f"{kind}({schema['format']})" if "format" in schema else kind


def _bounds(schema: Mapping[str, Any], lower: str, upper: str, unit: str, *, least: str) -> list[str]:
    if lower not in schema and upper not in schema:
        return []
    return [f"{_number(schema.get(lower, least))}..{_number(schema.get(upper, ''))}{unit}"]


def _number(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _word(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
