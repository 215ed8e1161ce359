"""The workspace is found where it belongs, and never where somebody happens to stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import talonproof
from talonproof.errors import ConfigError
from talonproof.workspace import Workspace, find_workspace


@pytest.fixture
def somewhere(tmp_path: Path) -> Path:
    """A folder with all that a workspace has, and two editions."""
    for name in ("suites/sessions", "suites/empty", "strategies", "openapi/2025-01", "openapi/2026-05", "openapi/x"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("conftest.py", "pytest.ini", "suites/sessions/test_x.py", "suites/README.md"):
        (tmp_path / name).touch()
    for edition in ("2026-05", "2025-01"):
        (tmp_path / "openapi" / edition / "integration-api.yaml").touch()
    return tmp_path


def test_checkout_is_its_own_workspace(monkeypatch: pytest.MonkeyPatch, somewhere: Path) -> None:
    """From a source checkout, the tree beside src is used, wherever one stands."""
    monkeypatch.chdir(somewhere)
    found = find_workspace()

    assert Path(talonproof.__file__).resolve().parents[2] == found.root
    assert found.checkout


def test_installed_package_has_its_own_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From a wheel, the tree inside the package is used."""
    package = tmp_path / "site-packages" / "talonproof"
    package.mkdir(parents=True)
    monkeypatch.setattr(talonproof, "__file__", str(package / "__init__.py"))
    found = find_workspace()

    assert package / "_workspace" == found.root
    assert not found.checkout


def test_workspace_asked_for_is_used(somewhere: Path) -> None:
    """Its editions and suites are those of its own tree."""
    found = find_workspace(somewhere)

    assert Workspace(somewhere.resolve()) == found
    assert ("2025-01", "2026-05") == found.editions()
    assert ("sessions",) == found.suite_names()
    assert found.root / "openapi" / "2025-01" / "integration-api.yaml" == found.contract_file("2025-01")


@pytest.mark.parametrize("name", ["suites", "openapi", "strategies", "conftest.py", "pytest.ini"])
def test_folder_that_lacks_a_part_is_no_workspace(somewhere: Path, name: str) -> None:
    """The error names the part."""
    (somewhere / name).rename(somewhere / "elsewhere")
    with pytest.raises(ConfigError, match=f"is no workspace: it has no {re.escape(name)}"):
        find_workspace(somewhere)


def test_folder_that_is_not_there_is_no_workspace(tmp_path: Path) -> None:
    """One line, no traceback of the file system."""
    with pytest.raises(ConfigError, match="is no workspace"):
        find_workspace(tmp_path / "nowhere")


@pytest.mark.parametrize("edition", ["2025-02", "", ".", "..", "../openapi/2025-01", "x"])
def test_unknown_edition_finds_the_closest(somewhere: Path, edition: str) -> None:
    """Only a folder of the tree itself is an edition."""
    with pytest.raises(ConfigError, match="there is no edition") as caught:
        Workspace(somewhere).contract_file(edition)

    assert edition in caught.value.message
    assert "2025-01" in caught.value.hint


def test_reports_go_where_they_disturb_nobody(somewhere: Path) -> None:
    """In a checkout beside the report data, else below the working directory."""
    assert somewhere / "reports" / "out" / "r1" == Workspace(somewhere, checkout=True).report_folder("r1", Path("/w"))
    assert Path("/w/talonproof-report/r1") == Workspace(somewhere).report_folder("r1", Path("/w"))
