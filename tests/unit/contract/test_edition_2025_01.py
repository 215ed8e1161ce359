"""The document of the edition says what it should, and our reading of it is that of anybody's JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
import referencing.jsonschema
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.document import load, parse
from talonproof.contract.validators import Validators

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
PATH = Path(__file__).parents[3] / "openapi" / "2025-01" / "integration-api.yaml"
RAW: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
METHODS = ("get", "put", "post", "delete")
CATALOG = {
    "ADD": {
        "sku": "A",
        "price": 1.5,
        "attributes": {"size": 45},
        "product": {"name": "shirt"},
        "replaceIfExists": True,
    },
    "PATCH": {"sku": "A", "createIfNotExists": False},
    "PATCH_MANY": {"price": 2, "filters": [{"attr": "size", "op": "GT", "value": "45"}]},
    "REMOVE": {"sku": "A"},
    "REMOVE_MANY": {},
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of the edition."""
    return read_contract(PATH, edition="2025-01")


@pytest.fixture(scope="module")
def validators(contract: Contract) -> Validators:
    """Its validators."""
    return Validators(contract)


def raw_operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation, as they stand in the file."""
    for path, item in RAW["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def follow(value: dict[str, Any]) -> dict[str, Any]:
    """What a reference of the raw document leads to, by the simplest means."""
    while "$ref" in value:
        here: Any = RAW
        for part in value["$ref"].removeprefix("#/").split("/"):
            here = here[part]
        value = here
    return value


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, whatever it is."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def raw_validator(schema: dict[str, Any]) -> Any:
    """The library ``jsonschema`` alone, on the raw document, with its own patterns and its own formats."""
    registry: Any = referencing.Registry().with_resource(
        "urn:raw", referencing.Resource(RAW, referencing.jsonschema.DRAFT202012)
    )
    local = {"$ref": f"urn:raw{schema['$ref']}"} if "$ref" in schema else schema
    checker = jsonschema.FormatChecker(["date-time"])
    return jsonschema.Draft202012Validator(local, registry=registry, format_checker=checker)


class TestReadingIt:
    """The loader gives what the file says."""

    def test_loading_changes_nothing(self) -> None:
        """The bundled document is the file, as a reader of YAML 1.1 has it too."""
        assert RAW == load(PATH) == parse(PATH.read_text(encoding="utf-8"), "api.yaml")

    def test_operations(self, contract: Contract) -> None:
        """Every operation of the file is there, with its method, path, parameters, body and statuses."""
        expected = [
            (
                operation["operationId"],
                method.upper(),
                path,
                [
                    (p["name"], p["in"], p.get("required", False), p["schema"])
                    for p in map(follow, operation.get("parameters", []))
                ],
                operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema"),
                {
                    int(status): follow(response).get("content", {}).get("application/json", {}).get("schema")
                    for status, response in operation["responses"].items()
                },
            )
            for path, method, operation in raw_operations()
        ]
        found = [
            (
                operation.id,
                operation.method,
                operation.path,
                [(p.name, p.location, p.required, p.schema) for p in operation.parameters],
                operation.body,
                {status: response.schema for status, response in operation.responses.items()},
            )
            for operation in contract.operations.values()
        ]

        assert expected == found

    def test_every_schema_compiles(self, contract: Contract, validators: Validators) -> None:
        """Every schema of the document is one, and has a fast validator."""
        compiled = [
            validators.schema({"$ref": f"#/components/schemas/{name}"}) for name in RAW["components"]["schemas"]
        ]
        compiled += [
            validators.schema(p.schema) for operation in contract.operations.values() for p in operation.parameters
        ]

        assert all(validator._fast is not None for validator in compiled)


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(
        ["", "a", "A_1-b", "é", "open", "active", "ab#", "x" * 51, "x" * 1001, "2024-05-29T15:04:05Z"]
    ),
    "integer": st.sampled_from([0, 1, -1, 1_000_000, 2.0]),
    "number": st.sampled_from([0, 0.5, -3, 1e6]),
    "boolean": st.booleans(),
}
WRONG = st.sampled_from([None, "x", 1.5, -1, True, [], {}, [None], {"a": None}])


def instances(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that are roughly what a schema of the document asks for, right in some places and wrong in others."""
    schema = follow(schema)
    kind = schema.get("type", "object")
    if depth > 3 or isinstance(kind, list):
        return WRONG
    if "enum" in schema:
        right: st.SearchStrategy[Any] = st.sampled_from(schema["enum"])
    elif kind == "array":
        right = st.lists(st.deferred(lambda: instances(schema["items"], depth + 1)), max_size=2)
    elif kind == "object":
        inner = {
            name: st.deferred(lambda s=s: instances(s, depth + 1)) for name, s in schema.get("properties", {}).items()
        }
        required = {name: inner[name] for name in schema.get("required", ())}
        right = st.fixed_dictionaries(required, optional={k: v for k, v in inner.items() if k not in required})
    elif schema.get("format") == "date-time":
        right = st.sampled_from(["2024-05-29T15:04:05Z", "2024-05-29", "2024-05-29T15:04:05+07:00", "now"])
    else:
        right = SCALARS[kind]
    return st.integers(0, 9).flatmap(lambda n: WRONG if n == 0 else right)


@settings(UNHURRIED, max_examples=200)
@given(data=st.data())
def test_jsonschema_alone_agrees(validators: Validators, data: st.DataObject) -> None:
    """On every schema of the raw document ``jsonschema`` alone comes to our verdict."""
    name = data.draw(st.sampled_from(sorted(RAW["components"]["schemas"])), label="schema")
    ref = {"$ref": f"#/components/schemas/{name}"}
    value = data.draw(instances(ref), label="value")

    assert raw_validator(ref).is_valid(value) is validators.schema(ref).is_valid(value)


class TestWhatItSays:
    """The file says what a reader needs."""

    def test_says_what_it_is(self) -> None:
        """The document names its edition, and says that it is nobody's official one."""
        assert "2025-01" == RAW["info"]["version"]
        assert "It is not the vendor's document" in " ".join(RAW["info"]["description"].split())

    def test_everything_is_described(self) -> None:
        """Every operation, parameter, answer, schema and property has a sentence."""
        bare = [operation["operationId"] for _, _, operation in raw_operations() if not operation["description"]]
        for _, _, operation in raw_operations():
            parts = [*operation.get("parameters", []), *operation["responses"].values()]
            bare += [operation["operationId"] for part in parts if not follow(part).get("description")]
        for name, schema in RAW["components"]["schemas"].items():
            bare += [name] if not schema.get("description") else []
            bare += [f"{name}.{p}" for p, s in schema.get("properties", {}).items() if not s.get("description")]

        assert [] == bare

    def test_tags(self) -> None:
        """Every operation has one of the tags that the document explains, and every tag is used."""
        used = {tag for _, _, operation in raw_operations() for tag in operation["tags"]}

        assert {tag["name"] for tag in RAW["tags"]} == used

    def test_names_no_server(self) -> None:
        """The document never points at somebody's server."""
        assert ["/"] == [server["url"] for server in RAW["servers"]]

    def test_authentication(self) -> None:
        """Every operation needs the key, in a header, and answers 401 without."""
        scheme = RAW["components"]["securitySchemes"]["api_key_v1"]

        assert [{"api_key_v1": []}] == RAW["security"]
        assert ("apiKey", "header", "Authorization") == (scheme["type"], scheme["in"], scheme["name"])
        assert all(
            "401" in operation["responses"] and "security" not in operation for _, _, operation in raw_operations()
        )

    def test_silence_has_no_body(self, contract: Contract) -> None:
        """Where silence is the default there is an answer without a body."""
        silent = [o for o in contract.operations.values() if any(p.name == "silent" for p in o.query_parameters)]

        assert ["updateCustomerProfilesV2", "trackEventV2", "createReferralsForMultipleAdvocates"] == [
            o.id for o in silent
        ]
        assert all(o.responses[204].schema is None for o in silent)

    def test_nothing_may_be_null(self) -> None:
        """No schema of this edition allows null."""
        nullable = [node for node in nodes(RAW) if "null" in node.get("type", ()) or "nullable" in node]

        assert [] == nullable

    def test_lists_of_the_query_are_repeated(self, contract: Contract) -> None:
        """The lists in the query are written as repeated parameters."""
        lists = [p for o in contract.operations.values() for p in o.query_parameters if p.schema.get("type") == "array"]

        assert {("subledgerId", "form", True)} == {(p.name, p.style, p.explode) for p in lists}


class TestCatalogActions:
    """The type of an action decides on its payload."""

    @pytest.mark.parametrize("kind", CATALOG)
    def test_payload_of_a_type(self, validators: Validators, kind: str) -> None:
        """Each type has a payload of its own."""
        body = validators.body("syncCatalog")

        assert body is not None
        assert () == body.errors({"actions": [{"type": kind, "payload": CATALOG[kind]}]})

    @pytest.mark.parametrize(
        ("kind", "payload", "pointer"),
        [
            ("ADD", {"price": 1}, "/actions/0/payload"),
            ("PATCH", {}, "/actions/0/payload"),
            ("REMOVE", {}, "/actions/0/payload"),
            ("ADD", {"sku": "A", "product": {}}, "/actions/0/payload/product"),
            ("PATCH_MANY", {"filters": [{"attr": "a", "op": "NE", "value": 1}]}, "/actions/0/payload/filters/0/op"),
            ("REMOVE_MANY", {"filters": {}}, "/actions/0/payload/filters"),
            ("MOVE", {}, "/actions/0/type"),
        ],
    )
    def test_wrong_payload(self, validators: Validators, kind: str, payload: object, pointer: str) -> None:
        """The one error of a wrong action is that of the payload its type asks for."""
        body = validators.body("syncCatalog")

        assert body is not None
        assert [pointer] == [error.pointer for error in body.errors({"actions": [{"type": kind, "payload": payload}]})]


def test_sources_are_a_table() -> None:
    """Every source has a row: key, what it is, address, edition, rank, and what it is good for."""
    lines = (PATH.parents[1] / "SOURCE.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    keys = [row[0] for row in rows[1:]]

    assert ["key", "what it is", "address", "edition or date", "rank", "good for"] == rows[0]
    assert len(keys) == len(set(keys))
    assert all(len(row) == 6 and all(row) and row[4] in {"A", "B", "C"} for row in rows[1:])
