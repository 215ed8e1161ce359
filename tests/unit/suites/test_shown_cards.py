"""Whose a card is, is read from answers that may not tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from strategies.cards import owners
from strategies.ledgers import ledgers
from talonproof.http.exchange import Exchange

Answer = Callable[..., Exchange]


@pytest.mark.parametrize(
    ("profiles", "shown"),
    [
        ([{"integrationId": "a", "timestamp": "t"}, {"integrationId": "b"}, {"integrationId": "a"}], {"a", "b"}),
        ([{"timestamp": "t"}, "a", None], set[str]()),
        ([], set[str]()),
        (None, None),
        ({"integrationId": "a"}, None),
    ],
)
def test_owners_are_the_profiles_shown(exchange: Answer, profiles: Any, shown: set[str] | None) -> None:
    """No list tells nothing, and an empty one tells that there is nobody."""
    assert shown == owners(exchange({"profiles": profiles}))


def test_a_refusal_shows_no_owners(exchange: Answer) -> None:
    """What a refusal says is about the call."""
    assert owners(exchange({"profiles": []}, 400)) is None
    assert owners(exchange({})) is None


def test_balances_are_of_the_main_ledger_and_of_subledgers(exchange: Answer) -> None:
    """Each comes with its name and its place; what is no balance is left out."""
    answer = exchange({"balance": {"activePoints": 1}, "subledgerBalances": {"gold": {"activePoints": 2}}})

    assert [
        ("", "/balance", {"activePoints": 1}),
        ("gold", "/subledgerBalances/gold", {"activePoints": 2}),
    ] == list(ledgers(answer))
    assert [] == list(ledgers(exchange({"balance": None, "subledgerBalances": []})))
