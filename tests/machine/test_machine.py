"""The state machine over several things finds faults of the state; what it prints of one shows it again."""

from __future__ import annotations

import json

import pytest

from talonproof.emulator.faults import FAULTS
from tests.machine.hunting import PLANTED, SHOWN_AND_GONE, Hunting

SEED = 1


@pytest.fixture(scope="module")
def hunting(tmp_path_factory: pytest.TempPathFactory) -> Hunting:
    """The machine, and what it needs."""
    return Hunting(tmp_path_factory.mktemp("hunting"))


@pytest.mark.parametrize("fault", ["closed-sessions-never-go-back", "release-of-all"])
def test_a_fault_is_found(hunting: Hunting, fault: str) -> None:
    """By a requirement that it breaks; `make machine` looks for all of them, under more seeds."""
    assert fault in PLANTED
    assert hunting.steps(FAULTS[fault], SEED) is not None


@pytest.mark.parametrize("fault", ["closed-sessions-never-go-back", "sales-never-go-back"])
def test_a_scenario_shows_its_fault_again(hunting: Hunting, fault: str) -> None:
    """Carried out again as `talonproof replay` does, it shows the fault, and nothing on the healthy emulator."""
    assert SHOWN_AND_GONE == hunting.told(FAULTS[fault])


def test_the_healthy_emulator_is_not_accused(hunting: Hunting) -> None:
    """However its things are mixed."""
    assert "" == hunting.complaint(SEED, programs=8)


def test_a_finding_has_its_program_and_was_seen_twice(hunting: Hunting) -> None:
    """The program is shrunk to deeds that a person reads, and was carried out again on fresh things."""
    line = hunting.judged(SEED, FAULTS["closed-sessions-never-go-back"], programs=10)
    found = [one for one in line["findings"] if one["requirement"] == "SES-066"]

    assert "warn" == line["verdict"]
    assert found
    deeds = [json.loads(text) for text in found[0]["example"].splitlines()]
    assert len(deeds) <= 3
    assert "session" in deeds[0]
    assert "closed" == deeds[0]["state"]
    assert found[0]["replay"]["calls"]
