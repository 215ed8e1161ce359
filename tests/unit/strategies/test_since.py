"""The harmless calls of operations that came after 2025-01 fit their contract, and do no more than they declare."""

from __future__ import annotations

from itertools import count

import pytest

from strategies.harmless import Arguments
from strategies.since import CALLS_SINCE, EVERY_HARMLESS, HARMLESS_SINCE
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.serialise import serialise
from talonproof.contract.validators import Validators
from talonproof.http.exchange import Call
from talonproof.http.footprint import assess
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.run.case import NOTHING
from talonproof.target import Bindings, Footprint, Target
from talonproof.workspace import find_workspace

RUN = "20261120-120000-ab12"
EVERY = pytest.mark.parametrize("operation", HARMLESS_SINCE)
ANY_BINDINGS = pytest.mark.parametrize("bound", [True, False], ids=["bound", "nothing bound"])


@pytest.fixture(scope="module")
def later() -> Contract:
    """The contract of the later edition."""
    return read_contract(find_workspace().contract_file("2026-05"), edition="2026-05")


def arguments(operation: str, bindings: Bindings) -> Arguments:
    """The harmless call of an operation, on the first ids of a run."""
    numbers = count()
    return HARMLESS_SINCE[operation].arguments(bindings, lambda kind: f"tp-{RUN}-main-{next(numbers)}-{kind}")


def test_every_operation_has_one(later: Contract, contract: Contract) -> None:
    """The tables hold each operation of the document, in its order, and no other."""
    assert list(later.operations) == list(EVERY_HARMLESS)
    assert later.operations.keys() - contract.operations.keys() == HARMLESS_SINCE.keys() == CALLS_SINCE.keys()


@ANY_BINDINGS
@EVERY
def test_harmless_calls_fit_the_contract(later: Contract, bindings: Bindings, operation: str, bound: bool) -> None:
    """Only the key can be what is wrong with such a call."""
    found = arguments(operation, bindings if bound else Bindings())
    validator = Validators(later).body(operation)

    assert (validator is None) is (found.body is NOTHING)
    assert validator is None or validator.errors(found.body) == ()
    assert {p.name for p in later.operation(operation).path_parameters} == set(found.path)
    assert serialise(later.operation(operation), found.path, found.query).startswith("/v")


@ANY_BINDINGS
@EVERY
def test_harmless_calls_do_what_they_declare(later: Contract, bindings: Bindings, operation: str, bound: bool) -> None:
    """The footprint in the table is the one that the guard finds, and nothing of others is written on."""
    target = bindings if bound else Bindings()
    found = arguments(operation, target)
    call = Call(operation, path=found.path, query=found.query, body=None if found.body is NOTHING else found.body)
    ledger = Ledger(RUN, "main")
    guard = Guard(Target("http://127.0.0.1:1", "", bindings=target), later, Footprint.DESTRUCTIVE, ledger)

    assert Footprint.parse(HARMLESS_SINCE[operation].footprint) is guard.assess(call).footprint
    assert not assess(call, target, ledger).foreign
