"""The official Python SDK, in a folder and a process of its own, calls ``talonproof emulate`` on a free port."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from talonproof.contract.match import Matcher
from tests.sdk.client import CONTRACT, EDITION, Sdk

HERE = Path(__file__).parent
PINS = HERE / "requirements.lock"


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder with the SDK and what it needs, installed by hash; it is kept, and made anew when a pin changes."""
    assert request.config.cache is not None
    digest = hashlib.sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    home = request.config.cache.mkdir("python-sdk")
    made = home / digest
    if not made.is_dir():
        fresh = home / f"{digest}-{os.getpid()}"  # each worker makes its own, and the first one is kept
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"]
        done = subprocess.run(
            [*pip, "--no-deps", "--require-hashes", "--target", str(fresh), "--requirement", str(PINS)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        try:
            fresh.rename(made)
        except OSError:
            return fresh
    return made


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The address of ``talonproof emulate``, which is ended by its process."""
    command = [sys.executable, "-m", "talonproof", "emulate", "--port", "0", "--edition", EDITION]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        first = process.stdout.readline().split()
        assert first, process.communicate()
        yield first[-1]
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=20)
    assert (0, "") == (process.returncode, complaints)


@pytest.fixture(scope="session")
def sdk(folder: Path, emulator: str) -> Iterator[Sdk]:
    """The SDK, ready to be called."""
    command = [sys.executable, "-I", "-S", str(HERE / "driver.py"), str(folder), emulator]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Sdk(process, Matcher(CONTRACT))
    finally:
        process.communicate(timeout=20)
    assert 0 == process.returncode
