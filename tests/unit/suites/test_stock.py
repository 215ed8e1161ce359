"""Catalog items of a case are gone when it ends, however it ends, and their prices are seen in carts or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from strategies.catalogs import MOST_ACTIONS, action, batch, sync
from strategies.stock import cost, stock
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract
from talonproof.requirement import catalogue
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.outcome import Blocked, Unsupported
from talonproof.run.plan import Row, Spec
from talonproof.target import Bindings, Footprint, Keys, Target

PLANNED = 6


@dataclass
class Shop:
    """A catalog behind carts. ``status`` answers the next sync, which is done all the same if ``done``."""

    status: int = 200
    done: bool = True
    dry_shows: bool = True
    connected: bool = True
    prices: dict[str, float] = field(default_factory=dict[str, float])
    removals: list[int] = field(default_factory=list[int])
    carts: list[bool] = field(default_factory=list[bool])
    """Whether each cart was dry."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer to a sync or to a cart."""
        body = json.loads(request.content)
        return self._sync(body["actions"]) if request.url.path.endswith("/sync") else self._cart(request, body)

    def _sync(self, actions: list[dict[str, Any]]) -> httpx.Response:
        status, self.status = self.status, 200
        for each in actions if self.done else ():
            payload = each["payload"]
            if each["type"] == "REMOVE":
                self.prices.pop(payload["sku"], None)
            else:
                self.prices[payload["sku"]] = payload["price"]
        if actions[0]["type"] == "REMOVE":
            self.removals.append(len(actions))
        self.done = True
        return httpx.Response(status, json={})

    def _cart(self, request: httpx.Request, body: dict[str, Any]) -> httpx.Response:
        dry = request.url.params.get("dry") == "true"
        self.carts.append(dry)
        skus = [item["sku"] for item in body["customerSession"]["cartItems"]]
        if not self.connected or not self.prices.keys() >= set(skus):
            return httpx.Response(400, json={"message": "no price"})
        shown = {"customerSession": {"cartItemTotal": sum(self.prices[sku] for sku in skus)}}
        return httpx.Response(200, json=shown if self.dry_shows or not dry else {"effects": []})


@pytest.fixture
def started(contract: Contract, tmp_path: Path) -> Iterator[Callable[[Shop], Case]]:
    """Makes a case on a shop, with a plan of six requests."""
    opened: list[Bench] = []

    def make(shop: Shop) -> Case:
        target = Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", bindings=Bindings(catalog=1))
        options = RunOptions(run="unit", seed=1, max_footprint=Footprint.CREATE)
        bench = Bench.open(
            options, target, Keys("canary-key"), contract, catalogue("2025-01", []),
            folder=tmp_path, worker="w", workers=1, transport=httpx.MockTransport(shop.handle),
        )  # fmt: skip
        opened.append(bench)
        spec = Spec("catalogs/t.py::t", "t", "", (), Footprint.CREATE, PLANNED)
        return bench.case(Row(spec, PLANNED, 1))

    yield make
    for bench in opened:
        bench.close()


def test_what_was_added_is_removed(started: Callable[[Shop], Case]) -> None:
    """One request takes away what is still there, and not what the case removed itself."""
    shop = Shop()
    case = started(shop)
    with stock(case) as items:
        one, two, three = items.skus(3)
        items.add(*({"sku": sku, "price": 1} for sku in (one, two, three)))
        items.sync(sync([action("REMOVE", sku=two)]))
        assert {one, three} == shop.prices.keys()

    assert {} == shop.prices
    assert [1, 2] == shop.removals
    assert (3, 0) == (case.sent, case.extra)


def test_what_was_added_is_removed_when_the_case_fails(started: Callable[[Shop], Case]) -> None:
    """Whatever ends the case, the items go, and what ended it is told."""
    shop = Shop()
    case = started(shop)

    def body() -> None:
        with stock(case) as items:
            items.add({"sku": items.skus(1)[0], "price": 1})
            case.block("somebody else is at fault")

    with pytest.raises(Blocked, match="somebody else"):
        body()

    assert {} == shop.prices


@pytest.mark.parametrize(("status", "removals"), [(500, [1, 1]), (400, [1])])
def test_what_may_be_there_is_removed_apart(started: Callable[[Shop], Case], status: int, removals: list[int]) -> None:
    """A write that failed may have been done: its items are removed by a request of their own, a refused one's not."""
    shop = Shop()
    with stock(started(shop)) as items:
        sure, unsure = items.skus(2)
        items.add({"sku": sure, "price": 1})
        shop.status, shop.done = status, status == 500
        items.sync(batch("ADD", [unsure]))

    assert {} == shop.prices
    assert removals == shop.removals


def test_more_than_one_request_holds_is_removed_off_the_plan(started: Callable[[Shop], Case]) -> None:
    """A server that takes too many actions is left without any of the items."""
    shop = Shop()
    case = started(shop)
    with stock(case) as items:
        items.sync(batch("ADD", items.skus(MOST_ACTIONS + 1)))
        case.sent = PLANNED

    assert {} == shop.prices
    assert [MOST_ACTIONS, 1] == shop.removals
    assert (PLANNED, 2) == (case.sent, case.extra)


@pytest.mark.parametrize(("dry_shows", "carts"), [(True, [True, True]), (False, [True, False, False])])
def test_carts_tell_prices(started: Callable[[Shop], Case], dry_shows: bool, carts: list[bool]) -> None:
    """Carts are dry as long as dry answers show them; an item that is gone, or has another price, is seen to be."""
    shop = Shop(dry_shows=dry_shows)
    with stock(started(shop)) as items:
        one, two = items.skus(2)
        items.add({"sku": one, "price": 1.25}, {"sku": two, "price": 2})
        assert 3.25 == cost(items.seen(3.25, one, two))
        assert 2 == cost(items.asked(two))
        assert carts == shop.carts

        items.sync(sync([action("REMOVE", sku=one)]))
        assert cost(items.without(1.25, one)) is None
        assert 2 == cost(items.costing(5, two))


def test_carts_that_tell_nothing_end_the_case(started: Callable[[Shop], Case]) -> None:
    """Where items that were added have no price in carts, nothing can be judged by them."""
    shop = Shop(connected=False)
    with stock(started(shop)) as items:
        (sku,) = items.skus(1)
        items.add({"sku": sku, "price": 1})

        assert items.shows(1, sku) is None
        with pytest.raises(Unsupported, match="is the Application connected"):
            items.seen(1, sku)

    assert {} == shop.prices


@pytest.mark.parametrize(("status", "ends"), [(400, Unsupported), (500, Blocked)])
def test_a_catalog_that_takes_no_plain_item(
    started: Callable[[Shop], Case], status: int, ends: type[Exception]
) -> None:
    """A catalog may insist on attributes that nobody told of; one that fails blocks the case."""
    shop = Shop(status=status, done=False)
    with pytest.raises(ends), stock(started(shop)) as items:
        items.add({"sku": items.skus(1)[0], "price": 1})
