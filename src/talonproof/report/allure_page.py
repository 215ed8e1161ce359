"""Allure's own HTML, made by whatever Allure is on this machine; talonproof neither ships nor fetches one.

One file is asked for, since a page in many files shows nothing when it is opened from a disk. Allure 3
makes its pages load a script that reports visits to a third party: it is taken out. Neither
generation clears its output folder, so that is done here first.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOW = "npm install --global allure, which needs Node, or the Allure 2 command line, which needs Java"

_PATIENCE = 300
"""Seconds that Allure may take."""

_FOREIGN = re.compile(rb"<script\b[^>]*\bsrc\s*=\s*[\"']?(?:https?:)?//[^>]*>\s*</script\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AllurePage:
    """The page, or none with the reason in one line."""

    file: Path | None
    said: str


def render_allure(results: Path, folder: Path) -> AllurePage:
    """Renders a folder of results into another, which is deleted first."""
    found = _allure()
    if found is None:
        return AllurePage(None, f"Allure is not on this machine; the results are in {results}. To get it: {HOW}")
    command, generation = found
    shutil.rmtree(folder, ignore_errors=True)
    verb = "awesome" if generation >= 3 else "generate"
    done = _run(*command, verb, str(results.resolve()), "--single-file", "--output", str(folder.resolve()))
    page = folder / "index.html"
    if done is None:
        return AllurePage(None, f"Allure did not end within {_PATIENCE} seconds")
    if done.returncode or not page.is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        return AllurePage(None, f"Allure made no report: {said[-1] if said else f'exit {done.returncode}'}")
    page.write_bytes(without_foreign_scripts(page.read_bytes()))
    return AllurePage(page, f"Allure's report is {page}")


def without_foreign_scripts(page: bytes) -> bytes:
    """The page without the scripts that it would fetch from elsewhere."""
    return _FOREIGN.sub(b"", page)


def _allure() -> tuple[Sequence[str], int] | None:
    """The command that runs Allure, and its generation: on the path, or where npx finds it without fetching it."""
    for command in (("allure",), ("npx", "--no-install", "allure")):
        if program := shutil.which(command[0]):
            done = _run(program, *command[1:], "--version")
            if (
                done is not None
                and done.returncode == 0
                and (version := re.search(r"^(\d+)\.", done.stdout, re.MULTILINE))
            ):
                return (program, *command[1:]), int(version[1])
    return None


def _run(*command: str) -> subprocess.CompletedProcess[str] | None:
    """A command that ended, or None where it did not start or not end in time."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
