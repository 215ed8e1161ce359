"""The four lists that are read page by page: their sizes, their filters, and walks through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from talonproof.contract.contract import Contract
from talonproof.errors import HarnessError
from talonproof.generation.parameters import invalid_parameters
from talonproof.target import Bindings

Query = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PagedList:
    """One list operation. ``split`` is the filter whose values divide the whole list among them.

    ``default`` is the value that the server takes where the filter is not sent (None: it then lists all).
    """

    operation: str
    owner: str
    split: str
    values: tuple[str, ...]
    default: str | None = None
    dates: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the bindings that it takes to read the list."""
        return (f"{self.owner}_program", f"populated_{self.owner}")

    def path(self, bindings: Bindings) -> dict[str, object]:
        """The path arguments of the bound program and of its bound card or profile."""
        if self.owner == "card":
            return {"loyaltyProgramId": bindings.card_program, "loyaltyCardId": bindings.populated_card}
        return {"loyaltyProgramId": bindings.profile_program, "integrationId": bindings.populated_profile}

    def parts(self) -> tuple[Query, ...]:
        """One query for each value of the dividing filter."""
        return tuple({self.split: value} for value in self.values)


TRANSACTION_TYPES = ("manual", "session", "import")
POINT_STATES = ("active", "pending", "expired")


def _transactions(operation: str, owner: str) -> PagedList:
    return PagedList(operation, owner, "loyaltyTransactionType", TRANSACTION_TYPES, dates=True)


def _points(operation: str, owner: str) -> PagedList:
    return PagedList(operation, owner, "status", POINT_STATES, default="active")


LISTS: tuple[PagedList, ...] = (
    _transactions("getLoyaltyCardTransactions", "card"),
    _transactions("getLoyaltyProgramProfileTransactions", "profile"),
    _points("getLoyaltyCardPoints", "card"),
    _points("getLoyaltyProgramProfilePoints", "profile"),
)
"""Every operation whose answer is a page with ``hasMore``."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The page sizes that an operation allows, and the one it takes by itself."""

    least: int
    most: int
    default: int


def sizes(contract: Contract, operation: str) -> Sizes:
    """The sizes that the contract states; HarnessError for an operation without a bounded ``pageSize``."""
    for parameter in contract.operation(operation).query_parameters:
        if parameter.name == "pageSize" and "maximum" in parameter.schema:
            schema = parameter.schema
            most = int(schema["maximum"])
            return Sizes(int(schema.get("minimum", 1)), most, int(schema.get("default", most)))
    message = f"{operation} has no page size with bounds"
    raise HarnessError(message)


@dataclass(frozen=True, slots=True)
class PageCase:
    """A query about the size or the start of a page, with a name; ``accepted`` is whether the bounds allow it.

    ``most`` is how many rows the answer may hold, if it is one.
    """

    label: str
    query: Mapping[str, object]
    accepted: bool
    most: int


def size_cases(contract: Contract, operation: str) -> tuple[PageCase, ...]:
    """The sizes at the bounds, beside them and far from them, always in the same order; then starts that are none.

    A negative ``skip`` is among those to be refused, though no bound states it.
    """
    known = sizes(contract, operation)
    inside = dict.fromkeys((known.least, known.least + 1, (known.least + known.most) // 2, known.most - 1, known.most))
    cases = [PageCase(f"pageSize={size}", {"pageSize": size}, accepted=True, most=size) for size in inside]
    wrong: dict[str, Mapping[str, object]] = {}
    for size in (known.least - 1, -1, known.most + 1, known.most * 1_000):
        wrong[f"pageSize={size}"] = {"pageSize": size}
    for each in invalid_parameters(contract.operation(operation)):
        if each.name in {"pageSize", "skip"}:
            wrong.setdefault(f"{each.name}={each.raw}", {each.name: each.raw})
    wrong["skip=-1"] = {"skip": -1}
    cases += [PageCase(label, query, accepted=False, most=known.most) for label, query in wrong.items()]
    return tuple(cases)


def walk(size: int, total: int) -> Iterator[Query]:
    """The queries that read so many rows in pages of one size, with one page past the end."""
    for skip in range(0, total + size, size):
        yield {"pageSize": size, "skip": skip}


def pages(contract: Contract, paged: PagedList, *, total: int = 100) -> SearchStrategy[Query]:
    """Queries for any page of a list of about so many rows, with and without its dividing filter.

    The simplest is empty.
    """
    known = sizes(contract, paged.operation)
    optional: dict[str, SearchStrategy[Any]] = {
        "pageSize": st.one_of(st.integers(known.least, known.most), st.sampled_from([known.least, known.most])),
        "skip": st.integers(0, total + known.most),
        paged.split: st.sampled_from(list(paged.values)),
    }
    return st.fixed_dictionaries({}, optional=optional)
