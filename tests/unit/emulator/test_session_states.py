"""The state machine of sessions, as a table of its own: from a state, by an operation, to a state or a refusal."""

from __future__ import annotations

from typing import Any

import pytest

CART = [{"sku": "mug", "quantity": 3, "price": 5}]

TABLE = {
    # from            absent     open       closed    cancelled    returned  reopen  return
    "nothing":       ("open",    "open",    "closed", None,        None,     None,   None),
    "open":          ("open",    "open",    "closed", "cancelled", None,     None,   None),
    "closed":        (None,      None,      None,     "cancelled", None,     "open", "partially_returned"),
    "partially_returned": (None, None,      None,     "cancelled", None,     None,   "partially_returned"),
    "cancelled":     (None,      None,      None,     None,        None,     None,   None),
}  # fmt: skip
"""The state after each operation, or None where it is refused."""

OPERATIONS = ("absent", "open", "closed", "cancelled", "partially_returned", "reopen", "return")
CASES = [
    (start, operation, end) for start, row in TABLE.items() for operation, end in zip(OPERATIONS, row, strict=True)
]


def bring(client: Any, name: str, state: str) -> None:
    """Makes a session that is in the state."""
    if state == "nothing":
        return
    client.update(name, profileId=f"of-{name}", cartItems=CART, state="closed" if state != "open" else "open")
    if state == "partially_returned":
        assert 200 == client.give_back(name, (0, 1))[0]
    if state == "cancelled":
        client.update(name, state="cancelled")


def perform(client: Any, name: str, operation: str) -> int:
    """Status of an operation; updates bring another cart."""
    if operation == "reopen":
        return client.reopen(name)[0]
    if operation == "return":
        return client.give_back(name, (0, 1))[0]
    state = {} if operation == "absent" else {"state": operation}
    return client.try_update(name, cartItems=[{"sku": "lamp", "quantity": 1, "price": 9}], **state)[0]


@pytest.mark.parametrize(("start", "operation", "end"), CASES)
def test_a_transition_is_made_or_refused(client: Any, start: str, operation: str, end: str | None) -> None:
    """What the table allows answers 200 and is stored; the rest answers 400 and changes nothing at all."""
    bring(client, "s", start)
    before = client.call("GET", "/v2/customer_sessions/s")
    client.tick()

    status = perform(client, "s", operation)

    if end is None:
        assert 400 == status
        assert before == client.call("GET", "/v2/customer_sessions/s")
    else:
        assert 200 == status
        assert end == client.session("s")["state"]


def test_cancelling_a_closed_session_leaves_its_cart(client: Any) -> None:
    """Of an update that cancels a closed session, only the state counts."""
    bring(client, "s", "closed")

    client.update("s", state="cancelled", cartItems=[], couponCodes=["X"])

    assert ["mug"] == [line["sku"] for line in client.session("s")["cartItems"]]
    assert [] == client.session("s")["couponCodes"]


EVENTS = [
    ("nothing", "open", "talon_session_created"),
    ("nothing", "closed", "talon_session_created"),
    ("open", "absent", "talon_session_updated"),
    ("open", "closed", "talon_session_closed"),
    ("open", "cancelled", "talon_session_cancelled"),
    ("closed", "cancelled", "talon_session_revoked"),
    ("partially_returned", "cancelled", "talon_session_revoked"),
]


@pytest.mark.parametrize(("start", "state", "kind"), EVENTS)
def test_each_transition_has_its_event(client: Any, start: str, state: str, kind: str) -> None:
    """The event of an update has the type of what happened, and names session and profile."""
    bring(client, "s", start)
    sent = {} if state == "absent" else {"state": state}

    event = client.update("s", asked=("event",), profileId="of-s", **sent)["event"]

    assert (kind, "s", "of-s") == (event["type"], event["sessionId"], event["profileId"])


def test_a_reopened_session_is_like_any_open_one(client: Any) -> None:
    """After reopening, a session is updated, closed and returned as if it had never been closed."""
    bring(client, "s", "closed")

    assert (200, {"effects": []}) == client.reopen("s")
    client.update("s", cartItems=[{"sku": "x", "quantity": 1, "price": 1}])
    client.update("s", state="closed")

    assert 200 == client.give_back("s", (0, 1))[0]
    assert "partially_returned" == client.session("s")["state"]


def test_a_profile_counts_what_stays_sold(client: Any) -> None:
    """Closing adds, a return takes off its units, reopening and cancelling take all back."""

    def counted() -> tuple[int, float]:
        profile = client.profile("of-s")
        return profile["closedSessions"], profile["totalSales"]

    bring(client, "s", "open")
    assert (0, 0) == counted()
    client.update("s", state="closed")
    assert (1, 15) == counted()
    client.reopen("s")
    assert (0, 0) == counted()
    client.update("s", state="closed")
    client.give_back("s", (0, 2))
    assert (1, 5) == counted()
    client.update("s", state="cancelled")
    assert (0, 0) == counted()


def test_cancelling_an_open_session_counts_nothing(client: Any) -> None:
    """A session that was never closed leaves the counters alone."""
    bring(client, "s", "open")

    client.update("s", state="cancelled")

    assert 0 == client.profile("of-s")["closedSessions"]


def test_reading_changes_nothing(client: Any) -> None:
    """Two readings at different times are equal."""
    bring(client, "s", "closed")
    first = client.session("s")
    client.tick()

    assert first == client.session("s")
