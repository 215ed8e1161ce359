"""Where a suite is broken, and how, in one line out of the many that pytest writes about it."""

from __future__ import annotations

import re
from typing import Final

_PLACE: Final = re.compile(
    r'(?:E\s+)?\s*(?:File "(?P<file>[^"]+)", line (?P<line>\d+)|(?P<path>[^\s:][^:]*):(?P<row>\d+): )'
)
_TOLD: Final = re.compile(r"^(?:E  |ERROR: |INTERNALERROR> (?=\w))\s*(?P<message>.+)$")


def breakage(text: str) -> str:
    """``file:line: message`` of the last error that pytest tells of; what can be had of it where that is not told."""
    place = message = ""
    for line in text.splitlines():
        if found := _PLACE.match(line):
            place = f"{found['file'] or found['path']}:{found['line'] or found['row']}"
        elif told := _TOLD.match(line):
            message = told["message"].strip()
    if not message:
        message = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "no word of it")
    return f"{place}: {message}" if place else message
