"""A contract gives the operations of a document, and says where a document lacks what they need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.contract import Contract, Operation, Parameter, Response, read_contract
from talonproof.errors import ConfigError, DocumentError

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
JSON = "application/json"


def contract(paths: Any, **components: Any) -> Contract:
    """The contract of a document with these paths and components."""
    document = {"openapi": "3.1.0", "paths": paths, "components": components}
    return Contract.from_document(document, edition="test", source="api.yaml")


def parameter(name: str, location: str, schema: dict[str, Any], style: str, *, required: bool = False) -> Parameter:
    """A parameter whose lists are not exploded."""
    return Parameter(name, location, required=required, schema=schema, style=style, explode=False)


def only(operation: dict[str, Any], **components: Any) -> Operation:
    """The one operation of a document."""
    (found,) = contract({"/a/{id}": {"put": operation}}, **components).operations.values()
    return found


class TestOperation:
    """What is known of one operation."""

    def test_all_of_it(self) -> None:
        """An operation knows its path, parameters, body and answers, with references followed."""
        found = only(
            {
                "operationId": "putA",
                "summary": "Put it",
                "parameters": [
                    {"$ref": "#/components/parameters/id"},
                    {"name": "tag", "in": "query", "schema": {"type": "array"}, "style": "form", "explode": False},
                ],
                "requestBody": {"$ref": "#/components/requestBodies/a"},
                "responses": {
                    "200": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/A"}}}},
                    "204": {"description": "done"},
                    "4XX": {"content": {"text/plain": {}}},
                    "default": {"$ref": "#/components/responses/other"},
                },
            },
            parameters={"id": ID},
            requestBodies={"a": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}},
            responses={"other": {"content": {"application/problem+json": {"schema": {"title": "problem"}}}}},
            schemas={"A": {"type": "object"}},
        )

        assert ("putA", "PUT", "/a/{id}", "Put it") == (found.id, found.method, found.path, found.summary)
        assert (parameter("id", "path", {"type": "string"}, "simple", required=True),) == found.path_parameters
        assert (parameter("tag", "query", {"type": "array"}, "form"),) == found.query_parameters
        assert ({"type": "object"}, True) == (found.body, found.body_required)
        assert {
            200: Response(200, {"$ref": "#/components/schemas/A"}, (JSON,)),
            204: Response(204, None, ()),
        } == found.responses
        assert frozenset({200, 204}) == found.success
        assert Response(0, None, ("text/plain",)) == found.response(404)
        assert Response(0, {"title": "problem"}, ("application/problem+json",)) == found.response(500)

    def test_defaults(self) -> None:
        """Lists in the query are repeated unless the document says otherwise; nothing is required by itself."""
        found = only({"parameters": [ID, {"name": "q", "in": "query"}, {"name": "h", "in": "header"}], "responses": {}})

        assert [("simple", False), ("form", True), ("simple", False)] == [
            (p.style, p.explode) for p in found.parameters
        ]
        assert (None, False, None) == (found.body, found.body_required, found.response(200))
        assert "put /a/{id}" == found.id

    def test_parameters_of_the_path(self) -> None:
        """Parameters of a path belong to each of its operations, which may state them anew."""
        paths = {
            "/a/{id}": {
                "parameters": [ID, {"name": "q", "in": "query", "schema": {"type": "string"}}],
                "get": {"operationId": "a"},
                "put": {
                    "operationId": "b",
                    "parameters": [{"name": "q", "in": "query", "schema": {"type": "integer"}}],
                },
            }
        }
        found = contract(paths).operations

        assert [{"type": "string"}, {"type": "string"}] == [p.schema for p in found["a"].parameters]
        assert [{"type": "string"}, {"type": "integer"}] == [p.schema for p in found["b"].parameters]

    def test_parameter_by_media_type(self) -> None:
        """A parameter may be described by a media type instead of a schema."""
        parameter = {"name": "filter", "in": "query", "content": {JSON: {"schema": {"type": "object"}}}}
        (found,) = only({"parameters": [parameter]}).parameters

        assert ("content", {"type": "object"}) == (found.style, found.schema)

    def test_json_is_chosen(self) -> None:
        """Of several media types of a body that of JSON counts, with or without parameters."""
        content = {"text/csv": {"schema": {"a": 1}}, "application/json; charset=utf-8": {"schema": {"b": 2}}}

        assert {"b": 2} == only({"requestBody": {"content": content}}).body

    def test_boolean_schemas(self) -> None:
        """True is the schema that allows everything, false the one that allows nothing."""
        assert {} == only({"requestBody": {"content": {JSON: {"schema": True}}}}).body
        assert {"not": {}} == only({"requestBody": {"content": {JSON: {"schema": False}}}}).body


class TestLookingUp:
    """Operations and schemas are found by name."""

    CONTRACT = contract(
        {"/a": {"get": {"operationId": "getSession"}}, "x-ours": 1},
        schemas={
            "A": {"$ref": "#/components/schemas/B~1C"},
            "B/C": {"type": "object"},
            "L": {"$ref": "#/components/schemas/L"},
        },
    )

    def test_closest_operation(self) -> None:
        """An unknown operation is answered with the closest one."""
        assert "getSession" == self.CONTRACT.operation("getSession").id
        with pytest.raises(ConfigError, match="did you mean getSession"):
            self.CONTRACT.operation("getSesion")

    def test_closest_schema(self) -> None:
        """An unknown schema is answered with the closest ones."""
        assert {"type": "object"} == self.CONTRACT.schema("B/C")
        with pytest.raises(ConfigError, match="there is no schema AA"):
            self.CONTRACT.schema("AA")

    def test_resolve(self) -> None:
        """References are followed until there is none."""
        assert {"type": "object"} == self.CONTRACT.resolve({"$ref": "#/components/schemas/A"})
        assert {"type": "string"} == self.CONTRACT.resolve({"type": "string"})

    @pytest.mark.parametrize("ref", ["#/components/schemas/L", "#/components/schemas/X", "other.yaml"])
    def test_resolve_what_leads_nowhere(self, ref: str) -> None:
        """Circles, gaps and other files are errors, never a loop."""
        with pytest.raises(DocumentError):
            self.CONTRACT.resolve({"$ref": ref})


@pytest.mark.parametrize(
    ("paths", "pointer", "message"),
    [
        ([], "/paths", "an object"),
        ({"a": {}}, "/paths/a", "does not begin with a slash"),
        ({"/a": {"get": []}}, "/paths/~1a/get", "an object"),
        ({"/a": {"get": {"parameters": {}}}}, "/paths/~1a/get/parameters", "a list"),
        ({"/a": {"get": {"parameters": [{"in": "query"}]}}}, "/paths/~1a/get/parameters/0", "needs a name"),
        (
            {"/a": {"parameters": [{"name": "q", "in": "querry"}]}},
            "/paths/~1a/parameters/0/in",
            "did you mean query",
        ),
        ({"/a": {"get": {"parameters": [{"name": "q", "in": ["query"]}]}}}, "/paths/~1a/get/parameters/0/in", "is in"),
        ({"/a": {"get": {"responses": {"ok": {}}}}}, "/paths/~1a/get/responses/ok", "'ok' is no status"),
        ({"/a": {"get": {"responses": {"200": "ok"}}}}, "/paths/~1a/get/responses/200", "an object"),
        (
            {"/a": {"get": {"requestBody": {"content": {JSON: {"schema": []}}}}}},
            "/paths/~1a/get/requestBody/content/application~1json/schema",
            "a schema is an object",
        ),
        (
            {"/a": {"get": {"operationId": "x"}, "put": {"operationId": "x"}}},
            "/paths/~1a/put/operationId",
            "already that of GET /a",
        ),
    ],
)
def test_what_is_no_operation(paths: Any, pointer: str, message: str) -> None:
    """What an operation cannot be made of is named with its place."""
    with pytest.raises(DocumentError, match=message) as caught:
        contract(paths)

    assert ("api.yaml", pointer) == (caught.value.file, caught.value.pointer)


def test_no_paths() -> None:
    """A document without paths has no operations to test."""
    with pytest.raises(DocumentError, match="no paths"):
        Contract.from_document({"openapi": "3.1.0"}, edition="test", source="api.yaml")


def test_the_line_of_an_error(tmp_path: Path) -> None:
    """If the document came from a file, an error names the line."""
    path = tmp_path / "api.yaml"
    path.write_text("openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        fine: {}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="'fine' is no status") as caught:
        read_contract(path, edition="test")

    assert 6 == caught.value.line


def test_order_and_edition() -> None:
    """Operations stand in the order of the document, and cannot be changed."""
    found = contract(
        {"/b": {"put": {"operationId": "z"}, "get": {"operationId": "y"}}, "/a": {"get": {"operationId": "x"}}}
    )

    assert ("test", ["z", "y", "x"]) == (found.edition, list(found.operations))
    with pytest.raises(TypeError):
        found.operations["x"] = found.operations["y"]  # type: ignore[index]
