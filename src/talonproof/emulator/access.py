"""What was asked lately, and, where somebody wants to know, a line of JSON for each request.

No key is kept or written: of a request only its method, its target, and which Application its key belongs to. A target
that holds a key all the same is written without it.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from talonproof.errors import ConfigError

_LOG = logging.getLogger(__name__)

KEPT = 50
"""So many of the last requests are shown."""

LONGEST = 500
"""Characters of a target; what follows is left out, and said to be."""

_REDACTED = "[redacted]"
_LONG = 8
"""A key that is shorter may be a word, such as the name of a parameter: it is one only where it stands alone."""

_LOOKS_LIKE_A_KEY = re.compile(r"(?i)(?<=ApiKey-v1)(%20|\+|\s)[^&]+|(?<=api_key=)[^&]+|(?<=apikey=)[^&]+")


@dataclass(slots=True)  # not frozen: that takes four times as long to make, and nobody changes one
class Access:
    """One request and its answer: ``moment`` in seconds since 1970 by the machine's clock, ``took`` in seconds.

    ``target`` is as it arrived, so it is never shown as it stands; ``application`` is 0 for a request without a valid
    key, ``size`` the bytes of the answer's body.
    """

    moment: float
    method: str
    target: str
    application: int
    test: bool
    status: int
    took: float
    size: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as it may be shown: when (RFC 3339, UTC), without keys, with its operation if it has one."""

    access: Access
    time: str
    target: str
    operation: str

    @property
    def milliseconds(self) -> float:
        """How long the answer took."""
        return round(self.access.took * 1000, 2)

    def line(self) -> str:
        """The request as one line of JSON."""
        shown = {
            "time": self.time,
            "method": self.access.method,
            "target": self.target,
            "operation": self.operation or None,
            "application": self.access.application or None,
            "testKey": self.access.test,
            "status": self.access.status,
            "milliseconds": self.milliseconds,
            "bytes": self.access.size,
        }
        return json.dumps(shown, ensure_ascii=False) + "\n"


def shown(access: Access, operation: str, keys: Iterable[str]) -> Shown:
    """A request as it may be shown; ``keys`` are all that the server knows."""
    moment = datetime.fromtimestamp(access.moment, UTC).isoformat(timespec="milliseconds")
    return Shown(access, moment.replace("+00:00", "Z"), without_keys(access.target, keys), operation)


def without_keys(target: str, keys: Iterable[str]) -> str:
    """A target of at most LONGEST characters, in which nothing stands that is a key or is given as one."""
    for key in keys:
        if len(key) >= _LONG:
            target = target.replace(key, _REDACTED)
        elif key in target:
            target = re.sub(rf"(?<![\w-]){re.escape(key)}(?![\w=-])", _REDACTED, target)
    target = _LOOKS_LIKE_A_KEY.sub(_REDACTED, target)
    return target if len(target) <= LONGEST else target[:LONGEST] + "…"


class AccessLog:
    """The last requests; with ``out``, all of them as lines there."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out
        self._recent: deque[Access] = deque(maxlen=KEPT)

    def note(self, access: Access, show: Callable[[Access], Shown], *, keep: bool = True) -> None:
        """Writes a request down; ``keep`` it among the last, too.

        A log that cannot be written any more is given up; the server goes on.
        """
        if keep:
            self._recent.append(access)
        if self._out is None:
            return
        try:
            self._out.write(show(access).line())
            self._out.flush()
        except (OSError, ValueError) as error:
            self._out = None
            _LOG.error("the access log cannot be written any more: %s", error)

    def recent(self) -> list[Access]:
        """The last requests, newest first."""
        return list(reversed(self._recent))

    def close(self) -> None:
        """Closes the file, if it is one of its own."""
        if self._out is not None and self._out is not sys.stderr:
            self._out.close()


def access_log(where: str) -> AccessLog:
    """A log that writes to a file, which it appends to, to the standard error (``-``), or nowhere (empty).

    Raises ConfigError for a file that cannot be written.
    """
    if not where:
        return AccessLog()
    if where == "-":
        return AccessLog(sys.stderr)
    try:
        return AccessLog(Path(where).open("a", encoding="utf-8", errors="backslashreplace"))
    except OSError as error:
        message = f"the access log {where} cannot be written: {error.strerror}"
        raise ConfigError(message, hint="--log - writes to the standard error") from None
