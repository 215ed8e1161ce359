"""Operations that came after 2025-01 are called where a target has them, and judged by their schema."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from strategies.subjects import EVERY_SUBJECT, SUBJECTS_SINCE, valid
from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import Contract
from talonproof.contract.requirements import read_requirements
from talonproof.contract.validators import Validators
from talonproof.emulator import serve
from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.world_file import read_world
from talonproof.generation.breaches import breaches, judged
from talonproof.generation.values import example
from talonproof.http.exchange import Call
from talonproof.http.keys import resolve_keys
from talonproof.requirement import catalogue
from talonproof.run.bench import Bench
from talonproof.run.case import NOTHING
from talonproof.run.plan import Row, Spec
from talonproof.run.settle import run_case
from talonproof.target import Footprint, Target
from talonproof.workspace import find_workspace

MODULES = {
    "test_valid": "test_valid_calls",
    "test_boundaries": "test_edges",
    "test_invalid": "test_wrong_calls",
    "test_schemathesis": "test_coverage_phase",
}
"""The modules of the suite, and in each the test that is made for every operation."""

ADJUSTMENT = "ADD_PRICE_ADJUSTMENT"

EVERY = pytest.mark.parametrize("operation", SUBJECTS_SINCE)

Answer = Callable[[Request, Any], Reply | None]
"""From a request and the operation that it leads to, with the values of its path, to what is answered."""

REFUSED = reply(400, {"message": "Not so.", "StatusCode": 400})


@dataclass
class Server(httpx.BaseTransport):
    """An emulator of 2026-05 beside somebody who answers the operations that it does not have."""

    emulator: Emulator
    answer: Answer
    passed: list[Request] = field(default_factory=list[Request])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What the emulator answers, unless it does not have the operation."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method, request.extensions["target"].decode(), headers, request.read())
        self.passed.append(asked)
        found = self.emulator.handle(asked)
        if found.status == 501:
            route = self.emulator.route(asked)
            assert route is not None
            found = self.answer(asked, route) or found
        return httpx.Response(found.status, headers=dict(found.headers), content=found.body)


@pytest.fixture(scope="session")
def later_validators(later_contract: Contract) -> Validators:
    """The validators of the later edition."""
    return Validators(later_contract)


@pytest.fixture
def by_schema(later_contract: Contract, later_validators: Validators) -> Answer:
    """Answers as the schema of the operation has it, and refuses what breaks it."""

    def answer(request: Request, route: Any) -> Reply:
        operation = route.operation
        try:
            body = request.document() if request.body else None
        except ValueError:
            return REFUSED
        query: dict[str, Any] = {}
        for name, value in request.pairs():
            query.setdefault(name, []).append(value)
        single = {name: found if len(found) > 1 else found[0] for name, found in query.items()}
        call = Call(operation.id, route.values, single, body, has_body=bool(request.body))
        if judged(breaches(later_contract, later_validators, call)):
            return REFUSED
        (status,) = operation.success
        schema = operation.responses[status].schema
        return Reply(status) if schema is None else reply(status, example(later_contract, schema))

    return answer


Judging = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def judging(
    later_contract: Contract,
    target: Target,
    suite: Callable[[str], ModuleType],
    tmp_path: Path,
) -> Iterator[Judging]:
    """Runs the contract suite on one operation of a server; the lines of the stream, by module."""
    benches: list[Bench] = []

    def judge(operation: str, server: Server, depth: Depth = Depth.RELEASE) -> dict[str, dict[str, Any]]:
        bench = Bench.open(
            RunOptions(run="unit", seed=1, depth=depth, max_footprint=Footprint.DESTRUCTIVE),
            replace(target, unbuilt=frozenset()),
            resolve_keys(target, {}, default=serve.LIVE_KEY),
            later_contract,
            catalogue("2026-05", read_requirements(find_workspace().requirements)),
            folder=tmp_path,
            worker=f"w{len(benches)}",
            workers=1,
            transport=server,
        )
        benches.append(bench)
        return {
            module: run_case(case, lambda case=case, function=function, values=values: function(case, *values))
            for module, name in MODULES.items()
            for function, row, values in _cases(suite(module), name, operation, depth)
            for case in [bench.case(row)]
        }

    yield judge
    for bench in benches:
        bench.close()


def _cases(
    module: ModuleType, name: str, operation: str, depth: Depth
) -> Iterator[tuple[Callable[..., None], Row, tuple[Any, ...]]]:
    """The cases that a module has for an operation, as a plan of some depth holds them."""
    function = getattr(module, name)
    (parametrized,) = [mark for mark in function.pytestmark if mark.name == "parametrize"]
    for parameter in parametrized.args[1]:
        if parameter.id != operation:
            continue
        (mark,) = [mark for mark in parameter.marks if mark.name == "scenario"]
        spec = Spec(
            id=f"contract/{module.__name__}.py::{name}[{operation}]",
            title=name,
            about=inspect.getdoc(function) or "",
            **mark.kwargs,
        )
        if spec.examples_at(depth):
            yield function, Row(spec, spec.requests_at(depth), spec.examples_at(depth)), parameter.values


@pytest.fixture
def served(later_contract: Contract, later_validators: Validators) -> Iterator[Callable[[Answer], Server]]:
    """Makes servers."""
    servers: list[Server] = []

    def make(answer: Answer) -> Server:
        emulator = Emulator(read_world(), later_contract, validators=later_validators)
        servers.append(Server(emulator, answer))
        return servers[-1]

    yield make
    for server in servers:
        server.emulator.store.close()


@EVERY
def test_calls_fit_the_contract(
    later_contract: Contract, later_validators: Validators, target: Target, operation: str
) -> None:
    """The call with all that it can hold breaks nothing of the document."""
    call = valid(operation, target.bindings)
    has_body = call.body is not NOTHING
    sent = Call(operation, call.path, call.query, call.body if has_body else None, has_body=has_body)

    assert () == breaches(later_contract, later_validators, sent)


@EVERY
def test_a_server_that_has_it_is_accused_of_nothing(
    judging: Judging, served: Callable[[Answer], Server], by_schema: Answer, operation: str
) -> None:
    """Answers by the schema pass, and its calls were sent."""
    server = served(by_schema)
    lines = judging(operation, server)

    assert set(MODULES) == set(lines)
    assert {} == {name: line["findings"] for name, line in lines.items() if line["findings"]}
    assert {} == {name: line["detail"] for name, line in lines.items() if line["verdict"] != "pass"}
    assert len(lines) <= sum(route is not None and route.operation.id == operation for route in _routes(server))


def _routes(server: Server) -> list[Any]:
    return [server.emulator.route(request) for request in server.passed]


@pytest.mark.parametrize("operation", [name for name in SUBJECTS_SINCE if "delete" not in name])
def test_an_answer_that_breaks_the_schema_is_found(
    judging: Judging, served: Callable[[Answer], Server], operation: str
) -> None:
    """A body that is no object breaks ERR-013, in the operation that gave it."""
    server = served(lambda _, route: reply(min(route.operation.success), ["no object"]))
    lines = judging(operation, server)

    found = {(one["requirement"], one["operation"]) for line in lines.values() for one in line["findings"]}
    assert ("ERR-013", operation) in found


def test_a_status_that_is_not_listed_is_found(judging: Judging, served: Callable[[Answer], Server]) -> None:
    """Where 204 is listed, 200 is wrong."""
    lines = judging("deleteLoyaltyTransactionsFromLedgers", served(lambda *_: reply(200, {})))

    assert "ERR-007" in {one["requirement"] for line in lines.values() for one in line["findings"]}


@EVERY
def test_a_server_that_refuses_it_is_accused_of_nothing(
    judging: Judging, served: Callable[[Answer], Server], operation: str
) -> None:
    """No clause says that such a call is accepted."""
    lines = judging(operation, served(lambda *_: reply(404, {"message": "Not found.", "StatusCode": 404})))

    assert {} == {name: line["findings"] for name, line in lines.items() if line["findings"]}


def test_a_release_spends_little_on_them(suite: Callable[[str], ModuleType]) -> None:
    """All seven together take at most 60 requests of a release."""
    rows = [
        row
        for module, name in MODULES.items()
        for operation in SUBJECTS_SINCE
        for _, row, _ in _cases(suite(module), name, operation, Depth.RELEASE)
    ]

    assert 0 < sum(row.requests for row in rows) <= 60


def test_what_has_no_documented_payload_is_any_object_and_never_sent(
    judging: Judging, served: Callable[[Answer], Server], later_contract: Contract, later_validators: Validators
) -> None:
    """A price adjustment fits the document whatever is in it, and of all that is tried on a catalog none is one."""
    for payload in ({}, {"sku": 1}, {"anything": [None]}):
        body: Mapping[str, Any] = {"actions": [{"type": ADJUSTMENT, "payload": payload}]}
        validator = later_validators.body("syncCatalog")
        assert validator is not None
        assert validator.is_valid(body)

    server = served(lambda *_: None)
    lines = judging("syncCatalog", server, Depth.NIGHTLY)

    sent = [request for request in server.passed if request.path.endswith("/sync")]
    assert set(MODULES) == set(lines)
    assert len(sent) > 20
    assert [] == [request for request in sent if ADJUSTMENT.encode() in request.body.upper()]
    assert ADJUSTMENT in json.dumps(later_contract.schema("CatalogAction"))
    assert "syncCatalog" in EVERY_SUBJECT
