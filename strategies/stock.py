"""Catalog items of the run's own, what cart items without a price are seen to cost, and that nothing of it stays."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NoReturn

from strategies.catalogs import MOST_ACTIONS, Action, Sync, action, sync
from strategies.showing import near
from talonproof.http.exchange import Credential, Exchange
from talonproof.model.observed import amount
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

TOTAL = "/customerSession/cartItemTotal"
"""Where a cart tells what its items cost."""


def cost(read: Exchange) -> Decimal | None:
    """What the items of a cart cost together; None where it was refused, or the answer does not tell."""
    return amount(read.at("customerSession", "cartItemTotal")) if read.ok else None


class Stock:
    """The items of one case in one catalog, and the carts that tell what they cost.

    No operation reads a catalog: a cart with one unit of each item, and no price, is asked for instead, as a dry call
    where dry answers show the cart, else in an open session.
    """

    def __init__(self, case: Case, catalog: int | None, credential: Credential) -> None:
        self._case = case
        self._api = Api(case)
        self._catalog = catalog
        self._credential = credential
        self._dry = True
        self._there: dict[str, None] = {}
        self._perhaps: dict[str, None] = {}

    def skus(self, count: int) -> tuple[str, ...]:
        """So many SKUs that no item has."""
        return tuple(self._case.new_id("sku") for _ in range(count))

    def sync(self, body: Sync, *, version: int | None = None) -> Exchange:
        """The answer to a sync, whatever it is."""
        actions = body["actions"]
        written = dict.fromkeys(_skus(actions, "ADD", "PATCH"))
        self._perhaps |= written
        sent = self._api.sync_catalog(
            self._catalog, body if version is None else {**body, "version": version}, credential=self._credential
        )
        if sent.ok or sent.refused:
            self._perhaps = {sku: None for sku in self._perhaps if sku not in written}
        if sent.ok:
            gone = set(_skus(actions, "REMOVE"))
            self._there = {sku: None for sku in self._there | written if sku not in gone}
        return sent

    def add(self, *payloads: dict[str, Any]) -> Exchange:
        """Adds items that are not there.

        Ends the case as unsupported where that is refused: a catalog may insist on attributes that nobody told of.
        """
        sent = self.sync(sync(action("ADD", **payload) for payload in payloads))
        if sent.refused:
            self._case.unsupported(Reason.BINDING, f"a new item is answered {sent.status} by the catalog")
        return self._case.arranged(sent)

    def asked(self, *skus: str) -> Exchange:
        """The answer to a cart with one unit of each, and no price; blocks the case where it says nothing."""
        cart = [{"sku": sku, "quantity": 1} for sku in skus]
        read = self._api.put_session(
            self._case.new_id("session"), {"cartItems": cart}, dry=self._dry or None, credential=self._credential
        )
        if not (read.ok or read.refused):
            self._case.block(f"{read.operation} answered {read.status}")
        return read

    def costing(self, expected: Decimal | float, *skus: str) -> Exchange:
        """The cart once its items cost so much together, or when the settle time is up."""
        return self._case.settled(lambda: self.asked(*skus), lambda read: near(cost(read), expected))

    def without(self, price: Decimal | float, sku: str) -> Exchange:
        """The cart once an item no longer costs its price, or when the settle time is up."""
        return self._case.settled(lambda: self.asked(sku), lambda read: not near(cost(read), price))

    def shows(self, expected: Decimal | float, *skus: str) -> Exchange | None:
        """The cart in which items that are there are seen to cost what they were added at.

        None where they are not seen to: then what carts cost tells nothing about this catalog.
        """
        read = self._case.settled(
            lambda: self.asked(*skus), lambda read: near(cost(read), expected) or (read.ok and cost(read) is None)
        )
        if read.ok and cost(read) is None:
            self._dry = False
            read = self._case.off_plan(lambda: self.costing(expected, *skus))
        return read if near(cost(read), expected) else None

    def seen(self, expected: Decimal | float, *skus: str) -> Exchange:
        """Like :meth:`shows`, but ends the case as unsupported where nothing is seen."""
        return self.shows(expected, *skus) or unseen(self._case)

    def clear(self) -> None:
        """Removes what is there, and what may be; within the plan as far as that reaches."""
        for some in _parts([*self._there]):
            self._remove(some)
        if self._perhaps:  # apart, as a removal of what is not there may be refused
            self._case.off_plan(lambda: self._remove([*self._perhaps][:MOST_ACTIONS]))

    def _remove(self, skus: Sequence[str]) -> Exchange:
        body = sync(action("REMOVE", sku=sku) for sku in skus)
        if self._case.sent < self._case.row.requests:
            return self.sync(body)
        return self._case.off_plan(lambda: self.sync(body))


@contextmanager
def stock(case: Case, *, spare: bool = False) -> Generator[Stock]:
    """No items yet, in the bound catalog or the spare one; those that are there at the end are removed."""
    bound = case.bindings
    items = (
        Stock(case, bound.spare_catalog, Credential.OTHER_APPLICATION)
        if spare
        else Stock(case, bound.catalog, Credential.LIVE)
    )
    try:
        yield items
    finally:
        items.clear()


def unseen(case: Case) -> NoReturn:
    """Ends the case: nothing shows what the catalog holds."""
    case.unsupported(Reason.BINDING, "no cart is seen to take prices from the catalog: is the Application connected?")


def _skus(actions: Iterable[Action], *kinds: str) -> Iterator[str]:
    for one in actions:
        if one["type"] in kinds:
            yield one["payload"]["sku"]


def _parts(skus: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(skus), MOST_ACTIONS):
        yield skus[start : start + MOST_ACTIONS]
