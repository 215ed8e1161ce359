"""An emulator is served by uvicorn: one process, no log of its own, and an end that is not an error."""

from __future__ import annotations

import math
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import uvicorn

from talonproof.emulator.asgi import Application
from talonproof.emulator.direct import Counter, Direct
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.protocol import Protocol
from talonproof.errors import ConfigError


class Server(uvicorn.Server):
    """A server that ends with what it is answering when it is told to, by a signal or by ``should_exit``."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Asks for the end; a second signal does not wait for open requests. uvicorn itself would raise it again."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True


def server(app: Application, *, grace: float = 3.0) -> Server:
    """A server for an application; ``run(sockets=[...])`` serves until the end.

    It ends with what is in flight then, unless that takes more than ``grace`` seconds.
    """
    return _server(app, Protocol, grace)


def direct_server(answer: Callable[[Request], Reply], commit: Callable[[], None], *, grace: float = 3.0) -> Server:
    """The same for a function that answers at once; ``commit`` keeps what calls did, before their answers go out."""

    async def no_application(scope: object, receive: object, send: object) -> None:
        """There has to be one; it is never asked."""

    return _server(no_application, partial(Direct, Counter(answer, commit)), grace)


def _server(app: Application, protocol: Any, grace: float) -> Server:
    return Server(
        uvicorn.Config(
            app,  # pyright: ignore[reportArgumentType]
            http=protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=math.ceil(grace),
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ConfigError if the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        # asyncio turns Nagle's algorithm off (40 ms a reply otherwise) only where the protocol is named.
        listening = socket.socket(family, kind, protocol)
    except (OSError, OverflowError) as error:
        raise _refused(host, port, error) from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(512)
    except (OSError, OverflowError) as error:
        listening.close()
        raise _refused(host, port, error) from None
    return listening


def _refused(host: str, port: int, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or error
    return ConfigError(f"{host}:{port} cannot be listened on: {reason}", hint="--port 0 takes a free port")
