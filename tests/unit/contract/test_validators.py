"""Bodies are judged, and each error leads to the value and to the constraint."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import SchemaError, Validators
from talonproof.errors import ConfigError, DocumentError

ACTION = {
    "type": "object",
    "required": ["type", "payload"],
    "properties": {"type": {"enum": ["ADD", "REMOVE"]}, "payload": {"type": "object"}},
    "oneOf": [
        {"properties": {"type": {"const": "ADD"}, "payload": {"$ref": "#/components/schemas/Item"}}},
        {"properties": {"type": {"const": "REMOVE"}, "payload": {"required": ["sku"]}}},
    ],
}
ITEM = {
    "type": "object",
    "required": ["sku", "price"],
    "properties": {
        "sku": {"type": "string", "pattern": r"^\w+$", "maxLength": 5},
        "price": {"type": "number", "multipleOf": 0.01},
        "from": {"type": "string", "format": "date-time"},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}, "maxItems": 2},
    },
}
DOCUMENT: dict[str, Any] = {
    "paths": {
        "/items/{id}": {
            "put": {
                "operationId": "putItem",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}},
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"type": "array"}}}},
                    "204": {"description": "nothing"},
                    "4XX": {"content": {"application/json": {"schema": {"type": "object"}}}},
                },
            },
            "delete": {"operationId": "deleteItem", "responses": {}},
        }
    },
    "components": {"schemas": {"Item": ITEM, "Action": ACTION}},
}


@pytest.fixture(scope="module")
def validators() -> Validators:
    """The validators of DOCUMENT."""
    return Validators(Contract.from_document(DOCUMENT, edition="test", source="api.yaml"))


def errors(validators: Validators, schema: dict[str, Any], instance: object) -> list[tuple[str, str]]:
    """The pointer and the keyword of each error."""
    return [(error.pointer, error.keyword) for error in validators.schema(schema).errors(instance)]


class TestWhich:
    """The right schema judges."""

    def test_body(self, validators: Validators) -> None:
        """A body is judged by the schema of the operation; no body, no validator."""
        found = validators.body("putItem")

        assert found is not None
        assert (True, False) == (found.is_valid({"sku": "a", "price": 1}), found.is_valid({"sku": "a"}))
        assert validators.body("deleteItem") is None

    def test_response(self, validators: Validators) -> None:
        """An answer is judged by the schema of its status, or of the range that the status is in."""
        ok, missing = validators.response("putItem", 200), validators.response("putItem", 404)

        assert ok is not None
        assert missing is not None
        assert (True, False) == (ok.is_valid([]), ok.is_valid({}))
        assert (True, False) == (missing.is_valid({}), missing.is_valid([]))
        assert (None, None) == (validators.response("putItem", 204), validators.response("putItem", 500))

    def test_compiled_once(self, validators: Validators) -> None:
        """The same schema has the same validator, however it is asked for."""
        assert validators.body("putItem") is validators.schema({"$ref": "#/components/schemas/Item"})

    def test_unknown_operation(self, validators: Validators) -> None:
        """An unknown operation is answered with the closest one."""
        with pytest.raises(ConfigError, match="did you mean putItem"):
            validators.body("puttItem")
        with pytest.raises(ConfigError, match="did you mean putItem"):
            validators.response("puttItem", 200)

    def test_no_schema(self, validators: Validators) -> None:
        """What is no schema is named where it goes wrong."""
        with pytest.raises(DocumentError, match="not a schema: 'text' is not valid") as caught:
            validators.schema({"properties": {"a": {"type": "text"}}}).is_valid({})

        assert ("api.yaml", "/properties/a/type") == (caught.value.file, caught.value.pointer)


class TestErrors:
    """What an error says."""

    def test_valid(self, validators: Validators) -> None:
        """A valid value has no errors."""
        item = {"sku": "a", "price": 0.1, "from": "2024-05-29T15:04:05Z", "parts": [], "more": None}

        assert () == validators.schema(ITEM).errors(item)

    def test_all_of_an_error(self, validators: Validators) -> None:
        """An error knows the value, the keyword, what it says, and where it stands, references followed."""
        (found,) = validators.schema({"items": {"$ref": "#/components/schemas/Item"}}).errors(
            [{"sku": "a b", "price": 1}]
        )

        assert (
            SchemaError(
                pointer="/0/sku",
                keyword="pattern",
                message="'a b' does not match '^\\\\w+$'",
                schema_pointer="/components/schemas/Item/properties/sku/pattern",
                expected=r"^\w+$",
            )
            == found
        )

    def test_place_in_a_schema_of_its_own(self, validators: Validators) -> None:
        """Without a reference on the way the place is one in the schema that was given."""
        (found,) = validators.schema({"properties": {"a/b": {"maxLength": 1}}}).errors({"a/b": "xy"})

        assert ("/a~1b", "/properties/a~1b/maxLength", 1) == (found.pointer, found.schema_pointer, found.expected)

    def test_missing_properties(self, validators: Validators) -> None:
        """Each missing property is an error of the object, and is named."""
        found = validators.schema(ITEM).errors({})

        assert [("", "required", "sku"), ("", "required", "price")] == [
            (e.pointer, e.keyword, e.expected) for e in found
        ]

    def test_in_the_order_of_the_instance(self, validators: Validators) -> None:
        """Errors come as a reader meets them, the outer ones first."""
        instance = {
            "parts": [{"price": "x", "sku": 1}, {"sku": "a", "price": 0.001}, {}],
            "price": True,
            "from": "2024-05-29",
        }

        assert [
            ("", "required"),
            ("/parts", "maxItems"),
            ("/parts/0/price", "type"),
            ("/parts/0/sku", "type"),
            ("/parts/1/price", "multipleOf"),
            ("/parts/2", "required"),
            ("/parts/2", "required"),
            ("/price", "type"),
            ("/from", "format"),
        ] == errors(validators, ITEM, instance)

    def test_two_constraints_on_one_value(self, validators: Validators) -> None:
        """A value that breaks two constraints has two errors; one constraint in two schemas is one."""
        schema = {"allOf": [{"minLength": 2}, {"minLength": 2}, {"pattern": "b"}]}

        assert [("", "minLength"), ("", "pattern")] == errors(validators, schema, "a")

    def test_long_messages_are_cut(self, validators: Validators) -> None:
        """A message never holds a whole body."""
        (found,) = validators.schema({"type": "string"}).errors(["x" * 5000])

        assert len(found.message) < 320
        assert found.message.endswith("is not of type 'string'")


class TestBranches:
    """Errors under ``anyOf`` and ``oneOf`` are those of the branch that was meant."""

    @pytest.mark.parametrize(
        ("instance", "expected"),
        [
            ({"type": "ADD", "payload": {"sku": 1, "price": 1}}, [("/payload/sku", "type")]),
            ({"type": "ADD", "payload": {}}, [("/payload", "required"), ("/payload", "required")]),
            ({"type": "REMOVE", "payload": {}}, [("/payload", "required")]),
            ({"type": "REMOVE", "payload": "a"}, [("/payload", "type")]),
            ({"type": "ADD", "payload": "a"}, [("/payload", "type")]),
            ({"type": "MOVE", "payload": {}}, [("/type", "enum")]),
            ({"type": "REMOVE"}, [("", "required")]),
        ],
    )
    def test_the_type_tells_the_branch(
        self, validators: Validators, instance: object, expected: list[tuple[str, str]]
    ) -> None:
        """The errors are those of the branch that the type names; if it names none, that is the error."""
        assert expected == errors(validators, ACTION, instance)

    def test_single_enums_are_constants(self, validators: Validators) -> None:
        """In older documents a discriminating type is an enum of one."""
        schema = {
            "oneOf": [
                {"properties": {"kind": {"enum": ["a"]}, "n": {"type": "integer"}}},
                {"properties": {"kind": {"enum": ["b"]}, "n": {"type": "string"}}},
            ]
        }

        assert [("/n", "type")] == errors(validators, schema, {"kind": "a", "n": "x"})
        assert [("", "oneOf")] == errors(validators, schema, {"kind": "c", "n": "x"})

    def test_nullable(self, validators: Validators) -> None:
        """The type of the value tells the branch of what may be null."""
        schema = {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]}

        assert [("", "required")] == errors(validators, schema, {})
        assert [("", "anyOf")] == errors(validators, schema, 7)

    def test_nested(self, validators: Validators) -> None:
        """Branches inside of branches are descended too."""
        inner = {"oneOf": [{"type": "string", "maxLength": 1}, {"type": "integer", "maximum": 1}]}
        schema = {"anyOf": [{"type": "array", "items": inner}, {"type": "null"}]}

        assert [("/0", "maxLength"), ("/1", "maximum")] == errors(validators, schema, ["ab", 5])

    def test_more_than_one_branch(self, validators: Validators) -> None:
        """A value that is valid under two branches of a oneOf has no errors to descend to."""
        assert [("", "oneOf")] == errors(validators, {"oneOf": [{"type": "string"}, {"maxLength": 3}]}, "a")

    def test_no_branch_stands_out(self, validators: Validators) -> None:
        """Where two branches may have been meant the combination is the error, as the document states it."""
        branches = [{"pattern": r"^\d$"}, {"minLength": 3}]
        (found,) = validators.schema({"anyOf": branches}).errors("a")

        assert ("anyOf", branches) == (found.keyword, found.expected)


class TestWhatIsHardToHandToRust:
    """What one of the two cannot take is judged by the other, or by neither."""

    def test_half_a_surrogate_pair(self, validators: Validators) -> None:
        """JSON can hold half a pair; it is a character like any other to a length."""
        assert validators.schema({"maxLength": 1}).is_valid("\ud800")
        assert [("", "maxLength")] == errors(validators, {"maxLength": 1}, "\ud800\ud800")

    def test_a_pattern_beyond_the_limits_of_rust(self, validators: Validators) -> None:
        """A repetition that Rust refuses to compile is judged by Python alone."""
        found = validators.schema({"pattern": "^(?:a{1000}){1000}"})

        assert found._fast is None
        assert (True, False) == (found.is_valid("a" * 1_000_000), found.is_valid("a" * 999_999))

    def test_patterns_that_cannot_be_judged(self, validators: Validators) -> None:
        """A pattern on which the engines cannot agree is not asserted; nor are the properties beside it."""
        schema = {
            "patternProperties": {r"^\p{L}$": {"type": "string"}, r"^\d$": {"type": "integer", "pattern": r"\p{L}"}},
            "additionalProperties": False,
        }

        assert [("/1", "type")] == errors(validators, schema, {"é": 1, "1": "x", "other": None})

    def test_translated_names(self, validators: Validators) -> None:
        """Names of properties are matched as ECMA-262 has it, and the constraint is found again."""
        schema = {"patternProperties": {r"^\w$": {"type": "integer"}}, "additionalProperties": False}

        assert [("", "additionalProperties"), ("/a", "type")] == errors(validators, schema, {"a": "x", "é": 1})

    def test_formats_that_are_not_asserted(self, validators: Validators) -> None:
        """A format nobody asserts here allows everything."""
        assert validators.schema({"format": "email"}).is_valid("nobody")
        assert validators.schema({"format": "int32"}).is_valid(2**40)
