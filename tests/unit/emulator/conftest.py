"""An emulator over a small world, and a client that holds every answer to the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.emulator.app import Emulator
from talonproof.emulator.faults import select
from talonproof.emulator.instant import DAY, SECOND, FixedClock
from talonproof.emulator.message import Reply, Request
from talonproof.emulator.world import World
from talonproof.emulator.world_file import parse_world
from talonproof.workspace import find_workspace

EDITION = "2025-01"
NOW = 20_000 * DAY
"""The instant at which the clocks of these tests stand: 2024-10-04."""

SMALL_WORLD = """
account: 9
applications:
  - {id: 1, name: One, catalog: 5}
  - {id: 2, name: Two, codes: insensitive-lowercase}
keys:
  - {key: live, application: 1}
  - {key: other, application: 2}
  - {key: dry, application: 1, test: true}
  - {key: old, application: 1, expires: -P1D}
attributes:
  profile: {text: string, number: number, flag: boolean, when: time, many: (list string), place: location}
  session: {text: string, number: number}
  item: {text: string, number: number, flag: boolean, many: (list string)}
  event: {text: string}
  referral: {text: string}
event_types: [signed_up]
additional_costs: [shipping, wrap]
stores: [store-1]
integrations: [partner]
catalogs:
  - id: 5
    name: Things
    items: [{sku: priced, price: 12.50, product: Thing, attributes: {text: red, number: 45}}, {sku: unpriced}]
campaigns: [{id: 1, name: Codes}, {id: 2, name: Friends, features: [referrals]}]
coupons:
  - {value: CODE-1, campaign: 1}
  - {value: HARD-1, campaign: 1, reservation: mandatory, starts: P1D}
  - {value: SEEN-1, campaign: 1, reservation: visible, expires: -P1D}
  - {value: FEW-1, campaign: 1, reservation_limit: 1}
  - {value: MINE-1, campaign: 1, recipient: rich}
audiences: [{id: 1, name: Readers}, {id: 2, name: Buyers}]
programs:
  - {id: 1, name: points, title: Points, kind: profile}
  - {id: 2, name: cards, title: Cards, kind: card, users_per_card_limit: 2, card_pattern: C-########}
  - {id: 3, name: more, title: More cards, kind: card}
profiles:
  - {integration_id: rich, created: -P90D, attributes: {text: here}, audiences: [2]}
cards:
  - {program: 2, identifier: card-1, created: -P90D, profiles: [rich]}
ledgers:
  - program: 1
    owner: rich
    entries: &entries
      - repeat: 60
        origin: [manual, session, import]
        subledger: &names ["", gold, gold-plus]
        points: [10.25, 3.5]
        created: -P60D
        step: PT1H
        expires: [null, P9D]
      - {repeat: 6, subledger: *names, points: 7, created: -P50D, step: PT1H, starts: P5D}
      - {repeat: 6, subledger: *names, points: 2, created: -P50D, step: PT1H, expires: -P3D}
      - {repeat: 9, type: subtraction, origin: session, subledger: *names, points: 1.75, created: -P20D, step: PT1H}
      - {repeat: 3, points: 1, created: -P2D, name: Batch}
  - {program: 2, owner: card-1, entries: *entries}
sessions:
  - integration_id: ready
    application: 1
    created: -P2D
    body:
      customerSession:
        profileId: rich
        cartItems: [{sku: mug, quantity: 2, price: 5}]
"""


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract of the bundled edition."""
    return read_contract(find_workspace().contract_file(EDITION), edition=EDITION)


@pytest.fixture(scope="session")
def validators(contract: Contract) -> Validators:
    """Its compiled validators."""
    return Validators(contract)


@pytest.fixture(scope="session")
def world() -> World:
    """A small world: two Applications, one rich profile, one card."""
    return parse_world(SMALL_WORLD, "small.yaml")


@dataclass
class Client:
    """Calls an emulator, and asserts that each answer is one that the contract lists."""

    emulator: Emulator
    validators: Validators
    clock: FixedClock
    key: str = "live"

    def send(self, request: Request) -> Reply:
        """The reply to a request, without any assertion."""
        return self.emulator.handle(request)

    def call(
        self, method: str, target: str, body: object = None, *, key: str | None = None, raw: bytes | None = None
    ) -> tuple[int, Any]:
        """Status and JSON body of the answer, which follows the schema of its status."""
        headers = {"authorization": f"ApiKey-v1 {self.key if key is None else key}"}
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        request = Request(method, target, headers, content)
        answer = self.send(request)
        document = answer.document()
        route = self.emulator.route(request)
        if route is not None:
            validator = self.validators.response(route.operation.id, answer.status)
            assert validator is None or validator.errors(document) == (), (target, document)
            if answer.ok:
                assert answer.status in route.operation.success
        return answer.status, document

    def tick(self) -> None:
        """Lets a second pass."""
        self.clock.instant += SECOND

    def update(self, name: str, query: str = "", asked: tuple[str, ...] = ("customerSession",), **session: Any) -> Any:
        """The body of a session update that succeeds."""
        body = {"customerSession": session, "responseContent": list(asked)}
        status, document = self.call("PUT", f"/v2/customer_sessions/{name}{query}", body)
        assert status == 200, document
        return document

    def try_update(self, name: str, query: str = "", **session: Any) -> tuple[int, Any]:
        """Status and body of a session update."""
        return self.call("PUT", f"/v2/customer_sessions/{name}{query}", {"customerSession": session})

    def session(self, name: str) -> Any:
        """The stored session."""
        status, document = self.call("GET", f"/v2/customer_sessions/{name}")
        assert status == 200, document
        return document["customerSession"]

    def give_back(self, name: str, *items: tuple[int, int | None], query: str = "") -> tuple[int, Any]:
        """Status and body of a return of (position, quantity) pairs."""
        entries = [{"position": p} | ({} if q is None else {"quantity": q}) for p, q in items]
        asked = ["customerSession", "event", "previousReturns", "customerProfile"]
        body = {"return": {"returnedCartItems": entries}, "responseContent": asked}
        return self.call("POST", f"/v2/customer_sessions/{name}/returns{query}", body)

    def reopen(self, name: str) -> tuple[int, Any]:
        """Status and body of a reopening."""
        return self.call("PUT", f"/v2/customer_sessions/{name}/reopen")

    def profile(self, name: str) -> Any:
        """The profile that the inventory shows."""
        status, document = self.call("GET", f"/v1/customer_profiles/{name}/inventory?profile=true")
        assert status == 200, document
        return document["profile"]


Maker = Callable[..., Client]


@pytest.fixture
def make(contract: Contract, validators: Validators, world: World) -> Iterator[Maker]:
    """Makes clients of fresh emulators, with faults planted by name; of the small world unless of another."""
    made: list[Emulator] = []

    def one(*faults: str, of: World | None = None, key: str = "live") -> Client:
        clock = FixedClock(NOW)
        emulator = Emulator(of or world, contract, clock=clock, validators=validators, faults=select(faults))
        made.append(emulator)
        return Client(emulator, validators, clock, key)

    yield one
    for emulator in made:
        emulator.store.close()


@pytest.fixture
def client(make: Maker) -> Client:
    """A client of a fresh and healthy emulator."""
    return make()


@pytest.fixture(scope="module")
def module_client(contract: Contract, validators: Validators, world: World) -> Iterator[Client]:
    """A client whose emulator lives as long as the module: for properties, whose examples differ in their ids."""
    clock = FixedClock(NOW)
    emulator = Emulator(world, contract, clock=clock, validators=validators)
    yield Client(emulator, validators, clock)
    emulator.store.close()


@pytest.fixture(scope="session")
def later_contract() -> Contract:
    """The contract of the edition 2026-05."""
    return read_contract(find_workspace().contract_file("2026-05"), edition="2026-05")


@pytest.fixture(scope="session")
def later_validators(later_contract: Contract) -> Validators:
    """Its compiled validators."""
    return Validators(later_contract)


@pytest.fixture
def later(later_contract: Contract, later_validators: Validators, world: World) -> Iterator[Client]:
    """A client of a fresh and healthy emulator of the edition 2026-05."""
    clock = FixedClock(NOW)
    emulator = Emulator(world, later_contract, clock=clock, validators=later_validators)
    yield Client(emulator, later_validators, clock)
    emulator.store.close()
