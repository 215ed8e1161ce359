"""Allure gets one result a case, as red as the exit code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import attr
import pytest
from allure_commons import model2

from talonproof.report.account import account
from talonproof.report.allure import write_allure
from talonproof.workspace import find_workspace

CATEGORIES = find_workspace().reports / "categories.json"
NAME = "sessions/test_a.py::test_b"


def results(build: Any, folder: Path, *records: Any) -> dict[str, dict[str, Any]]:
    """The results of a stream, by the id of their case."""
    write_allure(account(build.stream(*records)), folder / "results", CATEGORIES)
    found = [json.loads(file.read_text()) for file in (folder / "results").glob("*-result.json")]
    return {result["fullName"]: result for result in found}


def one(build: Any, folder: Path, verdict: str, *, strict: bool = False, **changes: Any) -> dict[str, Any]:
    """The result of a case that ended with a verdict."""
    header = build.header(
        strict=strict, requirements=[build.requirement("SES-118")], cases=[build.planned(NAME, ["SES-118"])]
    )
    return results(build, folder, header, build.case(NAME, verdict, **changes), build.footer())[NAME]


def test_every_case_of_the_plan_has_one_result(build: Any, tmp_path: Path) -> None:
    """Also a case that did not run: it is skipped, with the reason."""
    found = results(build, tmp_path, *build.sample())
    binding = found["pagination/test_pages.py::test_status_filter"]

    assert {case["id"] for case in build.sample()[0]["cases"]} == set(found)
    assert "skipped" == binding["status"]
    assert (
        "unsupported: the target lacks what it needs: the target binds no profile_program"
        == (binding["statusDetails"]["message"])
    )


@pytest.mark.parametrize(
    ("verdict", "strict", "status", "opening"),
    [
        ("fail", False, "failed", "broken: "),
        ("flaky", False, "failed", "flaky: "),
        ("error", False, "broken", "error: "),
        ("vacuous", False, "broken", "not exercised: "),
        ("blocked", False, "skipped", "blocked: "),
        ("not-run", False, "skipped", "lost: "),
        ("unsupported", False, "skipped", "unsupported: "),
        ("warn", False, "passed", "warned: "),
        ("warn", True, "failed", "warned: "),
        ("observed", False, "passed", "recorded: "),
        ("known", False, "passed", "known: "),
        ("stale", False, "failed", "stale: "),
    ],
)
def test_each_verdict_has_its_status(
    build: Any, tmp_path: Path, *, verdict: str, strict: bool, status: str, opening: str
) -> None:
    """The table of the module: status and opening of the message."""
    result = one(build, tmp_path, verdict, strict=strict)

    assert status == result["status"]
    assert result["statusDetails"]["message"].startswith(opening)


def test_a_pass_has_nothing_to_say(build: Any, tmp_path: Path) -> None:
    """No message where there is none."""
    result = one(build, tmp_path, "pass")

    assert ("passed", {}) == (result["status"], result["statusDetails"])


def test_a_broken_should_is_found_at_a_glance(build: Any, tmp_path: Path) -> None:
    """It passes, with a tag, a message, and a failed step that holds the exchanges."""
    result = one(build, tmp_path, "warn", findings=[build.finding("SES-118", "warn")])

    assert {"name": "tag", "value": "warning"} in result["labels"]
    assert "failed" == result["steps"][0]["status"]
    assert "answered 200, expected a 4xx" in result["statusDetails"]["message"]


def test_each_message_falls_into_one_category(build: Any, tmp_path: Path) -> None:
    """Whatever does not simply pass has a category, and only one."""
    categories = json.loads(CATEGORIES.read_text())
    for verdict in ("fail", "flaky", "error", "vacuous", "blocked", "not-run", "unsupported", "warn"):
        result = one(build, tmp_path, verdict)
        hits = [
            category["name"]
            for category in categories
            if result["status"] in category["matchedStatuses"]
            and re.fullmatch(category["messageRegex"], result["statusDetails"]["message"])
        ]

        assert 1 == len(hits), (verdict, hits)


def test_a_result_says_what_is_proved(build: Any, tmp_path: Path) -> None:
    """Suite, operations, requirements, severity by the highest level; the clauses with their sources."""
    result = results(build, tmp_path, *build.sample())["sessions/test_transitions.py::test_transition[T18]"]
    labels = {(label["name"], label["value"]) for label in result["labels"]}

    assert labels >= {
        ("suite", "sessions"), ("subSuite", "transitions"), ("story", "updateCustomerSessionV2"), ("tag", "SES-118"),
        ("tag", "SES-218"), ("severity", "critical"), ("epic", "customer sessions"),
    }  # fmt: skip
    assert "**SES-118** (should): The clause `SES-118` holds." in result["description"]
    assert "Source: S0, updateCustomerSessionV2, description (inferred)" in result["description"]


def test_a_failure_shows_its_exchanges(build: Any, tmp_path: Path) -> None:
    """A step an exchange, the last one failed, with request, response and curl as files that exist."""
    result = results(build, tmp_path, *build.sample())["sessions/test_transitions.py::test_transition[T18]"]
    step = result["steps"][1]
    attached = [entry for part in (step, *step["steps"]) for entry in part["attachments"]]
    texts = {entry["name"]: (tmp_path / "results" / entry["source"]).read_text() for entry in attached}

    assert ["passed", "failed"] == [exchange["status"] for exchange in step["steps"]]
    assert ["1. updateCustomerSessionV2 answered 200"] == [step["steps"][0]["name"]]
    assert {"curl", "request", "request body", "response", "response body"} == set(texts)
    assert "curl -sS -i" in texts["curl"]
    assert '{"customerSession": {"state": "open"}}' == texts["request body"]


def test_history_holds_together(build: Any, tmp_path: Path) -> None:
    """Another run of the same case on the same target has another uuid and the same history."""
    header = build.header(cases=[build.planned(NAME, [])])
    first, second = (
        results(build, tmp_path, header | {"run": run, "seed": seed}, build.case(NAME), build.footer())[NAME]
        for run, seed in (("a", 1), ("b", 2))
    )
    elsewhere = header | {"target": header["target"] | {"name": "staging"}}
    third = results(build, tmp_path, elsewhere, build.case(NAME), build.footer())[NAME]

    assert first["historyId"] == second["historyId"] != third["historyId"]
    assert first["testCaseId"] == third["testCaseId"]
    assert first["uuid"] != second["uuid"]


def test_the_members_are_those_allure_knows(build: Any, tmp_path: Path) -> None:
    """Every member of a result and of a step is one of the library's own model."""
    result = results(build, tmp_path, *build.sample())["sessions/test_transitions.py::test_transition[T18]"]
    known = {kind: {field.name for field in attr.fields(kind)} for kind in (model2.TestResult, model2.TestStepResult)}

    assert known[model2.TestResult] >= set(result)
    for step in (*result["steps"], *result["steps"][0]["steps"]):
        assert known[model2.TestStepResult] >= set(step)
        assert {field.name for field in attr.fields(model2.Attachment)} == set(step["attachments"][0])
    assert {field.name for field in attr.fields(model2.StatusDetails)} >= set(result["statusDetails"])


def test_the_environment_is_read_as_java_reads_it(build: Any, tmp_path: Path) -> None:
    """Properties are ASCII, one a line; anything else is escaped."""
    header = build.header(
        target={"name": "stäging\\1\n🦅", "url": "http://127.0.0.1", "loopback": True, "embedded": True}
    )
    results(build, tmp_path, header, build.footer())
    lines = (tmp_path / "results" / "environment.properties").read_text(encoding="ascii").splitlines()

    assert "Target=st\\u00e4ging\\\\1\\n\\ud83e\\udd85" in lines
    assert "Seed=4711" in lines
