"""How fast the emulator is, beside what could be had at best and beside a mock of the same document.

    make speed                                   everything; some minutes
    make speed ARGS="--short"                    the same with short measurements and 100,000 sessions
    make speed ARGS="throughput process"         some of it: ready, process, throughput, size

ready       seconds from the start of ``talonproof emulate`` to its first answer, with a new database file
process     milliseconds of a session update with three rules in this process, without a socket
throughput  the same over eight connections that stay open, beside a bare Starlette route that sends the same JSON back
            under the same uvicorn, and beside @stoplight/prism-cli (pinned in benchmarks/prism) mocking the document
size        milliseconds of a whole update with 1,000 and with 1,000,000 sessions stored, any of them

Rates depend on the machine, ratios less so: what is compared is measured in turn, in one run, and medians count. Exit
code 1 where a goal is missed, as stated in the table.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from load import Measured, drive, request

from talonproof.contract.contract import read_contract
from talonproof.emulator import serve
from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Request
from talonproof.emulator.store import Store
from talonproof.emulator.world_file import read_world
from talonproof.workspace import find_workspace

HERE = Path(__file__).parent
WORLD = HERE / "three_rules.yaml"
PRISM = HERE / "prism"
DOCUMENT = find_workspace().contract_file("2025-01")
KEY = {"authorization": "ApiKey-v1 benchmark-key"}
CONNECTIONS = 8
SESSIONS = 250
"""Sessions of a connection, updated in turn."""

EFFECTS = 4
"""What the three rules do to the cart: two cups discounted, the session discounted, points added."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long to measure."""

    rounds: int
    seconds: float
    calls: int
    stored: int
    starts: int


LONG = Length(rounds=7, seconds=3.0, calls=5_000, stored=1_000_000, starts=5)
SHORT = Length(rounds=3, seconds=1.0, calls=2_000, stored=100_000, starts=5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the table: ``goal`` is a bound, at most or at least; no bound where there is nothing to hold."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    most: bool = False

    @property
    def missed(self) -> bool:
        """Whether the goal is missed."""
        return self.goal is not None and (self.value > self.goal if self.most else self.value < self.goal)

    def line(self) -> str:
        """The figure as it is printed."""
        bound = "" if self.goal is None else f"{'at most' if self.most else 'at least'} {self.goal:g} {self.unit}"
        return f"{self.name:58}{self.value:12,.3f} {self.unit:6}{bound:>22}{'   MISSED' if self.missed else ''}"


def body(profile: str) -> bytes:
    """An update on which all three rules act."""
    items = [
        {
            "sku": "cup-1",
            "name": "Cup",
            "category": "cups",
            "quantity": 2,
            "price": 9.5,
            "attributes": {"colour": "red"},
        },
        {"sku": "tee-1", "name": "T-shirt", "category": "clothes", "quantity": 1, "price": 25},
        {"sku": "cap-1", "name": "Cap", "category": "clothes", "quantity": 1, "price": 12.25},
    ]
    session = {"profileId": profile, "state": "open", "cartItems": items, "attributes": {"channel": "web"}}
    return json.dumps({"customerSession": session, "responseContent": ["customerSession"]}).encode()


def updates(connection: int) -> Iterator[bytes]:
    """The updates of one connection, without end."""
    made = [
        request("PUT", f"/v2/customer_sessions/c{connection}-{n}", body(f"p{connection}-{n % 25}"), KEY)
        for n in range(SESSIONS)
    ]
    return itertools.cycle(made)


def embedded(database: Path) -> Emulator:
    """An emulator in this process, over a file."""
    emulator = Emulator(read_world(WORLD), read_contract(DOCUMENT, edition="2025-01"), store=Store(database))
    answer = emulator.handle(Request("PUT", "/v2/customer_sessions/first", KEY, body("first")))
    effects = answer.document().get("effects", [])
    if answer.status != 200 or len(effects) != EFFECTS:
        sys.exit(f"the rules did not act as they should: {answer.status} {effects}")
    return emulator


def timed(emulator: Emulator, calls: list[Request]) -> list[float]:
    """The milliseconds of each call, all of which succeed."""
    taken: list[float] = []
    for call in calls:
        begun = time.perf_counter()
        answer = emulator.handle(call)
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200:
            sys.exit(f"an update was refused: {answer.body.decode()}")
    return taken


def ready(length: Length, folder: Path) -> Iterator[Figure]:
    """From the start of the command to its first answer."""
    taken: list[float] = []
    for number in range(length.starts):
        begun = time.perf_counter()
        command = [
            sys.executable,
            "-P",
            "-m",
            "talonproof",
            "emulate",
            "--port",
            "0",
            "--db",
            str(folder / f"r{number}"),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = process.stdout.readline() if process.stdout else ""
        with closing(socket.create_connection(("127.0.0.1", int(line.rsplit(":", 1)[1])))) as connection:
            connection.sendall(b"GET /_health HTTP/1.1\r\nhost: x\r\n\r\n")
            answered = connection.recv(1000).startswith(b"HTTP/1.1 200")
        taken.append(time.perf_counter() - begun)
        process.terminate()
        process.communicate()
        if not answered:
            sys.exit("the emulator is not healthy")
    yield Figure("emulate ready (median of five)", statistics.median(taken), "s", 1.0, most=True)


def process(length: Length, folder: Path) -> Iterator[Figure]:
    """Session updates with three rules, in this process."""
    with closing(embedded(folder / "process.db")) as emulator:
        calls = [
            Request("PUT", f"/v2/customer_sessions/s{number % SESSIONS}", KEY, body(f"p{number % 25}"))
            for number in range(length.calls)
        ]
        timed(emulator, calls[: length.calls // 10])
        taken = sorted(timed(emulator, calls))
    yield Figure("update with three rules, in process, p50", taken[len(taken) // 2], "ms", 0.8, most=True)
    yield Figure("update with three rules, in process, p99", taken[len(taken) * 99 // 100], "ms")


@contextmanager
def emulator_server(folder: Path) -> Iterator[int]:
    """The emulator over a file, as a process; its port."""
    settings = serve.Settings(world=str(WORLD), database=str(folder / "served.db"))
    with serve.start_with(settings) as started:
        yield started.port


@contextmanager
def echo_server() -> Iterator[int]:
    """The bare route, as a process; its port."""
    command = [sys.executable, str(HERE / "echo.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        if started.stdout is None or started.stdin is None:
            sys.exit("the bare route did not start")
        yield int(started.stdout.readline())
        started.stdin.close()


def install_prism() -> Path:
    """The command of prism, installed in a folder of its own if it is not there yet."""
    command = PRISM / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    if not command.is_file():
        if not shutil.which("npm"):
            sys.exit("npm is not there, so prism cannot be measured; --without-prism leaves it out")
        arguments = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(arguments, cwd=PRISM, check=True, stdout=subprocess.DEVNULL)
    return command


@contextmanager
def prism_server() -> Iterator[int]:
    """Prism mocking the document, as a process; its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [
        "node",
        str(install_prism()),
        "mock",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--verboseLevel",
        "error",
    ]
    started = subprocess.Popen([*command, str(DOCUMENT)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 120
        while time.monotonic() < end and started.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit("prism did not start")
        yield port
    finally:
        started.kill()
        started.wait()


def throughput(length: Length, folder: Path, *, prism: bool) -> Iterator[Figure]:
    """Updates over eight connections, of each server in turn."""
    with ExitStack() as stack:
        ports = {
            "emulator": stack.enter_context(emulator_server(folder)),
            "bare Starlette": stack.enter_context(echo_server()),
        }
        if prism:
            ports["prism"] = stack.enter_context(prism_server())
        streams = [updates(connection) for connection in range(CONNECTIONS)]
        for port in ports.values():
            drive(port, streams, length.seconds)
        measured: dict[str, list[Measured]] = {name: [] for name in ports}
        for _ in range(length.rounds):
            for name, port in ports.items():
                measured[name].append(drive(port, streams, length.seconds))
    for name, runs in measured.items():
        yield Figure(f"{name}, eight connections", statistics.median(run.rate for run in runs), "1/s")
        yield Figure(f"{name}, p50", statistics.median(run.median for run in runs) * 1000, "ms")

    def ratio(name: str) -> float:
        pairs = zip(measured["emulator"], measured[name], strict=True)
        return statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)

    yield Figure("emulator, of bare Starlette (stretch: 40)", ratio("bare Starlette") * 100, "%", 15.0)
    if prism:
        yield Figure("emulator, times prism", ratio("prism"), "x", 3.0)


def fill(store: Store, sessions: int) -> None:
    """Puts copies of the first session into a store, one in ten of a profile of its own, each with its event."""
    with store.transaction():
        columns = "application_id, created, updated, state, first, document"
        counter = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)"
        first = "FROM n JOIN session AS s ON s.integration_id = 'first'"
        store.run(
            f"{counter} INSERT INTO session (integration_id, profile, {columns})"
            f" SELECT 'many-' || i, 'person-' || (i / 10), {columns} {first}",
            sessions,
        )
        store.run(
            f"{counter} INSERT INTO profile (visible, integration_id, created, last_activity)"
            " SELECT 1, 'person-' || i, s.created, s.created " + first,
            sessions // 10,
        )
        store.run(
            f"{counter} INSERT INTO event (application_id, created, type, profile, session, document)"  # noqa: S608
            " SELECT 1, s.created, 'talon_session_created', 'person-' || (i / 10), 'many-' || i,"
            " (SELECT document FROM event LIMIT 1) " + first,
            sessions,
        )


def size(length: Length, folder: Path) -> Iterator[Figure]:
    """Whole updates of any of the sessions stored, in a small and in a large database, in turn."""
    few, many = 1_000, length.stored
    chance = random.Random(0)
    with closing(embedded(folder / "few.db")) as small, closing(embedded(folder / "many.db")) as large:
        fill(small.store, few)
        fill(large.store, many)
        taken: dict[int, list[float]] = {few: [], many: []}
        for turn in range(length.rounds + 1):
            for emulator, stored in ((small, few), (large, many)):
                numbers = [chance.randrange(stored) for _ in range(length.calls // 2)]
                calls = [
                    Request("PUT", f"/v2/customer_sessions/many-{number}", KEY, body(f"person-{number // 10}"))
                    for number in numbers
                ]
                median = statistics.median(timed(emulator, calls))
                if turn:
                    taken[stored].append(median)
    for stored, medians in taken.items():
        yield Figure(f"whole update, {stored:,} sessions stored", statistics.median(medians), "ms")
    growth = statistics.median(more / less for less, more in zip(taken[few], taken[many], strict=True))
    yield Figure(f"{many:,} beside {few:,}", growth, "x", 1.2, most=True)


def main() -> int:
    """Prints a line for each figure; exit code 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help="ready, process, throughput, size (all, if none is named)"
    )
    parser.add_argument("--short", action="store_true", help="measure for a short time only")
    parser.add_argument("--without-prism", action="store_true", help="leave prism out, which needs node and npm")
    arguments = parser.parse_args()
    length = SHORT if arguments.short else LONG
    parts: dict[str, Callable[[Path], Iterator[Figure]]] = {
        "ready": lambda folder: ready(length, folder),
        "process": lambda folder: process(length, folder),
        "throughput": lambda folder: throughput(length, folder, prism=not arguments.without_prism),
        "size": lambda folder: size(length, folder),
    }
    if unknown := set(arguments.parts) - set(parts):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(parts)}")
    figures: list[Figure] = []
    for name in arguments.parts or parts:
        with tempfile.TemporaryDirectory() as folder:
            for figure in parts[name](Path(folder)):
                print(figure.line(), flush=True)
                figures.append(figure)
    return int(any(figure.missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
