"""What tests of whole runs share: a relay on this machine that sees everything a run sends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from hypothesis import settings

settings.register_profile("tests", deadline=None)  # a busy machine is no failure
settings.load_profile("tests")

_OF_THE_CONNECTION = frozenset({"connection", "content-length", "date", "host", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Came:
    """A request as it came over the wire; names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


Change = Callable[[Came, Reply], Reply]


@dataclass(frozen=True, slots=True)
class Relay:
    """A running relay: its address, and what passed through it so far, in the order of the answers."""

    url: str
    passed: list[tuple[Came, Reply]] = field(default_factory=list[tuple[Came, Reply]])

    @property
    def came(self) -> list[Came]:
        """The requests that came."""
        return [came for came, _ in self.passed]


def _as_it_is(_: Came, reply: Reply) -> Reply:
    return reply


@contextmanager
def _relay(upstream: str, change: Change = _as_it_is) -> Iterator[Relay]:
    """A relay in front of a server, which changes its answers."""
    address = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            came = Came(self.command, self.path, headers, body)
            reply = change(came, self._ask(came))
            relay.passed.append((came, reply))
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815 - http.server's

        def _ask(self, came: Came) -> Reply:
            upstream = HTTPConnection(address.hostname or "", address.port, timeout=30)
            kept = {name: value for name, value in came.headers.items() if name not in _OF_THE_CONNECTION}
            upstream.request(came.method, came.target, came.body or None, kept)
            answer = upstream.getresponse()
            body = answer.read()
            upstream.close()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            dropped = _OF_THE_CONNECTION - {"date"}
            return Reply(answer.status, {n: v for n, v in headers.items() if n not in dropped}, body)

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name that http.server uses
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    relay = Relay(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def relay() -> Callable[..., AbstractContextManager[Relay]]:
    """Makes relays, each for as long as its ``with`` lasts; see :class:`Relay`."""
    return _relay
