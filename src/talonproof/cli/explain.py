"""``talonproof explain``: a clause, its source, its checks, the faults that prove them, and what runs said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from talonproof.checks import PASSIVE
from talonproof.cli.options import asked
from talonproof.cli.plan import collect
from talonproof.cli.scoreboard import read_scores
from talonproof.contract.requirements import WAITS, read_requirements
from talonproof.emulator.faults import FAULTS, Fault
from talonproof.errors import ConfigError
from talonproof.plugin.prepare import DEFAULT_EDITION
from talonproof.report.lately import lately
from talonproof.requirement import Requirement, catalogue
from talonproof.workspace import Workspace, find_workspace

RUNS = 3
"""How many runs are told of, the newest first."""


@click.command(name="explain")
@click.argument("requirement")
@click.option("--edition", default=DEFAULT_EDITION, show_default=True, metavar="E")
@click.option(
    "--runs",
    default=None,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the runs are that say how it stands; default: where runs write their reports.",
)
def command(requirement: str, edition: str, runs: Path | None) -> int:
    """Explain a requirement, such as SES-010.

    What it says, which source says so, which cases check it, which planted
    faults prove that they do, and what the newest runs said of it.
    """
    workspace = find_workspace()
    workspace.contract_file(edition)
    row = catalogue(edition, read_requirements(workspace.requirements))[requirement.upper()]
    if runs is not None and not runs.is_dir():
        message = f"--runs {runs}: there is no such folder"
        raise ConfigError(message, hint="it is the folder that holds the folders of runs")
    for line in (*_clause(row), *_checks(row), *_faults(row, workspace), *_lately(row, workspace, runs)):
        click.echo(line)
    return 0


def _clause(row: Requirement) -> Iterator[str]:
    yield f"{row.id} ({row.level})  {row.text}"
    yield ""
    for source in row.sources:
        yield f"  source  {source.key}: {source.place}{' (inferred)' if source.inferred else ''}"
    if not row.sources:
        yield "  source  none: what a target does is recorded, never judged"
    yield f"  rules   {', '.join(row.rules)}"
    yield f"  about   {', '.join(row.operations)}"
    if row.since or row.until or row.differs:
        spans = ((f"since {row.since}", row.since), (f"until {row.until}", row.until))
        told = [said for said, there in spans if there]
        told += [f"asks for something else from {row.differs} on"] if row.differs else []
        yield f"  edition {', '.join(told)}"
    if row.untestable:
        yield f"  checked by nothing: {row.untestable}"
    if row.waits:
        yield f"  checked later: it waits for {row.waits} ({WAITS[row.waits]})"


def _checks(row: Requirement) -> Iterator[str]:
    """The checks of every exchange, the cases that judge it, and those that do where there is occasion."""
    for name, judged in PASSIVE.items():
        if judged == row.id:
            yield f"  check   every exchange ({name})"
    header = collect(
        asked(
            target_file="",
            url="",
            edition=row.since or "auto",
            depth="nightly",
            select=(),
            max_footprint=None,
            max_requests=None,
            seed=0,
            workspace=None,
        )
    )
    for case in header["cases"]:
        if row.id in case["requirements"]:
            yield f"  check   {case['id']}"
    for case in header["cases"]:
        if row.id in case["also"]:
            yield f"  check   {case['id']}, where there is occasion"


def _faults(row: Requirement, workspace: Workspace) -> Iterator[str]:
    """The planted faults that break it, each with whether a check of this very requirement catches it."""
    scores = read_scores(workspace)
    for fault in FAULTS.values():
        if row.id in fault.breaks:
            yield f"  fault   {fault.id}: {fault.text}"
            yield f"          {proof_of(row, fault, scores.get(fault.id))}"


def proof_of(row: Requirement, fault: Fault, score: Mapping[str, Any] | None) -> str:
    """What a planted fault proves of a requirement that it breaks, by its score (None: it has none)."""
    if score is None:
        return "nobody has planted it yet: talonproof faults does"
    if row.id in score["requirements"]:
        return f"proves it: caught by {', '.join(score['checks'])} at depth {score['depth']}"
    if kill := score.get("also", {}).get(row.id):
        return f"proves it: caught by {kill['check']} at depth {kill['depth']}"
    if score["requirements"]:
        others = [name for name in fault.breaks if name in score["requirements"]]
        return f"caught by checks of {', '.join(others)}, which stopped the search before this one was tried"
    return "caught by no check"


def _lately(row: Requirement, workspace: Workspace, runs: Path | None) -> Iterator[str]:
    """What the newest runs said of it."""
    folder = runs if runs is not None else workspace.report_folder("", Path.cwd())
    said = lately(folder, row.id, RUNS)
    if not said:
        yield f"  lately  no run in {folder} had it in its selection"
    for each in said:
        first, *rest = each.lines()
        yield f"  lately  {first}"
        yield from (f"          {line}" for line in rest)
