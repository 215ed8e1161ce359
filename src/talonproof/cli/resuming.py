"""A run that was cut short goes on: the same cases, seed, options and target, in the same folder, with fresh ids."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import click
from click.core import ParameterSource

from talonproof.baseline import Entry
from talonproof.cli.options import Asked
from talonproof.config import RunOptions
from talonproof.contract.contract import read_contract
from talonproof.errors import ConfigError
from talonproof.plugin.known import read_baseline
from talonproof.report.reading import STREAM_FILE
from talonproof.run.doctor.evidence import Origin
from talonproof.run.recovery import reopen
from talonproof.run.stream import StreamWriter
from talonproof.run.tenure import Tenure, launch_file
from talonproof.run.traces import read_traces
from talonproof.workspace import find_workspace

FREE = frozenset({"resume", "workers", "open_report", "against"})
"""Options that may differ from those of the run: they change nothing that is judged."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run as it was asked for, from the launch file in its ``folder``."""

    folder: Path
    request: Asked
    workers: int
    url: str

    @classmethod
    def read(cls, folder: Path) -> Earlier:
        """The run in a folder; ConfigError where there is none to go on with."""
        file = launch_file(folder)
        try:
            data: dict[str, Any] = json.loads(file.read_text())
            options = _in_time(RunOptions.from_json(data["options"]))
        except (OSError, ValueError, KeyError, TypeError):
            message = f"--resume {folder}: there is no run to go on with"
            raise ConfigError(message, hint=_why_not(folder)) from None
        request = Asked(
            find_workspace(Path(data["workspace"])),
            options,
            data["target_file"],
            "" if data["target_file"] or data["embedded"] else data["url"],
            options.max_footprint,
            options.rate,
            Origin.from_json(data["origin"]).how,
        )
        return cls(folder, request, data["workers"], data["url"])

    def check(self, context: click.Context) -> None:
        """Raises ConfigError for a flag that asks for something else than the run was asked for."""
        for option in context.command.params:
            name = option.name or ""
            if name in FREE or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
                continue
            flag, value = option.opts[0], context.params[name]
            if name not in _WAS:
                message = f"{flag} cannot be given with --resume"
                raise ConfigError(message, hint="a run goes on as it was asked for")
            was = _WAS[name](self)
            if name == "baseline":
                self._check_baseline(value)
                continue
            if (str(Path(value).resolve()) if name == "target_file" else _plain(value)) != was:
                message = f"{flag} {_shown(value)}".rstrip() + ": the run that is resumed was asked for differently"
                raise ConfigError(message, hint=f"with {flag} {_shown(was)}" if _shown(was) else f"without {flag}")

    def _check_baseline(self, file: Path) -> None:
        """Raises ConfigError where a file lists other findings than those that the run knows."""
        options = self.request.options
        listed = read_baseline(file, self.request.workspace, options.edition)
        if _undated(listed) != _undated(options.baseline):
            message = f"--baseline {file}: the run that is resumed was asked for differently"
            hint = "it began with another list, which it keeps" if options.baseline else "without --baseline"
            raise ConfigError(message, hint=hint)

    def take_up(self) -> tuple[Tenure, frozenset[str] | None]:
        """The right to work in the folder, and the cases that are left; None: all of them, there was no plan yet.

        Raises ConfigError where the run is still going on.
        """
        tenure = Tenure.resume(self.folder)
        left = reopen(self.folder)
        return tenure, None if left is None else frozenset(left)

    def end(self) -> None:
        """Writes the footer of a run in which nothing but that was missing."""
        writer = StreamWriter(self.folder)
        writer.resume()
        options = self.request.options
        contract = read_contract(self.request.workspace.contract_file(options.edition), edition=options.edition)
        writer.footer(read_traces(self.folder, options.run, contract, self.url).receipt(), interrupted=False)


def _in_time(options: RunOptions) -> RunOptions:
    """The options with the time that the run may take from now on; its plan stays what it was."""
    return replace(options, deadline=time.time() + options.budget) if options.budget else options


def _undated(entries: Iterable[Entry]) -> list[Entry]:
    """What is listed, whatever has expired since."""
    return [replace(entry, expired=False) for entry in entries]


def _why_not(folder: Path) -> str:
    if not folder.is_dir():
        return "there is no such folder; RUN is a folder that a run wrote"
    if (folder / STREAM_FILE).exists():
        return "what wrote it cannot be resumed; run it again"
    return f"it has no {launch_file(folder).name}, or was killed before it had one: run it again"


def _plain(value: Any) -> Any:
    return str(value.resolve()) if isinstance(value, Path) else value


def _shown(value: Any) -> str:
    """A value as it stands behind its flag; empty for one that has none."""
    if isinstance(value, tuple):
        return " ".join(str(each) for each in cast("tuple[object, ...]", value))
    return "" if value is None or isinstance(value, bool) else str(value)


_WAS: Mapping[str, Callable[[Earlier], Any]] = {
    "target_file": lambda run: run.request.target_file,
    "url": lambda run: run.request.url,
    "spec": lambda run: run.request.options.spec,
    "edition": lambda run: run.request.options.edition,
    "depth": lambda run: str(run.request.options.depth),
    "select": lambda run: run.request.options.select,
    "max_footprint": lambda run: run.request.options.max_footprint.label,
    "max_requests": lambda run: run.request.options.max_requests,
    "seed": lambda run: run.request.options.seed,
    "workspace": lambda run: str(run.request.workspace.root),
    "baseline": lambda run: run.request.options.baseline,
    "budget": lambda run: run.request.options.budget,
    "rate": lambda run: run.request.options.rate,
    "folder": lambda run: str(run.folder.resolve()),
    "strict": lambda run: run.request.options.strict,
    "min_judged": lambda run: run.request.options.min_judged,
    "faults": lambda run: run.request.options.faults,
}
"""What the run was asked for, by the names of the options of ``run``."""
