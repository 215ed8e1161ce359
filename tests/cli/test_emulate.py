"""``talonproof emulate`` is a server that says where it is, keeps what it is told, and ends when it is told to."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
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


def raw(url: str, session: str) -> socket.socket:
    """A connection on which an update of a session was sent, and not answered yet."""
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=30)
    body = b'{"customerSession": {}}'
    head = f"PUT /v2/customer_sessions/{session} HTTP/1.1\r\nhost: x\r\nauthorization: ApiKey-v1 {LIVE_KEY}\r\n"
    connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def test_it_ends_with_what_is_in_flight(emulate: Callable[..., Any], tmp_path: Path) -> None:
    """A second update of the session shows that the first is waiting; told to end, it still answers that one."""
    database = tmp_path / "emulator.db"
    process, lines = emulate("--latency", "2s", "--patience", "0s", "--db", database)

    with raw(address(lines), "one") as first:
        busy = put(address(lines), "one")
        process.terminate()
        status = first.makefile("rb").readline().split()[1]
    out, err = process.communicate(timeout=30)

    assert (409, b"200") == (busy.status_code, status)
    assert (0, "Ended.\n", "") == (process.returncode, out, err)
    assert [database] == list(tmp_path.iterdir())  # closed as it should be: no journal is left beside it
    with closing(sqlite3.connect(database)) as connection:
        assert [(1,)] == connection.execute("SELECT COUNT(*) FROM session WHERE integration_id = 'one'").fetchall()


def test_an_access_log_is_asked_for(emulate: Callable[..., Any], tmp_path: Path) -> None:
    """To a file or to the standard error, a line of JSON for each request, and no key in it."""
    file = tmp_path / "access.log"
    told: list[str] = []
    for where in (file, "-"):
        process, lines = emulate("--log", where)
        put(address(lines), "one")
        put(address(lines), LIVE_KEY, "wrong-key")
        process.terminate()
        told.append(process.communicate(timeout=10)[1])

    assert "" == told[0]
    for text in (file.read_text(encoding="utf-8"), told[1]):
        assert [200, 401] == [json.loads(line)["status"] for line in text.splitlines()]
        assert LIVE_KEY not in text
        assert "wrong-key" not in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--log", "."], "the access log . cannot be written"),
        (["--patience", "long"], "--patience long is no duration"),
        (["--latency", "long"], "--latency long is no duration"),
    ],
)
def test_what_cannot_be_is_one_line(talonproof: Callable[..., Any], arguments: list[str], told: str) -> None:
    """Exit 2, and the flag that is at fault."""
    ended = talonproof("emulate", "--port", "0", *arguments)

    assert 2 == ended.code
    assert told in ended.told


def test_the_schema_of_world_files(talonproof: Callable[..., Any]) -> None:
    """It is printed, and nothing is served."""
    ended = talonproof("emulate", "--schema")

    assert 0 == ended.code
    assert "A world file of the talonproof emulator" == json.loads(ended.out)["title"]
