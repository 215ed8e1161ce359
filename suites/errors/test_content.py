"""Limits that no schema states, and words outside of a list: what a request may hold, and what it may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from strategies.carts import MOST_ITEMS, MOST_UNITS, cart_of
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

NO_SECTION = "talonproof-no-such-section"


@pytest.mark.parametrize(
    "dry",
    [
        pytest.param(True, marks=scenario("SES-028", footprint="dry", requests=5, depth="release"), id="dry"),
        pytest.param(False, marks=scenario("SES-028", footprint="create", requests=5, depth="release"), id="real"),
    ],
)
def test_largest_cart(case: Case, api: Api, dry: bool) -> None:
    """A cart of 1,000 items or of 10,000 units is accepted, one with one more of either is refused."""

    def put(lines: int, units: int) -> Exchange:
        body = {"state": "open", "cartItems": cart_of(lines, units)}
        return api.put_session(case.new_id("session"), body, dry=dry, content=None)

    for lines, units in ((MOST_ITEMS, MOST_ITEMS), (1, MOST_UNITS), (MOST_ITEMS, MOST_UNITS)):
        doing = f"a cart of {lines} items, {units} units in all"
        case.accepted("SES-028", put(lines, units), doing=doing, check="limit-is-accepted")
    for lines, units in ((MOST_ITEMS + 1, MOST_ITEMS + 1), (1, MOST_UNITS + 1)):
        doing = f"a cart of {lines} items, {units} units in all"
        case.refused("SES-028", put(lines, units), doing=doing, check="more-is-refused")


@pytest.mark.parametrize(
    "dry",
    [
        pytest.param(True, marks=scenario("SES-029", footprint="dry", requests=1, depth="release"), id="dry"),
        pytest.param(False, marks=scenario("SES-029", footprint="create", requests=1), id="real"),
    ],
)
def test_item_without_a_price(case: Case, api: Api, dry: bool) -> None:
    """An item that names no price, and that no catalog holds, is refused."""
    item = {"name": "mug", "sku": case.new_id("sku"), "quantity": 1}
    exchange = api.put_session(case.new_id("session"), {"state": "open", "cartItems": [item]}, dry=dry)
    case.refused("SES-029", exchange, doing="an item without a price that no catalog holds")


def asked(operation: str, footprint: str, *, requests: int = 1, needs: tuple[str, ...] = (), label: str = "") -> Any:
    """A parameter for an operation that can be asked for sections."""
    mark = scenario("SES-055", footprint=footprint, requests=requests, depth="release", needs=needs)
    return pytest.param(operation, label == "bound", marks=mark, id=f"{operation}-{label}" if label else operation)


@pytest.mark.parametrize(
    ("operation", "bound"),
    [
        asked("updateCustomerSessionV2", "dry"),
        asked("returnCartItems", "consume", requests=2, label="own"),
        asked("returnCartItems", "dry", needs=("closed_session",), label="bound"),
        asked("updateCustomerProfileV2", "dry"),
        asked("trackEventV2", "dry", needs=("event_type",)),
    ],
)
def test_sections_that_do_not_exist(case: Case, api: Api, operation: str, bound: bool) -> None:
    """An entry of responseContent outside of the operation's list is refused."""
    content = ["customerSession" if operation in {"updateCustomerSessionV2", "returnCartItems"} else "customerProfile"]
    content.append(NO_SECTION)
    match operation:
        case "updateCustomerSessionV2":
            exchange = api.put_session(case.new_id("session"), {"state": "open"}, dry=True, content=content)
        case "returnCartItems":
            session = case.bindings.closed_session if bound else api.arrange("closed")
            exchange = api.return_items(str(session), [{"position": 0, "quantity": 1}], dry=True, content=content)
        case "updateCustomerProfileV2":
            body = {"responseContent": content}
            exchange = api.put_profile(case.new_id("profile"), body, run_rule_engine=True, dry=True)
        case _:
            event = {"profileId": case.new_id("profile"), "type": case.bindings.event_type, "responseContent": content}
            exchange = api.track_event(event, dry=True)
    case.refused("SES-055", exchange, doing=f"{operation} with responseContent {NO_SECTION}")


@scenario("ERR-007", also=("ERR-003",), footprint="dry", requests=2, depth="release", needs=("event_type",))
def test_silent_event(case: Case) -> None:
    """A silent event is answered with a status of its own, and without a body where that is 204."""
    event: dict[str, Any] = {"type": case.bindings.event_type}
    for silent in ("yes", None):
        body = {**event, "profileId": case.new_id("profile")}
        case.arranged(Api(case).track_event(body, silent=silent, dry=True))
