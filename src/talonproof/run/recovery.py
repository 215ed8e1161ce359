"""What a run had come to when it was killed: its stream is made whole from the journals of its workers.

A worker journals the line of a case before it tells anybody. A case that ended is therefore never lost with the
process that writes the stream, and one that had begun and has no line was in flight: its line is NOT_RUN, and says
how far it came. The last line of any file may be torn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from talonproof.report.reading import STREAM_FILE, STREAM_VERSION
from talonproof.verdict import CHOSEN, Reason, Verdict

PLAN: Final = "plan.json"
"""The header of the stream, written before the stream itself."""

_JOURNAL: Final = re.compile(r"journal-(?P<worker>.+)\.ndjson")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cut:
    """A case that began and did not end: ``sent`` requests were on their way, ``last`` says which was the last."""

    case: str
    worker: str
    started: float
    sent: int
    last: str

    def told(self, why: str) -> str:
        """How far it came, for people."""
        if not self.sent:
            return f"in flight when {why}, with nothing sent"
        return f"in flight when {why}, after {self.sent} request{'s' * (self.sent != 1)}; the last: {self.last}"

    def line(self, reason: Reason, why: str) -> Line:
        """Its line of the stream."""
        return {
            "type": "case",
            "id": self.case,
            "worker": self.worker,
            "verdict": str(Verdict.NOT_RUN),
            "reason": str(reason),
            "detail": self.told(why),
            "started": self.started,
            "seconds": 0.0,
            "requests": {"planned": 0, "sent": self.sent, "extra": 0},
            "evidence": {},
            "findings": [],
            "observations": [],
            "receipt": {"created": {}, "restored": {}},
        }


@dataclass(frozen=True, slots=True)
class Journals:
    """What the journals of a run hold: the lines of the cases that ended, and the cases that were in flight."""

    ended: Mapping[str, Line]
    cut: tuple[Cut, ...]

    def of(self, case: str) -> Cut | None:
        """How far a case came the last time it was in flight; None where it was not."""
        return next((cut for cut in reversed(self.cut) if cut.case == case), None)


def read_journals(folder: Path) -> Journals:
    """The journals in the folder of a run, those of its first part first."""
    ended: dict[str, Line] = {}
    cut: list[Cut] = []
    for file in sorted(folder.glob("journal-*.ndjson"), key=lambda file: (file.stat().st_mtime_ns, file.name)):
        if found := _JOURNAL.fullmatch(file.name):
            flight = _read(file, found["worker"], ended)
            if flight is not None:
                cut.append(flight)
    return Journals(ended, tuple(cut))


def _read(file: Path, worker: str, ended: dict[str, Line]) -> Cut | None:
    """Adds the cases that ended to those known, and gives the one that was in flight at the end."""
    case = ""
    flight: list[bytes] = []
    with file.open("rb") as lines:
        for line in lines:
            if line.startswith((b'{"type": "intent"', b'{"type": "outcome"')):  # most lines, and not needed yet
                flight.append(line)
                continue
            match _parsed(line):
                case {"type": "begin", "case": str(name)}:
                    case, flight = name, []
                case {"type": "case", "id": str(name)} as record:
                    ended.setdefault(name, record)
                    case, flight = "", []
                case {"type": "dropped"}:
                    case, flight = "", []
                case _:
                    pass
    return _cut(case, worker, flight) if case else None


def _cut(case: str, worker: str, flight: Iterable[bytes]) -> Cut:
    """The case in flight, by what was journalled of its calls."""
    sent, started, last = 0, 0.0, ""
    for line in flight:
        match _parsed(line):
            case {"type": "intent", "attempt": attempt, "started": float(at), "method": method, "path": path}:
                sent += attempt == 1
                started = started or at
                last = f"{method} {path}, not answered"
            case {"type": "outcome", "method": method, "path": path, "status": status, "failure": failure}:
                last = f"{method} {path}, {failure or f'answered {status}'}"
            case _:
                pass
    return Cut(case, worker, started, sent, last)


@dataclass
class _Stream:
    """The lines of a stream that are whole; ``torn`` is whether any is not."""

    header: Line
    cases: list[Line] = field(default_factory=list[Line])
    footer: Line | None = None
    torn: bool = False

    @classmethod
    def read(cls, folder: Path) -> _Stream | None:
        """The stream in a folder; None where the run had no plan yet."""
        file = folder / STREAM_FILE
        lines = file.read_bytes().splitlines(keepends=True) if file.exists() else []
        records = [_parsed(line) for line in lines]
        torn = not records or None in records
        header = records[0] if records else None
        if header is None:
            plan = _parsed((folder / PLAN).read_bytes()) if (folder / PLAN).exists() else None
            if plan is None:
                return None
            header = {"type": "header", "version": STREAM_VERSION, **plan}
        stream = cls(header, torn=torn)
        for record in records[1:]:
            match record:
                case {"type": "case"}:
                    stream.cases.append(record)
                case {"type": "footer"}:
                    stream.footer = record
                case _:
                    pass
        return stream

    @property
    def ended(self) -> frozenset[str]:
        """The cases that ended, or were left out by choice."""
        return frozenset(line["id"] for line in self.cases if not unfinished(line))

    @property
    def left(self) -> tuple[str, ...]:
        """The cases of the plan that did not end, in its order."""
        return tuple(row["id"] for row in self.header["cases"] if row["planned"] and row["id"] not in self.ended)

    def complete(self, journals: Journals, why: str) -> bool:
        """Adds what the journals know and the stream does not; gives whether that was anything."""
        known = self.ended
        self.cases = [_taken_back(line) if line["id"] in journals.ended else line for line in self.cases]
        new = [line for name, line in journals.ended.items() if name not in known]
        attempts = {(line["id"], line["worker"]) for line in self.cases}
        new += [cut.line(Reason.INTERRUPTED, why) for cut in journals.cut if (cut.case, cut.worker) not in attempts]
        self.cases += new
        return bool(new)

    def write(self, folder: Path) -> None:
        """Takes the place of the stream in the folder, at once or not at all."""
        temporary = folder / f"{STREAM_FILE}.tmp"
        with temporary.open("w", encoding="utf-8") as file:
            for line in (self.header, *self.cases, *([self.footer] if self.footer else [])):
                file.write(json.dumps(line) + "\n")
        temporary.replace(folder / STREAM_FILE)


KILLED: Final = "the run was killed"


def recover(folder: Path) -> None:
    """Completes the stream of a run that is over and has no footer; any other is left as it is."""
    stream = _Stream.read(folder)
    if stream is None or stream.footer is not None:
        return
    if stream.complete(read_journals(folder), KILLED) or stream.torn:
        stream.write(folder)


def reopen(folder: Path) -> tuple[str, ...] | None:
    """Makes the stream of a run one that can be gone on with, and gives the cases that are left to be run.

    A case is left where it has no line, was in flight, or was lost with its worker. None: the run had no plan yet.
    """
    stream = _Stream.read(folder)
    if stream is None:
        return None
    stream.complete(read_journals(folder), KILLED)
    stream.footer = None
    stream.cases = [_taken_back(line) for line in stream.cases]
    stream.write(folder)
    return stream.left


def is_over(folder: Path) -> bool:
    """Whether a run came to its end, and lost nothing on the way."""
    stream = _Stream.read(folder)
    return stream is not None and stream.footer is not None and not stream.footer["interrupted"] and not stream.left


def unfinished(line: Mapping[str, Any]) -> bool:
    """Whether the case of a line is still to be run: it did not end, and nobody chose to leave it out."""
    lost = line["reason"] == Reason.WORKER_LOST
    return lost or (line["verdict"] == Verdict.NOT_RUN and line["reason"] not in CHOSEN)


def _taken_back(line: Line) -> Line:
    """The line of a case that was lost with its worker counts no more than that of one in flight."""
    return {**line, "verdict": str(Verdict.NOT_RUN)} if line["reason"] == Reason.WORKER_LOST else line


def _parsed(line: bytes) -> Line | None:
    """The object in a line; None for one that is torn."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType]


def lines_of(folder: Path) -> Iterator[Line]:
    """The whole lines of the stream in a folder."""
    for line in (folder / STREAM_FILE).read_bytes().splitlines():
        if record := _parsed(line):
            yield record
