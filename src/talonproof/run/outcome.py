"""How a case can end other than by running to its end."""

from __future__ import annotations

from talonproof.verdict import Reason


class Ended(Exception):
    """A case stops here; what it found until now stands."""


class Blocked(Ended):
    """A prerequisite failed: nothing can be said about what the case is there for."""


class Interrupted(Blocked):
    """No answer of the API came to a call: what the case is at can begin again with fresh ids.

    ``place`` is the same for the same call of the same thing that the case is at.
    """

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place

    @property
    def operation(self) -> str:
        """The operation that was called, whichever call of the case it was."""
        return self.place.partition(" ")[0]


class GivenUp(Blocked):
    """It began again, and was interrupted again, until that was enough."""


class Unsupported(Ended):
    """The target lacks what the case needs."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class OutOfTime(Ended):
    """The time that the run may take is over."""


class Broken(AssertionError):
    """A requirement of level must is broken; the message lists the findings."""
