"""What a document of somebody's own says of keys, of directions, and whether its schemas are any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.directions import seen_as
from talonproof.contract.security import Demand, demands
from talonproof.contract.sound import check_schemas
from talonproof.contract.validators import Validators
from talonproof.errors import DocumentError
from talonproof.workspace import find_workspace

HEADER = {"type": "apiKey", "in": "header", "name": "X-Key"}
BEARER = {"type": "http", "scheme": "Bearer"}
BASIC = {"type": "http", "scheme": "basic"}
QUERY = {"type": "apiKey", "in": "query", "name": "key"}


def contract(**members: Any) -> Contract:
    """A document of one operation."""
    node = {"operationId": "a", "responses": {}, **members.pop("operation", {})}
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": node}}, **members}
    return Contract.from_document(document, edition="x", source="x")


def wanted(security: Any, **schemes: Any) -> Demand:
    """What the operation of such a document wants."""
    return demands(contract(security=security, components={"securitySchemes": schemes}))["a"]


def test_a_document_without_security_wants_nothing() -> None:
    """Schemes that nothing asks for do not count."""
    assert Demand({}) == demands(contract(components={"securitySchemes": {"k": HEADER}}))["a"]


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [
        (HEADER, {"x-key": ""}),
        (BEARER, {"authorization": "Bearer "}),
        ({"type": "oauth2", "flows": {}}, {"authorization": "Bearer "}),
        ({"type": "apiKey", "in": "header", "name": "Authorization"}, {"authorization": ""}),
        (
            {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`ApiKey-v1` and the key"},
            {"authorization": "ApiKey-v1 "},
        ),
    ],
)
def test_a_key_goes_into_a_header(scheme: Any, headers: dict[str, str]) -> None:
    """Each scheme that one header can meet says what stands before the key."""
    assert Demand(headers, optional=False) == wanted([{"k": []}], k=scheme)


@pytest.mark.parametrize("scheme", [BASIC, QUERY])
def test_what_no_header_can_meet(scheme: Any) -> None:
    """It is said, with the name of the scheme."""
    found = wanted([{"k": []}], k=scheme)

    assert ({}, False) == (found.headers, found.optional)
    assert "scheme k is neither" in found.problem


def test_the_first_alternative_that_can_be_met_is_taken() -> None:
    """Of alternatives any will do, all schemes of one are needed, and an empty one makes the key optional."""
    assert Demand({"x-key": ""}, optional=False) == wanted([{"q": []}, {"k": []}], q=QUERY, k=HEADER)
    assert Demand({"x-key": "", "authorization": "Bearer "}, optional=False) == wanted(
        [{"k": [], "b": []}], k=HEADER, b=BEARER
    )
    assert Demand({"x-key": ""}, optional=True) == wanted([{"k": []}, {}], k=HEADER)
    assert Demand({}, optional=True) == wanted([{"q": []}, {}], q=QUERY)


def test_an_operation_may_want_something_else() -> None:
    """What the operation says counts before what the document says; an empty list opens it."""
    schemes = {"securitySchemes": {"k": HEADER, "b": BEARER}}
    own = contract(operation={"security": [{"b": []}]}, security=[{"k": []}], components=schemes)
    opened = contract(operation={"security": []}, security=[{"k": []}], components=schemes)

    assert {"authorization": "Bearer "} == demands(own)["a"].headers
    assert Demand({}) == demands(opened)["a"]


@pytest.mark.parametrize("edition", ["2025-01", "2026-05"])
def test_this_api_wants_its_own_prefix(edition: str) -> None:
    """By the bundled documents every operation wants the key as this API has it."""
    read = read_contract(find_workspace().contract_file(edition), edition=edition)

    assert {("authorization", "ApiKey-v1 ")} == {i for found in demands(read).values() for i in found.headers.items()}


def test_each_direction_has_what_it_must_hold() -> None:
    """A call need not hold what is readOnly, an answer not what is writeOnly, in place or behind a reference."""
    schema = {
        "type": "object",
        "required": ["id", "password", "name"],
        "properties": {"id": {"$ref": "#/components/schemas/Id"}, "password": {"writeOnly": True}, "name": {}},
    }
    told = {"content": {"application/json": {"schema": schema}}}
    both = contract(
        operation={"requestBody": told, "responses": {"200": {"description": "", **told}}},
        components={"schemas": {"Id": {"type": "integer", "readOnly": True}}},
    )

    call, answer = (Validators(seen_as(both, direction)) for direction in ("call", "answer"))

    body, response = call.body("a"), answer.response("a", 200)
    assert body is not None
    assert response is not None
    assert ["password"] == [e.expected for e in body.errors({"name": 1})]
    assert ["id"] == [e.expected for e in response.errors({"name": 1})]
    assert ["name"] == [e.expected for e in response.errors({"id": 1})]


def test_a_document_without_directions_stays_as_it_is() -> None:
    """There is nothing to do, and nothing is done."""
    plain = contract()

    assert plain is seen_as(plain, "answer")


def test_what_is_no_schema_is_found(tmp_path: Path) -> None:
    """The error has file, line and pointer, wherever the schema stands."""
    file = tmp_path / "a.yaml"
    file.write_text(
        "openapi: 3.1.0\npaths: {}\ncomponents:\n  schemas:\n    A:\n      properties:\n        b:\n"
        "          minLength: -1\n"
    )

    with pytest.raises(DocumentError) as caught:
        check_schemas(read_contract(file, edition="x"))

    assert f"{file}:8 at /components/schemas/A/properties/b/minLength: not a schema: " in str(caught.value)


@pytest.mark.parametrize("edition", ["2025-01", "2026-05"])
def test_the_bundled_documents_are_sound(edition: str) -> None:
    """Every schema in them is one."""
    check_schemas(read_contract(find_workspace().contract_file(edition), edition=edition))
