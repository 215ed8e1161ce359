"""Updates of one session, or of one profile, take turns; who would wait too long is told to come again.

A call is answered in one piece, so turns matter only where something is waited for on the way: the latency of
``talonproof emulate``, or the hold point of a test. A turn is taken before that wait, and ends after the call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from talonproof.contract.contract import Operation
from talonproof.emulator.refusal import Refusal

PATIENCE = 1.0
"""Seconds that an update waits for its turn. No source says how long; that the answer then is a 409 is documented."""

_SESSION = "updateCustomerSessionV2"
_OF_SESSIONS = frozenset({_SESSION, "returnCartItems", "reopenCustomerSession"})
_PROFILE = "updateCustomerProfileV2"
_EVENT = "trackEventV2"


@dataclass(frozen=True, slots=True)
class Subject:
    """What an update is about: a session of one Application, or a profile, which all of them share (0).

    ``refusable`` says whether the document lists a 409 for the operation; without one it waits as long as it takes.
    """

    kind: str
    application: int
    name: str
    refusable: bool = field(default=True, compare=False)

    def busy(self) -> Refusal:
        """The answer to who waited too long; the words are those of the vendor's later documents."""
        return Refusal(409, f"Too many requests are updating this {self.kind} at the same time")


def subject(operation: Operation, path: Mapping[str, str], document: object, application: int) -> Subject | None:
    """What a call updates one at a time; None for all that may overlap. ``document`` is the body, not checked yet."""
    if operation.id in _OF_SESSIONS:
        return Subject("session", application, path["customerSessionId"], operation.id == _SESSION)
    if operation.id == _PROFILE:
        return Subject("profile", 0, path["integrationId"])
    if operation.id == _EVENT and isinstance(document, dict):
        name = cast("dict[str, Any]", document).get("profileId")
        return Subject("profile", 0, name) if name and isinstance(name, str) else None
    return None


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Turns:
    """Who is at it, and who waits, by subject; only in one event loop."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._turns: dict[Subject, _Turn] = {}

    @asynccontextmanager
    async def turn(self, about: Subject | None) -> AsyncGenerator[bool]:
        """Waits for the turn, first come, first served; whether it came in time. It ends with the block."""
        if about is None:
            yield True
            return
        turn = self._turns.setdefault(about, _Turn())
        turn.users += 1
        granted = False
        try:
            granted = await self._granted(turn.lock, about)
            yield granted
        finally:
            if granted:
                turn.lock.release()
            turn.users -= 1
            if not turn.users:
                del self._turns[about]

    async def _granted(self, lock: asyncio.Lock, about: Subject) -> bool:
        try:
            async with asyncio.timeout(self.patience if about.refusable else None):
                return await lock.acquire()
        except TimeoutError:
            return False
