"""Faults of races show where a call arrived before another one was carried out, and nowhere else."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.faults import OVERLAPPING, select
from talonproof.emulator.message import Request
from talonproof.emulator.world import World
from talonproof.emulator.world_file import read_world

KEY = {"authorization": "ApiKey-v1 talonproof-live-key"}
CART = [{"name": "a", "sku": "a", "quantity": 1, "price": 100}]


@pytest.fixture(scope="module")
def default_world() -> World:
    """The world that campaigns act in."""
    return read_world(None)


class Server:
    """An emulator with a fault. ``arrived`` is when calls arrived; None: when they are made."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.arrived: float | None = None

    def put(self, session: str, **content: Any) -> dict[str, Any]:
        """What an update of a session is answered, with its status."""
        body = {"customerSession": content, "responseContent": ["customerSession"]}
        return self.send("PUT", f"/v2/customer_sessions/{session}", body)

    def send(self, method: str, target: str, body: Any = None) -> dict[str, Any]:
        """What a call is answered, with its status."""
        content = b"" if body is None else json.dumps(body).encode()
        moment = time.monotonic() if self.arrived is None else self.arrived
        answer = self.emulator.handle(Request(method, target, KEY, content, moment))
        return {"status": answer.status, **answer.document()}

    def gets(self, session: str, **content: Any) -> list[str]:
        """The types of the effects and the values of the discounts of a session that is closed."""
        effects = self.put(session, state="closed", cartItems=CART, **content)["effects"]
        return [f"{effect['effectType']} {effect['props'].get('value')}" for effect in effects]


@pytest.fixture(params=[False, True], ids=["one after the other", "at the same time"])
def overlapping(request: pytest.FixtureRequest) -> bool:
    """Whether calls arrived before the first of them was carried out."""
    return bool(request.param)


@pytest.fixture
def serve(contract: Contract, validators: Validators, default_world: World, overlapping: bool) -> Iterator[Any]:
    """Makes a server with a fault; what is sent after ``begin`` overlaps, or does not."""
    made: list[Emulator] = []

    def make(fault: str) -> tuple[Server, Any]:
        made.append(Emulator(default_world, contract, validators=validators, faults=select([fault])))
        server = Server(made[-1])

        def begin() -> None:
            server.arrived = time.monotonic() if overlapping else None

        def end() -> None:
            server.arrived = None

        return server, (begin, end)

    yield make
    for emulator in made:
        emulator.close()


def test_an_update_of_a_session_is_lost(serve: Any, overlapping: bool) -> None:
    """What the first of two updates stored is gone."""
    server, (begin, end) = serve("session-update-lost")
    server.put("s", identifiers=["old"], cartItems=[])
    begin()
    server.put("s", identifiers=["new"])
    server.put("s", cartItems=CART)
    end()
    stored = server.send("GET", "/v2/customer_sessions/s")["customerSession"]

    assert (["old"] if overlapping else ["new"], 1) == (stored["identifiers"], len(stored["cartItems"]))


def test_a_refused_update_loses_nothing(serve: Any) -> None:
    """What is not carried out undoes nothing either."""
    server, (begin, end) = serve("session-update-lost")
    server.put("s", identifiers=["old"])
    begin()
    server.put("s", identifiers=["new"])
    refused = server.put("s", attributes={"nobody_knows": 1})
    end()

    assert 400 == refused["status"]
    assert ["new"] == server.send("GET", "/v2/customer_sessions/s")["customerSession"]["identifiers"]


def test_carts_are_mixed(serve: Any, overlapping: bool) -> None:
    """The cart has the lines of both."""
    server, (begin, end) = serve("session-update-torn")
    server.put("s", cartItems=[])
    begin()
    server.put("s", cartItems=CART)
    server.put("s", cartItems=CART)
    end()

    stored = server.send("GET", "/v2/customer_sessions/s")["customerSession"]
    assert (2 if overlapping else 1) == len(stored["cartItems"])


def test_a_busy_session_is_refused(serve: Any, overlapping: bool) -> None:
    """With a status that says that the call was wrong."""
    server, (begin, _) = serve("session-busy-is-bad-request")
    server.put("s")
    begin()

    assert [200, 400 if overlapping else 200] == [server.put("s", identifiers=[name])["status"] for name in "ab"]


def test_a_closed_session_is_not_counted(serve: Any, overlapping: bool) -> None:
    """Of two sessions of a profile that are closed, one counts."""
    server, (begin, end) = serve("profile-update-lost")
    server.send("PUT", "/v2/customer_profiles/p", {})
    begin()
    for name in "ab":
        server.put(name, profileId="p", state="closed", cartItems=CART)
    end()
    profile = server.send("GET", "/v1/customer_profiles/p/inventory?profile=true")["profile"]

    assert (1 if overlapping else 2) == profile["closedSessions"]


def test_a_coupon_for_one_use_is_used_twice(serve: Any, overlapping: bool) -> None:
    """Both sessions get it; what comes later sees both uses."""
    server, (begin, end) = serve("coupon-redeemed-twice")
    begin()
    both = [server.gets(name, profileId=name, couponCodes=["TP-ONCE-1"]) for name in "ab"]
    end()
    later = server.gets("c", profileId="c", couponCodes=["TP-ONCE-1"])

    accepted = ["acceptCoupon TP-ONCE-1" in effects for effects in both]
    assert [True, overlapping] == accepted
    assert "rejectCoupon TP-ONCE-1" in later


def test_a_budget_is_overdrawn(serve: Any, overlapping: bool) -> None:
    """Each session gets what was left when the first of them began; what comes later gets nothing."""
    server, (begin, end) = serve("budget-overdrawn")
    mark = {"tp_trigger": "budget"}
    server.put("o", profileId="p")
    begin()
    each = [server.gets(name, profileId="p", attributes=mark) for name in "abc"]
    end()

    expected = [["setDiscount 6"], ["setDiscount 6"], ["setDiscount 6"]]
    assert (expected if overlapping else [["setDiscount 6"], ["setDiscount 4"], []]) == each
    assert [] == server.gets("d", profileId="p", attributes=mark)


def test_each_of_them_dawdles() -> None:
    """A server that has one waits a little before each call, so that what is sent together overlaps."""
    assert all(fault.dawdles > 0 for fault in select(OVERLAPPING))
