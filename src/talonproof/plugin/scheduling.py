"""Workers share the cases of a run by group, and a worker that crashes costs the run one case."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadGroupScheduling  # pyright: ignore[reportMissingTypeStubs]


class Schedule(LoadGroupScheduling):
    """What xdist calls ``loadgroup``, without its standstill after a crash.

    A worker runs a case only once it knows the next one, or that there is none; and it is thought of again only when
    it has run one. xdist hands a single group to a worker that takes the place of another, and hands out once more
    what that one had finished: either way somebody waits for ever. And where two crash at about the same time, xdist
    hands cases to a worker that has not read the suites yet, and breaks down over it.
    """

    def schedule(self) -> None:
        """Hands out the cases, at least two to each worker."""
        later = self.collection is not None
        super().schedule()
        if later:
            super().schedule()

    def _reschedule(self, node: Any) -> None:
        """Hands more to a worker, or tells it to end; one that still reads the suites is thought of when it has."""
        if node in self.registered_collections:
            super()._reschedule(node)

    def remove_node(self, node: Any) -> str | None:
        """The case that a crashed worker was at; what it had not begun is handed out again, and nothing else."""
        groups = self.assigned_work.pop(node)
        crashed = next((name for group in groups.values() for name, done in group.items() if not done), None)
        if crashed is None:
            return None
        for scope, group in groups.items():
            group.update({crashed: True} if crashed in group else {})
            if not all(group.values()):
                self.workqueue[scope] = group
        for other in self.assigned_work:
            self._reschedule(other)
        return crashed
