"""Items are replaced and patched, made if there is none, and keep their price unless there is a new one."""

from __future__ import annotations

import pytest

from strategies.catalogs import Sync, action, prices, sync, syncs
from strategies.placeholders import SKU, bind, several
from strategies.stock import TOTAL, Stock, cost, stock, unseen
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.run.explore import explore

pytestmark = pytest.mark.xdist_group("catalog")

OPERATIONS = ("syncCatalog", "updateCustomerSessionV2")
NEEDS = ("catalog",)

OLD, NEW = 3.25, 5.5


@scenario(
    "CAT-005", "CAT-007", footprint="create", requests=7, depth="release", needs=NEEDS, operations=OPERATIONS
)  # fmt: skip
def test_an_item_is_replaced(case: Case) -> None:
    """An item that is added again with `replaceIfExists` has the new price, and without a price keeps it."""
    with stock(case) as items:
        (sku,) = items.skus(1)
        items.add({"sku": sku, "price": OLD})
        before = items.shows(OLD, sku)
        again = items.sync(sync([action("ADD", sku=sku, price=NEW, replaceIfExists=True)]))
        if not case.accepted("CAT-005", again, doing="adding an item that exists, to replace it"):
            return
        after = items.costing(NEW, sku) if before else unseen(case)
        judge_cost(case, "CAT-005", again, after, NEW, words="an item that was replaced", check="price_replaced")
        judge_kept(case, items, sku, after, action("ADD", sku=sku, replaceIfExists=True))


@scenario(
    "CAT-005", "CAT-007", footprint="create", requests=7, depth="release", needs=NEEDS, operations=OPERATIONS
)  # fmt: skip
def test_an_item_is_patched(case: Case) -> None:
    """A patch with `createIfNotExists` makes an item, and one without a price leaves the price of an item."""
    with stock(case) as items:
        there, made = items.skus(2)
        items.add({"sku": there, "price": OLD})
        before = items.shows(OLD, there)
        sent = items.sync(sync([action("PATCH", sku=made, price=NEW, createIfNotExists=True)]))
        accepted = case.accepted("CAT-005", sent, doing="patching an item that does not exist, to create it")
        before = before or unseen(case)
        if accepted:
            after = items.costing(NEW, made)
            judge_cost(case, "CAT-005", sent, after, NEW, words="an item made by a patch", check="made_by_patch")
        judge_kept(case, items, there, before, action("PATCH", sku=there))


@scenario("CAT-006", footprint="create", requests=7, depth="release", needs=NEEDS, operations=OPERATIONS)
def test_what_no_source_says(case: Case) -> None:
    """What becomes of adding an item that exists, and of patching one that does not, is recorded."""
    with stock(case) as items:
        there, absent = items.skus(2)
        items.add({"sku": there, "price": OLD})
        seen = items.shows(OLD, there) is not None
        for sku, words, sent in (
            (there, "an item that exists is added again", action("ADD", sku=there, price=NEW)),
            (absent, "an item that does not exist is patched", action("PATCH", sku=absent, price=NEW)),
        ):
            status = items.sync(sync([sent])).status
            shown = cost(items.costing(NEW, sku)) if seen else None
            told = f", and then costs {shown:.2f}" if shown is not None else ", and then has no price" if seen else ""
            case.observe("CAT-006", f"{words} at {NEW}: answered {status}{told}")


@scenario(
    "CAT-005",
    footprint="create",
    requests=9,
    examples=(0, 0, 20),
    needs=NEEDS,
    operations=OPERATIONS,
    also=("CAT-007",),
)
def test_items_cost_what_syncs_left(case: Case) -> None:
    """After requests that add, patch and remove items, those that have a price cost it."""
    drawn = several(SKU, 3)

    def body(requests: list[Sync]) -> None:
        with stock(case) as items:
            known, *own = items.skus(1 + len(drawn))
            items.add({"sku": known, "price": OLD})
            items.seen(OLD, known)
            bound: list[Sync] = bind(requests, dict(zip(drawn, own, strict=True)))
            answers = [items.sync(request) for request in bound]
            for request, sent in zip(bound, answers, strict=True):
                if request["actions"][0]["type"] == "REMOVE":
                    case.arranged(sent)
                elif not case.accepted("CAT-005", sent, doing="replacing items, or patching and creating them"):
                    return
            last = {one["payload"]["sku"]: one for request in bound for one in request["actions"]}
            for sku, price in prices(bound).items():
                if price is not None:
                    named = "price" in last[sku]["payload"]
                    judge_cost(
                        case,
                        "CAT-005" if named else "CAT-007",
                        answers[-1],
                        items.costing(price, sku),
                        price,
                        words=f"an item last written {'with' if named else 'without'} a price",
                        check="what_syncs_left",
                    )

    explore(case, syncs(case.bindings, drawn, most=3), body)


def judge_kept(case: Case, items: Stock, sku: str, before: Exchange, change: dict[str, object]) -> None:
    """Judges that an item costs as much after an action without a price as a cart showed before it."""
    kept = cost(before)
    sent = items.sync(sync([change]))
    if kept is None or not case.accepted("CAT-007", sent, doing=f"an action {change['type']} without a price"):
        return
    after = items.costing(kept, sku)
    words = f"an item after an action {change['type']} without a price"
    judge_cost(case, "CAT-007", sent, after, float(kept), words=words, check=f"price_kept_{change['type']}".lower())


def judge_cost(
    case: Case, requirement: str, sent: Exchange, read: Exchange, expected: float, *, words: str, check: str
) -> None:
    """Judges what a cart without prices costs after a sync."""
    shown = cost(read)
    case.judge(
        requirement,
        shown is not None and abs(float(shown) - expected) <= 0.01,
        f"{words} costs {'nothing that a cart tells' if shown is None else shown}, expected {expected}",
        of=(sent, read),
        pointer=TOTAL,
        operation=sent.operation,
        check=check,
    )
