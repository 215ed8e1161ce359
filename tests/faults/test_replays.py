"""What a run writes down of a finding shows it again against the same fault, and not against a healthy server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.checks import PASSIVE, Passive
from talonproof.cli.faults import SEED, provable
from talonproof.cli.scoreboard import SCOREBOARD
from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world_file import read_world
from talonproof.http.client import Client
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.plugin import prepare
from talonproof.plugin.prepare import Setup
from talonproof.run.replay import GONE, SHOWS, Recorded, repeat
from talonproof.workspace import find_workspace
from tests.inprocess import Collected, collect, judge

WORKSPACE = find_workspace()
SCORES: dict[str, dict[str, Any]] = json.loads((WORKSPACE.reports / SCOREBOARD).read_text())
NOT_BY_ITS_CALLS = {
    *("get-touches-session", "characters-ignored", "pattern-ignored", "version-goes-back"),
    *("reopen-drops-item-attributes", "reasons-say-nothing"),
}
"""Faults whose findings are shown again by running the case, not by its calls alone.

Of the first, the read that makes what the next one shows is not among the calls; the answers at fault of the others
(codes drawn at random, a version that counts up) have nothing in common that could be looked for. What is gone, and
what is said of a code made within the case, is seen by the case alone; and races are run again as whole cases.
"""

SAMPLE = {
    (fault.interceptor.__module__, fault.level): fault
    for fault in provable(FAULTS.values(), read_requirements(WORKSPACE.requirements))
    if fault.id not in NOT_BY_ITS_CALLS
    and fault.edition == "2025-01"
    and not fault.interceptor.__module__.endswith(".races")
}
"""One fault of each module and level."""

Repeats = Callable[[Fault], list[tuple[str, str, str]]]


@pytest.fixture(scope="module")
def repeats(tmp_path_factory: pytest.TempPathFactory) -> Repeats:
    """The findings of a fault's cases by check, and what becomes of each with the fault and without."""
    contract = read_contract(WORKSPACE.contract_file("2025-01"), edition="2025-01")
    validators, world = Validators(contract), read_world(None)
    cases: dict[str, Collected] = {case.spec.id: case for case in collect(WORKSPACE)}

    def emulator(*faults: Fault) -> Emulator:
        return Emulator(world, contract, validators=validators, faults=faults)

    def again(finding: dict[str, Any], setup: Setup, *faults: Fault) -> str:
        told = {name: finding["replay"][name] for name in ("calls", "judged", "loose", "binds", "shows")}
        recorded = Recorded("faults", finding["fingerprint"], finding["check"], finding["exchanges"], **told)
        ledger, server = Ledger("repeat", recorded.worker), emulator(*faults)
        guard = Guard(setup.target, contract, setup.options.max_footprint, ledger)
        with Client(setup.target, setup.keys, contract, guard, transport=EmulatorTransport(server)) as client:
            done = repeat(recorded, client, ledger, Passive(contract, validators), run="repeat")
        server.store.close()
        return done.outcome

    def findings(fault: Fault) -> list[tuple[str, str, str]]:
        score = SCORES[fault.id]
        options = RunOptions(run="faults", seed=SEED, depth=Depth(score["depth"]))
        folder: Path = tmp_path_factory.mktemp("judged")
        asked = prepare.prepare(WORKSPACE, options, folder, url="http://127.0.0.1:9", embedded=True)
        setup = prepare.within(asked, None, None)
        server = emulator(fault)
        lines = judge([cases[name] for name in score["cases"]], setup, EmulatorTransport(server))
        server.store.close()
        shown = {found["fingerprint"]: found for line in lines for found in line["findings"]}.values()
        told = [found for found in shown if found["check"] in PASSIVE or found["replay"]["shows"]]
        assert told
        # A passive finding has two judges: the check itself, and the form that the scripts hold.
        told += [{**found, "check": "x.y"} for found in told if found["check"] in PASSIVE and found["replay"]["shows"]]
        return [(found["check"], again(found, setup, fault), again(found, setup)) for found in told]

    return findings


@pytest.mark.parametrize("fault", SAMPLE.values(), ids=[fault.id for fault in SAMPLE.values()])
def test_a_finding_shows_with_its_fault_and_not_without(fault: Fault, repeats: Repeats) -> None:
    """Sent once more on fresh ids to a server that has just begun, its calls show the fault where there is one."""
    found = repeats(fault)

    assert [(check, SHOWS, GONE) for check, *_ in found] == found
