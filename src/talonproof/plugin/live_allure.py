"""What Allure is told of a case under plain ``pytest --alluredir``, where allure-pytest writes its results live."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, cast

import allure  # pyright: ignore[reportMissingTypeStubs]
import allure_commons  # pyright: ignore[reportMissingTypeStubs]
import pytest

from talonproof.http.redact import Redactor
from talonproof.requirement import Level
from talonproof.run.case import Case

SEVERITY = {
    Level.MUST: allure.severity_level.CRITICAL,
    Level.SHOULD: allure.severity_level.NORMAL,
    Level.OBSERVE: allure.severity_level.MINOR,
}


class Discretion:
    """Takes the keys out of what allure-pytest is about to write; attachments it has been given without any."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: Any) -> None:
        """The result of a test."""
        self._clean(result)

    @allure_commons.hookimpl(tryfirst=True)
    def report_container(self, container: Any) -> None:
        """What the fixtures of a test did."""
        self._clean(container)

    def _clean(self, part: object) -> None:
        members = cast("dict[str, object]", vars(part))
        for name, value in members.items():
            if type(value) is str:
                setattr(part, name, self._redactor.text(value))
            inner = cast("list[object]", value) if isinstance(value, list) else [value]
            for each in inner:
                if hasattr(each, "__dict__") and not isinstance(each, Enum):
                    self._clean(each)


def discreet(config: pytest.Config, redactor: Redactor) -> None:
    """Has allure-pytest write no key, where it writes at all."""
    if wanted(config):
        part = Discretion(redactor)
        allure_commons.plugin_manager.register(part)
        config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(part))


def wanted(config: pytest.Config) -> bool:
    """Whether allure-pytest is writing."""
    return bool(config.getoption("allure_report_dir", default=None))


def describe(case: Case, record: dict[str, Any]) -> None:
    """Labels the result by suite, requirements and severity, and attaches what shows each finding."""
    dynamic: Any = allure.dynamic
    spec = case.row.spec
    clauses = [case.bench.catalogue[name] for name in spec.requirements]
    dynamic.parent_suite("talonproof")
    dynamic.suite(spec.suite)
    dynamic.tag(*(clause.id for clause in clauses))
    for operation in sorted({name for clause in clauses for name in clause.operations}):
        dynamic.story(operation)
    if clauses:
        dynamic.severity(SEVERITY[min((c.level for c in clauses), key=list(Level).index)])
    dynamic.description(
        "\n\n".join(
            f"**{clause.id}** ({clause.level}) {clause.text}\n\n"
            + "; ".join(f"{source.key}: {source.place}" for source in clause.sources)
            for clause in clauses
        )
    )
    for finding in record["findings"]:
        name = f"{finding['requirement']} {finding['fingerprint']}"
        allure.attach(finding["curl"], name=f"{name} curl", attachment_type=allure.attachment_type.TEXT)
        exchanges = json.dumps(finding["exchanges"], indent=2)
        allure.attach(exchanges, name=f"{name} exchanges", attachment_type=allure.attachment_type.JSON)
