"""Queries for pages know the sizes of their operation, and walks read every row once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies.pages import LISTS, PagedList, pages, size_cases, sizes, walk
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.errors import HarnessError
from talonproof.target import Bindings

EACH = pytest.mark.parametrize("paged", LISTS, ids=lambda paged: paged.operation)

Simplest = Callable[[st.SearchStrategy[Any]], Any]

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_every_page_of_the_contract_is_listed(contract: Contract) -> None:
    """The lists are exactly the operations whose answer says whether there is more."""
    paged: set[str] = set()
    for operation in contract.operations.values():
        for response in operation.responses.values():
            if response.schema is not None and "hasMore" in contract.resolve(response.schema).get("required", ()):
                paged.add(operation.id)

    assert {each.operation for each in LISTS} == paged


@EACH
def test_a_list_knows_its_parameters(contract: Contract, paged: PagedList) -> None:
    """The dividing filter, its values, its default and the dates are those of the contract."""
    parameters = {p.name: p.schema for p in contract.operation(paged.operation).query_parameters}

    assert tuple(parameters[paged.split]["enum"]) == paged.values
    assert parameters[paged.split].get("default") == paged.default
    assert ({"startDate", "endDate"} <= set(parameters)) == paged.dates
    assert paged.parts() == tuple({paged.split: value} for value in paged.values)


@EACH
def test_a_list_needs_its_program_and_its_owner(contract: Contract, bindings: Bindings, paged: PagedList) -> None:
    """With them, every argument of the path has a value."""
    path = paged.path(bindings)

    assert set(path) == {p.name for p in contract.operation(paged.operation).path_parameters}
    assert None not in path.values()
    assert bindings.missing(paged.needs) == ()
    assert Bindings().missing(paged.needs) == paged.needs


@EACH
def test_sizes_at_below_and_above_the_bounds(contract: Contract, paged: PagedList) -> None:
    """Both bounds and their neighbours are tried, and words and a start below zero."""
    known = sizes(contract, paged.operation)
    cases = size_cases(contract, paged.operation)
    accepted = [case.query["pageSize"] for case in cases if case.accepted]
    refused = {str(case.query.get("pageSize", case.query.get("skip"))) for case in cases if not case.accepted}

    assert {1, 2, known.most - 1, known.most} <= set(accepted)
    assert all(known.least <= int(str(size)) <= known.most for size in accepted)
    assert {"0", "-1", str(known.most + 1), "abc", "1.5"} <= refused
    assert {"skip": -1} in [case.query for case in cases]
    assert len({case.label for case in cases}) == len(cases)
    assert all(case.most <= known.most for case in cases)


def test_the_sizes_of_the_contract(contract: Contract) -> None:
    """Three lists give 50 rows at most, the transactions of a card 1,000."""
    found = {paged.operation: sizes(contract, paged.operation) for paged in LISTS}

    assert {operation: known.most for operation, known in found.items()} == {
        "getLoyaltyCardTransactions": 1_000,
        "getLoyaltyProgramProfileTransactions": 50,
        "getLoyaltyCardPoints": 50,
        "getLoyaltyProgramProfilePoints": 50,
    }
    assert {known.least for known in found.values()} == {1}


def test_an_operation_without_pages_has_no_sizes(contract: Contract) -> None:
    """Asking for them is a mistake of the harness."""
    with pytest.raises(HarnessError, match="getCustomerInventory"):
        sizes(contract, "getCustomerInventory")


@UNHURRIED
@given(size=st.integers(1, 60), total=st.integers(0, 200))
def test_a_walk_reads_every_row_once_and_one_page_past_the_end(size: int, total: int) -> None:
    """Pages are disjoint and add up, and the last one starts at or after the end."""
    rows = list(range(total))
    read: list[int] = []
    last: dict[str, Any] = {}
    for query in walk(size, total):
        assert query["pageSize"] == size
        read += rows[query["skip"] : query["skip"] + size]
        last = query

    assert read == rows
    assert last["skip"] >= total


@EACH
@UNHURRIED
@given(data=st.data())
def test_drawn_queries_fit_the_contract(
    contract: Contract, validators: Validators, paged: PagedList, data: st.DataObject
) -> None:
    """Every argument is one that the operation allows."""
    parameters = {p.name: p.schema for p in contract.operation(paged.operation).query_parameters}

    for name, value in data.draw(pages(contract, paged)).items():
        assert validators.schema(parameters[name]).is_valid(value)


@EACH
def test_the_simplest_query_is_empty(contract: Contract, paged: PagedList, simplest: Simplest) -> None:
    """Shrinking ends at the defaults."""
    assert simplest(pages(contract, paged)) == {}
