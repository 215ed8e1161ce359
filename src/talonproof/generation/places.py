"""Walks a value along its schema: every place in it, with the shape that applies there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from talonproof.contract.contract import Contract, Schema
from talonproof.contract.validators import Validators
from talonproof.generation.pointers import join
from talonproof.generation.shapes import shapes


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a value: where it is, the shape that it fits there, and the value itself."""

    pointer: str
    shape: Schema
    value: Any


def places(contract: Contract, validators: Validators, schema: Schema, value: Any) -> Iterator[Place]:
    """The places of a valid value that its schema describes, outer before inner, in the order of the schema.

    Of several shapes the one that the value fits is followed; what no schema knows is no place.
    Only the first item of an array is entered: the others are no different.
    """
    return _places(contract, validators, schema, value, "")


def _places(contract: Contract, validators: Validators, schema: Schema, value: Any, pointer: str) -> Iterator[Place]:
    alternatives = shapes(contract, schema)
    fitting = (shape for shape in alternatives if validators.schema(shape).is_valid(value))
    shape = alternatives[0] if len(alternatives) == 1 else next(fitting, alternatives[0])
    yield Place(pointer, shape, value)
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        members: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        properties: Mapping[str, Schema] = shape.get("properties", {})
        inner = [(name, sub) for name, sub in properties.items() if name in members]
        others = shape.get("additionalProperties")
        if isinstance(others, Mapping):
            inner += [(name, others) for name in members if name not in properties]
    elif isinstance(value, list) and value and "items" in shape:
        inner = [(0, shape["items"])]
    for key, sub in inner:
        yield from _places(contract, validators, sub, value[key], pointer + join(key))
