"""One process at a time is at work in a folder, and what it started ends with it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from talonproof.errors import ConfigError
from talonproof.run import tenure
from talonproof.run.tenure import Tenure, at_work, launch_file

HOLDS = """
import sys, time
from pathlib import Path
from talonproof.run.tenure import Tenure

held = getattr(Tenure, sys.argv[2])(Path(sys.argv[1]))
print(held.part, flush=True)
time.sleep(600)
"""

FOLLOWS = """
import sys, time
from pathlib import Path
from talonproof.run.tenure import Overseer

Overseer(Path(sys.argv[1])).end_with()
print("follows", flush=True)
time.sleep(600)
"""


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a program, and waits until it has said its first word."""
    started: list[subprocess.Popen[str]] = []

    def program(source: str, *arguments: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", source, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline()
        return process

    yield program
    for process in started:
        process.kill()
        process.communicate()


def test_nobody_else_works_in_a_folder_that_is_held(
    tmp_path: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    """Neither a new run nor one that is resumed; when the holder is killed, the folder is free."""
    holder = start(HOLDS, tmp_path, "begin")

    assert at_work(tmp_path)
    with pytest.raises(ConfigError, match="another run is at work"):
        Tenure.begin(tmp_path)

    holder.kill()
    holder.wait()
    assert not at_work(tmp_path)
    with Tenure.resume(tmp_path) as held:
        assert 1 == held.part
        assert at_work(tmp_path)
    assert not at_work(tmp_path)


def test_a_run_that_goes_on_is_not_resumed(
    tmp_path: Path, start: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever part it is in."""
    monkeypatch.setattr(tenure, "PATIENCE", 0.1)
    for way in ("begin", "resume"):
        holder = start(HOLDS, tmp_path, way)
        with pytest.raises(ConfigError, match="still going on"):
            Tenure.resume(tmp_path)
        holder.kill()
        holder.wait()


def test_a_folder_without_a_run_is_not_resumed(tmp_path: Path) -> None:
    """Nothing is left in it."""
    with pytest.raises(ConfigError, match="nothing to go on with"):
        Tenure.resume(tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_who_follows_ends_with_the_holder(tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    """By SIGKILL, at once; while the holder lives, nothing happens."""
    holder = start(HOLDS, tmp_path, "begin")
    followers = [start(FOLLOWS, launch_file(tmp_path)) for _ in range(3)]
    time.sleep(0.1)
    assert [None] * 3 == [follower.poll() for follower in followers]

    holder.kill()

    assert [-signal.SIGKILL] * 3 == [follower.wait(timeout=30) for follower in followers]


def test_who_comes_too_late_to_follow_ends(tmp_path: Path, start: Callable[..., subprocess.Popen[str]]) -> None:
    """Even where somebody else goes on with the run by then: that one has another launch file."""
    holder = start(HOLDS, tmp_path, "begin")
    holder.kill()
    holder.wait()
    start(HOLDS, tmp_path, "resume")

    follower = subprocess.run([sys.executable, "-c", FOLLOWS, str(launch_file(tmp_path))], timeout=60, check=False)

    assert -signal.SIGKILL == follower.returncode
