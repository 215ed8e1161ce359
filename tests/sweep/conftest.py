"""What tests of sweeps share: an emulator in this process, a run against it, and the rows of its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import read_contract
from talonproof.emulator.app import Emulator
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world_file import read_world
from talonproof.http.pace import Pace
from talonproof.plugin import prepare
from talonproof.run.journal import Journal
from talonproof.run.sweep import Swept, sweep
from talonproof.run.traces import SWEEP, Traces, read_traces
from talonproof.target import Footprint
from talonproof.workspace import find_workspace
from tests.inprocess import Collected, collect, judge

EDITION = "2025-01"
RUN = "20261120-110000-ab12"

Rows = Mapping[str, frozenset[tuple[Any, ...]]]


@dataclass(frozen=True)
class Account:
    """An emulator, and the runs against it."""

    emulator: Emulator

    def rows(self) -> Rows:
        """Every row of its database, by table."""
        store = self.emulator.store
        with store.reading():
            names = store.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            return {name: frozenset(store.all(f'SELECT * FROM "{name}"')) for (name,) in names}  # noqa: S608

    def setup(self, folder: Path, limit: Footprint = Footprint.DESTRUCTIVE, depth: Depth = Depth.RELEASE) -> Any:
        """The set-up of a run of the default world."""
        options = RunOptions(run=RUN, seed=1, depth=depth, max_footprint=limit, edition=EDITION)
        return prepare.prepare(find_workspace(), options, folder, url="http://127.0.0.1:9")

    def run(self, cases: list[Collected], setup: Any) -> tuple[dict[str, Any], ...]:
        """Judges the emulator by the cases of its edition."""
        known = setup.contract.operations
        here = [case for case in cases if all(name in known for name in case.spec.operations)]
        return judge(here, setup, EmulatorTransport(self.emulator))

    def sweep(self, setup: Any) -> tuple[Traces, Swept]:
        """Undoes what the run left."""
        traces = read_traces(setup.folder, RUN, setup.contract, setup.target.url)
        with closing(Journal(setup.folder, SWEEP)) as journal:
            swept = sweep(
                traces, setup.target, setup.keys, setup.contract,
                limit=setup.options.max_footprint, journal=journal, pace=Pace(0),
                transport=EmulatorTransport(self.emulator),
            )  # fmt: skip
        return traces, swept


@pytest.fixture(scope="session")
def cases() -> list[Collected]:
    """Every case of the suites."""
    return collect(find_workspace())


@pytest.fixture
def account() -> Iterator[Account]:
    """A healthy emulator with its default world."""
    contract = read_contract(find_workspace().contract_file(EDITION), edition=EDITION)
    emulator = Emulator(read_world(None), contract)
    yield Account(emulator)
    emulator.store.close()


@pytest.fixture
def chosen(cases: list[Collected]) -> Callable[..., list[Collected]]:
    """The cases of some suites."""
    return lambda *suites: [case for case in cases if case.spec.suite in suites]
