"""The time that a run may take, and how much of its plan fits into it."""

from __future__ import annotations

import time
from dataclasses import replace

from talonproof.config import RunOptions
from talonproof.plugin.prepare import Setup
from talonproof.run.budget import allowance, answered_in
from talonproof.run.doctor.asking import WORKER
from talonproof.target import Limits


def timed(options: RunOptions, limits: Limits) -> RunOptions:
    """The options with the time that the target file allows, where no ``--budget`` says another one."""
    if options.budget or not limits.seconds:
        return options
    return replace(options, budget=float(limits.seconds), deadline=time.time() + limits.seconds)


def in_its_time(setup: Setup) -> Setup:
    """The set-up with the time that its target allows, which begins now."""
    return replace(setup, options=timed(setup.options, setup.target.limits))


def budgeted(setup: Setup) -> Setup:
    """The set-up with as many requests as the rest of the time allows, by how fast the first answers came.

    Where none came that was timed, the target file may say how long one takes.
    """
    options = setup.options
    if not options.budget or options.budget_requests is not None:
        return setup
    left = options.deadline - time.time()
    latency = answered_in(setup.folder / f"journal-{WORKER}.ndjson") or setup.target.latency
    requests = allowance(left, latency=latency, rate=options.rate, workers=setup.workers)
    return replace(setup, options=replace(options, budget_requests=requests))
