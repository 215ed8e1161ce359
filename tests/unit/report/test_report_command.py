"""``talonproof report`` renders again, and says in one line what is wrong."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from talonproof.cli.report import command
from talonproof.report.reading import STREAM_FILE


def talonproof(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line as a user starts it."""
    return subprocess.run(
        [sys.executable, "-P", "-c", "from talonproof.cli import main; main()", *arguments],
        capture_output=True, text=True, check=False, env=os.environ | environment,
    )  # fmt: skip


@pytest.fixture
def run(build: Any, tmp_path: Path) -> Path:
    """The folder of a run."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / STREAM_FILE).write_text(build.lines(build.sample()))
    return folder


def test_a_run_is_rendered_again(run: Path) -> None:
    """Exit 0 whatever the verdict: rendering went well. The screen is that of the run."""
    done = talonproof("report", str(run))

    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("\nnot conformant: 1 requirement broken;")
    assert (run / "report.html").is_file()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "has no run.ndjson"),
        ("", "the run never started"),
        ("{}\n", "run.ndjson:1: the line has no type"),
        ('{"type": "header"}\n', "run.ndjson:1: the line has no version"),
    ],
)
def test_a_broken_run_is_one_line_and_exit_2(tmp_path: Path, content: str | None, said: str) -> None:
    """File and line are named; there is no traceback."""
    if content is not None:
        (tmp_path / STREAM_FILE).write_text(content)
    done = talonproof("report", str(tmp_path))

    assert (2, "") == (done.returncode, done.stdout)
    assert 1 == len(done.stderr.splitlines())
    assert said in done.stderr


def test_the_page_is_opened_when_asked(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--open hands the browser the address of the file."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    command.main([str(run), "--open"], standalone_mode=False)

    assert [(run / "report.html").as_uri()] == opened


def test_without_allure_one_line_says_how_to_get_it(run: Path, tmp_path: Path) -> None:
    """Nothing is downloaded; the exit code stays 0."""
    done = talonproof("report", str(run), "--allure", PATH=str(tmp_path))

    assert 0 == done.returncode
    assert "Allure is not on this machine" in done.stdout.splitlines()[-1]
    assert "npm install --global allure" in done.stdout.splitlines()[-1]


def allure(folder: Path, version: str, script: str) -> str:
    """A PATH that leads with an ``allure`` of our own: ``$1`` is the verb, ``$3`` a flag, ``$5`` where to write."""
    folder.mkdir()
    file = folder / "allure"
    file.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo {version} && exit\n{script}\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize(("version", "verb"), [("3.18.0", "awesome"), ("2.34.1", "generate")])
def test_allure_renders_into_a_clean_folder_without_foreign_scripts(
    run: Path, tmp_path: Path, version: str, verb: str
) -> None:
    """Either generation: what an earlier report left is gone, and scripts from elsewhere are taken out."""
    (run / "allure-report").mkdir()
    (run / "allure-report" / "old.html").write_text("old")
    page = '<p>ok</p><script async src="https://elsewhere.example/a.js"></script><script src="app.js"></script>'
    script = f"""[ "$1$3" = {verb}--single-file ] && mkdir "$5" && echo '{page}' > "$5/index.html" """
    path = allure(tmp_path / "bin", version, script)
    done = talonproof("report", str(run), "--allure", PATH=path)

    assert f"Allure's report is {run / 'allure-report' / 'index.html'}" == done.stdout.splitlines()[-1]
    assert not (run / "allure-report" / "old.html").exists()
    assert '<p>ok</p><script src="app.js"></script>\n' == (run / "allure-report" / "index.html").read_text()


def test_an_allure_that_fails_is_one_line(run: Path, tmp_path: Path) -> None:
    """Its last words are passed on; our reports stand, and the exit code is 0."""
    path = allure(tmp_path / "bin", "3.0.0", "echo first; echo 'no Java found' >&2; exit 1")
    done = talonproof("report", str(run), "--allure", PATH=path)

    assert 0 == done.returncode
    assert "Allure made no report: no Java found" == done.stdout.splitlines()[-1]
