"""The state x operation table with what the run saw of each of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from talonproof.report import words
from talonproof.report.records import MatrixRow
from talonproof.report.totals import RequirementState
from talonproof.requirement import Requirement
from talonproof.verdict import Verdict

MARKS: Mapping[str, tuple[str, str]] = {
    "held": ("✓", "seen, and it held"),
    "recorded": ("•", "seen and recorded: no source settles it"),
    "warned": ("!", "broken, a clause of level should"),
    "broken": ("✗", "broken, a clause of level must"),
    "unseen": ("○", "not seen"),
}
"""The marks of a cell: the sign and its meaning. None is told by its colour alone."""

_SEEN = {
    Verdict.PASS: "held",
    Verdict.OBSERVED: "recorded",
    Verdict.WARN: "warned",
    Verdict.KNOWN: "warned",
    Verdict.STALE: "held",
    Verdict.FAIL: "broken",
    Verdict.FLAKY: "broken",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What was seen of one requirement: a key of :data:`MARKS`, and a sentence."""

    requirement: str
    level: str
    mark: str
    said: str

    @property
    def sign(self) -> str:
        """The character for it."""
        return MARKS[self.mark][0]


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table: what was seen of the answer's status and of the state stored afterwards."""

    row: str
    status: Mark
    state: Mark


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table by the state before and the action; a cell holds any number of rows, most often one or none."""

    states: tuple[str, ...]
    actions: tuple[str, ...]
    cells: Mapping[tuple[str, str], tuple[Entry, ...]]
    counts: Mapping[str, int]
    """How many clauses have each mark, each counted once however many cells show it."""


def matrix(
    rows: tuple[MatrixRow, ...], states: Mapping[str, RequirementState], requirements: Mapping[str, Requirement]
) -> Matrix:
    """The table; states and actions stand in the order in which the rows name them first."""
    cells: dict[tuple[str, str], tuple[Entry, ...]] = {}
    marks: dict[str, str] = {}
    for row in rows:
        entry = Entry(row.row, _mark(row.status, states, requirements), _mark(row.state, states, requirements))
        place = (row.from_state, row.action)
        cells[place] = (*cells.get(place, ()), entry)
        marks |= {part.requirement: part.mark for part in (entry.status, entry.state)}
    return Matrix(
        states=tuple(dict.fromkeys(row.from_state for row in rows)),
        actions=tuple(dict.fromkeys(row.action for row in rows)),
        cells=cells,
        counts={mark: sum(held == mark for held in marks.values()) for mark in MARKS},
    )


def _mark(name: str, states: Mapping[str, RequirementState], requirements: Mapping[str, Requirement]) -> Mark:
    state = states.get(name)
    level = str(requirements[name].level) if name in requirements else ""
    if state is None:
        return Mark(name, level, "unseen", "not part of this run")
    mark = _SEEN.get(state.verdict, "unseen")
    said = (
        MARKS[mark][1] if mark != "unseen" else words.why(state.reason, state.detail) or words.VERDICTS[state.verdict]
    )
    return Mark(name, level, mark, said)
