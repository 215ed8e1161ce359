"""Invalid arguments of an operation, as the raw text that stands in the URL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from talonproof.contract.contract import Operation, Parameter, Schema

_FRACTION = "1.5"


@dataclass(frozen=True, slots=True)
class InvalidParameter:
    """One argument that breaks its schema; ``location`` is ``query`` or ``path``, ``raw`` is not yet escaped."""

    name: str
    location: str
    raw: str
    keyword: str

    @property
    def label(self) -> str:
        """A short name, different for each of an operation."""
        shown = self.raw if len(self.raw) <= 32 else f"{len(self.raw)} characters"
        return f"{self.name}={shown}: {self.keyword}"


def invalid_parameters(operation: Operation) -> Iterator[InvalidParameter]:
    """What breaks each parameter of the path and the query, one at a time, in the order of the document.

    Words in place of integers and booleans, fractions (not in a path: some servers would find what has
    the whole number for its id), one below and one above each bound, values outside
    of an enumeration, one character too many, malformed date-times. A bare date is never among
    them, since the sources allow it; nor is an empty value, which a path cannot hold.
    """
    for parameter in operation.parameters:
        if parameter.location not in {"path", "query"}:
            continue
        for raw, keyword in _invalid(parameter):
            if raw == _FRACTION and parameter.location == "path":
                continue
            yield InvalidParameter(parameter.name, parameter.location, raw, keyword)


def _invalid(parameter: Parameter) -> Iterator[tuple[str, str]]:
    schema = parameter.schema
    if schema.get("type") == "array":
        schema = schema.get("items", {})
    match schema.get("type"):
        case "integer" | "number" as kind:
            yield "abc", "type"
            if kind == "integer":
                yield _FRACTION, "type"
            yield from _bounds(schema)
        case "boolean":
            yield "maybe", "type"
        case "string":
            yield from _strings(schema)
        case _:
            pass


def _bounds(schema: Schema) -> Iterator[tuple[str, str]]:
    if "minimum" in schema:
        yield str(schema["minimum"] - 1), "minimum"
    if "maximum" in schema:
        yield str(schema["maximum"] + 1), "maximum"


def _strings(schema: Schema) -> Iterator[tuple[str, str]]:
    if "enum" in schema:
        yield "talonproof-no-such-value", "enum"
    if schema.get("format") == "date-time":
        yield "yesterday", "format"
        yield "2024-13-01T00:00:00Z", "format"
        yield "2024-05-29T25:00:00Z", "format"
    if schema.get("minLength", 0) > 1:
        yield "a" * (schema["minLength"] - 1), "minLength"
    if "maxLength" in schema:
        yield "a" * (schema["maxLength"] + 1), "maxLength"
