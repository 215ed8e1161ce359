"""``talonproof explain``: a clause, its source, its checks, and the faults that prove them."""

from __future__ import annotations

import click

from talonproof.checks import PASSIVE
from talonproof.cli.options import asked
from talonproof.cli.plan import collect
from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import FAULTS
from talonproof.plugin.prepare import DEFAULT_EDITION
from talonproof.requirement import Requirement, catalogue
from talonproof.workspace import find_workspace


@click.command(name="explain")
@click.argument("requirement")
@click.option("--edition", default=DEFAULT_EDITION, show_default=True, metavar="E")
def command(requirement: str, edition: str) -> int:
    """Explain a requirement, such as SES-010.

    What it says, which source says so, which cases check it, and which planted
    faults prove that they do.
    """
    workspace = find_workspace()
    workspace.contract_file(edition)
    row = catalogue(edition, read_requirements(workspace.requirements))[requirement.upper()]
    for line in _lines(row):
        click.echo(line)
    return 0


def _lines(row: Requirement) -> list[str]:
    lines = [f"{row.id} ({row.level})  {row.text}", ""]
    lines += [f"  source  {s.key}: {s.place}{' (inferred)' if s.inferred else ''}" for s in row.sources]
    if not row.sources:
        lines.append("  source  none: what a target does is recorded, never judged")
    lines.append(f"  rules   {', '.join(row.rules)}")
    lines.append(f"  about   {', '.join(row.operations)}")
    if row.untestable:
        lines.append(f"  checked by nothing: {row.untestable}")
    if row.waits:
        lines.append(f"  checked later: it waits for {row.waits}")
    checks = [f"every exchange ({name})" for name, judged in PASSIVE.items() if judged == row.id]
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
    checks += [case["id"] for case in header["cases"] if row.id in case["requirements"]]
    lines += [f"  check   {name}" for name in checks]
    lines += [f"  fault   {fault.id}: {fault.text}" for fault in FAULTS.values() if row.id in fault.breaks]
    return lines
