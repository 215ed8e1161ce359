"""A wrong call breaks what its label says, and nothing but that."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from strategies.subjects import BODILESS, SUBJECTS, around, bound, harms, valid
from strategies.wrong import NOT_THERE, Wrong, wrong
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import breaches
from talonproof.http.exchange import Call
from talonproof.run.case import NOTHING, Case
from talonproof.workspace import find_workspace

EVERY = pytest.mark.parametrize("operation", SUBJECTS)


@pytest.fixture
def made(case: Case) -> Callable[..., list[Wrong]]:
    """The wrong calls of an operation, with ids of the run in them."""

    def make(operation: str, contract: Contract | None = None) -> list[Wrong]:
        known = contract or case.bench.contract
        good = bound(valid(operation, case.bindings), around(case, {}))
        found = wrong(known, operation, good, validators=Validators(known), body=True)
        return [one for one in found if not harms(case, operation, one.call)]

    return make


@EVERY
def test_wrong_calls_break_what_they_say(
    contract: Contract, validators: Validators, made: Callable[..., list[Wrong]], operation: str
) -> None:
    """The keyword of the label is among what the call breaks, at its place."""
    for one in made(operation):
        has_body = one.call.body is not NOTHING
        call = Call(operation, one.call.path, one.call.query, one.call.body if has_body else None, has_body=has_body)
        found = {(breach.pointer, breach.keyword) for breach in breaches(contract, validators, call)}
        if one.keyword in {"", "format"} and not one.pointer:
            continue  # formats of arguments, and things that are not there, are no matter of a schema
        assert (one.pointer, one.keyword) in found, one.label


UNBREAKABLE = {"getCustomerSession", "reopenCustomerSession", "deleteCustomerData", "getReservedCustomers"}
"""Operations of which the contract states nothing but a text in the path."""


@EVERY
def test_every_operation_has_one(made: Callable[..., list[Wrong]], operation: str) -> None:
    """Each has its label; one about a thing that is not there, where nothing else can be wrong."""
    found = made(operation)

    assert found
    assert len(found) == len({one.label for one in found})
    absent = [one for one in found if not one.keyword]
    assert bool(absent) is (operation in UNBREAKABLE)
    for one in absent:
        assert any(str(value).endswith(NOT_THERE) for value in one.call.path.values())
        assert not one.judged


def test_the_plan_has_room_for_all_that_is_judged(
    suite: Callable[[str], ModuleType], made: Callable[..., list[Wrong]]
) -> None:
    """The table of the suite says how many there are, in the edition where they are most."""
    table = suite("test_invalid")
    counts: dict[str, list[int]] = {}
    for edition in ("2025-01", "2026-05"):
        contract = read_contract(find_workspace().contract_file(edition), edition=edition)
        for operation in SUBJECTS:
            if operation not in table.ELSEWHERE and not operation.startswith("getLoyalty"):
                judged = [one for one in made(operation, contract) if one.judged]
                counts.setdefault(operation, []).append(len(judged))

    assert {operation: max(found) for operation, found in counts.items() if any(found)} == table.JUDGED


def test_what_reads_a_refused_call_is_there(suite: Callable[[str], ModuleType]) -> None:
    """Only operations that write are read after."""
    table = suite("test_invalid")

    assert set(table.READ_BY) <= set(SUBJECTS) - BODILESS
