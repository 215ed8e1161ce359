"""How long whole runs take against the embedded emulator, beside what sending the same requests costs alone.

    make bench                        five runs of smoke and of release
    make bench ARGS="--runs 3 release"

Each run is a process of its own, from start to exit code. The floor is a bare httpx client that sends as many
reads, one after the other, to an emulator on this machine. Seconds depend on the machine, the ratio less so: the
two are taken in turn, and the median of the pairs counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from talonproof.emulator.serve import LIVE_KEY, start

ALLOWED = {"smoke": (200, 10.0), "release": (3_000, 60.0)}
"""For each depth, the most requests and the most seconds (median) that it may take."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One whole run: its seconds, the requests of its plan, and the seconds of as many bare reads."""

    seconds: float
    requests: int
    floor: float


def run(depth: str, seed: int) -> Timed:
    """A run of a depth, checked to be conformant, and its floor."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "report"
        begun = time.perf_counter()
        command = [sys.executable, "-m", "talonproof", "run", "--depth", depth, "--seed", str(seed)]
        done = subprocess.run([*command, "--report", str(folder)], capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - begun
        if done.returncode:
            sys.exit(f"the {depth} run ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
        last = (folder / "run.ndjson").read_text().splitlines()[-1]
        requests = json.loads(last)["requests"]["sent"]
    return Timed(seconds, requests, reads(requests))


def reads(count: int) -> float:
    """The seconds that so many reads take, one after the other, on one connection."""
    with start() as emulator, httpx.Client(headers={"authorization": f"ApiKey-v1 {LIVE_KEY}"}) as client:
        url = f"{emulator.url}/v2/customer_sessions/tp-world-open"
        begun = time.perf_counter()
        for _ in range(count):
            client.get(url).raise_for_status()
        return time.perf_counter() - begun


def main() -> int:
    """Prints a table; exit code 1 where a median or a count is over its bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("depths", nargs="*", metavar="DEPTH", help="smoke, release (both, if none is named)")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    if unknown := set(arguments.depths) - set(ALLOWED):
        parser.error(f"no depth {', '.join(unknown)}; there are {', '.join(ALLOWED)}")
    over = False
    columns = ("requests", "of", "median s", "of", "min", "max", "floor s", "ratio")
    print(f"{'depth':8}" + "".join(f"{column:>10}" for column in columns))
    for depth in arguments.depths or ALLOWED:
        timed = [run(depth, seed) for seed in range(arguments.runs)]
        most_requests, most_seconds = ALLOWED[depth]
        seconds = [one.seconds for one in timed]
        median, requests = statistics.median(seconds), max(one.requests for one in timed)
        floor = statistics.median(one.floor for one in timed)
        ratio = statistics.median(one.seconds / one.floor for one in timed)
        over |= median > most_seconds or requests > most_requests
        times = (median, most_seconds, min(seconds), max(seconds), floor, ratio)
        print(f"{depth:8}{requests:10}{most_requests:10}" + "".join(f"{value:10.2f}" for value in times))
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
