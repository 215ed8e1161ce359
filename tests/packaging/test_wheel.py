"""The wheel installs one name, carries the whole workspace, and runs wherever it is started.

It is built from a copy of the checkout, so that nothing which happens in the checkout meanwhile gets into it.
"""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import talonproof

CHECKOUT = Path(__file__).resolve().parents[2]
WORKSPACE = ("openapi", "suites", "strategies", "reports", "conftest.py", "pytest.ini")
BUILD = ("pyproject.toml", "README.md", "LICENSE", ".gitignore", "src", *WORKSPACE)
LEFTOVERS = ("__pycache__", "*.pyc", ".*_cache", ".hypothesis", "out")

HOSTILE = {
    "pytest.ini": "[pytest]\naddopts = --no-such-option\npython_files = nothing\nfilterwarnings = error\n",
    "pyproject.toml": '[project]\nname = "theirs"\nversion = "1"\n\n[tool.pytest]\naddopts = ["--neither-this"]\n',
    "tox.ini": "[pytest]\naddopts = --nor-this\n",
    "conftest.py": 'raise RuntimeError("the conftest of somebody else was loaded")\n',
    "sitecustomize.py": 'raise RuntimeError("the working directory was on the path")\n',
    "strategies/__init__.py": 'raise RuntimeError("the strategies of somebody else were loaded")\n',
    "suites/sessions/test_theirs.py": 'raise RuntimeError("the suites of somebody else were loaded")\n',
    "talonproof/__init__.py": 'raise RuntimeError("a talonproof of somebody else was loaded")\n',
}
"""A project in whose root talonproof is started, with everything that pytest or Python could pick up there."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A virtual environment into which the wheel was installed, and nothing that the checkout could lend it."""

    prefix: Path
    home: Path

    @property
    def package(self) -> Path:
        """The folder of the installed package."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.prefix / "lib" / version / "site-packages" / "talonproof"

    def talonproof(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run the installed command in a folder, as a user would whose shell sets nothing of ours."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "LANG": "C.UTF-8",
            "PYTEST_ADDOPTS": "--no-such-option-either",
            "PYTEST_PLUGINS": "no_such_plugin",
        }
        command = [str(self.prefix / "bin" / "talonproof"), *arguments]
        return subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
        )


def tree(folder: Path) -> dict[str, int]:
    """Every file below a folder with the time of its last change, in nanoseconds."""
    return {str(f.relative_to(folder)): f.stat().st_mtime_ns for f in sorted(folder.rglob("*")) if f.is_file()}


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, path → text, below a folder."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a wheel is built from, as a fresh clone has it."""
    copy = tmp_path_factory.mktemp("source")
    for name in BUILD:
        original = CHECKOUT / name
        if original.is_dir():
            shutil.copytree(original, copy / name, ignore=shutil.ignore_patterns(*LEFTOVERS))
        else:
            shutil.copy(original, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built where runs have left what runs leave."""
    used, folder = tmp_path_factory.mktemp("used"), tmp_path_factory.mktemp("dist")
    shutil.copytree(source, used, dirs_exist_ok=True)
    leftovers = ("reports/out/run-1/run.ndjson", "suites/__pycache__/test_x.pyc", "strategies/.hypothesis/constants")
    write(used, dict.fromkeys(leftovers, "left behind"))
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=used, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a fresh virtual environment that finds its dependencies in this one."""
    prefix, home = tmp_path_factory.mktemp("venv"), tmp_path_factory.mktemp("home")
    (home / "tmp").mkdir()
    environment = Installed(prefix, home)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(prefix)], check=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(prefix / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    # A .pth file adds the folder, but not what the .pth files inside it add: the checkout stays out of reach.
    dependencies = environment.package.parent / "dependencies.pth"
    dependencies.write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return environment


def test_the_wheel_installs_one_name(wheel: Path) -> None:
    """No generic name such as suites or strategies ever reaches site-packages."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition("/")[0] for name in archive.namelist()}

    assert {"talonproof", f"talonproof-{talonproof.__version__}.dist-info"} == names


def test_the_wheel_carries_the_workspace(source: Path, wheel: Path) -> None:
    """Every file of the workspace travels, and nothing that a run or a cache left in it."""
    files = [file for name in WORKSPACE for file in [source / name, *(source / name).rglob("*")] if file.is_file()]
    expected = {f"talonproof/_workspace/{file.relative_to(source)}" for file in files}

    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if name.startswith("talonproof/_workspace/")}

    assert expected == carried


def test_the_wheel_carries_the_package(source: Path, wheel: Path) -> None:
    """Data files of the package, the marker of its types and the licence travel too."""
    src = source / "src"
    expected = {str(file.relative_to(src)) for file in src.rglob("*") if file.is_file()}

    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    package = {name for name in names if name.startswith("talonproof/") and "/_workspace/" not in name}

    assert expected == package
    assert f"talonproof-{talonproof.__version__}.dist-info/licenses/LICENSE" in names


def test_the_wheel_disturbs_nobodys_pytest(wheel: Path) -> None:
    """There is the command, and no pytest plugin that other people's test runs would load."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"talonproof-{talonproof.__version__}.dist-info/entry_points.txt").decode()
    points = configparser.ConfigParser()
    points.read_string(text)

    assert ["console_scripts"] == points.sections()
    assert {"talonproof": "talonproof.cli:main"} == dict(points["console_scripts"])


@pytest.mark.parametrize("surroundings", [{}, HOSTILE], ids=["an empty folder", "a hostile project"])
def test_the_wheel_runs_where_it_is_started(
    installed: Installed, tmp_path: Path, surroundings: Mapping[str, str]
) -> None:
    """The run is conformant, picks up nothing it finds, and writes into its report folder alone."""
    write(tmp_path, surroundings)
    before = tree(tmp_path)
    package, home = tree(installed.package), tree(installed.home)

    run = installed.talonproof("run", "--depth", "smoke", "--seed", "1", cwd=tmp_path)

    assert 0 == run.returncode, run.stdout + run.stderr
    after = tree(tmp_path)
    reports = {name for name in after if name.startswith("talonproof-report/")}
    assert before == {name: changed for name, changed in after.items() if name not in reports}
    assert any(name.endswith("/run.ndjson") for name in reports)
    assert home == tree(installed.home)
    assert package == tree(installed.package)


def test_the_wheel_hands_its_workspace_out(installed: Installed, tmp_path: Path) -> None:
    """What ``init`` copies out of an installed wheel is a whole workspace, and it runs."""
    made = installed.talonproof("init", "mine", cwd=tmp_path)
    assert 0 == made.returncode, made.stdout + made.stderr
    carried = {name for name in tree(installed.package / "_workspace") if "__pycache__" not in name}
    assert carried | {"README.md"} == set(tree(tmp_path / "mine"))

    run = installed.talonproof("run", "--workspace", "mine", "--depth", "smoke", "--select", "wiring", cwd=tmp_path)

    assert 0 == run.returncode, run.stdout + run.stderr
