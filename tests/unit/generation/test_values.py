"""Drawn values fit their schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.pointers import get
from talonproof.generation.text import date_times, matching, text
from talonproof.generation.values import example, valid

Errors = Callable[..., set[tuple[str, str]]]
Made = Callable[[dict[str, Any]], Contract]

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_LINKED = {
    "type": "object",
    "required": ["n"],
    "properties": {"n": {"type": "integer"}, "next": {"$ref": "#/components/schemas/Linked"}},
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "bounded integers": {"type": "integer", "minimum": -3, "exclusiveMaximum": 4},
    "multiples": {"type": "integer", "multipleOf": 5, "minimum": 1, "maximum": 20},
    "bounded numbers": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
    "patterns": {"type": "string", "pattern": "^[a-c]+$", "minLength": 2, "maxLength": 4},
    "word characters": {"type": "string", "pattern": r"^[a-zA-Z]\w+$"},
    "unanchored patterns": {"type": "string", "pattern": "x"},
    "dates": {"type": "string", "format": "date-time"},
    "unique items": {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 1},
    "maps": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}},
    "closed objects": {"type": "object", "additionalProperties": False},
    "several types": {"type": ["string", "null", "boolean"]},
    "constants": {"const": {"a": 1}},
    "no schema at all": {},
    "alternatives": {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 2}]},
    "exceptions": {"type": "integer", "minimum": 0, "maximum": 5, "not": {"const": 3}},
    "parts": {"allOf": [{"type": "integer", "minimum": 2}, {"maximum": 3}]},
    "schemas within themselves": {"$ref": "#/components/schemas/Linked"},
    "required but unnamed": {"type": "object", "required": ["a"]},
}  # fmt: skip

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
@FEW
@given(data=st.data())
def test_values_fit_each_kind_of_schema(
    made: Made, errors: Errors, schema: dict[str, Any], data: st.DataObject
) -> None:
    """Every keyword that the strategies know is kept, as a validator of others sees it."""
    contract = made({"Linked": _LINKED})

    assert errors(contract, schema, data.draw(valid(contract, schema))) == set()


@FEW
@given(data=st.data())
def test_values_fit_each_body_of_the_contract(
    contract: Contract, validators: Validators, errors: Errors, data: st.DataObject
) -> None:
    """Bodies drawn for any operation are valid."""
    bodies = {o.id: o.body for o in contract.operations.values() if o.body is not None}
    schema = bodies[data.draw(st.sampled_from(sorted(bodies)))]

    assert errors(contract, schema, data.draw(valid(contract, schema, validators=validators))) == set()


def test_the_simplest_value_has_what_is_required_only(contract: Contract, validators: Validators) -> None:
    """Shrinking ends at a body that holds nothing optional."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None

    assert find(valid(contract, schema, validators=validators), lambda _: True) == {"customerSession": {}}


@FEW
@given(data=st.data())
def test_single_places_can_be_overridden_and_left_out(
    contract: Contract, validators: Validators, data: st.DataObject
) -> None:
    """An overridden property is always there, in every item of an array; an omitted one never is."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None
    value = data.draw(
        valid(
            contract,
            schema,
            overrides={"/customerSession/state": st.just("closed"), "/customerSession/cartItems/*/sku": st.just("a")},
            omit=frozenset({"/responseContent", "/customerSession/couponCodes"}),
            validators=validators,
        )
    )

    session = value["customerSession"]
    assert session["state"] == "closed"
    assert all(item["sku"] == "a" for item in session.get("cartItems", []))
    assert "responseContent" not in value
    assert "couponCodes" not in session


@pytest.mark.parametrize("complete", [False, True])
def test_examples_fit_and_stay_the_same(contract: Contract, errors: Errors, *, complete: bool) -> None:
    """The example of every schema that a message has is valid, and the same each time."""
    for operation in contract.operations.values():
        schemas = [operation.body, *(response.schema for response in operation.responses.values())]
        for schema in schemas:
            if schema is not None:
                value = example(contract, schema, complete=complete)

                assert errors(contract, schema, value) == set(), operation.id
                assert value == example(contract, schema, complete=complete)


def test_a_complete_example_has_every_property(contract: Contract) -> None:
    """Optional ones, maps and array items are all there."""
    schema = contract.operation("updateCustomerSessionV2").body
    assert schema is not None
    value = example(contract, schema, complete=True)

    for pointer in ("/customerSession/cartItems/0/product/name", "/customerSession/additionalCosts/a/price"):
        assert get(value, pointer) is not None
    assert example(contract, schema) == {"customerSession": {}}


@UNHURRIED
@given(text())
def test_text_is_encodable_and_has_no_nul(value: str) -> None:
    """By default, text can be written in UTF-8 and stored by any database."""
    value.encode("utf-8")
    assert "\0" not in value


@pytest.mark.parametrize(
    ("drawn", "wanted"),
    [
        (text(), lambda value: any(ord(c) > 0xFFFF for c in value)),
        (text(nul=True), lambda value: "\0" in value),
        (text(surrogates=True), lambda value: any(0xD800 <= ord(c) <= 0xDFFF for c in value)),
        (date_times(), lambda value: not value.endswith("Z")),
        (date_times(), lambda value: "." in value),
    ],
    ids=["beyond the first plane", "NUL on demand", "lone surrogates on demand", "offsets", "fractions"],
)
def test_the_unusual_is_among_what_is_drawn(drawn: st.SearchStrategy[str], wanted: Callable[[str], bool]) -> None:
    """Each is found within Hypothesis' ordinary budget."""
    assert wanted(find(drawn, wanted, settings=settings(max_examples=2_000, deadline=None)))


@FEW
@given(matching("^[A-Za-z0-9_-]*$", 3, 6))
def test_text_by_pattern_keeps_its_length(value: str) -> None:
    """No line break slips in behind the end of a pattern."""
    assert 3 <= len(value) <= 6
    assert value.replace("-", "").replace("_", "").isascii()
    assert "\n" not in value


@FEW
@given(matching(r"(a)\1", 2, 5))
def test_a_pattern_that_nobody_asserts_gives_any_text(value: str) -> None:
    """Back references are beyond both engines; the lengths still hold."""
    assert 2 <= len(value) <= 5
