"""A client that keeps a server busy: each connection has one request in flight, and sends the next at once.

One thread over raw, non-blocking sockets; a request is bytes made beforehand, of an answer only the length is read.
httpx, for comparison, needs several times as long for a request as the servers that are measured here.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

_PIECE = 256 * 1024


def request(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """An HTTP/1.1 request as it is sent."""
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    requests: Iterator[bytes]
    received: bytearray = field(default_factory=bytearray)
    whole: int = 0
    sent_at: float = 0.0

    def send(self) -> None:
        """Sends the next request."""
        self.received.clear()
        self.whole = 0
        self.sent_at = time.perf_counter()
        self.socket.sendall(next(self.requests))

    def receive(self) -> bool:
        """Takes what has come; whether the answer is complete. Raises RuntimeError for anything but a 200."""
        piece = self.socket.recv(_PIECE)
        self.received += piece
        if not self.whole:
            end = self.received.find(b"\r\n\r\n")
            if end >= 0:
                head = bytes(self.received[:end]).lower()
                if not head.startswith(b"http/1.1 200"):
                    raise RuntimeError(self.received.decode(errors="replace"))
                at = head.index(b"content-length:") + 15
                self.whole = end + 4 + int(head[at:].partition(b"\r\n")[0])
        if not piece:
            message = "the server closed the connection"
            raise RuntimeError(message)
        return bool(self.whole) and len(self.received) >= self.whole


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers that came, in how many seconds, and how long each took, in order of length."""

    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def median(self) -> float:
        """Half of the answers took no longer, in seconds."""
        return self.latencies[len(self.latencies) // 2]


def drive(port: int, streams: list[Iterator[bytes]], seconds: float) -> Measured:
    """Keeps a connection for each endless stream of requests busy, for so many seconds."""
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        connections: list[_Connection] = []
        for stream in streams:
            opened = socket.create_connection(("127.0.0.1", port))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connections.append(_Connection(opened, stream))
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        begun = time.perf_counter()
        for connection in connections:
            connection.send()
        end = begun + seconds
        while (now := time.perf_counter()) < end:
            for key, _ in selector.select(end - now):
                connection = key.data
                if connection.receive():
                    latencies.append(time.perf_counter() - connection.sent_at)
                    connection.send()
        taken = time.perf_counter() - begun
        for connection in connections:
            with closing(connection.socket):
                pass
    return Measured(taken, tuple(sorted(latencies)))
