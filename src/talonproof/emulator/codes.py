"""A code is a pattern with a character in the place of each ``#``: the next one of a sequence that looks random.

The sequence follows from what the code is for, so that the same calls make the same codes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import shake_256
from string import ascii_uppercase, digits

BLANK = "#"
CHARACTERS = ascii_uppercase + digits

_TRIES = 10_000
_SPARE_BYTES = 8


def unused(pattern: str, characters: Sequence[str], seed: str, taken: Callable[[str], bool]) -> str | None:
    """The first code of a sequence that is not taken; None where none of many is left.

    ``characters`` are single ones, each named once; ``seed`` says where the sequence begins.
    """
    room = len(characters) ** pattern.count(BLANK)
    digest = shake_256(seed.encode()).digest(room.bit_length() // 8 + _SPARE_BYTES)
    first = int.from_bytes(digest)
    for step in range(min(room, _TRIES)):
        code = _filled(pattern, characters, (first + step) % room)
        if not taken(code):
            return code
    return None


def _filled(pattern: str, characters: Sequence[str], number: int) -> str:
    """The pattern with the digits of a number, in base ``len(characters)``, in its blanks."""
    made: list[str] = []
    for character in pattern:
        if character == BLANK:
            number, digit = divmod(number, len(characters))
            made.append(characters[digit])
        else:
            made.append(character)
    return "".join(made)
