"""Every operation has a call that is accepted, and no more is sent around it than was planned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from strategies.harmless import Arguments
from strategies.placeholders import PROFILE, SESSION
from strategies.reserving import give_back
from strategies.subjects import BODILESS, EVERY_SUBJECT, SUBJECTS, around, bound, harms, send, valid
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import breaches
from talonproof.http.exchange import Call
from talonproof.requirement import Level
from talonproof.run.bench import Bench
from talonproof.run.case import NOTHING, Case
from talonproof.run.plan import Row
from talonproof.target import Bindings

EVERY = pytest.mark.parametrize("operation", SUBJECTS)


def test_every_operation_has_a_subject(contract: Contract, later_contract: Contract) -> None:
    """In the order of the document of each edition; those without a body are known."""
    assert list(contract.operations) == list(SUBJECTS)
    assert list(later_contract.operations) == list(EVERY_SUBJECT)
    assert {name for name, operation in later_contract.operations.items() if operation.body is None} == BODILESS


@EVERY
def test_valid_calls_break_nothing(
    contract: Contract, validators: Validators, bindings: Bindings, operation: str
) -> None:
    """As stand-ins they fit the contract already."""
    call = valid(operation, bindings)
    has_body = call.body is not NOTHING
    sent = Call(operation, call.path, call.query, call.body if has_body else None, has_body=has_body)

    assert () == breaches(contract, validators, sent)


@EVERY
def test_valid_calls_are_accepted(case: Case, operation: str) -> None:
    """On a healthy server, by as many requests as the subject says; nothing of a coupon stays reserved."""
    subject = SUBJECTS[operation]

    call = bound(valid(operation, case.bindings), around(case, subject.arrange(case)))
    assert not harms(case, operation, call)
    exchange = send(case, operation, call)
    give_back(case)

    assert exchange.ok, exchange.response_body
    assert subject.overhead + 1 - (operation == "deleteCouponReservation") == len(case.history)
    assert 0 == case.bench.ledger.created.get("reservations", 0) - case.bench.ledger.restored.get("reservations", 0)


@EVERY
def test_the_footprint_is_that_of_the_calls(
    row: Callable[..., Row], opened: Callable[..., Bench], operation: str
) -> None:
    """The call itself goes no further than what the subject declares."""
    case = opened().case(row(SUBJECTS[operation].footprint))

    call = bound(valid(operation, case.bindings), around(case, SUBJECTS[operation].arrange(case)))

    assert not harms(case, operation, call)


def test_a_refusal_that_a_clause_forbids_has_its_clause(case: Case) -> None:
    """What the valid call accepts is a clause of the catalogue, about this very operation."""
    for subject in SUBJECTS.values():
        if subject.accepts:
            clause = case.bench.catalogue[subject.accepts]
            assert subject.operation in clause.operations
            assert clause.level is not Level.OBSERVE


def test_ids_are_fresh_each_time(case: Case) -> None:
    """But for those of what was arranged."""
    first, second = around(case, {SESSION: "s"}), around(case, {SESSION: "s"})

    assert "s" == first[SESSION] == second[SESSION]
    assert first[PROFILE] != second[PROFILE]
    assert len(set(first.values())) == len(first)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Arguments({"integrationId": PROFILE}), {"integrationId": "p"}),
        (Arguments({"integrationId": f"{PROFILE}/?"}), {"integrationId": "p/?"}),
        (Arguments({"integrationId": "other"}), {"integrationId": "other"}),
    ],
)
def test_a_path_may_hold_more_than_an_id(call: Arguments, expected: Mapping[str, str]) -> None:
    """What stands behind a stand-in stays there."""
    assert expected == bound(call, {PROFILE: "p"}).path


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("getCustomerSession", Arguments({"customerSessionId": "anybody's"})),
        ("deleteAudienceV2", Arguments({"audienceId": 5})),
        ("reopenCustomerSession", Arguments({"customerSessionId": "anybody's"})),
    ],
)
def test_what_others_made_is_left_alone(case: Case, operation: str, call: Arguments) -> None:
    """Only what is read may be anybody's."""
    assert (operation != "getCustomerSession") is harms(case, operation, call)
