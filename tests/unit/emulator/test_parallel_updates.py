"""Two requests overlap for certain, since a hold point keeps the first: updates of one thing still come one by one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.asgi import application
from talonproof.emulator.message import Request
from talonproof.emulator.turns import Subject, Turns
from talonproof.emulator.world import World

FOREVER = 1e9
"""Seconds: who waits so long is only freed by the other one."""

Answer = tuple[int, Any]


class Server:
    """An emulator behind its ASGI application, whose first request is held until it is let go."""

    def __init__(self, world: World, contract: Contract, validators: Validators, patience: float) -> None:
        self.emulator = Emulator(world, contract, validators=validators)
        self.turns = Turns(patience)
        self.held, self.go = asyncio.Event(), asyncio.Event()
        self.passed: list[str] = []
        self._app = application(self.emulator, hold=self._hold, turns=self.turns)

    async def _hold(self, request: Request) -> None:
        self.passed.append(request.path)
        if not self.held.is_set():
            self.held.set()
            await self.go.wait()

    async def call(self, method: str, target: str, body: object = None, key: str = "live") -> Answer:
        """Status and body of the answer."""
        path, _, query = target.partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        scope = {
            "type": "http",
            "method": method,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(b"authorization", f"ApiKey-v1 {key}".encode())],
        }
        await self._app(scope, receive, send)
        text = sent[1]["body"]
        return sent[0]["status"], json.loads(text) if text else None

    def events(self, session: str) -> int:
        """How many events a session has had."""
        found = self.emulator.store.one("SELECT COUNT(*) FROM event WHERE session = ?", session)
        assert found is not None
        return found[0]


Scene = Callable[[Server], Awaitable[None]]


@pytest.fixture
def play(world: World, contract: Contract, validators: Validators) -> Callable[..., None]:
    """Plays a scene on a server with some patience."""

    def run(scene: Scene, patience: float) -> None:
        async def whole() -> None:
            server = Server(world, contract, validators, patience)
            try:
                await asyncio.wait_for(scene(server), 60)
            finally:
                server.emulator.close()

        asyncio.run(whole())

    return run


def session(**content: Any) -> dict[str, Any]:
    """The body of an update."""
    return {"customerSession": content}


BUSY = [
    ("PUT", "/v2/customer_sessions/s", session(profileId="p"), "session"),
    ("PUT", "/v2/customer_profiles/p?runRuleEngine=true", {"attributes": {"number": 1}}, "profile"),
    ("POST", "/v2/events?silent=no", {"type": "signed_up", "profileId": "p"}, "profile"),
]


@pytest.mark.parametrize(("method", "target", "body", "kind"), BUSY)
def test_who_cannot_wait_gets_a_409(
    play: Callable[..., None],
    contract: Contract,
    validators: Validators,
    method: str,
    target: str,
    body: Any,
    kind: str,
) -> None:
    """The second update of one thing is refused in the documented words, and has done nothing; the first goes on."""

    async def scene(server: Server) -> None:
        first = asyncio.create_task(server.call(method, target, body))
        await server.held.wait()
        status, told = await server.call(method, target, body)

        assert 409 == status
        assert f"Too many requests are updating this {kind} at the same time" == told["message"]
        route = server.emulator.route(Request(method, target))
        assert route is not None
        validator = validators.response(route.operation.id, 409)
        assert validator is None or () == validator.errors(told)
        assert 1 == len(server.passed)
        server.go.set()
        assert 200 == (await first)[0]
        assert 200 == (await server.call(method, target, body))[0]

    assert 409 in contract.operation("updateCustomerSessionV2").responses
    play(scene, 0.0)


def test_who_can_wait_comes_next(play: Callable[..., None]) -> None:
    """Of three overlapping updates each is carried out once, in the order of their arrival."""

    async def scene(server: Server) -> None:
        calls = [
            asyncio.create_task(server.call("PUT", "/v2/customer_sessions/s", session(attributes={"number": number})))
            for number in range(3)
        ]
        await server.held.wait()
        server.go.set()

        assert [200, 200, 200] == [status for status, _ in await asyncio.gather(*calls)]
        _, shown = await server.call("GET", "/v2/customer_sessions/s")
        assert {"number": 2} == shown["customerSession"]["attributes"]
        assert 3 == server.events("s")

    play(scene, FOREVER)


def test_a_close_that_is_sent_twice_counts_once(play: Callable[..., None]) -> None:
    """The second of two overlapping closes finds the session closed: nothing is applied twice."""

    async def scene(server: Server) -> None:
        cart = [{"sku": "a", "name": "a", "quantity": 2, "price": 5}]
        body = session(profileId="p", state="closed", cartItems=cart)
        calls = [asyncio.create_task(server.call("PUT", "/v2/customer_sessions/s", body)) for _ in range(2)]
        await server.held.wait()
        server.go.set()

        assert [200, 400] == [status for status, _ in await asyncio.gather(*calls)]
        _, shown = await server.call("GET", "/v1/customer_profiles/p/inventory?profile=true")
        assert (1, 10) == (shown["profile"]["closedSessions"], shown["profile"]["totalSales"])

    play(scene, FOREVER)


OTHERS = [
    ("PUT", "/v2/customer_sessions/other", session(), "live"),
    ("PUT", "/v2/customer_sessions/s", session(), "other"),
    ("GET", "/v2/customer_sessions/ready", None, "live"),
    ("PUT", "/v2/customer_profiles/s?runRuleEngine=false", {}, "live"),
    ("POST", "/v2/events?silent=no", {"type": "signed_up"}, "live"),
    ("POST", "/v2/events?silent=no", {"type": "signed_up", "profileId": 5}, "live"),
    ("POST", "/v2/events?silent=no", [], "live"),
    ("GET", "/_health", None, "live"),
]


@pytest.mark.parametrize(("method", "target", "body", "key"), OTHERS)
def test_what_is_about_something_else_does_not_wait(
    play: Callable[..., None], method: str, target: str, body: Any, key: str
) -> None:
    """Another session, the same name in another Application, a profile of that name, and reading overlap freely."""

    async def scene(server: Server) -> None:
        first = asyncio.create_task(server.call("PUT", "/v2/customer_sessions/s", session()))
        await server.held.wait()

        assert 409 != (await server.call(method, target, body, key))[0]
        server.go.set()
        assert 200 == (await first)[0]

    play(scene, 0.0)


def test_who_has_no_key_learns_nothing(play: Callable[..., None]) -> None:
    """A request without a valid key is a 401, whether or not somebody updates the session."""

    async def scene(server: Server) -> None:
        first = asyncio.create_task(server.call("PUT", "/v2/customer_sessions/s", session()))
        await server.held.wait()

        assert 401 == (await server.call("PUT", "/v2/customer_sessions/s", session(), "wrong"))[0]
        server.go.set()
        await first

    play(scene, 0.0)


def test_operations_without_a_409_wait(play: Callable[..., None]) -> None:
    """A return of a session that is being updated has no such answer, so it comes after the update, however late."""

    async def scene(server: Server) -> None:
        cart = [{"sku": "a", "name": "a", "quantity": 2, "price": 5}]
        closing = session(state="closed", cartItems=cart)
        first = asyncio.create_task(server.call("PUT", "/v2/customer_sessions/s", closing))
        await server.held.wait()
        giving = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
        second = asyncio.create_task(server.call("POST", "/v2/customer_sessions/s/returns", giving))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not second.done()
        server.go.set()

        assert [200, 200] == [status for status, _ in await asyncio.gather(first, second)]

    play(scene, 0.0)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), max_size=12))
def test_no_two_are_ever_at_the_same_thing(plan: list[tuple[int, int, bool]]) -> None:
    """Whoever comes, however long they stay and whether they fail: one at a time for each thing, and no trace after."""

    async def scene() -> None:
        turns, busy, most = Turns(FOREVER), dict.fromkeys(range(3), 0), 0

        async def one(number: int, steps: int, fails: bool) -> None:
            nonlocal most
            async with turns.turn(Subject("session", 1, str(number))) as granted:
                assert granted
                busy[number] += 1
                most = max(most, busy[number])
                for _ in range(steps):
                    await asyncio.sleep(0)
                busy[number] -= 1
                if fails:
                    raise ZeroDivisionError

        await asyncio.gather(*(one(*planned) for planned in plan), return_exceptions=True)
        assert most <= 1
        assert {} == turns._turns

    asyncio.run(scene())
