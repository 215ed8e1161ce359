"""A server that writes down every byte it is sent, and a client that speaks to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.http.client import Client
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.pace import Pace
from talonproof.target import Bindings, Footprint, Keys, Limits, Target, Way
from talonproof.workspace import find_workspace

CANARY = "c4n4ry-0123456789abcdef0123456789abcdef+/%&"
RUN = "20261120-110000-ab12"


@dataclass
class Recorded:
    """One request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Recorder:
    """The requests so far; ``replies`` are given in order, then ``default``."""

    url: str = ""
    requests: list[Recorded] = field(default_factory=list[Recorded])
    replies: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list[tuple[int, dict[str, str], bytes]])
    default: tuple[int, dict[str, str], bytes] = (200, {"content-type": "application/json"}, b"{}")

    def reply(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers, body."""
        return self.replies.pop(0) if self.replies else self.default


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A recording server on a free port of this machine."""
    record = Recorder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            method, target, _ = self.requestline.split(" ")
            record.requests.append(Recorded(method, target, {k.lower(): v for k, v in self.headers.items()}, body))
            status, headers, answer = record.reply()
            self.send_response(status)
            for name, value in {"content-length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        record.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield record
        server.shutdown()
        thread.join()


@pytest.fixture
def canary() -> str:
    """The live key of the clients, with characters that every encoding changes."""
    return CANARY


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract of the seeds' edition."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture
def ledger() -> Ledger:
    """A ledger in which nothing was issued yet."""
    return Ledger(RUN, "gw0")


MakeClient = Callable[..., Client]


@pytest.fixture
def make_client(recorder: Recorder, contract: Contract, ledger: Ledger) -> Iterator[MakeClient]:
    """Makes clients of the recording server, with a canary for a key, that never really sleep."""
    clients: list[Client] = []
    now = [1000.0]

    def make(
        *,
        url: str = "",
        limit: Footprint = Footprint.DESTRUCTIVE,
        bindings: Bindings | None = None,
        keys: Keys | None = None,
        way: Way | None = None,
        limits: Limits | None = None,
        **options: Any,
    ) -> Client:
        target = Target(
            url or recorder.url, "", bindings=bindings or Bindings(), limits=limits or Limits(), way=way or Way()
        )
        options.setdefault("sleep", lambda _seconds: None)
        options.setdefault("pace", Pace(0, clock=lambda: now[0], sleep=lambda seconds: now.append(now.pop() + seconds)))
        guard = Guard(target, contract, limit, ledger)
        clients.append(Client(target, keys or Keys(CANARY), contract, guard, **options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
