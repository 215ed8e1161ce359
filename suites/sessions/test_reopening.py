"""What a reopening answers, and what it leaves as the close made it."""

from __future__ import annotations

from typing import Any

from strategies.showing import ROOT, item_attribute, session_of
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.target import Bindings


@scenario("REO-001", footprint="consume", requests=2, depth="release", operations=("reopenCustomerSession",))
def test_the_answer_holds_effects(case: Case, api: Api) -> None:
    """The answer to a reopening holds its effects, even where there are none."""
    session = api.arrange("closed")
    case.arranged(api.reopen(session))


@scenario(
    "REO-010",
    footprint="consume",
    requests=4,
    depth="release",
    needs=("item_attribute",),
    operations=("reopenCustomerSession",),
)
def test_attributes_of_items_stay_as_the_close_set_them(case: Case, api: Api, bindings: Bindings) -> None:
    """An attribute of a cart item that was updated by closing keeps its value when the session is reopened."""
    name = bindings.item_attribute or ""
    item: dict[str, Any] = {"sku": "tp-cup", "quantity": 2, "price": 7.25}
    session = case.new_id("session")
    case.arranged(api.put_session(session, {"cartItems": [{**item, "attributes": {name: "in the cart"}}]}))
    bought = {**item, "attributes": {name: "bought"}}
    closed = case.arranged(api.put_session(session, {"state": "closed", "cartItems": [bought]}))
    reopened = case.arranged(api.reopen(session))
    read = api.get_session(session)
    found = item_attribute(session_of(case, read), name)
    case.judge(
        "REO-010",
        found == "bought",
        f"{name} is {found} after the reopening, the close had set it to bought",
        of=(closed, reopened, read),
        pointer=f"{ROOT}/cartItems/0/attributes/{name}",
        operation=reopened.operation,
    )
