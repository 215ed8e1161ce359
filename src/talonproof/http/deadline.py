"""An answer has to be whole by a deadline, its head too, however slowly a server lets it drip.

httpx knows time-outs for each piece of an answer alone: a server that sends a byte now and then would never meet one.
So the streams below it are told how much time is left of the whole.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

_left = threading.local()


@contextmanager
def within(seconds: float) -> Generator[None, None, None]:
    """What this thread reads from the streams of a ``patient`` transport has to come in so many seconds, all of it."""
    _left.until = time.monotonic() + seconds
    try:
        yield
    finally:
        del _left.until


def patient(transport: httpx.HTTPTransport) -> httpx.HTTPTransport:
    """The transport, whose streams keep to the deadline."""
    # httpx has no other way to name the backend of its connection pool; a test sees whether this one still works.
    pool: Any = transport._pool  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    pool._network_backend = _Backend(httpcore.SyncBackend())  # noqa: SLF001
    return transport


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        until: float | None = getattr(_left, "until", None)
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise httpcore.ReadTimeout("the answer was not complete in the time allowed for all of it")
            timeout = left if timeout is None else min(timeout, left)
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._backend.connect_tcp(host, port, timeout, local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._backend.connect_unix_socket(path, timeout, socket_options))
