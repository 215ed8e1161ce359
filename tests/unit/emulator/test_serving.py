"""The ways in: the same bytes in process and over sockets, and a child that never outlives its parent."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from talonproof.contract.contract import Contract
from talonproof.emulator import serve
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import FixedClock, read
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world_file import read_world
from talonproof.errors import ConfigError

CLOCK = "2030-06-01T12:00:00Z"
KEY = {"authorization": f"ApiKey-v1 {serve.LIVE_KEY}"}

CALLS = [
    ("GET", "/_health", None),
    ("GET", "/", None),
    (
        "PUT",
        "/v2/customer_sessions/a%2Fb%20%25%C3%BC+",
        b'{"customerSession": {"profileId": "\xc3\xbc"}, "responseContent": ["customerSession"]}',
    ),
    ("GET", "/v2/customer_sessions/a%2Fb%20%25%C3%BC+", None),
    ("PUT", "/v2/customer_sessions/b?dry=true&now=2031-01-01", b'{"customerSession": {}}'),
    ("PUT", "/v2/customer_sessions/b", b"{"),
    ("PUT", "/v2/customer_sessions/b", b"[" * 20_000),
    ("PUT", "/v2/customer_sessions/b", b" " * 9_000_000),
    ("POST", "/v2/events", b'{"type": "tp_signed_up", "profileId": "p"}'),
    ("GET", "/v1/loyalty_programs/1/profile/tp-world-customer/points?pageSize=2&skip=3", None),
    ("GET", "/v1/loyalty_programs/2/cards/tp-world-card/transactions", None),
    ("DELETE", "/v2/audiences/1", None),
    ("GET", "/nothing", None),
]


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The URL of an emulator whose clock stands still, in another process."""
    settings = serve.Settings(clock=CLOCK)
    with serve.start_with(settings) as embedded:
        yield embedded.url


def test_every_way_in_gives_the_same_bytes(served: str, contract: Contract) -> None:
    """Status, headers and body agree between the in-process transport and a socket."""
    emulator = Emulator(read_world(), contract, clock=FixedClock(read(CLOCK)))
    inside = httpx.Client(transport=EmulatorTransport(emulator), base_url="http://emulator", headers=KEY)
    outside = httpx.Client(base_url=served, headers=KEY)

    with inside, outside:
        for method, path, body in CALLS:
            one, other = (client.request(method, path, content=body) for client in (inside, outside))
            assert (one.status_code, one.content) == (other.status_code, other.content), path
            assert dict(one.headers) == dict(other.headers), path


def test_paths_reach_the_emulator_as_they_were_sent(served: str) -> None:
    """Dot segments and encoded slashes are not interpreted on the way."""
    host, port = served.removeprefix("http://").split(":")

    def status(path: str) -> bytes:
        with socket.create_connection((host, int(port))) as connection:
            head = (
                f"GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: {KEY['authorization']}\r\nconnection: close\r\n\r\n"
            )
            connection.sendall(head.encode())
            return connection.makefile("rb").readline().split()[1]

    assert b"200" == status("/v2/customer_sessions/tp-world-open")
    assert b"404" == status("/v2/x/../customer_sessions/tp-world-open")
    assert b"404" == status("//v2/customer_sessions/tp-world-open")
    assert b"400" == status("/v2/customer_sessions/%2e%2e")


def alive(pid: int) -> bool:
    """Whether a process still runs; one that has ended and was not waited for does not, where that can be told."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc").is_dir()


def gone(pid: int, seconds: float = 8) -> bool:
    """Whether a process ends within some seconds."""
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_stopping_ends_the_child() -> None:
    """After stop, the process is gone and the port is free; a second stop does nothing."""
    embedded = serve.start()

    embedded.stop()
    embedded.stop()

    assert gone(embedded.pid, 0)
    with pytest.raises(httpx.ConnectError):
        httpx.get(embedded.url)


def test_the_child_dies_with_its_parent() -> None:
    """Even if the parent is killed and cannot stop it."""
    script = (
        "import time\nfrom talonproof.emulator import serve\nprint(serve.start().pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)

    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert gone(child)


def test_what_cannot_be_served_is_said(tmp_path: Path) -> None:
    """A wrong fault, edition, world or a port in use end as the ConfigError that the child met."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        wrong: list[tuple[dict[str, Any], str]] = [
            ({"faults": ["skip-ignord"]}, "did you mean skip-ignored"),
            ({"edition": "2025-02"}, "did you mean 2025-01"),
            ({"world": tmp_path / "none.yaml"}, "none.yaml"),
            ({"port": port}, "in use"),
        ]
        for arguments, message in wrong:
            with pytest.raises(ConfigError, match=message):
                serve.start(**arguments)


def test_failures_inside_are_logged(tmp_path: Path) -> None:
    """The log of a healthy emulator stays empty."""
    log = tmp_path / "emulator.log"

    with serve.start(log=log) as embedded:
        assert 200 == httpx.get(f"{embedded.url}/_health").status_code

    assert "" == log.read_text()


def command(*arguments: str) -> subprocess.Popen[str]:
    """``talonproof emulate`` as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "talonproof", "emulate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_end(tmp_path: Path, ending: signal.Signals) -> None:
    """It says where it listens and with which key, keeps its database, and ends with 0."""
    arguments = ("--port", "0", "--db", str(tmp_path / "e.db"), "--fault", "created-changes", "--latency", "5ms")
    process = command(*arguments, "--clock", CLOCK)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(4)]
    url = lines[0].split()[-1]

    started = time.monotonic()
    answer = httpx.get(f"{url}/v2/customer_sessions/tp-world-open", headers=KEY)
    assert time.monotonic() - started >= 0.005
    os.kill(process.pid, ending)
    out, err = process.communicate(timeout=10)

    assert answer.json()["customerSession"]["created"] == answer.json()["customerSession"]["updated"]
    assert "Sat, 01 Jun 2030 12:00:00 GMT" == answer.headers["date"]
    assert serve.LIVE_KEY in lines[1]
    assert "created-changes" in lines[2]
    assert "Ended.\n" == out
    assert (0, "") == (process.returncode, err)
    assert (tmp_path / "e.db").stat().st_size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fault", "skip-ignord"], "did you mean skip-ignored?"),
        (["--latency", "soon"], "150ms"),
        (["--clock", "noon"], "RFC 3339"),
        (["--edition", "2025-02"], "did you mean 2025-01?"),
        (["--port", "70000"], "70000"),
        (["--world", "none.yaml"], "none.yaml"),
    ],
)
def test_a_wrong_flag_is_one_line(arguments: list[str], message: str) -> None:
    """Exit code 2, one line on the standard error, no traceback."""
    process = command("--port", "0", *arguments)
    out, err = process.communicate(timeout=20)

    assert (2, "") == (process.returncode, out)
    assert message in err
    assert 1 == len(err.strip().splitlines())
