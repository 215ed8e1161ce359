"""Cases run in this process: they are collected once, and a run costs what its requests cost."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from talonproof.checks import PASSIVE
from talonproof.config import Depth, RunOptions
from talonproof.plugin import prepare
from talonproof.plugin.scenario import spec_of
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.plan import Spec, make_plan
from talonproof.run.settle import run_case
from talonproof.workspace import Workspace
from tests.variants.serving import Judged, target_file
from tests.variants.variant import Variant


@dataclass(frozen=True, slots=True)
class Collected:
    """A case of the suites: its description, its function, and the values of its parameters."""

    spec: Spec
    function: Callable[..., None]
    parameters: dict[str, Any]

    def run(self, case: Case) -> dict[str, Any]:
        """The line of the stream that the case ends with."""
        wanted = self.function.__code__.co_varnames[: self.function.__code__.co_argcount]
        given = {"case": case, "api": Api(case), "bindings": case.bindings, **self.parameters}
        return run_case(case, lambda: self.function(**{name: given[name] for name in wanted}))


class _Collector:
    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.cases: list[Collected] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            spec = spec_of(item, self.workspace.suites)
            if spec is not None and isinstance(item, pytest.Function):
                parameters = item.callspec.params if hasattr(item, "callspec") else {}
                self.cases.append(Collected(spec, item.obj, dict(parameters)))


def collect(workspace: Workspace) -> list[Collected]:
    """Every case of the suites."""
    collector = _Collector(workspace)
    here = ["-c", str(workspace.root / "pytest.ini"), "--rootdir", str(workspace.root), "-p", "no:cacheprovider"]
    quiet = ["--collect-only", "-p", "no:terminal", "-p", "no:xdist", str(workspace.suites)]
    pytest.main([*here, *quiet], plugins=[collector])
    return collector.cases


def judge_here(
    cases: Iterable[Collected], workspace: Workspace, variants: list[Variant], url: str, folder: Path, *, depth: str
) -> Judged:
    """Judges a server by those of the cases that the first of its variants selects, as a run of that depth would."""
    text, keys = target_file(url, variants)
    file = folder / "target.toml"
    file.write_text(text)
    folder = folder / "report"
    folder.mkdir()
    options = RunOptions(run="variants", seed=1, depth=Depth(depth), select=variants[0].select)
    with patch.dict(os.environ, keys):
        setup = prepare.prepare(workspace, options, folder, target_file=str(file))
    setup = prepare.within(setup, None, None)
    by_id = {case.spec.id: case for case in cases}
    specs = [case.spec for case in by_id.values()]
    plan = make_plan(specs, setup.options, setup.target, setup.keys, setup.catalogue, frozenset(PASSIVE.values()))
    bench = Bench.open(
        setup.options, setup.target, setup.keys, setup.contract, setup.catalogue, folder=folder, worker="main", workers=1
    )
    try:
        lines = [by_id[row.spec.id].run(bench.case(row)) for row in plan.rows if row.planned]
    finally:
        bench.close()
    return Judged(0, tuple(json.loads(json.dumps(line, default=str)) for line in lines), "")
