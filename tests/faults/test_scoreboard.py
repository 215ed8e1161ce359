"""The scoreboard that is committed is true: every fault is caught, by what it says and as it says."""

from __future__ import annotations

import glob
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from talonproof import cli
from talonproof.cli.faults import SCOREBOARD, SEED, provable, written
from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.report.reading import read_stream
from talonproof.report.totals import totals
from talonproof.requirement import Level
from talonproof.verdict import Verdict
from talonproof.workspace import find_workspace

FILE = find_workspace().reports / SCOREBOARD
SCORES: dict[str, dict[str, Any]] = json.loads(FILE.read_text()) if FILE.exists() else {}

PROVABLE = {fault.id: fault for fault in provable(FAULTS.values(), read_requirements(find_workspace().requirements))}

EVERY_FAULT = pytest.mark.parametrize("fault", PROVABLE.values(), ids=list(PROVABLE))


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


@EVERY_FAULT
def test_a_run_against_the_fault_ends_as_scored(fault: Fault, tmp_path: Path) -> None:
    """The recorded checks fire for the recorded requirements; the run fails, or warns where only a should is broken."""
    score = SCORES[fault.id]
    select = [word for case in score["cases"] for word in ("--select", glob.escape(case))]
    depth = ["--depth", score["depth"], "--seed", str(SEED), "-n", "0"]

    code = cli.invoke(["run", "--fault", fault.id, *depth, *select, "--report", str(tmp_path / "run")])

    stream = read_stream(tmp_path / "run")
    findings = [finding for case in stream.cases for finding in case.findings if finding.requirement in fault.breaks]
    strict = totals(replace(stream, header=replace(stream.header, strict=True)))
    assert {Verdict.FAIL, Verdict.WARN} >= {finding.verdict for finding in findings}
    assert set(score["checks"]) <= {finding.check for finding in findings}
    assert set(score["requirements"]) <= {finding.requirement for finding in findings}
    assert all(finding.exchanges and finding.curl for finding in findings)
    assert (1 if fault.level is Level.MUST else 0) == code
    assert (Verdict.FAIL if fault.level is Level.MUST else Verdict.WARN) == totals(stream).verdict
    assert 1 == strict.exit_code
