"""Whoever stops this process stops the one that runs the cases too, once, and lets it end its stream."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, what a CI server sends to a job that it cancels, and a terminal that was closed."""


@contextmanager
def stoppable(
    command: Sequence[str], *, output: BinaryIO, environment: Mapping[str, str], folder: Path
) -> Generator[subprocess.Popen[bytes], None, None]:
    """A child process that writes to a file, and never outlives the block, nor does a child of its own.

    The first signal to stop reaches it as one Ctrl-C, whatever the signal was, and whether this process alone was
    told or a whole terminal; the second kills it. Only the main thread hears of signals: what another thread starts
    is left to the terminal.
    """
    main = threading.current_thread() is threading.main_thread()
    heard = [number for number in STOPS if main and signal.getsignal(number) is not signal.SIG_IGN]
    children: list[subprocess.Popen[bytes]] = []
    stops: list[int] = []

    def stop(number: int, _: object) -> None:
        stops.append(number)
        for child in children:
            child.send_signal(signal.SIGINT if len(stops) == 1 else signal.SIGKILL)

    before = {number: signal.signal(number, stop) for number in heard}
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            start_new_session=main,  # else Ctrl-C in a terminal would reach it twice, and cut its ending short
        )
        children.append(child)
        try:
            if stops:
                child.send_signal(signal.SIGINT)
            yield child
        finally:
            child.kill()
            if child.wait() < 0 and main:
                _end_group(child.pid)
    finally:
        for number in heard:
            signal.signal(number, before[number])


def _end_group(leader: int) -> None:
    """Kills what a child that was killed has left of its process group, and waits until that is gone."""
    with suppress(ProcessLookupError, PermissionError):
        for _ in range(50):
            os.killpg(leader, signal.SIGKILL)
            time.sleep(0.02)
