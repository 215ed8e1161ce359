"""``talonproof faults`` from flags to exit code, with suites small enough to know what they find."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from talonproof import cli
from talonproof.workspace import find_workspace

FAULT = "unknown-item-is-free"

SUITE = '''
"""One case."""

from talonproof.plugin import scenario


@scenario("SES-029", footprint="dry", requests=1)
def test_price(case, api):
    """An item without a price is refused."""
    item = {{"sku": case.new_id("sku"), "quantity": 1}}
    answer = api.put_session(case.new_id("session"), {{"cartItems": [item]}}, dry=True)
    case.judge("SES-029", {holds}, "taken", of=answer)
'''

HONEST, BLIND, UNFAIR = "answer.refused", "True", "False"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with the contract and no suite yet."""
    real, place = find_workspace().root, tmp_path / "workspace"
    shutil.copytree(real / "openapi", place / "openapi")
    for name in ("conftest.py", "pytest.ini"):
        shutil.copy(real / name, place / name)
    for name in ("reports", "strategies", "suites/only"):
        (place / name).mkdir(parents=True)
    shutil.copy(real / "reports" / "categories.json", place / "reports")
    return place


def faults(workspace: Path, holds: str, *arguments: str) -> int:
    """The exit code of the command, where the one case holds if the expression does."""
    (workspace / "suites" / "only" / "test_only.py").write_text(SUITE.format(holds=holds))
    command = ["faults", "--workspace", str(workspace), "--depth", "smoke", "--only", FAULT]
    return cli.invoke([*command, *arguments])


def test_a_fault_is_caught_and_scored(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0; the scoreboard gets the score beside those it has, and the JSON on the terminal is the same."""
    board = workspace / "reports" / "scoreboard.json"
    board.write_text('{"another": {}}')

    assert 0 == faults(workspace, HONEST, "--update", "--json")
    score = {
        "worst": "should",
        "depth": "smoke",
        "requests_to_catch": 1,
        "requirements": ["SES-029"],
        "checks": ["only.price"],
        "cases": ["only/test_only.py::test_price"],
    }
    assert {FAULT: score} == json.loads(capsys.readouterr().out)
    assert {"another": {}, FAULT: score} == json.loads(board.read_text())


def test_a_fault_that_is_not_caught_is_said_so(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, and without --update nothing is written."""
    assert 1 == faults(workspace, BLIND)
    assert "0 of 1 faults are caught" in capsys.readouterr().out
    assert not (workspace / "reports" / "scoreboard.json").exists()


def test_suites_that_accuse_the_healthy_emulator_prove_nothing(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3 in one line, before any fault is planted."""
    assert 3 == faults(workspace, UNFAIR)
    told = "the healthy emulator is not found conformant: SES-029 (talonproof run --edition 2025-01 shows why)"
    assert f"talonproof: {told}\n" == capsys.readouterr().err


def test_unknown_fault_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and the closest one."""
    assert 2 == cli.invoke(["faults", "--only", "unknown-item-is-fre"])
    assert "talonproof: there is no fault unknown-item-is-fre (did you mean unknown-item-is-free?)\n" == (
        capsys.readouterr().err
    )


def test_the_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, with what it breaks and in words; nothing runs."""
    assert 0 == cli.invoke(["faults", "--list", "--only", "put-reopens-closed"])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("put-reopens-closed  SES-")
    assert line.endswith("An ordinary update opens a closed session again.")


def test_the_whole_proof_is_of_all_faults(capsys: pytest.CaptureFixture[str]) -> None:
    """So it is not asked for with one of them."""
    assert 2 == cli.invoke(["faults", "--last", "--only", "put-reopens-closed"])
    assert "it cannot be given with --only" in capsys.readouterr().err
