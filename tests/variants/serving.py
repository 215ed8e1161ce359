"""A differing server on the loopback, and the run of talonproof that judges it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator import serve
from talonproof.emulator.asgi import application
from talonproof.emulator.instant import SECOND, SystemClock
from talonproof.emulator.listening import listen, server
from talonproof.emulator.world import World
from tests.variants.variant import Differing, Variant


@dataclass(frozen=True, slots=True)
class Ahead:
    """The clock of this machine, and some seconds more."""

    seconds: float

    def now(self) -> int:
        """Microseconds since the epoch."""
        return SystemClock().now() + int(self.seconds * SECOND)


@contextmanager
def serving(variants: Sequence[Variant], world: World, contract: Contract, validators: Validators) -> Iterator[str]:
    """The address of a server that wears the variants, the first nearest to the client."""
    clock = Ahead(sum(variant.ahead for variant in variants))
    emulator = Differing(world, contract, clock=clock, validators=validators)
    emulator.wear(tuple(variants))
    with listen("127.0.0.1", 0) as listening:
        running = server(application(emulator))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield serve.address("127.0.0.1", listening.getsockname()[1])
        finally:
            running.should_exit = True
            thread.join(10)
            emulator.store.close()


def target_file(url: str, variants: Sequence[Variant]) -> tuple[str, dict[str, str]]:
    """The target file of a server, and the environment with the keys that it names."""
    settle = max((variant.settle for variant in variants), default=0.0)
    unbound = frozenset[str]().union(*(variant.unbound for variant in variants))
    added = {name: number for variant in variants for name, number in variant.bindings.items()}
    lines = [
        "[target]",
        f'url = "{url}"',
        'key_env = "VARIANT_KEY"',
        f"settle = {settle}",
        'edition = "2025-01"',
        f"unbuilt = {json.dumps(sorted(serve.unbuilt_operations()))}",
        "",
    ]
    environment = {"VARIANT_KEY": serve.LIVE_KEY}
    for line in serve.default_target().splitlines():
        name, _, value = (part.strip() for part in line.partition("="))
        if name.endswith("_key"):
            variable = f"VARIANT_{name.upper()}"
            environment[variable] = json.loads(value)
            lines.append(f'{name}_env = "{variable}"')
        elif name in added or (name == "campaign" and "referral_campaign" in added):
            lines.append(f"{name} = {int(value) + added.get(name, added['referral_campaign'])}")
        elif name not in unbound:
            lines.append(line)
    return "\n".join(lines) + "\n", environment


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run said: its cases with their findings, and what it printed."""

    cases: tuple[dict[str, Any], ...]
    printed: str = ""

    def told(self, *verdicts: str) -> list[str]:
        """The cases that ended so, each with what it says."""
        return [_words(case) for case in self.cases if case["verdict"] in verdicts]

    def warned(self) -> dict[str, str]:
        """The requirements of level should that were broken, each with one message."""
        found = [finding for case in self.cases for finding in case["findings"] if finding["verdict"] == "warn"]
        return {finding["requirement"]: finding["message"] for finding in found}


def _words(case: dict[str, Any]) -> str:
    shown = "; ".join(f"{f['requirement']} {f['verdict']} {f['message']}" for f in case["findings"])
    return f"{case['id']}: {case['verdict']} {case['detail']} {shown}"


def judge(variants: Sequence[Variant], url: str, folder: Path, *, workers: int) -> Judged:
    """Runs talonproof at release depth against the server, as a user would, with a target file."""
    text, keys = target_file(url, variants)
    file = folder / "target.toml"
    file.write_text(text)
    command = [sys.executable, "-m", "talonproof", "run", "--target", str(file), "--seed", "1"]
    done = subprocess.run(
        [*command, "-n", str(workers), "--report", str(folder / "report")],
        env={**os.environ, **keys},
        capture_output=True,
        text=True,
        check=False,
    )
    stream = folder / "report" / "run.ndjson"
    records = [json.loads(line) for line in stream.read_text().splitlines()] if stream.exists() else []
    cases = tuple(record for record in records if record["type"] == "case")
    return Judged(cases, done.stdout + done.stderr)
