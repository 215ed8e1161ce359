"""Calls at the edge are valid, each in one way, and always the same."""

from __future__ import annotations

import json

import pytest

from strategies.edges import NOBODYS_NUMBERS, edges, some
from strategies.harmless import Arguments
from strategies.subjects import SUBJECTS, valid
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import breaches
from talonproof.http.exchange import Call
from talonproof.run.case import NOTHING
from talonproof.target import Bindings

EVERY = pytest.mark.parametrize("operation", SUBJECTS)


def as_call(operation: str, call: Arguments) -> Call:
    """What would be sent."""
    has_body = call.body is not NOTHING
    return Call(operation, call.path, call.query, call.body if has_body else None, has_body=has_body)


@EVERY
def test_edges_break_nothing(contract: Contract, validators: Validators, bindings: Bindings, operation: str) -> None:
    """By a reading of the contract that did not make them."""
    for edge in edges(contract, operation, valid(operation, bindings), validators=validators):
        assert () == breaches(contract, validators, as_call(operation, edge.call)), edge.label


@EVERY
def test_every_operation_has_edges(
    contract: Contract, validators: Validators, bindings: Bindings, operation: str
) -> None:
    """Each has its label, and changes something."""
    good = valid(operation, bindings)

    found = edges(contract, operation, good, validators=validators)

    assert len(found) >= 3
    assert len(found) == len({edge.label for edge in found})
    changed = [edge for edge in found if edge.call != good]
    assert len(changed) > len(found) / 2


def test_each_bound_of_a_query_has_an_edge(contract: Contract, bindings: Bindings) -> None:
    """Pages of one row and of the most rows, every kind of transaction, unusual times, nobody's program."""
    operation = "getLoyaltyCardTransactions"

    labels = {edge.label for edge in edges(contract, operation, valid(operation, bindings))}

    assert labels >= {
        "pageSize: 1, the least allowed",
        "pageSize: 1000, the most allowed",
        "loyaltyTransactionType: the member session",
        "startDate: a leap day",
        "loyaltyProgramId: the number 0",
        "loyaltyCardId: an id that ends in ' '",
    }


def test_a_moment_is_chosen_in_dry_calls_only(contract: Contract, bindings: Bindings) -> None:
    """Elsewhere a server refuses it whatever it is."""
    operation = "updateCustomerSessionV2"
    found = [edge for edge in edges(contract, operation, valid(operation, bindings)) if edge.label.startswith("now")]

    assert found
    assert all(edge.call.query["dry"] is True for edge in found)


def test_no_number_is_anybodys() -> None:
    """Every positive one might be."""
    assert all(number <= 0 for number in NOBODYS_NUMBERS)


@pytest.mark.parametrize("count", [0, 1, 5, 20, 30])
def test_some_are_drawn_by_the_seed(count: int) -> None:
    """So many as asked for, in their order, the same for the same seed."""
    every = list(range(20))

    found = some(every, count, 7)

    assert min(count, 20) == len(found)
    assert sorted(found) == found
    assert some(every, count, 7) == found
    assert json.dumps([some(every, 5, seed) for seed in range(5)]) != json.dumps([some(every, 5, 0)] * 5)
