"""The stream of a run: header, one line a case, footer. Every report is a function of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from talonproof.report.reading import STREAM_FILE, STREAM_VERSION, read_stream
from talonproof.report.totals import conclude, requirement_verdicts
from talonproof.run.recovery import lines_of, unfinished
from talonproof.verdict import Verdict


def moment() -> str:
    """The present moment as the stream writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class StreamWriter:
    """Writes the stream of a run to ``run.ndjson`` in its folder; each line is handed to the system at once."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / STREAM_FILE
        self._file: TextIO | None = None
        self._requests: Counter[str] = Counter()
        self._finished: set[str] = set()
        self._attempts: set[tuple[str, str]] = set()
        self._before = 0.0
        self.begun = False
        self._begun = datetime.now(UTC)

    def header(self, data: Mapping[str, Any]) -> None:
        """Begins the stream."""
        self.begun = True
        self._write({"type": "header", "version": STREAM_VERSION, **data})

    def resume(self) -> None:
        """Goes on with the stream in the folder, which has no footer; what it holds counts in the sums."""
        self.begun = True
        started = ended = 0.0
        for record in lines_of(self.path.parent):
            if record["type"] == "header":
                started = ended = datetime.fromisoformat(record["started"]).timestamp()
            elif record["type"] == "case":
                self._note(record)
                ended = max(ended, record["started"] + record["seconds"])
                if unfinished(record):
                    self._finished.discard(record["id"])
        self._before = ended - started
        self._file = self.path.open("a", encoding="utf-8", buffering=1)

    def case(self, record: dict[str, Any]) -> None:
        """A case ended, or was cut off; only the first record of an attempt counts, and none after that of its end."""
        if record["id"] not in self._finished and not self.knows(record["id"], record["worker"]):
            self._note(record)
            self._write(record)

    def knows(self, case: str, worker: str) -> bool:
        """Whether there is a record of the attempt that a worker made at a case."""
        return (case, worker) in self._attempts

    def _note(self, record: Mapping[str, Any]) -> None:
        self._finished.add(record["id"])
        self._attempts.add((record["id"], record["worker"]))
        self._requests.update(record["requests"])

    def footer(self, receipt: Mapping[str, Any], *, interrupted: bool, problems: Sequence[str] = ()) -> int:
        """Ends the stream with the verdict on all of it, and gives the exit code.

        ``receipt`` is what the run sent and did to the account, by its journals: those of cases that never ended among
        them. ``problems`` are faults of the harness outside any case; one of them makes the run an ERROR.
        """
        stream = read_stream(self.path)
        states = requirement_verdicts(stream.header, stream.cases)
        best = Verdict.ERROR if problems else Verdict.UNSUPPORTED
        sums = conclude(stream.header, stream.cases, interrupted=interrupted, at_best=best)
        self._write(
            {
                "type": "footer",
                "ended": moment(),
                "seconds": round(self._before + (datetime.now(UTC) - self._begun).total_seconds(), 3),
                "verdict": sums.verdict,
                "exit_code": sums.exit_code,
                "interrupted": interrupted,
                "problems": list(problems),
                "requests": {
                    "sent": self._requests["sent"],
                    "extra": self._requests["extra"],
                },
                "receipt": dict(receipt),
                "requirements": {name: state.to_json() for name, state in states.items()},
            }
        )
        if self._file is not None:
            self._file.close()
        return sums.exit_code

    def _write(self, record: Mapping[str, Any]) -> None:
        if self._file is None:
            self._file = self.path.open("x", encoding="utf-8", buffering=1)
        self._file.write(json.dumps(record) + "\n")
