"""The options that ``run`` and ``plan`` share, and what follows from them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from talonproof.config import Depth, RunOptions
from talonproof.errors import ConfigError, closest
from talonproof.plugin import prepare
from talonproof.plugin.known import read_baseline
from talonproof.run.budget import duration
from talonproof.run.doctor.evidence import How, Origin
from talonproof.target import Footprint
from talonproof.workspace import Workspace, find_workspace

F = TypeVar("F", bound=Callable[..., Any])


class Word(click.ParamType[str]):
    """One word of a closed list; a wrong one is answered with the closest."""

    name = "word"

    def __init__(self, *words: str) -> None:
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word; ConfigError with the closest one for any other."""
        if value not in self.words:
            name = param.opts[0] if param else "value"
            message = f"{name} {value} is unknown"
            raise ConfigError(message, hint=closest(value, self.words))
        return value

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """How the help shows it."""
        return "|".join(self.words)


class Duration(click.ParamType[float]):
    """A time such as ``90s``, ``5m`` or ``1h30m``, in seconds; a bare number is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds; ConfigError for what is no time, or none at all."""
        return value if isinstance(value, float) else duration(str(value), param.opts[0] if param else "value")


WORKERS = 2
"""How many worker processes a run has where nobody says."""

TEMPORARY = "temporary"
"""The folder, below that of the run, for what pytest and its workers need while they run."""

_SELECTION = (
    click.option(
        "--target",
        "target_file",
        default="",
        metavar="FILE",
        help="The target file; without one, the embedded emulator.",
    ),
    click.option("--url", default="", metavar="URL", help="A server on this machine, without a target file."),
    click.option(
        "--edition",
        default="auto",
        metavar="E",
        show_default=True,
        help="The edition of the API to judge by; auto: that of the target file, else the one the server shows.",
    ),
    click.option(
        "--spec",
        default=None,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Judge by this OpenAPI document, in place of the edition's own.",
    ),
    click.option("--depth", type=Word(*Depth), default=str(Depth.RELEASE), show_default=True, help="How much to run."),
    click.option(
        "--select",
        multiple=True,
        metavar="PATTERN",
        help="A requirement (SES-018, DRY-*), a suite, or part of a case's name; may be repeated.",
    ),
    click.option(
        "--max-footprint",
        type=Word(*(f.label for f in Footprint)),
        default=None,
        help="The most a call may do to the account; default: dry, on this machine destructive.",
    ),
    click.option(
        "--max-requests", type=click.IntRange(min=1), default=None, metavar="N", help="Plan no more requests than this."
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=None,
        metavar="N",
        help="The seed; default: a random one, printed.",
    ),
    click.option(
        "--workspace", default=None, type=click.Path(path_type=Path), metavar="DIR", help="Suites of your own."
    ),
)


def selection(command: F) -> F:
    """Adds the options that say what is run against what."""
    for option in reversed(_SELECTION):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Asked:
    """What the flags ask for, before anything is read or started."""

    workspace: Workspace
    options: RunOptions
    target_file: str
    url: str
    footprint: Footprint | None
    rate: float | None
    how: How = How.FLAG

    @property
    def embedded(self) -> bool:
        """Whether the emulator that comes with talonproof is the target."""
        return not self.target_file and not self.url

    def setup(self, folder: Path, url: str, workers: int) -> prepare.Setup:
        """The set-up; ``url`` is the embedded emulator's where that is the target."""
        setup = prepare.prepare(
            self.workspace,
            self.options,
            folder,
            target_file=self.target_file,
            url=self.url or ("" if self.target_file else url),
            embedded=self.embedded,
            workers=workers,
            origin=Origin(self.how),
        )
        return self.limited(setup)

    def limited(self, setup: prepare.Setup) -> prepare.Setup:
        """A set-up with the limits of the flags."""
        return prepare.within(setup, self.footprint, self.rate)


def asked(
    *,
    target_file: str,
    url: str,
    edition: str,
    depth: str,
    select: tuple[str, ...],
    max_footprint: str | None,
    max_requests: int | None,
    seed: int | None,
    workspace: Path | None,
    spec: Path | None = None,
    strict: bool = False,
    min_judged: float = 0.0,
    rate: float | None = None,
    faults: tuple[str, ...] = (),
    baseline: Path | None = None,
    budget: float = 0.0,
) -> Asked:
    """The flags, checked against the workspace and against each other; raises ConfigError."""
    prepare.check_choice(target_file, url, faults)
    place = find_workspace(workspace)
    known, how = prepare.edition_of(edition, place, target_file, embedded=not target_file and not url)
    options = RunOptions(
        run=prepare.new_run(),
        seed=prepare.random_seed() if seed is None else seed,
        depth=Depth(depth),
        select=select,
        max_requests=max_requests,
        strict=strict,
        min_judged=min_judged,
        edition=known,
        faults=faults,
        baseline=read_baseline(baseline, place, known) if baseline else (),
        budget=budget,
        deadline=time.time() + budget if budget else 0.0,
        spec=str(spec.resolve()) if spec else "",
        target_file=target_file,
    )
    footprint = Footprint.parse(max_footprint) if max_footprint else None
    return Asked(place, options, target_file, url, footprint, rate, how)


def pytest_environment(folder: Path) -> dict[str, str]:
    """The environment of the pytest that runs the cases: nothing steers it, and it writes below the folder only."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return environment | {
        "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
    }


def pytest_command(setup: prepare.Setup, *extra: str) -> list[str]:
    """The pytest that runs the cases of a workspace, and nothing of the folder it is started in."""
    import sys

    root = setup.workspace.root
    return [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-c",
        str(root / "pytest.ini"),
        f"--rootdir={root}",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "-p",
        "talonproof.plugin",
        "--show-capture=no",  # what a suite prints is not redacted; under plain pytest it is shown
        "--assert=plain",  # rewriting the asserts of every module it imports takes pytest longer than a smoke run
        f"--talonproof-launch={setup.launch()}",
        f"--basetemp={setup.folder / TEMPORARY}",
        *extra,
        str(setup.workspace.suites),
    ]
