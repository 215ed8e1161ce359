"""Cases run in this process: they are collected once, and judging a server costs what its requests cost."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from talonproof.checks import PASSIVE
from talonproof.plugin.planning import header
from talonproof.plugin.scenarios import spec_of
from talonproof.report.reading import read_stream
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.doctor.asking import Asking
from talonproof.run.effects import Seen
from talonproof.run.looking import WORKER, look
from talonproof.run.plan import Plan, Spec, make_plan
from talonproof.run.settle import run_case
from talonproof.run.stream import StreamWriter
from talonproof.run.traces import read_traces
from talonproof.workspace import Workspace

if TYPE_CHECKING:
    import httpx

    from talonproof.plugin.prepare import Setup
    from talonproof.report.records import Stream


@dataclass(frozen=True, slots=True)
class Collected:
    """A case of the suites: its description, its function, and the values of its parameters."""

    spec: Spec
    function: Callable[..., None]
    parameters: dict[str, Any]

    @property
    def drawn(self) -> bool:
        """Whether it is a property: it runs more than one example."""
        return max(self.spec.examples) > 1

    def run(self, case: Case) -> dict[str, Any]:
        """The line of the stream that the case ends with."""
        code = self.function.__code__
        given = {"case": case, "api": Api(case), "bindings": case.bindings, **self.parameters}
        wanted = {name: given[name] for name in code.co_varnames[: code.co_argcount]}
        return run_case(case, lambda: self.function(**wanted))


class _Collector:
    """Keeps the cases that a session of pytest finds."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.cases: list[Collected] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Takes what was found, with its parameters."""
        for item in session.items:
            spec = spec_of(item, self.workspace.suites)
            if spec is not None and isinstance(item, pytest.Function):
                parameters = item.callspec.params if hasattr(item, "callspec") else {}
                self.cases.append(Collected(spec, item.obj, dict(parameters)))


def collect(workspace: Workspace) -> list[Collected]:
    """Every case of the suites."""
    collector = _Collector(workspace)
    here = ["-c", str(workspace.root / "pytest.ini"), "--rootdir", str(workspace.root), "-p", "no:cacheprovider"]
    quiet = [
        "-p",
        "xdist.plugin",
        "--collect-only",
        "--assert",
        "plain",
        "-o",
        "filterwarnings=default",
        "-p",
        "no:terminal",
    ]
    with patch.dict(os.environ, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}):
        code = pytest.main([*here, *quiet, str(workspace.suites)], plugins=[collector])
    if code != pytest.ExitCode.OK:
        message = f"the suites of {workspace.root} cannot be collected (pytest says {code})"
        raise RuntimeError(message)
    return collector.cases


def seen_by(setup: Setup, transport: httpx.BaseTransport | None = None) -> Seen:
    """Which effects the target of a run shows."""
    with Asking(
        setup.target, setup.keys, setup.contract, setup.options.run, transport=transport, worker=WORKER
    ) as asking:
        return look(asking)


def judge(
    cases: Iterable[Collected], setup: Setup, transport: httpx.BaseTransport | None = None
) -> tuple[dict[str, Any], ...]:
    """The lines of the stream that a run of these cases would write, in their order, without those it leaves out."""
    return _judged(cases, setup, transport)[1]


def stream(cases: Iterable[Collected], setup: Setup, transport: httpx.BaseTransport | None = None) -> Stream:
    """The whole stream that a run of these cases writes, with the verdict and the exit code in its footer."""
    plan, lines = _judged(cases, setup, transport)
    writer = StreamWriter(setup.folder)
    writer.header(header(setup, plan))
    for line in lines:
        writer.case(line)
    traces = read_traces(setup.folder, setup.options.run, setup.contract, setup.target.url)
    writer.footer(traces.receipt(), interrupted=False)
    return read_stream(setup.folder)


def _judged(
    cases: Iterable[Collected], setup: Setup, transport: httpx.BaseTransport | None
) -> tuple[Plan, tuple[dict[str, Any], ...]]:
    """The plan of these cases, and their lines."""
    by_id = {case.spec.id: case for case in cases}
    specs = [case.spec for case in by_id.values()]
    planned = partial(
        make_plan,
        *(specs, setup.options, setup.target, setup.keys, setup.catalogue, frozenset(PASSIVE.values())),
        known=setup.absent.union(setup.contract.operations),
        absent=setup.absent,
    )
    plan = planned()
    if plan.wants_effects:
        plan = planned(seen=seen_by(setup, transport))
    bench = Bench.open(
        setup.options,
        setup.target,
        setup.keys,
        setup.contract,
        setup.catalogue,
        folder=setup.folder,
        worker="main",
        workers=1,
        selected=plan.selected | setup.passive,
        transport=transport,
        seen=plan.seen,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in a run: it is the server that is judged
            return plan, tuple(by_id[row.spec.id].run(bench.case(row)) for row in plan.rows if row.planned)
    finally:
        bench.close()
