"""Schemathesis' part finds what is wrong with a server, and finds nothing wrong with a healthy one."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from strategies.subjects import SUBJECTS
from strategies.trials import attempt, cover, plain
from talonproof.emulator.faults import FAULTS
from talonproof.generation.neighbour import engine
from talonproof.run.case import Case
from talonproof.run.explore import explore

Running = Callable[..., dict[str, Any]]


def share(suite: Callable[[str], ModuleType], operation: str) -> int:
    """How many calls of an operation a release sends."""
    table = suite("test_schemathesis")
    return table.SHARES.get(operation, table.SHARE)


def coverage(operation: str, count: int) -> Callable[[Case], None]:
    """The case of the suite for an operation."""
    return lambda case: cover(case, SUBJECTS[operation], count)


@pytest.mark.parametrize("operation", SUBJECTS)
def test_a_healthy_server_is_not_accused(running: Running, suite: Callable[[str], ModuleType], operation: str) -> None:
    """Nor does Schemathesis see anything in its answers that our checks do not judge."""
    count = share(suite, operation)

    record = running(coverage(operation, count), footprint=SUBJECTS[operation].footprint)

    assert ("pass", []) == (record["verdict"], record["findings"])
    assert record["requests"]["sent"] <= count + SUBJECTS[operation].overhead
    assert not [note for note in record["observations"] if "Schemathesis alone" in note["note"]]


PLANTED = {
    "required-property-missing": "updateCustomerSessionV2",
    "wrong-type": "returnCartItems",
    "null-property": "updateCustomerSessionV2",
    "profile-update-201": "updateCustomerProfileV2",
    "card-201": "generateLoyaltyCard",
    "reservation-200": "createCouponReservation",
    "wrong-content-type": "getCustomerSession",
    "over-long-name": "getLoyaltyCardPoints",
    "has-more-missing": "getLoyaltyProgramProfilePoints",
    "times-without-zone": "getLoyaltyCardTransactions",
    "effects-left-out": "reopenCustomerSession",
    "error-without-message": "returnCartItems",
    "unknown-state-is-open": "updateCustomerSessionV2",
    "page-over-maximum": "getLoyaltyProgramProfileTransactions",
    "unknown-filter-value-ignored": "getLoyaltyCardTransactions",
}
"""Faults of the schema, each with an operation that shows it."""

PART = 20
"""Calls of an operation's coverage phase: a release sends fewer, a nightly run all of them."""


@pytest.mark.parametrize(("fault", "operation"), PLANTED.items())
def test_a_schema_fault_is_found(
    running: Running, suite: Callable[[str], ModuleType], fault: str, operation: str
) -> None:
    """By a part of the calls that a nightly run sends; as a finding that a replay confirms."""
    found: set[str] = set()
    for seed in (1, 2, 3):
        record = running(coverage(operation, max(PART, share(suite, operation))), fault, seed=seed)
        found |= {finding["requirement"] for finding in record["findings"]}
        assert {"flaky"}.isdisjoint(finding["verdict"] for finding in record["findings"])
        if found & set(FAULTS[fault].breaks):
            return

    pytest.fail(f"{fault} was not found, only {sorted(found)}")


def test_the_fuzzing_phase_finds_a_fault_and_shrinks_it(running: Running) -> None:
    """What it draws is judged in the same way; the example that is shown is a call without ids of the run."""

    def fuzz(case: Case) -> None:
        subject = SUBJECTS["updateCustomerProfileV2"]
        drawn = engine(case.bench.contract).fuzzing(subject.operation)
        explore(case, drawn, lambda suggestion: attempt(case, subject, suggestion), show=plain)

    record = running(fuzz, "profile-update-201", requests=30)

    found = {finding["requirement"]: finding for finding in record["findings"]}
    assert "fail" == found["ERR-007"]["verdict"]
    assert "tp-unit" not in found["ERR-007"]["example"]
