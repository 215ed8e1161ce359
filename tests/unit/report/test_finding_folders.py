"""The folder of a finding: its facts, and two scripts in which nothing of a server is more than text."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from talonproof.http.exchange import Credential
from talonproof.http.keys import authorization
from talonproof.report.account import account
from talonproof.report.finding_folder import FACTS, PYTEST, SHELL, TIMELINE, write_findings
from talonproof.report.scripts import AUTHORIZATION
from talonproof.target import Keys

NASTY = (
    '\'; touch owned; \'\n$(touch owned) `touch owned` """ END_OF_PROGRAM\nEND_OF_PROGRAM\n{x} %s \\ \x1b[31m é \u2028'
)


@pytest.fixture
def written(build: Any, tmp_path: Path) -> Any:
    """Writes the folder of one finding with a way to show it again, and gives it."""

    def write(shows: Any, *, message: str = "seen", body: Any = None, **exchange: Any) -> Path:
        calls = [{"path": {}, "query": {}, "content_type": None, "body": body}]
        finding = build.finding(
            "SES-010",
            message=message,
            exchanges=[build.exchange(0, **exchange)],
            replay={"calls": calls, "judged": [0], "loose": [], "binds": [], "shows": shows},
        )
        head = build.header(requirements=[build.requirement("SES-010", text=message)])
        stream = build.stream(head, build.case("sessions/test_a.py::test_a", "fail", findings=[finding]))
        write_findings(account(stream), tmp_path / "findings")
        return tmp_path / "findings" / finding["fingerprint"]

    return write


def test_a_finding_has_a_folder(written: Any) -> None:
    """The facts are JSON, the scripts are there, and the shell script can be started."""
    folder = written({"form": "status", "step": 0, "expected": "4xx"})

    assert {FACTS, PYTEST, SHELL} == {file.name for file in folder.iterdir()}
    facts = json.loads((folder / FACTS).read_text())
    assert ("SES-010", ["sessions/test_a.py::test_a"]) == (facts["requirement"], facts["cases"])
    assert (folder / SHELL).stat().st_mode & 0o111


@pytest.mark.parametrize(
    "shows",
    [
        {"form": "status", "step": 0, "expected": "4xx"},
        {"form": "answers", "answers": [{"step": 0, "status": 200, "pointer": "", "value": ["text", NASTY]}]},
        None,
    ],
)
def test_nothing_of_a_server_is_more_than_text(written: Any, shows: Any) -> None:
    """Both scripts can be read by what runs them, and nothing that a message, a name or a body holds is run."""
    body = {"base64": base64.b64encode(NASTY.encode()).decode()}
    folder = written(shows, message=NASTY, body=body, operation=NASTY, path="/v1/it's")

    checked = subprocess.run(["/bin/sh", "-n", str(folder / SHELL)], capture_output=True, text=True, check=False)
    assert (0, "") == (checked.returncode, checked.stderr)
    compile((folder / PYTEST).read_text(), PYTEST, "exec")
    environment = {"PATH": "/usr/bin:/bin", "TALONPROOF_API_KEY": "k", "TALONPROOF_URL": "http://127.0.0.1:1"}
    environment["PYTHON"] = sys.executable
    done = subprocess.run(
        ["/bin/sh", str(folder / SHELL)], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode in {3, 127}, done.stderr  # nothing listens there; without a form, talonproof is not in PATH
    assert not list(folder.glob("**/owned"))


def test_without_a_key_nothing_is_tried(written: Any) -> None:
    """The script says which variable is missing."""
    folder = written({"form": "status", "step": 0, "expected": "4xx"})
    done = subprocess.run(
        ["/bin/sh", str(folder / SHELL)], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )

    assert (3, "TALONPROOF_API_KEY is not set: it must hold an API key\n") == (done.returncode, done.stderr)


def test_a_stream_that_does_not_say_how_has_the_facts_alone(build: Any, tmp_path: Path) -> None:
    """Runs of an earlier talonproof can still be rendered, and findings of before are swept away."""
    (tmp_path / "findings" / "old").mkdir(parents=True)
    write_findings(account(build.stream(*build.sample())), tmp_path / "findings")

    folders = list((tmp_path / "findings").iterdir())
    assert 2 == len(folders)
    assert [[FACTS], [FACTS]] == [[file.name for file in folder.iterdir()] for folder in folders]


@pytest.mark.parametrize("credential", Credential)
def test_scripts_and_client_send_the_same_header(credential: Credential) -> None:
    """The two tables of credentials cannot part."""
    keys = Keys("live-key", "expired-key", "other-key", "test-key")
    held = {
        "TALONPROOF_API_KEY": "live-key",
        "TALONPROOF_EXPIRED_KEY": "expired-key",
        "TALONPROOF_OTHER_APPLICATION_KEY": "other-key",
        "TALONPROOF_TEST_KEY": "test-key",
        "": "",
    }
    before, variable, after = AUTHORIZATION.get(credential, ("", "", ""))

    assert (authorization(credential, keys) or "") == f"{before}{held[variable]}{after}"


def test_what_overlapped_is_drawn(build: Any, tmp_path: Path) -> None:
    """In a file of its own, and among the facts."""
    drawing = "A  |--|\nB    |--|"
    finding = build.finding("SES-073", timeline=drawing)
    head = build.header(requirements=[build.requirement("SES-073")])
    stream = build.stream(head, build.case("parallel/test_a.py::test_a", "warn", findings=[finding]))
    write_findings(account(stream), tmp_path / "findings")
    folder = tmp_path / "findings" / finding["fingerprint"]

    assert drawing + "\n" == (folder / TIMELINE).read_text()
    assert drawing == json.loads((folder / FACTS).read_text())["timeline"]
