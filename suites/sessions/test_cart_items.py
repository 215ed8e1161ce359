"""What a cart item is stored with: its price, from the request or the catalog, and its own attributes."""

from __future__ import annotations

from typing import Any

from strategies.showing import ROOT, item_attribute, lines_of, near, session_of
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.target import Bindings

CATALOG = ("catalog_sku", "catalog_price")


@scenario("SES-030", footprint="create", requests=2, needs=CATALOG)
def test_a_price_in_the_request_overrides_the_catalog(case: Case, api: Api, bindings: Bindings) -> None:
    """An item of the catalog that is sent with another price is stored and counted at the price sent."""
    price = float(bindings.catalog_price or 0) + 3.5
    session = case.new_id("session")
    item = {"sku": bindings.catalog_sku, "quantity": 1, "price": price}
    sent = case.arranged(api.put_session(session, {"cartItems": [item]}))
    read = api.get_session(session)
    stored = session_of(case, read)
    found = [line.get("price") for line in lines_of(stored)]
    case.judge(
        "SES-030",
        len(found) == 1 and near(found[0], price),
        f"stored at {found}, sent at {price}, in the catalog at {bindings.catalog_price}",
        of=(sent, read),
        pointer=f"{ROOT}/cartItems/0/price",
        operation=sent.operation,
    )
    total = stored.get("cartItemTotal")
    case.judge(
        "SES-030",
        near(total, price),
        f"one unit sent at {price} is counted as {total}",
        of=(sent, read),
        pointer=f"{ROOT}/cartItemTotal",
        operation=sent.operation,
    )


@scenario("SES-031", footprint="create", requests=2, depth="release", needs=CATALOG)
def test_an_item_without_a_price_takes_that_of_the_catalog(case: Case, api: Api, bindings: Bindings) -> None:
    """An item of the catalog that is sent without a price is counted at the price of the catalog."""
    price = float(bindings.catalog_price or 0)
    session = case.new_id("session")
    sent = api.put_session(session, {"cartItems": [{"sku": bindings.catalog_sku, "quantity": 1}]})
    if not case.accepted("SES-031", sent, doing="an item of the catalog without a price"):
        return
    read = api.get_session(session)
    total = session_of(case, read).get("cartItemTotal")
    case.judge(
        "SES-031",
        near(total, price),
        f"one unit at {price} in the catalog is counted as {total}",
        of=(sent, read),
        pointer=f"{ROOT}/cartItemTotal",
        operation=sent.operation,
    )


@scenario("SES-035", footprint="create", requests=3, needs=("item_attribute",))
def test_an_attribute_that_is_not_sent_again_is_removed(case: Case, api: Api, bindings: Bindings) -> None:
    """A cart item that is sent again without its attribute no longer has it."""
    name = bindings.item_attribute or ""
    item: dict[str, Any] = {"sku": "tp-cup", "quantity": 1, "price": 7.25}
    session = case.new_id("session")
    first = api.put_session(session, {"cartItems": [{**item, "attributes": {name: "blue"}}]})
    if item_attribute(session_of(case, first), name) != "blue":
        case.block(f"the attribute {name} of the cart item was not stored")
    again = case.arranged(api.put_session(session, {"cartItems": [item]}))
    read = api.get_session(session)
    found = item_attribute(session_of(case, read), name)
    case.judge(
        "SES-035",
        found is None,
        f"{name} is still {found} after the item was sent without it",
        of=(first, again, read),
        pointer=f"{ROOT}/cartItems/0/attributes/{name}",
        operation=again.operation,
    )
