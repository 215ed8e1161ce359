"""After a run: its findings shown again, known findings, and what changed from one run to another."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve
from talonproof.report import words
from talonproof.run.budget import lasting

FAULT = "put-reopens-closed"
KEY = {"TALONPROOF_API_KEY": "talonproof-live-key"}
SELECT = ("--select", "sessions/test_updates", "--depth", "release")


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    """The address of an emulator with the fault."""
    with serve.start(faults=[FAULT]) as running:
        yield running.url


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that found the fault."""
    folder = tmp_path_factory.mktemp("found") / "run"
    command = [sys.executable, "-m", "talonproof", "run", "-n", "0", "--seed", "1", "--fault", FAULT, *SELECT]
    done = subprocess.run([*command, "--report", str(folder)], capture_output=True, text=True, check=False)
    assert 1 == done.returncode, done.stderr
    return folder


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same run without the fault."""
    folder = tmp_path_factory.mktemp("healthy") / "run"
    command = [sys.executable, "-m", "talonproof", "run", "-n", "0", "--seed", "1", *SELECT]
    done = subprocess.run([*command, "--report", str(folder)], capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    return folder


def findings(folder: Path) -> list[Path]:
    """The folders of the findings of a run."""
    found = sorted((folder / "findings").iterdir())
    assert found
    return found


def environment(url: str) -> dict[str, str]:
    """What a script finds around it."""
    return (
        {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
        | KEY
        | {
            "TALONPROOF_URL": url,
            "PYTHON": sys.executable,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
    )


def sh(finding: Path, url: str) -> subprocess.CompletedProcess[str]:
    """The curl script of a finding."""
    return subprocess.run(
        ["/bin/sh", str(finding / "replay.sh")], env=environment(url), capture_output=True, text=True, check=False
    )


def pytest_file(finding: Path, url: str) -> subprocess.CompletedProcess[str]:
    """The pytest file of a finding, run where nothing of talonproof's is."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir=."]
    return subprocess.run(
        [*command, "test_replay.py"], env=environment(url), cwd=finding, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("run_script", [sh, pytest_file])
def test_the_scripts_show_the_fault_and_pass_without(
    found: Path, faulty: str, emulator: str, run_script: Callable[[Path, str], Any]
) -> None:
    """As they stand, again and again: 1 where the fault is, 0 where it is not."""
    first, *others = findings(found)
    for finding, urls, codes in [
        (first, (faulty, faulty, emulator), [1, 1, 0]),
        *((other, (faulty, emulator), [1, 0]) for other in others),
    ]:
        ends = [run_script(finding, url) for url in urls]

        assert codes == [end.returncode for end in ends], [end.stdout + end.stderr for end in ends]


@pytest.mark.parametrize("run_script", [sh, pytest_file])
def test_a_script_that_meets_nobody_says_so(found: Path, run_script: Callable[[Path, str], Any]) -> None:
    """What could not be tried is neither shown nor gone."""
    end = run_script(findings(found)[0], "http://127.0.0.1:9")

    assert 3 == end.returncode
    assert "could not be tried" in end.stdout + end.stderr


def test_no_script_holds_the_key(found: Path) -> None:
    """It comes from the environment."""
    for finding in findings(found):
        assert all("talonproof-live-key" not in file.read_text() for file in finding.iterdir() if file.is_file())


def test_a_finding_is_replayed(talonproof: Callable[..., Any], found: Path, emulator: str) -> None:
    """Against the emulator with the same fault it shows, against a healthy server it does not."""
    finding = findings(found)[0]
    again, elsewhere = talonproof("replay", finding), talonproof("replay", finding / "finding.json", "--url", emulator)

    assert (1, "it still shows") == (again.code, again.out.splitlines()[-1])
    assert (0, "it does not show any more") == (elsewhere.code, elsewhere.out.splitlines()[-1])
    facts = json.loads((finding / "finding.json").read_text())
    assert again.out.startswith(f"{facts['requirement']} {facts['fingerprint']}: {facts['message']}\n")


def test_a_finding_is_replayed_on_another_account(
    talonproof: Callable[..., Any], found: Path, tmp_path: Path, world_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of the Application, which stands beside what was judged, is another one there."""
    world = tmp_path / "world.yaml"
    world.write_text(world_text.replace("{id: 1, name: Storefront", "{id: 7, name: Storefront").replace(
        "application: 1", "application: 7"
    ))  # fmt: skip
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    with serve.start(world, faults=[FAULT]) as running:
        again = talonproof("replay", findings(found)[0], "--url", running.url)

    assert (1, "it still shows") == (again.code, again.out.splitlines()[-1])


def test_where_the_answers_do_not_tell_the_case_runs_again(
    talonproof: Callable[..., Any], found: Path, tmp_path: Path, emulator: str
) -> None:
    """Its own judgement decides; the scripts ask for it."""
    finding = tmp_path / "finding"
    shutil.copytree(findings(found)[0], finding)
    facts = json.loads((finding / "finding.json").read_text())
    facts["replay"]["shows"] = None
    (finding / "finding.json").write_text(json.dumps(facts))

    assert 1 == talonproof("replay", finding).code
    assert 0 == talonproof("replay", finding, "--url", emulator).code


def test_a_replay_that_meets_nobody_is_no_verdict(talonproof: Callable[..., Any], found: Path) -> None:
    """Exit 3, with the reason."""
    ended = talonproof("replay", findings(found)[0], "--url", "http://127.0.0.1:9")

    assert 3 == ended.code
    assert ended.told.startswith("nothing answers at http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "is not the folder of a finding"),
        ("{", "not the facts of a finding"),
        ("[]", "not the facts of a finding"),
        ('{"version": 9}', "version 9; this talonproof reads version 1"),
        ('{"version": 1}', "the facts are not complete"),
    ],
)
def test_what_is_no_finding_is_refused(
    talonproof: Callable[..., Any], tmp_path: Path, content: str | None, said: str
) -> None:
    """One line, exit 2."""
    if content is not None:
        (tmp_path / "finding.json").write_text(content)
    ended = talonproof("replay", tmp_path)

    assert 2 == ended.code
    assert said in ended.told


def test_a_baseline_from_a_run_to_its_end(
    talonproof: Callable[..., Any], judge: Callable[..., Any], found: Path, healthy: Path, tmp_path: Path
) -> None:
    """Written, refused until it is filled in, green with the fault, stale without, and brought up to date again."""
    file = tmp_path / "known.toml"
    written = talonproof("baseline", "update", "--from", found, "--baseline", file)
    assert (0, ["added", "written:"]) == (written.code, [line.split()[0] for line in written.out.splitlines()])

    refused = talonproof("run", *SELECT, "--baseline", file)
    assert 2 == refused.code
    assert re.search(r"known.toml:\d+: reason is not filled in", refused.told)

    text = file.read_text().replace("TODO: why this is accepted for now", "it is fixed in March")
    text = text.replace("TODO: who sees to it", "checkout").replace("[[known]]", "# ours\n[[known]]")
    file.write_text(text)
    unchanged = talonproof("baseline", "update", "--from", found, "--baseline", file)
    assert "nothing changed" == unchanged.out.splitlines()[0]
    assert text == file.read_text()

    known = judge(*SELECT, "--fault", FAULT, "--baseline", file)
    assert 0 == known.ended.code, known.ended.out + known.ended.err
    assert "1 finding known, of 1 listed in the baseline" in known.ended.out
    assert "known" in {verdict for verdict, _ in known.verdicts.values()}

    stale = judge(*SELECT, "--baseline", file)
    assert 4 == stale.ended.code
    assert "which does not show any more (checkout)" in " ".join(stale.ended.out.split())

    differently = judge(*SELECT, "--fault", "401-without-body", "--fault", FAULT, "--baseline", file, "--strict")
    assert 1 == differently.ended.code

    emptied = talonproof("baseline", "update", "--from", healthy, "--baseline", file)
    assert emptied.out.startswith("gone     SES-010 ")
    assert "[[known]]" not in file.read_text()


def test_an_entry_past_its_date_is_stale(
    talonproof: Callable[..., Any], judge: Callable[..., Any], found: Path, tmp_path: Path
) -> None:
    """Though it still shows: exit 4."""
    file = tmp_path / "known.toml"
    talonproof("baseline", "update", "--from", found, "--baseline", file)
    text = file.read_text().replace("TODO: ", "")
    file.write_text(re.sub(r"expires = \S+", "expires = 2026-01-01", text))

    assert 4 == judge(*SELECT, "--fault", FAULT, "--baseline", file).ended.code


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SES-010", "SES-999", "no requirement is called SES-999 (did you mean SES-"),
        ("SES-010", "XYZ-*", "no requirement is called XYZ-*"),
        ("[[known]]", "[[konwn]]", "unknown table konwn (did you mean known?)"),
    ],
)
def test_a_pattern_that_matches_nothing_is_refused(
    talonproof: Callable[..., Any], found: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    """Before anything is sent."""
    file = tmp_path / "known.toml"
    talonproof("baseline", "update", "--from", found, "--baseline", file)
    file.write_text(file.read_text().replace("TODO: ", "").replace(old, new))
    ended = talonproof("run", "--baseline", file)

    assert 2 == ended.code
    assert said in ended.told


def test_two_runs_are_compared(talonproof: Callable[..., Any], found: Path, healthy: Path) -> None:
    """New is worse, fixed is not, and a program reads the same."""
    worse, better = talonproof("compare", healthy, found), talonproof("compare", found, healthy, "--format", "json")

    assert (1, 0) == (worse.code, better.code)
    assert "2 new, 0 fixed, 0 still broken, 0 no longer exercised" in worse.out.splitlines()[0]
    assert {"SES-009", "SES-010"} == {finding["requirement"] for finding in json.loads(better.out)["fixed"]}
    assert talonproof("compare", healthy, found, "--format", "markdown").out.startswith("**")


def test_a_run_says_what_changed_since_another(judge: Callable[..., Any], found: Path) -> None:
    """At its end, and in a file made for a pull request."""
    run = judge(*SELECT, "--against", found)

    assert 0 == run.ended.code
    assert "0 new, 2 fixed, 0 still broken" in run.ended.out
    assert "### Fixed (2)" in (run.folder / "comparison.md").read_text()


def test_a_run_knows_when_what_it_leaves_out_was_last_verified(judge: Callable[..., Any], healthy: Path) -> None:
    """By the run that it is compared with; and whoever renders its reports again knows it as well."""
    run = judge("--select", "AUT-001", "--against", healthy)
    before = json.loads((healthy / "fidelity.json").read_text())
    now = json.loads((run.folder / "fidelity.json").read_text())

    last = {area["area"]: [one["run"] for one in area["verified"]] for area in now["areas"]}
    assert before["run"] in last["SES"]
    assert run.header["run"] in last["AUT"]
    assert now["sum"]["requirements"] < before["sum"]["requirements"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda _: None, "No such file or directory"),
        (lambda text: "\n".join(text.splitlines()[:-1]) + "\n", "the run did not come to its end"),
        (lambda text: text.replace('"version": 1', '"version": 7', 1), "the stream is of version 7"),
    ],
)
@pytest.mark.parametrize(
    "command", [("compare", "RUN", "RUN"), ("baseline", "update", "--from", "RUN"), ("run", "--against", "RUN")]
)
def test_what_is_no_run_is_refused(
    talonproof: Callable[..., Any],
    healthy: Path,
    tmp_path: Path,
    command: tuple[str, ...],
    change: Callable[[str], str | None],
    said: str,
) -> None:
    """One line, exit 2, whatever reads it."""
    folder = tmp_path / "broken"
    if (text := change((healthy / "run.ndjson").read_text())) is not None:
        folder.mkdir()
        (folder / "run.ndjson").write_text(text)
    ended = talonproof(*(str(folder) if word == "RUN" else word for word in command))

    assert 2 == ended.code
    assert said in ended.told


DEAR = '''

@scenario("SES-108", footprint="read", requests=2900)
def test_it_would_take_long(case, api):
    """So many requests take longer than there is time."""
    case.refused("SES-108", api.get_session(case.new_id("session")))
'''


def test_a_budget_leaves_out_what_does_not_fit(judge: Callable[..., Any], own_suite: Callable[[str], Path]) -> None:
    """What is left out is said before and after, and the run is none the less green."""
    run = judge("--workspace", own_suite(DEAR), "--budget", "1m")

    assert 0 == run.ended.code, run.ended.out + run.ended.err
    planned = {case["id"].rpartition("::test_")[2]: case["reason"] for case in run.header["cases"]}
    assert {"nothing_is_there": None, "it_would_take_long": "budget"} == planned
    assert "\nbudget 1 min 00 s: 1 case, at most 1 request; left out: own 1\n" in run.ended.out
    assert "no time was left for\n     1 case: own 1\n" in run.ended.out


@pytest.mark.parametrize(("flags", "left_out"), [((), "own 1"), (("--budget", "1h"), "nothing")], ids=["file", "flag"])
def test_the_target_file_says_how_long_a_run_may_take(
    judge: Callable[..., Any],
    own_suite: Callable[[str], Path],
    emulator: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: tuple[str, ...],
    left_out: str,
) -> None:
    """Its seconds are a budget, unless the flag says another one."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    file = tmp_path / "target.toml"
    file.write_text(f'[target]\nurl = "{emulator}"\nedition = "2025-01"\n[limits]\nseconds = 60\nrate = 1000\n')
    run = judge("--workspace", own_suite(DEAR), "--target", file, *flags)

    assert 0 == run.ended.code, run.ended.out + run.ended.err
    assert f"; left out: {left_out}\n" in run.ended.out


def test_a_plan_says_how_long_it_lasts(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path], tmp_path: Path
) -> None:
    """By the latency and the limits of the target file; without a latency nobody can tell."""
    file = tmp_path / "target.toml"
    about = '[target]\nurl = "http://127.0.0.1:9"\nedition = "2025-01"\n'
    limits = "[limits]\nrate = 10\nin_flight = 1\nseconds = 60\n"
    workspace = own_suite(DEAR)
    told: list[str] = []
    for latency in ("", "latency = 0.17\n", "latency = 0.0\n"):
        file.write_text(about + latency + limits)
        ended = talonproof("plan", "--workspace", workspace, "--target", file)
        assert 0 == ended.code, ended.err
        told += [line for line in ended.out.splitlines() if line.startswith(("about", "a run may"))]

    lasts = words.duration(lasting(2901, latency=0.17, rate=10, workers=1))
    assert [
        (
            f"about {lasts} with 1 worker, by the latency of the target file (0.17 s, 10 requests a second at most); "
            "findings take longer"
        ),
        "a run may take 1 min 00 s: it leaves out what does not fit",
    ] == told


SLOW = '''

@scenario("SES-108", footprint="read", requests=2)
def test_it_takes_long(case, api):
    """The first call is answered in time, and then the time is over."""
    case.refused("SES-108", api.get_session(case.new_id("session")))
    case.bench.options = dataclasses.replace(case.bench.options, deadline=1.0)
    case.refused("SES-108", api.get_session(case.new_id("session")))


@scenario("SES-108", footprint="read", requests=1)
def test_its_turn_never_comes(case, api):
    """The time is over before."""
    case.refused("SES-108", api.get_session(case.new_id("session")))


import dataclasses
'''


@pytest.mark.parametrize("workers", ["0", "2"])
def test_when_the_time_is_over_the_run_ends(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], workers: str
) -> None:
    """No case that is cut short or never had its turn makes it red, and each says so."""
    run = judge("--workspace", own_suite(SLOW), "--budget", "1h", "-n", workers)

    assert 0 == run.ended.code, run.ended.out + run.ended.err
    ends = {name.rpartition("::test_")[2]: (case["verdict"], case["reason"]) for name, case in run.cases.items()}
    assert ("not-run", "budget") == ends["it_takes_long"]
    assert 1 == run.cases["own/test_own.py::test_it_takes_long"]["requests"]["sent"]
    if workers == "0":
        assert ("not-run", "budget") == ends["its_turn_never_comes"]
    assert "no time was left for" in run.ended.out


@pytest.mark.parametrize("time", ["soon", "0", "-5", "5x", "5m1h"])
def test_what_is_no_time_is_refused(talonproof: Callable[..., Any], time: str) -> None:
    """The forms that are taken are told."""
    ended = talonproof("run", f"--budget={time}")

    assert (2, f"--budget {time} is no time (such as 90s, 5m or 1h30m)") == (ended.code, ended.told)
