"""Bodies are laid out for reading and never changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.report.pretty import SHOWN, is_json, pretty

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON, st.sampled_from([None, (",", ":"), (" ,\n", " :  ")]))
def test_the_value_stays(value: Any, separators: tuple[str, str] | None) -> None:
    """However a body was written, laid out it holds the same value, as the standard library lays it out."""
    text = json.dumps(value, separators=separators)

    assert json.dumps(value, indent=2) == pretty(text)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"a":1.50,"a":1E400}', '{\n  "a": 1.50,\n  "a": 1E400\n}'),
        ('{"a":"\\u0041{,:}"}', '{\n  "a": "\\u0041{,:}"\n}'),
        ("[" + "9" * 5000 + "]", "[\n  " + "9" * 5000 + "\n]"),
    ],
)
def test_numbers_keys_and_escapes_stay_as_sent(body: str, shown: str) -> None:
    """Not only the value: 1.50, a key that comes twice, an escape and a number of 5,000 digits are left alone."""
    assert shown == pretty(body)


@pytest.mark.parametrize("body", ["<html>", "{", "", '{"a": }', "[" * 100_000])
def test_what_is_no_json_stays_as_it_is(body: str) -> None:
    """Anything else is shown as it came, up to the limit."""
    assert not is_json(body)
    assert pretty(body).startswith(body[:SHOWN])


def test_a_long_body_is_cut_and_says_so() -> None:
    """Of ten million characters the first are shown, and how many there were."""
    shown = pretty("[" + "1," * 5_000_000 + "1]")

    assert len(shown) < SHOWN + 100
    assert "10,000,003 characters in all" in shown
