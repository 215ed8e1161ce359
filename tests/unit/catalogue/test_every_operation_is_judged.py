"""Of each operation all kinds of calls are tried, and more is judged than the form of its messages."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from talonproof.cli.options import asked
from talonproof.cli.plan import collect
from talonproof.config import Depth
from talonproof.contract.contract import read_contract
from talonproof.run.plan import Kind
from talonproof.workspace import find_workspace

CONTRACT = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")
EVERY = pytest.mark.parametrize("operation", CONTRACT.operations)
KINDS = [kind for kind in get_args(Kind) if kind]
SESSIONS = [operation.id for operation in CONTRACT.operations.values() if "/customer_sessions/" in operation.path]
OF_EVERY_OPERATION = {"ERR", "AUT"}
"""Areas whose clauses say of every operation what its schema and its key already say."""


@pytest.fixture(scope="module")
def header() -> dict[str, Any]:
    """The plan of a release against the embedded emulator."""
    fixed: dict[str, Any] = {"target_file": "", "url": "", "edition": CONTRACT.edition, "select": ()}
    fixed |= {"max_footprint": None, "max_requests": None, "seed": 0, "workspace": None}
    return collect(asked(depth=Depth.RELEASE, **fixed))


@EVERY
def test_calls_of_every_kind_are_planned(header: dict[str, Any], operation: str) -> None:
    """Valid ones, ones at the boundaries, invalid ones, and ones without a right to be there."""
    planned = {
        case["kind"] for case in header["cases"] if case["planned"] and case["operations"][:1] == [operation]
    } - {""}

    assert set(KINDS) == planned


@EVERY
def test_a_clause_beyond_its_schema_is_judged(header: dict[str, Any], operation: str) -> None:
    """A planned case that calls the operation always judges a clause that is about it, and does not wait.

    A case names what must be built for it; one that names nothing needs no more than sessions.
    """
    clauses = {
        row["id"]
        for row in header["requirements"]
        if operation in row["operations"]
        and row["area"] not in OF_EVERY_OPERATION
        and not row["waits"]
        and not row["untestable"]
    }

    judged = {
        clause
        for case in header["cases"]
        if case["planned"] and operation in (case["operations"] or SESSIONS)
        for clause in case["requirements"]
    } & clauses

    assert judged, sorted(clauses)
