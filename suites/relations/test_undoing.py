"""Two ways of undoing a whole session: all of its units are returned, or it is cancelled."""

from __future__ import annotations

from strategies.returns import everything
from strategies.showing import near
from strategies.unchanged import at_rest
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

COUNTERS = ("totalSales", "closedSessions")


@scenario(
    "REO-020",
    footprint="consume",
    requests=6,
    depth="release",
    operations=("returnCartItems", "updateCustomerSessionV2", "getCustomerInventory"),
)
def test_returning_everything_beside_cancelling(case: Case, api: Api) -> None:
    """Of two equal customers with equal sessions, the counters are compared once each session is undone in its way."""
    people = [case.new_id("profile") for _ in range(2)]
    returned, cancelled = (
        api.arrange("closed", {"profileId": name, "cartItems": [dict(line) for line in CART]}) for name in people
    )
    answer = api.return_items(returned, everything([int(line["quantity"]) for line in CART]))
    case.arranged(api.put_session(cancelled, {"state": "cancelled"}))
    if not answer.ok:
        case.observe("REO-020", f"a return of all units is answered {answer.status}")
        return
    left, right = (at_rest(case, lambda name=name: api.inventory(name, profile=True)) for name in people)
    for name in COUNTERS:
        first, second = left.at("profile", name), right.at("profile", name)
        alike = near(first, second) if isinstance(second, int | float) else first == second
        case.observe("REO-020", f"{name} is {'the same' if alike else 'not the same'} after a return of all units")
