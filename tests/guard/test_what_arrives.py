"""What a server sees of whole runs: nothing above the footprint that was allowed, and nothing of anybody else's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

FOOTPRINTS = ("read", "dry", "create", "consume")
Sent = tuple[list[Any], dict[str, Any], int]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, recorded: Callable[..., Any]) -> Callable[..., Sent]:
    """Runs suites against a recording server; gives what arrived, the footer, and the exit code."""

    @cache
    def run(*arguments: str) -> Sent:
        folder = tmp_path_factory.mktemp("guard") / "run"
        environment = {name: value for name, value in os.environ.items() if name != "TALONPROOF_API_KEY"}
        with recorded() as recording:
            command = [sys.executable, "-m", "talonproof", "run", "--url", recording.url, "--seed", "3"]
            done = subprocess.run(
                [*command, "--report", str(folder), *arguments],
                capture_output=True,
                text=True,
                env=environment,
                cwd=folder.parent,
                check=False,
            )
        stream = folder / "run.ndjson"
        assert stream.exists(), done.stdout + done.stderr
        footer = json.loads(stream.read_text().splitlines()[-1])
        assert "footer" == footer["type"], done.stdout
        return recording.arrived, footer, done.returncode

    return run


DRY = ("--max-footprint", "dry", "--depth", "release")


@pytest.mark.parametrize(
    ("most", "depth"), [("read", "release"), ("dry", "release"), ("create", "smoke"), ("consume", "release")]
)
def test_nothing_above_the_footprint_arrives(sent: Callable[..., Sent], most: str, depth: str) -> None:
    """At each limit, over every suite, wrong keys and broken bodies included; and what is written is the run's own."""
    arrived, footer, code = sent("--max-footprint", most, "--depth", depth)

    allowed = FOOTPRINTS[: FOOTPRINTS.index(most) + 1]
    beyond = [(a.method, a.target, a.footprint) for a in arrived if a.footprint not in allowed]
    foreign = [(a.method, a.target, a.foreign) for a in arrived if a.foreign]
    assert [] == beyond
    assert [] == foreign
    assert 0 == code, footer["verdict"]
    assert len(arrived) >= 20
    assert most in {a.footprint for a in arrived}, Counter(a.footprint for a in arrived)


def test_a_dry_run_still_judges_what_reads_and_dry_calls_can_show(sent: Callable[..., Sent]) -> None:
    """Reads and dry calls are enough for pages, and for what dry calls leave behind; bound sessions stay untouched."""
    arrived, footer, _ = sent(*DRY)

    judged = {name for name, state in footer["requirements"].items() if state["verdict"] in {"pass", "observed"}}
    assert {"DRY-001", "DRY-002", "DRY-003", "DRY-008", "DRY-011", "SES-002", "SES-116", "SES-127"} - judged == set()
    assert {f"PAG-{number:03}" for number in range(1, 18)} - judged == set()
    assert {"read", "dry"} == {a.footprint for a in arrived}


def test_calls_with_another_key_are_bound_by_the_same_limit(sent: Callable[..., Sent]) -> None:
    """A server with a hole in its authentication loses nothing to the check that looks for the hole."""
    arrived, _, _ = sent(*DRY)

    strangers = [a for a in arrived if a.headers.get("authorization") != "ApiKey-v1 talonproof-live-key"]
    assert len(strangers) >= 10
    assert {a.footprint for a in strangers} <= {"read", "dry"}
