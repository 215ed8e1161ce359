"""A list in memory behind the client, so that walks can be tried on lists of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strategies.pages import LISTS, PagedList
from strategies.walks import ListReader
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.http.exchange import Call, Exchange
from talonproof.requirement import catalogue
from talonproof.run.bench import Bench
from talonproof.run.plan import Row, Spec
from talonproof.target import Bindings, Footprint, Keys, Target
from talonproof.workspace import find_workspace

Server = Callable[[int, int], dict[str, Any]]
"""What a list answers, from the size and the start of the page."""


@pytest.fixture(scope="session")
def exchange() -> Callable[..., Exchange]:
    """Makes an answer to a call that does not matter."""

    def make(body: Any = None, status: int = 200, **headers: str) -> Exchange:
        call = Call("getCustomerSession")
        content = json.dumps(body).encode()
        return Exchange(
            0, call, "GET", "http://127.0.0.1/", "/", {}, None, status, headers, content, 1_700_000_000.0, 0.0
        )

    return make


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract of the seeds' edition."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture
def reading(contract: Contract, tmp_path: Path) -> Iterator[Callable[..., ListReader]]:
    """Makes a reader of a list that a function serves."""
    opened: list[Bench] = []

    def make(server: Server, paged: PagedList = LISTS[1], *, requests: int = 10_000) -> ListReader:
        def handle(request: httpx.Request) -> httpx.Response:
            query = request.url.params
            return httpx.Response(200, json=server(int(query.get("pageSize", 50)), int(query.get("skip", 0))))

        rows = catalogue("2025-01", read_requirements(find_workspace().requirements))
        bench = Bench.open(
            RunOptions(run="unit", seed=1, max_footprint=Footprint.READ),
            Target(
                url="http://127.0.0.1:1",
                allowed_host="127.0.0.1",
                bindings=Bindings(profile_program=1, populated_profile="p", card_program=2, populated_card="c"),
            ),
            Keys("canary-key"),
            contract,
            rows,
            folder=tmp_path,
            worker=f"w{len(opened)}",
            workers=1,
            transport=httpx.MockTransport(handle),
        )
        opened.append(bench)
        spec = Spec("pagination/t.py::t", "t", "", ("PAG-007", "PAG-008", "PAG-009"), Footprint.READ, requests)
        return ListReader(bench.case(Row(spec, requests, 1)), paged)

    yield make
    for bench in opened:
        bench.close()
