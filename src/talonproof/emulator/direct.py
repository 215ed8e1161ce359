"""A call is answered as soon as its last byte is there, in the event loop's own callback and with one write.

uvicorn would make a task of it, and an application of ASGI, and write head and body one after the other; that takes
half as long as the call itself. Only a server that waits for something on the way needs it (``asgi``).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

import httptools

from talonproof.emulator.message import Reply, Request
from talonproof.emulator.payload import MAX_BYTES
from talonproof.emulator.protocol import Protocol

Answer = Callable[[Request], Reply]

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_STATUS_LINE = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Direct(Protocol):
    """Answers by a function, one call after the other; of a body above MAX_BYTES no more is kept than shows that."""

    def __init__(self, answer: Answer, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._answer = answer
        self._within = False
        self._lasts = True
        self._target = ""
        self._arrived = 0.0
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head, self._within = True, 0, True
        self.url = b""
        self._headers = {}
        self._body, self._size = [], 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header is there; of several with one name the last counts."""
        self._headers[str(name, "latin-1").lower()] = str(value, "latin-1")

    def on_headers_complete(self) -> None:
        """A head is over; who waits to be told to go on is told so. An exception means that it cannot be read."""
        self._in_head = False
        self._arrived = time.monotonic()
        url = httptools.parse_url(self.url)
        self._target = (url.path if url.query is None else url.path + b"?" + url.query).decode("latin-1")
        if self._headers.get("expect", "").lower() == "100-continue":
            self._send(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Some of the body is there."""
        if self._size <= MAX_BYTES:
            self._body.append(body)
            self._size += len(body)

    def on_message_complete(self) -> None:
        """A call is there, and is answered."""
        parser, transport = cast("Any", self.parser), self.transport
        if transport.is_closing():
            return
        method = str(parser.get_method(), "ascii")
        reply = self._answer(Request(method, self._target, self._headers, b"".join(self._body), self._arrived))
        self._within = False
        self.server_state.total_requests += 1
        lasts = self._lasts and parser.should_keep_alive() and parser.get_http_version() != "1.0"
        lines = [_STATUS_LINE[reply.status]]
        lines.extend([f"{name}: {value}\r\n" for name, value in reply.headers.items()])
        lines.append("\r\n" if lasts else "connection: close\r\n\r\n")
        head = "".join(lines).encode("latin-1")
        self._send(head if method == "HEAD" else head + reply.body)
        if lasts:
            self._unset_keepalive_if_required()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        else:
            transport.close()

    def pause_writing(self) -> None:
        """The client does not read its answers: no more calls of it are taken."""
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        self.transport.resume_reading()

    def shutdown(self) -> None:
        """Ends the connection; after the answer to a call of which some is there."""
        self._lasts = False
        if not self._within:
            self.transport.close()

    def _send(self, data: bytes) -> None:
        cast("Any", self.transport).write(data)
