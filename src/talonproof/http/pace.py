"""Requests go out no faster than asked: a token bucket that holds one token."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from pyrate_limiter import InMemoryStateStore, Rate, RateItem, StateBucket, TokenBucket

_WINDOW: Final = 1_000_000
"""Milliseconds over which the rate is written as a whole number of requests: 1,000 s resolve 0.001 a second."""


class Pace:
    """Waits before a request so that a process keeps to its share of ``rate`` requests a second; 0 never waits.

    ``clock`` counts seconds from anywhere, ``sleep`` waits for seconds.
    """

    def __init__(
        self,
        rate: float,
        *,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._bucket: StateBucket | None = None
        if rate > 0:
            requests = max(1, int(rate * _WINDOW / 1000 / max(1, workers)))
            self._bucket = StateBucket([Rate(requests, _WINDOW, burst=1)], TokenBucket(), InMemoryStateStore())

    def wait(self) -> None:
        """Returns when the next request may go out."""
        if self._bucket is None:
            return
        while True:
            item = RateItem("request", int(self._clock() * 1000))
            if self._bucket.put(item) is True:
                return
            pause = self._bucket.waiting(item)
            self._sleep(max(pause, 1) / 1000 if isinstance(pause, int) else 0.001)
