"""Actions on many items are for those that pass all filters, and without filters for all."""

from __future__ import annotations

import pytest

from strategies.catalogs import action, condition, marked, sync
from strategies.placeholders import MARK, bind
from strategies.showing import near
from strategies.stock import TOTAL, cost, stock
from talonproof.plugin import scenario
from talonproof.run.case import Case
from talonproof.verdict import Reason

pytestmark = pytest.mark.xdist_group("catalog")

OPERATIONS = ("syncCatalog", "updateCustomerSessionV2")

OLD, NEW = 3.25, 5.5

SMALL, LARGE, BOUND = 40, 50, "45"
"""Two numbers and one between them, which is text: so are the numbers of filters in every example."""


@scenario(
    "CAT-010",
    footprint="create",
    requests=8,
    depth="release",
    needs=("catalog", "catalog_attribute", "catalog_number_attribute"),
    operations=OPERATIONS,
)
def test_filters_must_all_hold(case: Case) -> None:
    """Of items that pass both filters, the first one or the second one, only those that pass both are changed."""
    bound = case.bindings
    text, number = bound.catalog_attribute or "", bound.catalog_number_attribute or ""
    mark, other = case.new_id("mark"), case.new_id("mark")
    second_filter = condition(number, "GT", BOUND)
    with stock(case) as items:
        both, first, second = items.skus(3)
        held = {both: (mark, LARGE), first: (mark, SMALL), second: (other, LARGE)}
        items.add(
            *({"sku": sku, "price": OLD, "attributes": {text: a, number: b}} for sku, (a, b) in held.items()),
        )
        items.seen(3 * OLD, both, first, second)

        sent = items.sync(bind(marked(bound, "PATCH_MANY", second_filter, price=NEW), {MARK: mark}))
        if not case.accepted("CAT-010", sent, doing="an action PATCH_MANY with two filters", check="patch_accepted"):
            return
        read = items.costing(NEW + 2 * OLD, both, first, second)
        if not case.judge(
            "CAT-010",
            near(cost(read), NEW + 2 * OLD),
            f"of three items at {OLD} one passes both filters of a patch to {NEW}: together they cost {cost(read)}",
            of=(sent, read),
            pointer=TOTAL,
            operation=sent.operation,
            check="patched_by_filters",
        ):
            return

        sent = items.sync(bind(marked(bound, "REMOVE_MANY", second_filter), {MARK: mark}))
        if not case.accepted("CAT-010", sent, doing="an action REMOVE_MANY with two filters", check="removal_accepted"):
            return
        read = items.without(NEW, both)
        case.judge(
            "CAT-010",
            not near(cost(read), NEW),
            f"an item that passes both filters of a removal still costs {cost(read)}",
            of=(sent, read),
            pointer=TOTAL,
            operation=sent.operation,
            check="removed_by_filters",
        )
        read = items.costing(2 * OLD, first, second)
        case.judge(
            "CAT-010",
            near(cost(read), 2 * OLD),
            f"two items at {OLD} that pass one filter of a removal each cost {cost(read)} together",
            of=(sent, read),
            pointer=TOTAL,
            operation=sent.operation,
            check="kept_by_filters",
        )


@scenario(
    "CAT-009",
    footprint="create",
    requests=6,
    depth="release",
    needs=("catalog", "catalog_attribute"),
    operations=OPERATIONS[:1],
)
def test_text_has_no_order(case: Case) -> None:
    """A filter that asks for more or less of a text is refused, even if it is for one item of the run only."""
    text = case.bindings.catalog_attribute or ""
    mark = case.new_id("mark")
    with stock(case) as items:
        (sku,) = items.skus(1)
        items.add({"sku": sku, "price": OLD, "attributes": {text: mark}})
        for op in ("LT", "LE", "GT", "GE"):
            body = marked(case.bindings, "PATCH_MANY", condition(text, op, MARK), price=NEW)
            sent = items.sync(bind(body, {MARK: mark}))
            case.refused("CAT-009", sent, doing=f"a filter {op} of a text", check=f"text_{op}".lower())


@scenario(
    "CAT-008",
    footprint="destructive",
    requests=8,
    depth="release",
    needs=("spare_catalog",),
    keys=("other_application",),
    operations=OPERATIONS,
)
def test_without_filters_it_is_for_all(case: Case) -> None:
    """Without filters a patch changes every item of a catalog, and a removal leaves none."""
    if "spare_catalog" not in case.bindings.disposable:
        case.unsupported(Reason.BINDING, "[bindings] disposable does not list spare_catalog")
    with stock(case, spare=True) as items:
        skus = items.skus(2)
        items.add(*({"sku": sku, "price": OLD} for sku in skus))
        items.seen(2 * OLD, *skus)

        sent = items.sync(sync([action("PATCH_MANY", price=NEW)]))
        price = OLD
        if case.accepted("CAT-008", sent, doing="an action PATCH_MANY without filters", check="patch_accepted"):
            read = items.costing(2 * NEW, *skus)
            patched = case.judge(
                "CAT-008",
                near(cost(read), 2 * NEW),
                f"two items at {OLD} cost {cost(read)} together after every item was patched to {NEW}",
                of=(sent, read),
                pointer=TOTAL,
                operation=sent.operation,
                check="all_patched",
            )
            price = NEW if patched else OLD

        sent = items.sync(sync([action("REMOVE_MANY")]))
        if case.accepted("CAT-008", sent, doing="an action REMOVE_MANY without filters", check="removal_accepted"):
            for sku in skus:
                read = items.without(price, sku)
                case.judge(
                    "CAT-008",
                    not near(cost(read), price),
                    f"an item still costs {cost(read)} after every item was removed",
                    of=(sent, read),
                    pointer=TOTAL,
                    operation=sent.operation,
                    check="all_removed",
                )
