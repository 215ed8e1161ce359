"""The two validators agree on every schema and every JSON value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract import dialect, worded
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = ["", "a", "A1", "é", "a\n", "\n", "٣", "_", "a b", "😀", "-", "00", "\u2028", "\ufeff"]
DATES = [
    "2024-05-29T15:04:05Z", "2024-05-29t15:04:05z", "2024-05-29T15:04:05Z\n", "1998-12-31T23:59:60Z",
    "2024-05-29T12:00:60Z", "2024-05-29", "2024-05-29T15:04:05.5+07:00", "2024-05-29 15:04:05Z", "0000-01-01T00:00:00Z",
]  # fmt: skip
NUMBERS = [0, 1, -1, 1.0, 0.1, 0.3, 4.35, 19.99, 1e15, 1e308, -1e-7, 2**53, 2**53 + 1, 2**64, 10**30, 5.0, 1e20]
PATTERNS = [
    r"^\w+$", r"\d", "^a$", "^.$", r"^\s*$", r"^[\w-]*$", r"\bA", "[^a]", "^[A-Za-z0-9_#-]*$", "(a|é)$", r"\p{L}", "(",
    r"^[^\W_]$", "^(?:)$",
]  # fmt: skip
FORMATS = ["date-time", "date", "time", "uuid", "ipv4", "ipv6", "email", "uri", "int32", "regex"]
DIVISORS = [1, 2, 0.01, 0.1, 0.5, 3]
NAMES = st.sampled_from(["a", "b", "type", "a\n", "é"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(WORDS + DATES),
    st.text(max_size=3),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
# Rust compares integers beyond 2**64 with floats as floats, Python compares exactly: such constants are left out.
CONSTANTS = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([1.0, 0.5, *WORDS]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=3,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "null"])
SIZES = st.integers(0, 3)
BOUNDS = st.integers(-3, 3) | st.sampled_from([0.5, 4.35, 1e15])


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas made of schemas."""
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2, unique=True),
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": inner | st.booleans(),
            "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), inner, max_size=2),
            "propertyNames": inner,
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "uniqueItems": st.booleans(),
        },
    )


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES,
        "minLength": SIZES,
        "maxLength": SIZES,
        "pattern": st.sampled_from(PATTERNS),
        "format": st.sampled_from(FORMATS),
        "minimum": BOUNDS,
        "exclusiveMaximum": BOUNDS,
        "multipleOf": st.sampled_from(DIVISORS),
        "enum": st.lists(CONSTANTS, min_size=1, max_size=3),
        "const": CONSTANTS,
        "minItems": SIZES,
        "maxItems": SIZES,
        "maxProperties": SIZES,
        "$ref": st.just("#/components/schemas/Tree"),
    },
)
SCHEMAS = st.recursive(LEAVES, combined, max_leaves=5)
TREE = {"type": ["object", "string"], "properties": {"a": {"$ref": "#/components/schemas/Tree"}}, "maxLength": 2}
DOCUMENT = {"paths": {}, "components": {"schemas": {"Tree": TREE}}}


@pytest.fixture(scope="module")
def validators() -> Validators:
    """The validators of a document with one recursive schema."""
    return Validators(Contract.from_document(DOCUMENT, edition="test", source="test"))


@settings(UNHURRIED, max_examples=200)
@given(schema=SCHEMAS, values=st.lists(VALUES, min_size=1, max_size=5))
def test_they_agree(validators: Validators, schema: dict[str, Any], values: list[Any]) -> None:
    """jsonschema-rs says valid exactly where jsonschema finds nothing."""
    shared = validators._shared
    prepared = dialect.prepared(schema, "schema")
    worded.check(prepared)
    fast, slow = dialect.fast(prepared, shared.fast), worded.validator(prepared, shared.worded)

    for value in values:
        assert slow.is_valid(value) is fast.is_valid(value), value


@pytest.mark.parametrize(
    ("keyword", "said", "values"),
    [
        ("pattern", PATTERNS, WORDS),
        ("format", FORMATS, DATES + WORDS),
        ("multipleOf", DIVISORS, NUMBERS),
        ("minimum", [0, 0.3, 4.35, 1e15], NUMBERS),
        ("exclusiveMaximum", [0, 1.0, 19.99], NUMBERS),
        ("type", ["integer", "number", "string", "boolean", "null"], [*NUMBERS, *WORDS, True, None]),
        ("maxLength", [0, 1, 2], WORDS),
    ],
)
def test_they_agree_on_every_trap(validators: Validators, keyword: str, said: list[Any], values: list[Any]) -> None:
    """Each constraint meets each value on which the libraries, left to themselves, may differ."""
    shared = validators._shared
    for constraint in said:
        schema = dialect.prepared({keyword: constraint}, "schema")
        fast, slow = dialect.fast(schema, shared.fast), worded.validator(schema, shared.worded)
        differing = [value for value in values if fast.is_valid(value) is not slow.is_valid(value)]

        assert [] == differing, constraint


@UNHURRIED
@given(schema=SCHEMAS, value=VALUES)
def test_errors_are_the_reason(validators: Validators, schema: dict[str, Any], value: Any) -> None:
    """A value has errors exactly if it is not valid, and each error points into the value."""
    validator = validators.schema(schema)
    found = validator.errors(value)

    assert bool(found) is not validator.is_valid(value)
    for error in found:
        here = value
        for part in error.pointer.split("/")[1:]:
            here = here[part.replace("~1", "/").replace("~0", "~")] if isinstance(here, dict) else here[int(part)]


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"type": "integer"}, 1.0, True),
        ({"type": "integer"}, 1e300, True),
        ({"type": "integer"}, 1.5, False),
        ({"type": "integer"}, True, False),
        ({"type": "number"}, float("inf"), False),
        ({"type": "number"}, float("nan"), False),
        ({"type": "integer", "maximum": 5}, 10**400, False),
        ({"multipleOf": 0.01}, 4.35, True),
        ({"multipleOf": 0.01}, 4.355, False),
        ({"multipleOf": 0.1}, 1e308, True),
        ({"multipleOf": 3}, 10**40, False),
        ({"pattern": "^a$"}, "a\n", False),
        ({"pattern": r"^\w$"}, "é", False),
        ({"pattern": r"^\d$"}, "٣", False),
        ({"maxLength": 1}, "😀", True),
        ({"format": "date-time"}, "2024-05-29T15:04:05Z\n", False),
        ({"format": "date-time"}, "2024-05-29t15:04:05z", True),
        ({"format": "date-time"}, "1998-12-31T23:59:60Z", True),
        ({"format": "date-time"}, "2024-05-29T12:00:60Z", False),
        ({"enum": [1]}, True, False),
        ({"enum": [1]}, 1.0, True),
        ({"const": {"a": False}}, {"a": 0}, False),
        ({"uniqueItems": True}, [1, True, 1.5], True),
        ({"uniqueItems": True}, [1, 1.0], False),
    ],
)
def test_how_they_agree(validators: Validators, schema: dict[str, Any], value: Any, *, valid: bool) -> None:
    """Where the libraries differ by nature, this is what was decided for both."""
    prepared = dialect.prepared(schema, "schema")
    shared = validators._shared

    assert (valid, valid) == (
        dialect.fast(prepared, shared.fast).is_valid(value),
        worded.validator(prepared, shared.worded).is_valid(value),
    )
