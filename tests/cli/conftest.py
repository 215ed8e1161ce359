"""Whole runs, started as a user starts them: what they say, what they leave behind, how they end."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from talonproof.cli import invoke as command_line
from talonproof.emulator import serve

CHECKOUT = Path(__file__).resolve().parents[2]
WORKSPACE = ("openapi", "suites", "strategies", "reports", "conftest.py", "pytest.ini")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit code, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Its one line on the standard error, when that is all it said."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert "Traceback" not in line
        return line.removeprefix("talonproof: ")


@dataclass(frozen=True)
class Run:
    """A run: how it ended, and the folder that it wrote."""

    ended: Ended
    folder: Path

    @cached_property
    def stream(self) -> list[dict[str, Any]]:
        """The records of its stream."""
        return [json.loads(line) for line in (self.folder / "run.ndjson").read_text().splitlines()]

    @property
    def header(self) -> dict[str, Any]:
        """The plan."""
        return self.stream[0]

    @property
    def footer(self) -> dict[str, Any]:
        """The sums."""
        assert self.stream[-1]["type"] == "footer"
        return self.stream[-1]

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        """The lines of the cases, by id."""
        return {record["id"]: record for record in self.stream if record["type"] == "case"}

    @property
    def verdicts(self) -> dict[str, tuple[str, str | None]]:
        """Verdict and reason of each requirement."""
        return {name: (state["verdict"], state["reason"]) for name, state in self.footer["requirements"].items()}

    @property
    def ended_cases(self) -> dict[str, str]:
        """The verdicts of the cases that ended, by the name of their function."""
        return {name.rpartition("::test_")[2]: record["verdict"] for name, record in self.cases.items()}

    def told(self, function: str) -> str:
        """What the line of a case says for people, by the name of its function."""
        return next(record["detail"] for name, record in self.cases.items() if name.endswith(f"::test_{function}"))

    @property
    def findings(self) -> set[tuple[str, str, str]]:
        """The findings as requirement, check and verdict."""
        found = (finding for record in self.cases.values() for finding in record["findings"])
        return {(finding["requirement"], finding["check"], finding["verdict"]) for finding in found}


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, width or debugging of whoever runs the tests gets into a run."""
    for variable in ("TALONPROOF_API_KEY", "TALONPROOF_DEBUG", "COLUMNS", "FORCE_COLOR", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def talonproof(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """A command of talonproof, run in this process."""

    def command(*arguments: str | Path) -> Ended:
        capfd.readouterr()
        code = command_line([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code, str(out), str(err))

    return command


@pytest.fixture
def judge(talonproof: Callable[..., Ended], tmp_path: Path) -> Callable[..., Run]:
    """``talonproof run`` with seed 1 into a folder of its own, without workers unless it is asked for them."""
    numbers = count(1)

    def run(*arguments: str | Path) -> Run:
        folder = tmp_path / f"run-{next(numbers)}"
        return Run(talonproof("run", "-n", "0", "--seed", "1", "--report", folder, *arguments), folder)

    return run


@pytest.fixture
def run_in() -> Callable[[Path], Run]:
    """The run that some other process wrote into a folder."""
    return lambda folder: Run(Ended(-1, "", ""), folder)


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The address of a healthy emulator that the tests share."""
    with serve.start() as running:
        yield running.url


@pytest.fixture(scope="session")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of everything at smoke depth with seed 1 against the embedded emulator, in a process of its own."""
    folder = tmp_path_factory.mktemp("smoke") / "run"
    command = [sys.executable, "-m", "talonproof", "run", "-n", "0", "--seed", "1", "--depth", "smoke"]
    environment = {name: value for name, value in os.environ.items() if name != "TALONPROOF_API_KEY"}
    done = subprocess.run(
        [*command, "--report", str(folder)], env=environment, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return Run(Ended(done.returncode, done.stdout, done.stderr), folder)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of the workspace, to be changed."""
    root = tmp_path / "workspace"
    for name in WORKSPACE:
        if (CHECKOUT / name).is_dir():
            left = shutil.ignore_patterns("out", "__pycache__")
            shutil.copytree(CHECKOUT / name, root / name, ignore=left)
        else:
            shutil.copy(CHECKOUT / name, root / name)
    return root


@pytest.fixture(scope="session")
def world_text() -> str:
    """The file of the default world."""
    return (Path(serve.__file__).parent / "worlds" / "default.yaml").read_text(encoding="utf-8")


KNOWN = """
[[known]]
requirement = "SES-108"
fingerprint = "*"
reason = "the suite is wrong"
owner = "us"
expires = 2999-12-31
"""


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A baseline that lists whatever breaks SES-108."""
    file = tmp_path / "known.toml"
    file.write_text(KNOWN)
    return file


@pytest.fixture
def own_suite(tmp_path: Path) -> Callable[[str], Path]:
    """A workspace with one suite, ``own``, that holds the cases given as Python and is quickly collected."""

    def write(text: str) -> Path:
        root = tmp_path / "workspace"
        module = root / "suites" / "own" / "test_own.py"
        module.parent.mkdir(parents=True)
        for name in WORKSPACE:
            if (CHECKOUT / name).is_file():
                shutil.copy(CHECKOUT / name, root)
            elif name != "suites":
                (root / name).symlink_to(CHECKOUT / name)
        module.write_text(OPENING + text, encoding="utf-8")
        return root

    return write


OPENING = '''\
"""A suite of somebody's own."""

import os
import signal
import time
from pathlib import Path

from talonproof.plugin import scenario


@scenario("SES-108", footprint="read", requests=1)
def test_nothing_is_there(case, api):
    """A session that nobody made is not there."""
    case.refused("SES-108", api.get_session(case.new_id("session")))
'''
"""How each suite of a test's own begins: with one case, which any healthy target passes."""
