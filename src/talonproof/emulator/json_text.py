"""JSON is written compactly, as it is sent and as it is stored, by orjson; so is read what was stored.

orjson knows no integers beyond 64 bits: Python's own encoder and decoder see to those.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

_LONG = b"0" * 19
"""So many digits in a row may be an integer beyond 64 bits."""

_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")


def encode(document: object) -> bytes:
    """The JSON text of a document, compact, in UTF-8."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return _ENCODER.encode(document).encode()


def stored(document: object) -> str:
    """The JSON text of a document, for a column of the store; one that orjson cannot read begins with a space."""
    try:
        return orjson.dumps(document).decode()
    except TypeError:
        return f" {_ENCODER.encode(document)}"


def restored(text: str) -> Any:
    """The document of a column of the store."""
    return json.loads(text) if text[0] == " " else orjson.loads(text)


def has_long_number(text: bytes) -> bool:
    """Whether there may be an integer in a text that orjson would read as another number."""
    return _LONG in text.translate(_DIGITS_ALIKE)
