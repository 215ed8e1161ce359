"""Errors are one line, with a way out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.errors import (
    ConfigError,
    DocumentError,
    GuardError,
    HarnessError,
    TalonproofError,
    TargetError,
    closest,
)


@given(message=st.text(), hint=st.text())
def test_error_is_always_one_line(message: str, hint: str) -> None:
    """Whatever text an error is made from, it prints as one line."""
    error = TalonproofError(message, hint=hint)

    assert len(str(error).splitlines()) <= 1
    assert len(error.message.splitlines()) <= 1


@given(message=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_message_of_one_line_stays_as_it_is(message: str) -> None:
    """Only line breaks are changed."""
    assert message == str(ConfigError(message))
    assert f"{message} (do this)" == str(ConfigError(message, hint="do this"))


@pytest.mark.parametrize(
    ("kind", "code", "exit_code"),
    [
        (TalonproofError, "talonproof", 3), (ConfigError, "config", 2), (TargetError, "target", 3),
        (HarnessError, "harness", 3), (GuardError, "guard", 3),
    ],
)  # fmt: skip
def test_each_kind_has_its_code(kind: type[TalonproofError], code: str, exit_code: int) -> None:
    """Wrong input ends with 2, everything else with 3, unless the error says otherwise."""
    assert (code, exit_code) == (kind("x").code, kind("x").exit_code)
    assert ("key", 2) == (kind("x", code="key", exit_code=2).code, kind("x", code="key", exit_code=2).exit_code)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({}, "a.yaml: wrong"), ({"line": 3}, "a.yaml:3: wrong"), ({"pointer": "/b"}, "a.yaml at /b: wrong"),
        ({"line": 3, "pointer": "/b", "hint": "fix it"}, "a.yaml:3 at /b: wrong (fix it)"),
    ],
)  # fmt: skip
def test_document_error_begins_with_its_place(place: dict[str, object], expected: str) -> None:
    """File, line and pointer, as far as they are known."""
    error = DocumentError("wrong", file="a.yaml", **place)  # type: ignore[arg-type]

    assert expected == str(error)
    assert 2 == error.exit_code


@given(choices=st.lists(st.text(st.characters(codec="ascii", categories=["L"]), min_size=3, max_size=12), min_size=1))
def test_closest_to_a_choice_is_that_choice(choices: list[str]) -> None:
    """A word that differs only in case finds itself; no hint names what is no choice."""
    hint = closest(choices[0].swapcase(), choices)

    assert hint.startswith("did you mean ")
    assert hint.removeprefix("did you mean ").removesuffix("?").casefold() == choices[0].casefold()
    assert hint.removeprefix("did you mean ").removesuffix("?") in choices


def test_closest_names_choices_where_none_is_near() -> None:
    """A few of them, and whether there are more; nothing where there are none."""
    assert "one of: a, b" == closest("xyz", ["a", "b"])
    assert closest("xyz", map(str, range(20))).endswith("10, 11, …")
    assert "" == closest("xyz", [])
    assert "did you mean sessions?" == closest("sesions", ["errors", "sessions"])
