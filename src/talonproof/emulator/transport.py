"""An httpx transport that calls an emulator in this process: no socket, the same bytes."""

from __future__ import annotations

import time

import httpx

from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Request


class EmulatorTransport(httpx.BaseTransport):
    """Carries httpx requests to an emulator, whatever host they name."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The emulator's reply, as httpx has it."""
        arrived = time.monotonic()
        answer = self.emulator.handle(
            Request(
                method=request.method,
                target=request.url.raw_path.decode("ascii"),
                headers={name.lower(): value for name, value in request.headers.items()},
                body=request.read(),
                arrived=arrived,
            )
        )
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
