"""Bodies that are no JSON, and JSON that is no object: each with a name, always in the same order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Malformed:
    """The bytes of a body as they are sent, and what is wrong with them."""

    label: str
    raw: bytes


BROKEN: tuple[Malformed, ...] = (
    Malformed("an empty body", b""),
    Malformed("white space alone", b" \n"),
    Malformed("plain text", b"customerSession"),
    Malformed("an object cut short", b'{"customerSession": {"state": "op'),
    Malformed("a bracket too few", b'{"customerSession": {}'),
    Malformed("a comma at the end", b'{"customerSession": {},}'),
    Malformed("a comma too few", b'{"type": "a" "profileId": "b"}'),
    Malformed("a key without quotes", b"{customerSession: {}}"),
    Malformed("single quotes", b"{'customerSession': {}}"),
    Malformed("a key without a value", b'{"customerSession"}'),
    Malformed("a comment", b'{"customerSession": {} /* open */}'),
    Malformed("a number with a leading zero", b'{"attributes": {"a": 007}}'),
    Malformed("an unknown escape", b'{"type": "\\x"}'),
    Malformed("HTML", b"<!doctype html><title>session</title>"),
    Malformed("a form", b"type=a&profileId=b"),
)
"""Texts that no JSON parser in use accepts."""

TOLERATED: tuple[Malformed, ...] = (
    Malformed("a bracket too many", b'{"customerSession": {}}}'),
    Malformed("two documents", b'{"customerSession": {}} {"customerSession": {}}'),
    Malformed("NaN for a number", b'{"attributes": {"a": NaN}}'),
    Malformed("bytes that are no UTF-8", b'{"type": "\xff\xfe"}'),
    Malformed("a line break in a string", b'{"type": "a\nb"}'),
)
"""Texts that are no JSON either, though some parsers take them: by reading the first document only, or by mending."""

WRONG_TOP: tuple[Malformed, ...] = (
    Malformed("an array at the top", b"[]"),
    Malformed("an array around the object", b'[{"customerSession": {}}]'),
    Malformed("a string at the top", b'"customerSession"'),
    Malformed("a number at the top", b"7"),
    Malformed("a boolean at the top", b"true"),
    Malformed("null at the top", b"null"),
)
"""Well-formed JSON of another type than the object that every operation with a body asks for."""
