"""Schemas become plain shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from talonproof.contract.contract import Contract
from talonproof.generation.shapes import shapes, type_of, types

Made = Callable[[dict[str, Any]], Contract]


def test_references_are_followed(made: Made) -> None:
    """A reference to a reference is what stands at its end."""
    contract = made({"A": {"$ref": "#/components/schemas/B"}, "B": {"type": "string"}})

    assert shapes(contract, {"$ref": "#/components/schemas/A"}) == ({"type": "string"},)


def test_parts_are_merged_to_what_both_ask_for(made: Made) -> None:
    """The tighter bound wins, requirements add up, common properties are asked twice."""
    (shape,) = shapes(
        made({}),
        {
            "type": ["string", "integer", "null"],
            "maximum": 9,
            "allOf": [
                {"type": ["integer", "null"], "maximum": 5, "minimum": 1, "required": ["a"]},
                {"minimum": 2, "required": ["b"], "properties": {"a": {"type": "string"}}},
                {"properties": {"a": {"minLength": 1}}},
            ],
        },
    )

    assert (shape["minimum"], shape["maximum"], shape["required"]) == (2, 5, ["a", "b"])
    assert types(shape) == ("integer", "null")
    assert shapes(made({}), shape["properties"]["a"]) == ({"type": "string", "minLength": 1},)


def test_alternatives_are_apart(made: Made) -> None:
    """Each branch of oneOf is a shape, with what stands beside it."""
    schema = {"type": "object", "oneOf": [{"required": ["a"]}, {"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}]}

    assert [shape["required"] for shape in shapes(made({}), schema)] == [["a"], ["b"], ["c"]]


def test_types_that_are_not_named_are_implied() -> None:
    """Keywords tell the type; without any, all are possible."""
    assert types({"properties": {}}) == ("object",)
    assert types({"minLength": 1}) == ("string",)
    assert set(types({})) >= {"object", "null", "integer"}


def test_the_type_of_a_value() -> None:
    """Booleans are no integers, and integers are told from numbers."""
    values = [None, True, "a", 1, 1.5, [], {}]

    assert [type_of(value) for value in values] == [
        "null", "boolean", "string", "integer", "number", "array", "object",
    ]  # fmt: skip
