"""Workers may crash at any moment, and every case is handed to somebody all the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.plugin.scheduling import Schedule


class Worker:
    """A worker that runs what it is handed when it is told to; like xdist's, it needs to know of a next case."""

    def __init__(self, name: str, cases: list[str]) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.cases = cases
        self.shutting_down = False
        self.handed: list[int] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        """Takes more cases."""
        assert not self.shutting_down, "a worker that was told to end is handed a case"
        self.handed.extend(indices)

    def shutdown(self) -> None:
        """Is told that no more will come."""
        self.shutting_down = True

    @property
    def ready(self) -> bool:
        """Whether it can go on: it knows the case after the one that is next, or that there is none."""
        return len(self.handed) > 1 or (self.shutting_down and bool(self.handed))


class Run:
    """The controller's side of a run, reduced to what the schedule is told."""

    def __init__(self, cases: list[str], workers: int) -> None:
        options: Any = SimpleNamespace(
            option=SimpleNamespace(loadscopereorder=False), getvalue=lambda _: ["popen"] * workers
        )
        self.cases = cases
        self.schedule = Schedule(options)
        self.count = 0
        self.workers: list[Worker] = []
        self.reading: list[Worker] = []
        self.ended: list[str] = []
        self.crashed: list[str] = []
        for _ in range(workers):
            self.start()

    def start(self) -> None:
        """Another worker begins to read the suites."""
        worker = Worker(f"gw{self.count}", self.cases)
        self.count += 1
        self.schedule.add_node(worker)  # type: ignore[arg-type]
        self.reading.append(worker)

    def read(self, worker: Worker) -> None:
        """A worker has read the suites."""
        self.reading.remove(worker)
        self.workers.append(worker)
        self.schedule.add_node_collection(worker, self.cases)  # type: ignore[arg-type]
        if self.schedule.collection_is_completed:
            self.schedule.schedule()

    def run(self, worker: Worker) -> None:
        """A worker runs its next case."""
        index = worker.handed.pop(0)
        self.ended.append(self.cases[index])
        self.schedule.mark_test_complete(worker, index)  # type: ignore[arg-type]

    def crash(self, worker: Worker) -> None:
        """A worker dies at its next case, and another takes its place."""
        self.workers.remove(worker)
        lost = self.schedule.remove_node(worker)
        if lost is not None:
            self.crashed.append(lost)
        self.start()

    def finish(self) -> None:
        """Everything that can happen without a crash happens."""
        for _ in range(10 * len(self.cases) + 10):
            for worker in list(self.reading):
                self.read(worker)
            for worker in self.workers:
                if worker.ready:
                    self.run(worker)


@pytest.fixture
def cases() -> list[str]:
    """Six cases, each a group of its own."""
    return [f"suites/own/test_own.py::test_{n}" for n in range(6)]


def test_a_worker_that_still_reads_is_handed_nothing(cases: list[str]) -> None:
    """Two workers crash at about the same time: the first to take over does not break the schedule for the other."""
    run = Run(cases, 2)
    for worker in list(run.reading):
        run.read(worker)

    run.crash(run.workers[0])
    run.crash(run.workers[0])
    run.read(run.reading[0])
    run.finish()

    assert sorted(cases) == sorted(run.ended + run.crashed)
    assert 2 == len(run.crashed)


@given(st.data())
def test_every_case_ends_or_is_lost_once(data: st.DataObject) -> None:
    """Whatever crashes when, each case ends once or was the one in flight, and nobody waits for ever."""
    cases = [f"suites/own/test_own.py::test_{n}" for n in range(data.draw(st.integers(1, 8), "cases"))]
    if data.draw(st.booleans(), "grouped"):
        cases[::2] = [f"{name}@shared" for name in cases[::2]]
    run = Run(cases, 2)
    crashes = 0
    for worker in list(run.reading):
        run.read(worker)
    for _ in range(data.draw(st.integers(0, 20), "events")):
        events = [("read", worker) for worker in run.reading]
        events += [("run", worker) for worker in run.workers if worker.ready]
        events += [("crash", worker) for worker in run.workers if worker.ready and crashes < 4]
        if not events:
            break
        kind, worker = data.draw(st.sampled_from(events), "event")
        crashes += kind == "crash"
        getattr(run, kind)(worker)
    run.finish()

    assert sorted(cases) == sorted(run.ended + run.crashed)
