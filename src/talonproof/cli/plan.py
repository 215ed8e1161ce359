"""``talonproof plan``: what would run, and why the rest would not."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console
from rich.table import Table

from talonproof.cli.options import WORKERS, Asked, asked, pytest_command, pytest_environment, selection
from talonproof.errors import HarnessError
from talonproof.plugin.breakage import breakage
from talonproof.plugin.planning import PROBLEM
from talonproof.plugin.prepare import read_target
from talonproof.report import words
from talonproof.run.budget import lasting
from talonproof.run.doctor.evidence import How
from talonproof.run.plan import Kind
from talonproof.run.prospect import prospects
from talonproof.run.recovery import PLAN
from talonproof.target import Target


@click.command(name="plan")
@selection
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON, as the header of a stream holds it.")
def command(*, as_json: bool, **chosen: Any) -> int:
    """Show what would run, and why the rest would not.

    The cases are counted with their requests by suite and footprint, and with
    what they may leave on the account. Nothing is sent, so the edition is that
    of --edition or of the target file, else 2025-01.
    """
    request = asked(**chosen)
    header = collect(request)
    if as_json:
        click.echo(json.dumps(header, indent=2))
        return 0
    _show(header)
    if request.target_file:
        _show_time(read_target(request.target_file, ""), header["requests"])
    return 0


def collect(request: Asked) -> dict[str, Any]:
    """The header that the run would have; nothing is sent, and nothing is left behind."""
    with tempfile.TemporaryDirectory(prefix="talonproof-") as name:
        folder = Path(name)
        setup = request.setup(folder, "http://127.0.0.1:9", 1)
        done = subprocess.run(
            pytest_command(setup, "-n", "0", "--collect-only", "-q"),
            env=pytest_environment(folder),
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        problem = folder / PROBLEM
        if problem.exists():
            found = json.loads(problem.read_text())
            raise HarnessError(found["message"], exit_code=found["exit_code"])
        if not (folder / PLAN).exists():
            raise HarnessError(f"the suites cannot be collected: {breakage(done.stdout + done.stderr)}")
        return json.loads((folder / PLAN).read_text())


def _show_time(target: Target, requests: int) -> None:
    """How long a run takes on a target that says how long an answer takes; where it does not, nobody can tell."""
    if not target.latency:
        return
    rate, allowed = target.limits.rate, target.limits.seconds
    workers = min(WORKERS, target.limits.in_flight or WORKERS)
    time = words.duration(lasting(requests, latency=target.latency, rate=rate, workers=workers))
    limit = f", {rate:g} requests a second at most" if rate else ""
    click.echo(
        f"about {time} with {words.amount(workers, 'worker')}, by the latency of the target file "
        f"({target.latency:g} s{limit}); findings take longer"
    )
    if allowed:
        click.echo(f"a run may take {words.duration(float(allowed))}: it leaves out what does not fit")


def _show(header: dict[str, Any]) -> None:
    console = Console(highlight=False)
    cases: list[dict[str, Any]] = header["cases"]
    planned = [case for case in cases if case["planned"]]
    table = Table(box=None, pad_edge=False)
    for column in ("suite", "footprint"):
        table.add_column(column)
    for column in ("cases", "examples", "requests"):
        table.add_column(column, justify="right")
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for case in planned:
        groups.setdefault((case["suite"], case["footprint"]), []).append(case)
    for (suite, footprint), members in groups.items():
        sums = (len(members), sum(c["examples"] for c in members), sum(c["requests"] for c in members))
        table.add_row(suite, footprint, *map(str, sums))
    assumed = " (a guess: a plan does not ask the target)" if header["edition_from"]["how"] == How.ASSUMED else ""
    console.print(
        f"{header['target']['name']}, edition {header['edition']}{assumed}, depth {header['depth']}, "
        f"footprint at most {header['max_footprint']}"
    )
    console.print()
    console.print(table)
    console.print()
    _show_operations(console, planned)
    _show_prospects(console, planned)
    _show_effects(console, header)
    console.print(f"{len(planned)} of {len(cases)} cases, at most {header['requests']} requests")
    reasons = Counter((case["verdict"], case["reason"], case["detail"]) for case in cases if not case["planned"])
    for (verdict, reason, detail), count in reasons.most_common():
        console.print(f"  {count} {verdict} ({reason}): {detail}")
    waiting = Counter(row["waits"] for row in header["requirements"] if row["waits"])
    for waits, count in waiting.items():
        console.print(f"  {count} requirements wait for: {waits}")


def _show_prospects(console: Console, planned: list[dict[str, Any]]) -> None:
    """What may be made and used up, and what of it stays whatever is done afterwards."""
    found = prospects(planned)
    if not found:
        console.print("Nothing is made or used up, where dry calls are dry.")
        console.print()
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("may be made or used up")
    table.add_column("calls at most", justify="right")
    table.add_column("afterwards")
    for each in found:
        table.add_row(each.what, str(each.calls), each.after)
    console.print(table)
    console.print(
        "An upper bound: all planned requests of each case that may do it. A call on many makes several things, "
        "and what shrinks a finding is sent besides."
    )
    console.print()


def _show_effects(console: Console, header: dict[str, Any]) -> None:
    """Which effects the cases are about: a plan sends nothing, so whether they show is told by a run."""
    looking = header.get("effects")
    needed = Counter(label for case in header["cases"] if case["planned"] for label in case.get("effects", ()))
    if not looking or not needed:
        return
    console.print(
        f"A run first tries which effects show, by at most {words.amount(looking['requests'], 'dry call')} (a plan "
        "sends nothing); cases that are about another one are left out then:"
    )
    console.print(f"  {', '.join(f'{label} {number}' for label, number in sorted(needed.items()))}")
    console.print()


def _show_operations(console: Console, planned: list[dict[str, Any]]) -> None:
    """What is tried of each operation: the most requests, by kind of call."""
    counts: dict[str, Counter[str]] = {}
    for case in planned:
        if case["kind"] and case["operations"]:
            counts.setdefault(case["operations"][0], Counter())[case["kind"]] += case["requests"]
    if not counts:
        return
    kinds = [kind for kind in get_args(Kind) if kind]
    table = Table(box=None, pad_edge=False)
    table.add_column("requests by operation")
    for kind in kinds:
        table.add_column(kind, justify="right")
    for operation, row in counts.items():
        table.add_row(operation, *(str(row[kind] or "·") for kind in kinds))
    console.print(table)
    console.print()
