"""A healthy emulator behind a bad network is accused of nothing, at any seed; every planted fault is caught behind it.

Slow: ``make network`` runs it, and the tests take a sample of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from talonproof.cli.faults import SEED, provable
from talonproof.cli.scoreboard import SCOREBOARD
from talonproof.config import Depth, RunOptions
from talonproof.contract.requirements import read_requirements
from talonproof.emulator import serve
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.plugin import prepare
from talonproof.target import Footprint
from talonproof.workspace import find_workspace
from tests.inprocess import Collected, collect, judge
from tests.misbehaving.proxy import TRANSPORT, now_and_then, proxy
from tests.misbehaving.target import Limits, environment, target_file

SHARE = 0.05
"""The share of all requests that meet a fault of the transport."""

WORSE_SHARE = 0.15
"""The same where few requests are sent: some of them are to meet one."""

PATIENCE: Limits = {"read_timeout": 1.0, "total_timeout": 5.0}
"""Seconds to wait for an answer, so that a stall does not cost half a minute."""


def healthy(seed: int, folder: Path, *, depth: str = "release", workers: int = 2) -> list[str]:
    """What is wrong with a run of the healthy emulator behind the bad network; nothing, if all is well.

    Every planned case must have a verdict that accuses nobody; BLOCKED only with the words for calls that stayed
    unanswered after all tries.
    """
    with serve.start() as emulator, proxy(emulator.url, now_and_then(SHARE, *TRANSPORT), seed=seed) as between:
        file = target_file(folder, between.url, PATIENCE)
        command = [sys.executable, "-m", "talonproof", "run", "--target", str(file), "--seed", str(seed)]
        command += ["--depth", depth, "-n", str(workers), "--report", str(folder / "run")]
        done = subprocess.run(
            command, env={**os.environ, **environment()}, capture_output=True, text=True, check=False, cwd=folder
        )
    met = sum(count for trouble, count in between.met.items() if trouble != "nothing")
    stream = [json.loads(line) for line in (folder / "run" / "run.ndjson").read_text().splitlines()]
    header, footer = stream[0], stream[-1]
    cases = {record["id"]: record for record in stream if record["type"] == "case"}
    planned = {case["id"] for case in header["cases"] if case["planned"]}
    wrong = [f"{name} has no verdict" for name in sorted(planned - cases.keys())]
    for record in cases.values():
        told = f"{record['id']}: {record['verdict']} {record['detail']} {record['findings']}"
        accused = record["verdict"] not in {"pass", "observed", "unsupported", "blocked"}
        if accused or (record["verdict"] == "blocked" and "begun" not in record["detail"]):
            wrong.append(told)
    blocked = [f"{name}: {case['detail']}" for name, case in cases.items() if case["verdict"] == "blocked"]
    if done.returncode != (3 if blocked else 0) or "Traceback" in done.stdout + done.stderr:
        wrong.append(f"exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    if not met:
        wrong.append("the network was good: nothing was tried")
    again = footer["requests"]["extra"]
    say(f"seed {seed}: {len(between.arrived)} requests, {met} met a fault, {again} made again, {len(blocked)} blocked")
    for told in blocked:
        say(f"  {told}")
    return wrong


def missed(faults: Iterable[Fault], folder: Path, *, seed: int = 0) -> tuple[list[str], int]:
    """The planted faults that the cases of their score do not catch behind the bad network, and the troubles met."""
    workspace = find_workspace()
    scores: dict[str, dict[str, Any]] = json.loads((workspace.reports / SCOREBOARD).read_text())
    cases = {case.spec.id: case for case in collect(workspace)}
    lost: list[str] = []
    troubles = 0
    for fault in faults:
        place = folder / fault.id
        place.mkdir()
        found, met = _findings(fault, scores[fault.id], cases, place, seed)
        troubles += met
        wanted = {name for name, _ in found}
        if not wanted:
            lost.append(f"{fault.id}: nothing found")
        lost += [f"{fault.id}: {name} is {verdict}" for name, verdict in found if verdict not in {"fail", "warn"}]
    return lost, troubles


def _findings(
    fault: Fault, score: dict[str, Any], cases: dict[str, Collected], folder: Path, seed: int
) -> tuple[list[tuple[str, str]], int]:
    workspace = find_workspace()
    chosen = [cases[name] for name in score["cases"]]
    trouble = now_and_then(WORSE_SHARE, *TRANSPORT)
    planted = serve.start(faults=(fault.id,), edition=fault.edition)
    with planted as emulator, proxy(emulator.url, trouble, seed=seed, after=0) as between:
        file = target_file(folder, between.url, PATIENCE, edition=fault.edition)
        options = RunOptions(run="faults", seed=SEED, depth=Depth(score["depth"]), edition=fault.edition)
        setup = prepare.prepare(workspace, options, folder, target_file=str(file), environment=environment())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines = judge(chosen, prepare.within(setup, Footprint.DESTRUCTIVE, None))
    met = sum(count for trouble, count in between.met.items() if trouble != "nothing")
    return [(f["requirement"], f["verdict"]) for line in lines for f in line["findings"]], met


def say(line: str) -> None:
    """Writes a line at once: the next one may take minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Runs so many seeds, then every planted fault; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--no-faults", action="store_true")
    asked = parser.parse_args()
    wrong: list[str] = []
    for seed in range(1, asked.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            wrong += [f"seed {seed}: {told}" for told in healthy(seed, Path(folder))]
    if not asked.no_faults:
        faults = provable(FAULTS.values(), read_requirements(find_workspace().requirements))
        with tempfile.TemporaryDirectory() as folder:
            lost, met = missed(faults, Path(folder))
        say(f"{len(faults)} planted faults, {met} requests met a fault, {len(lost)} missed")
        wrong += lost
    for told in wrong:
        say(told)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
