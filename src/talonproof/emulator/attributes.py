"""Custom attributes must be defined for their entity, and their values have the type defined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from talonproof.emulator import instant
from talonproof.emulator.message import as_array
from talonproof.emulator.refusal import Problem, step
from talonproof.emulator.world import Entity


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _time(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        instant.read(value)
    except ValueError:
        return False
    return True


def _location(value: Any) -> bool:
    pair = as_array(value)
    return pair is not None and len(pair) == 2 and all(map(_number, pair))


_SCALARS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _number,
    "boolean": lambda value: isinstance(value, bool),
    "time": _time,
    "location": _location,
}


def fits(kind: str, value: Any) -> bool:
    """Whether a value has one of ATTRIBUTE_TYPES."""
    if kind.startswith("(list "):
        scalar, values = _SCALARS[kind[6:-1]], as_array(value)
        return values is not None and all(map(scalar, values))
    return _SCALARS[kind](value)


def problems(entity: Entity, defined: Mapping[str, str], values: Mapping[str, Any], pointer: str) -> list[Problem]:
    """What is wrong with the attributes at a pointer; a null removes an attribute, so it fits every type."""
    found: list[Problem] = []
    for name, value in values.items():
        kind = defined.get(name)
        if kind is None:
            details = f'No attribute "{name}" is defined on {entity}.'
            found.append(Problem("Unknown", details, pointer=pointer + step(name)))
        elif value is not None and not fits(kind, value):
            details = f'The attribute "{name}" takes a value of type {kind}.'
            found.append(Problem("Invalid type", details, pointer=pointer + step(name)))
    return found


def merged(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The stored attributes with those sent in their place; what was sent as null is gone."""
    return {name: value for name, value in {**stored, **sent}.items() if value is not None}
