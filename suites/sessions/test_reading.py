"""Reading a session gives what its last update gave, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from strategies import unchanged
from strategies.showing import described, session_of, unlike
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.target import Bindings


def in_state(state: str, *, footprint: str, requests: int, depth: str = "release") -> Any:
    """A session whose last update left it in a state."""
    mark = scenario("SES-062", "SES-063", "SES-069", footprint=footprint, requests=requests, depth=depth)
    return pytest.param(state, marks=mark, id=state)


@pytest.mark.parametrize(
    "state",
    [
        in_state("open", footprint="create", requests=3, depth="smoke"),
        in_state("closed", footprint="consume", requests=3),
        in_state("cancelled", footprint="create", requests=4),
    ],
)
def test_a_session_reads_as_it_was_answered(case: Case, api: Api, bindings: Bindings, state: str) -> None:
    """Two reads after an update give the data of its answer, both the same."""
    content: dict[str, Any] = {
        "profileId": case.new_id("profile"),
        "cartItems": [dict(line) for line in CART],
        "identifiers": ["tp-b", "tp-a"],
    }
    if bindings.additional_cost:
        content["additionalCosts"] = {bindings.additional_cost: {"price": 4.9}}
    if bindings.session_attribute:
        content["attributes"] = {bindings.session_attribute: "as answered"}
    session = case.new_id("session")
    if state == "cancelled":
        case.arranged(api.put_session(session, {**content, "state": "open"}))
        sent = api.put_session(session, {"state": "cancelled"})
    else:
        sent = api.put_session(session, {**content, "state": state})
    answered = described(case, session_of(case, sent))
    first = case.settled(
        lambda: api.get_session(session),
        lambda read: read.ok and unlike(answered, described(case, session_of(case, read))) is None,
    )
    second = api.get_session(session)
    for read in (first, second):
        found = unlike(answered, described(case, session_of(case, read)))
        pointer, words = found or ("", "")
        case.judge(
            "SES-069",
            found is None,
            f"{pointer} {words}, from the answer of the update to a read",
            of=(sent, read),
            pointer=pointer,
        )
    found = unchanged.difference(unchanged.session, first, second)
    pointer, words = found or ("", "")
    case.judge(
        "SES-063", found is None, f"{pointer} {words}, from one read to the next", of=(first, second), pointer=pointer
    )


def bound(binding: str, row: str) -> Any:
    """A session that the target already holds, and the row of the state table that reading it is."""
    mark = scenario(f"{row}-status", "SES-062", footprint="read", requests=1, needs=(binding,))
    return pytest.param(binding, row, marks=mark, id=binding)


@pytest.mark.parametrize(("binding", "row"), [bound("open_session", "T16"), bound("closed_session", "T27")])
def test_a_session_that_is_there_is_read(case: Case, api: Api, bindings: Bindings, binding: str, row: str) -> None:
    """A session of the target's own can be read, though nothing may be written."""
    session: str = getattr(bindings, binding)
    read = api.get_session(session)
    # Somebody else may have closed or cancelled it meanwhile: its state proves nothing about the server.
    if case.accepted(f"{row}-status", read, doing=f"reading the bound session {binding}"):
        name = read.at("customerSession", "integrationId")
        case.judge("SES-062", name == session, f"describes {name!r}, expected {session!r}", of=read)
