"""The exit code says what became of a run, and the first line of its screen says it in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve


def headline(run: Any) -> str:
    """The sentence that the screen begins with, after the line that names the run."""
    return " ".join(run.ended.out.split("\n\n")[1].split())


def test_a_broken_must_fails_the_run(judge: Callable[..., Any]) -> None:
    """A session that an update reopens breaks SES-010: exit 1, and nothing but what was selected is judged."""
    run = judge("--fault", "put-reopens-closed", "--select", "SES-010")

    assert 1 == run.ended.code
    assert {("SES-010", "fail")} == {(requirement, verdict) for requirement, _, verdict in run.findings}
    assert ("fail", None) == run.verdicts["SES-010"]
    assert headline(run).startswith("not conformant: 1 requirement broken")
    assert "SES-010" in run.ended.out


@pytest.mark.parametrize(("flags", "code"), [([], 0), (["--strict"], 1)], ids=["by default", "--strict"])
def test_a_broken_should_warns(judge: Callable[..., Any], flags: list[str], code: int) -> None:
    """A read that leaves a trace breaks a should: a warning, which fails the run under --strict alone."""
    run = judge("--fault", "get-touches-session", "--select", "SES-063", *flags)

    assert code == run.ended.code
    assert {("SES-063", "warn")} == {(requirement, verdict) for requirement, _, verdict in run.findings}
    assert ("warn", None) == run.verdicts["SES-063"]


def test_what_is_not_selected_is_not_judged(judge: Callable[..., Any]) -> None:
    """The same fault breaks a must as well, which fails a run that asks for it."""
    run = judge("--fault", "get-touches-session", "--select", "SES-063", "--select", "SES-069")

    assert 1 == run.ended.code
    assert ("fail", None) == run.verdicts["SES-069"]
    assert ("warn", None) == run.verdicts["SES-063"]


def test_a_fault_shows_the_same_at_an_address(judge: Callable[..., Any]) -> None:
    """A faulty emulator somewhere else is found out by the same checks as the embedded one."""
    embedded = judge("--fault", "put-reopens-closed", "--select", "SES-010")

    with serve.start(faults=["put-reopens-closed"]) as running:
        distant = judge("--url", running.url, "--select", "SES-010")

    assert 1 == distant.ended.code
    assert embedded.findings == distant.findings
    assert [finding["fingerprint"] for record in embedded.cases.values() for finding in record["findings"]] == [
        finding["fingerprint"] for record in distant.cases.values() for finding in record["findings"]
    ]


def test_a_run_that_judges_too_little_is_not_green(judge: Callable[..., Any]) -> None:
    """--min-judged says how much must be judged at least; less is exit 1, with the two numbers in a sentence."""
    run = judge("--depth", "smoke", "--max-footprint", "read", "--min-judged", "100")

    assert 1 == run.ended.code
    assert headline(run).startswith("not proved: ")
    assert "where --min-judged asks for 100 %" in headline(run)


def test_requests_can_be_limited(judge: Callable[..., Any]) -> None:
    """What --max-requests leaves out is NOT_RUN by choice, and does not make the run red."""
    run = judge("--depth", "smoke", "--max-requests", "20")

    assert 0 == run.ended.code
    planned = sum(case["requests"] for case in run.header["cases"] if case["planned"])
    assert 0 < run.footer["requests"]["sent"] <= planned <= 20
    left_out = [case for case in run.header["cases"] if case["reason"] == "max-requests"]
    assert left_out
    assert {"not-run"} == {case["verdict"] for case in left_out}
    assert ("not-run", "max-requests") in run.verdicts.values()


@pytest.fixture
def unbound(emulator: str, tmp_path: Path) -> Path:
    """A target file that binds nothing."""
    file = tmp_path / "unbound.toml"
    file.write_text(f'[target]\nname = "bare"\nurl = "{emulator}"\n', encoding="utf-8")
    return file


def test_a_run_that_exercises_nothing_is_not_green(judge: Callable[..., Any], unbound: Path) -> None:
    """Where the target lacks what every selected case needs, nothing was exercised: exit 5."""
    run = judge("--target", unbound, "--select", "PAG-001")

    assert 5 == run.ended.code
    assert ("unsupported", "binding") == run.verdicts["PAG-001"]
    assert 0 == run.footer["requests"]["sent"]
    assert headline(run).startswith("not proved: nothing was exercised")


def test_a_target_file_is_found_from_where_the_run_is_started(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], unbound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path of a target file means the folder that the user is in."""
    monkeypatch.chdir(unbound.parent)

    run = judge("--workspace", own_suite(""), "--target", unbound.name)

    assert 0 == run.ended.code
    assert "bare" == run.header["target"]["name"]


@pytest.mark.parametrize(("fault", "code"), [("put-reopens-closed", 1), (None, 0)], ids=["broken", "healthy"])
def test_nobody_has_to_read_on(tmp_path: Path, fault: str | None, code: int) -> None:
    """The exit code is that of the verdict even where the reader of the screen has gone."""
    command = [sys.executable, "-m", "talonproof", "run", "-n", "0", "--select", "SES-010", "--depth", "smoke"]
    flags = ["--report", str(tmp_path / "report"), *(["--fault", fault] if fault else [])]
    with subprocess.Popen([*command, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "embedded emulator" in process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()

    assert code == process.returncode
    assert "" == told


def test_the_limits_of_a_target_file_hold(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], unbound: Path
) -> None:
    """A footprint that the file does not allow is not allowed, until a flag says otherwise."""
    with unbound.open("a", encoding="utf-8") as file:
        file.write('[limits]\nmax_footprint = "read"\n')
    workspace = own_suite(
        """
@scenario("DRY-001", footprint="dry", requests=1)
def test_dry(case, api):
    answer = api.put_session(case.new_id("session"), {}, dry=True)
    case.judge("DRY-001", answer.ok, "answered", of=answer)
"""
    )

    by_file = judge("--workspace", workspace, "--target", unbound)
    by_flag = judge("--workspace", workspace, "--target", unbound, "--max-footprint", "dry")

    assert {"nothing_is_there": "pass"} == by_file.ended_cases
    assert ("unsupported", "footprint") == by_file.verdicts["DRY-001"]
    assert {"nothing_is_there": "pass", "dry": "pass"} == by_flag.ended_cases
