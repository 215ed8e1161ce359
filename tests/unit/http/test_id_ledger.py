"""The ids of a run are told from all others, and what became of them is counted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.errors import HarnessError
from talonproof.http.exchange import Call, Credential, Exchange
from talonproof.http.ledger import Ledger

RUN = "20261120-110000-ab12"
words = st.from_regex(r"[A-Za-z0-9]{1,6}(-[A-Za-z0-9]{1,6}){0,3}", fullmatch=True)
runs = st.from_regex(r"20[0-9]{6}-[0-9]{6}-[0-9a-f]{4}", fullmatch=True)
workers = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)


def answered(call: Call, status: int = 200, answer: Any = None) -> Exchange:
    """The exchange of a call with a given answer."""
    body = b"" if answer is None else json.dumps(answer).encode()
    return Exchange(0, call, "PUT", "", "", {}, None, status, {}, body, 0.0, 0.0)


def put(id_: str, state: Any = None, **more: Any) -> Call:
    """A session update."""
    inner = {} if state is None else {"state": state}
    body = {"customerSession": {**inner, **more.pop("session", {})}}
    return Call("updateCustomerSessionV2", {"customerSessionId": id_}, body=body, **more)


@given(run=words, worker=workers, kinds=st.lists(st.sampled_from(["session", "profile", "sku"]), max_size=20))
def test_new_ids_are_distinct_own_and_remembered(run: str, worker: str, kinds: list[str]) -> None:
    """Every id says run and worker, is issued once, and has the kind it was asked for."""
    ledger = Ledger(run, worker)
    ids = [ledger.new(kind) for kind in kinds]

    assert len(set(ids)) == len(ids)
    assert [f"tp-{run}-{worker}-{n}" for n in range(len(kinds))] == ids
    assert kinds == [ledger.kind(each) for each in ids]
    assert all(ledger.owns(each) for each in ids)


@given(run=words, mine=workers, theirs=workers)
def test_ids_of_other_workers_of_the_run_are_own(run: str, mine: str, theirs: str) -> None:
    """What one worker made another may touch."""
    assert Ledger(run, mine).owns(Ledger(run, theirs).new("session"))


@given(run=runs, other=runs, worker=workers, suffix=st.text(max_size=5))
def test_ids_of_other_runs_are_not_own(run: str, other: str, worker: str, suffix: str) -> None:
    """Not even those of a run whose name begins with that of this one, or whose ids do."""
    if run != other:
        assert not Ledger(run, worker).owns(Ledger(other, worker).new("session") + suffix)
    assert not Ledger(run, worker).owns(Ledger(f"{run}{other}", worker).new("session"))
    assert not Ledger(run, worker).owns(Ledger(f"{run}-{other}", worker).new("session"))


@pytest.mark.parametrize("suffix", ["", "0", "x", "/x", "%2F..", "é", "…" * 900, "/..x", ".", "..", "a.b", "\n"])
def test_own_id_with_something_appended_is_own(ledger: Any, suffix: str) -> None:
    """Boundary values grow from own ids."""
    assert ledger.owns(ledger.new("session") + suffix)


@pytest.mark.parametrize("suffix", ["/..", "/../x", "/./x", "\\..\\x", "/x/../../y"])
def test_own_id_that_leads_elsewhere_is_not_own(ledger: Any, suffix: str) -> None:
    """A server that resolves dot segments would go to something of somebody else."""
    assert not ledger.owns(ledger.new("session") + suffix)


@pytest.mark.parametrize(
    "value",
    ["", "a", "tp-", f"tp-{RUN}", f"tp-{RUN}-gw0-", f"xtp-{RUN}-gw0-0", f"TP-{RUN}-gw0-0", None, 0, 7, [], True],
)
def test_everything_else_is_not_own(ledger: Any, value: object) -> None:
    """Neither other values nor other types."""
    assert not ledger.owns(value)


@pytest.mark.parametrize(
    ("run", "worker"), [("", "gw0"), ("a b", "gw0"), ("-", "gw0"), ("a", ""), ("a", "0"), ("a", "g-0")]
)
def test_names_that_make_no_ids_are_refused(run: str, worker: str) -> None:
    """Ids must be told apart by their parts."""
    with pytest.raises(HarnessError):
        Ledger(run, worker)


# what a session may have become


def test_new_session_never_closed(ledger: Any) -> None:
    """Until something else was asked for, a session of this worker is open or does not exist."""
    session = ledger.new("session")
    for state in (None, "open", "cancelled"):
        ledger.note(answered(put(session, state)))

    assert not ledger.may_have_closed(session)


@pytest.mark.parametrize("session", [f"tp-{RUN}-gw1-0", f"tp-{RUN}-gw0-9", "somebodys", None, 5])
def test_other_session_may_have_closed(ledger: Any, session: Any) -> None:
    """Of what this worker did not issue, it knows nothing."""
    ledger.new("session")

    assert ledger.may_have_closed(session)


@pytest.mark.parametrize("status", [200, 0, 500, 503])
@pytest.mark.parametrize("state", ["closed", "CLOSED", "partially_returned", 7, ["closed"]])
def test_session_may_have_closed_where_that_was_not_refused(ledger: Any, state: Any, status: int) -> None:
    """Also where no answer came, or one that leaves it open."""
    session = ledger.new("session")
    ledger.note(answered(put(session, state), status))

    assert ledger.may_have_closed(session)


def test_session_may_have_closed_by_a_body_that_cannot_be_read(ledger: Any) -> None:
    """A lenient server could have understood it."""
    session = ledger.new("session")
    ledger.note(answered(Call("updateCustomerSessionV2", {"customerSessionId": session}, raw_body=b"{'"), 500))

    assert ledger.may_have_closed(session)


@pytest.mark.parametrize("answer", ["closed", "partially_returned"])
def test_session_may_have_closed_if_the_answer_says_so(ledger: Any, answer: str) -> None:
    """A server may do what it was not asked for."""
    session = ledger.new("session")
    ledger.note(answered(put(session, "open"), 200, {"customerSession": {"state": answer}}))

    assert ledger.may_have_closed(session)


@pytest.mark.parametrize(("status", "dry"), [(400, False), (200, True)])
def test_refused_and_dry_closings_close_nothing(ledger: Any, status: int, *, dry: bool) -> None:
    """A 4xx says that nothing was done, and so does dry."""
    session = ledger.new("session")
    call = put(session, "closed", query={"dry": dry})
    ledger.note(answered(call, status, {"customerSession": {"state": "closed"}}))

    assert not ledger.may_have_closed(session)


# what was made and used


def test_things_are_counted_once(ledger: Any) -> None:
    """A session updated twice is one session, and its profile one profile."""
    session, profile = ledger.new("session"), ledger.new("profile")
    for state in ("open", "closed"):
        ledger.note(answered(put(session, state, session={"profileId": profile})))

    assert {"sessions": 1, "profiles": 1, "sessions closed": 1} == ledger.created


def test_each_operation_is_counted(ledger: Any) -> None:
    """Receipts say what was made and what was used."""
    a, b = ledger.new("profile"), ledger.new("profile")
    session, card, sku = ledger.new("session"), ledger.new("card"), ledger.new("sku")
    path = {"customerSessionId": session}
    for call, status, answer in (
        (put(session, "closed"), 200, None),
        (Call("returnCartItems", path, body={}), 200, None),
        (Call("reopenCustomerSession", path), 200, None),
        (put(session, "cancelled"), 200, None),
        (Call("updateCustomerProfileV2", {"integrationId": a}, body={}), 200, None),
        (Call("updateCustomerProfilesV2", body={"customerProfiles": [{"integrationId": b}, 1]}), 204, None),
        (Call("updateCustomerProfileAudiences", body={"data": [{"profileIntegrationId": f"{b}x"}]}), 204, None),
        (Call("trackEventV2", body={"profileId": f"{a}y", "type": "t"}), 204, None),
        (Call("createAudienceV2", body={"name": "n"}), 201, {"id": 71}),
        (Call("generateLoyaltyCard", {"loyaltyProgramId": 1}, body={}), 200, {"id": 3, "identifier": card}),
        (Call("createReferral", body={}), 201, {}),
        (Call("createReferralsForMultipleAdvocates", body={"advocateProfileIntegrationIds": [a, b]}), 204, None),
        (Call("createCouponReservation", {"couponValue": "C"}, body={"integrationIDs": [a, b]}), 201, {}),
        (Call("syncCatalog", {"catalogId": 1}, body={"actions": [{"type": "ADD", "payload": {"sku": sku}}]}), 200, {}),
    ):
        ledger.note(answered(call, status, answer))

    assert {
        "audiences": 1, "cards": 1, "catalog syncs": 1, "closed sessions cancelled": 1, "events": 1, "items": 1,
        "profiles": 4, "referrals": 3, "reservations": 2, "sessions": 1, "sessions closed": 1, "sessions reopened": 1,
        "sessions returned": 1,
    } == ledger.created  # fmt: skip
    assert {} == ledger.restored


def test_things_taken_away_are_restored(ledger: Any) -> None:
    """Only what this worker made counts, and what is made again is there again."""
    sku = ledger.new("sku")
    add, remove = (
        answered(Call("syncCatalog", {"catalogId": 1}, body={"actions": [{"type": t, "payload": {"sku": sku}}]}))
        for t in ("ADD", "REMOVE")
    )
    ledger.note(answered(Call("createAudienceV2", body={}), 201, {"id": 71}))
    ledger.note(answered(Call("deleteAudienceV2", {"audienceId": 71}), 204))
    ledger.note(answered(Call("deleteAudienceV2", {"audienceId": 72}), 204))
    for exchange in (remove, add, remove, add):
        ledger.note(exchange)

    assert {"audiences": 1, "catalog syncs": 4, "items": 1} == ledger.created
    assert {"audiences": 1} == ledger.restored


@pytest.mark.parametrize("status", [0, 502, 503, 504])
def test_write_whose_answer_never_came_is_in_the_receipt(ledger: Any, status: int) -> None:
    """It may have made something: that is said, and nothing is said to be made."""
    ledger.note(answered(put(ledger.new("session")), status))

    assert {"writes of unknown outcome": 1} == ledger.created


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (put(f"tp-{RUN}-gw0-0", "closed"), 400),
        (put(f"tp-{RUN}-gw0-0"), 429),
        (put(f"tp-{RUN}-gw0-0", query={"dry": True}), 0),
        (put(f"tp-{RUN}-gw0-0", query={"dry": True}), 200),
        (put(f"tp-{RUN}-gw0-0", credential=Credential.TEST), 200),
        (put("somebodys", session={"profileId": "somebody"}), 200),
        (Call("getCustomerSession", {"customerSessionId": f"tp-{RUN}-gw0-0"}), 200),
        (Call("deleteAudienceMembershipsV2", {"audienceId": 1}), 204),
    ],
)
def test_what_made_nothing_counts_nothing(ledger: Any, call: Call, status: int) -> None:
    """Refusals, dry calls, calls with a key that makes everything dry, reads, and things of others."""
    ledger.note(answered(call, status))

    assert {} == ledger.created


@pytest.mark.parametrize(
    ("operation", "answer", "kind", "value", "own"),
    [
        ("createAudienceV2", {"id": 71}, "audience", 71, True),
        ("createAudienceV2", {"id": 71}, "audience", "71", True),
        ("createAudienceV2", {"id": 71}, "card", "71", False),
        ("createAudienceV2", {"id": 71.0}, "audience", 71, True),
        ("createAudienceV2", {"id": 71.5}, "audience", 71, False),
        ("createAudienceV2", {"id": 71}, "audience", 72, False),
        ("createAudienceV2", {"id": True}, "audience", True, False),
        ("createAudienceV2", {"id": None}, "audience", None, False),
        ("createAudienceV2", [], "audience", 71, False),
        ("generateLoyaltyCard", {"identifier": "c-1"}, "card", "c-1", True),
        ("generateLoyaltyCard", {"identifier": ""}, "card", "", False),
        ("createReferral", {"id": 71}, "audience", 71, False),
    ],
)
def test_ids_that_the_server_gives_are_own(
    ledger: Any,
    operation: str,
    answer: Any,
    kind: str,
    value: Any,
    *,
    own: bool,
) -> None:
    """The number of an audience and the identifier of a card are learned from the answer, each for its kind."""
    ledger.note(answered(Call(operation, body={}), 201, answer))

    assert own == ledger.owns(value, kind)
