"""The target file that a user begins with: every key explained, and all but the address commented out."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from talonproof.target.keys import Key
from talonproof.target.table import TABLES, keys_of
from talonproof.target.triggers import ABOUT, EXAMPLE

_SET: Final = frozenset(
    {("target", "url"), ("target", "allowed_host"), ("limits", "max_footprint"), ("limits", "rate")}
)
"""What is set in it; all else keeps its default until somebody uncomments it."""

_WIDTH: Final = 110


def starting_file() -> str:
    """The file, which can be read as it is."""
    lines = ["# A target file of talonproof. Strings may hold ${NAME}, the value of an environment variable."]
    for table, what in TABLES.items():
        lines += ["", f"# {what[:1].upper()}{what[1:]}.", f"[{table}]"]
        for key in keys_of(table).values():
            lines += _entry(key)
    lines += ["", *(f"# {part}" for part in textwrap.wrap(ABOUT, _WIDTH)), *EXAMPLE]
    return "\n".join(lines) + "\n"


def _entry(key: Key) -> Iterator[str]:
    line = f"{key.name} = {key.example}"
    yield from (f"# {part}" for part in textwrap.wrap(key.what, _WIDTH))
    yield line if (key.table, key.name) in _SET else f"#{line}"
