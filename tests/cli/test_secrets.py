"""The API key is in nothing that a run writes or says, however the target echoes it and whatever goes wrong."""

from __future__ import annotations

import base64
import html
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from talonproof.emulator import serve

CHECKOUT = Path(__file__).resolve().parents[2]
CANARY = 'canary<7"/+&=\\%41>of-the-live-key'
"""A key with every character that some encoding writes differently."""

FAULTS = ("put-reopens-closed", "401-without-body", "required-property-missing", "malformed-json-500")
"""Faults that make a run write findings, exchanges and curl lines, of accepted calls and of refused ones."""


def spelled(key: str) -> dict[str, bytes]:
    """The ways in which a key may be written, by name."""
    plain = key.encode()
    whole = {
        "plain": plain,
        "JSON": json.dumps(key)[1:-1].encode(),
        "JSON in JSON": json.dumps(json.dumps(key))[3:-3].encode(),
        "ASCII JSON": "".join(f"\\u{ord(character):04x}" for character in key).encode(),
        "percent": quote(key, safe="").encode(),
        "percent, path": quote(key).encode(),
        "percent, lower case": "".join(f"%{byte:02x}" for byte in plain).encode(),
        "HTML": html.escape(key).encode(),
        "UTF-16": key.encode("utf-16-le"),
    }
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + plain)
        whole[f"base64, {before} before"] = encoded[4 if before else 0 : len(encoded) // 4 * 4 - 4]
    return whole


@pytest.fixture(scope="module")
def world(world_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world whose live key is the canary."""
    file = tmp_path_factory.mktemp("world") / "world.yaml"
    changed = world_text.replace("talonproof-live-key", json.dumps(CANARY))
    assert changed != world_text
    file.write_text(changed, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def target(world: Path) -> Iterator[str]:
    """A faulty emulator whose live key is the canary."""
    with serve.start(world, FAULTS) as running:
        yield running.url


@pytest.fixture(autouse=True)
def _the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALONPROOF_API_KEY", CANARY)


def found(folder: Path, *told: str) -> set[tuple[str, str]]:
    """The spellings of the key below a folder and in what was said, each with its file."""
    texts = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert texts
    texts |= {f"said {number}": text.encode() for number, text in enumerate(told)}
    return {(file, name) for file, text in texts.items() for name, form in spelled(CANARY).items() if form in text}


def test_no_file_and_no_word_holds_the_key(judge: Callable[..., Any], target: str) -> None:
    """A run with findings of every kind writes curl lines that work, and never the key itself."""
    run = judge("--url", target, "--depth", "smoke")

    assert 1 == run.ended.code
    requirements = {requirement for requirement, _, _ in run.findings}
    assert {"SES-010", "AUT-003", "ERR-013", "ERR-009"} <= requirements
    curls = [finding["curl"] for record in run.cases.values() for finding in record["findings"]]
    assert any("$TALONPROOF_API_KEY" in curl for curl in curls)
    assert set() == found(run.folder, run.ended.out, run.ended.err)


def echo(came: Any, reply: Any) -> Any:
    """A refusal of every write that repeats the key in all spellings, in its body and in its headers."""
    if came.method == "GET":
        return reply
    key = CANARY.encode()
    encoded = (base64.b64encode(b"=" * before + key + b" is not known") for before in range(3))
    plain = (form for name, form in spelled(CANARY).items() if not name.startswith("base64"))
    shown = {"set-cookie": f"key={CANARY}", "x-echo": CANARY, "www-authenticate": f"ApiKey-v1 {CANARY}"}
    body = b"\n".join((*plain, *encoded))
    return replace(reply, status=400, headers={**reply.headers, **shown}, body=body)


def test_no_echo_gets_through(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], recording: Callable[..., Any], world: Path
) -> None:
    """A target that writes the key into its answers, in whatever spelling, does not get it into a report."""
    text = """
@scenario("SES-001", footprint="create", requests=1)
def test_creating(case, api):
    answer = api.put_session(case.new_id("session"), {})
    said = answer.response_body.decode(errors="replace")
    case.judge("SES-001", answer.ok, f"answered {said} and {dict(answer.response_headers)}", of=answer)
"""
    with recording(world=world, change=echo) as server:
        run = judge("--workspace", own_suite(text), "--url", server.url)

    assert "SES-001" in {requirement for requirement, _, _ in run.findings}
    assert b"[redacted]" in (run.folder / "run.ndjson").read_bytes()
    assert set() == found(run.folder, run.ended.out, run.ended.err)


def test_no_fault_of_the_harness_shows_the_key(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], target: str
) -> None:
    """A suite that breaks down with the key in its hands, or prints it, gets it into no file."""
    text = """
@scenario("SES-001", footprint="create", requests=2)
def test_breaks_down(case, api):
    raise RuntimeError(f"at {case.bench.client._keys.live}")


@scenario("SES-001", footprint="create", requests=2)
def test_prints(case, api):
    print(os.environ["TALONPROOF_API_KEY"])
    case.accepted("SES-001", api.put_session(case.new_id("session"), {}))
"""
    run = judge("--workspace", own_suite(text), "--url", target)

    assert 3 == run.ended.code
    assert "error" == run.ended_cases["breaks_down"]
    assert set() == found(run.folder, run.ended.out, run.ended.err)


FIXTURES = """
import pytest

KEY = os.environ["TALONPROOF_API_KEY"]


@pytest.fixture
def broken():
    try:
        raise KeyError(KEY)
    except KeyError as error:
        raise RuntimeError(f"no use for {KEY}") from error


@pytest.fixture
def breaking():
    yield
    raise RuntimeError(f"too late for {KEY}")


@scenario("SES-108", footprint="read", requests=1)
def test_before(case, api, broken):
    pass


@scenario("SES-108", footprint="read", requests=1)
def test_after(case, api, breaking):
    print(KEY)
    case.refused("SES-108", api.get_session(case.new_id("session")))


def test_that_is_no_case():
    print(KEY)
    raise RuntimeError(KEY)
"""

CRASHES = """
@scenario("SES-108", footprint="read", requests=1)
def test_dies(case, api):
    os.write(2, os.environ["TALONPROOF_API_KEY"].encode() + b"\\n")
    os.kill(os.getpid(), signal.SIGKILL)
"""

CLIENT = """
@scenario("SES-108", footprint="read", requests=1)
def test_through_the_client(case, api):
    def send(request, **_):
        raise RuntimeError(f"cannot send {dict(request.headers)}")

    case.bench.client._http.send = send
    api.get_session(case.new_id("session"))
"""

DRAWN = """
from hypothesis import strategies as st

from talonproof.run.explore import explore


@scenario("SES-108", footprint="read", requests=1, examples=(3, 3, 3))
def test_drawn(case, api):
    def body(value):
        answer = api.get_session(case.new_id("session"))
        case.judge("SES-108", False, f"with {value}", of=answer)

    explore(case, st.just(os.environ["TALONPROOF_API_KEY"]), body)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FIXTURES, "no use for [redacted]"),
        (CRASHES, "test_dies"),
        (CLIENT, "ApiKey-v1 [redacted]"),
        (DRAWN, "with [redacted]"),
        ("raise RuntimeError(f\"in vain: {os.environ['TALONPROOF_API_KEY']}\")", "in vain: [redacted]"),
    ],
    ids=["fixtures", "a crash", "the client", "a drawn value", "a module"],
)
def test_whatever_breaks_the_key_stays_secret(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], target: str, text: str, told: str, workers: str
) -> None:
    """Fixtures, a worker that crashes, the client, what Hypothesis draws, a module: told without the key."""
    run = judge("--workspace", own_suite(text), "--url", target, "-n", workers)

    files = "".join(file.read_text(errors="replace") for file in run.folder.rglob("*") if file.is_file())
    assert told in files + run.ended.err
    assert set() == found(run.folder, run.ended.out, run.ended.err)


def test_a_hook_that_breaks_pytest_shows_no_key(
    judge: Callable[..., Any], own_suite: Callable[[str], Path], target: str
) -> None:
    """Not in pytest's own words either."""
    workspace = own_suite("")
    with (workspace / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write("\n\nimport os\n\n\ndef pytest_runtest_logfinish():\n")
        conftest.write("    raise RuntimeError(os.environ['TALONPROOF_API_KEY'])\n")

    run = judge("--workspace", workspace, "--url", target)

    assert 3 == run.ended.code
    assert b"[redacted]" in (run.folder / "pytest.log").read_bytes()
    assert set() == found(run.folder, run.ended.out, run.ended.err)


def test_a_run_that_is_killed_and_goes_on_tells_no_key(
    talonproof: Callable[..., Any], own_suite: Callable[[str], Path], target: str, tmp_path: Path
) -> None:
    """Nor do its reports, before and after."""
    folder, sign = tmp_path / "report", tmp_path / "sign"
    text = f"""
@scenario("SES-001", footprint="create", requests=1)
def test_waits(case, api):
    case.accepted("SES-001", api.put_session(case.new_id(os.environ["TALONPROOF_API_KEY"]), {{}}))
    if not Path({str(sign)!r}).exists():
        Path({str(sign)!r}).touch()
        time.sleep(600)
"""
    command = ["run", "--workspace", str(own_suite(text)), "--url", target, "--report", str(folder), "-n", "0"]
    process = subprocess.Popen([sys.executable, "-m", "talonproof", *command], stdout=subprocess.PIPE)
    while not sign.exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.communicate()

    rendered = talonproof("report", folder)
    assert "in flight" in rendered.out
    assert set() == found(folder, rendered.out, rendered.err)

    resumed = talonproof("run", "--resume", folder)
    assert 1 == resumed.code, resumed.err
    assert set() == found(folder, resumed.out, resumed.err)


def test_the_doctor_tells_no_key(talonproof: Callable[..., Any], target: str, tmp_path: Path) -> None:
    """Nor does it where the key is not accepted, and in no way of telling."""
    (tmp_path / "file").touch()
    for flags in ([], ["--json"]):
        asked = talonproof("doctor", "--url", target, *flags)

        assert "live" in asked.out
        assert set() == found(tmp_path, asked.out, asked.err)


def test_a_fault_of_talonproof_itself_tells_no_key(
    talonproof: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In one line or, for those who debug it, in a traceback."""

    def breaks(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("talonproof.cli.explain.find_workspace", breaks)
    (tmp_path / "file").touch()
    for debug in ("", "1"):
        monkeypatch.setenv("TALONPROOF_DEBUG", debug)
        ended = talonproof("explain", "SES-001")

        assert 3 == ended.code
        assert "RuntimeError: [redacted]" in ended.err
        assert set() == found(tmp_path, ended.out, ended.err)


def test_plain_pytest_shows_no_key_of_a_fixture(own_suite: Callable[[str], Path], target: str, tmp_path: Path) -> None:
    """Neither on its screen nor in what allure-pytest writes."""
    workspace, written = own_suite(FIXTURES), tmp_path / "written"
    flags = ["--alluredir", str(written / "allure"), "--report", str(written / "report"), "--run-seed", "1"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "suites/own", "-p", "no:cacheprovider", "--url", target, *flags],
        cwd=workspace,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(written / "hypothesis")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "no use for [redacted]" in ended.stdout
    assert "too late for [redacted]" in ended.stdout
    assert set() == found(written, ended.stdout, ended.stderr)


def test_plain_pytest_shows_no_key(target: str, tmp_path: Path) -> None:
    """What pytest prints of a failure, and what allure-pytest writes of it, is redacted as well."""
    written = tmp_path / "written"
    flags = ["--alluredir", str(written / "allure"), "--report", str(written / "report"), "--run-seed", "1"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "suites/sessions/test_transitions.py", "-k", "T18", "-p", "no:cacheprovider",
         "--url", target, *flags],
        cwd=CHECKOUT,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(written / "hypothesis")},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert 1 == ended.returncode, ended.stdout + ended.stderr
    assert "SES-010" in ended.stdout
    assert "$TALONPROOF_API_KEY" in ended.stdout
    assert set() == found(written, ended.stdout, ended.stderr)
