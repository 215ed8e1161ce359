"""``talonproof sweep``: takes back what a run left on its target, and says what stays."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from talonproof.errors import ConfigError
from talonproof.http.pace import Pace
from talonproof.http.preflight import preflight
from talonproof.plugin import prepare
from talonproof.plugin.arriving import spoken_of
from talonproof.report.words import amount
from talonproof.run.journal import Journal
from talonproof.run.sweep import UNDONE, Swept, as_record, kept, sweep
from talonproof.run.tenure import at_work, launch_file
from talonproof.run.traces import SWEEP, State, Traces, journals, read_traces

WIDTH = 100
RESULT = "sweep.json"
SHOWN = 5


@click.command(name="sweep")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--target",
    "target_file",
    default="",
    metavar="FILE",
    help="The target file, where it is in another place now.",
)
@click.option("--rate", type=click.FloatRange(min=0), default=None, metavar="R", help="Requests a second.")
def command(*, run: Path, target_file: str, rate: float | None) -> int:
    """Undo what RUN left on its target, the folder that a run wrote.

    Its sessions are cancelled, its reservations released, its audiences deleted,
    its catalog items removed, its profiles erased: by the names in the run's
    journals, and nothing else is touched. What no operation can take away is
    listed, by name in RUN/sweep.json. A second sweep does what the first left.

    \b
    Exit codes: 0 everything is undone that can be, 2 the folder, the target file
    or the key is wrong, 3 something is still to be undone, or the target cannot
    be reached.
    """
    launch = _launch(run)
    if launch["embedded"]:
        click.echo("the emulator that was judged ended with the run: there is nothing to undo")
        return 0
    setup = _setup(run, launch, target_file)
    contract = prepare.newest_contract(setup.workspace, setup.contract)
    traces = read_traces(run, setup.options.run, contract, setup.target.url)
    if not traces.left(State.THERE, State.POSSIBLE):
        swept = Swept()
    else:
        pace = setup.options.rate if rate is None else rate
        with closing(Journal(run, SWEEP)) as journal:
            preflight(setup.target, setup.keys, contract, setup.options.run, key=spoken_of(setup))
            swept = sweep(
                traces, setup.target, setup.keys, contract,
                limit=setup.options.max_footprint, journal=journal, pace=Pace(pace), told=_told,
            )  # fmt: skip
    (run / RESULT).write_text(json.dumps(as_record(traces, swept), indent=2) + "\n", encoding="utf-8")
    for line in _lines(run, setup, traces, swept):
        click.echo(line)
    return swept.exit_code


def _launch(run: Path) -> Mapping[str, Any]:
    """How the run in a folder was started."""
    try:
        data = json.loads(launch_file(run).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        message = f"{run} is not the folder of a run"
        raise ConfigError(message, hint=f"it has no {launch_file(run).name}") from None
    if at_work(run):
        message = f"the run in {run} is still going on"
        raise ConfigError(message, hint="sweep when it has ended")
    if not journals(run):
        message = f"{run} has no journals"
        raise ConfigError(message, hint="what a run did cannot be told without them")
    return data


def _setup(run: Path, launch: Mapping[str, Any], target_file: str) -> prepare.Setup:
    """The set-up of the run; ConfigError unless it still means the server that was judged."""
    setup = prepare.read_launch(launch_file(run), target_file=target_file)
    if setup.target.url != launch["url"]:
        message = f"{setup.target_file} means {setup.target.url}, and the run was against {launch['url']}"
        raise ConfigError(message, hint="on another server the numbers of our audiences are somebody else's")
    return setup


def _told(kind: str, count: int) -> None:
    click.echo(f"{amount(count, kind.removesuffix('s'))} to be {UNDONE[kind]} …", err=True)


def _lines(run: Path, setup: prepare.Setup, traces: Traces, swept: Swept) -> Iterator[str]:
    target = setup.target
    verdict = "something is still to be undone" if swept.failed else "everything is undone that can be"
    yield f"sweep of {setup.options.run}, {target.name or target.url}: {verdict}"
    yield ""
    for kind, word in UNDONE.items():
        if count := swept.undone[kind]:
            yield from _point(word, amount(count, kind.removesuffix("s")))
    for thing, why in swept.failed[:SHOWN]:
        yield from _point("failed", f"{thing.kind.removesuffix('s')} {thing.name}: {why}")
    if (rest := len(swept.failed) - SHOWN) > 0:
        yield from _point("", f"and {rest:,} more, in {RESULT}")
    for kind, count, why in kept(traces):
        yield from _point("stays", f"{amount(count, kind.removesuffix('s'))} ({why})")
    for what, count in traces.receipt()["possible"].items():
        yield from _point("maybe", f"{count:,} {what}: no answer shows it, and nothing can look for them")
    for what, count in traces.receipt()["consumed"].items():
        yield from _point("used", f"{count:,} {what}")
    yield from _point("sent", amount(swept.sent, "request"))
    yield from _point("names", str(run / RESULT))


def _point(name: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, WIDTH - 13, break_long_words=False, break_on_hyphens=False) or [""]
    yield f"  {name:<11}{lines[0]}"
    yield from (f"{'':13}{line}" for line in lines[1:])
