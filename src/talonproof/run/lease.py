"""A coupon of the pool is held by one case at a time, whichever process of the run that case is in.

What a coupon counts (reservations, redemptions) can be judged by its holder alone. Colleagues on a shared account are
kept away by the pool being theirs to leave alone; other workers are kept away by this.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from talonproof.run.outcome import Blocked

PATIENCE: Final = 600.0
"""How long a case waits for a coupon, in seconds: a holder may be waiting for a slow target to settle."""

_PAUSE: Final = 0.05


class Pool:
    """The coupons that a target has for the run alone, with a lock for each in the folder of the run.

    The locks are SQLite's: every system has them, and gives them back when the process that holds one dies.
    """

    def __init__(self, coupons: Sequence[str], folder: Path, *, patience: float = PATIENCE) -> None:
        self._coupons = tuple(coupons)
        self._folder = folder / "leases"
        self._patience = patience

    @contextmanager
    def lease(self) -> Generator[str]:
        """A coupon that nobody else in the run holds until the end, the first that is free.

        Raises Blocked where none comes free.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self._patience
        while True:
            for coupon in self._coupons:
                with closing(self._connect(coupon)) as lock:
                    if _taken(lock):
                        continue
                    yield coupon
                    return
            if time.monotonic() >= deadline:
                raise Blocked(f"none of the {len(self._coupons)} coupons of the pool came free")
            time.sleep(_PAUSE)

    def _connect(self, coupon: str) -> sqlite3.Connection:
        """The file of a coupon's lock: capitals aside, as an Application may read codes so."""
        name = hashlib.sha256(coupon.casefold().encode()).hexdigest()[:12]
        return sqlite3.connect(self._folder / f"{name}.lock", timeout=0, isolation_level=None)


def _taken(lock: sqlite3.Connection) -> bool:
    """Whether somebody else holds the lock; else it is held until the connection is closed."""
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return True
    return False
