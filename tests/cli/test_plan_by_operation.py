"""``talonproof plan`` counts what is tried of each operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from talonproof.contract.contract import read_contract
from talonproof.workspace import find_workspace

HEADING = ["requests", "by", "operation", "valid", "boundary", "invalid", "authentication"]


def test_every_operation_has_calls_of_every_kind(talonproof: Callable[..., Any]) -> None:
    """At release depth none of the four columns is empty for any operation of the document."""
    contract = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")

    lines = [line.split() for line in talonproof("plan", "--depth", "release").out.splitlines()]

    table = lines[lines.index(HEADING) + 1 :]
    rows = {words[0]: words[1:] for words in table[: table.index([])]}
    assert set(contract.operations) == set(rows)
    for operation, counts in rows.items():
        assert 4 == len(counts)
        assert all(int(count) > 0 for count in counts), operation


def test_what_is_about_no_operation_has_no_table(talonproof: Callable[..., Any]) -> None:
    """A selection without such calls is shown by its suites alone."""
    ended = talonproof("plan", "--depth", "release", "--select", "wiring")

    assert 0 == ended.code
    assert "requests by operation" not in ended.out
    assert "wiring" in ended.out


def test_a_plan_says_what_may_stay(talonproof: Callable[..., Any]) -> None:
    """By kind, as an upper bound; of dry calls nothing stays."""
    told = talonproof("plan", "--select", "audiences").out
    dry = talonproof("plan", "--select", "audiences", "--max-footprint", "dry").out

    assert "may be made or used up" in told
    assert "deleted by a sweep" in told
    assert "An upper bound" in told
    assert "Nothing is made or used up" in dry
