"""Servers in this process for the doctor to look at, and what reached them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import httpx
import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.emulator import serve
from talonproof.emulator.app import Emulator
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.world_file import read_world
from talonproof.http.keys import resolve_keys
from talonproof.run.doctor.asking import Asking
from talonproof.target import Bindings, Footprint, Keys, Target, parse_target
from talonproof.workspace import find_workspace
from tests.variants.variant import Differing, Variant

EDITIONS = ("2025-01", "2026-05")

Change = Callable[[Request, Reply], Reply]


@pytest.fixture(scope="session")
def contracts() -> dict[str, tuple[Contract, Validators]]:
    """The contract of each edition, with its validators."""
    found = {e: read_contract(find_workspace().contract_file(e), edition=e) for e in EDITIONS}
    return {edition: (contract, Validators(contract)) for edition, contract in found.items()}


@pytest.fixture(scope="session")
def target() -> Target:
    """The default world, at an address where nobody is."""
    world = parse_target(serve.default_target(), "the default world", world=True)
    return replace(world, url="http://127.0.0.1:1", allowed_host="127.0.0.1")


@dataclass
class Server(httpx.BaseTransport):
    """An emulator of an edition, whose answers may be changed, and the requests that reached it."""

    emulator: Emulator
    change: Change
    target: Target
    keys: Keys
    contract: Contract
    passed: list[Request] = field(default_factory=list[Request])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the emulator."""
        path = request.extensions["target"].decode()
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Request(request.method, path, headers, request.read())
        self.passed.append(asked)
        reply = self.change(asked, self.emulator.handle(asked))
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body)

    def asking(self, *, limit: Footprint = Footprint.DRY, bindings: Bindings | None = None) -> Asking:
        """Somebody who asks it, by the operations of all editions."""
        target = self.target if bindings is None else replace(self.target, bindings=bindings)
        return Asking(target, self.keys, self.contract, "unit", limit=limit, transport=self)


@pytest.fixture
def served(contracts: dict[str, tuple[Contract, Validators]], target: Target) -> Callable[..., Server]:
    """Makes servers of an edition, with variants or with other answers."""

    def make(edition: str = "2025-01", variants: Sequence[Variant] = (), change: Change = lambda _, r: r) -> Server:
        contract, validators = contracts[edition]
        emulator = Differing(read_world(), contract, validators=validators)
        emulator.wear(tuple(variants))
        bound = replace(
            target.bindings,
            **{
                name: getattr(target.bindings, name) + number
                for variant in variants
                for name, number in variant.bindings.items()
            },
        )
        keys = resolve_keys(target, {}, default=serve.LIVE_KEY)
        return Server(emulator, change, replace(target, bindings=bound), keys, contracts["2026-05"][0])

    return make
