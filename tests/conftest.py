"""What tests of whole runs share: a server on this machine that writes down everything that reaches it."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import settings

from talonproof.contract.contract import read_contract
from talonproof.emulator import faults as planted
from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.world_file import read_world
from talonproof.workspace import find_workspace

settings.register_profile("tests", deadline=None)  # a busy machine is no failure
settings.load_profile("tests")

Change = Callable[[Request, Reply], Reply]


@dataclass(frozen=True, slots=True)
class Recording:
    """A running server: where it listens, and the requests that reached it, each with its answer, in their order."""

    url: str
    passed: list[tuple[Request, Reply]] = field(default_factory=list[tuple[Request, Reply]])


def _as_it_is(_: Request, reply: Reply) -> Reply:
    return reply


@contextmanager
def _recording(
    *,
    world: Path | None = None,
    faults: Iterable[str] = (),
    change: Change = _as_it_is,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Recording]:
    """An emulator behind a server that shares nothing with the one of talonproof, and that may change its answers."""
    contract = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")
    emulator = Emulator(read_world(world), contract, faults=planted.select(faults))
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(int(headers.get("content-length", 0))))
            with one_at_a_time:
                reply = change(request, emulator.handle(request))
                recording.passed.append((request, reply))
            lines = [f"{name}: {value}" for name, value in reply.headers.items() if name.lower() != "content-length"]
            lines += [f"content-length: {len(reply.body)}"] if reply.status != 204 else []
            head = "\r\n".join([f"HTTP/1.1 {reply.status} -", *lines, "", ""])
            self.wfile.write(head.encode("latin-1") + reply.body)

        do_GET = do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - what http.server looks for

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name that http.server uses
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    recording = Recording(f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield recording
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        emulator.store.close()


@pytest.fixture(scope="session")
def recording() -> Callable[..., AbstractContextManager[Recording]]:
    """Makes recording servers, each for as long as its ``with`` lasts; see :class:`Recording`."""
    return _recording
