"""Stand-ins for ids: values are drawn with them, and bound to ids of the run when they are sent.

A drawn id would make a property flaky on a server that remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SESSION = "<session>"
"""Stands for the id of the session that a call is about."""

PROFILE = "<profile>"
"""Stands for the id of the profile that a call is about."""


def bind(value: Any, ids: Mapping[str, str]) -> Any:
    """A copy of a JSON value in which every string that is a stand-in has become the id given for it."""
    match value:
        case str():
            return ids.get(value, value)
        case list():
            return [bind(item, ids) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case Mapping():
            return {key: bind(item, ids) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value
