"""From flags, target file and environment to one frozen set-up, the same in every process of a run."""

from __future__ import annotations

import fnmatch
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talonproof.checks import PASSIVE
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.contract.sound import check_schemas
from talonproof.emulator import serve
from talonproof.errors import ConfigError, closest
from talonproof.http.keys import resolve_keys
from talonproof.http.strangers import strangers
from talonproof.requirement import Catalogue, catalogue
from talonproof.run.doctor.evidence import FIRST, How, Origin, Recognition
from talonproof.run.tenure import launch_file
from talonproof.target import Footprint, Keys, Target, checked_url, parse_target
from talonproof.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    from talonproof.emulator.serve import Embedded

DEFAULT_EDITION = FIRST


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a process of a run needs to know; ``folder`` is where the run writes, and nothing else does.

    ``origin`` is how the edition came to be known. ``part`` is 0, or counts how often the run was gone on with;
    ``rest`` are the cases that are left then. ``held`` is whether the process that the run hangs on holds the launch
    file.
    Where a document of the user's own takes the place of the edition's, ``strangers`` are its operations that are none
    of this API's, with their footprints, and ``absent`` those of the edition that it lacks.
    """

    workspace: Workspace
    options: RunOptions
    target: Target
    keys: Keys
    contract: Contract
    catalogue: Catalogue
    folder: Path
    embedded: bool
    workers: int
    target_file: str = ""
    origin: Origin = field(default_factory=lambda: Origin(How.FLAG))
    strangers: Mapping[str, Footprint] = field(default_factory=dict[str, Footprint])
    absent: frozenset[str] = frozenset()
    part: int = 0
    rest: frozenset[str] | None = None
    held: bool = False

    @property
    def launch_file(self) -> Path:
        """The file that tells another process of this set-up."""
        return launch_file(self.folder, self.part)

    @property
    def passive(self) -> frozenset[str]:
        """The requirements that are judged on every exchange."""
        return frozenset(PASSIVE.values())

    def name(self, worker: str) -> str:
        """The name of a worker, of which ids are made: no part of a run has those of another."""
        return f"{worker}r{self.part}" if self.part else worker

    def launch(self) -> Path:
        """Writes what another process needs to come to the same set-up; it holds no key."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.launch_file
        file.write_text(
            json.dumps(
                {
                    "options": self.options.to_json(),
                    "workspace": str(self.workspace.root),
                    "target_file": self.target_file and str(Path(self.target_file).resolve()),
                    "url": self.target.url,
                    "embedded": self.embedded,
                    "workers": self.workers,
                    "origin": self.origin.to_json(),
                    "part": self.part,
                    "rest": None if self.rest is None else sorted(self.rest),
                    "held": self.held,
                }
            )
        )
        return file


def new_run() -> str:
    """A name for a run: when it began, and four hex digits so that no two are called the same."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def random_seed() -> int:
    """A seed to print and to use; 0 in CI, where a run must be the same tomorrow."""
    return 0 if os.environ.get("CI") else secrets.randbelow(2**32)


def check_choice(target_file: str, url: str, faults: Sequence[str]) -> None:
    """Raises ConfigError where the flags name two targets, or a fault for a target that is not ours."""
    if target_file and url:
        message = "--target and --url exclude each other"
        raise ConfigError(message, hint="the target file holds the url")
    if faults and (target_file or url):
        message = "--fault plants a defect in the embedded emulator, and --target or --url name another server"
        raise ConfigError(message, hint="start that one with: talonproof emulate --fault ID")


def read_target(target_file: str, url: str, edition: str = DEFAULT_EDITION) -> Target:
    """The target that a file or an address describes; an address alone has the bindings of the default world.

    Raises ConfigError where it cannot be used.
    """
    if target_file:
        try:
            text = Path(target_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"--target {target_file}: {getattr(error, 'strerror', None) or error}"
            raise ConfigError(message) from error
        return parse_target(text, target_file)
    world = parse_target(serve.default_target(), "the default world", world=True)
    target = replace(world, url=checked_url(url), unbuilt=serve.unbuilt_operations(edition), name=url)
    if not target.loopback:
        message = f"--url {url}: only a server on this machine can be tested without a target file"
        raise ConfigError(message, hint="[target] url, allowed_host, key_env; see README")
    return target


def prepare(  # noqa: PLR0913 - what a run is made of
    workspace: Workspace,
    options: RunOptions,
    folder: Path,
    *,
    target_file: str = "",
    url: str = "",
    embedded: bool = False,
    workers: int = 1,
    environment: Mapping[str, str] | None = None,
    origin: Origin | None = None,
) -> Setup:
    """The set-up of a run; ConfigError or DocumentError for whatever is wrong with what it is made from.

    ``origin`` is how the edition in the options is known: by default, because the user named it. An embedded target
    has the keys of its world and never those of the environment.
    """
    target = read_target(target_file, url, options.edition)
    if embedded:
        target = replace(target, name="embedded emulator")
    if options.test_key:
        target = replace(target, bindings=target.bindings.for_dry_calls())
    keys = resolve_keys(target, {} if embedded else (environment or os.environ), default=serve.LIVE_KEY)
    edition, origin = options.edition, origin or Origin(How.FLAG)
    contract = own = read_contract(workspace.contract_file(edition), edition=edition)
    unknown: Mapping[str, Footprint] = {}
    if options.spec:
        contract = read_contract(Path(options.spec), edition=edition)
        check_schemas(contract)
        others = (read_contract(workspace.contract_file(e), edition=e) for e in workspace.editions() if e != edition)
        unknown = strangers(contract, (own, *others))
    known = own.operations if origin.how in _NAMED else newest_contract(workspace, own).operations
    for operation in sorted(target.unbuilt) if target_file else ():
        if operation not in known and operation not in contract.operations:
            message = f"{target_file}: unbuilt: there is no operation {operation} in edition {edition}"
            raise ConfigError(message, hint=closest(operation, (*known, *contract.operations)))
    for pattern in target.expected or () if target_file else ():
        everywhere = read_requirements(workspace.requirements)
        if not any(fnmatch.fnmatchcase(row.id, pattern) for row in everywhere):
            message = f"{target_file}: [expect] unsupported: there is no requirement {pattern}"
            raise ConfigError(message, hint=closest(pattern, (row.id for row in everywhere)))
    possible = workspace.editions() if origin.how is How.UNSURE else ()
    clauses = read_requirements(workspace.requirements)
    if options.spec:  # what a clause asks for, where it speaks of the document, is then stated by that document
        clauses = tuple(replace(row, differs="") for row in clauses)
    rows = catalogue(edition, clauses, among=possible)
    return Setup(
        workspace, options, target, keys, contract, rows, folder, embedded, workers, target_file, origin,
        unknown, frozenset(own.operations.keys() - contract.operations.keys()),
    )  # fmt: skip


_NAMED = frozenset({How.FLAG, How.FILE, How.OWN})
"""How an edition is known before the target is asked."""


def newest_contract(workspace: Workspace, contract: Contract) -> Contract:
    """The contract of the newest edition, which has the operations of all."""
    newest = workspace.editions()[-1]
    if newest == contract.edition:
        return contract
    return read_contract(workspace.contract_file(newest), edition=newest)


def recognised(setup: Setup, recognition: Recognition, looks: int) -> Setup:
    """The set-up, judging by the edition that the target was recognised by."""
    found = prepare(
        setup.workspace,
        replace(setup.options, edition=recognition.edition),
        setup.folder,
        target_file=setup.target_file,
        url="" if setup.target_file else setup.target.url,
        embedded=setup.embedded,
        workers=setup.workers,
        origin=Origin.of(recognition, looks),
    )
    return replace(found, keys=setup.keys)


def within(setup: Setup, footprint: Footprint | None, rate: float | None) -> Setup:
    """The set-up with the limits of the flags, and where there are none, those of the target."""
    limits = setup.target.limits
    allowed = [most for most in (setup.options.max_requests, limits.requests) if most is not None]
    options = replace(
        setup.options,
        max_requests=min(allowed, default=None),
        max_footprint=limits.max_footprint if footprint is None else footprint,
        rate=limits.rate if rate is None else rate,
    )
    return replace(setup, options=options)


def read_launch(file: Path, *, target_file: str = "") -> Setup:
    """The set-up that another process wrote; ``target_file`` takes the place of the one that it named."""
    data: dict[str, Any] = json.loads(file.read_text())
    options = RunOptions.from_json(data["options"])
    target_file = target_file or data["target_file"]
    setup = prepare(
        find_workspace(Path(data["workspace"])),
        options,
        file.parent,
        target_file=target_file,
        url="" if target_file else data["url"],
        embedded=data["embedded"],
        workers=data["workers"],
        origin=Origin.from_json(data["origin"]),
    )
    rest = None if data["rest"] is None else frozenset(data["rest"])
    return replace(setup, part=data["part"], rest=rest, held=data["held"])


def start_embedded(workspace: Workspace, options: RunOptions, folder: Path) -> Embedded:
    """An emulator on a free port of this machine, for this run alone."""
    folder.mkdir(parents=True, exist_ok=True)
    return serve.start(
        faults=options.faults,
        edition=options.edition,
        contract=workspace.contract_file(options.edition),
        log=folder / "emulator.log",
    )


def edition_of(asked: str, workspace: Workspace, target_file: str = "", *, embedded: bool = False) -> tuple[str, How]:
    """The edition to judge by as far as it is known before the target is asked, and how it is known.

    ``auto`` is that of the target file; where that names none either, the target is to be asked, but for the
    ``embedded`` emulator, which follows the first. Raises ConfigError for an edition whose contract is not in the
    workspace.
    """
    named = asked if asked != "auto" or not target_file else read_target(target_file, "").edition
    if named == "auto":
        return DEFAULT_EDITION, How.OWN if embedded else How.ASSUMED
    try:
        workspace.contract_file(named)
    except ConfigError as error:
        place = "" if named == asked else f"{target_file}: edition: "
        raise ConfigError(place + error.message, hint=error.hint) from None
    return named, How.FLAG if asked != "auto" else How.FILE
