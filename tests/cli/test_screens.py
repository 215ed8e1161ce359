"""What the commands say when all is well.

A help that is meant to change is taken anew: ``talonproof run --help > tests/cli/snapshots/run.txt``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof import __version__
from talonproof.cli import COMMANDS

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_help_tells_of_every_command(talonproof: Callable[..., Any], flag: str) -> None:
    """Each command is there with a whole sentence, and a wrong start is no worse than a question."""
    ended = talonproof(flag)

    assert (0, "") == (ended.code, ended.err)
    listed = re.findall(r"^  (\w+) +(\S.*\S)$", ended.out.partition("Commands:")[2], flags=re.MULTILINE)
    assert list(COMMANDS) == [name for name, _ in listed]
    assert all(told.endswith(".") and not told.endswith("...") for _, told in listed)


def test_nothing_at_all_is_answered_with_the_help(talonproof: Callable[..., Any]) -> None:
    """Who does not know what to ask for is told what there is, with exit 2."""
    ended = talonproof()

    assert 2 == ended.code
    assert talonproof("--help").out.strip() == ended.out.strip()


def test_the_version_is_told(talonproof: Callable[..., Any]) -> None:
    """The version is that of the package."""
    assert f"talonproof {__version__}\n" == talonproof("--version").out


def test_the_help_of_run(talonproof: Callable[..., Any]) -> None:
    """Every option has a line, and the exit codes are explained."""
    expected = (SNAPSHOTS / "run.txt").read_text(encoding="utf-8")

    assert expected == talonproof("run", "--help").out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help(talonproof: Callable[..., Any], command: str) -> None:
    """The help of a command says how it is used, and nothing on the standard error."""
    ended = talonproof(command, "--help")

    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith(f"Usage: talonproof {command} ")
    assert max(len(line) for line in ended.out.splitlines()) <= 80


def test_a_plan_says_what_would_run(talonproof: Callable[..., Any]) -> None:
    """The rows add up to what the last line says, no depth goes over its budget, and nothing has to run for it."""
    ended = talonproof("plan", "--depth", "smoke")

    assert (0, "") == (ended.code, ended.err)
    assert ended.out.startswith("embedded emulator, edition 2025-01, depth smoke, footprint at most destructive\n")
    rows = re.findall(r"^(\w+) +(\w+) +(\d+) +(\d+) +(\d+)$", ended.out, flags=re.MULTILINE)
    total = re.search(r"^(\d+) of (\d+) cases, at most (\d+) requests$", ended.out, flags=re.MULTILINE)
    assert total is not None
    planned, cases, requests = map(int, total.groups())
    assert planned == sum(int(row[2]) for row in rows)
    assert requests == sum(int(row[4]) for row in rows)
    assert 0 < planned < cases
    assert requests <= 200
    assert {"sessions", "dry_run", "pagination", "errors", "wiring"} <= {row[0] for row in rows}
    assert re.search(r"^  \d+ not-run \(depth\): not part of the depth smoke$", ended.out, flags=re.MULTILINE)


def test_a_plan_can_be_read_by_a_program(talonproof: Callable[..., Any], own_suite: Callable[[str], Path]) -> None:
    """With --json the plan is the header of the stream that the run would write."""
    ended = talonproof("plan", "--json", "--workspace", own_suite(""), "--max-footprint", "read", "--seed", "7")

    assert (0, "") == (ended.code, ended.err)
    plan = json.loads(ended.out)
    (case,) = plan["cases"]
    assert "own/test_own.py::test_nothing_is_there" == case["id"]
    assert "A session that nobody made is not there." == case["about"]
    assert (True, 1, "read") == (case["planned"], case["requests"], case["footprint"])
    assert (7, "read", 1) == (plan["seed"], plan["max_footprint"], plan["requests"])


@pytest.mark.parametrize("name", ["SES-010", "ses-010"])
def test_a_requirement_is_explained(talonproof: Callable[..., Any], name: str) -> None:
    """The clause, its level, where it stands, what checks it, and the fault that proves the checks."""
    ended = talonproof("explain", name)

    assert (0, "") == (ended.code, ended.err)
    lines = ended.out.splitlines()
    assert lines[0].startswith("SES-010 (must)  An update never turns a closed session back into an open one")
    assert "  rules   R7" in lines
    assert "  about   updateCustomerSessionV2" in lines
    assert any(line.startswith("  source  O25: NewCustomerSessionV2.state") for line in lines)
    assert "  check   sessions/test_transitions.py::test_transition[T18-open]" in lines
    at = next(n for n, line in enumerate(lines) if line.startswith("  fault   put-reopens-closed: "))
    assert lines[at + 1].startswith("          proves it: caught by sessions.transition at depth ")
    assert any(line.startswith("  lately  ") for line in lines)


def test_what_runs_said_of_a_requirement_is_told(talonproof: Callable[..., Any], smoke: Any) -> None:
    """The verdict, when and of which target, by how much; those that did not judge it say why."""
    ended = talonproof("explain", "SES-010", "--runs", smoke.folder.parent)
    elsewhere = talonproof("explain", "SES-010", "--runs", smoke.folder / "leases")

    assert 0 == ended.code
    verdict, evidence, transitions = ended.out.partition("  lately  ")[2].splitlines()[:3]
    assert verdict.startswith("held, ")
    assert f"embedded emulator, edition 2025-01, depth smoke (run {smoke.header['run']})" in verdict
    assert evidence.startswith("          judged ")
    assert "closed → refused" in transitions
    assert "  lately  no run in " in elsewhere.out


def test_a_requirement_of_every_exchange_is_explained(talonproof: Callable[..., Any]) -> None:
    """What is judged on every exchange says so."""
    ended = talonproof("explain", "ERR-013")

    assert 0 == ended.code
    assert "  check   every exchange (" in ended.out


def test_a_run_says_first_what_it_is_and_last_how_to_have_it_again(smoke: Any) -> None:
    """The seed stands in the first line, the verdict and the share judged in the next, the command in the last."""
    first, verdict, *_, last = [line for line in smoke.ended.out.splitlines() if line.strip()]

    assert f"talonproof {smoke.header['run']}: embedded emulator, depth smoke, seed 1" == first
    judged = sum(state["verdict"] in {"pass", "observed"} for state in smoke.footer["requirements"].values())
    assert verdict.startswith(f"conformant: {judged} of ")
    assert last.strip().startswith("again   talonproof run ")
    assert "--seed 1" in last
    assert "" == smoke.ended.err


def test_the_reports_are_rendered_again_from_the_stream(talonproof: Callable[..., Any], smoke: Any) -> None:
    """``talonproof report`` needs the stream alone, gives the same files, and shows the same screen."""
    names = ("report.html", "junit.xml", "summary.md")
    written = {name: (smoke.folder / name).read_bytes() for name in names}
    for name in names:
        (smoke.folder / name).unlink()

    ended = talonproof("report", smoke.folder)

    assert (0, "") == (ended.code, ended.err)
    assert written == {name: (smoke.folder / name).read_bytes() for name in names}
    assert smoke.ended.out.partition("\n\n")[2] in ended.out
