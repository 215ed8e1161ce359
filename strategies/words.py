"""Words, amounts and attributes as shops send them: any server takes them, and none trims or rounds them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/+%&#äéßñøžŁЖλאعक中あ한😀🧦"


def words(max_size: int = 20) -> SearchStrategy[str]:
    """One word of 1 to ``max_size`` characters of many scripts, the simplest being ``a``; no white space."""
    return st.lists(st.sampled_from(_ALPHABET), min_size=1, max_size=max_size).map("".join)


def phrases(max_size: int = 40) -> SearchStrategy[str]:
    """A few words with single blanks between them, ``max_size`` characters at most."""
    return st.lists(words(8), min_size=1, max_size=4).map(lambda parts: " ".join(parts)[:max_size].rstrip())


def amounts(highest: int = 1_000) -> SearchStrategy[int | float]:
    """Amounts of money from 0 to ``highest`` with two decimals at most, the simplest being 1."""
    whole = st.integers(0, highest)
    cents = st.integers(0, highest * 100).map(_from_cents)
    return st.one_of(st.just(1), whole, cents)


def _from_cents(cents: int) -> int | float:
    return cents // 100 if cents % 100 == 0 else cents / 100


def attributes(text_name: str | None = None, number_name: str | None = None) -> SearchStrategy[dict[str, Any]] | None:
    """Custom attributes under the names bound for text and for numbers; None where none is bound."""
    optional: dict[str, SearchStrategy[Any]] = {}
    if text_name:
        optional[text_name] = phrases()
    if number_name:
        optional[number_name] = amounts()
    return st.fixed_dictionaries({}, optional=optional) if optional else None
