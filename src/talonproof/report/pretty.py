"""JSON text laid out for reading, without being understood: every number, key and escape stays as it was sent."""

from __future__ import annotations

import json
import re

from talonproof.report.words import amount

SHOWN = 20_000
"""The most characters of one body that a page shows."""

_LARGEST = 10 * SHOWN
"""A body longer than this is shown as it came: laying it out would only cut it earlier."""

_DEEPEST = 24
"""Beyond this depth lines are no longer indented further."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def pretty(body: str) -> str:
    """The body, laid out if it is JSON; after 20,000 characters it is cut, and says so."""
    text = _laid_out(body) if len(body) <= _LARGEST and is_json(body) else body
    if len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN]}\n… cut here; {amount(len(body), 'character')} in all, complete in run.ndjson"


def is_json(body: str) -> bool:
    """Whether the text is one JSON value; one that is nested too deeply to tell counts as none."""
    try:
        json.loads(body, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _laid_out(body: str) -> str:
    lines: list[str] = []
    line = ""
    depth = 0
    empty = False
    for match in _TOKEN.finditer(body):
        token = match[0]
        if token in "}]":
            depth -= 1
            if empty:
                line += token
            else:
                lines.append(line)
                line = _indent(depth) + token
            empty = False
            continue
        if empty:
            lines.append(line)
            line = _indent(depth)
        empty = token in "{["
        if token == ",":
            lines.append(line + token)
            line = _indent(depth)
        elif token == ":":
            line += ": "
        else:
            line += token
            depth += empty
    return "\n".join([*lines, line])


def _indent(depth: int) -> str:
    return "  " * min(depth, _DEEPEST)
