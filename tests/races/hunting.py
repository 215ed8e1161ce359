"""Races are run over sockets: ten times for each planted fault, and fifty times against the healthy emulator.

``python -m tests.races.hunting --runs 10 --healthy 50`` says how often each fault was found, and what the healthy
emulator was accused of.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from talonproof.config import Depth, RunOptions
from talonproof.emulator import serve
from talonproof.emulator.faults import FAULTS, OVERLAPPING
from talonproof.plugin import prepare
from talonproof.workspace import find_workspace
from tests.inprocess import Collected, collect, judge

SUITE: Final = "parallel"

RACES: Final = tuple(FAULTS[name] for name in FAULTS if name in OVERLAPPING)
"""The faults that show only where calls overlap."""


@dataclass(frozen=True, slots=True)
class Hunt:
    """What runs of the suite came to, each as the lines of its cases."""

    runs: tuple[tuple[dict[str, Any], ...], ...]

    def finding(self, requirements: Iterable[str]) -> int:
        """In how many runs one of the requirements was broken, and broken again when that was repeated."""
        wanted = set(requirements)
        return sum(
            any(f["requirement"] in wanted and f["verdict"] == "warn" for line in run for f in line["findings"])
            for run in self.runs
        )

    @property
    def complaints(self) -> list[str]:
        """The cases that did not pass, each with what was found or why."""
        return [
            f"{line['id']}: {line['verdict']} {line['detail']} {[f['message'] for f in line['findings']]}"
            for run in self.runs
            for line in run
            if line["verdict"] != "pass"
        ]


def cases() -> list[Collected]:
    """The cases of the suite."""
    return [case for case in collect(find_workspace()) if case.spec.suite == SUITE]


def hunt(chosen: Iterable[Collected], folder: Path, seeds: Iterable[int], *faults: str) -> Hunt:
    """Runs the suite under each seed against one emulator, a process of its own, that has the faults."""
    workspace, chosen = find_workspace(), list(chosen)
    folder.mkdir(parents=True)
    emulator = serve.start(faults=faults, contract=workspace.contract_file("2025-01"))
    try:
        runs: list[tuple[dict[str, Any], ...]] = []
        for seed in seeds:
            place = folder / f"{seed}"
            place.mkdir()
            options = RunOptions(run=f"race-{seed}", seed=seed, depth=Depth.RELEASE)
            setup = prepare.prepare(workspace, options, place, url=emulator.url, embedded=True)
            runs.append(judge(chosen, prepare.within(setup, None, None)))
        return Hunt(tuple(runs))
    finally:
        emulator.stop()


def main() -> int:
    """Prints what was found; 1 where a fault was missed in a run, or the healthy emulator was accused in one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--healthy", type=int, default=50)
    asked = parser.parse_args()
    chosen, missed = cases(), False
    with tempfile.TemporaryDirectory(prefix="talonproof-") as name:
        for fault in RACES:
            found = hunt(chosen, Path(name) / fault.id, range(asked.runs), fault.id).finding(fault.breaks)
            missed |= found < asked.runs
            say(f"{fault.id}: found in {found} of {asked.runs} runs")
        complaints = hunt(chosen, Path(name) / "healthy", range(asked.healthy)).complaints
    say(f"the healthy emulator: {len(complaints)} complaints in {asked.healthy} runs")
    for complaint in complaints:
        say(f"  {complaint}")
    return int(missed or bool(complaints))


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
