"""Nothing reaches over the walls that a graph of installed packages cannot see.

import-linter holds the layers of ``talonproof`` and ``strategies``. ``suites/`` is no package, and a module
can be named in a string, so both are read here as syntax trees.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

FORBIDDEN = {
    "suites": ("talonproof.emulator", "suites"),
    "strategies": ("talonproof.emulator", "suites"),
    "src/talonproof": ("suites", "strategies"),
    "src/talonproof/checks": ("talonproof.emulator",),
    "src/talonproof/model": ("talonproof.emulator",),
    "src/talonproof/generation": ("talonproof.emulator",),
    "src/talonproof/run": ("talonproof.emulator",),
    "src/talonproof/report": ("talonproof.emulator",),
    "src/talonproof/emulator": ("talonproof.checks", "talonproof.model", "talonproof.generation", "talonproof.http"),
}
"""A folder, and the modules that no file in it may name."""


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Every module that a source imports, with its line; a relative import keeps its dots."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                origin = "." * level + (module or "")
                yield node.lineno, origin
                yield from ((node.lineno, f"{origin}.{alias.name}") for alias in names)
            case _:
                pass


def named(source: str) -> Iterator[tuple[int, str]]:
    """Every module that a source imports or names in a string of its own, as importlib and pytest take it."""
    yield from imported(source)
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if "." in text and all(part.isidentifier() for part in text.split(".")):
                yield node.lineno, text
            case _:
                pass


def inside(name: str, modules: Iterable[str]) -> bool:
    """Whether a dotted name is one of the modules, or stands inside one."""
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def trespasses(source: str, forbidden: Iterable[str]) -> list[tuple[int, str]]:
    """The lines of a source that name one of the forbidden modules, or a module inside one."""
    return sorted((line, name) for line, name in set(named(source)) if inside(name, forbidden))


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_no_file_names_what_its_folder_may_not_know(folder: str) -> None:
    """Suites and strategies know neither the emulator nor the suites, the engine knows no workspace."""
    files = sorted((CHECKOUT / folder).rglob("*.py"))

    found = {
        f"{file.relative_to(CHECKOUT)}:{line}": name
        for file in files
        for line, name in trespasses(file.read_text(encoding="utf-8"), FORBIDDEN[folder])
    }

    assert {} == found


def test_suites_are_leaves() -> None:
    """A suite imports no neighbour, by dots or by name, and no suite is a package."""
    suites = CHECKOUT / "suites"
    files = sorted(suites.rglob("*.py"))
    neighbours = {file.stem for file in files} | {folder.name for folder in suites.iterdir() if folder.is_dir()}

    found = {
        f"{file.relative_to(CHECKOUT)}:{line}": name
        for file in files
        for line, name in imported(file.read_text(encoding="utf-8"))
        if name.startswith(".") or inside(name, neighbours)
    }

    assert {} == found
    assert [] == sorted(suites.rglob("__init__.py"))


@pytest.mark.parametrize(
    "source",
    [
        "import talonproof.emulator",
        "import talonproof.emulator.store as shop",
        "from talonproof import emulator",
        "from talonproof.emulator import faults",
        "from talonproof.emulator.faults import FAULTS",
        "def later():\n    import talonproof.emulator.serve",
        "importlib.import_module('talonproof.emulator.app')",
        "pytest_plugins = ['talonproof.emulator.serve']",
    ],
)
def test_each_way_of_naming_a_module_is_seen(source: str) -> None:
    """The reader of these tests finds a module however it is asked for."""
    assert [] != trespasses(source, ("talonproof.emulator",))


@pytest.mark.parametrize(
    "source",
    [
        "from talonproof import errors",
        "import talonproof.emulators",
        "'''Beside talonproof.emulator stands the world.'''",
        "from strategies import carts",
    ],
)
def test_what_only_looks_like_a_forbidden_module_is_left_alone(source: str) -> None:
    """Prose, neighbours and longer names are no trespass."""
    assert [] == trespasses(source, ("talonproof.emulator",))
