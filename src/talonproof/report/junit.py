"""junit.xml: a test suite for each suite, a test case for each case of the plan, requirement ids as properties.

What build servers show green is green here only if it is: FAIL, FLAKY, VACUOUS and STALE are failures, as is
WARN under ``--strict``; ERROR, BLOCKED and a case that was lost are errors; only what cannot be judged on this
target, or was left out by a flag, is skipped. A warning stands in ``system-out`` of a case that passes.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from talonproof.report import words
from talonproof.report.account import Account
from talonproof.report.records import PlannedCase
from talonproof.report.totals import Outcome
from talonproof.verdict import CHOSEN, Verdict


def write_junit(told: Account, file: Path) -> None:
    """Writes the file; it is well-formed whatever servers sent, since the stream's texts are printable."""
    header = told.stream.header
    root = ET.Element("testsuites", name="talonproof")
    suites: dict[str, ET.Element] = {}
    for planned in told.cases.values():
        suite = suites.get(planned.suite)
        if suite is None:
            suite = suites[planned.suite] = ET.SubElement(root, "testsuite", name=planned.suite)
            suite.set("timestamp", header.started)
            _properties(suite, target=header.target.name, edition=header.edition, depth=header.depth, seed=header.seed)
        suite.append(_case(told, planned))
    for element in (*suites.values(), root):
        _count(element)
    ET.indent(root)
    ET.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def _case(told: Account, planned: PlannedCase) -> ET.Element:
    case, outcome = told.finished.get(planned.id), told.outcomes[planned.id]
    module, _, name = planned.id.partition("::")
    element = ET.Element("testcase", classname=module.removesuffix(".py").replace("/", "."), name=name or planned.id)
    element.set("time", f"{case.seconds if case is not None else 0:.3f}")
    properties = _properties(element, title=planned.title, verdict=outcome.verdict)
    for requirement in told.clauses(planned):
        ET.SubElement(properties, "property", name="requirement", value=requirement.id)
    findings = case.findings if case is not None else ()
    shown = "\n".join(
        f"{f.requirement} ({f.level}) {f.operation}: {f.message}{f' at {f.pointer}' if f.pointer else ''}\n{f.curl}"
        for f in findings
    )
    said = words.why(outcome.reason, outcome.detail)
    if tag := _tag(outcome, strict=told.stream.header.strict):
        first = f"{findings[0].requirement}: {findings[0].message}" if findings else said
        result = ET.SubElement(element, tag, message=first or words.MEANINGS[outcome.verdict])
        if tag != "skipped":
            result.set("type", outcome.verdict)
            result.text = "\n".join(part for part in (said, shown) if part)
    else:
        notes = [f"{seen.requirement}: {seen.note}" for seen in (case.observations if case is not None else ())]
        if text := "\n".join([*([f"warning: {shown}"] if shown else []), *notes]):
            ET.SubElement(element, "system-out").text = text
    return element


def _tag(outcome: Outcome, *, strict: bool) -> str:
    """The element that says how a case ended; none for one that passed."""
    match outcome.verdict:
        case Verdict.ERROR | Verdict.BLOCKED:
            return "error"
        case Verdict.FAIL | Verdict.FLAKY | Verdict.VACUOUS | Verdict.STALE:
            return "failure"
        case Verdict.NOT_RUN:
            return "skipped" if outcome.reason in CHOSEN else "error"
        case Verdict.UNSUPPORTED:
            return "skipped"
        case Verdict.WARN:
            return "failure" if strict else ""
        case Verdict.KNOWN | Verdict.OBSERVED | Verdict.PASS:
            return ""


def _properties(parent: ET.Element, **values: object) -> ET.Element:
    properties = ET.SubElement(parent, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=str(value))
    return properties


def _count(element: ET.Element) -> None:
    """Sets the sums that readers expect on a suite, or on all of them."""
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
