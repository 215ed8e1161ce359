"""Runs the cases of one process: plans them when they are collected, judges each when it is called."""

from __future__ import annotations

import inspect
import json
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from talonproof.errors import ConfigError, TalonproofError
from talonproof.plugin import live_allure
from talonproof.plugin.arriving import look_once
from talonproof.plugin.planning import PROBLEM, header
from talonproof.plugin.scenarios import spec_of
from talonproof.report.printable import printable
from talonproof.run.bench import Bench
from talonproof.run.budget import read_scores, within_budget
from talonproof.run.case import Case
from talonproof.run.looking import seen_before
from talonproof.run.outcome import Blocked, Broken
from talonproof.run.plan import Plan, Row, make_plan
from talonproof.run.recovery import PLAN, lines_of
from talonproof.run.settle import not_run, run_case
from talonproof.verdict import Reason, Verdict

if TYPE_CHECKING:
    from talonproof.plugin.prepare import Setup
    from talonproof.run.effects import Seen
    from talonproof.run.plan import Spec
    from talonproof.run.tenure import Overseer

CURRENT = pytest.StashKey[Case]()
RECORD = pytest.StashKey[dict[str, Any]]()

_OF_NOTHING = "[NOTSET]"
"""How pytest ends the name of a test that has a parameter for each of nothing."""


class Executor:
    """The part of the plugin that lives in each process that runs cases.

    ``narrowed`` is whether pytest's own options, and not ``--select``, chose among the cases. Without its
    ``overseer`` nothing that this process still sees counts.
    """

    def __init__(self, setup: Setup, *, worker: str, narrowed: bool, overseer: Overseer | None = None) -> None:
        self.setup = setup
        self.worker = worker
        self.narrowed = narrowed
        self.overseer = overseer
        self.plan: Plan | None = None
        self._rows: dict[str, Row] = {}
        self._bench: Bench | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Makes the plan of what was collected, and leaves out what the selection leaves out."""
        items[:] = [item for item in items if not item.name.endswith(_OF_NOTHING)]
        try:
            specs = {item: spec for item in items if (spec := spec_of(item, self.setup.workspace.suites))}
            plan = self._make(list(specs.values()), may_look=not config.option.collectonly)
        except TalonproofError as error:
            if not session.testsfailed:  # what is missing may stand in a suite that is broken, which is told instead
                problem = {"message": str(error), "exit_code": error.exit_code}
                (self.setup.folder / PROBLEM).write_text(json.dumps(problem))
            config.hook.pytest_deselected(items=items)
            items[:] = []
            return
        self.plan = plan
        self._rows = dict(plan.by_id())
        kept = [item for item in items if item not in specs or specs[item].id in self._rows]
        dropped = [item for item in items if item in specs and specs[item].id not in self._rows]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
        items[:] = kept
        if plan.rows and not (self.setup.folder / PLAN).exists():  # the first worker, or another if that was killed
            temporary = self.setup.folder / f"{PLAN}.{self.worker}.tmp"
            temporary.write_text(json.dumps(header(self.setup, plan)))
            temporary.replace(self.setup.folder / PLAN)

    def _make(self, specs: list[Spec], *, may_look: bool) -> Plan:
        """The plan; where a case of it needs effects, it is known which ones the target brings about."""
        plan = self._planned(specs, seen_before(self.setup.folder))
        if plan.seen is None and plan.wants_effects and may_look:
            plan = self._planned(specs, look_once(self.setup))
        return plan if self.setup.rest is None else self._rest_of(plan, self.setup.rest)

    def _planned(self, specs: list[Spec], seen: Seen | None) -> Plan:
        setup = self.setup
        if not specs and not self.narrowed:
            message = f"{setup.workspace.suites} holds no case"
            raise ConfigError(message, hint="a case is a test with @scenario in suites/<name>/test_*.py")
        plan = make_plan(
            specs,
            setup.options,
            setup.target,
            setup.keys,
            setup.catalogue,
            setup.passive,
            known=setup.absent.union(setup.contract.operations),
            absent=setup.absent,
            seen=seen,
        )
        if setup.options.budget_requests is not None:
            left = max(0, setup.options.budget_requests - plan.looking)
            plan = within_budget(plan, left, read_scores(setup.workspace.reports))
        if self.narrowed:
            declared = {name for row in plan.rows for name in row.spec.names}
            plan = replace(plan, selected=frozenset(declared | setup.passive))
        return plan

    def _rest_of(self, plan: Plan, left: frozenset[str]) -> Plan:
        """What is left of the plan of a run that is gone on with."""
        earlier = next(lines_of(self.setup.folder))
        known = {name for name, row in plan.by_id().items() if row.planned}
        if gone := sorted(left - known):
            message = f"the run cannot be resumed: {gone[0]} is in its plan, and the suites do not run it any more"
            raise ConfigError(message, hint="a run is resumed with the suites and the target that it began with")
        selected = frozenset(row["id"] for row in earlier["requirements"])
        return replace(plan, rows=tuple(row for row in plan.rows if row.spec.id in left), selected=selected)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Gives the item its case, or leaves it out for the reason that the plan has."""
        spec = spec_of(item, self.setup.workspace.suites)
        if spec is None:
            return
        row = self._rows[spec.id]
        if not row.planned:
            pytest.skip(f"{row.verdict} ({row.reason}): {row.detail}")
        item.stash[CURRENT] = self.bench.case(row)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Runs the function as a case, and tells pytest how it ended."""
        case = pyfuncitem.stash.get(CURRENT, None)
        if case is None:
            return None
        if self.bench.out_of_time():
            detail = "the time allowed was over before its turn"
            pyfuncitem.stash[RECORD] = not_run(case, Reason.BUDGET, detail)
            pytest.skip(detail)
        names = pyfuncitem.fixturenames
        wanted = inspect.signature(pyfuncitem.obj).parameters
        arguments = {name: pyfuncitem.funcargs[name] for name in names if name in wanted}
        if down := case.bench.breaker.down:
            record = not_run(case, Reason.TARGET_DOWN, down)
        else:
            record = run_case(case, lambda: pyfuncitem.obj(**arguments))
        if self.overseer is not None:
            self.overseer.check()
        if down:
            self.bench.journal.dropped()  # it is still to be run
        else:
            self.bench.journal.ended(record)
        pyfuncitem.stash[RECORD] = record
        if live_allure.wanted(pyfuncitem.config):
            live_allure.describe(case, record)
        _conclude(record)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Notes that a case which failed before its body is not in flight any more."""
        if CURRENT in item.stash and RECORD not in item.stash:
            self.bench.journal.dropped()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Sends the line of the stream along with pytest's own report."""
        report = yield
        record = item.stash.get(RECORD, None)
        if record is not None and call.when == "call":
            report.talonproof = json.dumps(record)  # type: ignore[attr-defined]
        return report

    def pytest_sessionfinish(self) -> None:
        """Ends the connections."""
        if self._bench is not None:
            self._bench.close()

    @property
    def bench(self) -> Bench:
        """The bench of this process, opened when the first case needs it."""
        if self._bench is None:
            s = self.setup
            self._bench = Bench.open(
                s.options,
                s.target,
                s.keys,
                s.contract,
                s.catalogue,
                folder=s.folder,
                worker=s.name(self.worker),
                workers=s.workers,
                selected=self.plan and self.plan.selected | s.passive,
                strangers=s.strangers,
                seen=self.plan.seen if self.plan else None,
            )
        return self._bench


def _conclude(record: dict[str, Any]) -> None:
    """Ends the test the way pytest knows; what is not green must not look green.

    What the target wrote is made printable: an escape would be obeyed by the terminal, and a lone surrogate, which
    cannot be sent, end the worker.
    """
    __tracebackhide__ = True
    match record["verdict"]:
        case Verdict.FAIL | Verdict.FLAKY | Verdict.STALE:
            lines = [f"{f['requirement']} ({f['level']}) {f['message']}\n{f['curl']}" for f in record["findings"]]
            raise Broken(printable("\n\n".join(lines))) from None
        case Verdict.VACUOUS:
            raise Broken(printable(record["detail"])) from None
        case Verdict.BLOCKED:
            raise Blocked(printable(record["detail"])) from None
        case Verdict.ERROR:
            raise RuntimeError(printable(record["detail"])) from None
        case Verdict.UNSUPPORTED | Verdict.NOT_RUN:
            pytest.skip(printable(f"{record['reason']}: {record['detail']}"))
        case _:
            pass
