"""Requests go out no faster than asked, all workers of a run together, and slower where the server asks for that.

One token bucket of one token stands in a file of the run's folder; each worker takes its turns there. A 429 or a 503
doubles the time between two requests and keeps everybody away for as long as Retry-After says; each answer that comes
after that shortens the time again, until it is what the rate asks for.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

T = TypeVar("T")

_WINDOW: Final = 1_000_000
"""Milliseconds over which the rate is written as a whole number of requests: 1,000 s resolve 0.001 a second."""

FIRST_GAP: Final = 0.02
"""Seconds between two requests once a server without a limit of its own in the target file asks for fewer."""

LONGEST_GAP: Final = 2.0
"""Seconds between two requests at which nobody is slowed down further, unless the rate itself is slower."""

RECOVERY: Final = 0.97
"""What an answer leaves of a gap that is longer than the rate asks for: some 23 of them undo one 429."""

ONCE_A: Final = 1.0
"""Seconds in which a gap is doubled once: what several workers are told at a time is told once."""

FILE: Final = "pace.sqlite"


@dataclass(frozen=True, slots=True)
class Turns:
    """When the next request may go out, by the clock that all processes of a machine share.

    ``due`` is the theoretical arrival time of the algorithm in microseconds; the rest are seconds: ``gap`` between two
    requests, ``held`` until when nothing goes out, ``slowed`` when the gap was last made longer.
    """

    due: float = 0.0
    gap: float = 0.0
    held: float = 0.0
    slowed: float = 0.0


Change = Callable[[Turns], tuple[Turns, T]]


class Board(Protocol):
    """Where the turns are written down."""

    def empty(self) -> bool:
        """Whether nothing was ever written."""
        ...

    def change(self, change: Change[T], first: Turns) -> T:
        """Changes the turns (``first`` where there are none) without anybody coming between; gives what comes of it."""
        ...

    def close(self) -> None:
        """Lets go of what it holds."""
        ...


class Alone:
    """The turns of one process."""

    def __init__(self) -> None:
        self._turns: Turns | None = None
        self._lock = threading.Lock()

    def empty(self) -> bool:
        """Whether nothing was ever written."""
        return self._turns is None

    def change(self, change: Change[T], first: Turns) -> T:
        """Changes the turns under a lock."""
        with self._lock:
            self._turns, result = change(first if self._turns is None else self._turns)
        return result

    def close(self) -> None:
        """Nothing is held."""


class Together:
    """The turns of all processes that name the same folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def empty(self) -> bool:
        """Whether nothing was ever written, by whatever process."""
        return not self._file.exists()

    def change(self, change: Change[T], first: Turns) -> T:
        """Changes the turns in a transaction that only one process has at a time."""
        with self._lock:
            database = self._open()
            database.execute("BEGIN IMMEDIATE")
            try:
                row = database.execute("SELECT due, gap, held, slowed FROM turns").fetchone()
                turns, result = change(Turns(*row) if row else first)
                database.execute("DELETE FROM turns")
                database.execute("INSERT INTO turns VALUES (?, ?, ?, ?)", astuple(turns))
            finally:
                database.execute("COMMIT")
        return result

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _open(self) -> sqlite3.Connection:
        if self._database is None:
            database = sqlite3.connect(self._file, timeout=60, isolation_level=None, check_same_thread=False)
            database.execute("PRAGMA journal_mode=WAL")  # a worker that is killed leaves no half of a turn
            database.execute("PRAGMA synchronous=OFF")
            database.execute("CREATE TABLE IF NOT EXISTS turns (due REAL, gap REAL, held REAL, slowed REAL)")
            self._database = database
        return self._database


def forget(folder: Path) -> None:
    """Takes the turns of a run that is over out of its folder."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            (folder / (FILE + suffix)).unlink(missing_ok=True)


class Pace:
    """Waits before a request so that all who share the board keep to ``rate`` requests a second; 0 is no limit.

    ``clock`` counts seconds, the same for all of them; ``sleep`` waits for seconds.
    """

    def __init__(
        self,
        rate: float,
        *,
        board: Board | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / rate if rate > 0 else 0.0
        self._first = Turns(gap=self._gap)
        self._board = board or Alone()
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Returns when the next request may go out."""
        if self._idle():
            return
        while pause := self._board.change(self._turn, self._first):
            self._sleep(pause)

    def slow_down(self, seconds: float) -> None:
        """The server asked for fewer requests, and to be left alone for so long."""

        def slower(turns: Turns) -> tuple[Turns, None]:
            now = self._clock()
            turns = replace(turns, held=max(turns.held, now + seconds))
            if abs(now - turns.slowed) >= ONCE_A:
                gap = min(max(2 * turns.gap, FIRST_GAP), max(LONGEST_GAP, self._gap))
                turns = replace(turns, gap=gap, slowed=now)
            return turns, None

        self._board.change(slower, self._first)

    def speed_up(self) -> None:
        """The server answered: where it was slowed down for, a little of that is taken back."""

        def faster(turns: Turns) -> tuple[Turns, None]:
            gap = turns.gap * RECOVERY
            return replace(turns, gap=gap if gap > max(self._gap, FIRST_GAP / 10) else self._gap), None

        if not self._idle():
            self._board.change(faster, self._first)

    def close(self) -> None:
        """Lets go of the board."""
        self._board.close()

    def _idle(self) -> bool:
        """Whether there is neither a limit nor anybody who asked for one."""
        return not self._gap and self._board.empty()

    def _turn(self, turns: Turns) -> tuple[Turns, float]:
        """The turns after this one is taken, and 0; or as they are, and the seconds to wait."""
        now = self._clock()
        if turns.held > now:
            return turns, turns.held - now
        if not turns.gap:
            return turns, 0.0
        # Imported here: most runs keep no pace, and it takes longer to load than all that they send takes to plan.
        from pyrate_limiter import GCRA, Rate  # noqa: PLC0415

        rate = Rate(max(1, int(_WINDOW / 1000 / turns.gap)), _WINDOW, burst=1)
        (due,), decision = GCRA().step([rate], (turns.due,), int(now * 1000), 1)
        if decision.allowed:
            return replace(turns, due=due), 0.0
        return turns, max(decision.retry_after_ms or 1, 1) / 1000
