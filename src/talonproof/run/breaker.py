"""A target that is down ends the run: what is left is not run, and all that was found so far is kept.

One call without an answer says little; many in a row, in a process that does nothing but call, say that the target may
be gone. Then it is asked for something harmless a few times. Only if that is not answered either is the target down:
a server that breaks off one operation for ever is up. The processes of a run tell each other by a file in its folder.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

IN_A_ROW: Final = 5
"""Calls without an answer of the API, each with its retries, after which the target is asked whether it is there."""

SLOW_IN_A_ROW: Final = 2
"""The same where they took long: a target that swallows calls would use up an hour before it is given up."""

LONG: Final = 60.0
"""Seconds that such calls take in all."""

ASKED_AGAIN_AFTER: Final = (0.0, 1.0, 3.0)
"""Seconds before each of the times that it is asked."""

FILE: Final = "target-down.txt"


class Breaker:
    """Knows whether the target of a run is down.

    ``ask`` gives the reason why a harmless call is not answered, or nothing where it is.
    """

    def __init__(
        self,
        folder: Path,
        ask: Callable[[], str],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._file = folder / FILE
        self._ask = ask
        self._clock = clock
        self._sleep = sleep
        self._failed = 0
        self._since = 0.0

    @property
    def down(self) -> str:
        """Why the target counts as down, whichever process found that; empty while it does not."""
        try:
            return self._file.read_text(encoding="utf-8")
        except OSError:
            return ""

    def note(self, *, answered: bool) -> None:
        """A call ended, with an answer of the API or without one."""
        if answered:
            self._failed = 0
            return
        if not self._failed:
            self._since = self._clock()
        self._failed += 1
        enough = SLOW_IN_A_ROW if self._clock() - self._since >= LONG else IN_A_ROW
        if self._failed >= enough and not self.down:
            self._failed = 0
            if reason := self._asked():
                self._file.write_text(reason, encoding="utf-8")

    def _asked(self) -> str:
        """Why none of several harmless calls is answered; empty as soon as one is."""
        reason = ""
        for pause in ASKED_AGAIN_AFTER:
            self._sleep(pause)
            if not (reason := self._ask()):
                return ""
        return reason
