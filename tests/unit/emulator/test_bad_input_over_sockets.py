"""Over a socket, too: bytes that are no HTTP, heads and bodies without end, paths that nobody means."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.validators import Validators
from talonproof.emulator import serve
from tests.unit.emulator.conftest import SMALL_WORLD
from tests.unit.emulator.valid_requests import CONTRACT, PATHS, VALID, target_of

SECONDS = 30.0
"""How long an answer may take on a busy machine: what hangs takes longer."""

KEY = b"host: x\r\nauthorization: ApiKey-v1 live\r\n"
WITH_STATUS = {"$ref": "#/components/schemas/ErrorResponseWithStatus"}
MEGABYTES = b"x" * 10_000_000
EVERY = pytest.mark.parametrize("operation", CONTRACT.operations)
WITH_BODY = pytest.mark.parametrize("operation", VALID)


@dataclass(frozen=True, slots=True)
class Served:
    """An emulator in a process of its own, and the file of its database."""

    port: int
    database: Path

    def rows(self) -> list[Any]:
        """All rows of all tables."""
        connection = sqlite3.connect(self.database)
        try:
            names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
            return [connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names]  # noqa: S608
        finally:
            connection.close()

    def send(self, request: bytes) -> tuple[int, Any]:
        """Status and body of what comes back, before or after everything was sent."""
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as connection:
            connection.sendall(request)
            with connection.makefile("rb") as answer:
                status = int(answer.readline().split()[1])
                headers = dict(line.split(b": ", 1) for line in iter(answer.readline, b"\r\n"))
                assert b"application/json" == headers[b"content-type"].strip()
                return status, json.loads(answer.read(int(headers[b"content-length"])))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The emulator of this module, over the small world."""
    folder = tmp_path_factory.mktemp("served")
    world, database = folder / "world.yaml", folder / "emulator.db"
    world.write_text(SMALL_WORLD, encoding="utf-8")
    with serve.start_with(serve.Settings(world=str(world), database=str(database))) as embedded:
        yield Served(embedded.port, database)


def request(operation: str, target: bytes | None = None, headers: bytes = b"", body: bytes = b"") -> bytes:
    """The bytes of a request."""
    line = CONTRACT.operations[operation].method.encode() + b" " + (target or target_of(operation).encode())
    return line + b" HTTP/1.1\r\n" + KEY + headers + b"\r\n" + body


def sized(body: bytes) -> bytes:
    """The header that says how long a body is."""
    return b"content-length: %d\r\n" % len(body)


def chunked(body: bytes, size: int) -> bytes:
    """A body in chunks."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


CHUNKED = b"transfer-encoding: chunked\r\n"


@pytest.fixture
def refused(served: Served, validators: Validators) -> Iterator[Any]:
    """The status of a refusal with the documented body; at the end of the test every row is as it was."""
    before = served.rows()

    def send(operation: str, sent: bytes) -> int:
        status, document = served.send(sent)
        assert 400 <= status < 500
        validator = validators.response(operation, status) or validators.schema(WITH_STATUS)
        assert () == validator.errors(document)
        assert document["message"]
        return status

    yield send
    assert before == served.rows()


@EVERY
def test_ten_megabytes_are_refused(refused: Any, operation: str) -> None:
    """Whole, in chunks of many sizes, and after the client has asked whether it may."""
    assert 413 == refused(operation, request(operation, None, sized(MEGABYTES), MEGABYTES))
    for size in (len(MEGABYTES), 65_536):
        assert 413 == refused(operation, request(operation, None, CHUNKED, chunked(MEGABYTES, size)))


NASTY = {
    "NaN": "NaN",
    "5,000 digits": "9" * 5000,
    "2^63": str(2**63),
    "100,000 levels": "[" * 100_000 + "]" * 100_000,
    "lone surrogate": r'"\ud800"',
    "malformed": "{",
    "no UTF-8": "\xff",
}


@WITH_BODY
def test_a_bad_body_is_refused(refused: Any, operation: str) -> None:
    """Whole and in chunks, even of one byte."""
    for text in NASTY.values():
        body = text.encode("latin-1")
        assert 400 == refused(operation, request(operation, None, sized(body), body))
        assert 400 == refused(operation, request(operation, None, CHUNKED, chunked(body, max(1, len(body) // 1000))))


UNREADABLE = {
    "2^63": str(2**63).encode(),
    "5,000 digits": b"9" * 5000,
    "1,001 characters": b"x" * 1001,
    "60,000 characters": b"x" * 60_000,
    "70,000 characters": b"x" * 70_000,
    "a megabyte": b"x" * 1_000_000,
    "no UTF-8": b"%ff",
    "surrogate": b"%ED%A0%80",
    "bare UTF-8": "ü".encode(),
    "bare bytes": b"\xff\xfe",
    "bare NUL": b"\x00",
    "bare blank": b"a b",
}
"""Parts of a path or a query that no operation can do anything with."""
LAWFUL = {
    "customerSessionId": ("2^63",),
    "integrationId": ("2^63",),
    "couponValue": ("2^63", "5,000 digits", "1,001 characters", "60,000 characters"),
    "loyaltyCardId": ("2^63",),
}
"""But for those, which are ids like others."""


@EVERY
def test_a_bad_path_is_refused(refused: Any, operation: str) -> None:
    """In place of each id."""
    for name in (parameter.name for parameter in CONTRACT.operations[operation].path_parameters):
        for label, raw in UNREADABLE.items():
            if label not in LAWFUL.get(name, ()):
                target = target_of(operation, **{name: "\x01"}).encode().replace(b"\x01", raw)
                body = json.dumps(VALID[operation]).encode() if operation in VALID else b""
                assert refused(operation, request(operation, target, sized(body), body)) in {400, 431}, (name, label)


@EVERY
def test_a_bad_query_is_refused(refused: Any, operation: str) -> None:
    """Whether or not its names mean anything."""
    body = json.dumps(VALID[operation]).encode() if operation in VALID else b""
    for label in ("70,000 characters", "a megabyte", "no UTF-8", "surrogate", "bare UTF-8", "bare bytes", "bare NUL"):
        target = target_of(operation).encode() + b"?name=" + UNREADABLE[label]
        assert refused(operation, request(operation, target, sized(body), body)) in {400, 431}, label


UPDATE = "updateCustomerSessionV2"
NO_HTTP = {
    "noise": b"\x00\x01\x02\x03\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that is none": b"BREW / HTTP/1.1\r\n\r\n",
    "a target that is none": b"GET nothing HTTP/1.1\r\n" + KEY + b"\r\n",
    "a header that is none": request(UPDATE, None, b"x y\x00: 1\r\n"),
    "a length of many digits": request(UPDATE, None, b"content-length: " + b"9" * 30 + b"\r\n"),
    "a length below nothing": request(UPDATE, None, b"content-length: -1\r\n"),
    "a length and chunks": request(UPDATE, None, b"content-length: 2\r\n" + CHUNKED, b"2\r\n{}\r\n0\r\n\r\n"),
    "a chunk of no size": request(UPDATE, None, CHUNKED, b"zz\r\n{}\r\n0\r\n\r\n"),
    "a chunk beyond 64 bits": request(UPDATE, None, CHUNKED, b"f" * 20 + b"\r\n{}"),
    "a chunk that is longer": request(UPDATE, None, CHUNKED, b"1\r\n{}\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_no_http_is_refused(refused: Any, name: str) -> None:
    """With an error body like everything else."""
    assert 400 == refused(UPDATE, NO_HTTP[name])


@pytest.mark.parametrize(
    "headers", [b"x: " + b"y" * 10_000_000 + b"\r\n", b"".join(b"x-%d: 1\r\n" % number for number in range(500_000))]
)
def test_a_head_without_end_is_refused(refused: Any, headers: bytes) -> None:
    """The answer comes while the client still sends, and reaches it."""
    assert 431 == refused(UPDATE, request(UPDATE, None, headers))


def test_a_large_head_is_taken(served: Served) -> None:
    """One of 100 kB, that is."""
    status, _ = served.send(
        request("getCustomerSession", None, b"".join(b"x-%d: %b\r\n" % (n, b"y" * 1000) for n in range(100)))
    )

    assert 200 == status


def test_a_body_that_never_ends_holds_up_nobody(served: Served) -> None:
    """What was begun is not done, and others are answered meanwhile."""
    before = served.rows()
    beginning = request(UPDATE, f"/v2/customer_sessions/{'never'}".encode(), b"content-length: 100\r\n", b"{")
    waiting = [socket.create_connection(("127.0.0.1", served.port), SECONDS) for _ in range(50)]
    for connection in waiting:
        connection.sendall(beginning)

    status, _ = served.send(request("getCustomerSession"))

    for connection in waiting:
        connection.close()
    assert 200 == status
    assert before == served.rows()


def test_every_parameter_of_a_path_is_tried() -> None:
    """There is an id for each."""
    names = {p.name for operation in CONTRACT.operations.values() for p in operation.path_parameters}

    assert names == {*PATHS, "loyaltyProgramId"}
