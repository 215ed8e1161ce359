"""Each defect keeps the law of its label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.errors import HarnessError
from talonproof.generation.defects import Invalid, invalid
from talonproof.generation.pointers import get, put
from talonproof.generation.values import example, valid

Errors = Callable[..., set[tuple[str, str]]]


def _law(errors: Errors, contract: Contract, schema: Any, base: Any, defect: Invalid) -> None:
    """The label is reported by a validator of others, and the one place restored makes the value valid."""
    assert (defect.reported_at, defect.keyword) in errors(contract, schema, defect.value), defect.label
    assert put(defect.value, defect.pointer, get(base, defect.pointer)) == base, defect.label


def test_the_law_holds_for_every_body_of_the_contract(
    contract: Contract, validators: Validators, errors: Errors
) -> None:
    """From the complete example of each body, every defect is what its label says."""
    for operation in contract.operations.values():
        if operation.body is None:
            continue
        base = example(contract, operation.body, complete=True)
        assert errors(contract, operation.body, base) == set()
        for defect in invalid(contract, operation.body, base, validators=validators):
            _law(errors, contract, operation.body, base, defect)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_law_holds_for_drawn_bodies(
    contract: Contract, validators: Validators, errors: Errors, data: st.DataObject
) -> None:
    """From whatever valid session, every defect is what its label says."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None
    base = data.draw(valid(contract, schema, validators=validators))

    for defect in invalid(contract, schema, base, validators=validators):
        _law(errors, contract, schema, base, defect)


def test_every_kind_of_constraint_is_broken(contract: Contract, validators: Validators) -> None:
    """Over all bodies, each keyword that the contract uses in requests is among the labels."""
    found: set[str] = set()
    for operation in contract.operations.values():
        if operation.body is not None:
            base = example(contract, operation.body, complete=True)
            found |= {d.keyword for d in invalid(contract, operation.body, base, validators=validators)}

    assert found >= {
        "required", "type", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "format",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "base", "keyword", "value"),
    [
        ({"type": "string", "pattern": "^[a-z]+$"}, "a", "pattern", "!"),
        ({"type": "number", "exclusiveMinimum": 0}, 1, "exclusiveMinimum", 0),
        ({"type": "number", "exclusiveMaximum": 2}, 1, "exclusiveMaximum", 2),
        ({"type": "number", "multipleOf": 0.01}, 1, "multipleOf", 0.005),
        ({"type": "array", "items": {"type": "integer"}, "uniqueItems": True}, [1], "uniqueItems", [1, 1]),
        ({"const": "a"}, "a", "const", "talonproof-no-such-value"),
        ({"type": "array", "minItems": 2, "items": {}}, [1, 2], "minItems", [1]),
    ],
)
def test_single_constraints(made: Callable[..., Contract], schema: Any, base: Any, keyword: str, value: Any) -> None:
    """Each keyword has a value that breaks it by the least."""
    found = {d.keyword: d.value for d in invalid(made({}), schema, base)}

    assert found[keyword] == value


def test_the_alternative_that_was_meant_is_broken(contract: Contract, validators: Validators) -> None:
    """Within a catalog action of some type, the payload of that type is broken."""
    schema = contract.operation("syncCatalog").body
    assert schema is not None
    base = {"actions": [{"type": "REMOVE", "payload": {"sku": "a"}}]}

    assert "/actions/0/payload/sku" in {d.pointer for d in invalid(contract, schema, base, validators=validators)}


def test_defects_come_in_the_same_order_under_different_labels(contract: Contract, validators: Validators) -> None:
    """Labels can serve as ids of cases."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None
    base = example(contract, schema, complete=True)
    labels = [d.label for d in invalid(contract, schema, base, validators=validators)]

    assert labels == [d.label for d in invalid(contract, schema, base, validators=validators)]
    assert len(set(labels)) == len(labels)


def test_null_is_no_defect(contract: Contract, validators: Validators) -> None:
    """What servers may read as left out is never held to be wrong."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None
    base = example(contract, schema, complete=True)

    assert all(get(d.value, d.pointer) is not None for d in invalid(contract, schema, base, validators=validators))


def test_a_base_that_is_not_valid_is_the_harness_at_fault(contract: Contract, validators: Validators) -> None:
    """Defects of what is broken already would prove nothing."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None

    with pytest.raises(HarnessError, match="/customerSession"):
        list(invalid(contract, schema, {"customerSession": 7}, validators=validators))
