"""A bad network between talonproof and a server makes nobody guilty, and hides nobody's guilt.

Samples: ``make network`` runs ten seeds at release depth and every planted fault.
"""

from __future__ import annotations

from pathlib import Path

from talonproof.cli.faults import provable
from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import FAULTS
from talonproof.workspace import find_workspace
from tests.misbehaving.bad_network import healthy, missed
from tests.misbehaving.conftest import Run
from tests.misbehaving.pacing import too_fast
from tests.misbehaving.proxy import Trouble, in_turn, now_and_then, proxy

SAMPLE = 10
"""How many of the planted faults are tried here, spread over all of them."""

SUITES = ("pagination", "sessions", "dry_run")
"""What is run where it is the pace that counts: more than a hundred requests at smoke depth."""


def test_healthy_emulator_behind_a_bad_network_is_accused_of_nothing(tmp_path: Path) -> None:
    """Every planned case has a verdict, and none is an accusation or an error of ours."""
    assert [] == healthy(11, tmp_path, depth="smoke")


def test_planted_faults_are_caught_behind_a_bad_network(tmp_path: Path) -> None:
    """Each is found, and found again when it is replayed."""
    faults = provable(FAULTS.values(), read_requirements(find_workspace().requirements))
    lost, met = missed(faults[:: len(faults) // SAMPLE][:SAMPLE], tmp_path)

    assert [] == lost
    assert met > SAMPLE, "a network that is good proves nothing"


def test_two_workers_together_keep_to_the_rate(emulator: str, run: Run) -> None:
    """The server sees no more than the limit over any second, but for a request on its way or two."""
    rate = 20.0
    with proxy(emulator, now_and_then(0, Trouble.SHORT)) as between:
        ended = run(between.url, *SUITES, mode="workers", limits={"rate": rate})

    assert 0 == ended.code, ended.said
    assert len(between.arrived) > 60
    assert [] == too_fast(rate, between.arrived)


def test_all_workers_slow_down_for_a_server_that_asks_for_it(emulator: str, run: Run) -> None:
    """A 429 is no finding, and what it asks for is done by everybody: nothing arrives before its time is over."""
    with proxy(emulator, in_turn(20, Trouble.TOO_MANY_WAIT)) as between:
        ended = run(between.url, *SUITES, mode="workers")

    assert 0 == ended.code, ended.said
    told = [time for number, time in enumerate(between.arrived) if number and number % 20 == 0]
    assert len(told) > 2
    for moment in told:
        early = [time for time in between.arrived if moment + 0.3 < time < moment + 0.9]
        assert [] == early, "Retry-After said one second"
