"""How faithful a target is to the API, area by area, and when each of it was last verified.

What a run judged is verified by that run. What it did not judge was last verified, if ever, by the run that it was
compared with (``--against``) or by one before that, provided that these judged the same target by the same edition:
their word stands in the header of the stream, so that the grade is a function of the stream like every report.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from talonproof.report import words
from talonproof.report.account import Account, account
from talonproof.report.records import Header, Stream, TargetFacts
from talonproof.report.totals import RequirementState
from talonproof.requirement import AREAS, Level, Requirement
from talonproof.verdict import JUDGED, Verdict
from talonproof.verified import Verified

FILE: Final = "fidelity.json"
VERSION: Final = 1


class Standing(StrEnum):
    """Where a requirement stands on a target: what is merely recorded neither passes nor is broken."""

    PASSED = "passed"
    BROKEN = "broken"
    RECORDED = "recorded"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class Tally:
    """Testable requirements by their standing; ``must`` and ``should`` are those broken, by level.

    ``unjudged`` counts those that were not judged by the reason, or by the verdict that has none.
    """

    requirements: int = 0
    passed: int = 0
    must: int = 0
    should: int = 0
    recorded: int = 0
    unjudged: Mapping[str, int] = dataclasses.field(default_factory=dict[str, int])

    @property
    def broken(self) -> int:
        """How many are broken, at either level."""
        return self.must + self.should

    @property
    def judged(self) -> int:
        """How many the run says something about."""
        return self.passed + self.broken + self.recorded

    @property
    def per_cent(self) -> float | None:
        """The part that passed of what passed or is broken, never rounded up; None where too little was judged.

        That is less than half of the requirements: of a server of which next to nothing is known, a number would
        say too much.
        """
        settled = self.passed + self.broken
        if not settled or 2 * self.judged < self.requirements:
            return None
        return math.floor(1000 * self.passed / settled) / 10

    def record(self) -> dict[str, Any]:
        """The tally as plain JSON."""
        return {
            "requirements": self.requirements,
            "judged": self.judged,
            "passed": self.passed,
            "broken": {"must": self.must, "should": self.should},
            "recorded": self.recorded,
            "unjudged": dict(self.unjudged),
            "per_cent": self.per_cent,
        }


@dataclass(frozen=True, slots=True)
class Occasion:
    """A run that last verified so many requirements."""

    when: str
    run: str
    target: str
    requirements: int


@dataclass(frozen=True, slots=True)
class Row:
    """A testable requirement of the run; ``verified`` None: it was never judged, as far as is known."""

    requirement: Requirement
    state: RequirementState
    standing: Standing
    verified: Verified | None


@dataclass(frozen=True, slots=True)
class Area:
    """The requirements of an area; ``verified`` are the runs that last judged them, the newest first.

    An area of which only earlier runs know has none in its tally.
    """

    code: str
    tally: Tally
    verified: tuple[Occasion, ...]

    @property
    def name(self) -> str:
        """What the area is about."""
        return AREAS.get(self.code, self.code)


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The grade of a target."""

    tally: Tally
    areas: tuple[Area, ...]
    rows: tuple[Row, ...]


def fidelity(told: Account) -> Fidelity:
    """The grade that a run gives its target."""
    header = told.stream.header
    broken = {finding.requirement for case in told.stream.cases for finding in case.findings}
    before = {one.requirement: one for one in header.verified}
    rows: list[Row] = []
    for requirement in header.requirements:
        if requirement.testable:
            state = told.states[requirement.id]
            standing = _standing(state, broken=requirement.id in broken)
            verified = before.get(requirement.id) if standing is Standing.UNJUDGED else _now(header, requirement, state)
            rows.append(Row(requirement, state, standing, verified))
    here = {requirement.id for requirement in header.requirements}
    elsewhere = [one for one in header.verified if one.requirement not in here]
    codes = dict.fromkeys([row.requirement.area for row in rows] + [_area(one) for one in elsewhere])
    areas = [
        Area(
            code,
            _tally(row for row in rows if row.requirement.area == code),
            _occasions(
                [row.verified for row in rows if row.verified and row.requirement.area == code]
                + [one for one in elsewhere if _area(one) == code]
            ),
        )
        for code in codes
    ]
    return Fidelity(_tally(rows), tuple(areas), tuple(rows))


def carried(earlier: Stream, target: TargetFacts, edition: str, faults: Iterable[str]) -> tuple[Verified, ...]:
    """What an earlier run, and those before it, last said of each requirement: nothing, if it judged something else.

    That is another target, the same one by another edition, or the emulator with other defects in it.
    """
    header = earlier.header
    same = header.target.embedded if target.embedded else header.target.url == target.url
    if not same or header.edition != edition or sorted(header.faults) != sorted(faults):
        return ()
    told = account(earlier)
    found = {one.requirement: one for one in header.verified}
    found |= {row.requirement.id: row.verified for row in fidelity(told).rows if row.verified is not None}
    return tuple(found[name] for name in sorted(found))


def _now(header: Header, requirement: Requirement, state: RequirementState) -> Verified:
    return Verified(requirement.id, state.verdict, header.started, header.run, header.target.name)


def _area(one: Verified) -> str:
    return one.requirement.partition("-")[0]


def _standing(state: RequirementState, *, broken: bool) -> Standing:
    """A finding decides, known or not; whatever else says nothing of the target is not judged."""
    if broken:
        return Standing.BROKEN
    if state.verdict is Verdict.OBSERVED:
        return Standing.RECORDED
    return Standing.PASSED if state.verdict in JUDGED else Standing.UNJUDGED


def _tally(rows: Iterable[Row]) -> Tally:
    rows = tuple(rows)
    standings = Counter(row.standing for row in rows)
    must = sum(row.standing is Standing.BROKEN and row.requirement.level is Level.MUST for row in rows)
    unjudged = Counter(str(row.state.reason or row.state.verdict) for row in rows if row.standing is Standing.UNJUDGED)
    return Tally(
        requirements=len(rows),
        passed=standings[Standing.PASSED],
        must=must,
        should=standings[Standing.BROKEN] - must,
        recorded=standings[Standing.RECORDED],
        unjudged=dict(sorted(unjudged.items())),
    )


def _occasions(judged: Iterable[Verified]) -> tuple[Occasion, ...]:
    """The runs that judged something, each with how much; the newest first."""
    counts = Counter((one.when, one.run, one.target) for one in judged)
    return tuple(Occasion(*key, requirements=count) for key, count in sorted(counts.items(), reverse=True))


def graded(tally: Tally) -> str:
    """The grade in one line."""
    unjudged = tally.requirements - tally.judged
    rest = f", {unjudged} of {tally.requirements} not judged" if unjudged else ""
    return f"{per_cent(tally)}; {tally.passed} held, {broken(tally) or 'none'} broken{rest}"


def per_cent(tally: Tally) -> str:
    """The percentage with its sign, or why there is none."""
    if tally.per_cent is not None:
        return f"{tally.per_cent:g} %"
    return "too little judged" if tally.requirements else "not in this run"


def broken(tally: Tally) -> str:
    """How many are broken, by level; empty where none is."""
    levels = ((tally.must, Level.MUST), (tally.should, Level.SHOULD))
    return " and ".join(f"{count} {level}" for count, level in levels if count)


def not_judged(tally: Tally) -> str:
    """What was not judged, by reason; empty where everything was."""
    return ", ".join(f"{count} {words.BRIEFLY[why]}" for why, count in tally.unjudged.items())


def last_verified(area: Area, header: Header) -> str:
    """When an area was last verified and against what; where several runs did, how much of it by each."""
    if not area.verified:
        return "never"
    targets = {one.target for one in area.verified}
    told: list[str] = []
    for one in area.verified:
        amount = f"{one.requirements} on " if len(area.verified) > 1 else ""
        run = "" if one.run == header.run else f" (run {one.run})"
        against = f", {one.target}" if len(targets) > 1 else ""
        told.append(f"{amount}{words.day(one.when)}{run}{against}")
    return ", ".join([*told, *(targets if len(targets) == 1 else ())])


def write_fidelity(told: Account, file: Path) -> None:
    """Writes the grade as JSON, as ``reports/fidelity.schema.json`` describes it."""
    text = json.dumps(record(fidelity(told), told.stream), indent=2) + "\n"
    file.write_text(text, encoding="utf-8", newline="\n")


def record(grade: Fidelity, stream: Stream) -> dict[str, Any]:
    """The grade of the run of a stream, as plain JSON."""
    header = stream.header
    return {
        "version": VERSION,
        "run": header.run,
        "talonproof": header.talonproof,
        "started": header.started,
        "complete": stream.footer is not None and not stream.footer.interrupted,
        "target": dataclasses.asdict(header.target),
        "edition": header.edition,
        "depth": header.depth,
        "select": list(header.select),
        "faults": list(header.faults),
        "sum": grade.tally.record(),
        "areas": [
            {
                "area": area.code,
                "name": area.name,
                **area.tally.record(),
                "verified": [dataclasses.asdict(one) for one in area.verified],
            }
            for area in grade.areas
        ],
        "requirements": [
            {
                "requirement": row.requirement.id,
                "level": row.requirement.level,
                "standing": row.standing,
                "verdict": row.state.verdict,
                "reason": row.state.reason,
                "detail": row.state.detail,
                "verified": None
                if row.verified is None
                else {name: getattr(row.verified, name) for name in ("verdict", "when", "run", "target")},
            }
            for row in grade.rows
        ],
    }
