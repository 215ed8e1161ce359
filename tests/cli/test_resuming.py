"""``talonproof run --resume``: what was cut short goes on as it was asked for, and nothing else does."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from talonproof.cli.resuming import Earlier
from talonproof.cli.run import command
from talonproof.config import RunOptions
from talonproof.target import Footprint

WAITS = """
@scenario("SES-001", footprint="create", requests=1)
def test_waits(case, api):
    case.accepted("SES-001", api.put_session(case.new_id("session"), {{}}))
    if not Path({sign!r}).exists():
        Path({sign!r}).touch()
        time.sleep(600)


@scenario("SES-108", footprint="read", requests=1)
def test_comes_last(case, api):
    case.refused("SES-108", api.get_session(case.new_id("session")))
"""

Cut = Callable[..., Path]


@pytest.fixture
def cut(own_suite: Callable[[str], Path], tmp_path: Path) -> Cut:
    """Begins a run without workers, stops it in its second of three cases, and gives its folder."""

    def run(*flags: str, stop: signal.Signals = signal.SIGKILL) -> Path:
        sign, folder = tmp_path / "sign", tmp_path / "report"
        workspace = own_suite(WAITS.format(sign=str(sign)))
        flags = ("--workspace", str(workspace), "--report", str(folder), "-n", "0", "--seed", "7", *flags)
        process = subprocess.Popen(
            [sys.executable, "-m", "talonproof", "run", *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        while not sign.exists():
            assert process.poll() is None, process.communicate()[0].decode()
            time.sleep(0.02)
        process.send_signal(stop)
        process.communicate()
        return folder

    return run


def test_the_rest_is_run_with_the_options_of_the_run(
    talonproof: Callable[..., Any], run_in: Callable[..., Any], cut: Cut
) -> None:
    """Seed, limits and faults are those of before; the emulator is a fresh one; the sums are those of both parts."""
    folder = cut("--fault", "skip-ignored", "--min-judged", "0.5", "--rate", "500")

    ended = talonproof("run", "--resume", folder)

    assert 0 == ended.code, ended.err
    first, *_ = ended.out.splitlines()
    assert "seed 7, going on with the 2 cases left" in first
    run = run_in(folder)
    assert {"nothing_is_there": "pass", "waits": "pass", "comes_last": "pass"} == run.ended_cases
    assert (7, ["skip-ignored"], 0.5) == tuple(run.header[name] for name in ("seed", "faults", "min_judged"))
    lines = [line["id"].rpartition("_")[2] for line in run.stream[1:-1]]
    assert ["there", "waits", "waits", "last"] == lines
    assert 4 == run.footer["requests"]["sent"]
    ids = {path for worker in ("main", "mainr1") for path in paths(folder, worker)}
    assert len(ids) == 4
    again = json.loads((folder / "launch-1.json").read_text())
    assert json.loads((folder / "launch.json").read_text())["options"] == again["options"]


def paths(folder: Path, worker: str) -> set[str]:
    """Where a worker sent its calls."""
    text = (folder / f"journal-{worker}.ndjson").read_text()
    return {line["path"] for line in map(json.loads, text.splitlines()) if line["type"] == "intent"}


def test_a_run_that_was_stopped_goes_on_too(
    talonproof: Callable[..., Any], run_in: Callable[..., Any], cut: Cut
) -> None:
    """What Ctrl-C ended in order is not over; once it is, there is nothing left to be run, and the code stays."""
    folder = cut(stop=signal.SIGINT)
    assert run_in(folder).footer["interrupted"]

    assert 0 == talonproof("run", "--resume", folder, "-n", "2").code
    before = (folder / "run.ndjson").read_bytes()
    again = talonproof("run", "--resume", folder)

    assert 0 == again.code
    assert again.out.endswith("came to its end: nothing is left to be run\n")
    assert before == (folder / "run.ndjson").read_bytes()
    assert not (folder / "launch-2.json").exists()


def test_a_run_that_lacks_nothing_but_its_end_gets_that(
    talonproof: Callable[..., Any], run_in: Callable[..., Any], cut: Cut
) -> None:
    """Killed after its last case: nothing is sent, and the verdict is there."""
    folder = cut()
    assert 0 == talonproof("run", "--resume", folder).code
    whole = (folder / "run.ndjson").read_text().splitlines(keepends=True)
    (folder / "run.ndjson").write_text("".join(whole[:-1]))

    ended = talonproof("run", "--resume", folder)

    assert 0 == ended.code, ended.err
    assert "conformant: " in ended.out
    assert json.loads(whole[-1])["requirements"] == run_in(folder).footer["requirements"]
    assert not (folder / "journal-mainr2.ndjson").exists()


def test_a_run_goes_on_with_its_baseline_and_its_budget(
    talonproof: Callable[..., Any], cut: Cut, known: Path, tmp_path: Path
) -> None:
    """It knows what it knew, whether that is said again or not, and can be compared with another run at its end."""
    other = tmp_path / "other.toml"
    other.write_text(known.read_text().replace("SES-108", "SES-109"))
    folder = cut("--baseline", str(known), "--budget", "1h")

    refused = talonproof("run", "--resume", folder, "--baseline", other)
    assert 2 == refused.code
    assert "--baseline" in refused.told
    assert "it began with another list, which it keeps" in refused.told
    assert 2 == talonproof("run", "--resume", folder, "--budget", "2h").code

    ended = talonproof("run", "--resume", folder, "--baseline", known, "--budget", "1h")
    assert 4 == ended.code, ended.out + ended.err  # what is listed passes: the entry is stale
    assert "baseline" in ended.out

    compared = talonproof("run", "--resume", folder, "--against", folder)
    assert 4 == compared.code
    assert (folder / "comparison.md").exists()


@pytest.mark.parametrize(
    ("flags", "was"),
    [
        (("--seed", "8"), "with --seed 7"),
        (("--depth", "smoke"), "with --depth release"),
        (("--strict",), "without --strict"),
        (("--select", "own"), "without --select"),
        (("--url", "http://127.0.0.1:1"), "without --url"),
        (("--report", "other"), "with --report "),
    ],
)
def test_a_flag_that_asks_for_something_else_is_refused(
    talonproof: Callable[..., Any], tmp_path: Path, flags: tuple[str, ...], was: str
) -> None:
    """Before anything is touched or sent; the same flag with what the run has is no contradiction."""
    folder = begun(tmp_path)

    ended = talonproof("run", "--resume", folder, *flags)

    told = f"{' '.join(flags)}: the run that is resumed was asked for differently ({was}"
    assert 2 == ended.code
    assert ended.told.startswith(told)
    assert ["launch.json", "run.ndjson"] == sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(
    "flags",
    [
        ("--seed", "7", "--depth", "release", "--max-footprint", "destructive", "--fault", "a", "--fault", "b"),
        ("--target", "staging.toml"),
        ("-n", "4", "--open"),
    ],
)
def test_a_flag_that_says_what_the_run_has_is_no_contradiction(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    """Nor is one that changes nothing that is judged."""
    monkeypatch.chdir(tmp_path)
    target = str(tmp_path / "staging.toml") if "--target" in flags else ""
    folder = begun(tmp_path, faults=["a", "b"], target_file=target)

    Earlier.read(folder).check(command.make_context("run", ["--resume", str(folder), *flags]))


def begun(place: Path, faults: Sequence[str] = (), target_file: str = "") -> Path:
    """The folder of a run with seed 7, of which nothing but the beginning is there."""
    folder = place / "report"
    folder.mkdir()
    options = RunOptions(run="r", seed=7, max_footprint=Footprint.DESTRUCTIVE, faults=tuple(faults))
    launch = {
        "options": options.to_json(), "workspace": str(Path(__file__).parents[2]), "target_file": target_file,
        "url": "http://127.0.0.1:1", "embedded": True, "workers": 1, "part": 0, "rest": None, "held": True,
        "origin": {"how": "own", "why": "", "signs": [], "looks": 1},
    }  # fmt: skip
    (folder / "launch.json").write_text(json.dumps(launch))
    (folder / "run.ndjson").touch()
    return folder


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "there is no such folder; RUN is a folder that a run wrote"),
        ({}, "it has no launch.json, or was killed before it had one: run it again"),
        ({"launch.json": ""}, "it has no launch.json, or was killed before it had one: run it again"),
        ({"launch.json": '{"options": "{}"}'}, "it has no launch.json, or was killed before it had one"),
        ({"run.ndjson": ""}, "what wrote it cannot be resumed; run it again"),
    ],
)
def test_what_is_no_run_is_not_gone_on_with(
    talonproof: Callable[..., Any], tmp_path: Path, content: dict[str, str] | None, told: str
) -> None:
    """One line says why."""
    folder = tmp_path / "report"
    if content is not None:
        folder.mkdir()
        for name, text in content.items():
            (folder / name).write_text(text)

    ended = talonproof("run", "--resume", folder)

    assert 2 == ended.code
    assert ended.told.startswith(f"--resume {folder}: there is no run to go on with ({told}")


def test_suites_that_lost_a_case_cannot_go_on(talonproof: Callable[..., Any], cut: Cut, tmp_path: Path) -> None:
    """The plan of the run holds; a case of it that is gone is named."""
    folder = cut()
    module = tmp_path / "workspace" / "suites" / "own" / "test_own.py"
    module.write_text(module.read_text().replace("def test_comes_last", "def test_is_called_otherwise"))

    ended = talonproof("run", "--resume", folder)

    assert 2 == ended.code
    assert "own/test_own.py::test_comes_last is in its plan, and the suites do not run it any more" in ended.err


def test_a_run_that_still_goes_on_is_neither_resumed_nor_completed(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path], tmp_path: Path
) -> None:
    """Its reports can be looked at meanwhile, and its stream stays its own."""
    sign, folder = tmp_path / "sign", tmp_path / "report"
    workspace = own_suite(WAITS.format(sign=str(sign)))
    flags = ("--workspace", str(workspace), "--report", str(folder), "-n", "0")
    process = subprocess.Popen([sys.executable, "-m", "talonproof", "run", *flags], stdout=subprocess.DEVNULL)
    try:
        while not sign.exists():
            assert process.poll() is None
            time.sleep(0.02)
        before = (folder / "run.ndjson").stat()

        looked = talonproof("report", folder)
        resumed = talonproof("run", "--resume", folder)
        second = talonproof("run", *flags)
        now = (folder / "run.ndjson").stat()

        assert "incomplete" in looked.out
        assert (before.st_ino, before.st_size) == (now.st_ino, now.st_size)
        assert (2, True) == (resumed.code, "still going on" in resumed.err)
        assert (2, True) == (second.code, "holds another run already" in second.err)
    finally:
        process.kill()
        process.wait()
