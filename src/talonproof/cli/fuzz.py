"""``talonproof fuzz``: contract checks for a document that nobody has seen before."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

import click

from talonproof.checks import ANYWHERE, Anywhere
from talonproof.cli.options import TEMPORARY, Word
from talonproof.cli.run import claimed
from talonproof.config import Depth, RunOptions
from talonproof.contract.changes import Changes, changes
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.directions import seen_as
from talonproof.contract.requirements import read_requirements
from talonproof.contract.security import Demand, demands
from talonproof.contract.sound import check_schemas
from talonproof.contract.validators import Validators
from talonproof.emulator import serve
from talonproof.errors import ConfigError, TargetError
from talonproof.generation.neighbour import Engine, engine
from talonproof.http.exchange import Exchange
from talonproof.http.keys import resolve_keys
from talonproof.http.preflight import check_listening
from talonproof.http.strangers import strangers
from talonproof.plugin import prepare
from talonproof.plugin.planning import frame
from talonproof.plugin.timing import timed
from talonproof.report.reading import STREAM_VERSION
from talonproof.report.render import render
from talonproof.report.terminal import Progress, screen
from talonproof.requirement import catalogue
from talonproof.run import fuzz
from talonproof.run.bench import Bench
from talonproof.run.constants import leave_out_local_constants
from talonproof.run.plan import Plan, Row, case_seed, select
from talonproof.run.settle import not_run, run_case
from talonproof.run.stream import StreamWriter
from talonproof.run.tenure import Tenure
from talonproof.run.traces import read_traces
from talonproof.target import Footprint, Keys, Target
from talonproof.verdict import Reason, Verdict
from talonproof.workspace import Workspace, find_workspace

_PROBES: Final = 3
"""Calls by which the address and the key are tried before anything is judged."""

_FEW: Final = 10
"""Of fewer requests none is spent on trying."""


@click.command(name="fuzz")
@click.option("--spec", required=True, type=click.Path(path_type=Path), metavar="FILE",
              help="The OpenAPI document, 3.0 or 3.1, in YAML or JSON.")  # fmt: skip
@click.option("--since", default=None, type=click.Path(path_type=Path), metavar="OLD",
              help="An older document: only what is new or changed since is tried.")  # fmt: skip
@click.option("--target", "target_file", default="", metavar="FILE",
              help="The target file; without one, the embedded emulator.")  # fmt: skip
@click.option("--url", default="", metavar="URL",
              help="A server on this machine, with the path that its paths are below.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=None, metavar="N",
              help="The seed; default: a random one, printed.")  # fmt: skip
@click.option("--max-footprint", type=Word(*(f.label for f in Footprint)), default=None,
              help="The most a call may do to the account; default: dry, on this machine destructive.")  # fmt: skip
@click.option("--max-requests", type=click.IntRange(min=1), default=None, metavar="N",
              help="Plan no more requests than this.")  # fmt: skip
@click.option("--rate", type=click.FloatRange(min=0), default=None, metavar="R", help="Requests a second.")
@click.option("--select", "patterns", multiple=True, metavar="PATTERN",
              help="A requirement (ERR-013), or part of an operation's id; may be repeated.")  # fmt: skip
@click.option("--report", "folder", default=None, type=click.Path(path_type=Path), metavar="DIR",
              help="Where the run writes; nothing is written elsewhere.")  # fmt: skip
@click.option("--strict", is_flag=True, help="A broken should fails the run as well.")
def command(
    *,
    spec: Path,
    since: Path | None,
    target_file: str,
    url: str,
    seed: int | None,
    max_footprint: str | None,
    max_requests: int | None,
    rate: float | None,
    patterns: tuple[str, ...],
    folder: Path | None,
    strict: bool,
) -> int:
    """Judge a server by nothing but an OpenAPI document.

    Calls are generated from the document. Statuses, media types and bodies must
    be those that it lists, and no call may lead to a server error. GET, HEAD and
    OPTIONS count as reading; any other method is destructive, unless talonproof
    knows the operation: a server that is not on this machine is only read.

    The key comes from TALONPROOF_API_KEY, and goes where the document wants it;
    a document that wants none needs none.

    \b
    Exit codes: 0 conformant, 1 a requirement is broken, 2 wrong usage, document
    or key, 3 the target cannot be reached or the run broke down, 5 nothing was
    exercised.
    """
    prepare.check_choice(target_file, url, ())
    document = Document.read(spec)
    changed = changes(Document.read(since).contract, document.contract) if since else None
    options = RunOptions(
        run=prepare.new_run(),
        seed=prepare.random_seed() if seed is None else seed,
        depth=Depth.NIGHTLY,
        select=patterns,
        max_requests=max_requests,
        strict=strict,
        spec=str(spec.resolve()),
        target_file=target_file,
    )
    workspace = find_workspace()
    with claimed(folder, workspace, options.run) as place, Tenure.begin(place):
        job = Job(workspace, document, options, place, changed, str(since.resolve()) if since else "")
        return job.run(target_file, url, Footprint.parse(max_footprint) if max_footprint else None, rate)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of somebody's own, and the same as calls and as answers are judged by it."""

    contract: Contract
    calls: Contract
    answers: Contract

    @classmethod
    def read(cls, file: Path) -> Document:
        """The document in a file; DocumentError, with the place, for one that is wrong."""
        contract = read_contract(file, edition=file.name)
        check_schemas(contract)
        if not contract.operations:
            message = f"{file}: the document has no operation"
            raise ConfigError(message)
        return cls(contract, seen_as(contract, "call"), seen_as(contract, "answer"))


@dataclass
class Job:
    """One run of ``fuzz``, from its document to its exit code."""

    workspace: Workspace
    document: Document
    options: RunOptions
    folder: Path
    changed: Changes | None
    since: str
    _given: bool = False
    _unbuilt: set[str] = field(default_factory=set[str])

    def run(self, target_file: str, url: str, footprint: Footprint | None, rate: float | None) -> int:
        """Prepares, tries the address, sends, judges, and renders."""
        if self.changed is not None:
            self._tell(self.changed)
        embedded = None
        if not target_file and not url:
            edition = self._closest()
            self.options = replace(self.options, edition=edition)
            embedded = prepare.start_embedded(self.workspace, self.options, self.folder)
        try:
            target = prepare.read_target(target_file, embedded.url if embedded else url)
            target = replace(target, unbuilt=target.unbuilt if target_file else frozenset())
            if embedded:
                target = replace(target, name="embedded emulator")
            self._limit(target, footprint, rate)
            return self._judge(target, embedded=embedded is not None, declared=bool(target_file))
        finally:
            if embedded is not None:
                embedded.stop()
            shutil.rmtree(self.folder / TEMPORARY, ignore_errors=True)

    def _limit(self, target: Target, footprint: Footprint | None, rate: float | None) -> None:
        limits = target.limits
        self.options = replace(
            timed(self.options, limits),
            max_footprint=limits.max_footprint if footprint is None else footprint,
            rate=limits.rate if rate is None else rate,
        )

    def _judge(self, target: Target, *, embedded: bool, declared: bool) -> int:
        contract, options = self.document.calls, self.options
        rows = catalogue(options.edition, read_requirements(self.workspace.requirements))
        clauses = fuzz.catalogue(rows, f"{Path(options.spec).name}, responses of each operation")
        wanted = demands(self.document.contract)
        keys = self._keys(target, wanted, embedded=embedded)
        setup = prepare.Setup(self.workspace, options, target, keys, contract, clauses, self.folder, embedded, 1)
        bench = Bench.open(
            options, target, keys, contract, clauses, folder=self.folder, worker="main", workers=1,
            strangers=strangers(contract, self._ours, trusting=True),
            prefixes={name: demand.headers for name, demand in wanted.items()},
            passive=Anywhere(self.document.answers, Validators(self.document.answers)),
        )  # fmt: skip
        trials = fuzz.Fuzz(contract, self._engine, bench.client.guard, wanted)
        try:
            return self._carry_out(setup, bench, trials, declared=declared)
        finally:
            bench.close()

    def _carry_out(self, setup: prepare.Setup, bench: Bench, trials: fuzz.Fuzz, *, declared: bool) -> int:
        options, contract = self.options, self.document.calls
        specs = [
            trials.spec(operation)
            for operation in contract.operations.values()
            if self.changed is None or operation.id in self.changed.operations
        ]
        if not specs:
            click.echo("nothing was exercised: nothing is new or changed")
            return 5
        chosen, selected = select(specs, options.select, setup.catalogue, frozenset(ANYWHERE.values()))
        bench.selected = selected
        with _quiet_hypothesis(self.folder / TEMPORARY):
            spent = self._probe(bench, trials, [spec.operations[0] for spec in chosen], declared=declared)
            built = [spec for spec in chosen if spec.operations[0] not in self._unbuilt | setup.target.unbuilt]
            budget = None if options.max_requests is None else max(1, options.max_requests - spent)
            found, planned = fuzz.rows(trials, built, contract, lambda name: case_seed(options.seed, name), budget)
            by_id = {row.spec.id: row for row in found}
            absent = "the target does not have it"
            plan = Plan(
                tuple(
                    by_id.get(spec.id)
                    or Row(spec, 0, 0, Verdict.UNSUPPORTED, Reason.NOT_IMPLEMENTED, absent)
                    for spec in chosen
                ),
                selected,
            )  # fmt: skip
            told = frame(setup, plan, frozenset(ANYWHERE.values()), selected)
            told |= {"command": "fuzz", **({"since": self.since} if self.since else {})}
            told["edition"] = self._title
            self._run_cases(setup, bench, trials, plan, planned, told)
        rendered = render(self.folder, reports_data=self.workspace.reports)
        with suppress(SystemExit):  # rich's way of saying that nobody reads on; the verdict stands all the same
            screen(rendered.account.stream, rendered)
        return rendered.account.totals.exit_code

    def _run_cases(
        self, setup: prepare.Setup, bench: Bench, trials: fuzz.Fuzz, plan: Plan, planned: Mapping[str, fuzz.Trial],
        told: dict[str, Any],
    ) -> None:  # fmt: skip
        writer = StreamWriter(self.folder)
        writer.header(told)
        click.echo(
            f"talonproof {self.options.run}: {setup.target.name or setup.target.url}, {self._title}, "
            f"seed {self.options.seed}"
        )
        interrupted = False
        with Progress() as progress, _stoppable():
            progress.feed({"type": "header", "version": STREAM_VERSION, **told})
            try:
                for row in plan.rows:
                    if row.planned:
                        case = bench.case(row)
                        trial = planned[row.spec.id]
                        if bench.out_of_time():
                            record = not_run(case, Reason.BUDGET, "the time allowed was over before its turn")
                        else:
                            record = run_case(case, lambda case=case, trial=trial: trials.carry_out(case, trial))
                        writer.case(record)
                        progress.feed(record)
            except KeyboardInterrupt:
                interrupted = True
        receipt = read_traces(self.folder, self.options.run, setup.contract, setup.target.url).receipt()
        writer.footer(receipt, interrupted=interrupted)

    # before anything is judged

    def _probe(self, bench: Bench, trials: fuzz.Fuzz, operations: list[str], *, declared: bool) -> int:
        """Tries the address and the key by a few calls that should be accepted; gives how many were sent.

        Raises TargetError where nothing answers (exit 3), the key is not accepted (exit 2), or the address is wrong.
        """
        check_listening(bench.target)
        if self.options.max_requests is not None and self.options.max_requests < _FEW:
            return 0
        contract = self.document.calls
        calls = [call for name in operations if (call := trials.harmless(contract.operation(name))) is not None]
        calls.sort(key=lambda call: bool(contract.operation(call.operation).path_parameters))
        answers = [bench.client.send(call, number=0) for call in calls[:_PROBES]]
        self._check(bench, answers)
        if declared:
            return len(answers)
        maybe = {name for name in serve.unbuilt_operations(max(self.workspace.editions())) if name in operations}
        for call in filter(None, (trials.first(contract.operation(name)) for name in sorted(maybe))):
            answers.append(bench.client.send(call, number=0))
            if answers[-1].status == 501:
                self._unbuilt.add(call.operation)
        return len(answers)

    def _check(self, bench: Bench, answers: list[Exchange]) -> None:
        contract, url = self.document.calls, bench.target.url
        for answer in answers:
            if answer.status == 0:
                raise TargetError(f"nothing answers at {url}: {answer.failure}", hint="is it the right port?")
            if answer.status == 401 and demands(contract)[answer.operation].keyed:
                variable = bench.target.key_variable
                which = f"the key in {variable}" if self._given else f"{variable} is not set, and the emulator's key"
                message = f"{which} is not accepted by {url}"
                raise TargetError(message, hint="it answers 401", code="key", exit_code=2)
        plain = [a for a in answers if not contract.operation(a.operation).path_parameters]
        if plain and all(a.status == 404 and 404 not in contract.operation(a.operation).responses for a in plain):
            servers: Any = contract.document.get("servers") or [{}]
            hint = f"the document speaks of the server {servers[0].get('url', '/')}; the address must hold its path"
            path = contract.operation(plain[0].operation).path
            raise TargetError(f"{url} does not know {path}: it answers 404", hint=hint)

    def _keys(self, target: Target, wanted: Mapping[str, Demand], *, embedded: bool) -> Keys:
        """The key, if the document wants one; one that must be there is demanded."""
        if not any(demand.keyed for demand in wanted.values()):
            return Keys(live="")
        environment = {} if embedded else dict(os.environ)
        if all(demand.optional for demand in wanted.values()) and not environment.get(target.key_variable):
            return Keys(live="")
        self._given = bool(environment.get(target.key_variable))
        return resolve_keys(replace(target, key_variables={}), environment, default=serve.LIVE_KEY)

    # what is known

    @cached_property
    def _ours(self) -> tuple[Contract, ...]:
        """The contracts of this API."""
        editions = self.workspace.editions()
        return tuple(read_contract(self.workspace.contract_file(each), edition=each) for each in editions)

    def _closest(self) -> str:
        """The edition that has most of the document's operations; of equals the oldest."""

        def common(contract: Contract) -> int:
            places = {(each.method, each.path) for each in contract.operations.values()}
            return sum((each.method, each.path) in places for each in self.document.contract.operations.values())

        return max(self._ours, key=common).edition

    @property
    def _title(self) -> str:
        """What the document calls itself."""
        given: object = self.document.contract.document.get("info")
        info = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        words = [str(info[key]) for key in ("title", "version") if info.get(key)]
        return " ".join(words) or Path(self.options.spec).name

    def _engine(self) -> Engine:
        try:
            return engine(self.document.calls)
        except Exception as error:
            message = f"{self.options.spec}: Schemathesis cannot read the document: {type(error).__name__}: {error}"
            raise ConfigError(message[:500]) from error

    def _tell(self, changed: Changes) -> None:
        for name, what in changed.operations.items():
            click.echo(f"  {name}: {', '.join(what)}")
        for name in changed.removed:
            click.echo(f"  {name}: removed")


@contextmanager
def _quiet_hypothesis(folder: Path) -> Generator[None, None, None]:
    """Hypothesis keeps what it likes to keep below the folder of the run."""
    from hypothesis import configuration

    leave_out_local_constants()
    configuration.set_hypothesis_home_dir(folder)
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(None)


@contextmanager
def _stoppable() -> Generator[None, None, None]:
    """What asks this process to end is heard as Ctrl-C, so that the stream gets its footer."""
    asked = (signal.SIGTERM, signal.SIGHUP)
    try:
        before = {number: signal.signal(number, signal.default_int_handler) for number in asked}
    except ValueError:  # another thread than the main one hears of no signal
        yield
        return
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
