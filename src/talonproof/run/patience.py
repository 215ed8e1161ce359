"""How often something is begun again that the network interrupts: until it would be no accident any more."""

from __future__ import annotations

from typing import Final

AT_ONE_CALL: Final = 4
"""How often in a row the same call may be interrupted: by then it is that call, not the network."""

IN_ALL: Final = 40
"""How often anything is begun at most."""


class Patience:
    """What is left of it, for one thing that may begin again; ``allowed`` are the requests it may repeat."""

    def __init__(self, allowed: int) -> None:
        self._allowed = allowed
        self._place = ""
        self._here = 0
        self._tries = 0

    def tried(self, place: str, repeated: int) -> str:
        """It was interrupted at a call, and has repeated so many requests: why that was enough, or nothing."""
        self._here = self._here + 1 if place == self._place else 1
        self._place = place
        self._tries += 1
        if self._here >= AT_ONE_CALL:
            return f"begun {self._tries} times, and the same call failed {self._here} times in a row"
        if self._tries >= IN_ALL or repeated >= self._allowed:
            return f"begun {self._tries} times, with {repeated} requests made again"
        return ""
