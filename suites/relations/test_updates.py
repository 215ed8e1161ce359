"""Two updates of one open session that say the same: sent twice, or with the lines of the cart in another order."""

from __future__ import annotations

from typing import Any

from strategies.carts import expected_totals
from strategies.foretold import foretold
from strategies.repeated import charged, reordered, repeatable, settled_content
from strategies.showing import ROOT, described, near, session_of, unlike
from talonproof.model.observed import differences
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings


@scenario(
    "SES-074", "SES-069",
    footprint="create",
    requests=3,
    examples=(0, 1, 60),
    operations=("updateCustomerSessionV2", "getCustomerSession"),
)  # fmt: skip
def test_the_same_update_twice_is_one(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever an open session is sent, a second time it changes nothing of it; and so it is read."""

    def body(content: dict[str, Any]) -> None:
        session = case.new_id("session")
        first = case.arranged(api.put_session(session, content))
        second = case.arranged(api.put_session(session, content))
        once, twice = session_of(case, first), session_of(case, second)
        found = unlike(settled_content(once), settled_content(twice))
        pointer, words = found or ("", "")
        case.judge(
            "SES-074",
            found is None,
            f"{pointer} {words} when the update was sent a second time",
            of=(first, second),
            pointer=pointer,
        )
        answered = described(case, twice)
        read = case.settled(
            lambda: api.get_session(session),
            lambda read: read.ok and unlike(answered, described(case, session_of(case, read))) is None,
        )
        found = unlike(answered, described(case, session_of(case, read)))
        pointer, words = found or ("", "")
        case.judge(
            "SES-069",
            found is None,
            f"{pointer} {words}, from the answer of the update to a read",
            of=(second, read),
            pointer=pointer,
        )

    explore(case, repeatable(bindings), body)


@scenario("SES-043", "SES-075", footprint="create", requests=2, examples=(0, 1, 60))
def test_the_order_of_the_lines(case: Case, api: Api, bindings: Bindings) -> None:
    """The lines of a cart add up the same when they are sent again in another order; what effects do is recorded."""

    def body(carts: tuple[list[Any], list[Any]]) -> None:
        session = case.new_id("session")
        costs = charged(bindings)
        first, second = (case.arranged(api.put_session(session, {**costs, "cartItems": cart})) for cart in carts)
        expected = expected_totals(carts[1], costs.get("additionalCosts"))
        found = session_of(case, second).get("cartItemTotal")
        case.judge(
            "SES-043",
            near(found, expected.cart_items),
            f"cartItemTotal is {found} after the cart was sent again in another order, expected {expected.cart_items}",
            of=(first, second),
            pointer=f"{ROOT}/cartItemTotal",
            check="order_of_lines",
        )
        moved = next(differences(foretold(first), foretold(second)), None)
        case.observe("SES-075", f"effects {'move' if moved else 'stay'} when the lines come in another order")

    explore(case, reordered(bindings), body)
