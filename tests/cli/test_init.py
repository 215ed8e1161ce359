"""``talonproof init`` makes a folder with everything that a suite of one's own needs."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = ("openapi", "suites", "strategies", "reports", "conftest.py", "pytest.ini")


@pytest.fixture
def made(talonproof: Callable[..., Any], tmp_path: Path) -> Path:
    """A workspace that was just made."""
    folder = tmp_path / "mine"
    assert 0 == talonproof("init", folder).code
    return folder


@pytest.fixture
def shop(made: Path) -> Path:
    """The workspace with the suite that its README shows."""
    (case,) = re.findall(r"^```python\n(.*?)^```", (made / "README.md").read_text(), flags=re.DOTALL | re.MULTILINE)
    module = made / "suites" / "shop" / "test_shop.py"
    module.parent.mkdir()
    module.write_text(case)
    return made


def test_it_says_what_to_do_next(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """Two lines: where a suite goes, and how it is run; a folder's name may hold a space."""
    folder = tmp_path / "not there" / "mine"

    ended = talonproof("init", folder)

    assert (0, "") == (ended.code, ended.err)
    where, how = ended.out.splitlines()
    assert f"{folder}/suites" in where
    assert f"{folder}/README.md" in where
    assert f"Run it with: talonproof run --workspace '{folder}'" == how


def test_the_whole_workspace_is_copied(made: Path) -> None:
    """Every file that ships is there, as it is; what runs have left is not."""
    command = ["git", "ls-files", "--", *SHIPPED]
    listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    tracked = {name for name in listed.stdout.splitlines() if (CHECKOUT / name).is_file()}
    copied = {str(file.relative_to(made)) for file in made.rglob("*") if file.is_file()}

    assert tracked | {"README.md"} <= copied
    assert not any("__pycache__" in name or name.startswith("reports/out") for name in copied)
    assert all((CHECKOUT / name).read_bytes() == (made / name).read_bytes() for name in tracked)


def test_an_empty_folder_will_do(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """A folder that exists is filled if nothing is in it."""
    (tmp_path / "mine").mkdir()

    assert 0 == talonproof("init", tmp_path / "mine").code
    assert (tmp_path / "mine" / "pytest.ini").is_file()


def test_nothing_is_overwritten(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """A folder that holds something, and a file, are left as they are, in one line."""
    kept = tmp_path / "mine" / "kept.txt"
    kept.parent.mkdir()
    kept.write_text("theirs")

    for place in (kept.parent, kept):
        ended = talonproof("init", place)

        assert 2 == ended.code
        assert f"{place} is there already and is not an empty folder (name a folder that does not exist)" == ended.told
    assert [kept] == list(kept.parent.iterdir())


def test_a_place_that_cannot_be_written(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """Below a file there is no folder to make, and that is told in one line."""
    (tmp_path / "file").write_text("")

    ended = talonproof("init", tmp_path / "file" / "mine")

    assert 2 == ended.code
    assert ended.told.startswith(f"the workspace cannot be copied to {tmp_path / 'file' / 'mine'}: ")


def test_the_suite_that_its_readme_shows_runs(shop: Path, judge: Callable[..., Any]) -> None:
    """A run on the folder judges by the suite that was added."""
    run = judge("--workspace", shop, "--select", "shop")

    assert 0 == run.ended.code, run.ended.err
    assert {"a_session_that_nobody_made": "pass"} == run.ended_cases
    assert "pass" == run.verdicts["SES-108"][0]


def test_plain_pytest_runs_it(shop: Path, tmp_path: Path) -> None:
    """Pytest alone, started in the folder, gives the same verdict."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "suites/shop", "-p", "no:cacheprovider", "--report", tmp_path / "run"],
        cwd=shop, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "conformant: " in done.stdout
    assert (tmp_path / "run" / "report.html").is_file()
