"""What the scoreboard of the faults proves: which requirements, and where it hangs on one check alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from talonproof.emulator.faults import Fault
from talonproof.errors import HarnessError
from talonproof.requirement import Level, Requirement
from talonproof.workspace import Workspace

SCOREBOARD: Final = "scoreboard.json"

Scores = Mapping[str, Mapping[str, Any]]
"""The scores by the id of their fault, as ``Score.record`` writes them."""


def read_scores(workspace: Workspace) -> Scores:
    """The scoreboard of a workspace, empty where there is none; HarnessError for one that cannot be read."""
    file = workspace.reports / SCOREBOARD
    if not file.exists():
        return {}
    try:
        scores: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        for score in scores.values():
            proved(score)
            len(score["checks"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HarnessError(f"{file} is no scoreboard: {error}", hint="talonproof faults writes it") from None
    return scores


def proved(score: Mapping[str, Any]) -> frozenset[str]:
    """The requirements a check of which caught the fault: in the run that caught it, or in one made to see that."""
    return frozenset((*score["requirements"], *score.get("also", {})))


@dataclass(frozen=True, slots=True)
class Proof:
    """What the testable requirements of level must are proved by.

    ``proved`` have a fault that a check of theirs catches. Of the others, ``waiting`` have no check yet, ``elsewhere``
    are of editions that the faults were not tried in, ``unbroken`` no fault breaks, and ``uncaught`` some fault breaks
    without a check of theirs having noticed.
    """

    proved: tuple[str, ...]
    waiting: Mapping[str, str]
    elsewhere: Mapping[str, str]
    unbroken: tuple[str, ...]
    uncaught: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.proved) + len(self.waiting) + len(self.elsewhere) + len(self.unbroken) + len(self.uncaught)


def proof(rows: Iterable[Requirement], faults: Iterable[Fault], scores: Scores) -> Proof:
    """What is proved of the testable requirements of level must, by faults that were tried in their editions."""
    faults = tuple(faults)
    editions = {fault.edition for fault in faults}
    breaking: dict[str, list[str]] = {}
    for fault in faults:
        for name in fault.breaks:
            breaking.setdefault(name, []).append(fault.id)
    caught = frozenset(name for score in scores.values() for name in proved(score))
    wanted = [row for row in rows if row.level is Level.MUST and row.testable]
    left = [row for row in wanted if row.id not in caught]
    ready = [row for row in left if not row.waits and any(map(row.holds_in, editions))]
    return Proof(
        proved=tuple(row.id for row in wanted if row.id in caught),
        waiting={row.id: row.waits for row in left if row.waits},
        elsewhere={row.id: row.since or row.until for row in left if not row.waits and row not in ready},
        unbroken=tuple(row.id for row in ready if row.id not in breaking),
        uncaught={row.id: tuple(breaking[row.id]) for row in ready if row.id in breaking},
    )


def alone(scores: Scores) -> Mapping[str, tuple[str, ...]]:
    """The faults that one check alone caught, by that check: without it, nobody would have noticed in that run."""
    found: dict[str, list[str]] = {}
    for fault, score in scores.items():
        checks = {*score["checks"], *(one["check"] for one in score.get("also", {}).values())}
        if len(checks) == 1:
            found.setdefault(checks.pop(), []).append(fault)
    return {check: tuple(sorted(faults)) for check, faults in sorted(found.items())}


def told(shown: Proof, single: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Both for a reader, line by line."""
    yield f"{len(shown.proved)} of {shown.total} testable requirements of level must are proved by a fault"
    by_reason: dict[str, list[str]] = {}
    for name, waits in shown.waiting.items():
        by_reason.setdefault(f"wait for {waits}", []).append(name)
    for name, edition in shown.elsewhere.items():
        by_reason.setdefault(f"are of edition {edition} alone, in which no fault was tried", []).append(name)
    if shown.unbroken:
        by_reason["are broken by no fault"] = list(shown.unbroken)
    for reason, names in by_reason.items():
        yield f"  {len(names)} {reason}: {', '.join(names)}"
    if shown.uncaught:
        yield f"  {len(shown.uncaught)} are broken by faults that no check of theirs caught:"
        for name, faults in shown.uncaught.items():
            yield f"    {name}: {', '.join(faults)}"
    yield f"{sum(map(len, single.values()))} faults are caught by one check alone, in the run that caught them:"
    for check, faults in single.items():
        yield f"  {check}: {', '.join(faults)}"
