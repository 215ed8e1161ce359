"""What a connection may do: calls in a row, an end after an answer, a client that is slow, a server that ends."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from talonproof.emulator import serve
from talonproof.emulator.direct import Counter, Direct, Waiting
from talonproof.emulator.message import Reply, Request, reply

SECONDS = 30.0
"""How long an answer may take on a busy machine."""

KEY = f"host: x\r\nauthorization: ApiKey-v1 {serve.LIVE_KEY}\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of an emulator of this module."""
    with serve.start() as embedded:
        yield embedded.port


def connected(port: int) -> socket.socket:
    """A connection to an emulator."""
    return socket.create_connection(("127.0.0.1", port), SECONDS)


def put(session: str, *, version: str = "1.1", headers: str = "") -> bytes:
    """An update of a session."""
    sent: dict[str, Any] = {"customerSession": {}, "responseContent": ["customerSession"]}
    body = json.dumps(sent)
    head = f"PUT /v2/customer_sessions/{session} HTTP/{version}\r\n{KEY}{headers}content-length: {len(body)}\r\n\r\n"
    return (head + body).encode()


@dataclass
class Answers:
    """The answers that come on a connection."""

    connection: socket.socket
    received: bytes = b""

    def head(self) -> tuple[int, dict[str, str]]:
        """Status and headers of the next one."""
        while b"\r\n\r\n" not in self.received:
            self._more()
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        line, *lines = head.decode().split("\r\n")
        return int(line.split()[1]), dict(each.lower().split(": ", 1) for each in lines)

    def next(self) -> tuple[int, dict[str, str], Any]:
        """Status, headers and document of the next one."""
        status, headers = self.head()
        size = int(headers["content-length"])
        while len(self.received) < size:
            self._more()
        body, self.received = self.received[:size], self.received[size:]
        return status, headers, json.loads(body)

    def over(self) -> bool:
        """Whether nothing more comes, and the server has closed."""
        return not self.received and not self.connection.recv(1)

    def _more(self) -> None:
        piece = self.connection.recv(1 << 16)
        assert piece, "the server closed the connection"
        self.received += piece


def test_calls_in_a_row_are_answered_in_their_order(port: int) -> None:
    """A client need not wait for an answer before its next call; each call sees what those before it did."""
    with connected(port) as connection:
        connection.sendall(b"".join(put(f"row-{number % 5}") for number in range(50)))
        answers = Answers(connection)

        shown = [answers.next()[2]["customerSession"] for _ in range(50)]

    assert [f"row-{number % 5}" for number in range(50)] == [each["integrationId"] for each in shown]
    assert len({each["id"] for each in shown}) == 5


def test_a_refusal_comes_after_the_answers_before_it(port: int) -> None:
    """What is no HTTP is refused in its turn, and the connection ends."""
    with connected(port) as connection:
        connection.sendall(put("before") + b"NONSENSE\r\n\r\n")
        answers = Answers(connection)

        assert 200 == answers.next()[0]
        status, headers, _ = answers.next()
        assert (400, "close") == (status, headers["connection"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (put("last", headers="connection: close\r\n"), "close"),
        (put("old", version="1.0"), "close"),
    ],
    ids=["close", "1.0"],
)
def test_the_last_call_is_answered_and_the_connection_closed(port: int, call: bytes, said: str) -> None:
    """That is so where the client says so, and in HTTP/1.0; what it sends after that is no call any more."""
    with connected(port) as connection:
        connection.sendall(call + put("never-made"))
        answers = Answers(connection)

        status, headers, _ = answers.next()
        assert (200, said) == (status, headers["connection"])
        assert answers.over()
    with connected(port) as connection:
        connection.sendall(f"GET /v2/customer_sessions/never-made HTTP/1.1\r\n{KEY}\r\n".encode())
        assert 400 == Answers(connection).next()[0], "it was made"


def test_head_is_answered_without_a_body(port: int) -> None:
    """The headers are those of the answer with its body; the next answer follows at once."""
    with connected(port) as connection:
        connection.sendall(f"HEAD /nothing HTTP/1.1\r\n{KEY}\r\n".encode() + put("after-head"))
        answers = Answers(connection)

        status, headers = answers.head()
        assert status in {404, 405}
        assert int(headers["content-length"]) > 0
        assert 200 == answers.next()[0]


def test_who_waits_to_be_told_to_go_on_is_told(port: int) -> None:
    """A 100 comes before the body is sent, and after the answers to earlier calls."""
    head, _, body = put("expected", headers="expect: 100-continue\r\n").partition(b"\r\n\r\n")
    with connected(port) as connection:
        connection.sendall(put("unexpected") + head + b"\r\n\r\n")
        answers = Answers(connection)
        assert 200 == answers.next()[0]
        assert 100 == answers.head()[0]

        connection.sendall(body)

        assert 200 == answers.next()[0]


def test_a_client_that_does_not_read_holds_up_nobody(port: int) -> None:
    """Its answers pile up to a bound only; when it reads, it gets each of them."""
    calls = 15_000
    with socket.socket() as connection:
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            connection.setsockopt(socket.SOL_SOCKET, buffer, 4096)
        connection.settimeout(1.0)
        connection.connect(("127.0.0.1", port))
        sent, everything = 0, b"".join(put(f"slow-{number % 7}") for number in range(calls))
        try:
            while sent < len(everything):
                sent += connection.send(everything[sent : sent + 65_536])
        except TimeoutError:
            pass
        with connected(port) as other:
            other.sendall(put("quick"))
            assert 200 == Answers(other).next()[0]
        assert sent < len(everything), "the server took every call, though nobody read an answer"

        connection.settimeout(SECONDS)
        answers, complete = Answers(connection), everything[:sent].count(b"]}")
        assert [200] * complete == [answers.next()[0] for _ in range(complete)]


class Stuck(asyncio.Transport):
    """A transport whose client reads nothing: the first byte that is written fills it."""

    def __init__(self, protocol: Direct) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.protocol = protocol
        self.reading = True
        self.written = b""

    def write(self, data: Any) -> None:
        """Keeps it, and asks for a pause."""
        self.written += bytes(data)
        self.protocol.pause_writing()

    def is_closing(self) -> bool:
        """Never."""
        return False

    def pause_reading(self) -> None:
        """Notes it."""
        self.reading = False

    def resume_reading(self) -> None:
        """Notes it."""
        self.reading = True


def test_a_client_that_reads_late_loses_nothing() -> None:
    """A connection is closed where nothing comes for some seconds; not one whose answers are not read yet."""

    async def play() -> None:
        commits: list[None] = []
        counter = Counter(lambda _: reply(200, {"fine": True}), lambda: commits.append(None))
        config = uvicorn.Config("nothing", interface="asgi3", ws="none", log_config=None)
        config.loaded, config.loaded_app, config.ws_protocol_class = True, None, None
        loop = asyncio.get_running_loop()
        protocol = Direct(counter, config=config, server_state=ServerState(), app_state={}, _loop=loop)
        transport = Stuck(protocol)
        protocol.connection_made(transport)
        protocol.data_received(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0)

        assert transport.written.startswith(b"HTTP/1.1 200 OK\r\n")
        assert len(commits) == 1
        assert not transport.reading
        assert protocol.timeout_keep_alive_task is None
        protocol.resume_writing()
        assert transport.reading
        assert protocol.timeout_keep_alive_task is not None
        protocol.timeout_keep_alive_task.cancel()

    asyncio.run(play())


UPGRADE = "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n"


def test_a_wish_for_another_protocol_is_passed_over(port: int) -> None:
    """The call is answered as it would be without the wish, its body included, and so is the next one."""
    with connected(port) as connection:
        connection.sendall(put("wished", headers=UPGRADE) + put("after-the-wish"))
        answers = Answers(connection)

        shown = [answers.next()[2]["customerSession"]["integrationId"] for _ in range(2)]
        assert ["wished", "after-the-wish"] == shown
        connection.sendall(f"GET / HTTP/1.1\r\n{KEY}connection: upgrade\r\nupgrade: websocket\r\n\r\n".encode())
        assert 200 == answers.next()[0]
        connection.sendall(put("last-wish", headers=UPGRADE.replace("Upgrade,", "Upgrade, close,")))
        status, headers, _ = answers.next()
        assert (200, "close") == (status, headers["connection"])
        assert answers.over()


def test_what_stands_behind_a_body_is_no_header(port: int) -> None:
    """A key in a trailer is none, and takes none away."""
    body = json.dumps({"customerSession": {}})

    def call(head: str, trailer: str) -> bytes:
        line = "PUT /v2/customer_sessions/trailer HTTP/1.1\r\n"
        chunks = f"{len(body):x}\r\n{body}\r\n0\r\n"
        return f"{line}{head}transfer-encoding: chunked\r\n\r\n{chunks}{trailer}\r\n".encode()

    with connected(port) as connection:
        answers = Answers(connection)
        connection.sendall(call("host: x\r\n", KEY.partition("\r\n")[2]))
        assert 401 == answers.next()[0]
        connection.sendall(call(KEY, "authorization: none\r\n"))
        assert 200 == answers.next()[0]


def test_a_trailer_ends(port: int) -> None:
    """One that grows without end is refused."""
    with connected(port) as connection:
        head = f"PUT /v2/customer_sessions/t HTTP/1.1\r\n{KEY}transfer-encoding: chunked\r\n\r\n0\r\n"
        connection.sendall(head.encode() + b"".join(b"x-%d: %b\r\n" % (number, b"y" * 1000) for number in range(300)))

        assert 400 == Answers(connection).next()[0]


def test_behind_latency_a_refusal_comes_after_the_answers_before_it() -> None:
    """So it does where the server waits before each answer."""
    with serve.start_with(serve.Settings(latency=0.3)) as slow, connected(slow.port) as connection:
        connection.sendall(put("first") + put("second") + b"NONSENSE\r\n\r\n")
        answers = Answers(connection)

        assert [200, 200, 400] == [answers.next()[0] for _ in range(3)]


def test_a_server_that_ends_answers_what_has_begun() -> None:
    """A call of which half is there when the server is told to end is answered; an idle connection just ends."""
    with serve.start() as embedded, connected(embedded.port) as busy, connected(embedded.port) as idle:
        call = put("half")
        idle.sendall(put("whole"))
        assert 200 == Answers(idle).next()[0]
        busy.sendall(call[:-10])
        time.sleep(0.2)
        os.kill(embedded.pid, signal.SIGTERM)
        assert Answers(idle).over()

        busy.sendall(call[-10:])

        answers = Answers(busy)
        status, headers, _ = answers.next()
        assert (200, "close") == (status, headers["connection"])
        assert answers.over()


def test_what_was_answered_is_in_the_file(tmp_path: Path) -> None:
    """Calls that come together are kept together: as soon as a client has an answer, others can read what it did."""
    database = tmp_path / "e.db"
    with serve.start_with(serve.Settings(database=str(database))) as embedded, connected(embedded.port) as connection:
        connection.sendall(b"".join(put(f"kept-{number}") for number in range(20)))
        answers = Answers(connection)
        reader = sqlite3.connect(database)
        for number in range(20):
            assert 200 == answers.next()[0]
            found = reader.execute("SELECT 1 FROM session WHERE integration_id = ?", [f"kept-{number}"]).fetchone()
            assert found is not None
        reader.close()


@dataclass
class Stub:
    """A connection that keeps what would be sent."""

    sent: list[Reply] = field(default_factory=list[Reply])

    def send(self, waiting: Waiting) -> None:
        """Keeps an answer."""
        self.sent.append(waiting.reply)


def test_what_cannot_be_kept_is_a_500_for_everybody(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody is told of something that is lost; the calls after that are answered again."""
    broken = [True]

    def commit() -> None:
        if broken.pop():
            message = "the disk is full"
            raise sqlite3.OperationalError(message)

    connection = Stub()

    async def play() -> None:
        counter = Counter(lambda _: reply(200, {"fine": True}), commit)
        for _ in range(3):
            counter.call(cast("Direct", connection), Request("GET", "/"), lasts=True)
        await asyncio.sleep(0)
        broken.append(False)
        counter.call(cast("Direct", connection), Request("GET", "/"), lasts=True)
        await asyncio.sleep(0)

    with caplog.at_level(logging.CRITICAL, "talonproof"):
        asyncio.run(play())

    assert [500, 500, 500, 200] == [each.status for each in connection.sent]
    assert all(int(each.headers["content-length"]) == len(each.body) for each in connection.sent[:3])
