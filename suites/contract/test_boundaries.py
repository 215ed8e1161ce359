"""Calls at the edge of what the contract allows are no reason to fail, and answered like any other."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.adopted import Adoption
from strategies.edges import edges, some
from strategies.reserving import giving_back
from strategies.subjects import EVERY_SUBJECT, SUBJECTS_SINCE, Subject, around, bound, harms, send, valid
from talonproof.plugin import scenario
from talonproof.run.case import Case

AT_RELEASE = {
    "updateCustomerSessionV2": 8,
    "returnCartItems": 4,
    "updateCustomerProfileV2": 4,
    "trackEventV2": 5,
    "createReferral": 5,
    "createReferralsForMultipleAdvocates": 5,
    "generateLoyaltyCard": 4,
    "syncCatalog": 4,
    **dict.fromkeys(SUBJECTS_SINCE, 1),
}
"""How many edges of an operation a release tries, drawn by the seed; nightly tries them all."""

FEW = 2
"""As many of any other operation."""

ALL = 80
"""More than any operation has."""


def each() -> list[Any]:
    """A parameter for each operation."""
    return [
        pytest.param(
            subject,
            marks=scenario(
                "ERR-009",
                also=("ERR-007", "ERR-013"),
                footprint=subject.footprint,
                requests=1,
                examples=(0, subject.overhead + AT_RELEASE.get(name, FEW), subject.overhead + ALL),
                needs=subject.needs,
                operations=subject.operations,
                kind="boundary",
            ),
            id=name,
        )
        for name, subject in EVERY_SUBJECT.items()
    ]


@pytest.mark.parametrize("subject", each())
def test_edges(case: Case, subject: Subject) -> None:
    """A value at a bound, a member of an enumeration, an unusual time or id breaks nothing, accepted or not."""
    with giving_back(case):
        operation, bindings = subject.operation, case.bindings
        staged = subject.arrange(case)
        good = valid(operation, bindings)
        ids = around(case, staged)
        adoption = Adoption(operation, bound(good, ids), ids, bindings)
        every = edges(case.bench.contract, operation, good, validators=case.bench.validators)
        safe = [edge for edge in every if not harms(case, operation, adoption.named(bound(edge.call, ids)))]
        for edge in some(safe, case.examples - subject.overhead, case.seed):
            ids = around(case, staged)
            call = Adoption(operation, bound(good, ids), ids, bindings).named(bound(edge.call, ids))
            exchange = send(case, operation, call)
            if exchange.refused and edge.call.path == good.path:
                case.observe("ERR-009", f"{operation} with {edge.label}: answered {exchange.status}")
