"""SIGKILL at any moment, of any process of a run: no case that ended is lost, and the run can be gone on with.

What had begun and ended is known from signs that the cases and pytest itself leave outside the folder of the run, never
from what talonproof wrote.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("KILLS", "10"))
CASES = 9
LONG_ENOUGH = 120.0
"""Seconds that a loaded machine may need where an idle one needs two or three."""

VICTIMS = ("a worker", "pytest", "talonproof", "everything")

SUITE = '''\
"""Cases that take their time, each with a sign when it begins."""

import time
from pathlib import Path

import pytest

from talonproof.plugin import scenario

SIGNS = Path({signs!r})


@pytest.mark.parametrize("number", range({cases}))
@scenario("SES-108", "SES-001", footprint="create", requests=4, operations=["getCustomerSession"])
def test_slow(case, api, number):
    """A session that nobody made is not there; of every fourth it is claimed that it was."""
    (SIGNS / f"begun-{{number}}").touch()
    session = case.new_id("session")
    answer = api.get_session(session)
    time.sleep(0.03)
    case.refused("SES-108", answer)
    created = api.put_session(session, {{}})
    time.sleep(0.03)
    case.judge("SES-001", created.ok and number % 4 != 1, "made up", of=created)
'''

SIGNING = '''

import os
from pathlib import Path

SIGNS = Path({signs!r})


def pytest_configure(config):
    """Says who takes part in the run."""
    worker = getattr(config, "workerinput", {{"workerid": "pytest"}})["workerid"]
    (SIGNS / f"process-{{worker}}-{{os.getpid()}}").touch()


def pytest_runtest_teardown(item):
    """The body of the case is over, and so is what follows it."""
    (SIGNS / f"ended-{{item.callspec.params['number']}}").touch()
'''


@dataclass(frozen=True)
class Watched:
    """A run with its signs; ``signs`` is outside of its folder."""

    workspace: Path
    folder: Path
    signs: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A command of talonproof, as a user starts it."""
        environment = {name: value for name, value in os.environ.items() if name != "TALONPROOF_API_KEY"}
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "talonproof", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def run(self) -> subprocess.Popen[str]:
        """The run, begun."""
        flags = ("--workspace", str(self.workspace), "--report", str(self.folder), "--seed", "1", "-n", "2")
        return self.start("run", *flags)

    def seen(self, what: str) -> set[int]:
        """The numbers of the cases that have left a sign."""
        return {int(sign.name.rpartition("-")[2]) for sign in self.signs.glob(f"{what}-*")}

    def processes(self, who: str = "") -> dict[int, str]:
        """The processes of pytest that took part until now, by id, and who they are."""
        found = (sign.name.split("-") for sign in self.signs.glob(f"process-{who}*"))
        return {int(number): name for _, name, number in found}

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the stream."""
        return [json.loads(line) for line in (self.folder / "run.ndjson").read_text().splitlines()]

    def cases(self) -> dict[int, list[dict[str, Any]]]:
        """The lines of the cases, by number."""
        found: dict[int, list[dict[str, Any]]] = {}
        for line in self.lines:
            if line["type"] == "case":
                found.setdefault(number(line["id"]), []).append(line)
        return found


def number(case: str) -> int:
    """The number of a case."""
    return int(case.rpartition("[")[2].rstrip("]"))


def lost(line: Mapping[str, Any]) -> bool:
    """Whether a line says of its case that it was in flight."""
    return line["verdict"] == "not-run" or line["reason"] == "worker-lost"


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A run of a workspace of its own, not yet begun."""
    return prepared(tmp_path)


def prepared(place: Path) -> Watched:
    """A workspace whose cases and whose pytest leave signs."""
    root, signs = place / "workspace", place / "signs"
    module = root / "suites" / "own" / "test_own.py"
    module.parent.mkdir(parents=True)
    signs.mkdir()
    for name in ("openapi", "strategies", "reports"):
        (root / name).symlink_to(CHECKOUT / name)
    shutil.copy(CHECKOUT / "pytest.ini", root)
    conftest = (CHECKOUT / "conftest.py").read_text(encoding="utf-8")
    (root / "conftest.py").write_text(conftest + SIGNING.format(signs=str(signs)), encoding="utf-8")
    module.write_text(SUITE.format(signs=str(signs), cases=CASES), encoding="utf-8")
    return Watched(root, place / "report", signs)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """The same run, left alone."""
    run = prepared(tmp_path_factory.mktemp("undisturbed"))
    process = run.run()
    out, err = process.communicate(timeout=LONG_ENOUGH)
    assert 1 == process.returncode, out + err
    return run


def until(holds: Callable[[], Any], within: float = LONG_ENOUGH) -> None:
    """Waits until something holds; fails when that takes too long."""
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked after does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def strike(run: Watched, process: subprocess.Popen[str], victim: str, chance: random.Random) -> None:
    """Kills the victim at a moment of the chance: most often while cases run, sometimes before they do."""
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0, 2))
    else:
        begun = chance.randint(1, CASES)
        until(lambda: len(run.seen("begun")) >= begun or process.poll() is not None)
        time.sleep(chance.uniform(0, 0.12))
    pytests, workers = run.processes("pytest"), run.processes("gw")
    match victim:
        case "a worker":
            targets = [chance.choice(sorted(workers))] if workers else []
        case "pytest":
            targets = list(pytests)
        case "talonproof":
            targets = [process.pid]
        case _:
            targets = [process.pid, *pytests, *workers]
            chance.shuffle(targets)
    for target in targets:
        with suppress(ProcessLookupError):
            if target != process.pid or process.poll() is None:
                os.kill(target, signal.SIGKILL)


def reported(run: Watched) -> bool:
    """Renders the reports, which are well-formed and name what was in flight; False where the run had no plan yet."""
    process = run.start("report", str(run.folder))
    _, err = process.communicate(timeout=LONG_ENOUGH)
    if process.returncode:
        assert 2 == process.returncode
        assert 1 == len(err.splitlines())
        assert set() == run.seen("begun")
        return False
    assert "" == err
    for result in (run.folder / "allure-results").glob("*.json"):
        json.loads(result.read_text())
    page, tree = (run.folder / "report.html").read_text(), ET.parse(run.folder / "junit.xml")  # noqa: S314 - our own
    assert page.rstrip().endswith("</html>")
    assert (run.folder / "summary.md").read_text().startswith("**")
    schema = json.loads((CHECKOUT / "reports" / "run.schema.json").read_text())
    for line in run.lines:
        jsonschema.validate(line, schema)
    told = {case.get("name"): ET.tostring(case, encoding="unicode") for case in tree.iter("testcase")}
    for line in run.lines:
        if line["type"] == "case" and lost(line) and len(run.cases()[number(line["id"])]) == 1:
            assert "in flight" in line["detail"] or "crashed while running" in line["detail"]
            assert line["detail"].split(",")[0].replace("'", "&#39;") in page
            assert line["detail"].split(",")[0] in told[line["id"].rpartition("::")[2]]
    return True


@pytest.mark.parametrize("seed", range(KILLS))
def test_nothing_is_lost(watched: Watched, undisturbed: Watched, seed: int) -> None:
    """What had ended has its line, what was in flight is named, and the rest comes to the same verdicts."""
    chance, victim = random.Random(seed), VICTIMS[seed % len(VICTIMS)]
    process = watched.run()
    strike(watched, process, victim, chance)
    process.communicate(timeout=LONG_ENOUGH)

    until(lambda: not any(alive(each) for each in watched.processes()), within=10)
    begun, ended = watched.seen("begun"), watched.seen("ended")
    if reported(watched):
        lines = watched.cases()
        whole = {name for name, found in lines.items() if not all(lost(line) for line in found)}
        assert ended <= whole
        assert begun - ended <= set(lines)
        assert whole <= begun
        stood = {name: [line for line in found if not lost(line)] for name, found in lines.items()}
    else:
        stood = {}
    before = intents(watched.folder)

    resumed = watched.start("run", "--resume", str(watched.folder))
    out, err = resumed.communicate(timeout=LONG_ENOUGH)

    if (watched.folder / "run.ndjson").exists():
        assert 1 == resumed.returncode, out + err
        assert verdicts(undisturbed) == verdicts(watched)
        for name, found in stood.items():
            assert found == [line for line in watched.cases()[name] if not lost(line)][: len(found)]
        footer = watched.lines[-1]
        sent = intents(watched.folder)
        assert footer["requests"]["sent"] + footer["requests"]["extra"] == len(sent)
        assert not {path for _, path in before}.intersection(path for _, path in sent[len(before) :])
        assert not any(alive(each) for each in watched.processes())
    else:
        assert 2 == resumed.returncode, out + err
        assert 1 == len(err.splitlines())
        assert set() == begun


def verdicts(run: Watched) -> tuple[Any, ...]:
    """What a run came to: its footer, and the best line of each case, as far as no time and no count is in it."""
    footer = run.lines[-1]
    assert "footer" == footer["type"]
    cases = {
        name: next(
            (line["verdict"], sorted(f["fingerprint"] for f in line["findings"])) for line in found if not lost(line)
        )
        for name, found in run.cases().items()
    }
    return footer["verdict"], footer["exit_code"], footer["requirements"], cases


def intents(folder: Path) -> list[tuple[str, str]]:
    """The calls of the cases that went out, by journal and path, the first part of the run first."""
    found: list[tuple[str, str]] = []
    files = sorted(
        folder.glob("journal-*.ndjson"), key=lambda file: ("r" in file.stem.removeprefix("journal-"), file.name)
    )
    for file in files:
        for line in file.read_bytes().splitlines():
            with suppress(ValueError):
                record = json.loads(line)
                if record["type"] == "intent" and record["case"] and record["attempt"] == 1:
                    found.append((file.name, record["path"]))
    return found
