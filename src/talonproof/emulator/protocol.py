"""What is no HTTP, or has no end to its head, is refused by the same kind of body as everything else."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from talonproof.emulator.json_text import encode
from talonproof.emulator.message import JSON_TYPE

MAX_HEAD = 256 * 1024
"""A request line and headers that are not over after so many bytes never get to the emulator."""

_LINGER_SECONDS = 2.0


class Protocol(HttpToolsProtocol):
    """uvicorn's own, but for its refusals: an error body in JSON, and time for the client to read it.

    A connection that is closed on a client which is still sending takes the answer with it. So after a refusal what
    else comes is read and thrown away, until the client closes or a short while is over. A refusal waits for the
    answers to the calls before it.
    """

    _refused = False
    _refusal = b""
    _in_head = False
    _begins = False
    _head = 0

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._begins, self._head = True, True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is over."""
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Passes on what comes, unless the head it belongs to grows without end."""
        if self._refused:
            return
        super().data_received(data)
        self.measure(len(data))

    def measure(self, size: int) -> None:
        """Refuses a head that still is not over with the bytes that just came; those in which it began do not count."""
        if self._in_head and not self._refused:
            self._head += 0 if self._begins else size
            self._begins = False
            if self._head > MAX_HEAD:
                self._refuse(431, "The request line and the headers are too long.")

    def on_response_complete(self) -> None:
        """An answer is out; a refusal comes after the last one."""
        super().on_response_complete()
        if self._refusal and not self.pipeline and self.cycle.response_complete:
            self._end(self._refusal)

    def send_400_response(self, msg: str) -> None:
        """Refuses what cannot be parsed; ``msg`` is uvicorn's, and ours says the same."""
        del msg
        self._refuse(400, "This is no HTTP/1.1 request that can be read.")

    def _refuse(self, status: int, message: str) -> None:
        self._refused = True
        body = encode({"message": message, "StatusCode": status})
        lines = [f"content-type: {JSON_TYPE}", f"content-length: {len(body)}", "connection: close", "", ""]
        refusal = STATUS_LINE[status] + "\r\n".join(lines).encode() + body
        cycle: Any = self.cycle
        if cycle is not None and not (cycle.response_complete or cycle.more_body):
            self._refusal = refusal
        else:
            self._end(refusal)

    def _end(self, refusal: bytes) -> None:
        transport: Any = self.transport
        self._unset_keepalive_if_required()
        transport.write(refusal)
        asyncio.get_running_loop().call_later(_LINGER_SECONDS, transport.close)
