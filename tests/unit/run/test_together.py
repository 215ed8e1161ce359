"""A case sends calls at the same time, and each counts as any other does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from talonproof.config import RunOptions
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.http import client
from talonproof.http.exchange import Call
from talonproof.requirement import catalogue
from talonproof.run import breaker
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.outcome import GivenUp, Unsupported
from talonproof.run.plan import Row, Spec
from talonproof.run.settle import run_case
from talonproof.target import Footprint, Keys, Limits, Target
from talonproof.verdict import Reason
from talonproof.workspace import find_workspace

Handler = Callable[[httpx.Request], httpx.Response]
MakeCase = Callable[..., Case]


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once."""
    monkeypatch.setattr(client, "RETRY_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(breaker, "ASKED_AGAIN_AFTER", (0.0,))


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of the seeds' edition."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


def well(_: httpx.Request) -> httpx.Response:
    """An answer to anything."""
    return httpx.Response(200, json={"effects": []})


@pytest.fixture
def make(contract: Contract, tmp_path: Path) -> Iterator[MakeCase]:
    """Makes cases that may send twenty requests, against a server of one function."""
    opened: list[Bench] = []

    def one(handler: Handler = well, *, limits: Limits | None = None, workers: int = 1, requests: int = 20) -> Case:
        bench = Bench.open(
            RunOptions(run="unit", seed=1, max_footprint=Footprint.CREATE),
            Target("http://127.0.0.1:1", "127.0.0.1", limits=limits or Limits()),
            Keys("canary-key"),
            contract,
            catalogue("2025-01", read_requirements(find_workspace().requirements)),
            folder=tmp_path,
            worker="w",
            workers=workers,
            transport=httpx.MockTransport(handler),
        )
        opened.append(bench)
        spec = Spec("parallel/t.py::t", "t", "", ("SES-073",), Footprint.CREATE, requests, parallel=True)
        return bench.case(Row(spec, requests, 1))

    yield one
    for bench in opened:
        bench.close()


def updates(case: Case, count: int) -> list[Call]:
    """Updates of one session."""
    path = {"customerSessionId": case.new_id("session")}
    return [Call("updateCustomerSessionV2", path, {}, {"customerSession": {}}, has_body=True) for _ in range(count)]


def test_each_counts_and_stands_in_the_history(make: MakeCase) -> None:
    """In the order of the calls, numbered on from what was sent before."""
    case = make()
    case.send("getCustomerSession", path={"customerSessionId": case.new_id("session")})

    flights = case.together(updates(case, 3))

    assert 4 == case.sent
    assert [0, 1, 2, 3] == [exchange.number for exchange in case.history]
    assert case.history[1:] == [flight.exchange for flight in flights]


def test_more_than_planned_are_not_sent(make: MakeCase) -> None:
    """Not one of them."""
    asked: list[httpx.Request] = []
    case = make(lambda request: (asked.append(request), well(request))[1], requests=2)

    line = run_case(case, lambda: (case.together(updates(case, 3)), None)[1])

    assert ("error", []) == (line["verdict"], asked)


@pytest.mark.parametrize(
    ("limits", "workers", "abreast"),
    [(Limits(), 2, 5), (Limits(parallel=3), 2, 3), (Limits(in_flight=4), 2, 2), (Limits(in_flight=8), 1, 5)],
)
def test_workers_share_what_may_be_under_way(make: MakeCase, limits: Limits, workers: int, abreast: int) -> None:
    """What the target allows in flight is for all workers of a run together."""
    assert abreast == make(limits=limits, workers=workers).abreast(5)


def test_one_at_a_time_is_not_enough(make: MakeCase) -> None:
    """Where workers leave each other one request, nothing can be sent at the same time."""
    with pytest.raises(Unsupported, match="-n 1") as caught:
        make(limits=Limits(in_flight=3), workers=2).abreast(5)

    assert Reason.PARALLEL is caught.value.reason


def test_some_may_have_no_answer(make: MakeCase) -> None:
    """What that means is for the case to say, as long as any has one."""

    def handle(request: httpx.Request) -> httpx.Response:
        if json.loads(request.read())["customerSession"]:
            raise httpx.ReadTimeout("nothing came", request=request)
        return well(request)

    case = make(handle)
    calls = updates(case, 3)
    calls[1].body["customerSession"]["identifiers"] = ["a"]

    assert [200, 0, 200] == [flight.exchange.status for flight in case.together(calls)]


def test_silence_is_an_interruption(make: MakeCase) -> None:
    """Where none has an answer the case begins again, and gives up in the end."""

    def handle(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("nothing came", request=request)

    case = make(handle)

    with pytest.raises(GivenUp):
        case.unbroken(lambda: case.together(updates(case, 2)))


def test_every_answer_is_judged_as_any(make: MakeCase) -> None:
    """Passive checks see what comes back to calls that were sent together."""
    case = make(lambda _: httpx.Response(200, json={"effects": "none"}))
    line: dict[str, Any] = run_case(case, lambda: (case.together(updates(case, 2)), None)[1])

    assert {"ERR-010", "ERR-011"} & set(case.evidence)
    assert line["findings"]
    assert {finding["replay"]["shows"] is None for finding in line["findings"]} == {True}
