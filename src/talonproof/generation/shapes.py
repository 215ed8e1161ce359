"""A schema as the plain shapes it allows: references followed, parts merged, alternatives apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from talonproof.contract.contract import Contract, Schema

ALL_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")

_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_IMPLIED: Mapping[str, str] = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "items": "array",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "format": "string",
    "minimum": "number",
    "maximum": "number",
}


def shapes(contract: Contract, schema: Schema) -> tuple[Schema, ...]:
    """The shapes of a schema, in the order of its alternatives; each is free of $ref, allOf, anyOf and oneOf.

    A value that fits the schema fits one of them. The reverse needs a validator: ``not``, and the
    "exactly one" of ``oneOf``, are not in a shape.
    """
    schema = contract.resolve(schema)
    plain = {key: value for key, value in schema.items() if key not in {"allOf", "anyOf", "oneOf"}}
    found: list[Schema] = [plain]
    for part in schema.get("allOf", ()):
        found = [_merged(left, right) for left in found for right in shapes(contract, part)]
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            alternatives = [shape for part in schema[keyword] for shape in shapes(contract, part)]
            found = [_merged(left, right) for left in found for right in alternatives]
    return tuple(found)


def types(shape: Schema) -> tuple[str, ...]:
    """The JSON types of a shape: those it names, else those its keywords imply, else all."""
    named = shape.get("type")
    if isinstance(named, str):
        return (named,)
    if named:
        return tuple(named)
    implied = {_IMPLIED[key] for key in shape if key in _IMPLIED}
    return tuple(kind for kind in ALL_TYPES if kind in implied) or ALL_TYPES


def type_of(value: Any) -> str:
    """The JSON type of a value; integers are told from other numbers."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "number"
        case list():
            return "array"
        case _:
            return "object"


def _merged(left: Schema, right: Schema) -> Schema:
    """The shape that asks for what both ask for."""
    both = dict(left)
    for key, value in right.items():
        both[key] = _both(key, both[key], value) if key in both else value
    return both


def _both(key: str, left: Any, right: Any) -> Any:
    if left == right:
        return left
    if key == "properties":
        return _both_properties(left, right)
    if key == "required":
        return list(dict.fromkeys([*left, *right]))
    if key in _UPPER:
        return min(left, right)
    if key in _LOWER:
        return max(left, right)
    if key in {"type", "enum"}:
        return [item for item in _many(left) if item in _many(right)]
    if key in {"items", "additionalProperties"} and isinstance(left, Mapping) and isinstance(right, Mapping):
        parts: list[Any] = [left, right]
        return {"allOf": parts}
    return right


def _both_properties(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(left)
    for name, schema in right.items():
        both[name] = {"allOf": [both[name], schema]} if name in both else schema
    return both


def _many(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
