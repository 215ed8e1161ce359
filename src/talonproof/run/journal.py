"""The journal of a worker: a case begins, each call's intent, its outcome, the case's end; one JSON object a line.

An intent stands here before its call is sent, and the line of a case before anybody is told of it: no end of another
process can lose it (see :mod:`talonproof.run.recovery`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Appends lines to ``journal-<worker>.ndjson``."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._file: TextIO = (folder / f"journal-{worker}.ndjson").open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()
        self.case = ""

    def begin(self, case: str) -> None:
        """A case is about to run; what follows is its own."""
        self.case = case
        self._write({"type": "begin", "case": case})

    def intent(self, data: dict[str, Any]) -> None:
        """A call is about to be sent."""
        self._write({"type": "intent", "case": self.case, **data})

    def outcome(self, data: dict[str, Any]) -> None:
        """An answer came, or will not come."""
        self._write({"type": "outcome", "case": self.case, **data})

    def ended(self, record: Mapping[str, Any]) -> None:
        """The case ended, with this line of the stream."""
        self._write(record)

    def dropped(self) -> None:
        """The case ended without a line of its own: it failed before its body began."""
        self._write({"type": "dropped", "case": self.case})

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line) + "\n"
        with self._lock:  # calls that are under way together write their outcomes from threads of their own
            self._file.write(text)
