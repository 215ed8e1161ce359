"""How fast requests arrive at a server that asks for no more than so many a second.

``make pace`` measures a whole run of four workers against an emulator that takes 150 ms for each answer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from talonproof.emulator import serve
from tests.misbehaving.proxy import Trouble, now_and_then, proxy
from tests.misbehaving.target import environment, target_file

RATE = 10
LATENCY = 0.15
WORKERS = 4
ALLOWED = 8 * 60.0
"""Seconds that the whole run may take."""


def most_within(seconds: float, arrived: Sequence[float]) -> int:
    """The most requests that arrived in any stretch of so many seconds."""
    times = sorted(arrived)
    return max((bisect_right(times, start + seconds) - at for at, start in enumerate(times)), default=0)


def too_fast(rate: float, arrived: Sequence[float]) -> list[str]:
    """Where more requests arrived than the rate allows: 5 % more over ten seconds, two more over one."""
    bounds = {1.0: rate + 2, 10.0: rate * 10 * 1.05}
    found = {seconds: most_within(seconds, arrived) for seconds in bounds}
    return [f"{found[s]} requests within {s:.0f} s, {bounds[s]:.0f} allowed" for s in bounds if found[s] > bounds[s]]


def main() -> int:
    """Measures the run; 1 where it was too fast, too slow, or not conformant."""
    settings = serve.Settings(latency=LATENCY)
    with (
        tempfile.TemporaryDirectory() as name,
        serve.start_with(settings) as emulator,
        proxy(emulator.url, now_and_then(0, Trouble.SHORT)) as between,
    ):
        folder = Path(name)
        command = [sys.executable, "-m", "talonproof", "run", "--target", str(target_file(folder, between.url, {}))]
        command += ["--seed", "1", "-n", str(WORKERS), "--rate", str(RATE), "--report", str(folder / "run")]
        begun = time.monotonic()
        done = subprocess.run(command, env={**os.environ, **environment()}, check=False)
        seconds = time.monotonic() - begun
    wrong = too_fast(RATE, between.arrived)
    if done.returncode:
        wrong.append(f"the run ended with exit code {done.returncode}")
    if seconds > ALLOWED:
        wrong.append(f"the run took {seconds:.0f} s, {ALLOWED:.0f} allowed")
    sys.stdout.write(
        f"{len(between.arrived)} requests in {seconds:.0f} s; at most {most_within(1, between.arrived)} within 1 s, "
        f"{most_within(10, between.arrived)} within 10 s\n"
    )
    sys.stdout.writelines(f"{told}\n" for told in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
