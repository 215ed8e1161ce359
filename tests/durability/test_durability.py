"""kill -9 at any moment, under load: what the emulator has answered is in its database, and nothing is there by half.

    make durability CRASHES=50

Each history is one database, killed several times. Its clients speak over raw sockets that stay open, each to customers
of its own, and write down what was answered; so after each restart it is known what must be there, and that of each
client at most one call is unsettled: the one that was in flight.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator.serve import LIVE_KEY

CRASHES = int(os.environ.get("CRASHES", "5"))
EACH = 5
"""How often one database is killed."""

CLIENTS = 4
LONG_ENOUGH = 60.0
"""Seconds that a loaded machine may need for what an idle one does in half a second."""


class Gone(Exception):
    """The server ended before it answered."""


class Connection:
    """One HTTP connection that stays open, on a raw socket."""

    def __init__(self, port: int) -> None:
        """Raises Gone where nobody listens any more."""
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout=LONG_ENOUGH)
        except OSError as error:
            raise Gone from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb")

    def call(self, method: str, target: str, document: object = None) -> Any:
        """The JSON body of a call that succeeds; raises Gone where no whole answer comes."""
        body = b"" if document is None else json.dumps(document).encode()
        head = (
            f"{method} {target} HTTP/1.1\r\nhost: emulator\r\nauthorization: ApiKey-v1 {LIVE_KEY}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        try:
            self._socket.sendall(head.encode() + body)
            status = int(self._line().split()[1])
            length = 0
            while line := self._line().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            answer = self._stream.read(length)
        except OSError as error:
            raise Gone from error
        if len(answer) < length:
            raise Gone
        assert status in {200, 201, 204}, (method, target, document, answer)
        return json.loads(answer) if answer else None

    def _line(self) -> bytes:
        line = self._stream.readline()
        if not line.endswith(b"\n"):
            raise Gone
        return line

    def close(self) -> None:
        """Closes the connection."""
        self._stream.close()
        self._socket.close()


@dataclass
class Server:
    """``talonproof emulate`` on a database, as a process that can be killed."""

    process: subprocess.Popen[str]
    port: int = 0

    @classmethod
    def on(cls, database: Path) -> Server:
        """A server, begun; it may not listen yet."""
        command = [sys.executable, "-P", "-m", "talonproof", "emulate", "--port", "0", "--db", str(database)]
        return cls(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))

    def listening(self) -> Server:
        """The same server, as soon as it listens."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "listens" in line, line + self.process.communicate()[1]
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def kill(self) -> None:
        """SIGKILL: it can do nothing about it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@dataclass
class Customer:
    """What a client has been answered about one of its sessions: its state, and how often it was updated."""

    name: str
    state: str = ""
    updates: int = 0


@dataclass
class Client(threading.Thread):
    """Opens, fills, closes and cancels sessions of one profile until the server is gone."""

    port: int
    profile: str
    sessions: list[Customer]
    chance: random.Random
    tagged: int = 0
    """The number that the profile's attribute was last set to."""

    unsettled: tuple[str, str, int] | None = None
    """The session or profile of the call in flight, and the state and number that it would leave."""

    calls: int = 0
    failure: BaseException | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Works until the server is gone."""
        try:
            with closing(Connection(self.port)) as connection:
                while True:
                    self._deed(connection)
                    self.calls += 1
        except Gone:
            return
        except BaseException as error:  # noqa: BLE001  # the thread of the test shall see it
            self.failure = error

    def _deed(self, connection: Connection) -> None:
        draw = self.chance.random()
        going = [session for session in self.sessions if session.state in {"open", "closed"}]
        if draw < 0.2:
            self.unsettled = (self.profile, "", self.tagged + 1)
            attributes = {"attributes": {"tp_profile_number": self.tagged + 1}}
            connection.call("PUT", f"/v2/customer_profiles/{self.profile}?runRuleEngine=false", attributes)
            self.tagged += 1
        elif draw < 0.4 or not going:
            session = Customer(f"{self.profile}-{len(self.sessions)}")
            self.sessions.append(session)
            self._update(connection, session, "open")
        else:
            session = self.chance.choice(going[-5:])
            after = {"open": self.chance.choice(["open", "closed", "closed"]), "closed": "cancelled"}
            self._update(connection, session, after[session.state])
        self.unsettled = None

    def _update(self, connection: Connection, session: Customer, state: str) -> None:
        self.unsettled = (session.name, state, session.updates + 1)
        sent: dict[str, Any] = {"state": state}
        if state == "open":
            sent |= {
                "profileId": self.profile,
                "cartItems": [{"sku": "s", "name": "n", "quantity": 2, "price": 1.5}],
                "couponCodes": ["TP-COUPON-1"],
                "attributes": {"tp_trigger": "points"},
            }
        connection.call("PUT", f"/v2/customer_sessions/{session.name}", {"customerSession": sent})
        session.state, session.updates = state, session.updates + 1

    def settle(self, session: Customer, found: str, updates: int) -> None:
        """Holds a stored session to what was answered, or to the call that was in flight."""
        if (session.name, found, updates) == self.unsettled:
            session.state, session.updates, self.unsettled = found, updates, None
        assert (session.state, session.updates) == (found, updates), (session, self.unsettled)


@dataclass(frozen=True)
class Stored:
    """What the file holds of a session."""

    state: str
    updates: int
    events: int
    redemptions: int
    entries: int

    @property
    def whole(self) -> bool:
        """Whether nothing of it is there by half: a cancel takes the redemption back, and leaves active points."""
        closed, was_closed = self.state == "closed", self.state in {"closed", "cancelled"}
        return (self.events, self.redemptions, self.entries) == (self.updates, int(closed), int(was_closed))


def stored(database: Path) -> tuple[dict[str, Stored], dict[str, tuple[int, Decimal, Any]]]:
    """The sessions and the profiles of a database, read by SQLite alone; it is whole."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        assert [] == connection.execute("PRAGMA foreign_key_check").fetchall()
        counts = [
            dict(connection.execute(query))
            for query in (
                "SELECT session, COUNT(*) FROM event GROUP BY session",
                "SELECT integration_id, COUNT(*) FROM redemption JOIN session ON session_id = id GROUP BY 1",
                "SELECT session, COUNT(*) FROM entry GROUP BY session",
            )
        ]
        sessions = {
            name: Stored(state, json.loads(document)["updates"], *(count.get(name, 0) for count in counts))
            for name, state, document in connection.execute(
                "SELECT integration_id, state, document FROM session WHERE integration_id LIKE 'tp-client-%'"
            )
        }
        profiles = {
            name: (closed, Decimal(sales), json.loads(attributes).get("tp_profile_number", 0))
            for name, closed, sales, attributes in connection.execute(
                "SELECT integration_id, closed_sessions, total_sales, attributes FROM profile"
            )
        }
    return sessions, profiles


def check(clients: list[Client], server: Server, database: Path) -> None:
    """Everything answered is there, nothing is there by half, and the server shows what the file holds."""
    sessions, profiles = stored(database)
    with closing(Connection(server.port)) as connection:
        for client in clients:
            for session in [s for s in client.sessions if s.name in sessions]:
                client.settle(session, sessions[session.name].state, sessions[session.name].updates)
            assert [] == [s.name for s in client.sessions if s.name not in sessions and s.state]
            client.sessions = [s for s in client.sessions if s.name in sessions]
            for session in client.sessions[-5:]:
                shown = connection.call("GET", f"/v2/customer_sessions/{session.name}")
                assert session.state == shown["customerSession"]["state"]
            if client.sessions or client.tagged:
                closed, sales, tagged = profiles[client.profile]
                if client.unsettled == (client.profile, "", tagged):
                    client.tagged = tagged
                assert client.tagged == tagged
                assert sum(s.state == "closed" for s in client.sessions) == closed
                assert 3 * closed == sales
            client.unsettled = None
    assert [] == [(name, kept) for name, kept in sessions.items() if not kept.whole]


@pytest.fixture
def ended() -> Iterator[list[Server]]:
    """The servers of a test; none of them outlives it."""
    servers: list[Server] = []
    yield servers
    for server in servers:
        if server.process.poll() is None:
            server.kill()


@pytest.mark.parametrize("seed", range(max(1, CRASHES // EACH)))
def test_a_killed_server_has_lost_nothing(seed: int, tmp_path: Path, ended: list[Server]) -> None:
    """Killed five times while four clients write, it opens each time with all that it had answered."""
    chance, database = random.Random(seed), tmp_path / "emulator.db"
    kept: list[tuple[list[Customer], int]] = [([], 0) for _ in range(CLIENTS)]
    calls = 0
    for _ in range(EACH):
        server = Server.on(database).listening()
        ended.append(server)
        clients = [
            Client(server.port, f"tp-client-{number}", *(sessions, random.Random(chance.random())), tagged)
            for number, (sessions, tagged) in enumerate(kept)
        ]
        for client in clients:
            client.start()
        time.sleep(chance.uniform(0, 0.8))
        server.kill()
        for client in clients:
            client.join(LONG_ENOUGH)
        assert [] == [client.failure for client in clients if client.failure]

        again = Server.on(database).listening()
        ended.append(again)
        check(clients, again, database)
        again.kill()
        kept = [(client.sessions, client.tagged) for client in clients]
        calls += sum(client.calls for client in clients)
    assert calls > 0


def test_a_server_killed_while_it_starts_leaves_nothing_half_made(tmp_path: Path, ended: list[Server]) -> None:
    """Whatever it had come to with a new file, the next one finds a whole world or makes it."""
    chance = random.Random(CRASHES)
    for number in range(CRASHES):
        database = tmp_path / f"{number}.db"
        server = Server.on(database)
        ended.append(server)
        moment = time.monotonic() + LONG_ENOUGH
        while not database.exists() and server.process.poll() is None and time.monotonic() < moment:
            time.sleep(0.0005)
        time.sleep(chance.uniform(0, 0.06))
        server.kill()

        again = Server.on(database).listening()
        ended.append(again)
        with closing(Connection(again.port)) as connection:
            shown = connection.call("GET", "/v2/customer_sessions/tp-world-open")
        assert "open" == shown["customerSession"]["state"]
        with suppress(Gone):
            again.kill()
