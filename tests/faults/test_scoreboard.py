"""The scoreboard that is committed is true: every fault is caught, by what it says and as it says."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from talonproof import cli
from talonproof.cli.faults import SEED, provable, written
from talonproof.cli.scoreboard import SCOREBOARD
from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.faults import FAULTS, OVERLAPPING, Fault
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world_file import read_world
from talonproof.plugin import prepare
from talonproof.report.reading import read_stream
from talonproof.report.records import Stream
from talonproof.report.totals import totals
from talonproof.requirement import Level
from talonproof.verdict import Verdict
from talonproof.workspace import find_workspace
from tests.inprocess import Collected, collect, stream

FILE = find_workspace().reports / SCOREBOARD
SCORES: dict[str, dict[str, Any]] = json.loads(FILE.read_text()) if FILE.exists() else {}

PROVABLE = {fault.id: fault for fault in provable(FAULTS.values(), read_requirements(find_workspace().requirements))}

EDITIONS = frozenset(fault.edition for fault in PROVABLE.values())

THOROUGH = bool(os.environ.get("TALONPROOF_THOROUGH"))
"""Whether one fault of each module and level is run against, and not one of each depth and level; `make thorough`."""


def kind(fault: Fault) -> tuple[str, str]:
    """Faults of the same kind are of the same level, and of the same module or caught at the same depth."""
    return fault.level, fault.interceptor.__module__ if THOROUGH else SCORES.get(fault.id, {}).get("depth", "")


ALONE = {name: fault for name, fault in PROVABLE.items() if name not in OVERLAPPING}
"""Those that show where one call follows another. Races want a server of their own: tests/races finds each of them."""

FOR_EACH_KIND = {kind(fault): fault for fault in ALONE.values()}
"""A whole run takes seconds; the same stream is written in this process in tenths, and that is done for every fault."""

EVERY_FAULT = pytest.mark.parametrize("fault", PROVABLE.values(), ids=list(PROVABLE))

Judge = Callable[[Fault], Stream]


@pytest.fixture(scope="module")
def judge_by_score(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """The stream of the cases that a fault's score names, against an emulator in this process that has the fault."""
    workspace = find_workspace()
    contracts = {name: read_contract(workspace.contract_file(name), edition=name) for name in EDITIONS}
    validators, world = {name: Validators(contract) for name, contract in contracts.items()}, read_world(None)
    cases: dict[str, Collected] = {case.spec.id: case for case in collect(workspace)}

    def judged(fault: Fault) -> Stream:
        score = SCORES[fault.id]
        options = RunOptions(
            run="faults",
            seed=SEED,
            depth=Depth(score["depth"]),
            edition=fault.edition,
            select=tuple(map(glob.escape, score["cases"])),
        )
        folder = tmp_path_factory.mktemp("judged")
        asked = prepare.prepare(workspace, options, folder, url="http://127.0.0.1:9", embedded=True)
        contract = contracts[fault.edition]
        emulator = Emulator(world, contract, validators=validators[fault.edition], faults=(fault,))
        try:
            chosen = [cases[name] for name in score["cases"]]
            return stream(chosen, prepare.within(asked, None, None), EmulatorTransport(emulator))
        finally:
            emulator.store.close()

    return judged


def test_the_scoreboard_holds_every_fault() -> None:
    """Each fault has a score and each score a fault, in the order of their names; but for those whose clauses wait."""
    assert sorted(PROVABLE) == list(SCORES)
    assert written(SCORES) == FILE.read_text()


@EVERY_FAULT
def test_every_fault_is_caught_by_what_it_breaks(fault: Fault) -> None:
    """A check of a requirement that the fault breaks fired, at the level of the worst that it breaks."""
    score = SCORES[fault.id]

    assert fault.level == score["worst"]
    assert score["requirements"]
    assert set(score["requirements"]) <= set(fault.breaks)
    assert score["checks"]
    assert score["cases"]
    assert 1 <= score["requests_to_catch"] <= 3_000


@pytest.mark.parametrize("fault", ALONE.values(), ids=list(ALONE))
def test_the_cases_of_the_score_catch_the_fault(fault: Fault, judge_by_score: Judge) -> None:
    """The recorded checks fire for the recorded requirements, confirmed on fresh ids, at the level of the fault."""
    assert_as_scored(fault, judge_by_score(fault))


@pytest.mark.parametrize("fault", FOR_EACH_KIND.values(), ids=[fault.id for fault in FOR_EACH_KIND.values()])
def test_a_run_against_the_fault_ends_as_scored(fault: Fault, tmp_path: Path) -> None:
    """Nor is it otherwise in a run as a user starts it, whose exit code is that of its stream."""
    score = SCORES[fault.id]
    select = [word for case in score["cases"] for word in ("--select", glob.escape(case))]
    depth = ["--depth", score["depth"], "--edition", fault.edition, "--seed", str(SEED), "-n", "0"]

    code = cli.invoke(["run", "--fault", fault.id, *depth, *select, "--report", str(tmp_path / "run")])

    ended = read_stream(tmp_path / "run")
    assert_as_scored(fault, ended)
    assert ended.footer
    assert ended.footer.exit_code == code


def assert_as_scored(fault: Fault, ended: Stream) -> None:
    """Asserts that a run fails, or warns where only a should is broken, and names what is broken, and what shows it."""
    score = SCORES[fault.id]
    findings = [finding for case in ended.cases for finding in case.findings if finding.requirement in fault.breaks]
    strict = totals(replace(ended, header=replace(ended.header, strict=True)))
    assert {Verdict.FAIL, Verdict.WARN} >= {finding.verdict for finding in findings}
    assert set(score["checks"]) <= {finding.check for finding in findings}
    assert set(score["requirements"]) <= {finding.requirement for finding in findings}
    assert all(finding.exchanges and finding.curl for finding in findings)
    assert ended.footer
    assert (1 if fault.level is Level.MUST else 0) == ended.footer.exit_code
    worst = Verdict.FAIL if fault.level is Level.MUST else Verdict.WARN
    assert worst in {finding.verdict for finding in findings}
    assert worst == totals(ended).verdict
    assert 1 == strict.exit_code
