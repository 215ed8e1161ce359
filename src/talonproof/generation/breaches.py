"""What a call breaks of the contract: by the body's validator, and by what each parameter states of its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from talonproof.contract import ecma
from talonproof.contract.contract import Contract, Parameter, Schema
from talonproof.contract.validators import Validators
from talonproof.generation.pointers import join
from talonproof.http.exchange import Call

TOLERATED: Final = frozenset({"type", "format", "additionalProperties"})
"""Keywords whose breach no clause wants refused: servers may read ``"7"`` as 7, and look past what they do not know."""

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Breach:
    """One constraint that a call breaks.

    ``place`` is ``body`` or the name of a parameter, ``pointer`` leads into the body; a property that is missing
    is told where it should stand.
    """

    place: str
    pointer: str
    keyword: str

    @property
    def where(self) -> str:
        """The place for a reader."""
        return self.pointer or self.place


def breaches(contract: Contract, validators: Validators, call: Call) -> tuple[Breach, ...]:
    """Everything in a call that the contract does not allow, parameters first; empty for one that fits.

    A value of a wrong type breaks its type and nothing else. Raw bodies are not read.
    """
    operation = contract.operation(call.operation)
    found: list[Breach] = []
    for parameter in operation.parameters:
        if parameter.location in {"path", "query"}:
            sent = (call.path if parameter.location == "path" else call.query).get(parameter.name)
            found += (Breach(parameter.name, "", keyword) for keyword in _argument(contract, parameter, sent))
    if call.raw_body is None and operation.body is not None:
        found += _body(validators, call, required=operation.body_required)
    return tuple(found)


def judged(found: Sequence[Breach]) -> Breach | None:
    """The first breach that a clause wants refused: of a bound, an enumeration, or something required."""
    return next((breach for breach in found if breach.keyword not in TOLERATED), None)


def _body(validators: Validators, call: Call, *, required: bool) -> Iterator[Breach]:
    if call.body is None and not call.has_body:
        if required:
            yield Breach("body", "", "required")
        return
    validator = validators.body(call.operation)
    errors = () if validator is None else validator.errors(call.body)
    mistyped = {error.pointer for error in errors if error.keyword == "type"}
    for error in errors:
        if error.keyword != "type" and error.pointer in mistyped:
            continue
        place = error.pointer + join(str(error.expected)) if error.keyword == "required" else error.pointer
        yield Breach("body", place, error.keyword)


def _argument(contract: Contract, parameter: Parameter, sent: object) -> Iterator[str]:
    """The keywords that an argument breaks; None stands for one that is not sent."""
    if sent is None:
        if parameter.required:
            yield "required"
        return
    schema = contract.resolve(parameter.schema)
    if schema.get("type") == "array":
        items = contract.resolve(schema.get("items", {}))
        for item in cast("Sequence[object]", sent) if isinstance(sent, list | tuple) else (sent,):
            yield from _text(items, _written(item))
    elif isinstance(sent, list | tuple | Mapping):
        yield "type"
    else:
        yield from _text(schema, _written(sent))


def _written(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _text(schema: Schema, text: str) -> Iterator[str]:
    """The keywords that a text in a URL breaks."""
    kind = schema.get("type")
    if kind in {"integer", "number"}:
        if not (_INTEGER if kind == "integer" else _NUMBER).fullmatch(text) or len(text) > 300:
            yield "type"
            return
        value = int(text) if kind == "integer" else float(text)
        if value < schema.get("minimum", value):
            yield "minimum"
        if value > schema.get("maximum", value):
            yield "maximum"
    elif kind == "boolean":
        if text not in {"true", "false"}:
            yield "type"
    elif kind == "string":
        yield from _string(schema, text)
    if "enum" in schema and text not in map(str, cast("Sequence[Any]", schema["enum"])):
        yield "enum"


def _string(schema: Schema, text: str) -> Iterator[str]:
    if len(text) < schema.get("minLength", 0):
        yield "minLength"
    if len(text) > schema.get("maxLength", len(text)):
        yield "maxLength"
    pattern = ecma.translate(schema.get("pattern", ""))
    if pattern is not None and not re.search(pattern, text):
        yield "pattern"
