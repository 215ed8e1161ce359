"""Generated calls become the run's own, and what is wrong with them stays wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from strategies.adopted import Adoption
from strategies.harmless import Arguments
from strategies.placeholders import AUDIENCE, AUDIENCE_NUMBER, CARD, PROFILE, SKU
from strategies.subjects import SUBJECTS, Ids, around, bound, harms, valid
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import TOLERATED, breaches
from talonproof.generation.neighbour import engine
from talonproof.generation.pointers import MISSING, get
from talonproof.http.exchange import Call
from talonproof.run.case import NOTHING, Case

Adopt = Callable[[str], Adoption]


@pytest.fixture
def ids(case: Case) -> Ids:
    """An id for every stand-in."""
    return around(case, {AUDIENCE_NUMBER: 77})


@pytest.fixture
def adopt(case: Case, ids: Ids) -> Adopt:
    """How calls of an operation are adopted."""
    return lambda operation: Adoption(operation, bound(valid(operation, case.bindings), ids), ids, case.bindings)


@pytest.mark.parametrize(
    ("operation", "body", "pointer", "stand_in"),
    [
        ("updateCustomerProfilesV2", {"customerProfiles": [{"integrationId": "0"}]}, "/customerProfiles/0", PROFILE),
        ("createAudienceV2", {"name": "a", "integrationId": "0"}, "", AUDIENCE),
        ("generateLoyaltyCard", {"cardIdentifier": "0"}, "", CARD),
        ("syncCatalog", {"actions": [{"type": "ADD", "payload": {"sku": "0"}}]}, "/actions/0/payload", SKU),
    ],
)
def test_ids_take_the_place_of_texts(
    adopt: Adopt, ids: Ids, operation: str, body: dict[str, Any], pointer: str, stand_in: str
) -> None:
    """Each member that names something names a thing of the run; the rest is left as it was."""
    found = adopt(operation).named(Arguments(body=body)).body

    assert ids[stand_in] in get(found, pointer).values()
    assert found.keys() == body.keys()


@pytest.mark.parametrize("size", [1, 40, 1_000, 1_001])
def test_lengths_are_kept(adopt: Adopt, ids: Ids, size: int) -> None:
    """A text that is too long stays so; one that is shorter than any id of the run becomes one."""
    found = adopt("linkLoyaltyCardToProfile").named(Arguments(body={"integrationId": "0" * size})).body

    assert max(size, len(ids[PROFILE])) == len(found["integrationId"])
    assert found["integrationId"].startswith(ids[PROFILE])


def test_items_that_differ_stay_different(adopt: Adopt) -> None:
    """And those that are the same stay the same: a repeated item may be what is tried."""
    body = {"integrationIDs": ["a", "b", "a", 7]}

    first, second, third, number = adopt("createCouponReservation").named(Arguments(body=body)).body["integrationIDs"]

    assert first == third != second
    assert 7 == number


def test_numbers_that_any_would_do_for_are_bound(adopt: Adopt, case: Case) -> None:
    """Large ones are tried for their size, and a boolean is no number."""
    change = {"action": "add", "profileIntegrationId": "p"}
    body = {"data": [{**change, "audienceId": number} for number in (0, -1, 2**31, True)]}

    found = adopt("updateCustomerProfileAudiences").named(Arguments(body=body)).body["data"]

    assert [77, -1, 2**31, True] == [one["audienceId"] for one in found]
    assert (
        case.bindings.referral_campaign
        == adopt("createReferral").named(Arguments(body={"campaignId": 0})).body["campaignId"]
    )


def test_the_path_of_the_valid_call_is_taken_where_nothing_is_wrong_with_it(
    adopt: Adopt, contract: Contract, validators: Validators, ids: Ids
) -> None:
    """A number that is none stays none, and an id that is too long as long."""
    adoption = adopt("linkLoyaltyCardToProfile")
    body = {"integrationId": "0"}

    right = adoption.meant(Arguments({"loyaltyProgramId": "0", "loyaltyCardId": "0"}, {}, body), contract, validators)
    wrong = adoption.meant(
        Arguments({"loyaltyProgramId": "abc", "loyaltyCardId": "0" * 109}, {}, body), contract, validators
    )

    assert adoption.good.path == right.path
    assert "abc" == wrong.path["loyaltyProgramId"]
    assert 109 == len(str(wrong.path["loyaltyCardId"]))
    assert str(wrong.path["loyaltyCardId"]).startswith(ids[CARD])


def test_fillers_give_way_to_what_the_valid_call_has(adopt: Adopt, contract: Contract, validators: Validators) -> None:
    """Unless the filler is what is wrong: an empty name is refused for being empty."""
    adoption = adopt("createAudienceV2")

    found = adoption.meant(Arguments(body={"name": "", "description": ""}), contract, validators).body

    assert "" == found["name"]
    assert adoption.good.body["description"] == found["description"]


def test_moments_that_are_over_give_way(adopt: Adopt, contract: Contract, validators: Validators) -> None:
    """What ends at the moment that any would do for has ended, and a dry call foretells what is to come."""
    over = "2000-01-01T00:00:00Z"
    body = {"customerSession": {}}
    adoption = adopt("updateCustomerSessionV2")

    dry = adoption.meant(Arguments({}, {"dry": "true", "now": over}, body), contract, validators).query
    real = adoption.meant(Arguments({}, {"dry": "false", "now": over}, body), contract, validators).query
    referral = adopt("createReferral").named(Arguments(body={"startDate": over, "expiryDate": over})).body

    assert str(dry["now"]) > over
    assert {"dry": "false"} == real
    assert over == referral["startDate"] < referral["expiryDate"]


@pytest.mark.parametrize("operation", SUBJECTS)
def test_what_was_wrong_stays_wrong(
    case: Case, adopt: Adopt, contract: Contract, validators: Validators, operation: str
) -> None:
    """Of what Schemathesis suggests, what keeps the contract still keeps it, and what breaks it breaks the same."""
    adoption, sent = adopt(operation), 0
    for suggestion in engine(contract).covering(operation):
        body = NOTHING if suggestion.body is MISSING else suggestion.body
        drawn = Arguments(suggestion.path, suggestion.query, body)
        meant = adoption.meant(drawn, contract, validators)
        sent += not harms(case, operation, replace(meant, body=meant.body))
        before, after = (breaches(contract, validators, _call(operation, one)) for one in (drawn, meant))
        judged = [breach for breach in before if breach.keyword not in TOLERATED | {"pattern"}]
        assert [breach for breach in after if breach.keyword not in TOLERATED | {"pattern"}] == judged, suggestion

    assert sent > 0


def _call(operation: str, call: Arguments) -> Call:
    has_body = call.body is not NOTHING
    return Call(operation, call.path, call.query, call.body if has_body else None, has_body=has_body)
