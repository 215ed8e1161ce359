"""The footprint of a call is never less than what a server could make of it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.contract.contract import read_contract
from talonproof.http.exchange import Call, Credential
from talonproof.http.footprint import assess, footprint
from talonproof.http.ledger import Ledger
from talonproof.target import Bindings, Footprint
from talonproof.workspace import find_workspace

READ, DRY, CREATE, CONSUME, DESTRUCTIVE = Footprint
RUN = "20261120-110000-ab12"
OWN = f"tp-{RUN}-gw0-0"
OTHER = "somebodys"
BOUND = Bindings(
    profile_program=1, card_program=2, populated_profile="rich", populated_card="gold", catalog=3, catalog_sku="shoe",
    referral_campaign=4, audience=5, open_session="stands-open", closed_session="stands-closed",
    session_profile="shopper", coupons=("POOL",), mandatory_coupon="HARD",
)  # fmt: skip
GIVEN_AWAY = dataclasses.replace(BOUND, disposable=frozenset(Bindings.names()))


@pytest.fixture
def own(ledger: Ledger) -> Ledger:
    """A ledger that has issued one id."""
    ledger.new("session")
    return ledger


def session(body: Any = None, id_: object = OWN, **query: object) -> Call:
    """A session update with what stands in ``customerSession``."""
    return Call("updateCustomerSessionV2", {"customerSessionId": id_}, query, {"customerSession": body or {}})


def profile(id_: object = OWN, body: Any = None, **query: object) -> Call:
    """A profile update."""
    return Call("updateCustomerProfileV2", {"integrationId": id_}, query, body or {})


def catalog(*actions: Any, id_: object = 3) -> Call:
    """A catalog sync with these actions."""
    return Call("syncCatalog", {"catalogId": id_}, body={"actions": list(actions)})


def membership(profile_id: str, audience: int) -> Call:
    """An addition to an audience."""
    item = {"action": "add", "profileIntegrationId": profile_id, "audienceId": audience}
    return Call("updateCustomerProfileAudiences", body={"data": [item]})


def link(card: str, profile_id: str) -> Call:
    """A card that gets a profile."""
    path = {"loyaltyProgramId": 2, "loyaltyCardId": card}
    return Call("linkLoyaltyCardToProfile", path, body={"integrationId": profile_id})


def action(kind: str, **payload: Any) -> dict[str, Any]:
    """An action on a catalog."""
    return {"type": kind, "payload": payload}


OWN_FILTER = {"attr": "mark", "op": "EQ", "value": OWN}
BULK = "updateCustomerProfilesV2"

JUDGED: list[tuple[Call, Footprint]] = [
    # reads
    (Call("getCustomerSession", {"customerSessionId": OTHER}), READ),
    (Call("getCustomerInventory", {"integrationId": OTHER}, {"profile": True}), READ),
    # sessions
    (session(), CREATE),
    (session({"state": "open"}), CREATE),
    (session({"state": None}), CREATE),
    (session({"state": "cancelled"}), CREATE),
    (session({"state": "cancelled"}, f"tp-{RUN}-gw1-0"), CONSUME),
    (session({"state": "closed"}), CONSUME),
    (session({"state": "CLOSED"}), CONSUME),
    (session({"STATE": "closed"}), CONSUME),
    (session({"state": "partially_returned"}), CONSUME),
    (session({"state": 1}), CONSUME),
    (session({"state": ["open"]}), CONSUME),
    (session({"couponCodes": []}), CREATE),
    (session({"couponCodes": ["A"]}), CONSUME),
    (session({"couponCodes": "A"}), CONSUME),
    (session({"referralCode": ""}), CREATE),
    (session({"referralCode": "A"}), CONSUME),
    (session({"profileId": OWN}), CREATE),
    (session({"profileId": ""}), CREATE),
    (session({"profileId": None}), CREATE),
    (session({"profileId": True}), CREATE),
    (session({"profileId": {}}), CREATE),
    (session({"profileId": OTHER}), DESTRUCTIVE),
    (session({"profileid": OTHER}), DESTRUCTIVE),
    (session({"profileId": 5}), DESTRUCTIVE),
    (session({"profileId": 0}), DESTRUCTIVE),
    (session({"profileId": [OTHER]}), DESTRUCTIVE),
    (session({"profileId": "rich"}), DESTRUCTIVE),
    (session({"loyaltyCards": [OWN]}), CREATE),
    (session({"loyaltyCards": ["gold"]}), DESTRUCTIVE),
    (session({"loyaltyCards": "gold"}), DESTRUCTIVE),
    (session(id_=OTHER), DESTRUCTIVE),
    (session(id_="stands-open"), DESTRUCTIVE),
    (session(id_=f"{OWN}/../x"), DESTRUCTIVE),
    (session(id_=[OWN]), DESTRUCTIVE),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}), CREATE),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, body=[1]), CREATE),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, body={"customerSession": 5}), CREATE),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, raw_body=b"{"), CONSUME),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, raw_body=b"[" * 100_000), CONSUME),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, raw_body=b"1" * 5000), CONSUME),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, raw_body=b'{"a":1,"a":2}'), CONSUME),
    (Call("updateCustomerSessionV2", {"customerSessionId": OWN}, raw_body=b" \n"), CREATE),
    (Call("updateCustomerSessionV2", {"customerSessionId": OTHER}, raw_body=b"{"), DESTRUCTIVE),
    # dry
    (session({"state": "closed", "couponCodes": ["A"]}, dry=True), DRY),
    (session({"state": "closed"}, dry="true"), DRY),
    (session({"state": "closed"}, dry="True"), CONSUME),
    (session({"state": "closed"}, dry="1"), CONSUME),
    (session({"state": "closed"}, dry=1), CONSUME),
    (session({"state": "closed"}, dry=[True, True]), CONSUME),
    (session({"state": "closed"}, dry=[True]), DRY),
    (session({"state": "closed"}, dry=True, DRY=False), CONSUME),
    (session({"state": "closed"}, dry=True, **{"dry[]": "false"}), CONSUME),
    (session({"state": "closed"}, dry=True, more={"dry": "false"}), CONSUME),
    (session({"state": "closed"}, Dry=True), CONSUME),
    (session({"profileId": "shopper"}, "stands-closed", dry=True), DRY),
    (session({"loyaltyCards": ["gold"]}, dry=True), DRY),
    (session(id_=OTHER, dry=True), DESTRUCTIVE),
    (session({"profileId": OTHER}, dry=True), DESTRUCTIVE),
    (Call("returnCartItems", {"customerSessionId": OWN}, {"dry": True}), DRY),
    (Call("returnCartItems", {"customerSessionId": "stands-closed"}, {"dry": True}), DRY),
    (Call("returnCartItems", {"customerSessionId": OWN}), CONSUME),
    (Call("returnCartItems", {"customerSessionId": "stands-closed"}), DESTRUCTIVE),
    (Call("reopenCustomerSession", {"customerSessionId": OWN}), CONSUME),
    (Call("reopenCustomerSession", {"customerSessionId": OWN}, {"dry": True}), CONSUME),
    (Call("reopenCustomerSession", {"customerSessionId": OTHER}), DESTRUCTIVE),
    # profiles
    (profile(), CREATE),
    (profile(runRuleEngine=False), CREATE),
    (profile(runRuleEngine="false", dry=True), CREATE),
    (profile(dry=True), CREATE),
    (profile(runRuleEngine=True), CONSUME),
    (profile(runRuleEngine="yes"), CONSUME),
    (profile(runRuleEngine="yes", dry=True), CONSUME),
    (profile(runRuleEngine=True, dry="maybe"), CONSUME),
    (profile(runRuleEngine=True, dry=True), DRY),
    (profile("rich", runRuleEngine=True, dry=True), DRY),
    (profile("rich"), DESTRUCTIVE),
    (profile(OTHER, runRuleEngine=True, dry=True), DESTRUCTIVE),
    (profile(body={"audiencesChanges": {"adds": [0, -1], "deletes": []}}), CREATE),
    (profile(body={"audiencesChanges": {"adds": [], "deletes": [5]}}), DESTRUCTIVE),
    (Call("deleteCustomerData", {"integrationId": OWN}), CREATE),
    (Call("deleteCustomerData", {"integrationId": "rich"}), DESTRUCTIVE),
    (Call(BULK, body={"customerProfiles": [{"integrationId": OWN}, {}, 5, {"integrationId": ""}]}), CREATE),
    (Call(BULK, body={"customerProfiles": [{"integrationId": OWN}, {"integrationId": OTHER}]}), DESTRUCTIVE),
    (Call(BULK, body={"customerProfiles": {"integrationId": OTHER}}), DESTRUCTIVE),
    (Call(BULK, raw_body=b"{"), CREATE),
    # events
    (Call("trackEventV2", body={"profileId": OWN, "type": "x"}), CONSUME),
    (Call("trackEventV2", body={}), CONSUME),
    (Call("trackEventV2", query={"dry": True}, body={"profileId": OWN}), DRY),
    (Call("trackEventV2", query={"dry": True}, body={"profileId": "rich"}), DRY),
    (Call("trackEventV2", body={"profileId": "rich"}), DESTRUCTIVE),
    (Call("trackEventV2", raw_body=b"{"), CONSUME),
    # audiences
    (Call("createAudienceV2", body={"name": "x"}), CREATE),
    (Call("createAudienceV2", body={"name": "x", "integrationId": OWN}), CREATE),
    (Call("createAudienceV2", body={"name": "x", "integrationId": ""}), CREATE),
    (Call("createAudienceV2", body={"name": "x", "integrationId": OTHER}), DESTRUCTIVE),
    (Call("deleteAudienceV2", {"audienceId": 0}), CREATE),
    (Call("deleteAudienceV2", {"audienceId": "-1"}), CREATE),
    (Call("deleteAudienceV2", {"audienceId": "none"}), CREATE),
    (Call("deleteAudienceV2", {"audienceId": 1}), DESTRUCTIVE),
    (Call("deleteAudienceV2", {"audienceId": "1x"}), DESTRUCTIVE),
    (Call("deleteAudienceV2", {"audienceId": True}), DESTRUCTIVE),
    (Call("deleteAudienceV2", {"audienceId": 2**64}), DESTRUCTIVE),
    (Call("deleteAudienceMembershipsV2", {"audienceId": 5}), DESTRUCTIVE),
    (Call("updateAudienceV2", {"audienceId": 5}, body={"name": "x"}), DESTRUCTIVE),
    (Call("updateAudienceCustomersAttributes", {"audienceId": -5}, body={}), CREATE),
    (membership(OWN, 0), CREATE),
    (membership(OWN, 9), DESTRUCTIVE),
    (membership(OTHER, 0), DESTRUCTIVE),
    # coupons and referrals
    (Call("createCouponReservation", {"couponValue": "POOL"}, body={"integrationIDs": [OWN]}), CONSUME),
    (Call("createCouponReservation", {"couponValue": "HARD"}, body={"integrationIDs": [OWN]}), CONSUME),
    (Call("createCouponReservation", {"couponValue": OWN}, body={"integrationIDs": [OWN]}), CONSUME),
    (Call("createCouponReservation", {"couponValue": OTHER}, body={"integrationIDs": [OWN]}), DESTRUCTIVE),
    (Call("createCouponReservation", {"couponValue": "POOL"}, body={"integrationIDs": [OWN, OTHER]}), DESTRUCTIVE),
    (Call("deleteCouponReservation", {"couponValue": "POOL"}, body={"integrationIDs": [OWN]}), CREATE),
    (Call("deleteCouponReservation", {"couponValue": "POOL"}, body={"integrationIDs": OTHER}), DESTRUCTIVE),
    (Call("createReferral", body={"campaignId": 4, "advocateProfileIntegrationId": OWN}), CONSUME),
    (Call("createReferral", body={"campaignId": 0}), CONSUME),
    (Call("createReferral", body={"campaignId": 9, "advocateProfileIntegrationId": OWN}), DESTRUCTIVE),
    (Call("createReferral", body={"campaignId": 4, "advocateProfileIntegrationId": OTHER}), DESTRUCTIVE),
    (Call("createReferral", body={"campaignId": 4, "friendProfileIntegrationId": OTHER}), DESTRUCTIVE),
    (Call("createReferralsForMultipleAdvocates", body={"advocateProfileIntegrationIds": [OWN]}), CONSUME),
    (Call("createReferralsForMultipleAdvocates", body={"advocateProfileIntegrationIds": [OWN, OTHER]}), DESTRUCTIVE),
    # cards
    (Call("generateLoyaltyCard", {"loyaltyProgramId": 2}, body={}), CREATE),
    (Call("generateLoyaltyCard", {"loyaltyProgramId": 1}, body={"cardIdentifier": OWN}), CREATE),
    (Call("generateLoyaltyCard", {"loyaltyProgramId": 9}, body={}), DESTRUCTIVE),
    (Call("generateLoyaltyCard", {"loyaltyProgramId": 2}, body={"cardIdentifier": "gold"}), DESTRUCTIVE),
    (Call("generateLoyaltyCard", {"loyaltyProgramId": 2}, body={"customerProfileIds": [OTHER]}), DESTRUCTIVE),
    (link(OWN, OWN), CREATE),
    (link("gold", OWN), DESTRUCTIVE),
    (link(OWN, "rich"), DESTRUCTIVE),
    # catalogs
    (catalog(), CREATE),
    (catalog(action("ADD", sku=OWN), action("PATCH", sku=OWN), action("REMOVE", sku=OWN)), CREATE),
    (catalog(action("ADD")), CREATE),
    (catalog(action("ADD", sku="shoe")), DESTRUCTIVE),
    (catalog(action("REMOVE")), DESTRUCTIVE),
    (catalog(action("REMOVE", sku="")), DESTRUCTIVE),
    (catalog(action("PATCH", sku=None)), DESTRUCTIVE),
    (catalog(action("remove_many")), DESTRUCTIVE),
    (catalog(action("REMOVE_MANY")), DESTRUCTIVE),
    (catalog(action("REMOVE_MANY", filters=[])), DESTRUCTIVE),
    (catalog(action("REMOVE_MANY", filters=[OWN_FILTER])), CREATE),
    (catalog(action("PATCH_MANY", filters=[{"attr": "size", "op": "GT", "value": 4}, OWN_FILTER])), CREATE),
    (catalog(action("PATCH_MANY", filters=[{**OWN_FILTER, "op": "GT"}])), DESTRUCTIVE),
    (catalog(action("PATCH_MANY", filters=[{**OWN_FILTER, "value": OTHER}])), DESTRUCTIVE),
    (catalog(action("ADD", sku=OWN), id_=9), DESTRUCTIVE),
    (catalog(action("REMOVE_MANY"), id_=0), DESTRUCTIVE),
    (Call("syncCatalog", {"catalogId": 3}, raw_body=b"{"), CREATE),
    # anything else
    (Call("deleteEverything"), DESTRUCTIVE),
    (Call(""), DESTRUCTIVE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "expected"), JUDGED, ids=lambda value: value.label if isinstance(value, Footprint) else value.operation
)
def test_footprint_follows_from_operation_and_arguments(own: Ledger, call: Call, expected: Footprint) -> None:
    """Each call is what its arguments make it."""
    assert expected == footprint(call, BOUND, own)


@pytest.mark.parametrize("call", [call for call, _ in JUDGED], ids=lambda call: call.operation)
def test_body_counts_the_same_however_it_is_sent(own: Ledger, call: Call) -> None:
    """The key, the content type and the form of the body change nothing."""
    expected = footprint(call, BOUND, own)
    for credential in Credential:
        assert expected == footprint(dataclasses.replace(call, credential=credential, content_type="x"), BOUND, own)
    if call.raw_body is None:
        for codec in ("utf-8", "utf-16"):
            raw = json.dumps(call.body).encode(codec)
            assert expected == footprint(dataclasses.replace(call, body=None, raw_body=raw), BOUND, own)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (session(id_="stands-open"), CREATE),
        (session({"state": "cancelled"}, "stands-open"), CONSUME),
        (session({"profileId": "shopper", "loyaltyCards": ["gold"]}), CREATE),
        (profile("rich"), CREATE),
        (Call("deleteCustomerData", {"integrationId": "rich"}), CREATE),
        (Call("deleteAudienceV2", {"audienceId": 5}), CREATE),
        (Call("deleteAudienceV2", {"audienceId": "5"}), CREATE),
        (Call("deleteAudienceV2", {"audienceId": 6}), DESTRUCTIVE),
        (Call("deleteAudienceV2", {"audienceId": 3}), DESTRUCTIVE),
        (catalog(action("REMOVE_MANY")), CREATE),
        (catalog(action("ADD", sku="shoe")), CREATE),
        (catalog(action("REMOVE_MANY"), id_=9), DESTRUCTIVE),
        (session(id_="rich"), DESTRUCTIVE),
    ],
    ids=str,
)
def test_disposable_bindings_are_as_good_as_own(own: Ledger, call: Call, expected: Footprint) -> None:
    """What a target gives away may be written, each in the place of its own kind."""
    assert expected == footprint(call, GIVEN_AWAY, own)


@pytest.mark.parametrize(("given_away", "expected"), [((), DESTRUCTIVE), (("spare_catalog",), CREATE)])
def test_a_spare_catalog_is_emptied_only_if_it_is_given_away(
    own: Ledger, given_away: tuple[str, ...], expected: Footprint
) -> None:
    """Being bound is not enough; and giving one catalog away leaves the other one to its owner."""
    bound = dataclasses.replace(BOUND, spare_catalog=4, disposable=frozenset(given_away))
    emptied = catalog(action("REMOVE_MANY"), id_=4)

    assert expected == footprint(emptied, bound, own)
    assert CREATE == footprint(catalog(action("ADD", sku=OWN), id_=4), bound, own)
    assert DESTRUCTIVE == footprint(catalog(action("REMOVE_MANY"), id_=3), bound, own)


def test_ids_that_the_server_gave_are_own(own: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """An audience that the run created may be deleted by it."""
    monkeypatch.setattr(own, "_named", {("audience", "77")})

    assert CREATE == footprint(Call("deleteAudienceV2", {"audienceId": 77}), BOUND, own)


def test_session_that_closed_is_consumed_by_cancelling(own: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelling rolls back what closing did."""
    monkeypatch.setattr(own, "_maybe_closed", {OWN})

    assert CONSUME == footprint(session({"state": "cancelled"}), BOUND, own)


def test_every_operation_of_the_contract_is_judged(own: Ledger, contract: Any) -> None:
    """None is destructive for lack of a rule."""
    for operation in contract.operations:
        assert "nobody has judged" not in assess(Call(operation), BOUND, own).why


def test_reads_are_what_the_contract_sends_by_get(own: Ledger, contract: Any) -> None:
    """The table of reads and the document agree."""
    for operation in contract.operations.values():
        path = {parameter.name: OWN for parameter in operation.path_parameters}

        assert (operation.method == "GET") == (READ == footprint(Call(operation.id, path), BOUND, own))


def test_every_id_in_a_path_counts(own: Ledger, contract: Any) -> None:
    """A write with somebody else's id in any place of its path is on what others made; nothing is left out."""
    for operation in contract.operations.values():
        for strange in () if operation.method == "GET" else operation.path_parameters:
            path = {p.name: OTHER if p is strange else OWN for p in operation.path_parameters}
            numbered = strange.name in {"audienceId", "catalogId", "loyaltyProgramId"}
            found = assess(Call(operation.id, path | ({strange.name: 999} if numbered else {})), BOUND, own)

            programs = operation.id == "linkLoyaltyCardToProfile" and strange.name == "loyaltyProgramId"
            assert found.foreign != programs, (operation.id, strange.name)


LATER = {
    "integrationGetAllCampaigns": [(READ, False, Call("integrationGetAllCampaigns", query={"pageSize": 1}))],
    "getCustomerAchievements": [(READ, False, Call("getCustomerAchievements", {"integrationId": OTHER}))],
    "getCustomerAchievementHistory": [
        (READ, False, Call("getCustomerAchievementHistory", {"integrationId": OTHER, "achievementId": 1}))
    ],
    "bestPriorPrice": [(DRY, False, Call("bestPriorPrice", body={"skus": [OTHER]}))],
    "unlinkLoyaltyCardFromProfile": [
        (CREATE, False, Call("unlinkLoyaltyCardFromProfile", {"loyaltyCardId": OWN}, body={"integrationId": OWN})),
        (
            DESTRUCTIVE,
            True,
            Call("unlinkLoyaltyCardFromProfile", {"loyaltyCardId": OTHER}, body={"integrationId": OWN}),
        ),
        (
            DESTRUCTIVE,
            True,
            Call("unlinkLoyaltyCardFromProfile", {"loyaltyCardId": OWN}, body={"integrationId": OTHER}),
        ),
    ],
    "deleteLoyaltyTransactionsFromLedgers": [
        (CREATE, False, Call("deleteLoyaltyTransactionsFromLedgers", {"loyaltyProgramId": 0, "integrationId": OWN})),
        (DESTRUCTIVE, True, Call("deleteLoyaltyTransactionsFromLedgers", {"integrationId": OTHER})),
        (
            DESTRUCTIVE,
            True,
            Call("deleteLoyaltyTransactionsFromLedgers", {"loyaltyProgramId": 999, "integrationId": OWN}),
        ),
    ],
    "activateLoyaltyPoints": [
        (CONSUME, False, Call("activateLoyaltyPoints", {"loyaltyProgramId": 0}, body={"sessionId": OWN})),
        (DESTRUCTIVE, True, Call("activateLoyaltyPoints", {"loyaltyProgramId": 0}, body={"sessionId": OTHER})),
        (DESTRUCTIVE, True, Call("activateLoyaltyPoints", {"loyaltyProgramId": 999}, body={"sessionId": OWN})),
        (DESTRUCTIVE, True, Call("activateLoyaltyPoints", {}, body={"sessionId": OWN, "transactionUUIDs": [OWN]})),
        (DESTRUCTIVE, False, Call("activateLoyaltyPoints", {}, raw_body=b"{")),
    ],
    "syncCatalog": [
        (
            DESTRUCTIVE,
            True,
            Call(
                "syncCatalog",
                {"catalogId": 0},
                body={"actions": [{"type": "ADD_PRICE_ADJUSTMENT", "payload": {"sku": OWN}}]},
            ),
        )
    ],
}
"""Calls of the later edition, with what they could do, and whether to what others made."""


@pytest.mark.parametrize(
    ("expected", "foreign", "call"),
    [pytest.param(*row, id=f"{name}-{n}") for name, rows in LATER.items() for n, row in enumerate(rows)],
)
def test_calls_of_the_later_edition(own: Ledger, expected: Footprint, foreign: bool, call: Call) -> None:
    """Points of others are not moved, cards of others not unlinked, and what nothing documents is not done."""
    found = assess(call, BOUND, own)

    assert (expected, foreign) == (found.footprint, found.foreign), found.why


def test_every_operation_of_the_later_edition_is_judged(own: Ledger) -> None:
    """None is destructive for lack of a rule."""
    later = read_contract(find_workspace().contract_file("2026-05"), edition="2026-05")

    for operation in later.operations:
        assert "nobody has judged" not in assess(Call(operation), BOUND, own).why


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from([OWN, OTHER, "open"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["customerSession", "state", "profileId", "data", "actions", "type", "payload", "filters", "sku"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(
    operation=st.sampled_from(sorted({call.operation for call, _ in JUDGED})),
    path=st.dictionaries(
        st.sampled_from(["customerSessionId", "integrationId", "audienceId", "catalogId", "couponValue"]), json_values
    ),
    query=st.dictionaries(st.sampled_from(["dry", "runRuleEngine", "silent", "Dry"]), json_values),
    body=json_values,
    raw=st.none() | st.binary(max_size=20),
)
def test_any_call_has_a_footprint(operation: str, path: Any, query: Any, body: Any, raw: bytes | None) -> None:
    """No argument, however strange, makes judging fail; and a limit to dry is one to what stores nothing."""
    call = Call(operation, path, query, body, raw_body=raw)
    found = assess(call, BOUND, Ledger(RUN, "gw0"))

    if found.footprint is READ:
        assert operation.startswith("get")
    if found.footprint is DRY:
        assert query["dry"] in (True, "true", [True], ["true"])
