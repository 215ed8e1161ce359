"""Stand-ins for ids: values are drawn with them, and bound to ids of the run when they are sent.

A drawn id would make a property flaky on a server that remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

SESSION = "<session>"
"""Stands for the id of the session that a call is about."""

PROFILE = "<profile>"
"""Stands for the id of the profile that a call is about."""

AUDIENCE = "<audience>"
"""Stands for the integration id of the audience that a call is about."""

AUDIENCE_NUMBER: Final = -1_000_001
"""Stands for the number that the server gave to that audience; no audience has this one."""

CARD = "--card--"
"""Stands for the identifier of the loyalty card that a call is about: in characters that identifiers may have."""

SKU = "<sku>"
"""Stands for the SKU of the catalog item that a call is about."""

MARK = "<mark>"
"""Stands for an id by which a filter knows the catalog items of the run."""


def several(stand_in: str, count: int) -> tuple[str, ...]:
    """So many stand-ins of one kind, the given one first: ``<profile>``, ``<profile 2>`` and so on."""
    return (stand_in, *(f"{stand_in[:-1]} {n}>" for n in range(2, count + 1)))[:count]


def bind(value: Any, ids: Mapping[Any, Any]) -> Any:
    """A copy of a JSON value in which everything that is a stand-in has become the id given for it."""
    match value:
        case str():
            return ids.get(value, value)
        case int() if not isinstance(value, bool):
            return ids.get(value, value)
        case list():
            return [bind(item, ids) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case Mapping():
            return {key: bind(item, ids) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value
