"""``talonproof replay`` says whether a finding still shows."""

from __future__ import annotations

import glob
import json
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from talonproof.checks import Passive
from talonproof.cli.options import Asked
from talonproof.cli.run import execute
from talonproof.config import Depth, RunOptions
from talonproof.contract.validators import Validators
from talonproof.errors import ConfigError, DocumentError, GuardError, TalonproofError, closest
from talonproof.http.client import Client
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.redact import Redactor
from talonproof.plugin import prepare
from talonproof.plugin.arriving import arrive
from talonproof.report.finding_folder import FACTS, FOLDER, VERSION
from talonproof.report.printable import one_line
from talonproof.report.reading import read_stream
from talonproof.run.replay import GONE, SHOWS, UNTRIED, Recorded, Repeated, repeat
from talonproof.run.tenure import launch_file
from talonproof.target import Footprint
from talonproof.verdict import Verdict
from talonproof.workspace import find_workspace


@click.command(name="replay", short_help="Say whether a finding still shows.")
@click.argument("finding", type=click.Path(path_type=Path))
@click.option("--target", "target_file", default="", metavar="FILE", help="Another target than that of the run.")
@click.option("--url", default="", metavar="URL", help="Another server on this machine.")
def command(*, finding: Path, target_file: str, url: str) -> int:
    """Send the requests of FINDING once more, and say whether it still shows.

    FINDING is a folder RUN/findings/<fingerprint>. The ids are fresh, and the
    target is that of the run: an embedded emulator is started again, with the
    same planted faults.

    \b
    Exit codes: 1 it shows, 0 it does not, 2 wrong usage or key, 3 it could not
    be tried.
    """
    facts = _read(finding)
    if facts["spec"] and not Path(facts["spec"]).is_file():
        message = f"{facts['spec']}: the document that the run judged by is not there"
        raise ConfigError(message)
    prepare.check_choice(target_file, url, ())
    request = _asked(facts, finding, target_file, url)
    with _folder() as folder:
        try:
            done = _repeated(facts, request, folder)
        except GuardError as error:
            done = Repeated(UNTRIED, str(error))
    click.echo(f"{facts['requirement']} {facts['fingerprint']}: {one_line(str(facts['message']), 300)}")
    for exchange in done.exchanges:
        click.echo(f"  {exchange.number + 1:>2}  {exchange.operation}  {exchange.status or exchange.failure}")
    match done.outcome:
        case "shows":
            click.echo("it still shows")
            return 1
        case "gone":
            click.echo("it does not show any more")
            return 0
        case _:
            click.echo(f"it could not be tried: {one_line(done.detail, 300)}")
            return 3


def _read(finding: Path) -> dict[str, Any]:
    """The facts of a finding; ConfigError or DocumentError where there are none that can be read."""
    file = finding / FACTS if finding.is_dir() else finding
    try:
        facts: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        beside = [each.parent.name for each in finding.parent.glob(f"*/{FACTS}")] if finding.parent.is_dir() else []
        hint = closest(finding.name, beside) if beside else f"FINDING is a folder RUN/{FOLDER}/<fingerprint>"
        message = f"{finding} is not the folder of a finding" if finding.is_dir() else f"{file}: {error.strerror}"
        raise ConfigError(message, hint=hint) from None
    except ValueError as error:
        raise DocumentError(f"not the facts of a finding: {error}", file=str(file)) from None
    if not isinstance(facts, dict) or "version" not in facts:
        raise DocumentError("not the facts of a finding", file=str(file))
    if facts["version"] != VERSION:  # pyright: ignore[reportUnknownMemberType]
        message = f"version {facts['version']}; this talonproof reads version {VERSION}"  # pyright: ignore[reportUnknownMemberType]
        raise DocumentError(message, file=str(file))
    try:
        _recorded(facts)  # pyright: ignore[reportUnknownArgumentType]
        _options(facts)  # pyright: ignore[reportUnknownArgumentType]
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"the facts are not complete: {error}", file=str(file)) from None
    return facts  # pyright: ignore[reportUnknownVariableType]


def _recorded(facts: Mapping[str, Any]) -> Recorded | None:
    """The finding as it can be repeated; None where the run that found it did not write down how."""
    told = facts["replay"]
    if not told:
        return None
    return Recorded(
        run=facts["run"],
        fingerprint=facts["fingerprint"],
        check=facts["check"],
        exchanges=facts["exchanges"],
        calls=told["calls"],
        judged=told["judged"],
        loose=told["loose"],
        binds=told["binds"],
        shows=told["shows"],
    )


def _options(facts: Mapping[str, Any]) -> RunOptions:
    return RunOptions(
        run=prepare.new_run(),
        seed=facts["seed"],
        depth=Depth(facts["depth"]),
        select=tuple(glob.escape(case) for case in facts["cases"][:1]),
        edition=facts["edition"],
        spec=facts["spec"],
        faults=tuple(facts["faults"]) if facts["target"]["embedded"] else (),
    )


def _asked(facts: Mapping[str, Any], finding: Path, target_file: str, url: str) -> Asked:
    """The target to try: the one asked for, else that of the run."""
    options = _options(facts)
    launch = _launch(finding)
    workspace = find_workspace(Path(launch["workspace"]) if launch.get("workspace") else None)
    footprint: Footprint | None = Footprint.parse(facts["max_footprint"]) if facts["max_footprint"] else None
    if target_file or url:
        return Asked(workspace, replace(options, faults=()), target_file, url, None, None)
    target = facts["target"]
    if target["embedded"]:
        return Asked(workspace, options, "", "", footprint, None)
    if launch.get("target_file"):
        return Asked(workspace, options, launch["target_file"], "", footprint, None)
    if target["loopback"]:
        return Asked(workspace, options, "", target["url"], footprint, None)
    message = f"the target {target['name']} was described by a file, which is not told here"
    raise ConfigError(message, hint="name it: --target FILE")


def _launch(finding: Path) -> dict[str, Any]:
    """What the run was started with, where its folder is still around the finding."""
    place = finding if finding.is_dir() else finding.parent
    file = launch_file(place.resolve().parent.parent)
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _repeated(facts: Mapping[str, Any], request: Asked, folder: Path) -> Repeated:
    recorded = _recorded(facts)
    if recorded is None or not recorded.tells:
        return _case_again(facts, request, folder)
    embedded = prepare.start_embedded(request.workspace, request.options, folder) if request.embedded else None
    try:
        setup = arrive(request.setup(folder, embedded.url if embedded else "", 1))
        run = setup.options.run
        ledger = Ledger(run, recorded.worker)
        guard = Guard(setup.target, setup.contract, setup.options.max_footprint, ledger)
        redactor = Redactor(setup.keys.secrets())
        with Client(setup.target, setup.keys, setup.contract, guard, redactor=redactor) as client:
            passive = Passive(setup.contract, Validators(setup.contract))
            return repeat(recorded, client, ledger, passive, run=run, settle=setup.target.settle)
    finally:
        if embedded is not None:
            embedded.stop()


def _case_again(facts: Mapping[str, Any], request: Asked, folder: Path) -> Repeated:
    """Runs the case that found it, since the answers alone do not tell."""
    if facts["command"] != "run":
        return Repeated(UNTRIED, f"only talonproof {facts['command']} can run its case", ())
    try:
        execute(request, folder, workers=1, quiet=True)
    except TalonproofError as error:
        if error.exit_code == ConfigError.exit_code:
            raise
        return Repeated(UNTRIED, str(error))
    cases = read_stream(folder).cases
    for case in cases:
        if any(found.fingerprint == facts["fingerprint"] for found in case.findings):
            return Repeated(SHOWS)
    silent = {Verdict.ERROR, Verdict.BLOCKED, Verdict.UNSUPPORTED, Verdict.NOT_RUN}
    if not cases or any(case.verdict in silent for case in cases):
        why = cases[0].detail if cases else "its case does not run here"
        return Repeated(UNTRIED, why)
    return Repeated(GONE)


@contextmanager
def _folder() -> Generator[Path]:
    """Where a replay writes what it needs; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="talonproof-") as name:
        yield Path(name)
