"""The journal of a worker: each call's intent before it is sent, its outcome after; one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Appends lines to ``journal-<worker>.ndjson``, each handed to the system at once."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._file: TextIO = (folder / f"journal-{worker}.ndjson").open("a", encoding="utf-8", buffering=1)
        self.case = ""

    def intent(self, data: dict[str, Any]) -> None:
        """A call is about to be sent."""
        self._write("intent", data)

    def outcome(self, data: dict[str, Any]) -> None:
        """An answer came, or will not come."""
        self._write("outcome", data)

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()

    def _write(self, kind: str, data: dict[str, Any]) -> None:
        self._file.write(json.dumps({"type": kind, "case": self.case, **data}) + "\n")
