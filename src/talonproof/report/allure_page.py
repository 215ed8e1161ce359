"""Allure's own HTML, made by whatever Allure is on this machine; talonproof neither ships nor fetches one.

Allure 3 puts a script into its pages that reports visits to a third party: it is taken out. Neither
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

_FOREIGN = re.compile(
    rb"<script\b[^>]*\bsrc\s*=\s*[\"']?(?:https?:)?//[^>]*>\s*</script\s*>"
    rb"|<script\b[^>]*>(?:(?!</script).)*?(?:googletagmanager|google-analytics|gtag\()(?:(?!</script).)*</script\s*>",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class AllurePage:
    """The page, or none with the reason in one line."""

    file: Path | None
    said: str


def render_allure(results: Path, folder: Path) -> AllurePage:
    """Renders a folder of results into another, which is deleted first."""
    command = _allure()
    if command is None:
        return AllurePage(None, f"Allure is not on this machine; the results are in {results}. To get it: {HOW}")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        done = subprocess.run(
            [*command, "generate", str(results.resolve()), "--output", str(folder.resolve())],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
            cwd=results.parent,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return AllurePage(None, f"Allure did not run: {error}")
    page = folder / "index.html"
    if done.returncode or not page.is_file():
        said = (done.stderr or done.stdout).strip().splitlines()
        return AllurePage(None, f"Allure made no report: {said[-1] if said else f'exit {done.returncode}'}")
    for file in folder.rglob("*.html"):
        file.write_bytes(without_foreign_scripts(file.read_bytes()))
    return AllurePage(page, f"Allure's report is {page}")


def without_foreign_scripts(page: bytes) -> bytes:
    """The page without scripts that are fetched from elsewhere, or that report visits."""
    return _FOREIGN.sub(b"", page)


def _allure() -> Sequence[str] | None:
    """The command that runs Allure: on the path, or installed where npx finds it without fetching anything."""
    if found := shutil.which("allure"):
        return (found,)
    npx = shutil.which("npx")
    if npx is None:
        return None
    try:
        done = subprocess.run(
            [npx, "--no-install", "allure", "--version"], capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (npx, "--no-install", "allure") if done.returncode == 0 else None
