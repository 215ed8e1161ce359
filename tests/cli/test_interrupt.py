"""A run that is stopped, or that loses a process, says so, keeps what it has, and is never green."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

LONG_ENOUGH = 30.0
"""Seconds that a loaded machine may need where an idle one needs one or two."""

IN_THE_FOREGROUND = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has its background jobs ignore Ctrl-C

from talonproof.cli import main

main()
"""

WAITS = """
@scenario("SES-108", footprint="read", requests=1)
def test_waits_{n}(case, api):
    {before}
    Path({signs!r}, "{n}").touch()
    time.sleep(600)
"""

DIES = """
@scenario("SES-108", footprint="read", requests=1)
def test_dies_{n}(case, api):
    os.kill(os.getpid(), signal.SIGKILL)
"""

LIVES = """
@scenario("SES-108", footprint="read", requests=1)
def test_lives_{n}(case, api):
    case.refused("SES-108", api.get_session(case.new_id("session")))
"""


@pytest.fixture
def start(emulator: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts ``talonproof run`` as a terminal does."""
    started: list[subprocess.Popen[str]] = []

    def run(workspace: Path, *arguments: str) -> subprocess.Popen[str]:
        place = ("--workspace", str(workspace), "--report", str(tmp_path / "report"), "--url", emulator)
        process = subprocess.Popen(
            [sys.executable, "-c", IN_THE_FOREGROUND, "run", *place, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def until(holds: Callable[[], bool]) -> None:
    """Waits until something holds; fails when that takes too long."""
    deadline = time.monotonic() + LONG_ENOUGH
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lines(stream: Path) -> int:
    """How many records a stream holds so far."""
    return stream.read_text().count("\n") if stream.exists() else 0


@pytest.mark.parametrize(("stop", "workers"), [("Ctrl-C", 0), ("Ctrl-C", 2), ("SIGINT", 2), ("SIGTERM", 0)])
def test_a_run_that_is_stopped_ends_in_order(
    start: Callable[..., Any],
    run_in: Callable[..., Any],
    own_suite: Callable[[str], Path],
    tmp_path: Path,
    stop: str,
    workers: int,
) -> None:
    """It is over within ten seconds, with a footer, reports and exit 3; nothing goes on in the background."""
    signs, folder = tmp_path / "signs", tmp_path / "report"
    signs.mkdir()
    text = "".join(WAITS.format(n=n, before="pass", signs=str(signs)) for n in (1, 2))
    process = start(own_suite(text), "-n", str(workers))
    begun = max(1, workers)
    until(lambda: len(list(signs.iterdir())) == begun and lines(folder / "run.ndjson") == 2)

    assert processes(folder) or sys.platform != "linux"
    told = time.monotonic()
    match stop:
        case "Ctrl-C":
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: everything in the foreground is told
        case _:
            process.send_signal(signal.Signals[stop])
    out, err = process.communicate(timeout=LONG_ENOUGH)

    assert time.monotonic() - told < 10
    assert 3 == process.returncode
    run = run_in(folder)
    assert run.footer["interrupted"]
    assert "not-run" == run.footer["verdict"]
    assert [] == run.footer["problems"]
    waiting = {f"waits_{n.name}": "not-run" for n in signs.iterdir()}
    assert {"nothing_is_there": "pass", **waiting} == run.ended_cases
    assert all("in flight when the run was stopped" in run.told(name) for name in waiting)
    assert "cut short, 1 of 3 cases finished" in out
    assert "" == err
    assert {"report.html", "junit.xml", "summary.md", "allure-results"} <= {file.name for file in folder.iterdir()}
    assert begun == len(list(signs.iterdir()))
    assert [] == processes(folder)


def test_the_second_ctrl_c_does_not_wait(
    start: Callable[..., Any], own_suite: Callable[[str], Path], tmp_path: Path
) -> None:
    """A case that cannot be interrupted is killed; what had ended before is reported, without a footer."""
    folder = tmp_path / "report"
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    process = start(own_suite(WAITS.format(n=1, before=deaf, signs=str(tmp_path))), "-n", "0")
    until(lambda: (tmp_path / "1").exists() and lines(folder / "run.ndjson") == 2)

    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LONG_ENOUGH)

    assert 3 == process.returncode
    assert "incomplete" in out
    assert "" == err
    assert (folder / "report.html").exists()
    assert [] == processes(folder)


@pytest.mark.parametrize(
    "cases",
    ["D", "DLLL", "LLLLD", "DLLDLL"],
    ids=lambda cases: cases.replace("L", "lives ").replace("D", "dies ").strip(),
)
def test_a_lost_worker_costs_one_case(
    start: Callable[..., Any],
    run_in: Callable[..., Any],
    own_suite: Callable[[str], Path],
    tmp_path: Path,
    cases: str,
) -> None:
    """The case in flight is an ERROR with its name, every other has its result, and the run ends with exit 3."""
    text = "".join((DIES if kind == "D" else LIVES).format(n=n) for n, kind in enumerate(cases))

    process = start(own_suite(text), "-n", "2")
    out, err = process.communicate(timeout=4 * LONG_ENOUGH)

    assert 3 == process.returncode
    run = run_in(tmp_path / "report")
    expected = {f"{'dies' if kind == 'D' else 'lives'}_{n}": kind for n, kind in enumerate(cases)}
    verdicts = {name: {"D": "error", "L": "pass"}[kind] for name, kind in expected.items()}
    assert {"nothing_is_there": "pass", **verdicts} == run.ended_cases
    assert "error" == run.footer["verdict"]
    assert not run.footer["interrupted"]
    for record in run.cases.values():
        assert ("crashed while running" in record["detail"]) == (record["verdict"] == "error")
    assert "test_dies_" in out
    assert "" == err


def test_a_run_whose_only_process_dies_is_incomplete(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], emulator: str
) -> None:
    """Without workers there is nobody left to write a footer: the reports show how far it came, with exit 3."""
    run = judge("--workspace", own_suite(DIES.format(n=1)), "--url", emulator)

    assert 3 == run.ended.code
    assert "case" == run.stream[-1]["type"]
    assert {"nothing_is_there": "pass", "dies_1": "not-run"} == run.ended_cases
    assert "in flight when the run was killed, with nothing sent" == run.told("dies_1")
    assert "incomplete" in run.ended.out
    assert "test_dies_1" in run.ended.out
    assert (run.folder / "report.html").exists()


def test_a_pytest_that_breaks_down_is_an_error(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], emulator: str
) -> None:
    """Where pytest itself breaks down, the run says so in one line and is an ERROR."""
    workspace = own_suite("")
    with (workspace / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write("\n\ndef pytest_runtest_logfinish():\n    raise RuntimeError('the hook broke')\n")

    run = judge("--workspace", workspace, "--url", emulator)

    assert 3 == run.ended.code
    assert "error" == run.footer["verdict"]
    (problem,) = run.footer["problems"]
    assert "the hook broke" in problem
    assert "\n" not in problem


def processes(folder: Path) -> list[str]:
    """The processes that have a folder on their command line, as far as the system tells (Linux does)."""
    found: list[str] = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it has ended meanwhile
            found.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [command for command in found if str(folder) in command]
