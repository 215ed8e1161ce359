"""The pytest plugin: runs the cases of a workspace and gives the same verdicts as ``talonproof run``.

It is loaded by the workspace's ``conftest.py``, or with ``-p talonproof.plugin``; it never loads by itself.
Tests that are no cases are left alone.

What pytest and suites take from here is imported when it is asked for: the command line, which uses other modules of
this package, starts without the machinery that runs cases.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talonproof.plugin.fixtures import api, bindings, case
    from talonproof.plugin.hooks import pytest_addoption, pytest_configure, strangers
    from talonproof.plugin.scenarios import scenario

__all__ = ["api", "bindings", "case", "pytest_addoption", "pytest_configure", "scenario", "strangers"]

_HOMES = {
    "api": "fixtures",
    "bindings": "fixtures",
    "case": "fixtures",
    "pytest_addoption": "hooks",
    "pytest_configure": "hooks",
    "scenario": "scenarios",
    "strangers": "hooks",
}


def __getattr__(name: str) -> Any:
    """What is not imported yet; AttributeError for what is not of this package."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """All names, imported or not: pytest looks for its hooks and fixtures here."""
    return sorted({*globals(), *__all__})
