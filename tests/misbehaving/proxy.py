"""A proxy in front of a server that breaks connections, answers in its place, and mangles what it answers.

It reads and writes sockets and knows nothing of talonproof. Each request meets at most one :class:`Trouble`, drawn by
a seed; what it did is kept in ``met``, and when each request arrived in ``arrived``.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any
from urllib.parse import urlsplit


class Trouble(StrEnum):
    """What can happen to a request. ``BEFORE`` the server saw it, or ``AFTER`` it answered."""

    RESET_BEFORE = "reset before"
    RESET_AFTER = "reset after"
    STALL_BEFORE = "stall before"
    STALL_AFTER = "stall after"
    SHORT = "short body"
    CHUNKS_CUT = "chunks cut"
    TOO_MANY = "429"
    TOO_MANY_WAIT = "429 with Retry-After"
    BAD_GATEWAY_BEFORE = "502 before"
    BAD_GATEWAY_AFTER = "502 after"
    UNAVAILABLE = "503"
    UNAVAILABLE_AFTER = "503 after"
    UNAVAILABLE_WAIT = "503 with Retry-After"
    GATEWAY_TIMEOUT = "504 after"
    # What no network does by itself.
    CHUNKED = "chunked"
    DRIP = "drip"
    DRIP_HEAD = "drip of the head"
    GARBAGE = "garbage"
    REDIRECT = "redirect"
    HUGE = "huge"
    HOSTILE = "hostile strings"
    SERVER_ERROR = "500"


TRANSPORT = tuple(Trouble)[: tuple(Trouble).index(Trouble.CHUNKED)]
"""The faults of a transport: none of them says anything of the server."""

MARKUP = "<script>alert('tp-hostile')</script><img src=x onerror=alert(1)>"
HOSTILE = f"{MARKUP}\x1b[31mred\x1b]0;title\x07\r\n\t\x00\u202e\ud800" + "y" * 5_000
"""What stands in every string of a hostile answer: markup, escapes of terminals, controls, a lone surrogate, length."""

Choose = Callable[[int, Random], Trouble | None]


def now_and_then(share: float, *troubles: Trouble) -> Choose:
    """So large a share of all requests meets one of the troubles."""
    return lambda _number, random: random.choice(troubles) if random.random() < share else None


def in_turn(every: int, *troubles: Trouble) -> Choose:
    """One request in so many meets one of the troubles, each in its turn."""
    return lambda number, _random: None if number % every else troubles[number // every % len(troubles)]


def from_then_on(number: int, trouble: Trouble) -> Choose:
    """All requests from that one on, counted from 0, meet the trouble."""
    return lambda at, _random: trouble if at >= number else None


@dataclass
class Proxy:
    """A running proxy."""

    url: str = ""
    met: Counter[str] = field(default_factory=Counter[str])
    arrived: list[float] = field(default_factory=list[float])
    written: int = 0


@dataclass(frozen=True)
class _Request:
    head: bytes
    body: bytes


@contextmanager
def proxy(
    backend: str,
    choose: Choose,
    *,
    seed: int = 0,
    after: int = 1,
    only: str = "",
) -> Iterator[Proxy]:
    """A proxy in front of ``backend``.

    The first ``after`` requests pass, since a run asks before it begins; so do all with another path than ``only``.
    """
    running = Proxy()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        server = _Server(running, backend, choose, seed, after, only)
        listening = await asyncio.start_server(server.connection, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        running.url = f"http://127.0.0.1:{port}"
        ready.set()
        await stop.wait()
        listening.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.02)  # sockets are closed in the next turns of the loop

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


class _Server:
    def __init__(self, running: Proxy, backend: str, choose: Choose, seed: int, after: int, only: str) -> None:
        self.running = running
        self.backend = urlsplit(backend)
        self.choose = choose
        self.seed = seed
        self.after = after
        self.only = only.encode()

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self.request(reader, writer):
                pass
        writer.close()

    async def request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serves one request; whether the connection stays."""
        request = await _read_request(reader)
        number = len(self.running.arrived)
        self.running.arrived.append(time.monotonic())
        spared = number < self.after or not request.head.split(b" ", 2)[1].startswith(self.only)
        trouble = None if spared else self.choose(number, Random(f"{self.seed} {number}"))
        self.running.met[trouble or "nothing"] += 1
        answer = b"" if trouble and trouble in _UNSEEN else await self.forward(request)
        match trouble:
            case None:
                writer.write(answer)
            case Trouble.RESET_BEFORE | Trouble.RESET_AFTER:
                _reset(writer)
                return False
            case Trouble.STALL_BEFORE | Trouble.STALL_AFTER:
                await reader.read(1)  # until the other side has had enough
                return False
            case Trouble.SHORT:
                writer.write(_cut(answer))
                await writer.drain()
                return False
            case Trouble.CHUNKS_CUT | Trouble.CHUNKED:
                whole = trouble is Trouble.CHUNKED
                writer.write(_chunked(answer, whole=whole))
                await writer.drain()
                return whole
            case Trouble.DRIP | Trouble.DRIP_HEAD:
                cut = 0 if trouble is Trouble.DRIP_HEAD else answer.index(b"\r\n\r\n") + 4
                writer.write(answer[:cut])
                for at in range(cut, len(answer)):
                    writer.write(answer[at : at + 1])
                    await writer.drain()
                    await asyncio.sleep(0.05)
            case Trouble.GARBAGE:
                writer.write(b"\x00\xffSSH-2.0-what\r\n<html>\r\n\r\n")
                await writer.drain()
                return False
            case Trouble.REDIRECT:
                writer.write(_answer(302, b"", "location: http://example.invalid/elsewhere?<script>"))
            case Trouble.HUGE:
                await self.huge(writer)
                return False
            case Trouble.HOSTILE:
                writer.write(_hostile(answer))
            case _:
                status, _, more = trouble.partition(" ")
                wait = ("retry-after: 1",) if more.startswith("with") else ()
                writer.write(_answer(int(status), b"<html>busy</html>", "content-type: text/html", *wait))
        await writer.drain()
        return True

    async def forward(self, request: _Request) -> bytes:
        """The answer of the server behind, to a connection of its own."""
        reader, writer = await asyncio.open_connection(self.backend.hostname, self.backend.port)
        try:
            head, _, rest = request.head.partition(b"\r\n")
            lines = [line for line in rest.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
            writer.write(b"\r\n".join([head, *lines, b"connection: close", b"", request.body]))
            await writer.drain()
            answer = await reader.read(-1)
        finally:
            writer.close()
        start, _, body = answer.partition(b"\r\n\r\n")
        kept = [line for line in start.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        return b"\r\n".join(kept) + b"\r\n\r\n" + body

    async def huge(self, writer: asyncio.StreamWriter) -> None:
        """A gigabyte, as long as somebody reads."""
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n[")
        piece = b"0," * 32_768
        for _ in range(1073741824 // len(piece)):
            writer.write(piece)
            await writer.drain()
            self.running.written += len(piece)


_UNSEEN = {
    Trouble.RESET_BEFORE,
    Trouble.STALL_BEFORE,
    Trouble.TOO_MANY,
    Trouble.TOO_MANY_WAIT,
    Trouble.BAD_GATEWAY_BEFORE,
    Trouble.UNAVAILABLE,
    Trouble.UNAVAILABLE_WAIT,
}
"""The troubles of requests that never reach the server behind."""


async def _read_request(reader: asyncio.StreamReader) -> _Request:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return _Request(head.removesuffix(b"\r\n\r\n"), await reader.readexactly(length))


def _answer(status: int, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} -", *headers, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST: what is on its way is lost."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _cut(answer: bytes) -> bytes:
    """The answer without its end: half of the body, or of the head where there is no body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[: len(body) // 2] if body else head[: len(head) // 2]


def _chunked(answer: bytes, *, whole: bool) -> bytes:
    """The answer in chunks of 7 bytes; the last ones are missing unless it is whole."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not body:
        return answer if whole else head[: len(head) // 2]
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
    kept = pieces if whole else pieces[: len(pieces) // 2]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in kept)
    return b"\r\n".join([*lines, b"transfer-encoding: chunked", b"", b""]) + chunks + (b"0\r\n\r\n" if whole else b"")


def _hostile(answer: bytes) -> bytes:
    """The answer with hostile text in every string of its JSON, and one member more."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if not body:
        return answer
    mangled = json.dumps(_mangled(json.loads(body))).encode()
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    lines += [b"x-hostile: <script>\x1b[31m", b"content-length: %d" % len(mangled)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + mangled


def _mangled(value: Any) -> Any:
    match value:
        case str():
            return HOSTILE
        case dict():
            return {**{name: _mangled(member) for name, member in value.items()}, HOSTILE: HOSTILE}
        case list():
            return [_mangled(item) for item in value]
        case _:
            return value
