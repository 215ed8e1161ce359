"""``talonproof emulate`` is a server that says where it is, keeps what it is told, and ends when it is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from talonproof.emulator.serve import LIVE_KEY


@pytest.fixture
def emulate() -> Iterator[Callable[..., tuple[subprocess.Popen[str], list[str]]]]:
    """Starts the command on a free port; gives the process and the lines that it says until it serves."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str | Path) -> tuple[subprocess.Popen[str], list[str]]:
        command = [sys.executable, "-m", "talonproof", "emulate", "--port", "0", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or lines[-1] != "Ctrl-C ends it.":
            lines.append(process.stdout.readline().strip())
            assert lines[-1]
        return process, lines

    yield start
    for process in started:
        process.kill()
        process.communicate()


def address(lines: list[str]) -> str:
    """The address that the first line names."""
    return lines[0].removeprefix("The emulator listens on ")


def put(url: str, session: str, key: str = LIVE_KEY) -> httpx.Response:
    """An update of a session, which answers with it."""
    return httpx.put(
        f"{url}/v2/customer_sessions/{session}",
        json={"customerSession": {}, "responseContent": ["customerSession"]},
        headers={"authorization": f"ApiKey-v1 {key}"},
        trust_env=False,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(emulate: Callable[..., Any], number: signal.Signals) -> None:
    """It says its address and its key, answers, and ends with exit 0 and without a trace."""
    process, lines = emulate()

    answer = put(address(lines), "one")
    process.send_signal(number)
    out, err = process.communicate(timeout=10)

    assert 200 == answer.status_code
    assert f"Its key: Authorization: ApiKey-v1 {LIVE_KEY}" in lines
    assert (0, "Ended.\n", "") == (process.returncode, out, err)


def test_the_key_of_another_world_is_not_told(emulate: Callable[..., Any], world_text: str, tmp_path: Path) -> None:
    """The key of the default world is public; that of a world of somebody's own is theirs."""
    world = tmp_path / "world.yaml"
    world.write_text(world_text.replace("talonproof-live-key", "a-key-of-ours"), encoding="utf-8")

    process, lines = emulate("--world", world, "--fault", "created-changes")
    answers = [put(address(lines), "one", key).status_code for key in ("a-key-of-ours", LIVE_KEY)]
    process.terminate()
    out, err = process.communicate(timeout=10)

    assert [200, 401] == answers
    assert "a-key-of-ours" not in "\n".join([*lines, out, err])
    assert "Planted: created-changes" in lines


def test_a_database_outlives_the_process(emulate: Callable[..., Any], tmp_path: Path) -> None:
    """With --db what was stored is there again after the emulator was ended."""
    created: list[str] = []
    for _ in range(2):
        process, lines = emulate("--db", tmp_path / "emulator.db")
        created.append(put(address(lines), "one").json()["customerSession"]["created"])
        process.terminate()
        process.communicate(timeout=10)

    assert created[0] == created[1]


def test_the_clock_stands_still(emulate: Callable[..., Any]) -> None:
    """With --clock it is always that moment."""
    _, lines = emulate("--clock", "2025-01-16T10:00:00Z")

    answer = put(address(lines), "one")

    assert answer.json()["customerSession"]["created"].startswith("2025-01-16T10:00:00")
    assert "Thu, 16 Jan 2025 10:00:00 GMT" == answer.headers["date"]


def test_a_port_that_is_taken(emulate: Callable[..., Any], talonproof: Callable[..., Any]) -> None:
    """Where somebody listens already, it is said in one line, with exit 2."""
    _, lines = emulate()
    port = address(lines).rpartition(":")[2]

    ended = talonproof("emulate", "--port", port)

    assert 2 == ended.code
    assert f"127.0.0.1:{port} cannot be listened on" in ended.told
