r"""Text that came from a server or from a generator, made safe to show anywhere.

What a terminal would obey, XML forbids or UTF-8 cannot carry becomes a visible escape such as
``\u001b``: control characters other than tab and line feed, lone surrogates, characters that are none,
and those which reorder the text around them (see Boucher and Anderson, "Trojan Source", 2021).
Markup is left alone: escaping that is the business of each format.
"""

from __future__ import annotations

import re

_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed; a bare carriage return overwrites its line
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u2028\u2029"  # line ends to some readers only
    "\ud800-\udfff"  # half a character
    "\ufdd0-\ufdef\ufffe\uffff\ufeff]"  # no character, or a byte order mark
)


def printable(text: str) -> str:
    r"""The text, with everything that must not be shown as it is written ``\uXXXX``; idempotent."""
    return _UNSHOWABLE.sub(_escape, text)


def one_line(text: str, limit: int = 0) -> str:
    """The printable text on one line, cut with an ellipsis after ``limit`` characters (0: never)."""
    line = " ".join(printable(text).split())
    return line if not limit or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
