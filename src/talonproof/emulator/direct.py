"""Calls are answered in the event loop's own callbacks; those that come together are committed together.

uvicorn would make a task of each call, and an application of ASGI, and write head and body one after the other, which
takes a good part of the time of a call (see benchmarks). Only a server that waits on the way needs it (``asgi``).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple, cast

import httptools

from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.payload import MAX_BYTES
from talonproof.emulator.protocol import MAX_HEAD, Protocol

_LOG = logging.getLogger(__name__)

_SLICE = 16 * 1024
"""Bytes of a connection that are taken at a time, so that a client that sends many calls in a row holds up nobody."""

_WISHES = frozenset({b"upgrade", b"connection", b"http2-settings"})
_LASTING = frozenset({b"close", b"keep-alive"})

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_STATUS_LINE = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}


class Waiting(NamedTuple):
    """An answer, and what its connection has to know of the call: whether it wants a body, and to ask again."""

    connection: Direct
    reply: Reply
    bodiless: bool
    lasts: bool


class Counter:
    """Where the connections of a server hand in their calls. Answers wait for what they tell of to be in the file."""

    def __init__(self, answer: Callable[[Request], Reply], commit: Callable[[], None]) -> None:
        self._answer = answer
        self._commit = commit
        self._waiting: list[Waiting] = []

    def call(self, connection: Direct, request: Request, *, lasts: bool) -> None:
        """Answers a call; the answer goes out with those to all calls that are there by now."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.send)
        self._waiting.append(Waiting(connection, self._answer(request), request.method == "HEAD", lasts))

    def send(self) -> None:
        """Sends the answers that wait. Where what they tell of cannot be kept, each of them is a 500."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        try:
            self._commit()
        except Exception:  # noqa: BLE001  # whatever it is, the clients get an answer and the log the rest
            _LOG.exception("the last %d calls cannot be kept", len(waiting))
            lost = reply(500, {"message": "The server failed.", "StatusCode": 500})
            waiting = [each._replace(reply=_like(each.reply, lost)) for each in waiting]
        for each in waiting:
            try:
                each.connection.send(each)
            except Exception:  # noqa: BLE001  # the answers of other connections go out all the same
                _LOG.exception("an answer cannot be sent")
                each.connection.transport.abort()


def _like(answer: Reply, lost: Reply) -> Reply:
    headers = {**answer.headers, **lost.headers, "content-length": str(len(lost.body))}
    return Reply(lost.status, headers, lost.body)


class Direct(Protocol):
    """A connection of a server with a counter; of a body above MAX_BYTES no more is kept than shows that.

    A wish for another protocol is passed over, as HTTP allows.
    """

    def __init__(self, counter: Counter, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._counter = counter
        self._ending = False
        self._paused = False
        self._over = False
        self._begun = 0
        self._unread = b""
        self._target = ""
        self._arrived = 0.0
        self._body: list[bytes] = []
        self._size = 0
        self._trailer = 0

    def data_received(self, data: bytes) -> None:
        """Takes what comes; of much of it a slice, and the rest after the other connections had their turn."""
        self._unset_keepalive_if_required()
        if self._unread or len(data) > _SLICE:
            self._unread += data
            self.transport.pause_reading()
            self.loop.call_soon(self._take)
        else:
            self._feed(data)

    def _take(self) -> None:
        if self._paused or not self._unread or self.transport.is_closing():
            return
        piece, self._unread = self._unread[:_SLICE], self._unread[_SLICE:]
        self._feed(piece)
        if self._unread:
            self.loop.call_soon(self._take)
        elif not self._paused:
            self.transport.resume_reading()

    def _feed(self, data: bytes) -> None:
        if self._refused:
            return
        try:
            cast("Any", self.parser).feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._pass_over(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("")
        self.measure(len(data))

    def _pass_over(self, rest: bytes) -> None:
        """Reads a head again without its wish for another protocol: the parser takes no body after such a wish."""
        parser = cast("Any", self.parser)
        line = parser.get_method() + b" " + self.url + b" HTTP/" + parser.get_http_version().encode()
        lines = [name + b": " + value for name, value in self.headers if name not in _WISHES]
        said = b",".join(value for name, value in self.headers if name == b"connection")
        lines += [b"connection: " + each for each in said.lower().replace(b" ", b"").split(b",") if each in _LASTING]
        self._begun -= 1
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does with the first one
        self._feed(b"\r\n".join([line, *lines, b"", b""]) + rest)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._begins, self._head = True, True, 0
        self._begun += 1
        self.url = b""
        self.headers = []
        self._body, self._size, self._trailer = [], 0, 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header is there; what stands behind a body is none, and must end all the same."""
        if self._in_head:
            self.headers.append((name.lower(), value))
            return
        self._trailer += len(name) + len(value)
        if self._trailer > MAX_HEAD:
            message = "the trailer is too long"
            raise ValueError(message)

    def on_headers_complete(self) -> None:
        """A head is over; who waits to be told to go on is told so. An exception means that it cannot be read."""
        self._in_head = False
        self._arrived = time.monotonic()
        parser = cast("Any", self.parser)
        if parser.get_method() == b"CONNECT":
            message = "there is nothing to connect to"
            raise ValueError(message)
        url = httptools.parse_url(self.url)
        self._target = (url.path + b"?" + url.query if url.query else url.path).decode("latin-1")
        waits = any(name == b"expect" and value.lower() == b"100-continue" for name, value in self.headers)
        if waits and not self._over and parser.get_http_version() == "1.1" and not parser.should_upgrade():
            self._counter.send()
            self._write(_CONTINUE)

    def on_body(self, body: bytes) -> None:
        """Some of the body is there."""
        if self._size <= MAX_BYTES:
            self._body.append(body)
            self._size += len(body)

    def on_message_complete(self) -> None:
        """A call is there; nothing is one any more after the last one that the client wanted to send."""
        parser = cast("Any", self.parser)
        if self._over or parser.should_upgrade() or self.transport.is_closing():
            return
        self._over = not parser.should_keep_alive() or parser.get_http_version() == "1.0"
        method, body = str(parser.get_method(), "ascii"), b"".join(self._body)
        headers = {str(name, "latin-1"): str(value, "latin-1") for name, value in self.headers}
        self._counter.call(self, Request(method, self._target, headers, body, self._arrived), lasts=not self._over)

    def send(self, waiting: Waiting) -> None:
        """Writes an answer; the connection then waits for another call, or ends."""
        self._begun -= 1
        if self.transport.is_closing():
            return
        answer = waiting.reply
        lasts = waiting.lasts and (self._begun > 0 or bool(self._unread) or not self._ending)
        lines = [_STATUS_LINE[answer.status]]
        lines.extend([f"{name}: {value}\r\n" for name, value in answer.headers.items()])
        lines.append("\r\n" if lasts else "connection: close\r\n\r\n")
        head = "".join(lines).encode("latin-1")
        self._write(head if waiting.bodiless else head + answer.body)
        self.server_state.total_requests += 1
        if lasts:
            self._rest()
        else:
            self._unset_keepalive_if_required()
            self.transport.close()

    def _rest(self) -> None:
        """The connection may be closed if nothing comes for a while, but not while anything is on its way."""
        self._unset_keepalive_if_required()
        if not (self._begun or self._unread or self._paused):
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def pause_writing(self) -> None:
        """The client does not read its answers: no more calls of it are taken."""
        self._paused = True
        self._unset_keepalive_if_required()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """The client reads again."""
        self._paused = False
        if self._unread:
            self.loop.call_soon(self._take)
        else:
            self.transport.resume_reading()
            self._rest()

    def eof_received(self) -> None:
        """The client sends nothing more: what waits for it goes out before the connection is closed."""
        self._counter.send()

    def shutdown(self) -> None:
        """Ends the connection; after the answer to a call of which some is there."""
        self._ending = True
        if not (self._begun or self._unread):
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        self._counter.send()
        super()._refuse(status, message)

    def _write(self, data: bytes) -> None:
        cast("Any", self.transport).write(data)
