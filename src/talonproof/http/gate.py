"""Requests that are under way at the same time: each goes out but for its last byte, then all last bytes go out.

A server cannot carry out a request that it does not have whole. So however long connections and heads take, and
whoever is first, the last bytes arrive together, and what the server then does overlaps if it can.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final

PATIENCE: Final = 2.0
"""Seconds that the others wait for one that has not come so far; then they go without it."""


class Gate:
    """Opens when as many have come as it waits for, when one of them will not come, or when patience is over."""

    def __init__(self, parties: int, patience: float = PATIENCE) -> None:
        self._barrier = threading.Barrier(parties)
        self._patience = patience

    def come(self) -> None:
        """Returns when the gate opens; at once where it is open already."""
        try:
            self._barrier.wait(self._patience)
        except threading.BrokenBarrierError:
            return

    def leave(self) -> None:
        """Somebody will not come: nobody needs to wait."""
        self._barrier.abort()


class Passage:
    """One request on its way through the gate; one without a body comes to it before its first byte.

    ``released`` is when its last byte went out, by ``time.perf_counter``.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._came = False
        self.released = time.perf_counter()

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """The body in two pieces, between them the gate."""
        yield body[:-1]
        self.pass_through()
        yield body[-1:]

    def pass_through(self) -> None:
        """Comes to the gate and goes on."""
        self._came = True
        self._gate.come()
        self.released = time.perf_counter()

    def end(self) -> None:
        """The request is over; where it never came to the gate, the others need not wait for it."""
        if not self._came:
            self._gate.leave()
