"""Options of plain pytest, and who does what in which process."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from talonproof.config import Depth, RunOptions
from talonproof.emulator.serve import Embedded
from talonproof.errors import ConfigError, TalonproofError, closest
from talonproof.http.redact import Redactor
from talonproof.plugin import live_allure, prepare
from talonproof.plugin.arriving import arrive
from talonproof.plugin.control import Alone, Controller
from talonproof.plugin.discretion import Discretion
from talonproof.plugin.execution import Executor
from talonproof.plugin.known import read_baseline
from talonproof.plugin.timing import budgeted, in_its_time
from talonproof.report.reading import STREAM_FILE
from talonproof.run.budget import duration
from talonproof.run.doctor.evidence import Origin
from talonproof.run.tenure import Overseer, Tenure
from talonproof.target import Footprint
from talonproof.workspace import Workspace, find_workspace

LAUNCH_OPTION = "--talonproof-launch"

STRANGERS = pytest.StashKey[tuple[str, ...]]()


def strangers(config: pytest.Config) -> tuple[str, ...]:
    """The operations of the user's document that are none of this API's, by id; none without such a document."""
    return config.stash.get(STRANGERS, ())


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of ``talonproof run`` that make sense under plain pytest."""
    group = parser.getgroup("talonproof")
    group.addoption("--target", default="", metavar="FILE", help="the target file; none: the embedded emulator")
    group.addoption("--url", default="", help="a server on this machine, without a target file")
    group.addoption("--edition", default="auto", help="the edition to judge by; auto asks the target")
    group.addoption("--depth", default=str(Depth.RELEASE), help="smoke, release or nightly")
    group.addoption("--max-footprint", default="", metavar="F", help="read, dry, create, consume or destructive")
    group.addoption("--run-seed", default=None, type=int, metavar="N", help="the seed; a random one is printed")
    group.addoption("--rate", default=None, type=float, metavar="R", help="requests a second")
    group.addoption("--baseline", default="", metavar="FILE", help="findings that are known; they fail no test")
    group.addoption("--budget", default="", metavar="TIME", help="how long the run may take, such as 5m")
    group.addoption("--report", default="", metavar="DIR", help="where the run writes")
    group.addoption("--fault", default=[], action="append", metavar="ID", help="a fault of the embedded emulator")
    group.addoption(LAUNCH_OPTION, default="", help=argparse.SUPPRESS)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the parts of the plugin that this process plays."""
    config.addinivalue_line("markers", "scenario: a case of talonproof; see talonproof.plugin.scenarios")
    try:
        _play(config)
    except TalonproofError as error:
        raise pytest.UsageError(str(error)) from None


def _register(config: pytest.Config, setup: prepare.Setup, *parts: object) -> None:
    """Plays the parts, tells no key, and judges the target alone: a warning of some library must not end a case."""
    config.addinivalue_line("filterwarnings", "default")
    redactor = Redactor(setup.keys.secrets())
    config.pluginmanager.register(Discretion(redactor))
    live_allure.discreet(config, redactor)
    for part in parts:
        if isinstance(part, Executor):
            config.stash[STRANGERS] = tuple(part.setup.strangers)
        config.pluginmanager.register(part)


def _play(config: pytest.Config) -> None:
    option: Any = config.getoption
    given: str = option(LAUNCH_OPTION)
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        if "talonproof" in worker:
            setup = prepare.read_launch(Path(worker["talonproof"]))
            name, narrowed = worker["workerid"], not given
            _register(config, setup, Executor(setup, worker=name, narrowed=narrowed, overseer=_overseer(setup)))
        return
    spread = bool(getattr(config.option, "tx", None)) and getattr(config.option, "dist", "no") != "no"
    if given:
        setup, alone = prepare.read_launch(Path(given)), None
        overseer = _overseer(setup)
    elif _concerns_suites(config) and not config.option.collectonly:
        setup, alone = _stand_alone(config)
        overseer = None
    else:
        return
    executor = Executor(setup, worker="main", narrowed=not given, overseer=overseer)
    _register(config, setup, Controller(setup, alone=alone), *([] if spread else [executor]))


def _overseer(setup: prepare.Setup) -> Overseer | None:
    """The process that this one was started for, and ends with; None where nobody holds the launch file."""
    if not setup.held:
        return None
    overseer = Overseer(setup.launch_file)
    overseer.end_with()
    return overseer


def _concerns_suites(config: pytest.Config) -> bool:
    """Whether the paths asked for hold cases; the harness's own tests hold none."""
    here = Path(config.rootpath).resolve() / "suites"
    for argument in config.args:
        path = Path(str(config.invocation_params.dir), argument.partition("::")[0]).resolve()
        if path.is_relative_to(here) or here.is_relative_to(path):
            return True
    return False


def _stand_alone(config: pytest.Config) -> tuple[prepare.Setup, Alone]:
    """The set-up of a plain pytest, with an emulator of its own unless a target is given."""
    option: Any = config.getoption
    workspace: Workspace = find_workspace(Path(config.rootpath))
    run = prepare.new_run()
    folder = Path(option("--report") or workspace.report_folder(run, Path.cwd()))
    if (folder / STREAM_FILE).exists():
        message = f"--report {folder} holds another run already"
        raise ConfigError(message, hint="name a folder that does not exist")
    seed = option("--run-seed")
    depth: str = option("--depth")
    if depth not in list(Depth):
        message = f"there is no depth {depth}"
        raise ConfigError(message, hint=closest(depth, Depth))
    target_file, url, faults = option("--target"), option("--url"), tuple(option("--fault"))
    prepare.check_choice(target_file, url, faults)
    edition, how = prepare.edition_of(option("--edition"), workspace, target_file, embedded=not target_file and not url)
    budget = duration(option("--budget"), "--budget") if option("--budget") else 0.0
    options = RunOptions(
        run=run,
        seed=prepare.random_seed() if seed is None else seed,
        depth=Depth(depth),
        edition=edition,
        faults=faults,
        baseline=read_baseline(Path(option("--baseline")), workspace, edition) if option("--baseline") else (),
        budget=budget,
        deadline=time.time() + budget if budget else 0.0,
        target_file=target_file,
    )
    workers = int(getattr(config.option, "numprocesses", 0) or 1)
    embedded: Embedded | None = None
    if not target_file and not url:
        embedded = prepare.start_embedded(workspace, options, folder)
        url = embedded.url
    try:
        setup = prepare.prepare(
            workspace,
            options,
            folder,
            target_file=target_file,
            url=url,
            embedded=embedded is not None,
            workers=workers,
            origin=Origin(how),
        )
        footprint: str = option("--max-footprint")
        setup = prepare.within(setup, Footprint.parse(footprint) if footprint else None, option("--rate"))
        setup = budgeted(arrive(in_its_time(setup)))
        tenure = Tenure.begin(folder)
        setup = replace(setup, held=True)
    except BaseException:
        if embedded is not None:
            embedded.stop()
        raise
    setup.launch()
    return setup, Alone(tenure, embedded)
