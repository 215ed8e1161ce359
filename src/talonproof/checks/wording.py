"""How a broken body is told to people: what was seen at which place, against what was expected."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from talonproof.contract.validators import SchemaError

_LONG = 60


def place(pointer: str) -> str:
    """The pointer, or a word for the whole body."""
    return pointer or "the body"


def shown(value: Any) -> str:
    """A value in a few words: its kind for containers, itself for scalars, cut where it is long."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            text = json.dumps(value[:_LONG], ensure_ascii=True)
            return text if len(value) <= _LONG else f'{text[:-1]}…" ({len(value)} characters)'
        case int() if value.bit_length() > 256:
            return "an integer beyond every bound"
        case int() | float():
            return str(value)
        case list():
            return f"an array of {len(value)}"  # pyright: ignore[reportUnknownArgumentType]
        case dict():
            return f"an object of {len(value)}"  # pyright: ignore[reportUnknownArgumentType]
        case _:
            return type(value).__name__


def _named(value: Any) -> str:
    """The value with its type before it, where the value alone does not tell."""
    match value:
        case bool():
            return f"the boolean {shown(value)}"
        case str():
            return f"the string {shown(value)}"
        case int() | float():
            return f"the number {shown(value)}"
        case _:
            return shown(value)


_SAID: Mapping[str, str] = {
    "type": "{where} is {named}, expected {types}",
    "const": "{where} is {seen}, expected {bound}",
    "minimum": "{where} is {seen}, below the minimum {bound}",
    "maximum": "{where} is {seen}, above the maximum {bound}",
    "exclusiveMinimum": "{where} is {seen}, expected more than {bound}",
    "exclusiveMaximum": "{where} is {seen}, expected less than {bound}",
    "minLength": "{where} is {seen}, expected at least {bound} characters",
    "maxLength": "{where} is {seen}, expected at most {bound} characters",
    "minItems": "{where} is {seen}, expected at least {bound}",
    "maxItems": "{where} is {seen}, expected at most {bound}",
    "pattern": "{where} is {seen}, which the pattern {bound} does not allow",
    "format": "{where} is {seen}, which is no {bound}",
    "enum": "{where} is {seen}, expected one of {choices}",
}


def worded(error: SchemaError, value: Any) -> str:
    """One sentence for an error that the value at its pointer makes."""
    template = _SAID.get(error.keyword, "")
    if not template:
        return f"{place(error.pointer)}: {error.message[:200]}"
    return template.format(
        where=place(error.pointer),
        seen=shown(value),
        named=_named(value),
        types=_types(error.expected),
        bound=_plain(error.expected),
        choices=_choices(error.expected),
    )


def _plain(expected: Any) -> str:
    return expected if isinstance(expected, str) else shown(expected)


def _types(expected: Any) -> str:
    return " or ".join(map(str, _listed(expected)))


def _choices(expected: Any) -> str:
    choices = _listed(expected)
    return ", ".join(map(shown, choices[:8])) + (", …" if len(choices) > 8 else "")


def _listed(expected: Any) -> list[Any]:
    return list(expected) if isinstance(expected, list) else [expected]  # pyright: ignore[reportUnknownArgumentType]
