"""Cases run in this process: they are collected once, and judging a server costs what its requests cost."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from talonproof.checks import PASSIVE
from talonproof.config import RunOptions
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
    quiet = ["--collect-only", "--assert", "plain", "-o", "filterwarnings=default", "-p", "no:terminal"]
    with patch.dict(os.environ, {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}):
        pytest.main([*here, *quiet, str(workspace.suites)], plugins=[collector])
    return collector.cases


def judge_here(cases: Iterable[Collected], workspace: Workspace, variant: Variant, url: str, folder: Path) -> Judged:
    """Judges a server by some cases, as a run at release depth would."""
    text, keys = target_file(url, [variant])
    file = folder / "target.toml"
    file.write_text(text)
    options = RunOptions(run="variants", seed=1)
    with patch.dict(os.environ, keys):
        asked = prepare.prepare(workspace, options, folder, target_file=str(file))
    setup = prepare.within(asked, None, None)
    by_id = {case.spec.id: case for case in cases}
    specs = [case.spec for case in by_id.values()]
    plan = make_plan(specs, setup.options, setup.target, setup.keys, setup.catalogue, frozenset(PASSIVE.values()))
    bench = Bench.open(
        setup.options,
        setup.target,
        setup.keys,
        setup.contract,
        setup.catalogue,
        folder=folder,
        worker="main",
        workers=1,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in a run: it is the server that is judged
            return Judged(tuple(by_id[row.spec.id].run(bench.case(row)) for row in plan.rows if row.planned))
    finally:
        bench.close()
