"""JSON is written compactly and read exactly, whatever orjson makes of it."""

from __future__ import annotations

import pytest

from talonproof.emulator.json_text import encode, restored, stored


@pytest.mark.parametrize(
    "document",
    [
        {"a": [1, 1.0, -0.0, 0.1, 1e16, 1e-7, 5e-324, True, None, "é/\u2028"]},
        2**63 - 1,
        -(2**63),
        {"beyond": [2**63, 2**64, -(2**63) - 1, 10**30]},
    ],
)
def test_what_is_stored_comes_back_as_it_was(document: object) -> None:
    """Each number comes back with its value and its type, integers beyond 64 bits too."""
    assert repr(document) == repr(restored(stored(document)))


def test_text_is_compact_utf_8() -> None:
    """There are no spaces, and letters beyond ASCII stand as they are."""
    assert '{"é":[1,2.0]}'.encode() == encode({"é": [1, 2.0]})


def test_what_orjson_does_not_take_is_written_all_the_same() -> None:
    """An integer beyond 64 bits, anywhere in a document, does not make it unwritable."""
    assert b'{"a":18446744073709551616,"b":"x"}' == encode({"a": 2**64, "b": "x"})
