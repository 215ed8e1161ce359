"""Allure 2 results: one for each case of the plan, also for those that did not run.

Allure is as red as the exit code. A clause of level should that is broken leaves a run green unless it
is ``--strict``, so its case is ``passed`` there and ``failed`` under ``--strict``; in both it carries the tag
``warning``, a message that opens with ``warned:``, a failed step that holds the exchanges, and a
category of its own, so that it is found at a glance and never mistaken for a pass without remark.
``known`` and ``flaky``, Allure's own marks, would say something else.

=============================  ==========  ====================================
verdict                        status      message opens with
=============================  ==========  ====================================
fail, stale                    failed      ``broken:``, ``stale:``
flaky                          failed      ``flaky:``, and Allure's flaky mark
error, vacuous                 broken      ``error:``, ``not exercised:``
blocked, not-run, unsupported  skipped     ``blocked:``, ``not run:`` or ``lost:``, ``unsupported:``
warn                           passed      ``warned:`` (failed under --strict)
pass, observed, known          passed      nothing, ``recorded:``, ``known:``
=============================  ==========  ====================================

``reports/categories.json`` sorts by these openings. The files are plain JSON and not made with
allure-python-commons: its model is untyped, its writer names files by chance, and a report that is
rendered twice must be the same files. A test holds every key against that library's model.

Nothing drawn or made up by a run enters a name, so that history holds together: ``historyId`` follows
from the case and the target, ``testCaseId`` from the case, file names from the run and the case.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from talonproof.report import words
from talonproof.report.account import Account
from talonproof.report.pretty import is_json
from talonproof.report.records import Case, ExchangeFacts, FindingFacts, PlannedCase
from talonproof.report.totals import Outcome
from talonproof.requirement import AREAS, Level, Requirement
from talonproof.verdict import CHOSEN, Verdict

SEVERITIES = {Level.MUST: "critical", Level.SHOULD: "normal", Level.OBSERVE: "minor"}

_STATUSES = {
    Verdict.ERROR: "broken",
    Verdict.FAIL: "failed",
    Verdict.FLAKY: "failed",
    Verdict.VACUOUS: "broken",
    Verdict.BLOCKED: "skipped",
    Verdict.NOT_RUN: "skipped",
    Verdict.STALE: "failed",
    Verdict.WARN: "passed",
    Verdict.KNOWN: "passed",
    Verdict.OBSERVED: "passed",
    Verdict.PASS: "passed",
    Verdict.UNSUPPORTED: "skipped",
}


def write_allure(told: Account, folder: Path, categories: Path) -> None:
    """Writes the results into a folder, which is emptied first; ``categories`` is a file to go with them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, planned in told.cases.items():
        writer = _Writer(folder, _digest(told.stream.header.run, name))
        writer.result(told, planned, told.finished.get(name), told.outcomes[name])
    shutil.copyfile(categories, folder / "categories.json")
    (folder / "environment.properties").write_text(_environment(told), encoding="ascii")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _environment(told: Account) -> str:
    """The facts of the run, as Java reads properties."""
    header = told.stream.header
    facts = {
        "Verdict": told.totals.headline,
        "Target": header.target.name,
        "URL": header.target.url,
        "Edition": header.edition,
        "Depth": header.depth,
        "Seed": str(header.seed),
        "Footprint": header.max_footprint,
        "Faults": ", ".join(header.faults),
        "Run": header.run,
        "talonproof": header.talonproof,
    }
    lines = (f"{name}={_property(value)}\n" for name, value in facts.items() if value)
    return "".join(lines)


def _property(value: str) -> str:
    text = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    units = text.encode("utf-16-be", errors="surrogatepass")
    return "".join(
        chr(unit) if 0x20 <= unit < 0x7F else f"\\u{unit:04x}"
        for unit in (int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2))
    )


class _Writer:
    """Writes one result with its attachments, under names that follow from its mark."""

    def __init__(self, folder: Path, mark: str) -> None:
        self._folder = folder
        self._mark = mark
        self._attached = 0

    def result(self, told: Account, planned: PlannedCase, case: Case | None, outcome: Outcome) -> None:
        """Writes the result of a case; one that did not run takes no time, at the beginning of the run."""
        header = told.stream.header
        started = case.started if case is not None else _epoch(header.started)
        clauses = told.clauses(planned)
        labels = _labels(planned, clauses, told.severest(planned), outcome)
        findings = case.findings if case is not None else ()
        result: dict[str, Any] = {
            "uuid": self._mark,
            "historyId": _digest(planned.id, header.target.name or header.target.url),
            "testCaseId": _digest(planned.id),
            "fullName": planned.id,
            "name": planned.title or planned.id,
            "titlePath": ["talonproof", *planned.id.partition("::")[0].split("/")],
            "status": _status(outcome.verdict, strict=header.strict),
            "statusDetails": _details(outcome, findings),
            "stage": "finished",
            "start": round(started * 1000),
            "stop": round((started + (case.seconds if case is not None else 0)) * 1000),
            "description": _description(planned, clauses),
            "labels": [{"name": name, "value": value} for name, value in labels],
            "links": [],
            "parameters": [],
            "attachments": [],
            "steps": [self._finding(finding) for finding in findings],
        }
        if case is not None and case.observations:
            notes = "\n".join(f"{seen.requirement}: {seen.note}" for seen in case.observations)
            result["attachments"].append(self._attach("what was recorded", notes))
        self._write(f"{self._mark}-result.json", json.dumps(result, indent=1))

    def _finding(self, finding: FindingFacts) -> dict[str, Any]:
        """A finding as a failed step, with a step for each exchange, the last of them failed."""
        last = len(finding.exchanges) - 1
        attachments = [self._attach("curl", finding.curl)] if finding.curl else []
        if finding.example is not None:
            attachments.append(self._attach("drawn value", finding.example))
        if finding.timeline is not None:
            attachments.append(self._attach("what overlapped", finding.timeline))
        return {
            "name": f"{finding.requirement} ({finding.level}), {finding.check}",
            "status": "failed",
            "statusDetails": {"message": _seen(finding)},
            "stage": "finished",
            "steps": [
                self._exchange(number, exchange, failed=number - 1 == last)
                for number, exchange in enumerate(finding.exchanges, 1)
            ],
            "attachments": attachments,
            "parameters": [],
        }

    def _exchange(self, number: int, exchange: ExchangeFacts, *, failed: bool) -> dict[str, Any]:
        answer = str(exchange.status) if exchange.status else "no answer"
        request = [f"{exchange.method} {exchange.url}", *_lines(exchange.request_headers)]
        response = [exchange.failure or f"status {exchange.status}", *_lines(exchange.response_headers)]
        attachments = [self._attach("request", "\n".join(request))]
        if exchange.request_body is not None:
            attachments.append(self._attach("request body", exchange.request_body))
        attachments.append(self._attach("response", "\n".join(response)))
        if exchange.response_body:
            attachments.append(self._attach("response body", exchange.response_body))
        return {
            "name": f"{number}. {exchange.operation} answered {answer}",
            "status": "failed" if failed else "passed",
            "stage": "finished",
            "start": round(exchange.started * 1000),
            "stop": round((exchange.started + exchange.seconds) * 1000),
            "steps": [],
            "attachments": attachments,
            "parameters": [],
        }

    def _attach(self, name: str, text: str) -> dict[str, str]:
        kind, extension = ("application/json", "json") if is_json(text) else ("text/plain", "txt")
        self._attached += 1
        source = f"{self._mark}-{self._attached}-attachment.{extension}"
        self._write(source, text)
        return {"name": name, "source": source, "type": kind}

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, encoding="utf-8", newline="\n")


def _status(verdict: Verdict, *, strict: bool) -> str:
    return "failed" if strict and verdict is Verdict.WARN else _STATUSES[verdict]


def _details(outcome: Outcome, findings: tuple[FindingFacts, ...]) -> dict[str, Any]:
    """The message, which opens with a word that the categories know."""
    told = "\n".join(f"{finding.requirement}: {_seen(finding)}" for finding in findings)
    text = "\n".join(part for part in (words.why(outcome.reason, outcome.detail), told) if part)
    if outcome.verdict is Verdict.PASS:
        return {"message": text} if text else {}
    lost = outcome.verdict is Verdict.NOT_RUN and outcome.reason not in CHOSEN
    opening = "lost" if lost else words.VERDICTS[outcome.verdict]
    details: dict[str, Any] = {"message": f"{opening}: {text}"}
    if outcome.verdict is Verdict.FLAKY:
        details["flaky"] = True
    if outcome.verdict is Verdict.KNOWN:
        details["known"] = True
    return details


def _seen(finding: FindingFacts) -> str:
    place = f" at {finding.pointer}" if finding.pointer else ""
    return f"{finding.message} ({finding.operation}{place})"


def _labels(
    planned: PlannedCase, clauses: tuple[Requirement, ...], severest: Level, outcome: Outcome
) -> list[tuple[str, str]]:
    module = planned.id.partition("::")[0].rpartition("/")[2].removesuffix(".py").removeprefix("test_")
    tags = [*(clause.id for clause in clauses), *(["warning"] if outcome.verdict is Verdict.WARN else [])]
    return [
        ("framework", "talonproof"),
        ("language", "python"),
        ("parentSuite", "talonproof"),
        ("suite", planned.suite),
        ("subSuite", module.replace("_", " ")),
        ("severity", SEVERITIES[severest]),
        *(("epic", AREAS.get(area, area)) for area in sorted({clause.area for clause in clauses})),
        *(("story", operation) for operation in sorted({name for clause in clauses for name in clause.operations})),
        *(("tag", tag) for tag in tags),
        *([("tag", outcome.verdict)] if outcome.verdict in {Verdict.OBSERVED, Verdict.KNOWN} else []),
    ]


def _description(planned: PlannedCase, clauses: tuple[Requirement, ...]) -> str:
    """What the case is about, its clauses, and their sources, as Markdown."""
    parts = [planned.about] if planned.about else []
    for clause in clauses:
        sources = "; ".join(
            f"{source.key}, {source.place}{' (inferred)' if source.inferred else ''}" for source in clause.sources
        )
        parts.append(f"**{clause.id}** ({clause.level}): {clause.text}\n\nSource: {sources or 'none'}")
    return "\n\n".join(parts)


def _lines(headers: Any) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


def _epoch(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
