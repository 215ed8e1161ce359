"""The harmless calls fit the contract, cover it, and are judged by the guard to do no more than they declare."""

from __future__ import annotations

from itertools import count

import pytest

from strategies.harmless import HARMLESS, Arguments
from talonproof.contract.contract import Contract
from talonproof.contract.serialise import serialise
from talonproof.contract.validators import Validators
from talonproof.http.exchange import Call
from talonproof.http.footprint import assess
from talonproof.http.ledger import Ledger
from talonproof.run.case import NOTHING
from talonproof.target import Bindings, Footprint

RUN = "20261120-120000-ab12"
ANY_BINDINGS = pytest.mark.parametrize("bound", [True, False], ids=["bound", "nothing bound"])


def arguments(operation: str, bindings: Bindings) -> Arguments:
    """The harmless call of an operation, on the first ids of a run."""
    numbers = count()
    return HARMLESS[operation].arguments(bindings, lambda kind: f"tp-{RUN}-main-{next(numbers)}-{kind}")


def test_every_operation_has_one(contract: Contract) -> None:
    """The table holds each operation of the document, in its order, and no other."""
    assert list(contract.operations) == list(HARMLESS)


@ANY_BINDINGS
@pytest.mark.parametrize("operation", HARMLESS)
def test_harmless_calls_fit_the_contract(
    contract: Contract, validators: Validators, bindings: Bindings, operation: str, bound: bool
) -> None:
    """Only the key can be what is wrong with such a call."""
    found = arguments(operation, bindings if bound else Bindings())
    validator = validators.body(operation)

    assert (validator is None) is (found.body is NOTHING)
    assert validator is None or validator.errors(found.body) == ()
    assert {p.name for p in contract.operation(operation).path_parameters} == set(found.path)
    assert serialise(contract.operation(operation), found.path, found.query).startswith("/v")


@ANY_BINDINGS
@pytest.mark.parametrize("operation", HARMLESS)
def test_harmless_calls_do_what_they_declare(bindings: Bindings, operation: str, bound: bool) -> None:
    """The footprint in the table is the one that the guard finds, and nothing of others is written on."""
    target = bindings if bound else Bindings()
    found = arguments(operation, target)
    call = Call(operation, path=found.path, query=found.query, body=None if found.body is NOTHING else found.body)
    judged = assess(call, target, Ledger(RUN, "main"))

    assert Footprint.parse(HARMLESS[operation].footprint) is judged.footprint
    assert not judged.foreign
