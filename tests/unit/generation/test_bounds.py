"""Boundary values are valid, and at the bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.bounds import boundaries
from talonproof.generation.pointers import get

Errors = Callable[..., set[tuple[str, str]]]


def test_boundaries_of_every_body_are_valid(contract: Contract, validators: Validators, errors: Errors) -> None:
    """A validator of others accepts every one of them, and they come in the same order each time."""
    for operation in contract.operations.values():
        if operation.body is None:
            continue
        found = list(boundaries(contract, operation.body, validators=validators))

        assert all(errors(contract, operation.body, each.value) == set() for each in found), operation.id
        assert found == list(boundaries(contract, operation.body, validators=validators))


@pytest.mark.parametrize(
    ("operation", "pointer", "sizes"),
    [
        ("updateCustomerSessionV2", "/customerSession/identifiers", {0, 5}),
        ("updateCustomerSessionV2", "/customerSession/couponCodes/0", {0, 100}),
        ("updateCustomerSessionV2", "/customerSession/storeIntegrationId", {1, 1_000}),
        ("updateCustomerSessionV2", "/customerSession/cartItems/0/product/name", {0, 50}),
        ("syncCatalog", "/actions", {1, 1_000}),
    ],
)
def test_lengths_and_items_at_their_bounds(
    contract: Contract, validators: Validators, operation: str, pointer: str, sizes: set[int]
) -> None:
    """The least and the most allowed are both there."""
    schema = contract.operation(operation).body
    assert schema is not None
    found = [b for b in boundaries(contract, schema, validators=validators) if b.pointer == pointer]

    assert {len(get(b.value, pointer)) for b in found} == sizes


def test_numbers_and_members_at_their_bounds(contract: Contract, validators: Validators) -> None:
    """Quantities start at 1; without an upper bound the edge of 32 bits is tried; every state is named."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None
    found: dict[str, set[Any]] = {}
    for each in boundaries(contract, schema, validators=validators):
        if each.pointer.endswith(("/quantity", "/state")):
            found.setdefault(each.pointer, set()).add(get(each.value, each.pointer))

    assert found["/customerSession/cartItems/0/quantity"] == {1, 2**31 - 1, 2**31, 2**31 + 1}
    assert found["/customerSession/state"] == {"open", "closed", "partially_returned", "cancelled"}


def test_a_base_of_ones_own_is_kept(contract: Contract, validators: Validators) -> None:
    """Only the one place differs from the base, and only places that the base has are tried."""
    schema = contract.operation("returnCartItems").body
    assert schema is not None
    base = {"return": {"returnedCartItems": [{"position": 3}]}}
    found = list(boundaries(contract, schema, base, validators=validators))

    assert {b.pointer for b in found} == {"/return/returnedCartItems", "/return/returnedCartItems/0/position"}


def test_exclusive_bounds_are_one_step_away(made: Callable[..., Contract]) -> None:
    """The last value inside an exclusive bound, for whole numbers."""
    schema = {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9}

    assert [b.value for b in boundaries(made({}), schema, 5)] == [1, 8]
