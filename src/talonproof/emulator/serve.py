"""The emulator as a process of its own: started on a free port of the loopback, and gone with whoever started it.

The parent and the child speak one line: as soon as the child listens it writes a JSON object on its standard
output, with ``port``, or with ``error``. The child ends when its standard input is closed, which happens when
the parent stops it and also when the parent dies.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from talonproof.errors import ConfigError, HarnessError
from talonproof.workspace import find_workspace

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator
    from talonproof.emulator.faults import Fault
    from talonproof.emulator.listening import Server

LIVE_KEY = "talonproof-live-key"
"""The live key of the default world."""

_READY_SECONDS = 30.0
_STOP_SECONDS = 5.0
_GRACE_SECONDS = 3.0
_HERE = Path(__file__).parent


def unbuilt_operations(edition: str = "2025-01") -> frozenset[str]:
    """The ids of the operations of an edition that answer 501, because they are not built yet."""
    lines = (_HERE / "unbuilt.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    return frozenset(operation for since, operation in pairs if since <= edition)


def default_target() -> str:
    """The target file's fragment (TOML) that describes the default world."""
    return (_HERE / "worlds" / "default-target.toml").read_text(encoding="utf-8")


def world_schema() -> str:
    """The JSON Schema of world files."""
    return (_HERE / "worlds" / "world.schema.json").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Settings:
    """How an emulator is to be served. Paths are strings, so that a child can be told; times are in seconds.

    ``database`` empty means memory, ``world`` empty the default world, ``clock`` empty the system's, and
    ``contract`` empty the document of ``edition`` in the workspace. ``log`` is a file for a line on each request, ``-``
    the standard error. ``latency`` is waited before each reply, and an update at most ``patience`` for its turn.
    """

    edition: str = "2025-01"
    host: str = "127.0.0.1"
    port: int = 0
    world: str = ""
    contract: str = ""
    database: str = ""
    clock: str = ""
    faults: tuple[str, ...] = ()
    latency: float = 0.0
    patience: float = 1.0
    log: str = ""


def create(settings: Settings) -> Emulator:
    """The emulator that the settings describe. Raises ConfigError for what is not there."""
    # Imported here: most who import this module never build an emulator in their own process.
    from talonproof.contract.contract import read_contract  # noqa: PLC0415
    from talonproof.emulator import instant  # noqa: PLC0415
    from talonproof.emulator.access import access_log  # noqa: PLC0415
    from talonproof.emulator.app import Emulator  # noqa: PLC0415
    from talonproof.emulator.store import Store  # noqa: PLC0415
    from talonproof.emulator.world_file import read_world  # noqa: PLC0415

    try:
        clock = instant.FixedClock(instant.read(settings.clock)) if settings.clock else instant.SystemClock()
    except ValueError as error:
        raise ConfigError(f"the clock cannot be set: {error}", hint="such as 2025-01-16T10:00:00Z") from None
    planted = _planted(settings) if settings.faults else ()
    contract_file = Path(settings.contract) if settings.contract else find_workspace().contract_file(settings.edition)
    return Emulator(
        read_world(Path(settings.world) if settings.world else None),
        read_contract(contract_file, edition=settings.edition),
        store=Store(Path(settings.database) if settings.database else None),
        clock=clock,
        faults=planted,
        access=access_log(settings.log),
    )


def _planted(settings: Settings) -> tuple[Fault, ...]:
    from talonproof.emulator.faults import select  # noqa: PLC0415  # a healthy emulator starts without them

    faults = select(settings.faults)
    for fault in faults:
        if fault.edition > settings.edition:
            message = f"the fault {fault.id} breaks what edition {fault.edition} states, and this is {settings.edition}"
            raise ConfigError(message, hint=f"--edition {fault.edition}")
    return faults


def _server(settings: Settings, emulator: Emulator) -> Server:
    """A server of an emulator, not begun yet; it ends with what is in flight, however long that is made to wait."""
    from talonproof.emulator.asgi import application, latency  # noqa: PLC0415
    from talonproof.emulator.listening import direct_server, server  # noqa: PLC0415  # uvicorn: only where it serves
    from talonproof.emulator.turns import Turns  # noqa: PLC0415

    wait = max(settings.latency, emulator.dawdles)
    if not wait:
        emulator.store.gather()
        return direct_server(emulator.handle, emulator.store.commit, grace=_GRACE_SECONDS)
    app = application(emulator, hold=latency(wait), turns=Turns(settings.patience))
    return server(app, grace=_GRACE_SECONDS + wait + settings.patience)


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serves in this process until a signal ends it; ``announce`` is told the URL as soon as it can be used.

    Raises ConfigError for what is not there, and for an address that cannot be had.
    """
    from talonproof.emulator.listening import listen  # noqa: PLC0415  # uvicorn: only where it serves

    with listen(settings.host, settings.port) as listening, closing(create(settings)) as emulator:
        serving = _server(settings, emulator)
        gc.freeze()  # the contract and the world stay: no collection needs to look at them again
        announce(address(settings.host, listening.getsockname()[1]))
        serving.run(sockets=[listening])


def address(host: str, port: int) -> str:
    """The URL of a host and a port."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Embedded:
    """An emulator that runs as a child of this process. Use it as a context manager, or call :meth:`stop`."""

    def __init__(self, process: subprocess.Popen[str], host: str, port: int, log: IO[str] | None) -> None:
        self._process = process
        self._log = log
        self.port = port
        self.url = address(host, port)

    @property
    def pid(self) -> int:
        """The id of the child."""
        return self._process.pid

    def stop(self) -> None:
        """Ends the child, gently first. A second call does nothing."""
        _end(self._process)
        if self._log is not None:
            self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def start(
    world: Path | None = None,
    faults: Iterable[str] = (),
    *,
    edition: str = "2025-01",
    contract: Path | None = None,
    port: int = 0,
    log: Path | None = None,
) -> Embedded:
    """Starts an emulator as a child process on the loopback, and waits until it listens.

    ``log`` is a file for what goes wrong inside. Raises ConfigError for a world, fault, edition or port that cannot
    be had, HarnessError for a child that does not come up.
    """
    settings = Settings(
        edition=edition,
        port=port,
        world=str(world.resolve()) if world else "",
        contract=str(contract.resolve()) if contract else "",
        faults=tuple(faults),
    )
    return start_with(settings, log=log)


def start_with(settings: Settings, *, log: Path | None = None) -> Embedded:
    """Like :func:`start`, with everything that can be set. The host is that of the settings."""
    errors = log.open("a", encoding="utf-8") if log else None
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "talonproof.emulator.serve", json.dumps(asdict(settings))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors or subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is for the parent: it still needs the emulator while it finishes
    )
    answer = _first_line(process)
    if "port" in answer:
        return Embedded(process, settings.host, answer["port"], errors)
    _end(process)
    if errors is not None:
        errors.close()
    if "error" in answer:
        raise ConfigError(answer["error"], hint=answer["hint"])
    message = "the embedded emulator did not come up"
    raise HarnessError(message, hint=f"see {log}" if log else "talonproof emulate shows why")


def _first_line(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The line that the child writes when it listens; empty if it ends or stays silent for too long."""
    if process.stdout is None:
        return {}
    ready, _, _ = select.select([process.stdout], [], [], _READY_SECONDS)
    line = process.stdout.readline() if ready else ""
    with suppress(ValueError):
        return json.loads(line)
    return {}


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None and not process.stdin.closed:
        with suppress(OSError):
            process.stdin.close()
    for act in (None, process.terminate, process.kill):
        if act is not None:
            act()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_SECONDS)
            break
    if process.stdout is not None:
        process.stdout.close()


def main() -> int:
    """What the child runs: serves until the standard input is closed."""
    from talonproof.emulator.listening import listen  # noqa: PLC0415  # uvicorn: only where it serves

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    settings = Settings(**json.loads(sys.argv[1]))
    try:
        emulator = create(settings)
        serving = _server(settings, emulator)
        listening = listen(settings.host, settings.port)
    except ConfigError as error:
        _say({"error": error.message, "hint": error.hint})
        return error.exit_code
    gc.freeze()  # the contract and the world stay: no collection needs to look at them again
    threading.Thread(target=_stop_at_end_of_input, args=(serving,), daemon=True).start()
    _say({"port": listening.getsockname()[1]})
    with closing(emulator):
        serving.run(sockets=[listening])
    return 0


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _stop_at_end_of_input(serving: Server) -> None:
    while sys.stdin.buffer.read(1):
        pass
    serving.should_exit = True
    time.sleep(_STOP_SECONDS)
    os._exit(1)  # the server is stuck, and nobody is there to end it


if __name__ == "__main__":
    sys.exit(main())
