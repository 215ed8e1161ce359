"""Where a schema has date-times, so that a body without any is no evidence that they are well-formed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from talonproof.contract.contract import Contract, Schema


@dataclass(frozen=True, slots=True)
class DateTimes:
    """The part of a schema that leads to date-times, and nothing else of it."""

    here: bool = False
    members: Mapping[str, DateTimes] = field(default_factory=dict[str, "DateTimes"])
    others: DateTimes | None = None
    items: DateTimes | None = None
    parts: tuple[DateTimes, ...] = ()

    def in_value(self, value: Any) -> bool:
        """Whether the value holds a string where the schema asks for a date-time."""
        if isinstance(value, str):
            found = self.here
        elif isinstance(value, dict):
            found = self._in_object(value)  # pyright: ignore[reportUnknownArgumentType]
        elif isinstance(value, list):
            items = self.items
            found = items is not None and any(items.in_value(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
        else:
            found = False
        return found or any(part.in_value(value) for part in self.parts)

    def _in_object(self, value: Mapping[str, Any]) -> bool:
        for name, inner in self.members.items():
            if name in value and inner.in_value(value[name]):
                return True
        others = self.others
        return others is not None and any(others.in_value(v) for k, v in value.items() if k not in self.members)


def date_times(contract: Contract, schema: Schema) -> DateTimes | None:
    """The date-times below a schema; None where there is none. A schema within itself is read once."""
    return _below(contract, schema, ())


def _below(contract: Contract, schema: Schema, above: tuple[int, ...]) -> DateTimes | None:
    schema = contract.resolve(schema)
    if id(schema) in above:
        return None
    above = (*above, id(schema))
    members = {
        name: found
        for name, inner in schema.get("properties", {}).items()
        if (found := _below(contract, inner, above)) is not None
    }
    parts: list[DateTimes] = []
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = (_below(contract, inner, above) for inner in schema.get(keyword, ()))
        parts += (found for found in branches if found is not None)
    others = _inner(contract, schema.get("additionalProperties"), above)
    items = _inner(contract, schema.get("items"), above)
    here = schema.get("format") == "date-time"
    if not (here or members or parts or others or items):
        return None
    return DateTimes(here, members, others, items, tuple(parts))


def _inner(contract: Contract, schema: Any, above: tuple[int, ...]) -> DateTimes | None:
    return _below(contract, schema, above) if isinstance(schema, Mapping) else None  # pyright: ignore[reportUnknownArgumentType]
