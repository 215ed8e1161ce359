"""What Allure is told of a case under plain ``pytest --alluredir``, where allure-pytest writes its results live."""

from __future__ import annotations

import json
from typing import Any

import allure  # pyright: ignore[reportMissingTypeStubs]
import pytest

from talonproof.requirement import Level
from talonproof.run.case import Case

SEVERITY = {
    Level.MUST: allure.severity_level.CRITICAL,
    Level.SHOULD: allure.severity_level.NORMAL,
    Level.OBSERVE: allure.severity_level.MINOR,
}


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
