"""A finding is a requirement broken, with an identity that survives other data and other runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_INDEX = re.compile(r"/\d+(?=/|$)")


def fingerprint(requirement: str, operation: str, check: str, pointer: str) -> str:
    """The identity of a finding: 12 hex digits over what is broken and where.

    Array indices in the pointer count as ``*``; messages and values never enter.
    """
    place = _INDEX.sub("/*", pointer)
    told = f"{requirement}\n{operation}\n{check}\n{place}"
    # A pointer holds names that the server chose: lone surrogates too.
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A requirement was exercised, and held or did not.

    ``pointer`` is a JSON pointer into the body judged (empty: the answer as a whole);
    ``message`` is for people and says what was seen against what was expected.
    """

    requirement: str
    holds: bool
    check: str
    operation: str
    message: str = ""
    pointer: str = ""

    @property
    def fingerprint(self) -> str:
        """The identity of the finding that a judgement which does not hold becomes."""
        return fingerprint(self.requirement, self.operation, self.check, self.pointer)


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement that does not hold, with the numbers of the exchanges that show it.

    ``exchanges`` index the history of the case, in order; the last one is the answer judged.
    ``confirmed`` is whether it came back when the case was replayed on fresh ids (None: not replayed).
    """

    judgement: Judgement
    exchanges: tuple[int, ...]
    confirmed: bool | None = None

    @property
    def fingerprint(self) -> str:
        """See :func:`fingerprint`."""
        return self.judgement.fingerprint
