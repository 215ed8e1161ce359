"""What a process says reaches its log without a secret in it, whatever it prints and however it breaks down."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from talonproof.http.redact import Redactor

_LAST_WORDS: Final = 2.0
"""Seconds to wait for what is still on its way when the process has ended."""


@contextmanager
def redacted(file: Path, redactor: Redactor) -> Generator[BinaryIO, None, None]:
    """Something to write to from another process; each line goes to the file without secrets."""
    reading, writing = os.pipe()

    def copy() -> None:
        with os.fdopen(reading, "rb") as lines, file.open("wb", buffering=0) as log:
            for line in lines:
                log.write(redactor.data(line))

    copier = threading.Thread(target=copy, name="log", daemon=True)
    copier.start()
    try:
        with os.fdopen(writing, "wb") as end:
            yield end
    finally:
        copier.join(_LAST_WORDS)
