"""An ASGI application over an emulator; calls are short, so they run in the event loop itself.

So two calls overlap only where one of them waits: at the hold point, which is before a call is looked at and while it
is its turn (``turns``). The latency of a server is spent there; a test may wait there for as long as it likes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.payload import MAX_BYTES
from talonproof.emulator.turns import Turns

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


Hold = Callable[[Request], Awaitable[None]]


def application(emulator: Emulator, *, hold: Hold | None = None, turns: Turns | None = None) -> Application:
    """The application; with ``hold``, it waits for that before each call, in the call's turn.

    Paths are taken as they were sent (``raw_path``). Of a body above MAX_BYTES no more is kept than shows that.
    """
    turns = turns or Turns()

    async def answered(request: Request) -> Reply:
        if hold is None:
            return emulator.handle(request)
        about = emulator.subject(request)
        async with turns.turn(about) as granted:
            if about is not None and not granted:
                return emulator.refuse(request, about.busy())
            await hold(request)
            return emulator.handle(request)

    async def serve(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        arrived = time.monotonic()
        body = await _body(receive)
        if body is None:
            return
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = {str(name, "latin-1"): str(value, "latin-1") for name, value in scope["headers"]}
        answer = await answered(Request(scope["method"], target, headers, body, arrived))
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": pairs})
        await send({"type": "http.response.body", "body": answer.body})

    return serve


def latency(seconds: float) -> Hold:
    """A hold that waits so long, before each call."""

    async def wait(_: Request) -> None:
        await asyncio.sleep(seconds)

    return wait


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes | None:
    """The body; of one that is too long, enough to show that. None if the client went away.

    It is read to its end all the same: a client that is still sending would not see the reply.
    """
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece: bytes = message.get("body", b"")
        if size <= MAX_BYTES:
            pieces.append(piece)
            size += len(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)
