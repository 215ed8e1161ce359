"""No key in what pytest, its workers and allure-pytest are told of a failure.

A case is redacted where it is judged. This is about whatever else of a suite may fail with a key in its hands: a
fixture, a hook, the import of a module.
"""

from __future__ import annotations

import traceback
from collections.abc import Generator
from typing import Any

import pytest

from talonproof.http.redact import Redactor


class Discretion:
    """The part of the plugin that redacts exceptions as they are raised, and reports as they are made."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_fixture_setup(self) -> Generator[None, Any, Any]:
        """What a fixture raises holds no key."""
        return (yield from self._discreetly())

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        """Nor what is raised before a case."""
        return (yield from self._discreetly())

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """Nor what a test raises that is no case."""
        return (yield from self._discreetly())

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_teardown(self) -> Generator[None, Any, Any]:
        """Nor what is raised after a case."""
        return (yield from self._discreetly())

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """What is told of a module that cannot be imported holds no key."""
        return self._redacted((yield))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Nor what is told of a test, or what it printed."""
        return self._redacted((yield))

    def _discreetly(self) -> Generator[None, Any, Any]:
        """Passes on what the hooks give or raise; an exception that tells a key is told without it."""
        try:
            return (yield)
        except Exception as error:
            if self._tells("".join(traceback.format_exception(error))):
                told = self._redactor.text(f"{type(error).__name__}: {error}")
                raise RuntimeError(told).with_traceback(error.__traceback__) from None
            raise

    def _redacted(self, report: Any) -> Any:
        told: str = report.longreprtext if report.longrepr is not None else ""
        if self._tells(told):
            report.longrepr = self._redactor.text(told)
        report.sections = [(name, self._redactor.text(content)) for name, content in report.sections]
        return report

    def _tells(self, text: str) -> bool:
        return self._redactor.text(text) != text
