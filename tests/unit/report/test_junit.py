"""junit.xml is green only where the run is."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from talonproof.report.account import account
from talonproof.report.junit import write_junit

NAME = "sessions/test_a.py::test_b[T18]"


def junit(build: Any, folder: Path, *records: Any) -> ET.Element:
    """The root of the file for a stream."""
    write_junit(account(build.stream(*records)), folder / "junit.xml")
    return ET.parse(folder / "junit.xml").getroot()  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("verdict", "reason", "strict", "tag"),
    [
        ("pass", None, False, None),
        ("observed", None, False, None),
        ("known", None, False, None),
        ("warn", None, False, None),
        ("warn", None, True, "failure"),
        ("fail", None, False, "failure"),
        ("flaky", None, False, "failure"),
        ("vacuous", None, False, "failure"),
        ("stale", None, False, "failure"),
        ("error", None, False, "error"),
        ("blocked", None, False, "error"),
        ("not-run", "worker-lost", False, "error"),
        ("not-run", "max-requests", False, "skipped"),
        ("unsupported", "never-triggered", False, "skipped"),
    ],
)
def test_each_verdict_has_its_element(
    build: Any, tmp_path: Path, *, verdict: str, reason: str | None, strict: bool, tag: str | None
) -> None:
    """What is lost or blocked is an error: a skip reads as green everywhere."""
    header = build.header(strict=strict, cases=[build.planned(NAME, [])])
    root = junit(build, tmp_path, header, build.case(NAME, verdict, reason=reason), build.footer())
    (case,) = root.iter("testcase")
    found = [child.tag for child in case if child.tag in {"failure", "error", "skipped"}]

    assert ([tag] if tag else []) == found
    assert all(child.get("message") for child in case if child.tag == tag)


def test_the_file_says_what_was_run(build: Any, tmp_path: Path) -> None:
    """A suite a suite, with sums; a case with its place, its time and its requirements."""
    root = junit(build, tmp_path, *build.sample())
    sessions = root.find("testsuite[@name='sessions']")
    assert sessions is not None
    case = sessions.find("testcase")
    assert case is not None
    requirements = [p.get("value") for p in case.iterfind("properties/property[@name='requirement']")]

    assert ["sessions", "dry_run", "pagination"] == [suite.get("name") for suite in root]
    assert ("6", "1", "0", "2") == tuple(root.get(name) for name in ("tests", "failures", "errors", "skipped"))
    assert ("3", "1", "1") == tuple(sessions.get(name) for name in ("tests", "failures", "skipped"))
    assert ("sessions.test_transitions", "test_transition[T18]", "0.250") == (
        case.get("classname"), case.get("name"), case.get("time"),
    )  # fmt: skip
    assert ["SES-118", "SES-218"] == requirements


def test_a_failure_holds_what_was_seen_and_the_way_to_see_it(build: Any, tmp_path: Path) -> None:
    """Message of the first finding; all findings with their commands in the text."""
    failure = junit(build, tmp_path, *build.sample()).find(".//failure")
    assert failure is not None

    assert "SES-118: closed, then PUT open: answered 200, expected a 4xx" == failure.get("message")
    assert "stored as open, expected closed at /customerSession/state" in (failure.text or "")
    assert "curl -sS -i" in (failure.text or "")


def test_a_warning_is_not_silent(build: Any, tmp_path: Path) -> None:
    """A broken should passes and stands in system-out."""
    header = build.header(cases=[build.planned(NAME, [])])
    case = build.case(NAME, "warn", findings=[build.finding("SES-118", "warn")])
    output = junit(build, tmp_path, header, case, build.footer()).findtext(".//system-out")

    assert output is not None
    assert output.startswith("warning: SES-118 (should)")


@pytest.mark.parametrize("text", ["]]></failure><x/>", "\x00\x1b\x0b", "\ud800", "\ufffe", '"&<>'])
def test_hostile_text_stays_text(build: Any, tmp_path: Path, text: str) -> None:
    """The file is well-formed, and has the elements that it has without the text."""
    plain = junit(build, tmp_path, *build.poisoned(build.sample(), "x"))
    hostile = junit(build, tmp_path, *build.poisoned(build.sample(), text))

    assert [element.tag for element in plain.iter()] == [element.tag for element in hostile.iter()]
