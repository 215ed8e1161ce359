"""Calls that break one bound, one enum or one required flag of the contract are refused, and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from strategies.bodies import InvalidCall, invalid_calls
from strategies.harmless import HARMLESS
from strategies.placeholders import bind
from strategies.untouched import Aim, Untouched, a_profile, a_session, no_profile
from talonproof.generation.parameters import InvalidParameter, invalid_parameters
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.case import Case

UNJUDGED = frozenset({"type", "format"})
"""Keywords whose breach no clause wants refused: servers may read ``"7"`` as 7."""


def send(case: Case, call: InvalidCall, ids: Mapping[str, str]) -> Exchange:
    """The answer to a call whose stand-ins are bound to ids."""
    return case.send(call.operation, path=bind(call.path, ids), query=call.query, body=bind(call.body, ids))


def judge_refused(case: Case, exchange: Exchange, label: str, keyword: str, pointer: str) -> None:
    """Judges that a call was refused; a 5xx is judged apart."""
    if exchange.ok or exchange.refused:
        case.judge(
            "ERR-011",
            exchange.refused,
            f"{label}: answered {exchange.status}, expected a 4xx",
            of=exchange,
            pointer=pointer,
            check=f"refuses-{keyword}",
            expected="4xx",
        )


def operation(name: str, make: Callable[[Case], Aim], requests: int, *, needs: tuple[str, ...] = ()) -> Any:
    """A parameter for the invalid calls of an operation, with what they are aimed at, and the most requests."""
    mark = scenario(
        "ERR-002", "ERR-011",
        also=("ERR-015",),
        footprint="consume",
        requests=requests,
        depth="release",
        needs=needs,
        operations=(name,),
        kind="invalid",
    )  # fmt: skip
    return pytest.param(name, make, marks=mark, id=name)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        operation("updateCustomerSessionV2", lambda case: a_session(case, "open"), 21),
        operation("returnCartItems", lambda case: a_session(case, "closed"), 7),
        operation("updateCustomerProfileV2", a_profile, 6),
        operation("trackEventV2", no_profile, 7, needs=("event_type",)),
    ],
)
def test_bounds(case: Case, name: str, make: Callable[[Case], Aim]) -> None:
    """What lacks something required, or lies outside of a bound or an enum, is refused and changes nothing."""
    untouched = Untouched(case, lambda: make(case))
    for call in invalid_calls(case.bench.contract, case.bindings):
        if call.operation == name and call.keyword not in UNJUDGED:
            exchange = untouched.send(call.label, lambda ids, call=call: send(case, call, ids))
            judge_refused(case, exchange, call.label, call.keyword, call.pointer)
    untouched.judge()


def types_of(name: str, make: Callable[[Case], Aim], requests: int, *, needs: tuple[str, ...] = ()) -> Any:
    """A parameter for the calls that hold a value of the wrong type; a server may take them all."""
    mark = scenario(
        "ERR-009",
        also=("ERR-002",),
        footprint="consume",
        requests=requests,
        depth="release",
        needs=needs,
        operations=(name,),
        kind="invalid",
    )
    return pytest.param(name, make, marks=mark, id=name)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        types_of("updateCustomerSessionV2", lambda case: a_session(case, "open"), 37),
        types_of("returnCartItems", lambda case: a_session(case, "closed"), 13),
        types_of("updateCustomerProfileV2", a_profile, 10),
        types_of("trackEventV2", no_profile, 9, needs=("event_type",)),
    ],
)
def test_types(case: Case, name: str, make: Callable[[Case], Aim]) -> None:
    """A value of another type than stated is no reason to fail; where it is refused, nothing changes."""
    untouched = Untouched(case, lambda: make(case))
    for call in invalid_calls(case.bench.contract, case.bindings):
        if call.operation == name and call.keyword in UNJUDGED:
            untouched.send(call.label, lambda ids, call=call: send(case, call, ids))
    untouched.judge()


def arguments(name: str, requests: int, owner: str, *, depth: str = "release", bounded: bool = True) -> Any:
    """A parameter for the invalid arguments of an operation that reads the ledger of a card or of a profile.

    The most requests are those of the edition with the most bounds.
    """
    judged = "ERR-011" if bounded else "ERR-009"
    needs = (f"{owner}_program", f"populated_{owner}")
    mark = scenario(
        judged,
        also=("ERR-015",),
        footprint="read",
        requests=requests,
        depth=depth,
        needs=needs,
        operations=(name,),
        kind="invalid",
    )
    return pytest.param(name, marks=mark, id=name)


@pytest.mark.parametrize(
    "name",
    [
        arguments("getLoyaltyCardTransactions", 17, "card"),
        arguments("getLoyaltyProgramProfileTransactions", 15, "profile"),
        arguments("getLoyaltyCardPoints", 11, "card"),
        arguments("getLoyaltyProgramProfilePoints", 9, "profile"),
        arguments("getLoyaltyCardBalances", 6, "card"),
        arguments("getLoyaltyBalances", 6, "profile", bounded=False),
    ],
)
def test_arguments(case: Case, name: str) -> None:
    """An argument outside of its bounds or its enum is refused; one of a wrong type is no reason to fail."""
    for argument in invalid_parameters(case.bench.contract.operation(name)):
        exchange = read(case, name, argument)
        if argument.keyword not in UNJUDGED:
            label = f"{name} {argument.label}"
            judge_refused(case, exchange, label, f"{argument.name}-{argument.keyword}", "")


def read(case: Case, name: str, argument: InvalidParameter) -> Exchange:
    """The answer to a read of what is bound, with one argument in place of a good one or on top."""
    good = HARMLESS[name].arguments(case.bindings, case.new_id)
    path, query = dict(good.path), dict(good.query)
    (path if argument.location == "path" else query)[argument.name] = argument.raw
    return case.send(name, path=path, query=query)
