"""What the tests against a misbehaving server share: a healthy emulator behind it, and runs in every way there is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from talonproof.emulator import serve
from talonproof.workspace import find_workspace
from tests.misbehaving.target import Limits, environment, target_file

MODES = ("alone", "workers", "pytest")

SHORT: Limits = {"connect_timeout": 2.0, "read_timeout": 0.5, "total_timeout": 2.0}
"""Seconds of patience, so that no test waits for what never comes."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended, and the folder that it wrote."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def said(self) -> str:
        """All that it said."""
        return self.out + self.err


Run = Callable[..., Ended]

Describe = Callable[[Path, str, Limits], Path]
"""Writes, in a folder, the target file of a server at an address under some limits."""


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The address of a healthy emulator."""
    with serve.start() as running:
        yield running.url


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the suites against a server: ``alone`` in one process, with two ``workers``, or by plain ``pytest``.

    ``select`` names suites, or modules of them; ``file`` writes the target file.
    """

    def start(
        url: str,
        *select: str,
        mode: str = "alone",
        depth: str = "smoke",
        limits: Limits = SHORT,
        file: Describe = target_file,
    ) -> Ended:
        folder = tmp_path / f"run-{len(list(tmp_path.iterdir()))}"
        described = file(tmp_path, url, limits)
        asked = ["--target", str(described), "--depth", depth, "--report", str(folder)]
        if mode == "pytest":
            root = find_workspace().root
            places = [f"suites/{name}.py" if "/" in name else f"suites/{name}" for name in select] or ["suites"]
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *places, "-n", "0", *asked]
            command += ["--run-seed", "1"]
        else:
            root = tmp_path
            command = [sys.executable, "-m", "talonproof", "run", "-n", "2" if mode == "workers" else "0", *asked]
            command += ["--seed", "1", *(part for name in select for part in ("--select", name))]
        variables = {**os.environ, **environment()}
        done = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)
        return Ended(done.returncode, done.stdout, done.stderr, folder)

    return start
