"""Calls that fit the contract and are built to be accepted: one for each operation, and harmless changes to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from strategies.harmless import Arguments
from strategies.reserving import giving_back
from strategies.subjects import BODILESS, EVERY_SUBJECT, Subject, around, bound, send, valid
from talonproof.generation.places import places
from talonproof.generation.pointers import join, put
from talonproof.generation.values import example
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.case import NOTHING, Case

UNKNOWN = "talonproofUnknown"
"""A member, and a parameter, that no edition knows."""

REQUIRED_BY_PROSE = {"trackEventV2": ("profileId",)}
"""Members that a body must hold, though its schema does not say so."""


CALLS = {
    "reopenCustomerSession": 1,
    "deleteAudienceV2": 1,
    "deleteAudienceMembershipsV2": 1,
    "deleteCustomerData": 1,
}
"""What can be done once only is called once; any other is called in other words too."""


def each() -> list[Any]:
    """A parameter for each operation."""
    return [
        pytest.param(
            subject,
            marks=scenario(
                "ERR-009",
                *((subject.accepts,) if subject.accepts else ()),
                also=("ERR-007", "ERR-013"),
                footprint=subject.footprint,
                requests=subject.overhead + CALLS.get(name, 2 if name in BODILESS else 3),
                depth="release",
                needs=subject.needs,
                operations=subject.operations,
                kind="valid",
            ),
            id=name,
        )
        for name, subject in EVERY_SUBJECT.items()
    ]


def note(case: Case, exchange: Exchange, words: str) -> None:
    """Records that a call which fits the contract was refused: no clause says that every such call is accepted."""
    if exchange.refused:
        case.observe("ERR-009", f"{exchange.operation} {words}: answered {exchange.status}")


@pytest.mark.parametrize("subject", each())
def test_valid_calls(case: Case, subject: Subject) -> None:
    """A call with everything it can hold is accepted; with the least, or with what nobody knows, it breaks nothing."""
    with giving_back(case):
        operation, staged = subject.operation, subject.arrange(case)
        call = valid(operation, case.bindings)
        exchange = send(case, operation, bound(call, around(case, staged)))
        if subject.accepts:
            case.accepted(subject.accepts, exchange)
        else:
            note(case, exchange, "with everything")
        smaller = least(case, operation, call)
        if smaller is not None:
            charset = "application/json; charset=utf-8"
            exchange = send(case, operation, bound(smaller, around(case, staged)), content_type=charset)
            note(case, exchange, "with the least it must hold")
        if operation not in CALLS:
            exchange = send(case, operation, bound(extended(case, operation, call), around(case, staged)))
            note(case, exchange, "with unknown members and parameters")


def least(case: Case, operation: str, call: Arguments) -> Arguments | None:
    """The call with only what its body must hold; None where it has no body."""
    schema = case.bench.contract.operation(operation).body
    if schema is None or call.body is NOTHING:
        return None
    smallest = pruned(call.body, example(case.bench.contract, schema))
    told = {name: call.body[name] for name in REQUIRED_BY_PROSE.get(operation, ())}
    return replace(call, query={}, body={**smallest, **told})


def pruned(value: Any, smallest: Any) -> Any:
    """What of a value the smallest one has too; all of it where that one chose another way to be small."""
    if isinstance(value, dict) and isinstance(smallest, dict):
        members, few = cast("dict[str, Any]", value), cast("dict[str, Any]", smallest)
        if few.keys() <= members.keys():
            return {name: pruned(members[name], inner) for name, inner in few.items()}
    return cast("Any", value)


def extended(case: Case, operation: str, call: Arguments) -> Arguments:
    """The call with one parameter more, and one member more in every object that is not a map of free names."""
    contract, body = case.bench.contract, call.body
    schema = contract.operation(operation).body
    if schema is not None and body is not NOTHING:
        for place in places(contract, case.bench.validators, schema, body):
            if isinstance(place.value, dict) and place.shape.get("properties"):
                body = put(body, place.pointer + join(UNKNOWN), "a")
    return replace(call, query={**call.query, UNKNOWN: "1"}, body=body)
