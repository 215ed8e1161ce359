"""The balances in an answer: one of the main ledger, and one of each subledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from talonproof.http.exchange import Exchange

MAIN = ""
"""The name of the main ledger among the subledgers."""


def ledgers(answer: Exchange) -> Iterator[tuple[str, str, Any]]:
    """Name, pointer and content of each balance in an answer."""
    if isinstance(answer.at("balance"), dict):
        yield MAIN, "/balance", answer.at("balance")
    others: Any = answer.at("subledgerBalances")
    for name, balance in (others if isinstance(others, dict) else {}).items():  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        yield name, f"/subledgerBalances/{name}", balance
