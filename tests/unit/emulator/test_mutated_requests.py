"""However a request is spoilt, the answer is a documented one, and what is refused leaves no trace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.instant import FixedClock
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.world import World
from talonproof.generation.values import valid
from tests.unit.emulator.conftest import NOW
from tests.unit.emulator.valid_requests import CONTRACT, PATHS, VALID, everything, leaves, put, put_text, target_of

EXAMPLES = 40
"""Of each operation."""

LARGE = 20_000
"""A body of so many bytes is spoilt as bytes only: it has more places than anybody wants to list."""

KEY = {"authorization": "ApiKey-v1 live"}
SOLD = "sold"
SALE = b'{"customerSession": {"state": "closed", "cartItems": [{"sku": "x", "quantity": 3, "price": 1}]}}'
"""A closed session, beside the open one of the world."""

WITH_STATUS = {"$ref": "#/components/schemas/ErrorResponseWithStatus"}

IMPOSSIBLE = st.sampled_from(
    [
        *("1e999", "NaN", "-Infinity", str(2**63), str(-(2**63) - 1), "9" * 5000, '"', "[", "1 2", "'x'", "\xff"),
        *(r'"\ud800"', r'"\udc00\ud800"', r'{"\ud800": 1}', "[" * 70 + "]" * 70, "[" * 100_000, '{"a":' * 100_000),
    ]
)
"""What no JSON can hold, or no server can keep."""

STRANGE = st.sampled_from(
    [
        *("null", "true", "0", "-1", "1e300", "-1e-300", "-0.0", "1.5", '""', "[]", "{}", "[[]]", '{"": 1}', '"1"'),
        *(str(2**31), str(2**53 + 1), str(2**63 - 1), str(-(2**63)), "0." + "1" * 5000, '{"__proto__": {}}', '"x"'),
        *(r'"\u0000"', r'"\u202e\ufeff"', '"' + "x" * 1001 + '"', '"open"', '"closed"', '"cancelled"'),
        *('"2024-02-30T00:00:00Z"', '"9999-12-31T23:59:59Z"', "[" * 60 + "]" * 60),
    ]
)
"""JSON that is right in some places only."""

SEGMENTS = st.sampled_from(
    [
        *("", "%00", "%ff", "%ED%A0%80", "%2F", "%", "%zz", "..", "%2e%2e", "\xff", "0", "-1", "1e3", "NaN", "+1"),
        *(str(2**31), str(2**63 - 1), str(2**63), "9" * 5000, "x" * 1000, "x" * 1001, "x" * 60_000, "%F0%9F%98%80"),
        *("nobody", "card-1", "CODE-1", "ready", "rich", "1", "2", "5", "reopen", "customerprofiles", "%20", "%0a"),
    ]
)
"""Parts of a path or a query, as they stand on the wire."""

NAMES = sorted({parameter.name for operation in CONTRACT.operations.values() for parameter in operation.parameters})


@dataclass
class Spoilt:
    """A request on its way to be spoilt: each part of it as it is put on the wire."""

    method: str
    path: list[str]
    query: list[str] = field(default_factory=list[str])
    body: Any = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=lambda: dict(KEY))

    @property
    def content(self) -> bytes:
        """The body on the wire."""
        return self.raw if self.raw is not None else b"" if self.body is None else json.dumps(self.body).encode()

    def request(self) -> Request:
        """The request itself."""
        target = "/".join(self.path) + ("?" + "&".join(self.query) if self.query else "")
        return Request(self.method, target, self.headers, self.content)


def whole(operation: str) -> SearchStrategy[Any]:
    """A body that the operation takes, or any that the contract allows."""
    schema = CONTRACT.operations[operation].body
    if schema is None:
        return st.none()
    any_valid = valid(CONTRACT, schema, validators=VALIDATORS)
    fine = st.sampled_from([True, True, True, False])  # most of what is merely valid is refused by its meaning
    return fine.flatmap(lambda taken: st.just(VALID[operation]) if taken else any_valid)


VALIDATORS = Validators(CONTRACT)
BODIES = {operation: whole(operation) for operation in CONTRACT.operations}


def one(data: st.DataObject, operation: str) -> Spoilt:
    """A request that nothing is wrong with, but for what its ids lead to."""
    session = data.draw(st.sampled_from([PATHS["customerSessionId"], SOLD]))
    return Spoilt(
        CONTRACT.operations[operation].method,
        target_of(operation, customerSessionId=session).split("/"),
        body=data.draw(BODIES[operation]),
    )


def spoil(data: st.DataObject, spoilt: Spoilt) -> None:
    """Changes one thing about a request."""
    in_parts = spoilt.body is not None and spoilt.raw is None and len(spoilt.content) < LARGE
    places = [(), *leaves(spoilt.body)] if in_parts else []
    kinds = ["path", "query", "header", "bytes", *([*["put"] * 8, "drop", "grow", "add"] if places else [])]
    match data.draw(st.sampled_from(kinds)):
        case "path":
            step = data.draw(st.integers(1, len(spoilt.path) - 1))
            spoilt.path[step] = data.draw(SEGMENTS | st.text(max_size=8).map(quote))
        case "query":
            name = data.draw(st.sampled_from(NAMES) | st.text(max_size=4).map(quote))
            spoilt.query.append(f"{name}={data.draw(SEGMENTS | st.text(max_size=8).map(quote))}")
        case "header":
            name = data.draw(st.sampled_from(["authorization", "authorization", "content-type", "content-length"]))
            spoilt.headers[name] = data.draw(st.sampled_from(["", "ApiKey-v1 ", "ApiKey-v1 dry", "gzip", "-1", "\xff"]))
        case "bytes":
            content = spoilt.content
            start = data.draw(st.integers(0, len(content)))
            end = data.draw(st.integers(start, min(len(content), start + 4)))
            spoilt.raw = content[:start] + data.draw(st.binary(max_size=4)) + content[end:]
        case "put":
            spoilt.raw = put_text(spoilt.body, data.draw(st.sampled_from(places)), data.draw(IMPOSSIBLE | STRANGE))
        case "drop":
            place = data.draw(st.sampled_from(places))
            spoilt.body = dropped(spoilt.body, place)
        case "grow":
            place, value = data.draw(st.sampled_from([(place, at(spoilt.body, place)) for place in places]))
            times = data.draw(st.sampled_from([2, 1001]))
            bigger = value * times if isinstance(value, list) and len(value) < 10 else [value] * times
            spoilt.body = put(spoilt.body, place, bigger)
        case _:
            place, value = data.draw(st.sampled_from([(place, at(spoilt.body, place)) for place in places]))
            more = {data.draw(st.text(max_size=4)): data.draw(st.sampled_from([1, None, [], {"a": "b"}]))}
            spoilt.body = put(spoilt.body, place, {**value, **more} if isinstance(value, dict) else more)


def at(value: Any, place: tuple[str | int, ...]) -> Any:
    """What stands at a place."""
    for step in place:
        value = value[step]
    return value


def dropped(value: Any, place: tuple[str | int, ...]) -> Any:
    """The value without what stands at a place; without its whole it is null."""
    if not place:
        return None
    *above, step = place
    parent = at(value, tuple(above))
    if isinstance(parent, dict):
        return put(value, tuple(above), {name: inner for name, inner in parent.items() if name != step})
    return put(value, tuple(above), [inner for number, inner in enumerate(parent) if number != step])


class Bench:
    """An emulator that every example finds as it was."""

    def __init__(self, world: World) -> None:
        self.emulator = Emulator(world, CONTRACT, clock=FixedClock(NOW), validators=VALIDATORS)
        assert self.send(Request("PUT", f"/v2/customer_sessions/{SOLD}", KEY, SALE)).ok
        self._pristine = sqlite3.connect(":memory:")
        self.emulator.store._connection.backup(self._pristine)

    def send(self, request: Request) -> Reply:
        """The answer to a request."""
        return self.emulator.handle(request)

    def rows(self) -> list[Any]:
        """All rows of all tables."""
        return everything(self)

    def restore(self) -> None:
        """Everything is as it was in the beginning."""
        self._pristine.backup(self.emulator.store._connection)

    def close(self) -> None:
        """The end."""
        self.emulator.store.close()
        self._pristine.close()

    def judge(self, request: Request) -> Reply:
        """The answer to a request, which is documented: its status, and its body by that status."""
        answer = self.send(request)
        document = answer.document()
        route = self.emulator.route(request)
        assert answer.status < 500, document
        documented = route.operation.responses if route is not None else {}
        if answer.ok:
            assert route is not None
            assert answer.status in route.operation.success
        else:
            assert document["message"]
        if route is not None and answer.status in documented:
            validator = VALIDATORS.response(route.operation.id, answer.status)
            assert validator is None or () == validator.errors(document)
        else:
            assert () == VALIDATORS.schema(WITH_STATUS).errors(document)
            assert answer.status == document["StatusCode"]
        return answer

    def read_all(self) -> None:
        """Whatever was taken can be read again."""
        store = self.emulator.store
        sessions = [name for (name,) in store.all("SELECT integration_id FROM session WHERE application_id = 1")]
        profiles = [name for (name,) in store.all("SELECT integration_id FROM profile WHERE visible")]
        cards = store.all("SELECT program_id, identifier FROM card")
        sections = "&".join(
            f"{name}=true" for name in ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")
        )
        targets = [
            *(f"/v2/customer_sessions/{quote(name, safe='')}" for name in sessions),
            *(f"/v1/customer_profiles/{quote(name, safe='')}/inventory?{sections}" for name in profiles if name),
            *(f"/v1/loyalty_programs/{program}/cards/{quote(name, safe='')}/balances" for program, name in cards),
            "/v1/coupon_reservations/customerprofiles/CODE-1",
        ]
        for target in targets:
            answer = self.judge(Request("GET", target, KEY))
            assert answer.ok, (target, answer.document())


@pytest.fixture(scope="module")
def bench(world: World) -> Iterator[Bench]:
    """The bench of this module."""
    made = Bench(world)
    yield made
    made.close()


@pytest.mark.parametrize("operation", CONTRACT.operations)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(data=st.data())
def test_a_spoilt_request_is_answered_and_leaves_no_trace(bench: Bench, operation: str, data: st.DataObject) -> None:
    """No 500, the documented body, every row as it was after a refusal, and everything readable after a success."""
    spoilt = one(data, operation)
    for _ in range(data.draw(st.sampled_from([1, 1, 2, 3, 0]))):
        spoil(data, spoilt)
    request = spoilt.request()
    note(f"{request.method} {request.target[:300]} {request.headers} {request.body[:600]!r}")
    before = bench.rows()

    answer = bench.judge(request)

    if not answer.ok:
        assert before == bench.rows()
    elif request.method != "GET":
        bench.read_all()
        bench.restore()
