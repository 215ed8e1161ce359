"""Servers that do other lawful things with calls at the same time than the emulator does are not accused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import read_contract
from talonproof.emulator.app import Emulator
from talonproof.emulator.transport import EmulatorTransport
from talonproof.emulator.world_file import read_world
from talonproof.plugin import prepare
from talonproof.workspace import find_workspace
from tests.inprocess import Collected, judge
from tests.races.hunting import cases

Carry = Callable[[httpx.Request], httpx.Response]
Way = Callable[[httpx.Request, Carry, Random], httpx.Response]


def busy(request: httpx.Request, carry: Carry, random: Random) -> httpx.Response:
    """Two of three are told that too many updates are under way, and nothing is done for them."""
    message = "Too many requests are updating this session at the same time"
    return httpx.Response(409, json={"message": message}) if random.random() < 2 / 3 else carry(request)


def lost_answers(request: httpx.Request, carry: Carry, random: Random) -> httpx.Response:
    """A third is carried out, and the answer never comes."""
    answer = carry(request)
    if random.random() < 1 / 3:
        raise httpx.ReadTimeout("no answer", request=request)
    return answer


def lost_calls(request: httpx.Request, carry: Carry, random: Random) -> httpx.Response:
    """A third never arrives, which looks the same."""
    if random.random() < 1 / 3:
        raise httpx.ReadTimeout("no answer", request=request)
    return carry(request)


def failing(request: httpx.Request, carry: Carry, random: Random) -> httpx.Response:
    """A gateway before it fails now and then, before or after the call is carried out."""
    chance = random.random()
    answer = httpx.Response(502) if chance < 1 / 6 else carry(request)
    return httpx.Response(504) if chance > 5 / 6 else answer


def bare(request: httpx.Request, carry: Carry, _: Random) -> httpx.Response:
    """Answers to updates hold no session, as where nobody asks for it."""
    answer = carry(request)
    body: dict[str, Any] = answer.json() if answer.content else {}
    body.pop("customerSession", None)
    return httpx.Response(answer.status_code, json=body)


class Other(httpx.BaseTransport):
    """The emulator, but for what happens to calls that are sent together."""

    def __init__(self, emulator: Emulator, way: Way, seed: int) -> None:
        self._emulator = EmulatorTransport(emulator)
        self._way = way
        self._random = Random(seed)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer."""
        if not threading.current_thread().name.startswith("together"):
            return self._emulator.handle_request(request)
        request.read()
        return self._way(request, self._emulator.handle_request, self._random)


@pytest.fixture(scope="module")
def suite() -> list[Collected]:
    """The cases of the suite."""
    return cases()


@pytest.mark.parametrize("way", [busy, lost_answers, lost_calls, failing, bare])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_lawful_way_is_not_accused(suite: list[Collected], tmp_path: Path, way: Way, seed: int) -> None:
    """Nothing is found. A case that cannot tell anything says so: nobody got the coupon, or every answer was lost."""
    workspace = find_workspace()
    contract = read_contract(workspace.contract_file("2025-01"), edition="2025-01")
    emulator = Emulator(read_world(None), contract)
    options = RunOptions(run="other", seed=seed, depth=Depth.RELEASE)
    setup = prepare.prepare(workspace, options, tmp_path, url="http://127.0.0.1:9", embedded=True)
    try:
        lines = judge(suite, prepare.within(setup, None, None), Other(emulator, way, seed))
    finally:
        emulator.store.close()

    assert {"pass", "unsupported"} >= {line["verdict"] for line in lines}, [line["detail"] for line in lines]
    assert [] == [finding for line in lines for finding in line["findings"]]
    assert "pass" in {line["verdict"] for line in lines}
