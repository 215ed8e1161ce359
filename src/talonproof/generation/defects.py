"""Invalid values: a valid one with a single labelled defect.

The law of each: the label is among the errors that a validator reports, and restoring the one
place that was changed makes the value valid again. What a defect breaks besides is not
controlled: a string that is too long for its pattern's characters too still carries its one label.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from talonproof.contract.contract import Contract, Schema
from talonproof.contract.validators import Validators
from talonproof.errors import HarnessError
from talonproof.generation.places import Place, places
from talonproof.generation.pointers import MISSING, join, parent, put
from talonproof.generation.shapes import type_of, types

_OTHER: dict[str, tuple[tuple[Any, str], ...]] = {
    "string": ((True, "a boolean"),),
    "integer": (("seven", "a string"), (1.5, "a fraction")),
    "number": (("seven", "a string"),),
    "boolean": (("maybe", "a string"),),
    "array": (({}, "an object"),),
    "object": (([], "an array"),),
    "null": (("null", "a string"),),
}
"""For each type, values of another one: none could be the id of something that exists, in whatever spelling.

``null`` is not among them: many servers read it as left out.
"""

_STRANGERS = ("!", " ", "\n", "ä", "0", "")
"""Candidates for text that a pattern refuses; the first that it does is taken."""

_NO_DATE_TIMES = (("yesterday", "a word"), ("2024-02-30T12:00:00Z", "the 30th of February"))
"""A bare date is not among them: the sources allow it in places."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """A whole value with one defect.

    ``pointer`` is the place that was changed (of a missing property: where it stood), ``keyword`` the
    keyword that it breaks, ``label`` both in words, different for each defect of one base.
    """

    pointer: str
    keyword: str
    value: Any
    label: str

    @property
    def reported_at(self) -> str:
        """The place where a validator reports the defect: a missing property at the object that lacks it."""
        return parent(self.pointer) if self.keyword == "required" else self.pointer


def invalid(
    contract: Contract, schema: Schema, base: Any, *, validators: Validators | None = None
) -> Iterator[Invalid]:
    """Every defect that this base can have, one at a time, always in the same order.

    Missing required properties, wrong types, values outside of an enumeration, below and above bounds, too
    long and too short, too many and too few items, patterns and formats broken. Only places that
    the base has can be broken: a rich base gives many. Raises HarnessError for a base that is not valid itself.
    """
    judge = validators or Validators(contract)
    validator = judge.schema(schema)
    if not validator.is_valid(base):
        first = validator.errors(base)[0]
        message = f"the base is not valid itself: {first.pointer or 'the whole'}: {first.message}"
        raise HarnessError(message, hint="start from a valid value")
    strange: set[str] = set()  # places whose pattern is broken already, and once is enough
    for place in places(contract, judge, schema, base):
        for pointer, keyword, value, words in _defects(place):
            changed = put(base, pointer, value)
            defect = Invalid(pointer, keyword, changed, f"{pointer or 'the body'}: {words}")
            reported = {(error.pointer, error.keyword) for error in validator.errors(changed)}
            if (defect.reported_at, keyword) not in reported or (keyword == "pattern" and pointer in strange):
                continue
            if keyword == "pattern":
                strange.add(pointer)
            yield defect


def _defects(place: Place) -> Iterator[tuple[str, str, Any, str]]:
    pointer, shape, value = place.pointer, place.shape, place.value
    if isinstance(value, dict):
        for name in shape.get("required", ()):
            yield pointer + join(name), "required", MISSING, "missing"
    kinds = types(shape)
    if "type" in shape and len(kinds) == 1:
        for other, words in _OTHER[kinds[0]]:
            yield pointer, "type", other, f"{words} in place of {_article(kinds[0])}"
    if "enum" in shape:
        yield pointer, "enum", "talonproof-no-such-value", "outside of the enumeration"
    elif "const" in shape:
        yield pointer, "const", "talonproof-no-such-value", "not the constant"
    else:
        yield from ((pointer, *defect) for defect in _bounds(shape, value))


def _bounds(shape: Schema, value: Any) -> Iterator[tuple[str, Any, str]]:
    match type_of(value):
        case "integer" | "number":
            yield from _numbers(shape)
        case "string":
            yield from _strings(shape, value)
        case "array":
            yield from _arrays(shape, value)
        case _:
            pass


def _numbers(shape: Schema) -> Iterator[tuple[str, Any, str]]:
    if "minimum" in shape:
        yield "minimum", shape["minimum"] - 1, f"{shape['minimum'] - 1}, below the minimum"
    if "exclusiveMinimum" in shape:
        yield "exclusiveMinimum", shape["exclusiveMinimum"], f"{shape['exclusiveMinimum']}, not above the bound"
    if "maximum" in shape:
        yield "maximum", shape["maximum"] + 1, f"{shape['maximum'] + 1}, above the maximum"
    if "exclusiveMaximum" in shape:
        yield "exclusiveMaximum", shape["exclusiveMaximum"], f"{shape['exclusiveMaximum']}, not below the bound"
    step = shape.get("multipleOf")
    if step:
        yield "multipleOf", step / 2, f"{step / 2}, no multiple of {step}"


def _strings(shape: Schema, value: str) -> Iterator[tuple[str, Any, str]]:
    least, most = shape.get("minLength", 0), shape.get("maxLength")
    if least:
        yield "minLength", value[: least - 1], f"{least - 1} characters, too short"
    if most is not None:
        yield "maxLength", (value or "a").ljust(most + 1, (value or "a")[-1]), f"{most + 1} characters, too long"
    if "pattern" in shape:
        for stranger in _STRANGERS:
            yield "pattern", stranger, f"{stranger!r}, against the pattern"
    if shape.get("format") == "date-time":
        for text, words in _NO_DATE_TIMES:
            yield "format", text, f"{words}, no date-time"


def _arrays(shape: Schema, value: list[Any]) -> Iterator[tuple[str, Any, str]]:
    least, most = shape.get("minItems", 0), shape.get("maxItems")
    if least:
        yield "minItems", value[: least - 1], f"{least - 1} items, too few"
    if most is not None and value:
        yield "maxItems", [value[i % len(value)] for i in range(most + 1)], f"{most + 1} items, too many"
    if shape.get("uniqueItems") and value:
        yield "uniqueItems", [*value, value[0]], "an item twice"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"
