"""A run writes into its report folder and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest


def tree(folder: Path) -> Mapping[str, int]:
    """Everything below a folder, with the time of each file's last change in nanoseconds."""
    return {
        str(entry.relative_to(folder)): entry.stat().st_mtime_ns if entry.is_file() else 0
        for entry in sorted(folder.rglob("*"))
    }


@pytest.fixture
def started_in(tmp_path: Path, workspace: Path) -> Mapping[str, Path]:
    """The places where a run could leave something: an empty folder that it starts in, a home, and a workspace."""
    places = {name: tmp_path / name for name in ("started", "home", "temporary")}
    for place in places.values():
        place.mkdir()
    return {**places, "workspace": workspace}


def begun(places: Mapping[str, Path], *arguments: str, anywhere: bool = True) -> subprocess.Popen[str]:
    """A command of talonproof with nothing of the user's around it, in the workspace unless it has one already."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(places["home"]),
        "TMPDIR": str(places["temporary"]),
        "XDG_CACHE_HOME": str(places["home"] / "cache"),
        "LANG": "C.UTF-8",
    }
    command = [sys.executable, "-m", "talonproof", *arguments]
    command += ["--workspace", str(places["workspace"])] if anywhere else []
    return subprocess.Popen(
        command, cwd=places["started"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def talonproof(places: Mapping[str, Path], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same, when it has ended."""
    process = begun(places, *arguments)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_writes_into_its_report_folder_alone(
    started_in: Mapping[str, Path], tmp_path: Path, workers: str
) -> None:
    """With findings to shrink and report as without: no cache, no database, no file beside the folder asked for."""
    before = {name: tree(place) for name, place in started_in.items()}

    flags = ("--fault", "skip-ignored", "--fault", "put-reopens-closed", "--depth", "smoke", "-n", workers)
    ended = talonproof(started_in, "run", *flags, "--report", str(tmp_path / "elsewhere" / "report"))

    assert 1 == ended.returncode, ended.stdout + ended.stderr
    assert before == {name: tree(place) for name, place in started_in.items()}
    assert ["report"] == [entry.name for entry in (tmp_path / "elsewhere").iterdir()]


def test_a_run_makes_one_folder_where_it_is_started(started_in: Mapping[str, Path]) -> None:
    """Outside of the checkout the reports of a run are in talonproof-report/<run>, below the working directory."""
    before = {name: tree(place) for name, place in started_in.items()}

    ended = talonproof(started_in, "run", "--select", "wiring", "--select", "SES-001", "--depth", "smoke", "-n", "0")

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    after = {name: tree(place) for name, place in started_in.items()}
    (folder,) = (started_in["started"] / "talonproof-report").iterdir()
    assert folder.name in ended.stdout
    assert (folder / "run.ndjson").exists()
    assert {name.split("/")[0] for name in after.pop("started")} == {"talonproof-report"}
    del before["started"]
    assert before == after


SLOW = '''
"""A case that takes its time, the first time."""

import time
from pathlib import Path

from talonproof.plugin import scenario


@scenario("SES-001", footprint="create", requests=1)
def test_waits(case, api):
    """A session can be made."""
    case.accepted("SES-001", api.put_session(case.new_id("session"), {{}}))
    if not Path({sign!r}).exists():
        Path({sign!r}).touch()
        time.sleep(600)
'''


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_run_that_is_killed_leaves_nothing_outside(
    started_in: Mapping[str, Path], tmp_path: Path, workers: str
) -> None:
    """Nor do its reports, nor what goes on with it."""
    folder, sign = tmp_path / "elsewhere" / "report", tmp_path / "sign"
    (started_in["workspace"] / "suites" / "wiring" / "test_slow.py").write_text(SLOW.format(sign=str(sign)))
    before = {name: tree(place) for name, place in started_in.items()}
    process = begun(started_in, "run", "--select", "wiring", "-n", workers, "--report", str(folder))
    while not sign.exists():
        assert process.poll() is None
        time.sleep(0.02)

    process.kill()
    process.communicate()
    reported = begun(started_in, "report", str(folder), anywhere=False)
    told, _ = reported.communicate()

    assert "in flight when the run was killed" in " ".join(told.split())
    assert before == {name: tree(place) for name, place in started_in.items()}
    resumed = begun(started_in, "run", "--resume", str(folder), anywhere=False)
    told, err = resumed.communicate()
    assert 0 == resumed.returncode, told + err
    assert before == {name: tree(place) for name, place in started_in.items()}
    assert ["report"] == [entry.name for entry in folder.parent.iterdir()]
    assert not (folder / "temporary").exists()


def test_the_doctor_leaves_nothing(started_in: Mapping[str, Path]) -> None:
    """It looks, and writes nothing at all."""
    before = {name: tree(place) for name, place in started_in.items()}

    ended = talonproof(started_in, "doctor")

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert before == {name: tree(place) for name, place in started_in.items()}


def test_a_plan_leaves_nothing(started_in: Mapping[str, Path]) -> None:
    """Looking at what would run writes nothing at all."""
    before = {name: tree(place) for name, place in started_in.items()}

    ended = talonproof(started_in, "plan")

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert before == {name: tree(place) for name, place in started_in.items()}
