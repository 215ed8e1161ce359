"""Values at the bounds of a schema: valid, and as near to invalid as a value can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from talonproof.contract.contract import Contract, Schema
from talonproof.contract.validators import Validators
from talonproof.generation.places import Place, places
from talonproof.generation.pointers import MISSING, put
from talonproof.generation.shapes import types
from talonproof.generation.values import example

_WORD_EDGES = (2**31 - 1, 2**31, 2**31 + 1)
"""Where an integer outgrows 32 bits; a contract that states no bound allows them."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A whole valid value which is at one bound at one place.

    ``keyword`` is the bound (``type`` where no keyword states one), ``note`` says in words what is special.
    """

    pointer: str
    keyword: str
    value: Any
    note: str


def boundaries(
    contract: Contract, schema: Schema, base: Any = MISSING, *, validators: Validators | None = None
) -> Iterator[Boundary]:
    """The boundary values of every place of a valid base, one change each, always in the same order.

    Bounds of numbers, lengths and numbers of items, every member of an enumeration, and, for integers
    without a bound, the edge of 32 bits. Without a base, a complete example of the schema is taken.
    """
    judge = validators or Validators(contract)
    whole = example(contract, schema, complete=True) if base is MISSING else base
    valid = judge.schema(schema)
    for place in places(contract, judge, schema, whole):
        for keyword, value, note in _at(place):
            changed = put(whole, place.pointer, value)
            if valid.is_valid(changed):
                yield Boundary(place.pointer, keyword, changed, note)


def _at(place: Place) -> Iterator[tuple[str, Any, str]]:
    shape = place.shape
    if "const" in shape:
        return
    if "enum" in shape:
        for member in shape["enum"]:
            yield "enum", member, f"the member {member}"
        return
    for kind in types(shape):
        match kind:
            case "integer":
                yield from _integers(shape)
            case "number":
                yield from _numbers(shape)
            case "string":
                yield from _strings(shape)
            case "array":
                yield from _arrays(shape, place.value)
            case "boolean":
                yield "type", False, "false"
                yield "type", True, "true"
            case _:
                pass


def _integers(shape: Schema) -> Iterator[tuple[str, Any, str]]:
    yield from _numbers(shape)
    if "maximum" not in shape and "exclusiveMaximum" not in shape:
        for edge in _WORD_EDGES:
            yield "type", edge, f"{edge}, at the edge of 32 bits"
    if "minimum" not in shape and "exclusiveMinimum" not in shape:
        for edge in _WORD_EDGES:
            yield "type", -edge, f"{-edge}, at the edge of 32 bits"


def _numbers(shape: Schema) -> Iterator[tuple[str, Any, str]]:
    for keyword, step in (("minimum", 0), ("exclusiveMinimum", 1), ("exclusiveMaximum", -1), ("maximum", 0)):
        if keyword in shape:
            yield keyword, shape[keyword] + step, f"{shape[keyword] + step}, the {_word(keyword)} allowed"


def _word(keyword: str) -> str:
    return "least" if keyword.lower().endswith("minimum") else "most"


def _strings(shape: Schema) -> Iterator[tuple[str, Any, str]]:
    for keyword, word in (("minLength", "least"), ("maxLength", "most")):
        if keyword in shape:
            size = shape[keyword]
            yield keyword, "a" * size, f"{size} characters, the {word} allowed"
    if "maxLength" in shape and not shape.get("minLength"):
        yield "maxLength", "", "no character"


def _arrays(shape: Schema, value: Any) -> Iterator[tuple[str, Any, str]]:
    if not isinstance(value, list):
        return
    items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
    for keyword, word in (("minItems", "least"), ("maxItems", "most")):
        if keyword in shape and items:
            size = shape[keyword]
            yield keyword, [items[i % len(items)] for i in range(size)], f"{size} items, the {word} allowed"
    if not shape.get("minItems"):
        yield "minItems", [], "no item"
