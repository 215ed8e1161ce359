"""``talonproof faults``: plants one fault after another in the emulator, and says which check catches it."""

from __future__ import annotations

import glob
import json
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from talonproof.checks import PASSIVE
from talonproof.cli import scoreboard
from talonproof.cli.options import Asked, Word, asked
from talonproof.cli.plan import collect
from talonproof.cli.run import execute
from talonproof.cli.scoreboard import SCOREBOARD, proof, read_scores
from talonproof.config import Depth
from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import FAULTS, Fault, select
from talonproof.errors import ConfigError, HarnessError, TalonproofError
from talonproof.plugin.prepare import DEFAULT_EDITION
from talonproof.report.reading import read_stream
from talonproof.report.records import Stream
from talonproof.requirement import Level, Requirement
from talonproof.verdict import Verdict
from talonproof.workspace import Workspace, find_workspace

SEED: Final = 0
"""Every run has the same seed, so that the scoreboard changes only where the suites or the faults do."""

_CONFIRMED: Final = frozenset({Verdict.FAIL, Verdict.WARN})
_JUDGED_EVERYWHERE: Final = frozenset(PASSIVE.values())


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run that may catch a fault: how deep, and which cases (no pattern: all)."""

    depth: Depth
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kill:
    """The check of a requirement that caught a fault, and the first case in which it did."""

    check: str
    case: str
    depth: Depth


@dataclass(frozen=True, slots=True)
class Score:
    """What became of a fault.

    ``checks`` fired for one of the ``requirements``, and each of these is one that the fault breaks; what fired for
    others counts for nothing. ``cases`` are the first ones in which they did; ``requests`` were sent until the end of
    the first of these, ``worst`` is the highest level among them. ``also`` are further requirements that the fault
    breaks, and that runs of their own cases caught it by. ``problem`` is what talonproof itself did wrong.
    """

    fault: Fault
    attempt: Attempt
    checks: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    requests: int | None = None
    worst: Level | None = None
    problem: str = ""
    also: Mapping[str, Kill] = field(default_factory=dict[str, "Kill"])

    @property
    def caught(self) -> bool:
        """Whether the run ends as it must: a fault that breaks a must is not caught by a should."""
        return self.worst is self.fault.level

    def record(self) -> dict[str, Any]:
        """The score as plain JSON, with what it takes to repeat it."""
        return {
            "worst": self.worst,
            "depth": self.attempt.depth,
            "requests_to_catch": self.requests,
            "requirements": list(self.requirements),
            "checks": list(self.checks),
            "cases": list(self.cases),
            **({"also": {name: asdict(kill) for name, kill in sorted(self.also.items())}} if self.also else {}),
        }


@click.command(name="faults")
@click.option("--only", multiple=True, metavar="ID", help="This fault alone; may be repeated.")
@click.option("--depth", type=Word(*Depth), default=Depth.RELEASE, show_default=True, help="How deep to go.")
@click.option("-n", "jobs", type=click.IntRange(min=1), default=2, metavar="N", show_default=True, help="At a time.")
@click.option("--update", is_flag=True, help="With --only: put what came out into the scoreboard.")
@click.option("--last", is_flag=True, help="Run nothing: what the scoreboard has, and what that proves.")
@click.option("--list", "listed", is_flag=True, help="Run nothing: a line for each fault, with what it breaks.")
@click.option("--json", "as_json", is_flag=True, help="The scores as JSON, as the scoreboard holds them.")
@click.option("--report", "folder", default=None, type=click.Path(path_type=Path), metavar="DIR",
              help="Keep the runs, one folder a fault.")  # fmt: skip
@click.option("--workspace", default=None, type=click.Path(path_type=Path), metavar="DIR", help="Suites of your own.")
def command(
    *, only: tuple[str, ...], depth: str, jobs: int, update: bool, last: bool, listed: bool, as_json: bool,
    folder: Path | None, workspace: Path | None,
) -> int:  # fmt: skip
    """Show which planted faults the suites catch, and by which check.

    A fault is caught by a check of a requirement that it breaks, at the level of
    what it breaks. A run over all faults writes reports/scoreboard.json, unless
    talonproof itself breaks down in it, and ends with the requirements of level
    must that no fault proves and the faults that hang on one check alone.

    \b
    Exit codes: 0 every fault is caught, 1 one is not, 3 talonproof itself broke
    down, or finds fault with the healthy emulator.
    """
    rows = read_requirements(find_workspace(workspace).requirements)
    if only and last:
        message = "--last tells of all faults; it cannot be given with --only"
        raise ConfigError(message, hint="--only with --list describes one; explain names the checks of a requirement")
    if listed:
        for fault in select(only) if only else FAULTS.values():
            click.echo(f"{fault.id}  {' '.join(fault.breaks)}  {fault.text}")
        return 0
    if last:
        _show_proof(rows, read_scores(find_workspace(workspace)))
        return 0
    chosen = select(only) if only else tuple(FAULTS.values())
    faults = provable(chosen, rows)
    if waiting := len(chosen) - len(faults):
        click.echo(f"{waiting} faults are left out: a clause that they break waits for its check", err=True)
    board = Board(Depth(depth), workspace, {fault.edition for fault in faults})
    with _place(folder) as place:
        board.control(faults, place, workers=jobs)
        scores = board.run(faults, place, jobs=jobs)
        if not only:
            scores = board.prove(scores, rows, place, jobs=jobs)
    records = {score.fault.id: score.record() for score in scores}
    if as_json:
        click.echo(written(records), nl=False)
    else:
        _show(scores)
        if not only:
            _show_proof(rows, records)
    if any(score.problem for score in scores):
        return 3
    file = board.workspace.reports / SCOREBOARD
    if (update or not only) and (board.workspace.checkout or workspace is not None):
        known: dict[str, Any] = json.loads(file.read_text()) if only and file.exists() else {}
        file.write_text(written(known | records))
        click.echo(f"written: {file}", err=as_json)
    return 0 if all(score.caught for score in scores) else 1


def provable(faults: Iterable[Fault], rows: Iterable[Requirement]) -> tuple[Fault, ...]:
    """The faults whose clauses are all checked; the others break one that waits (``Requirement.waits``)."""
    waiting = {row.id for row in rows if row.waits}
    return tuple(fault for fault in faults if waiting.isdisjoint(fault.breaks))


def written(records: Mapping[str, Any]) -> str:
    """The scoreboard as text: sorted, so that it changes only where a score does."""
    return json.dumps(records, indent=2, sort_keys=True) + "\n"


class Board:
    """Runs the suites against one defective emulator of some editions after another, no deeper than ``depth``."""

    def __init__(self, depth: Depth, workspace: Path | None, editions: Iterable[str] = (DEFAULT_EDITION,)) -> None:
        self.depth = depth
        self._place = workspace
        self.workspace: Workspace = self._asked(Attempt(depth), DEFAULT_EDITION).workspace
        depths = tuple(dict.fromkeys((Depth.SMOKE, depth)))
        self._planned: dict[str, dict[Depth, tuple[Declared, ...]]] = {}
        with ThreadPoolExecutor(len(depths)) as pool:
            for edition in sorted(editions):
                plans = pool.map(collect, [self._asked(Attempt(each), edition) for each in depths])
                self._planned[edition] = {each: declared(plan) for each, plan in zip(depths, plans, strict=True)}

    def attempts(self, fault: Fault) -> tuple[Attempt, ...]:
        """The runs that may catch a fault, the cheapest first."""
        return attempts(fault, self._planned[fault.edition])

    def control(self, faults: Sequence[Fault], place: Path, *, workers: int) -> None:
        """Runs the suites against the healthy emulator; HarnessError where they find anything.

        Without it, a suite that accuses everybody would catch every fault.
        """
        for edition in self._planned:
            of_it = [fault for fault in faults if fault.edition == edition]
            tried = [attempt.patterns for fault in of_it for attempt in self.attempts(fault)]
            everything = len(faults) == len(FAULTS) or not all(tried)
            patterns = () if everything else tuple(sorted({name for names in tried for name in names}))
            self._control(Attempt(self.depth, patterns), edition, place / f"healthy-{edition}", workers)

    def _control(self, attempt: Attempt, edition: str, folder: Path, workers: int) -> None:
        execute(self._asked(attempt, edition), folder, workers=workers, quiet=True)
        stream = read_stream(folder)
        found = sorted({finding.requirement for case in stream.cases for finding in case.findings})
        said = broken_down(stream)
        if found or said:
            message = f"the healthy emulator is not found conformant: {', '.join(found) or said}"
            raise HarnessError(message, hint=f"talonproof run --edition {edition} shows why")

    def run(self, faults: Sequence[Fault], place: Path, *, jobs: int) -> list[Score]:
        """What becomes of each fault, in their order; ``jobs`` of them at a time, each with an emulator of its own."""

        def scored(fault: Fault) -> Score:
            return self._score(fault, place / fault.id)

        with ThreadPoolExecutor(jobs) as pool, _progress(len(faults)) as counted:
            return list(counted(pool.map(scored, faults)))

    def prove(self, scores: Sequence[Score], rows: Sequence[Requirement], place: Path, *, jobs: int) -> list[Score]:
        """The scores with what their faults prove besides.

        The cheapest run that catches a fault ends the search, whichever of the broken requirements it was caught by.
        Where one of level must is left unproved by all faults, those that break it are tried by its own cases.
        """
        by_id = {score.fault.id: score for score in scores}
        records = {name: score.record() for name, score in by_id.items()}
        left = proof(rows, (score.fault for score in scores), records).uncaught

        def tried(name: str) -> tuple[str, str, Kill] | None:
            for fault in left[name]:
                if kill := self._killed(by_id[fault].fault, name, place / fault / name):
                    return fault, name, kill
            return None

        with ThreadPoolExecutor(jobs) as pool:
            for found in filter(None, pool.map(tried, left)):
                fault, name, kill = found
                by_id[fault] = replace(by_id[fault], also={**by_id[fault].also, name: kill})
        return list(by_id.values())

    def _killed(self, fault: Fault, requirement: str, folder: Path) -> Kill | None:
        """How a check of the requirement catches the fault, where all cases about it run; None if none does."""
        depth = self.depth
        cases = self._planned[fault.edition][depth]
        about = tuple(glob.escape(each.case) for each in cases if requirement in each.judged | each.maybe)
        if requirement in _JUDGED_EVERYWHERE:
            about = ()
        elif not about:
            return None
        execute(self._asked(Attempt(depth, about), fault.edition, fault), folder, workers=1, quiet=True)
        stream = read_stream(folder)
        for case in stream.cases:
            for finding in case.findings:
                if finding.requirement == requirement and finding.verdict in _CONFIRMED:
                    return Kill(finding.check, case.id, depth)
        return None

    def _score(self, fault: Fault, place: Path) -> Score:
        best = Score(fault, Attempt(self.depth))
        for number, attempt in enumerate(self.attempts(fault), 1):
            folder = place / f"{number}-{attempt.depth}"
            try:
                execute(self._asked(attempt, fault.edition, fault), folder, workers=1, quiet=True)
                result = score(fault, attempt, read_stream(folder))
            except TalonproofError as error:
                result = Score(fault, attempt, problem=str(error))
            if result.caught or result.problem:
                return result
            best = result if best.worst is None else best
        return best

    def _asked(self, attempt: Attempt, edition: str, *faults: Fault) -> Asked:
        return asked(
            target_file="",
            url="",
            edition=edition,
            depth=attempt.depth,
            select=attempt.patterns,
            max_footprint=None,
            max_requests=None,
            seed=SEED,
            workspace=self._place,
            faults=tuple(fault.id for fault in faults),
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """A case of a plan: the requirements that it judges, and those that it may judge."""

    case: str
    judged: frozenset[str]
    maybe: frozenset[str]


def declared(header: Mapping[str, Any]) -> tuple[Declared, ...]:
    """The cases that a plan runs."""
    return tuple(
        Declared(case["id"], frozenset(case["requirements"]), frozenset(case["also"]))
        for case in header["cases"]
        if case["planned"]
    )


def attempts(fault: Fault, planned: Mapping[Depth, Sequence[Declared]]) -> tuple[Attempt, ...]:
    """The runs that may catch a fault, the cheapest first; ``planned`` are the cases by depth, shallowest first.

    At each depth the cases that judge what the fault breaks, then at the deepest also those that may judge it. What
    is judged on every exchange is not declared by cases: a fault that breaks nothing else is looked for by all.
    """
    wanted = frozenset(fault.breaks) - _JUDGED_EVERYWHERE
    if not wanted:
        return tuple(Attempt(depth) for depth in planned)
    found: list[Attempt] = []
    for depth, cases in planned.items():
        found.append(Attempt(depth, tuple(glob.escape(each.case) for each in cases if each.judged & wanted)))
    depth, cases = list(planned.items())[-1]
    found.append(Attempt(depth, tuple(glob.escape(each.case) for each in cases if each.maybe & wanted)))
    return tuple(attempt for attempt in found if attempt.patterns)


def score(fault: Fault, attempt: Attempt, stream: Stream) -> Score:
    """What a run against a faulty emulator comes to; only confirmed findings count."""
    sent = 0
    until: int | None = None
    kills: dict[tuple[str, str], str] = {}
    levels: set[Level] = set()
    for case in stream.cases:
        sent += case.sent
        for finding in case.findings:
            if finding.requirement in fault.breaks and finding.verdict in _CONFIRMED:
                kills.setdefault((finding.check, finding.requirement), case.id)
                levels.add(finding.level)
                until = sent if until is None else until
    return Score(
        fault,
        attempt,
        checks=tuple(sorted({check for check, _ in kills})),
        requirements=tuple(sorted({requirement for _, requirement in kills})),
        cases=tuple(dict.fromkeys(kills.values())),
        requests=until,
        worst=next((level for level in Level if level in levels), None),
        problem=broken_down(stream),
    )


def broken_down(stream: Stream) -> str:
    """What talonproof itself did wrong in a run; empty where nothing."""
    if stream.footer is None:
        return "the run did not come to its end"
    failed = [f"{case.id}: {case.detail}" for case in stream.cases if case.verdict is Verdict.ERROR]
    return next(iter([*stream.footer.problems, *failed]), "")


@contextmanager
def _place(folder: Path | None) -> Generator[Path]:
    """Where the runs write: the folder asked for, or one that is gone afterwards."""
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="talonproof-") as name:
        yield Path(name)


@contextmanager
def _progress(total: int) -> Generator[Callable[[Iterable[Score]], Iterator[Score]]]:
    """A function that shows on a terminal how many of the scores passing through it there are."""
    console = Console(stderr=True)
    bar = Progress(
        BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("faults"), TimeElapsedColumn(),
        console=console, disable=not console.is_terminal, transient=True,
    )  # fmt: skip

    def counted(scores: Iterable[Score]) -> Iterator[Score]:
        task = bar.add_task("", total=total)
        for each in scores:
            bar.advance(task)
            yield each

    with bar:
        yield counted


def _show_proof(rows: Sequence[Requirement], scores: scoreboard.Scores) -> None:
    """What the scores prove, and what hangs on one check alone."""
    click.echo()
    for line in scoreboard.told(proof(rows, FAULTS.values(), scores), scoreboard.alone(scores)):
        click.echo(line)


def _show(scores: Sequence[Score]) -> None:
    """The scoreboard for a reader, and what it comes to."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("fault", "level", "caught at", "by requirement", "check"):
        table.add_column(column, overflow="fold")
    table.add_column("requests", justify="right")
    for each in scores:
        colour = "" if each.caught else "red"
        caught = each.attempt.depth if each.caught else f"not ({each.worst})" if each.worst else "not"
        cells = (caught, ", ".join(each.requirements), ", ".join(each.checks), str(each.requests or ""))
        table.add_row(each.fault.id, each.fault.level, *cells, style=colour)
    console.print(table)
    console.print()
    for each in scores:
        if each.problem:
            told = f"talonproof itself failed at {each.fault.id}: {each.problem}"
            console.print(told, soft_wrap=True, style="magenta", markup=False)
    caught = [each for each in scores if each.caught]
    shallow = sum(each.attempt.depth is Depth.SMOKE for each in caught)
    console.print(f"{len(caught)} of {len(scores)} faults are caught, {shallow} of them at smoke depth")
