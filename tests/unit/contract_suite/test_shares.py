"""What the tables of the suite plan is what there is, and keeps to the share that the suite has of a run."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from strategies.edges import edges
from strategies.subjects import EVERY_SUBJECT, SUBJECTS, valid
from strategies.wrong import wrong
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.neighbour import engine
from talonproof.target import Bindings

Suite = Callable[[str], ModuleType]


def test_tables_name_operations(suite: Suite) -> None:
    """A name that is none would be planned for nothing."""
    tables = (
        suite("test_schemathesis").SHARES,
        suite("test_boundaries").AT_RELEASE,
        suite("test_invalid").JUDGED,
        suite("test_invalid").READ_BY,
        suite("test_invalid").ELSEWHERE,
        suite("test_valid").CALLS,
        suite("test_valid").REQUIRED_BY_PROSE,
    )

    for table in tables:
        assert set(table) <= set(EVERY_SUBJECT)


def test_a_release_sends_at_most_800_calls_of_schemathesis(suite: Suite) -> None:
    """And none that the coverage phase does not have, but for operations where it has next to nothing."""
    table = suite("test_schemathesis")
    shares = {name: table.SHARES.get(name, table.SHARE) for name in EVERY_SUBJECT}

    assert sum(shares.values()) <= 800
    assert min(shares.values()) > 0


@pytest.mark.parametrize("operation", SUBJECTS)
def test_nightly_has_room_for_everything(
    suite: Suite, contract: Contract, validators: Validators, bindings: Bindings, operation: str
) -> None:
    """No operation has more edges, wrong calls or suggestions than are planned."""
    call = valid(operation, bindings)

    assert len(edges(contract, operation, call, validators=validators)) <= suite("test_boundaries").ALL
    assert len(wrong(contract, operation, call, validators=validators, body=True)) <= suite("test_invalid").ALL
    assert len(engine(contract).covering(operation)) <= suite("test_schemathesis").ALL


def test_nothing_of_it_runs_at_smoke(suite: Suite) -> None:
    """The few requests of a smoke run go to what catches most."""
    for name in ("test_valid", "test_boundaries", "test_invalid", "test_schemathesis"):
        module = suite(name)
        marks = [
            mark.kwargs["examples"][0]
            for function in vars(module).values()
            for parametrized in getattr(function, "pytestmark", ())
            if parametrized.name == "parametrize"
            for parameter in parametrized.args[1]
            for mark in parameter.marks
            if mark.name == "scenario"
        ]
        assert len(marks) >= 20
        assert {0} == set(marks)
