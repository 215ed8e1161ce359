"""What overlaps is judged: faults that show only then are found, and a healthy emulator is not accused.

A sample: ``make races`` looks for each fault ten times, and runs the healthy emulator fifty times.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import Fault
from talonproof.requirement import Level
from talonproof.run.plan import Spec
from talonproof.workspace import find_workspace
from tests.inprocess import Collected
from tests.races.hunting import RACES, cases, hunt


@pytest.fixture(scope="module")
def suite() -> list[Collected]:
    """The cases of the suite."""
    return cases()


@pytest.mark.parametrize("fault", RACES, ids=[fault.id for fault in RACES])
def test_a_fault_that_shows_only_in_a_race_is_found(suite: list[Collected], tmp_path: Path, fault: Fault) -> None:
    """By a requirement that it breaks, again when the race is run again, in each of two runs."""
    assert 2 == hunt(suite, tmp_path / "runs", (1, 2), fault.id).finding(fault.breaks)


def test_the_healthy_emulator_is_not_accused(suite: list[Collected], tmp_path: Path) -> None:
    """Every case of the suite passes, in each of five runs on one emulator: what a run used up it gave back."""
    found = hunt(suite, tmp_path / "runs", range(5))

    assert [] == found.complaints
    assert [len(suite)] * 5 == [len(run) for run in found.runs]


def test_nothing_about_overlapping_calls_is_a_must(suite: list[Collected]) -> None:
    """No source promises anything of them: every clause that the suite judges is a should."""
    rows = {rule: row for row in read_requirements(find_workspace().requirements) for rule in (row.id, *row.rules)}
    specs: list[Spec] = [case.spec for case in suite]

    assert {Level.SHOULD} == {rows[name].level for spec in specs for name in spec.names}
    assert all(spec.parallel for spec in specs)
    assert {0} == {spec.examples[0] for spec in specs}
