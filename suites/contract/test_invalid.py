"""Calls that break the contract in one place are refused where a clause says so, and change nothing.

The bodies of sessions, returns, profiles and events, and the arguments of the six reads of loyalty, are broken in
``suites/errors``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from strategies.placeholders import CARD, PROFILE, SESSION
from strategies.reserving import giving_back
from strategies.subjects import EVERY_SUBJECT, Ids, Subject, around, bound, harms, send, valid
from strategies.unchanged import person, unordered
from strategies.untouched import Aim, Untouched
from strategies.wrong import Wrong, wrong
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

ELSEWHERE = frozenset({"updateCustomerSessionV2", "returnCartItems", "updateCustomerProfileV2", "trackEventV2"})
"""Operations whose bodies are broken in another suite."""

JUDGED = {
    "updateCustomerProfilesV2": 2,
    "createAudienceV2": 4,
    "updateAudienceV2": 2,
    "updateCustomerProfileAudiences": 5,
    "linkLoyaltyCardToProfile": 2,
    "createReferral": 5,
    "createReferralsForMultipleAdvocates": 9,
    "createCouponReservation": 2,
    "deleteCouponReservation": 2,
    "generateLoyaltyCard": 2,
    "syncCatalog": 8,
}
"""How many calls of an operation break what a clause wants refused, in the edition where they are most."""

MORE = 1
"""How many others a release tries, drawn by the seed; nightly tries them all."""

ALL = 60
"""More than any operation has."""


def of_inventory(case: Case, ids: Ids) -> Exchange:
    """What the first customer of the call is and holds."""
    return Api(case).inventory(ids[PROFILE], profile=True, coupons=True, referrals=True)


def held(read: Exchange) -> Any:
    """Of an inventory, the customer and the codes: how often a coupon is reserved changes with every customer."""
    codes = {name: [item.get(key) for item in read.at(name) or ()] for name, key in CODES.items()}
    return unordered({**person(read), **codes})


CODES = {"coupons": "value", "referrals": "code"}


def of_card(case: Case, ids: Ids) -> Exchange:
    """The card, with its profiles."""
    path = {"loyaltyProgramId": case.bindings.card_program, "loyaltyCardId": ids[CARD]}
    return case.send("getLoyaltyCardBalances", path=path)


def whole(read: Exchange) -> Any:
    """All that a read shows."""
    return unordered(read.json())


Read = tuple[Callable[[Case, Ids], Exchange], Callable[[Exchange], Any]]

READ_BY: Mapping[str, Read] = {
    "updateCustomerProfilesV2": (of_inventory, held),
    "updateCustomerProfileAudiences": (of_inventory, held),
    "createReferral": (of_inventory, held),
    "createReferralsForMultipleAdvocates": (of_inventory, held),
    "createCouponReservation": (of_inventory, held),
    "deleteCouponReservation": (of_inventory, held),
    "linkLoyaltyCardToProfile": (of_card, whole),
    "generateLoyaltyCard": (of_card, whole),
}
"""What shows whether a refused call did something after all; nothing reads an audience or a catalog."""


def each() -> list[Any]:
    """A parameter for each operation whose invalid calls are not in another suite."""
    parameters: list[Any] = []
    for name, subject in EVERY_SUBJECT.items():
        if name.startswith("getLoyalty"):
            continue
        judged, reads = JUDGED.get(name, 0), 2 * (name in READ_BY)
        mark = scenario(
            *(("ERR-011",) if judged else ("ERR-009",)),
            *(("ERR-002",) if judged and reads else ()),
            also=("ERR-002", "ERR-011", "ERR-015"),
            footprint=subject.footprint,
            requests=1,
            examples=(0, subject.overhead + reads + judged + MORE, subject.overhead + reads + ALL),
            needs=subject.needs,
            operations=subject.operations if not reads else (*subject.operations, *read_by(name)),
            kind="invalid",
        )
        parameters.append(pytest.param(subject, marks=mark, id=name))
    return parameters


def read_by(name: str) -> tuple[str, ...]:
    """The operation that shows what a refused call did."""
    return ("getCustomerInventory",) if READ_BY[name][0] is of_inventory else ("getLoyaltyCardBalances",)


class Attempts:
    """The wrong calls of an operation, made anew for each set of ids, always in the same order."""

    def __init__(self, case: Case, subject: Subject) -> None:
        self._case = case
        self._operation = subject.operation
        self._made: dict[object, list[Wrong]] = {}

    def about(self, ids: Ids) -> list[Wrong]:
        """Those that harm nobody, even where a server accepts them."""
        if ids[SESSION] not in self._made:
            case, operation = self._case, self._operation
            every = wrong(
                case.bench.contract,
                operation,
                bound(valid(operation, case.bindings), ids),
                validators=case.bench.validators,
                body=operation not in ELSEWHERE,
            )
            self._made[ids[SESSION]] = [one for one in every if not harms(case, operation, one.call)]
        return self._made[ids[SESSION]]

    def chosen(self, ids: Ids, room: int) -> list[int]:
        """Where those stand that are sent: as many others as there is room for, then all that are judged.

        A server may take the others, and what was refused before a call that was not can no longer be looked at.
        """
        every = self.about(ids)
        last = [index for index, one in enumerate(every) if one.judged]
        others = [index for index, one in enumerate(every) if not one.judged]
        Random(self._case.seed).shuffle(others)
        return others[: max(0, room - len(last))] + last[:room]


@pytest.mark.parametrize("subject", each())
def test_wrong_calls(case: Case, subject: Subject) -> None:
    """What lies outside of a bound or an enumeration, or lacks something required, is refused and changes nothing."""
    with giving_back(case):
        attempts, read = Attempts(case, subject), READ_BY.get(subject.operation)
        room = case.examples - subject.overhead - 2 * (read is not None)
        if read is None:
            ids = around(case, subject.arrange(case))
            for index in attempts.chosen(ids, room):
                answer(case, attempts.about(ids)[index])
        else:
            watched(case, subject, attempts, read, room)


def watched(case: Case, subject: Subject, attempts: Attempts, read: Read, room: int) -> None:
    """Sends the calls at something that is read before them and after them."""
    show, view = read
    made: list[Ids] = []

    def aim() -> Aim:
        ids = around(case, subject.arrange(case))
        made.append(ids)
        return Aim(ids, lambda: show(case, ids), view)

    untouched = Untouched(case, aim)
    for index in attempts.chosen(made[0], room):
        label = attempts.about(made[0])[index].label
        untouched.send(label, lambda ids, index=index: answer(case, attempts.about(ids)[index]))
    untouched.judge()


def answer(case: Case, call: Wrong) -> Exchange:
    """The answer to a wrong call, judged where a clause wants it refused; a 5xx is judged apart."""
    operation = call.operation
    exchange = send(case, operation, call.call)
    if call.judged and (exchange.ok or exchange.refused):
        message = f"{call.label}: answered {exchange.status}, expected a 4xx"
        case.judge(
            "ERR-011",
            exchange.refused,
            message,
            of=exchange,
            pointer=call.pointer,
            check=call.check,
            expected="4xx",
        )
    return exchange
