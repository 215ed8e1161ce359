"""A server that writes down every request that reaches it, and a reading of its own of what each could do.

The reading is written from the fact sheet's list of footprints, and shares no code with the guard: it is what an
account's administrator would say who sees the requests arrive.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from talonproof.contract.contract import read_contract
from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Request
from talonproof.emulator.world_file import read_world
from talonproof.workspace import find_workspace

OWN = re.compile(r"tp-\d{8}-\d{6}-[0-9a-f]{4}-[a-z0-9]+-\d+")
CONSUMING = ("/returns", "/reopen", "/v2/events", "/v1/referrals", "/v1/referrals_for_multiple_advocates")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One request, as it came off the wire."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path, raw."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, list[str]]:
        """The query, decoded."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def document(self) -> dict[str, Any]:
        """The body, where it is a JSON object."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def dry(self) -> bool:
        """Whether it is evaluated and not stored."""
        if self.query.get("dry") != ["true"]:
            return False
        if "/v2/customer_profiles/" in self.path:
            return self.query.get("runRuleEngine") == ["true"]
        return self.path.startswith("/v2/customer_sessions/") or self.path == "/v2/events"

    @property
    def footprint(self) -> str:
        """What it could do to an account, if the account's server accepted it."""
        if self.method == "GET":
            return "read"
        if self.dry:
            return "dry"
        if any(self.path.endswith(end) for end in CONSUMING) or (
            self.method == "POST" and "/v1/coupon_reservations/" in self.path
        ):
            return "consume"
        if self.path.startswith("/v2/customer_sessions/"):
            session = self.document.get("customerSession")
            session = session if isinstance(session, dict) else {}
            codes = session.get("couponCodes") or session.get("referralCode")
            return "consume" if codes or session.get("state", "open") not in {"open", "cancelled", None} else "create"
        if "/v2/customer_profiles/" in self.path and self.query.get("runRuleEngine") == ["true"]:
            return "consume"
        return "create"

    @property
    def foreign(self) -> list[str]:
        """The sessions and profiles that it writes and that are not a run's own."""
        return [name for name in self._written if not OWN.match(name)]

    @property
    def _written(self) -> list[str]:
        """The sessions and profiles that it names as those to be written."""
        if self.method == "GET" or self.dry:
            return []
        named = re.search(r"/(?:customer_sessions|customer_profiles|customer_data)/([^/?]+)", self.path)
        session = self.document.get("customerSession")
        profile = session.get("profileId") if isinstance(session, dict) else self.document.get("profileId")
        names = [unquote(named[1])] if named else []
        return [*names, *([profile] if isinstance(profile, str) and profile else [])]


@dataclass
class Recording:
    """A running server, what reached it, and where it listens."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list[Arrived])


@pytest.fixture(scope="session")
def recorded() -> Callable[[], AbstractContextManager[Recording]]:
    """A recording server for as long as one wants it."""
    return recording


@contextmanager
def recording() -> Iterator[Recording]:
    """A healthy emulator on the loopback that writes down what reaches it."""
    contract = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")
    emulator, lock, record = Emulator(read_world(None), contract), threading.Lock(), Recording()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            arrived = Arrived(self.command, self.path, headers, self.rfile.read(length))
            with lock:
                record.arrived.append(arrived)
                reply = emulator.handle(Request(arrived.method, arrived.target, headers, arrived.body))
            head = [f"HTTP/1.1 {reply.status} -"]
            head += [f"{name}: {value}" for name, value in reply.headers.items() if name.lower() != "content-length"]
            if reply.status != 204:
                head.append(f"content-length: {len(reply.body)}")
            self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + reply.body)

        do_GET = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815 - the names that http.server calls

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the name that http.server uses
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    record.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield record
    finally:
        server.shutdown()
        server.server_close()
