"""A document may be in one file or in many, of OpenAPI 3.0 or 3.1; it comes out as one of 3.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.document import load
from talonproof.errors import DocumentError

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
SCHEMAS = HEAD + "paths: {}\ncomponents:\n  schemas:\n"


def write(folder: Path, **files: str) -> Path:
    """The files, with __ for a folder; the first one is the document."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / (next(iter(files)).replace("__", "/") + ".yaml")


def refused(path: Path) -> DocumentError:
    """The error with which a document is refused."""
    with pytest.raises(DocumentError) as caught:
        load(path)
    return caught.value


class TestOneFile:
    """A document in one file."""

    def test_comes_out_as_it_is(self, tmp_path: Path) -> None:
        """A 3.1 document in one file is not changed."""
        text = SCHEMAS + "    A: {properties: {a: {$ref: '#/components/schemas/A'}}}\n"

        assert {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {},
            "components": {"schemas": {"A": {"properties": {"a": {"$ref": "#/components/schemas/A"}}}}},
        } == load(write(tmp_path, api=text))

    def test_json(self, tmp_path: Path) -> None:
        """JSON is read as well, with a byte order mark if there is one."""
        path = tmp_path / "api.json"
        path.write_text("\ufeff" + json.dumps({"openapi": "3.1.1", "paths": {}}), encoding="utf-8")

        assert {"openapi": "3.1.1", "paths": {}} == load(path)

    def test_a_property_called_ref(self, tmp_path: Path) -> None:
        """Only what stands where a reference can stand is one: names and examples are left alone."""
        text = (
            SCHEMAS + "    A:\n      properties:\n        $ref: {type: string}\n"
            "      example: {$ref: 'nowhere.yaml'}\n      enum: [{$ref: '#/nowhere'}]\n"
        )

        assert {"$ref": {"type": "string"}} == load(write(tmp_path, api=text))["components"]["schemas"]["A"][
            "properties"
        ]

    @pytest.mark.parametrize(
        ("text", "line", "message"),
        [
            ("- a\n", None, "is an object"),
            ("info: {}\n", None, "does not say openapi"),
            ("info: {}\nswagger: '2.0'\n", 2, "swagger: 2.0"),
            ("info: {}\nopenapi: 3.2.0\n", 2, "openapi: 3.2.0"),
            ("openapi: 3.1\n", 1, "openapi: 3.1"),
        ],
    )
    def test_other_documents(self, tmp_path: Path, text: str, line: int | None, message: str) -> None:
        """Other versions, and what is no OpenAPI document at all, are refused where they say so."""
        error = refused(write(tmp_path, api=text))

        assert message in error.message
        assert line == error.line

    @pytest.mark.parametrize(
        ("ref", "message", "hint"),
        [
            ("'#/components/schemas/Sesion'", "leads nowhere", "did you mean Session?"),
            ("'#/component/schemas/Session'", "leads nowhere", "did you mean components?"),
            ("'#Session'", "anchor", ""),
            ("'https://example.com/api.yaml#/A'", "into the network", ""),
            ("'//example.com/api.yaml'", "into the network", ""),
            ("'apis.yaml'", "there is no such file", "did you mean api.yaml?"),
            ("7", "is a string", ""),
        ],
    )
    def test_bad_reference(self, tmp_path: Path, ref: str, message: str, hint: str) -> None:
        """A reference that leads nowhere is an error at its line, with the closest name."""
        schemas = f"    Session: {{}}\n    A:\n      items:\n        $ref: {ref}\n"
        error = refused(write(tmp_path, api=SCHEMAS + schemas))

        assert message in error.message
        assert hint in error.hint
        assert (str(tmp_path / "api.yaml"), 9) == (error.file, error.line)

    def test_circle(self, tmp_path: Path) -> None:
        """References that lead only to each other mean nothing."""
        schemas = "    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n"
        error = refused(write(tmp_path, api=SCHEMAS + schemas))

        assert "back to itself" in error.message
        assert 6 == error.line

    def test_no_file(self, tmp_path: Path) -> None:
        """A path that is not there is answered with the closest name beside it."""
        write(tmp_path, integration="")

        assert "did you mean integration.yaml?" == refused(tmp_path / "integraton.yaml").hint

    def test_no_text(self, tmp_path: Path) -> None:
        """What is not UTF-8 is named."""
        (tmp_path / "api.yaml").write_bytes(b"a: \xff\n")

        assert "not UTF-8 at byte 3" in refused(tmp_path / "api.yaml").message

    def test_a_folder(self, tmp_path: Path) -> None:
        """A folder is no document."""
        assert "cannot be read" in refused(tmp_path).message


class TestManyFiles:
    """A document in several files."""

    def test_schemas_become_components(self, tmp_path: Path) -> None:
        """A schema of another file is put under components, once, by its name; recursion stays a reference."""
        document = load(
            write(
                tmp_path,
                api=SCHEMAS
                + "    List: {items: {$ref: 'parts/tree.yaml#/Tree'}}\n    Root: {$ref: './parts/tree.yaml#/Tree'}\n",
                parts__tree="Tree:\n  properties:\n    leaf: {$ref: leaf.yaml}\n    inner: {$ref: '#/Tree'}\n",
                parts__leaf="type: string\nmaxLength: 3\n",
            )
        )

        assert {
            "List": {"items": {"$ref": "#/components/schemas/Root"}},
            "Root": {
                "properties": {
                    "leaf": {"$ref": "#/components/schemas/leaf"},
                    "inner": {"$ref": "#/components/schemas/Root"},
                }
            },
            "leaf": {"type": "string", "maxLength": 3},
        } == document["components"]["schemas"]

    def test_files_that_refer_to_each_other(self, tmp_path: Path) -> None:
        """Two files may lead into each other, and back into the document."""
        document = load(
            write(
                tmp_path,
                api=SCHEMAS + "    A: {items: {$ref: 'b.yaml#/B'}}\n",
                b="B: {items: {$ref: 'c.yaml#/C'}}\n",
                c="C: {anyOf: [{$ref: 'b.yaml#/B'}, {$ref: 'api.yaml#/components/schemas/A'}]}\n",
            )
        )

        assert {
            "A": {"items": {"$ref": "#/components/schemas/B"}},
            "B": {"items": {"$ref": "#/components/schemas/C"}},
            "C": {"anyOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/A"}]},
        } == document["components"]["schemas"]

    def test_names_never_collide(self, tmp_path: Path) -> None:
        """Schemas of the same name in several files stay apart."""
        document = load(
            write(
                tmp_path,
                api=SCHEMAS
                + "    A: {type: 'null'}\n    L:\n      allOf:\n"
                + "        - {$ref: 'b.yaml#/A'}\n        - {$ref: 'c.yaml#/x/A'}\n"
                + "        - {$ref: 'c.yaml#/x~1y z'}\n",
                b="A: {type: string}\n",
                c="x: {A: {type: integer}}\n'x/y z': {type: array}\n",
            )
        )

        assert {
            "A": {"type": "null"},
            "L": {
                "allOf": [
                    {"$ref": "#/components/schemas/A_2"},
                    {"$ref": "#/components/schemas/A_3"},
                    {"$ref": "#/components/schemas/x_y_z"},
                ]
            },
            "A_2": {"type": "string"},
            "A_3": {"type": "integer"},
            "x_y_z": {"type": "array"},
        } == document["components"]["schemas"]

    def test_everything_else_is_put_in_place(self, tmp_path: Path) -> None:
        """Paths, parameters, bodies, responses and examples of other files stand where they were referred to."""
        document = load(
            write(
                tmp_path,
                api=HEAD + "paths:\n  /a: {$ref: 'paths/a.yaml', summary: ours}\n",
                paths__a="get:\n  parameters: [{$ref: '../rest.yaml#/id'}]\n"
                "  requestBody: {$ref: '../rest.yaml#/body'}\n"
                "  responses: {'200': {$ref: '../rest.yaml#/ok'}}\n",
                rest="id: {name: id, in: query, schema: {type: string}}\n"
                "body: {content: {application/json: {schema: {$ref: '#/S'}}}}\n"
                "ok: {$ref: '#/fine'}\nfine: {description: fine}\nS: {type: object}\n",
            )
        )

        assert {
            "get": {
                "parameters": [{"name": "id", "in": "query", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}},
                "responses": {"200": {"description": "fine"}},
            },
            "summary": "ours",
        } == document["paths"]["/a"]
        assert {"schemas": {"S": {"type": "object"}}} == document["components"]

    def test_discriminators(self, tmp_path: Path) -> None:
        """The mapping of a discriminator leads inwards too; plain names stay names."""
        document = load(
            write(
                tmp_path,
                api=SCHEMAS
                + "    P:\n      oneOf: [{$ref: dog.yaml}]\n      discriminator:\n"
                + "        propertyName: kind\n        mapping:\n"
                + "          {dog: dog.yaml, cat: Cat, p: '#/components/schemas/P'}\n",
                dog="type: object\n",
            )
        )

        assert {
            "dog": "#/components/schemas/dog",
            "cat": "Cat",
            "p": "#/components/schemas/P",
        } == document["components"]["schemas"]["P"]["discriminator"]["mapping"]

    @pytest.mark.parametrize(
        ("ref", "file", "line", "message"),
        [
            ("b.yaml#/C", "api.yaml", 6, "leads nowhere"),
            ("b.yaml#/B", "b.yaml", 3, "there is no such file"),
            ("no.yaml", "api.yaml", 6, "no.yaml"),
        ],
    )
    def test_bad_reference(self, tmp_path: Path, ref: str, file: str, line: int, message: str) -> None:
        """A reference that leads nowhere is named with the file and line in which it stands."""
        error = refused(
            write(
                tmp_path,
                api=SCHEMAS + f"    A: {{$ref: '{ref}'}}\n",
                b="A: {}\nB:\n  items: {$ref: 'gone.yaml'}\n",
            )
        )

        assert message in error.message
        assert (str(tmp_path / file), line) == (error.file, error.line)

    def test_circle(self, tmp_path: Path) -> None:
        """References in another file that lead only to each other mean nothing either."""
        error = refused(write(tmp_path, api=SCHEMAS + "    A: {$ref: 'b.yaml#/A'}\n", b="A:\n  $ref: '#/A'\n"))

        assert "back to itself" in error.message
        assert (str(tmp_path / "api.yaml"), 6) == (error.file, error.line)

    def test_escaped_pointers(self, tmp_path: Path) -> None:
        """A pointer may be percent-encoded, as a fragment of a URI is, wherever it stands."""
        document = load(
            write(
                tmp_path,
                api=SCHEMAS + "    A B: {type: string}\n    L: {items: {$ref: '#/components/schemas/A%20B'}}\n"
                "    M: {$ref: 'b.yaml#/x%20y'}\n",
                b="x y: {items: {$ref: 'api.yaml#/components/schemas/A%20B'}}\n",
            )
        )

        assert {"items": {"$ref": "#/components/schemas/A%20B"}} == document["components"]["schemas"]["L"]
        assert {"items": {"$ref": "#/components/schemas/A%20B"}} == document["components"]["schemas"]["M"]

    def test_broken_file(self, tmp_path: Path) -> None:
        """A file that is referred to and is not YAML is named itself, with its own line."""
        error = refused(
            write(tmp_path, api=HEAD + "paths: {}\ncomponents: {schemas: {A: {$ref: b.yaml}}}\n", b="a: 1\nb: [\n")
        )

        assert str(tmp_path / "b.yaml") == error.file
        assert error.line is not None
        assert error.line >= 2

    def test_what_cannot_be_put_in_place(self, tmp_path: Path) -> None:
        """Outside of schemas a circle of references has no end."""
        error = refused(
            write(
                tmp_path,
                api=HEAD + "paths: {/a: {$ref: 'b.yaml#/a'}}\n",
                b="a:\n  get:\n    responses: {}\n    callbacks:\n      c:\n        '{$url}': {$ref: '#/a'}\n",
            )
        )

        assert "back to itself" in error.message
        assert (str(tmp_path / "b.yaml"), 6) == (error.file, error.line)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"nullable": True, "allOf": [{"type": "object"}]},
            {"anyOf": [{"allOf": [{"type": "object"}]}, {"type": "null"}]},
        ),
        ({"nullable": True}, {}),
        ({"nullable": True, "enum": ["a"], "type": "string"}, {"enum": ["a"], "type": ["string", "null"]}),
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"exclusiveMaximum": True}, {}),
        (
            {"properties": {"nullable": {"type": "integer", "nullable": True}}},
            {"properties": {"nullable": {"type": ["integer", "null"]}}},
        ),
        (
            {"items": {"$ref": "#/components/schemas/B", "nullable": True}},
            {"items": {"$ref": "#/components/schemas/B"}},
        ),
        ({"enum": [{"nullable": True, "type": "x"}]}, {"enum": [{"nullable": True, "type": "x"}]}),
    ],
)
def test_schemas_of_3_0(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> None:
    """What 3.0 says in its own way is said in JSON Schema 2020-12 afterwards."""
    path = tmp_path / "api.json"
    document = {"openapi": "3.0.3", "paths": {}, "components": {"schemas": {"A": old, "B": {}}}}
    path.write_text(json.dumps(document), encoding="utf-8")

    assert {"openapi": "3.1.0", "paths": {}, "components": {"schemas": {"A": new, "B": {}}}} == load(path)


def test_3_0_outside_of_components(tmp_path: Path) -> None:
    """Schemas are found wherever they can stand."""
    nullable, union = {"type": "string", "nullable": True}, {"type": ["string", "null"]}

    def document(schema: dict[str, Any]) -> dict[str, Any]:
        content = {"application/json": {"schema": schema, "example": nullable}}
        operation = {
            "parameters": [{"name": "a", "in": "query", "schema": schema}],
            "requestBody": {"content": content},
            "responses": {"200": {"content": content, "headers": {"X": {"schema": schema}}}},
            "callbacks": {"done": {"{$url}": {"post": {"requestBody": {"content": content}}}}},
        }
        return {"paths": {"/a": {"parameters": [{"name": "b", "in": "path", "schema": schema}], "put": operation}}}

    path = tmp_path / "api.json"
    path.write_text(json.dumps({"openapi": "3.0.0", **document(nullable)}), encoding="utf-8")

    assert {"openapi": "3.1.0", **document(union)} == load(path)
