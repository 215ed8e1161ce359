"""Whatever a server does, a run ends with a documented exit code and with reports, and never with a traceback."""

from __future__ import annotations

import json
import resource
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from talonproof.cli import invoke
from tests.misbehaving.conftest import MODES, SHORT, Describe, Ended, Run
from tests.misbehaving.proxy import HOSTILE, MARKUP, TRANSPORT, Trouble, from_then_on, in_turn, proxy
from tests.misbehaving.target import environment, target_file

FEW = ("sessions/test_reading", "sessions/test_customers", "sessions/test_events", "wiring")
"""A few cases, some of which write."""

OF_NO_NETWORK = (
    Trouble.CHUNKED,
    Trouble.DRIP,
    Trouble.GARBAGE,
    Trouble.REDIRECT,
    Trouble.SERVER_ERROR,
    Trouble.HOSTILE,
)


def survived(ended: Ended) -> list[dict[str, object]]:
    """The lines of the cases of a run, which ended as runs may end and wrote all of its reports."""
    assert ended.code in {0, 1, 3}, ended.said
    assert "Traceback" not in ended.said
    assert "INTERNALERROR" not in ended.said
    assert "\x1b[31m" not in ended.said
    stream = [json.loads(line) for line in (ended.folder / "run.ndjson").read_text().splitlines()]
    assert ("header", "footer") == (stream[0]["type"], stream[-1]["type"])
    cases = [record for record in stream if record["type"] == "case"]
    assert {case["id"] for case in stream[0]["cases"] if case["planned"]} == {case["id"] for case in cases}
    assert [] == [case["detail"] for case in cases if case["verdict"] == "error"]
    assert (ended.folder / "report.html").exists(), ended.said
    page = (ended.folder / "report.html").read_text(encoding="utf-8")
    assert MARKUP not in page
    assert "<script>alert" not in page
    assert "\x1b" not in page
    ET.parse(ended.folder / "junit.xml")  # noqa: S314 - we wrote it
    assert (ended.folder / "summary.md").read_text(encoding="utf-8")
    return cases


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("troubles", [TRANSPORT, OF_NO_NETWORK], ids=["of a network", "of a server"])
def test_all_troubles_are_survived_in_every_mode(
    emulator: str, run: Run, troubles: tuple[Trouble, ...], mode: str
) -> None:
    """Alone, in workers, and by plain pytest, the run goes on, and says in its reports what it met."""
    with proxy(emulator, in_turn(3, *troubles)) as between:
        ended = run(between.url, *FEW, mode=mode, depth="release")

    assert set(troubles) < between.met.keys()
    assert survived(ended)


@pytest.mark.parametrize("trouble", [Trouble.HOSTILE, Trouble.REDIRECT])
def test_finding_made_of_hostile_text_is_shown_and_escaped(emulator: str, run: Run, trouble: Trouble) -> None:
    """A server that answers so every time is accused, and what it says stands in the reports as text."""
    with proxy(emulator, from_then_on(1, trouble)) as between:
        ended = run(between.url, *FEW)

    cases = survived(ended)
    assert ended.code in {1, 3}
    assert {"fail", "blocked", "pass", "warn"} > {case["verdict"] for case in cases} - {"observed"}
    if trouble is Trouble.HOSTILE:
        assert MARKUP in json.dumps([case["findings"] for case in cases])
        assert "\\ud800" in json.dumps(HOSTILE)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.RESET_BEFORE, "nothing answers at"),
        (Trouble.STALL_BEFORE, "nothing answers at"),
        (Trouble.DRIP_HEAD, "nothing answers at"),
        (Trouble.SHORT, "nothing answers at"),
        (Trouble.GARBAGE, "nothing answers at"),
        (Trouble.HUGE, "nothing answers at"),
        (Trouble.REDIRECT, "it redirects to http://example.invalid"),
        (Trouble.TOO_MANY, "it answers 429"),
        (Trouble.UNAVAILABLE, "it answers 503"),
    ],
)
def test_run_does_not_begin_where_nothing_else_is_answered(
    emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    trouble: Trouble, words: str,
) -> None:  # fmt: skip
    """One line says why, and the exit code is 3."""
    with proxy(emulator, from_then_on(0, trouble), after=0) as between:
        code, told = begun(between.url, tmp_path, monkeypatch, capfd)

    assert 3 == code
    assert words in told


def begun(
    url: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    *,
    file: Describe = target_file,
) -> tuple[int, str]:
    """The exit code of a run in this process that does not come to its first case, and its one line."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    described = file(folder, url, SHORT)
    capfd.readouterr()
    code = invoke(["run", "-n", "0", "--target", str(described), "--report", str(folder / "run")])
    out, err = capfd.readouterr()
    assert "" == out
    (line,) = err.splitlines()
    assert "Traceback" not in line
    assert "\x1b" not in line
    return code, line


def test_gigabyte_is_cut_before_it_is_in_memory(emulator: str, run: Run) -> None:
    """No more than the largest answer is read of it, and no process grows by anything like it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with proxy(emulator, in_turn(9, Trouble.HUGE)) as between:
        ended = run(between.url, *FEW, limits={"total_timeout": 20.0})

    assert survived(ended)
    assert between.met[Trouble.HUGE]
    assert between.written < 64 * 1024 * 1024 * between.met[Trouble.HUGE]
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < max(before, 600 * 1024)
