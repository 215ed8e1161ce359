"""Workers share the cases of a run by group, and one that takes the place of a crashed worker gets on with it."""

from __future__ import annotations

from xdist.scheduler import LoadGroupScheduling  # pyright: ignore[reportMissingTypeStubs]


class Schedule(LoadGroupScheduling):
    """What xdist calls ``loadgroup``, without its standstill after a crash.

    A worker runs a case only once it knows the next one, or that there is none. xdist hands two to each worker that
    is there from the beginning, but one to a worker that comes later, which then waits for ever.
    """

    def schedule(self) -> None:
        """Hands cases to the workers that have none, two to each."""
        later = self.collection is not None
        super().schedule()
        if later:
            super().schedule()
