"""What all reports tell, worked out once from the stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from talonproof.report.records import Case, FindingFacts, PlannedCase, Stream
from talonproof.report.totals import (
    Outcome,
    RequirementState,
    Totals,
    case_outcomes,
    distinct_findings,
    finished_cases,
    requirement_verdicts,
    totals,
)
from talonproof.requirement import Level, Requirement


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding with the clause it breaks, and the ids of all cases that met it."""

    finding: FindingFacts
    requirement: Requirement
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A run with everything that follows from it. ``findings`` has each once, the worst first."""

    stream: Stream
    totals: Totals
    states: Mapping[str, RequirementState]
    outcomes: Mapping[str, Outcome]
    findings: tuple[Shown, ...]
    requirements: Mapping[str, Requirement]
    finished: Mapping[str, Case]

    @property
    def cases(self) -> Mapping[str, PlannedCase]:
        """Every case of the outcomes by id, in their order; one that the plan does not know stands under its id."""
        planned = {case.id: case for case in self.stream.header.cases}
        return {name: planned.get(name) or _stranger(name) for name in self.outcomes}

    def clauses(self, planned: PlannedCase) -> tuple[Requirement, ...]:
        """The requirements that a case is about, and those that it found broken."""
        case = self.finished.get(planned.id)
        found = [finding.requirement for finding in case.findings] if case is not None else []
        return _known((*planned.requirements, *found), self.requirements)

    def severest(self, planned: PlannedCase) -> Level:
        """The highest level of what a case may judge."""
        rows = self.clauses(planned) or _known(planned.also, self.requirements)
        return min((row.level for row in rows), key=list(Level).index, default=Level.OBSERVE)


def _known(names: Iterable[str], requirements: Mapping[str, Requirement]) -> tuple[Requirement, ...]:
    return tuple(requirements[name] for name in dict.fromkeys(names) if name in requirements)


def account(stream: Stream) -> Account:
    """The account of a run, whether or not it came to its end."""
    header = stream.header
    requirements = {row.id: row for row in header.requirements}
    return Account(
        stream=stream,
        totals=totals(stream),
        states=requirement_verdicts(header, stream.cases),
        outcomes=case_outcomes(header, stream.cases),
        findings=tuple(
            Shown(finding, requirements.get(finding.requirement) or _unknown(finding), cases)
            for finding, cases in distinct_findings(stream)
        ),
        requirements=requirements,
        finished=finished_cases(stream.cases),
    )


def _unknown(finding: FindingFacts) -> Requirement:
    return Requirement(
        finding.requirement, (), finding.level, "a requirement that the plan does not hold", (), (finding.operation,)
    )


def _stranger(case: str) -> PlannedCase:
    return PlannedCase(case, case.partition("/")[0], case, "", (), "", 0, planned=False)
