"""A request to a catalog has 1 to 1000 actions of one type, no SKU twice, and is answered with the catalog."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.catalogs import MOST_ACTIONS, Sync, action, batch, mixed, sync, twice
from strategies.placeholders import SKU, bind, several
from strategies.stock import Stock, stock
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.verdict import Reason

pytestmark = pytest.mark.xdist_group("catalog")

SYNC = ("syncCatalog",)
NEEDS = ("catalog",)

OWN = several(SKU, 2)


def bound(items: Stock, body: Sync) -> Sync:
    """The body with SKUs of the run's own."""
    return bind(body, dict(zip(OWN, items.skus(len(OWN)), strict=True)))


@scenario("CAT-001", footprint="create", requests=1, needs=NEEDS, operations=SYNC)
def test_types_are_not_mixed(case: Case) -> None:
    """A request that adds one item and patches another one is refused."""
    with stock(case) as items:
        case.refused("CAT-001", items.sync(bound(items, mixed())), doing="a request with actions of two types")


def patched_twice() -> Sync:
    """One SKU made by two patches at two prices."""
    return sync(action("PATCH", sku=SKU, price=price, createIfNotExists=True) for price in (1, 2))


def repeated(kind: str, body: Sync, *, depth: str) -> Any:
    """A request in which two actions of a type name one SKU."""
    mark = scenario("CAT-002", footprint="create", requests=1, depth=depth, needs=NEEDS, operations=SYNC)
    return pytest.param(kind, body, marks=mark, id=kind)


@pytest.mark.parametrize(
    ("kind", "body"),
    [repeated("ADD", twice(), depth="smoke"), repeated("PATCH", patched_twice(), depth="release")],
)
def test_a_sku_comes_once(case: Case, kind: str, body: Sync) -> None:
    """A request that names a SKU twice is answered 400."""
    with stock(case) as items:
        sent = items.sync(bound(items, body))
        case.answered("CAT-002", sent, 400, doing=f"two actions {kind} on one SKU", check=f"sku_twice_{kind}".lower())


@scenario("CAT-003", footprint="create", requests=2, depth="release", needs=NEEDS, operations=SYNC)
def test_a_thousand_actions(case: Case) -> None:
    """One request adds 1000 items, and one removes them."""
    with stock(case) as items:
        skus = items.skus(MOST_ACTIONS)
        sent = items.sync(batch("ADD", skus))
        if sent.refused and not case.off_plan(lambda: items.sync(batch("ADD", items.skus(1)))).ok:
            case.unsupported(Reason.BINDING, "the catalog takes no item with a SKU and a price alone")
        if case.accepted("CAT-003", sent, doing=f"a request with {len(skus)} actions ADD", check="thousand_added"):
            sent = items.sync(batch("REMOVE", skus))
            case.accepted("CAT-003", sent, doing=f"a request with {len(skus)} actions REMOVE", check="thousand_removed")


def counted(name: str, count: int, *, depth: str) -> Any:
    """A number of actions that no request can have."""
    mark = scenario("CAT-004", footprint="create", requests=1, depth=depth, needs=NEEDS, operations=SYNC)
    return pytest.param(count, marks=mark, id=name)


@pytest.mark.parametrize(
    "count", [counted("none", 0, depth="smoke"), counted("too-many", MOST_ACTIONS + 1, depth="release")]
)
def test_no_actions_and_too_many(case: Case, count: int) -> None:
    """A request without actions, and one with 1001 of them, are refused."""
    with stock(case) as items:
        sent = items.sync(batch("ADD", items.skus(count)))
        case.refused("CAT-004", sent, doing=f"a request with {count} actions")


@scenario("CAT-011", footprint="create", requests=3, depth="release", needs=NEEDS, operations=SYNC)
def test_the_answer_shows_the_catalog(case: Case) -> None:
    """A sync is answered with the catalog of the path, in the version that was named or a later one."""
    with stock(case) as items:
        (sku,) = items.skus(1)
        change = sync([action("PATCH", sku=sku, price=2)])
        shown = items.add({"sku": sku, "price": 1})
        judge_catalog(case, shown)
        named = amount(shown.at("version"))
        if named is None or named < 1:
            return
        sent = items.sync(change, version=int(named))
        if sent.refused:  # somebody else may have synced in between
            named = amount(case.off_plan(lambda: items.sync(change)).at("version")) or named
            sent = case.off_plan(lambda: items.sync(change, version=int(named)))
        if sent.ok:
            judge_catalog(case, sent)
            judge_version(case, sent, int(named))


def judge_catalog(case: Case, sent: Exchange) -> None:
    """Judges that an answer shows the catalog that the call was about."""
    case.judge(
        "CAT-011",
        amount(sent.at("id")) == case.bindings.catalog,
        f"a sync of the catalog {case.bindings.catalog} is answered with the catalog {sent.at('id')}",
        of=sent,
        pointer="/id",
        check="catalog_of_the_path",
    )


def judge_version(case: Case, sent: Exchange, named: int) -> None:
    """Judges that the version of a catalog is no lower than the one that a sync was for."""
    reached = amount(sent.at("version"))
    case.judge(
        "CAT-011",
        reached is not None and reached >= named,
        f"a sync for version {named} is answered with version {sent.at('version')}",
        of=sent,
        pointer="/version",
        check="version_reached",
    )
