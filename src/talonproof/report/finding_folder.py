"""Each finding has a folder of its own, ``findings/<fingerprint>``: its facts, a curl script, a pytest file."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any, Final

from talonproof.report.account import Account, Shown
from talonproof.report.records import Header
from talonproof.report.scripts import pytest_file, shell_script

FOLDER: Final = "findings"
FACTS: Final = "finding.json"
SHELL: Final = "replay.sh"
PYTEST: Final = "test_replay.py"
TIMELINE: Final = "timeline.txt"
VERSION: Final = 1


def write_findings(told: Account, folder: Path) -> None:
    """Writes a folder for each finding into ``folder``, which is emptied first; none where nothing was found."""
    shutil.rmtree(folder, ignore_errors=True)
    header = told.stream.header
    for shown in told.findings:
        place = folder / shown.finding.fingerprint
        place.mkdir(parents=True)
        facts = json.dumps(_facts(shown, header), indent=2) + "\n"
        (place / FACTS).write_text(facts, encoding="utf-8", newline="\n")
        if shown.finding.timeline is not None:
            (place / TIMELINE).write_text(shown.finding.timeline + "\n", encoding="utf-8", newline="\n")
        if not shown.finding.replay:
            continue
        script = place / SHELL
        script.write_text(shell_script(shown, header), encoding="utf-8", newline="\n")
        script.chmod(0o755)
        (place / PYTEST).write_text(pytest_file(shown, header), encoding="utf-8", newline="\n")


def _facts(shown: Shown, header: Header) -> dict[str, Any]:
    finding, requirement = shown.finding, shown.requirement
    return {
        "version": VERSION,
        "run": header.run,
        "talonproof": header.talonproof,
        "target": dataclasses.asdict(header.target),
        "command": header.command,
        "spec": header.spec,
        "edition": header.edition,
        "depth": header.depth,
        "seed": header.seed,
        "max_footprint": header.max_footprint,
        "faults": list(header.faults),
        "fingerprint": finding.fingerprint,
        "requirement": finding.requirement,
        "level": finding.level,
        "clause": requirement.text,
        "sources": [dataclasses.asdict(source) for source in requirement.sources],
        "operation": finding.operation,
        "check": finding.check,
        "pointer": finding.pointer,
        "message": finding.message,
        "verdict": finding.verdict,
        "example": finding.example,
        "timeline": finding.timeline,
        "cases": list(shown.cases),
        "exchanges": [dataclasses.asdict(exchange) for exchange in finding.exchanges],
        "replay": finding.replay or None,
    }
