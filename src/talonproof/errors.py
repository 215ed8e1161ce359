"""Everything that can go wrong with a run, other than the target breaking a requirement.

    TalonproofError
    ├── ConfigError      a flag, a file or a key is wrong: nothing was sent (exit 2)
    │   └── DocumentError    a document we were given does not say what it should; knows file and place
    ├── TargetError      the target cannot be reached, or refuses the key
    └── HarnessError     talonproof itself is at fault (exit 3)
        └── GuardError       a call was about to leave what this run may touch; it was not sent

A requirement that the target breaks is never an exception of this tree: it is a
:class:`~talonproof.finding.Finding`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Final

_LINES: Final = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


class TalonproofError(Exception):
    """A message of one line, a code for machines, and a hint at the way out."""

    code = "talonproof"
    exit_code = 3

    def __init__(self, message: str, *, hint: str = "", code: str | None = None, exit_code: int | None = None) -> None:
        self.message = _LINES.sub(" ", message.strip())
        self.hint = _LINES.sub(" ", hint.strip())
        super().__init__(self.message)
        if code is not None:
            self.code = code
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(TalonproofError):
    """What the user asked for cannot be understood; nothing was sent."""

    code = "config"
    exit_code = 2


class DocumentError(ConfigError):
    """A file is not what it should be; the message starts with its place."""

    code = "document"

    def __init__(self, message: str, *, file: str, line: int | None = None, pointer: str = "", hint: str = "") -> None:
        place = file if line is None else f"{file}:{line}"
        where = f"{place} at {pointer}" if pointer else place
        super().__init__(f"{where}: {message}", hint=hint)
        self.file = file
        self.line = line
        self.pointer = pointer


class TargetError(TalonproofError):
    """The target does not answer (exit 3), or does not accept the key (exit 2)."""

    code = "target"


class HarnessError(TalonproofError):
    """talonproof is at fault; no verdict on the target follows from it."""

    code = "harness"


class GuardError(HarnessError):
    """The call would have left what this run may touch; it was not sent."""

    code = "guard"


def closest(word: str, choices: Iterable[str]) -> str:
    """A hint that names the choice nearest to the word, case aside; the first ones if none is near; empty for none."""
    known = list(choices)
    if not known:
        return ""
    folded = {choice.casefold(): choice for choice in known}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    if near:
        return f"did you mean {folded[near[0]]}?"
    return "one of: " + ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
