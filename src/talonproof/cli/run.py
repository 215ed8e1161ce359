"""``talonproof run``: the main job."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import webbrowser
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from talonproof.cli.log import redacted
from talonproof.cli.options import (
    TEMPORARY,
    WORKERS,
    Asked,
    Duration,
    asked,
    pytest_command,
    pytest_environment,
    selection,
)
from talonproof.cli.resuming import Earlier
from talonproof.cli.stopping import stoppable
from talonproof.config import RunOptions
from talonproof.errors import ConfigError, HarnessError, TalonproofError
from talonproof.http.redact import Redactor
from talonproof.plugin import prepare
from talonproof.plugin.arriving import arrive
from talonproof.plugin.breakage import breakage
from talonproof.plugin.planning import PROBLEM
from talonproof.plugin.timing import budgeted, in_its_time
from talonproof.report import words
from talonproof.report.compare import as_markdown, as_text, compare
from talonproof.report.fidelity import carried
from talonproof.report.reading import STREAM_FILE, read_complete, read_stream
from talonproof.report.records import Stream, TargetFacts
from talonproof.report.render import render
from talonproof.report.terminal import Progress, screen
from talonproof.report.totals import totals
from talonproof.run.breaker import FILE as DOWN
from talonproof.run.recovery import PLAN, is_over, recover
from talonproof.run.tenure import Tenure
from talonproof.verdict import Reason
from talonproof.workspace import Workspace

LOG = "pytest.log"
COMPARISON = "comparison.md"


@click.command(name="run")
@selection
@click.option(
    "-n",
    "workers",
    type=click.IntRange(min=0),
    default=WORKERS,
    show_default=True,
    metavar="N",
    help="Worker processes; 0 or 1: none.",
)
@click.option(
    "--rate", type=click.FloatRange(min=0), default=None, metavar="R", help="Requests a second, all workers together."
)
@click.option(
    "--report",
    "folder",
    default=None,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the run writes; nothing is written elsewhere.",
)
@click.option("--open", "open_report", is_flag=True, help="Open the report when the run has ended.")
@click.option("--strict", is_flag=True, help="A broken should fails the run as well.")
@click.option(
    "--min-judged",
    type=click.FloatRange(0, 100),
    default=0.0,
    metavar="PCT",
    help="Fail if less than this share of the requirements was judged.",
)
@click.option(
    "--fault", "faults", multiple=True, metavar="ID", help="Plant a defect in the embedded emulator; may be repeated."
)
@click.option(
    "--baseline",
    default=None,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Findings that are known; they do not fail the run.",
)
@click.option(
    "--budget",
    type=Duration(),
    default=0.0,
    metavar="TIME",
    show_default=False,
    help="How long the run may take, such as 5m: the cases that catch most go first, the rest are left out; "
    "default: [limits] seconds of the target file.",
)
@click.option(
    "--against",
    default=None,
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Say at the end what is new and what is fixed since another run.",
)
@click.option(
    "--resume",
    default=None,
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Go on with a run that was cut short, in its own folder and as it was asked for.",
)
@click.pass_context
def command(
    context: click.Context,
    *,
    workers: int,
    rate: float | None,
    folder: Path | None,
    open_report: bool,
    strict: bool,
    min_judged: float,
    faults: tuple[str, ...],
    baseline: Path | None,
    against: Path | None,
    budget: float,
    resume: Path | None,
    **chosen: Any,
) -> int:
    """Judge a server by the requirements of the API.

    \b
    Exit codes: 0 conformant, 1 a requirement is broken, 2 wrong usage or key,
    3 the target cannot be reached or the run broke down, 4 only stale baseline
    entries, 5 nothing was exercised.
    """
    earlier = read_complete(against) if against else None
    if resume is not None:
        code = go_on(resume.resolve(), context, earlier)
        if earlier is not None:
            _compare(earlier, resume.resolve())
        if open_report:
            webbrowser.open((resume.resolve() / "report.html").as_uri())
        return code
    request = asked(
        strict=strict, min_judged=min_judged, rate=rate, faults=faults, baseline=baseline, budget=budget, **chosen
    )
    with claimed(folder, request.workspace, request.options.run) as place:
        code = execute(request, place, workers=workers, earlier=earlier)
        if earlier is not None:
            _compare(earlier, place)
    if open_report:
        webbrowser.open((place / "report.html").as_uri())
    return code


@contextmanager
def claimed(folder: Path | None, workspace: Workspace, run: str) -> Generator[Path, None, None]:
    """The folder that a run writes to; it is gone again if the run was refused before it began."""
    place = (folder or workspace.report_folder(run, Path.cwd())).resolve()
    if (place / STREAM_FILE).exists():
        message = f"--report {folder} holds another run already"
        raise ConfigError(message, hint="name a folder that does not exist")
    fresh = not place.exists()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"--report {place} cannot be made: {error.strerror}"
        raise ConfigError(message) from None
    try:
        yield place
    except TalonproofError as error:
        if fresh and error.exit_code == ConfigError.exit_code:
            shutil.rmtree(place, ignore_errors=True)  # nothing was run, so there is nothing to look at
        raise


def _compare(earlier: Stream, folder: Path) -> None:
    """Says what changed since an earlier run, and leaves it beside the reports as Markdown."""
    change = compare(earlier, read_stream(folder))
    (folder / COMPARISON).write_text(as_markdown(change), encoding="utf-8", newline="\n")
    click.echo(as_text(change), nl=False)


def go_on(folder: Path, context: click.Context, compared: Stream | None) -> int:
    """Runs what is left of a run that was cut short, and gives the exit code of the whole.

    ``compared`` is the run that it is to be compared with.
    """
    earlier = Earlier.read(folder)
    earlier.check(context)
    run = earlier.request.options.run
    if is_over(folder):
        click.echo(f"talonproof {run} came to its end: nothing is left to be run")
        return totals(read_stream(folder)).exit_code
    tenure, left = earlier.take_up()
    with tenure:
        if left is None or left:
            given = context.get_parameter_source("workers") is ParameterSource.COMMANDLINE
            workers = context.params["workers"] if given else earlier.workers
            request = earlier.request
            return _execute(request, folder, workers=workers, tenure=tenure, rest=left, earlier=compared)
        earlier.end()
    return _tell(folder, earlier.request.workspace)


def execute(request: Asked, folder: Path, *, workers: int, quiet: bool = False, earlier: Stream | None = None) -> int:
    """Runs the cases, renders the reports, says what came out, and gives the exit code.

    ``earlier`` is the run that knows when what this one does not judge was last verified.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with Tenure.begin(folder) as tenure:
        return _execute(request, folder, workers=workers, quiet=quiet, tenure=tenure, earlier=earlier)


def _execute(
    request: Asked,
    folder: Path,
    *,
    workers: int,
    tenure: Tenure,
    rest: frozenset[str] | None = None,
    quiet: bool = False,
    earlier: Stream | None = None,
) -> int:
    """Runs the cases, or the rest of them, in the folder that is ours."""
    for stale in (PROBLEM, PLAN, DOWN):
        (folder / stale).unlink(missing_ok=True)
    embedded = prepare.start_embedded(request.workspace, request.options, folder) if request.embedded else None
    try:
        setup = request.setup(folder, embedded.url if embedded else "", max(1, workers))
        workers = min(workers, setup.target.limits.in_flight or workers)  # each has one request under way
        setup = budgeted(arrive(replace(in_its_time(setup), workers=max(1, workers))))
        if setup.options.test_key:
            click.echo("the key is a test key, with which everything is dry: nothing above dry calls can be judged")
        setup = replace(setup, part=tenure.part, rest=rest, held=True)
        if earlier is not None:
            setup = _informed(setup, earlier)
        _follow(setup, workers=workers, quiet=quiet)
    finally:
        if embedded is not None:
            embedded.stop()
        shutil.rmtree(folder / TEMPORARY, ignore_errors=True)
    problem = folder / PROBLEM
    if problem.exists():
        found = json.loads(problem.read_text())
        raise HarnessError(found["message"], exit_code=found["exit_code"])
    if not (folder / STREAM_FILE).exists():
        said = (folder / LOG).read_text(errors="replace")
        if "KeyboardInterrupt" in said:
            raise KeyboardInterrupt  # it was stopped while it still began: nothing broke
        message = f"the run broke down before its first case: {breakage(said)}"
        raise HarnessError(message, hint=f"pytest's own words are in {folder / LOG}")
    recover(folder)
    return _tell(folder, setup.workspace, quiet=quiet)


def _tell(folder: Path, workspace: Workspace, *, quiet: bool = False) -> int:
    """Renders the reports, says what came out, and gives the exit code."""
    rendered = render(folder, reports_data=workspace.reports)
    if not quiet:
        with suppress(SystemExit):  # rich's way of saying that nobody reads on; the verdict stands all the same
            screen(rendered.account.stream, rendered)
    return rendered.account.totals.exit_code


def _informed(setup: prepare.Setup, earlier: Stream) -> prepare.Setup:
    """The set-up with what an earlier run last said of this target."""
    options, target = setup.options, setup.target
    facts = TargetFacts(target.name, target.url, target.loopback, setup.embedded)
    known = carried(earlier, facts, setup.contract.edition, options.faults)
    return replace(setup, options=replace(options, verified=known))


def _follow(setup: prepare.Setup, *, workers: int, quiet: bool) -> None:
    """Starts pytest, and shows its progress from the stream as it grows."""
    going_on = "" if setup.rest is None else f", going on with the {words.amount(len(setup.rest), 'case')} left"
    spread = ["-n", str(workers), "--dist", "loadgroup"] if workers > 1 else ["-n", "0"]
    with (
        redacted(setup.folder / LOG, Redactor(setup.keys.secrets())) as log,
        stoppable(
            pytest_command(setup, *spread),
            output=log,
            environment=pytest_environment(setup.folder),
            folder=setup.folder,
        ) as process,
        Progress(quiet=quiet) as progress,
    ):
        for record in _records(setup.folder / STREAM_FILE, process):
            if record["type"] == "header" and not quiet:
                click.echo(
                    f"talonproof {setup.options.run}: {setup.target.name or setup.target.url}, "
                    f"depth {setup.options.depth}, seed {setup.options.seed}{going_on}"
                )
            if record["type"] == "header" and not quiet and setup.options.budget:
                _say_budget(record, setup.options)
            progress.feed(record)


def _say_budget(header: dict[str, Any], options: RunOptions) -> None:
    """What is run in the time there is, and which suites lose how many of their cases."""
    left = Counter(case["suite"] for case in header["cases"] if case["reason"] == Reason.BUDGET)
    planned = sum(case["planned"] for case in header["cases"])
    out = ", ".join(f"{suite} {number}" for suite, number in sorted(left.items()))
    fits = f"{words.amount(planned, 'case')}, at most {words.amount(header['requests'], 'request')}"
    click.echo(f"budget {words.duration(options.budget)}: {fits}; left out: {out or 'nothing'}")


def _records(file: Path, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """The stream's records as they are written, until the process that writes them ends."""
    position = 0
    while True:
        running = process.poll() is None
        if file.exists():
            with file.open("rb") as stream:
                stream.seek(position)
                for line in stream:
                    if not line.endswith(b"\n"):
                        break
                    position += len(line)
                    yield json.loads(line)
        if not running:
            return
        time.sleep(0.05)
