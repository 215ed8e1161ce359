"""The state machine looks for faults that only show over several steps, and its steps are counted.

``python -m tests.machine.hunting --seeds 10`` prints them by fault, with the median; the healthy emulator is played
under each seed as well, and accused of nothing. Steps are those of all programs up to the one that showed the fault,
before anything is shrunk.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from strategies.acting import Actor
from talonproof.checks import Passive
from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world import World
from talonproof.emulator.world_file import read_world
from talonproof.http.client import Client
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.model.world import Deed
from talonproof.plugin import prepare
from talonproof.run.replay import Recorded, repeat
from talonproof.workspace import Workspace, find_workspace
from tests.inprocess import Collected, collect, judge

EDITION: Final = "2025-01"
CASE: Final = "world/test_machine.py::test_machine"

PLANTED: Final = (
    "cancelled-coupon-stays-used",
    "reopened-coupon-stays-used",
    "reopened-referral-stays-used",
    "sales-never-go-back",
    "closed-sessions-never-go-back",
    "returned-not-cumulative",
    "delete-keeps-memberships",
    "one-member-stays",
    "release-of-all",
    "patch-drops-price",
)
"""Faults of the state that one call alone never shows."""

MOST_STEPS: Final = 300
"""How many steps it may take in the median."""

SHOWN_AND_GONE: Final = ("shows", "gone")
"""What is to come of the scenario of a fault, with the fault and without it."""

ENOUGH: Final = 3_000
"""Steps after which a hunt is given up."""


class Found(Exception):
    """The fault has shown, or enough steps were made."""


@dataclass
class Count:
    """The steps made, and whether something showed."""

    steps: int = 0
    found: bool = False


@contextmanager
def counting(breaks: Iterable[str]) -> Iterator[Count]:
    """Counts the steps of programs, and ends the hunt once one of the requirements is seen to be broken."""
    count, wanted, act = Count(), set(breaks), Actor.act

    def counted(self: Actor, deed: Deed) -> None:
        count.steps += 1
        act(self, deed)
        shown = {one.judgement.requirement for one in self.case.shown.values()}
        count.found = bool(shown & wanted if wanted else shown)
        if count.found or count.steps >= ENOUGH:
            raise Found

    with patch.object(Actor, "act", counted):
        yield count


class Hunting:
    """The machine against one emulator after another; contract and world are read once."""

    def __init__(self, folder: Path) -> None:
        self.workspace: Workspace = find_workspace()
        self.contract: Contract = read_contract(self.workspace.contract_file(EDITION), edition=EDITION)
        self.validators = Validators(self.contract)
        self.world: World = read_world(None)
        self.case: Collected = next(case for case in collect(self.workspace) if case.spec.id == CASE)
        self.folder = folder

    def judged(self, seed: int, *faults: Fault, programs: int) -> dict[str, Any]:
        """The line of the stream that the machine ends with after so many programs at most."""
        place = Path(tempfile.mkdtemp(dir=self.folder))
        options = RunOptions(run=f"hunt-{seed}", seed=seed, depth=Depth.NIGHTLY)
        asked = prepare.prepare(self.workspace, options, place, url="http://127.0.0.1:9", embedded=True)
        server = Emulator(self.world, self.contract, validators=self.validators, faults=faults)
        spec = replace(self.case.spec, examples=(programs,) * 3)
        try:
            (line,) = judge(
                [replace(self.case, spec=spec)], prepare.within(asked, None, None), EmulatorTransport(server)
            )
        finally:
            server.store.close()
        return line

    def steps(self, fault: Fault, seed: int) -> int | None:
        """The steps until a fault showed by a requirement that it breaks; None where it never did."""
        with counting(fault.breaks) as count:
            self.judged(seed, fault, programs=ENOUGH)
        return count.steps if count.found else None

    def finding(self, fault: Fault, seeds: Iterable[int], *, programs: int = 25) -> dict[str, Any] | None:
        """The first finding of a fault under some seeds whose scenario can be carried out again."""
        for seed in seeds:
            for found in self.judged(seed, fault, programs=programs)["findings"]:
                if found["requirement"] in fault.breaks and found["replay"]["shows"]:
                    return found
        return None

    def replayed(self, finding: dict[str, Any], *faults: Fault) -> str:
        """What comes of a finding's scenario on a fresh emulator, by what ``talonproof replay`` does with it."""
        told = {name: finding["replay"][name] for name in ("calls", "judged", "loose", "binds", "shows")}
        recorded = Recorded("machine", finding["fingerprint"], finding["check"], finding["exchanges"], **told)
        place = Path(tempfile.mkdtemp(dir=self.folder))
        options = RunOptions(run="repeat", seed=1, depth=Depth.NIGHTLY)
        asked = prepare.prepare(self.workspace, options, place, url="http://127.0.0.1:9", embedded=True)
        setup = prepare.within(asked, None, None)
        ledger = Ledger("repeat", recorded.worker)
        guard = Guard(setup.target, self.contract, setup.options.max_footprint, ledger)
        with closing(Emulator(self.world, self.contract, validators=self.validators, faults=faults)) as server:
            transport = EmulatorTransport(server)
            with Client(setup.target, setup.keys, self.contract, guard, transport=transport) as client:
                passive = Passive(self.contract, self.validators)
                return repeat(recorded, client, ledger, passive, run="repeat").outcome

    def told(self, fault: Fault) -> tuple[str, ...]:
        """What comes of the scenario that the machine prints of a fault, with the fault and without it."""
        found = self.finding(fault, range(1, 9))
        return ("none",) if found is None else (self.replayed(found, fault), self.replayed(found))

    def complaint(self, seed: int, *, programs: int) -> str:
        """What the healthy emulator is accused of; empty: nothing."""
        line = self.judged(seed, programs=programs)
        if line["verdict"] == "pass":
            return ""
        return f"{line['verdict']} {line['detail']} {[found['message'] for found in line['findings']]}"


def main() -> int:
    """Prints the steps by fault; 1 where the median is too high, or the healthy emulator was accused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--healthy", type=int, default=20)
    parser.add_argument("--programs", type=int, default=30)
    parser.add_argument("--only", nargs="*", default=PLANTED)
    asked, bad = parser.parse_args(), False
    with tempfile.TemporaryDirectory(prefix="talonproof-") as name:
        hunting = Hunting(Path(name))
        for fault in asked.only:
            steps = [hunting.steps(FAULTS[fault], seed) for seed in range(1, asked.seeds + 1)]
            median = statistics.median(ENOUGH if one is None else one for one in steps)
            bad |= median > MOST_STEPS
            say(f"{fault}: median {median:g} of {' '.join('-' if one is None else str(one) for one in steps)}")
            told = hunting.told(FAULTS[fault])
            bad |= told != SHOWN_AND_GONE
            say(f"{fault}: its scenario, carried out again with the fault and without: {' and '.join(told)}")
        for seed in range(1, asked.healthy + 1):
            if complaint := hunting.complaint(seed, programs=asked.programs):
                say(f"the healthy emulator, seed {seed}: {complaint}")
                bad = True
    say(f"the healthy emulator: {asked.healthy} seeds of {asked.programs} programs")
    return int(bad)


def say(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
