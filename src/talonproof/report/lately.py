"""What the newest runs in a folder said of one requirement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from talonproof.errors import DocumentError
from talonproof.report import words
from talonproof.report.exercised import counted, exercised
from talonproof.report.printable import one_line
from talonproof.report.reading import STREAM_FILE, read_stream
from talonproof.report.records import Exercise, Header
from talonproof.report.totals import RequirementState, requirement_verdicts

_LOOKED_AT: Final = 20
"""The most runs that are read: a folder may hold hundreds."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a run said of a requirement; ``findings`` are the fingerprints of how it was broken."""

    header: Header
    state: RequirementState
    by: Exercise | None
    findings: tuple[str, ...]

    def lines(self) -> list[str]:
        """For people: the verdict and the run, then why or by what."""
        header, state = self.header, self.state
        faults = f", with {', '.join(header.faults)} planted" if header.faults else ""
        where = f"{one_line(header.target.name, 80)}, edition {header.edition}, depth {header.depth}{faults}"
        told = [f"{words.VERDICTS[state.verdict]}, {words.moment(header.started)}: {where} (run {header.run})"]
        if why := words.why(state.reason, state.detail):
            told.append(one_line(why, 240))
        if state.evidence:
            told.append(counted(state.evidence, self.by))
        if self.by is not None and self.by.transitions:
            told.append(f"sessions went {', '.join(sorted(self.by.transitions))}")
        if self.by is not None and self.by.effects:
            told.append(f"effects seen: {', '.join(sorted(self.by.effects))}")
        told += [f"finding {mark}" for mark in self.findings]
        return told


def lately(folder: Path, requirement: str, limit: int) -> tuple[Said, ...]:
    """What the newest runs below a folder, or the run in it, said of a requirement that was in their selection.

    Of more than ``_LOOKED_AT`` runs the older ones are not read; a stream that cannot be read is of a run that nobody
    can tell of.
    """
    said = [each for file in _newest(folder)[:_LOOKED_AT] if (each := _said(file, requirement)) is not None]
    said.sort(key=lambda each: each.header.started, reverse=True)
    return tuple(said[:limit])


def _newest(folder: Path) -> list[Path]:
    """The streams in a folder of runs, those written last first."""

    def streams() -> Iterator[Path]:
        if (folder / STREAM_FILE).is_file():
            yield folder / STREAM_FILE
        yield from folder.glob(f"*/{STREAM_FILE}")

    return sorted(streams(), key=lambda file: (file.stat().st_mtime_ns, file), reverse=True)


def _said(file: Path, requirement: str) -> Said | None:
    try:
        stream = read_stream(file)
    except DocumentError:
        return None
    state = requirement_verdicts(stream.header, stream.cases).get(requirement)
    if state is None:
        return None
    marks = {f.fingerprint for case in stream.cases for f in case.findings if f.requirement == requirement}
    return Said(stream.header, state, exercised(stream.cases).get(requirement), tuple(sorted(marks)))
