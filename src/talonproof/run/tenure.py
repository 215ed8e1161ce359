"""One process at a time is at work in the folder of a run, and those that it started end with it.

That process holds a lock on the launch file of its part of the run: ``launch.json`` for the first, ``launch-1.json``
for what ``--resume`` goes on with. The system frees the lock when the process ends, however it ends, before anything
else that hangs on that process can notice.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from talonproof.errors import ConfigError

PATIENCE: Final = 3.0
"""Seconds that the processes of a run that was killed are given to end."""


def launch_file(folder: Path, part: int = 0) -> Path:
    """The launch file of a part of a run."""
    return folder / (f"launch-{part}.json" if part else "launch.json")


def parts(folder: Path) -> Iterator[tuple[int, Path]]:
    """The parts of a run until now, the last one first, with their launch files."""
    number = 0
    while launch_file(folder, number).exists():
        number += 1
    yield from ((part, launch_file(folder, part)) for part in reversed(range(number)))


def at_work(folder: Path) -> bool:
    """Whether a process is at work in the folder."""
    return any(_held(file) is True for _, file in parts(folder))


class Tenure:
    """The right to be at work in a folder, held until it is released or this process ends."""

    def __init__(self, part: int, descriptor: int) -> None:
        self.part = part
        self._descriptor: int | None = descriptor

    @classmethod
    def begin(cls, folder: Path) -> Self:
        """For a run that begins; ConfigError where another one is at work there."""
        found = _locked(launch_file(folder), os.O_CREAT)
        if found is None:
            message = f"another run is at work in {folder}"
            raise ConfigError(message, hint="name a folder that does not exist")
        for part, file in parts(folder):
            if part:
                file.unlink(missing_ok=True)  # of a run that had not begun either
        return cls(0, found)

    @classmethod
    def resume(cls, folder: Path) -> Self:
        """For a run that goes on; ConfigError where it still does, or never began."""
        message = f"the run in {folder} is still going on"
        last = next(iter(parts(folder)), None)
        if last is None:
            raise ConfigError(f"{folder} holds nothing to go on with", hint="a run leaves a launch.json there")
        deadline = time.monotonic() + PATIENCE
        while at_work(folder):
            if time.monotonic() > deadline:
                raise ConfigError(message, hint="its processes have to end first")
            time.sleep(0.05)
        part = last[0] + 1
        try:
            found = _locked(launch_file(folder, part), os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            found = None
        if found is None:
            raise ConfigError(message, hint="somebody else resumes it")
        return cls(part, found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Ends the tenure; a second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Overseer:
    """The process at work on whose behalf this one runs, known by the launch file that it holds."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def end_with(self) -> None:
        """Has this process killed at the moment when that one ends."""
        threading.Thread(target=self._wait, name="overseer", daemon=True).start()

    def check(self) -> None:
        """Kills this process if that one has ended: what it has met since may have come of that alone."""
        if _held(self._file) is False:
            os.kill(os.getpid(), signal.SIGKILL)

    def _wait(self) -> None:
        try:
            fcntl.flock(os.open(self._file, os.O_RDONLY), fcntl.LOCK_SH)
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


def _locked(file: Path, flags: int) -> int | None:
    """A descriptor with the lock of a file; None where somebody holds it. OSError where the file cannot be had."""
    descriptor = os.open(file, os.O_RDWR | flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:  # a file system without locks: nobody is kept out, and nobody is ended
        pass
    return descriptor


def _held(file: Path) -> bool | None:
    """Whether somebody holds the lock of a file; None where that cannot be told."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return False
