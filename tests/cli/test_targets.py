"""Whichever way a run reaches its target, it gives the same verdicts; a target that is none is told in one line."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator.message import Reply

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port of this machine that nothing listens on, and that nobody else gets meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_target_that_is_not_there(talonproof: Callable[..., Any], tmp_path: Path, silent_port: int) -> None:
    """Where nothing listens, the run ends with exit 3 and one line."""
    url = f"http://127.0.0.1:{silent_port}"

    ended = talonproof("run", "--url", url, "--report", tmp_path)

    assert 3 == ended.code
    assert f"nothing answers at {url}" in ended.told


def test_a_key_that_is_not_accepted(
    talonproof: Callable[..., Any], tmp_path: Path, emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong key ends with exit 2 and one line that names its variable and not the key."""
    monkeypatch.setenv("TALONPROOF_API_KEY", "no-such-secret")

    ended = talonproof("run", "--url", emulator, "--report", tmp_path)

    assert 2 == ended.code
    assert "the key in TALONPROOF_API_KEY is not accepted" in ended.told
    assert "no-such-secret" not in ended.told
    assert not any(b"no-such-secret" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_key_that_is_not_set(talonproof: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target elsewhere needs a key of its own: without one nothing is sent, and the variable is named."""
    file = tmp_path / "staging.toml"
    file.write_text('[target]\nurl = "https://shop.example"\nallowed_host = "shop.example"\nkey_env = "SHOP_KEY"\n')
    monkeypatch.delenv("SHOP_KEY", raising=False)

    ended = talonproof("run", "--target", file, "--report", tmp_path / "report")

    assert 2 == ended.code
    assert "SHOP_KEY is not set" in ended.told


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, {"content-type": "text/html"}, b"<html>It works!</html>"), "text/html that is not JSON"),
        (Reply(404, {"content-type": "application/json"}, b'{"detail": "Not Found"}'), "it knows no customer sessions"),
        (Reply(302, {"location": "http://shop.example/login"}), "it redirects to http://shop.example/login"),
        (Reply(503), "cannot be tested now: it answers 503"),
    ],
    ids=["HTML", "another API", "redirect", "unavailable"],
)
def test_a_target_that_is_something_else(
    talonproof: Callable[..., Any], recording: Callable[..., Any], tmp_path: Path, reply: Reply, said: str
) -> None:
    """A server that does not speak this API is not judged by it: exit 3 and one line, after one read."""
    with recording(change=lambda *_: reply) as server:
        ended = talonproof("run", "--url", server.url, "--report", tmp_path)

    assert 3 == ended.code
    assert said in ended.told
    (read,) = {(request.method, request.path.rpartition("/")[0]) for request, _ in server.passed}
    assert ("GET", "/v2/customer_sessions") == read


@pytest.mark.parametrize("flags", [[], ["--max-footprint", "read"]], ids=["by default", "even for reads"])
def test_another_host_is_refused_before_anything_is_sent(
    talonproof: Callable[..., Any], recording: Callable[..., Any], tmp_path: Path, flags: list[str]
) -> None:
    """Without a target file only loopback is spoken to; an address that merely leads there is not loopback."""
    with recording() as server:
        url = server.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104 - leads here, and is no loopback address
        ended = talonproof("run", "--url", url, "--report", tmp_path, *flags)

    assert 2 == ended.code
    assert "only a server on this machine can be tested without a target file" in ended.told
    assert [] == server.passed


def test_no_proxy_is_ever_asked(
    judge: Callable[..., Any],
    own_suite: Callable[[str], Path],
    recording: Callable[..., Any],
    emulator: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A proxy in the environment sees nothing of a run, so no key goes astray."""
    with recording() as proxy:
        for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(variable, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)

        run = judge("--workspace", own_suite(""), "--url", emulator)

    assert 0 == run.ended.code
    assert [] == proxy.passed


def test_the_embedded_emulator_has_keys_of_its_own(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key of some staging account in the environment does not get in the way of a run without a target."""
    monkeypatch.setenv("TALONPROOF_API_KEY", "for-another-server")

    run = judge("--workspace", own_suite(""))

    assert 0 == run.ended.code


@pytest.mark.parametrize("flags", [["--url"], ["-n", "2"]], ids=["--url", "-n 2"])
def test_the_way_to_the_emulator_changes_no_verdict(
    smoke: Any, judge: Callable[..., Any], emulator: str, flags: list[str]
) -> None:
    """Embedded or at an address, in one process or in several: the same seed gives the same verdicts."""
    run = judge("--depth", "smoke", *flags, *([emulator] if "--url" in flags else []))

    assert 0 == run.ended.code
    assert smoke.verdicts == run.verdicts
    assert {case: record["evidence"] for case, record in smoke.cases.items()} == {
        case: record["evidence"] for case, record in run.cases.items()
    }


def test_plain_pytest_gives_the_same_verdicts(smoke: Any, run_in: Callable[..., Any], tmp_path: Path) -> None:
    """``pytest suites/dry_run`` judges the requirements of that suite as ``talonproof run`` does, and tells Allure."""
    results, report = tmp_path / "allure", tmp_path / "report"
    flags = ("--depth", "smoke", "--run-seed", "1", "--alluredir", str(results), "--report", str(report))
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "suites/dry_run", "-p", "no:cacheprovider", "-q", *flags],
        cwd=CHECKOUT,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path / "hypothesis")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert "conformant: " in ended.stdout
    run = run_in(report)
    ran = [case for case in run.header["cases"] if case["planned"]]
    judged = {name for case in ran for name in case["requirements"]}
    assert judged
    assert {name: smoke.verdicts[name] for name in judged} == {name: run.verdicts[name] for name in judged}
    assert {case["id"] for case in ran} == {name for name in smoke.cases if name.startswith("dry_run/")}

    told = [json.loads(file.read_text()) for file in results.glob("*-result.json")]
    cases = [result for result in told if result["status"] != "skipped"]
    assert len(ran) == len(cases)
    for result in cases:
        labels = {(label["name"], label["value"]) for label in result["labels"]}
        names = {value for name, value in labels if name == "tag"} & judged
        assert {("parentSuite", "talonproof"), ("suite", "dry_run")} <= labels
        assert names
        assert {value for name, value in labels if name == "severity"} <= {"critical", "normal", "minor"}
        assert all(f"**{name}**" in result["description"] for name in names)


BROKEN_AND_DEAR = """

@scenario("SES-108", footprint="read", requests=1)
def test_it_is_there(case, api):
    \"\"\"It is not.\"\"\"
    case.judge("SES-108", False, "it is not there", of=(api.get_session(case.new_id("session")),), check="there")


@scenario("SES-108", footprint="read", requests=2900)
def test_it_would_take_long(case, api):
    \"\"\"So many requests take longer than there is time.\"\"\"
    case.refused("SES-108", api.get_session(case.new_id("session")))
"""


def test_plain_pytest_takes_a_baseline_and_a_budget(
    own_suite: Callable[[str], Path], run_in: Callable[..., Any], known: Path, tmp_path: Path
) -> None:
    """What is known fails no test, and what does not fit into the time is left out, as with ``talonproof run``."""
    workspace, report = own_suite(BROKEN_AND_DEAR), tmp_path / "report"
    flags = (f"--report={report}", f"--baseline={known}", "--budget", "1m")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *flags],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    run = run_in(report)
    assert {"nothing_is_there": "pass", "it_is_there": "known"} == run.ended_cases
    left_out = {case["id"].rpartition("::test_")[2]: case["reason"] for case in run.header["cases"]}
    assert {"nothing_is_there": None, "it_is_there": None, "it_would_take_long": "budget"} == left_out


def test_plain_pytest_collects_without_a_target(own_suite: Callable[[str], Path]) -> None:
    """Who only lists the cases gets no emulator, no report and no verdict."""
    workspace = own_suite("")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=workspace,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == ended.returncode, ended.stdout + ended.stderr
    assert "suites/own/test_own.py::test_nothing_is_there" in ended.stdout
    assert "requirements" not in ended.stdout
    assert not (workspace / "talonproof-report").exists()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--url", "http://127.0.0.1:9", "--target", "x.toml"], "--target and --url exclude each other"),
        (["--url", "http://127.0.0.1:9", "--fault", "put-reopens-closed"], "--fault plants a defect"),
        (["--depth", "smok"], "there is no depth smok (did you mean smoke?)"),
        (["--max-footprint", "reed"], "there is no footprint reed (did you mean read?)"),
        (["--target", "none.toml"], "--target none.toml: No such file"),
        (["--edition", "2024"], "there is no edition 2024"),
        (["--budget", "soon"], "--budget soon is no time"),
        (["--baseline", "none.toml"], "--baseline none.toml: No such file"),
        (["--fault", "put-reopen-closed"], "did you mean put-reopens-closed?"),
        (
            ["--fault", "identifier-too-short"],
            "breaks what edition 2026-05 states, and this is 2025-01 (--edition 2026-05",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_plain_pytest_refuses_what_run_refuses(own_suite: Callable[[str], Path], flags: list[str], said: str) -> None:
    """A wrong flag is a usage error of pytest, without a traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *flags],
        cwd=own_suite(""),
        capture_output=True,
        text=True,
        check=False,
    )

    assert int(pytest.ExitCode.USAGE_ERROR) == ended.returncode, ended.stdout + ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
