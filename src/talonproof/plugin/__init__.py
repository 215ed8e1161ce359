"""The pytest plugin: runs the cases of a workspace and gives the same verdicts as ``talonproof run``.

It is loaded by the workspace's ``conftest.py``, or with ``-p talonproof.plugin``; it never loads by itself.
Tests that are no cases are left alone.
"""

from __future__ import annotations

from talonproof.plugin.fixtures import api, bindings, case
from talonproof.plugin.hooks import pytest_addoption, pytest_configure, strangers
from talonproof.plugin.scenario import scenario

__all__ = ["api", "bindings", "case", "pytest_addoption", "pytest_configure", "scenario", "strangers"]
