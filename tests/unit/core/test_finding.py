"""A finding keeps its identity across data and runs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.finding import Finding, Judgement, fingerprint

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


@given(requirement=texts, operation=texts, check=texts, pointer=texts, message=texts, holds=st.booleans())
def test_identity_is_12_hex_digits_and_knows_no_message(
    requirement: str,
    operation: str,
    check: str,
    pointer: str,
    message: str,
    *,
    holds: bool,
) -> None:
    """What was said of it changes nothing."""
    mark = fingerprint(requirement, operation, check, pointer)
    judgement = Judgement(requirement, holds, check, operation, message, pointer)

    assert re.fullmatch("[0-9a-f]{12}", mark)
    assert mark == judgement.fingerprint == Finding(judgement, (1, 2), confirmed=True).fingerprint


@given(first=st.integers(0), second=st.integers(0))
def test_indices_are_no_part_of_the_identity(first: int, second: int) -> None:
    """The same defect in another row is the same finding."""
    for shape in ("/data/{}", "/data/{}/x", "/{}/{}", "/{}"):
        marks = {fingerprint("R", "op", "check", shape.format(n, n)) for n in (first, second)}

        assert 1 == len(marks)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("A", "b", "c", "/d"), ("X", "b", "c", "/d")), (("A", "b", "c", "/d"), ("A", "x", "c", "/d")),
        (("A", "b", "c", "/d"), ("A", "b", "x", "/d")), (("A", "b", "c", "/d"), ("A", "b", "c", "/x")),
        (("A", "b", "c", "/d"), ("A", "b", "c", "/d/0")), (("A", "b", "c", "/d1"), ("A", "b", "c", "/d2")),
        (("A", "b", "c", "/1d"), ("A", "b", "c", "/2d")),
    ],
)  # fmt: skip
def test_what_differs_in_kind_differs_in_identity(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Requirement, operation, check and place make it up; digits in names are no indices."""
    assert fingerprint(*one) != fingerprint(*other)


def test_identity_is_the_same_in_every_version() -> None:
    """Baselines hold fingerprints: this one, made by sha256sum, may never change."""
    assert "8cfb33759660" == fingerprint("SES-118", "updateCustomerSessionV2", "status", "/cartItems/3/sku")
