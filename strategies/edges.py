"""Calls at the edge of what the contract allows: valid by schema, and as near to invalid as a call can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeVar

from strategies.harmless import Arguments
from talonproof.contract.contract import Contract, Operation, Schema
from talonproof.contract.validators import Validators
from talonproof.generation.bounds import boundaries
from talonproof.run.case import NOTHING

T = TypeVar("T")

NOBODYS_NUMBERS = (0, -1, -(2**31) - 1)
"""Numbers that no audience, program or catalog has; those above zero are likely to be somebody's."""

STRANGE = (" ", "/%2F", "ü日🧦", "?a=b&c#d", "+;,@", "'\"\\")
"""What stands behind an id of the run where it has to be written as something else in a URL."""

_DATES = (
    ("2080-02-29T23:59:59Z", "a leap day"),
    ("2080-05-29T12:00:00.123456789Z", "nanoseconds"),
    ("2080-05-29T12:00:00+14:00", "the offset of the date line"),
    ("1970-01-01T00:00:00-00:00", "an unknown offset"),
)
_WORDS = (("a", "a letter"), ("ü日🧦", "letters of other scripts"), (" ", "a blank"))


@dataclass(frozen=True, slots=True)
class Edge:
    """A call at one bound at one place; ``label`` names both, and differs for each of an operation."""

    label: str
    call: Arguments


def edges(contract: Contract, operation: str, call: Arguments, *, validators: Validators | None = None) -> list[Edge]:
    """The valid call with one change each, which takes it to a bound; always in the same order.

    The body first: bounds, lengths, numbers of items, members of enumerations, the edge of 32 bits. Then the query:
    bounds, members, both booleans, unusual times and texts. Then the path: ids with characters that
    must be escaped, and numbers of nothing.
    """
    known = contract.operation(operation)
    found: list[Edge] = []
    if known.body is not None and call.body is not NOTHING:
        found += (
            Edge(f"{bound.pointer or 'the body'}: {bound.note}", replace(call, body=bound.value))
            for bound in boundaries(contract, known.body, call.body, validators=validators)
        )
    found += (Edge(f"{name}: {note}", _asking(call, name, value)) for name, value, note in _queries(contract, known))
    found += (Edge(f"{name}: {note}", _at(call, name, value)) for name, value, note in _paths(contract, known, call))
    return found


def some(found: Sequence[T], count: int, seed: int) -> list[T]:
    """So many of them, in their order; which ones depends on the seed alone."""
    if count >= len(found):
        return list(found)
    chosen = sorted(Random(seed).sample(range(len(found)), max(0, count)))
    return [found[index] for index in chosen]


def _asking(call: Arguments, name: str, value: object) -> Arguments:
    dry = {"dry": True} if name == "now" else {}  # dry calls alone may choose their moment
    return replace(call, query={**call.query, **dry, name: value})


def _at(call: Arguments, name: str, value: object) -> Arguments:
    return replace(call, path={**call.path, name: value})


def _queries(contract: Contract, operation: Operation) -> Iterator[tuple[str, Any, str]]:
    for parameter in operation.query_parameters:
        schema = contract.resolve(parameter.schema)
        many = schema.get("type") == "array"
        if many:
            schema = contract.resolve(schema.get("items", {}))
        for value, note in _values(schema):
            yield parameter.name, [value] if many else value, note


def _values(schema: Schema) -> Iterator[tuple[Any, str]]:
    if "enum" in schema:
        yield from ((member, f"the member {member}") for member in schema["enum"])
        return
    match schema.get("type"):
        case "integer" | "number":
            for keyword, word in (("minimum", "least"), ("maximum", "most")):
                if keyword in schema:
                    yield schema[keyword], f"{schema[keyword]}, the {word} allowed"
        case "boolean":
            yield False, "false"
            yield True, "true"
        case "string" if schema.get("format") == "date-time":
            yield from _DATES
        case "string":
            yield from _WORDS
            if "maxLength" in schema:
                yield "a" * schema["maxLength"], f"{schema['maxLength']} characters, the most allowed"
        case _:
            pass


def _paths(contract: Contract, operation: Operation, call: Arguments) -> Iterator[tuple[str, Any, str]]:
    for parameter in operation.path_parameters:
        schema = contract.resolve(parameter.schema)
        if schema.get("type") == "integer":
            yield from ((parameter.name, number, f"the number {number}") for number in NOBODYS_NUMBERS)
        elif "pattern" not in schema:
            own = call.path[parameter.name]
            yield from ((parameter.name, f"{own}{tail}", f"an id that ends in {tail!r}") for tail in STRANGE)
