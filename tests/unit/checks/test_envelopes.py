"""Judgements of what an answer as a whole must hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from talonproof.generation.pointers import MISSING, put
from talonproof.http.exchange import Credential

Judged = Callable[..., Any]

EMPTY = {"effects": [], "createdCoupons": [], "createdReferrals": []}


@pytest.mark.parametrize(
    "operation", ["updateCustomerSessionV2", "returnCartItems", "updateCustomerProfileV2", "trackEventV2"]
)
def test_the_three_arrays(judged: Judged, operation: str) -> None:
    """All four operations answer with three arrays; a missing one, and one that is no array, is broken."""
    good = judged(operation, 200, EMPTY)["effects-envelope"]
    missing = judged(operation, 200, put(EMPTY, "/createdCoupons", MISSING))["effects-envelope"]
    null = judged(operation, 200, put(EMPTY, "/effects", None))["effects-envelope"]

    assert [(j.requirement, j.holds) for j in good] == [("SES-051", True)]
    assert [(j.holds, j.pointer) for j in missing] == [(False, "/createdCoupons")]
    assert [(j.holds, j.pointer) for j in null] == [(False, "/effects")]


def test_reopening_answers_with_effects(judged: Judged) -> None:
    """A reopening holds effects, whatever else it holds."""
    good = judged("reopenCustomerSession", 200, {"effects": [], "more": 1})["reopen-effects"]
    bad = judged("reopenCustomerSession", 200, {})["reopen-effects"]

    assert [(j.requirement, j.holds) for j in good] == [("REO-001", True)]
    assert [(j.holds, j.pointer) for j in bad] == [(False, "/effects")]


def test_the_session_asked_for(judged: Judged, session_answer: dict[str, Any]) -> None:
    """A GET answers with the session of its path."""
    body = {"customerSession": session_answer["customerSession"], "effects": []}

    def get(answer: Any, asked: str = "s") -> Any:
        return judged("getCustomerSession", 200, answer, path={"customerSessionId": asked})["session-asked-for"]

    assert [(j.requirement, j.holds) for j in get(body)] == [("SES-062", True)]
    assert [j.pointer for j in get(body, "other")] == ["/customerSession/integrationId"]
    assert [j.holds for j in get({"effects": []})] == [False]
    assert [j.pointer for j in get({**body, "effects": {}})] == ["/effects"]
    assert [j.holds for j in get(put(body, "/effects", MISSING))] == [True]


def test_the_session_of_a_return(judged: Judged) -> None:
    """The return belongs to the session in the path; an answer without it is no evidence."""

    def post(session: str) -> Any:
        body = {**EMPTY, "return": {"sessionIntegrationId": session}}
        return judged("returnCartItems", 200, body, path={"customerSessionId": "s"})["return-session"]

    assert [(j.requirement, j.holds) for j in post("s")] == [("RET-006", True)]
    assert [(j.holds, j.pointer) for j in post("t")] == [(False, "/return/sessionIntegrationId")]
    assert "return-session" not in judged("returnCartItems", 200, EMPTY)


@pytest.mark.parametrize(
    ("operation", "query", "rows", "holds"),
    [
        ("getLoyaltyProgramProfilePoints", {"pageSize": 2}, 2, True),
        ("getLoyaltyProgramProfilePoints", {"pageSize": 2}, 3, False),
        ("getLoyaltyProgramProfilePoints", {"pageSize": "2"}, 3, False),
        ("getLoyaltyProgramProfilePoints", {}, 50, True),
        ("getLoyaltyProgramProfilePoints", {}, 51, False),
        ("getLoyaltyProgramProfilePoints", {"pageSize": 51}, 50, True),
        ("getLoyaltyProgramProfilePoints", {"pageSize": 51}, 51, True),
        ("getLoyaltyProgramProfilePoints", {"pageSize": 0}, 3, True),
        ("getLoyaltyProgramProfilePoints", {"pageSize": -1}, 51, True),
        ("getLoyaltyCardTransactions", {}, 1_000, True),
        ("getLoyaltyCardTransactions", {}, 1_001, False),
        ("getLoyaltyCardTransactions", {"pageSize": 7}, 8, False),
    ],
)
def test_a_page_holds_no_more_than_asked_for(
    judged: Judged, operation: str, query: Any, rows: int, *, holds: bool
) -> None:
    """The size sent bounds the rows; without one the default does; sizes that are none bound nothing."""
    (found,) = judged(operation, 200, {"hasMore": False, "data": [{}] * rows}, query=query)["page"]

    assert (found.requirement, found.holds) == ("PAG-007", holds)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"data": []}, "/hasMore"), ({"hasMore": False}, "/data"), ({"hasMore": "no", "data": []}, "/hasMore")],
)
def test_a_page_has_both_parts(judged: Judged, body: Any, pointer: str) -> None:
    """``hasMore`` is a boolean and ``data`` an array."""
    (found,) = judged("getLoyaltyCardPoints", 200, body)["page"]

    assert (found.holds, found.pointer) == (False, pointer)


def test_lists_that_are_no_pages(judged: Judged) -> None:
    """The customers with a reservation come all at once."""
    assert "page" not in judged("getReservedCustomers", 200, {"totalResultSize": 0, "data": []})


def _effects(*kinds: str, **props: Any) -> list[dict[str, Any]]:
    return [{"effectType": kind, "props": props} for kind in kinds]


@pytest.mark.parametrize(
    ("effects", "state", "holds"),
    [
        (_effects("awardGiveaway", code="x"), "closed", True),
        (_effects("awardGiveaway", code="x"), "open", False),
        (_effects("awardGiveaway", code="x"), "cancelled", False),
        (_effects("willAwardGiveaway", poolId=1), "open", True),
        (_effects("willAwardGiveaway", code="x"), "open", False),
    ],
)
def test_giveaways_by_state(judged: Judged, effects: Any, state: str, *, holds: bool) -> None:
    """A giveaway is awarded at close only, and announced without its code."""
    sent = {"customerSession": {"state": state}}
    (found,) = judged("updateCustomerSessionV2", 200, {**EMPTY, "effects": effects}, sent=sent)["giveaway-state"]

    assert (found.requirement, found.holds) == ("SES-022", holds)


def test_the_state_of_a_giveaway_may_be_in_the_answer(judged: Judged) -> None:
    """A state that the request left out is taken from the answer; without either, nothing is judged."""
    body = {**EMPTY, "effects": _effects("awardGiveaway", code="x")}
    closed = judged("updateCustomerSessionV2", 200, {**body, "customerSession": {"state": "closed"}})
    unknown = judged("updateCustomerSessionV2", 200, body)

    assert [j.holds for j in closed["giveaway-state"]] == [True]
    assert "giveaway-state" not in unknown


def test_without_giveaways_there_is_no_evidence(judged: Judged) -> None:
    """Other effects do not exercise SES-022."""
    body = {**EMPTY, "effects": _effects("setDiscount")}

    assert "giveaway-state" not in judged("updateCustomerSessionV2", 200, body)


@pytest.mark.parametrize(
    ("created", "holds"),
    [
        ("2026-11-20T11:00:00Z", True),
        ("2026-11-20T10:59:30.5Z", True),
        ("2026-11-20T12:00:00+01:00", True),
        ("2026-11-20T10:58:00Z", False),
        ("2026-11-20T11:00:00+01:00", False),
    ],
)
def test_what_a_call_created_is_of_now(judged: Judged, created: str, *, holds: bool) -> None:
    """The moment of creation is near the Date of the answer, in whatever zone it is written."""
    (found,) = judged("trackEventV2", 200, {**EMPTY, "event": {"created": created}})["created-now"]

    assert (found.requirement, found.holds) == ("ERR-006", holds)


def test_what_may_be_older_is_not_judged_by_now(judged: Judged, session_answer: dict[str, Any]) -> None:
    """A session, what a dry call shows, and an answer without a Date are no evidence."""
    old = {**EMPTY, "event": {"created": "2020-01-01T00:00:00Z"}}

    assert "created-now" not in judged("updateCustomerSessionV2", 200, session_answer)
    assert "created-now" not in judged("trackEventV2", 200, old, query={"dry": True})
    assert "created-now" not in judged("trackEventV2", 200, old, credential=Credential.TEST)
    assert "created-now" not in judged("trackEventV2", 200, old, headers={"content-type": "application/json"})
    assert "created-now" in judged("trackEventV2", 200, old, query={"dry": False})
