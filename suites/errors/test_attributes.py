"""Custom attributes and additional costs that the account does not define are refused, and nothing is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from strategies.placeholders import PROFILE, SESSION
from strategies.untouched import Untouched, a_session
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case

UNDEFINED = "talonproof_no_such_name"
"""A name that no account gives to an attribute, or to an additional cost."""

NO_TEXT = False
"""A value that is no text, whatever a server makes of numbers."""

ANOTHER_CART = [{"name": "bowl", "sku": "tp-bowl", "quantity": 1, "price": 7}]

Ids = Mapping[str, str]
Sending = Callable[[Case, Ids, Mapping[str, Any], bool], Exchange]


def of_session(case: Case, ids: Ids, attributes: Mapping[str, Any], dry: bool) -> Exchange:
    """A session, with its own attributes."""
    body = {"state": "open", "cartItems": ANOTHER_CART, "attributes": dict(attributes)}
    return Api(case).put_session(ids[SESSION], body, dry=dry)


def of_item(case: Case, ids: Ids, attributes: Mapping[str, Any], dry: bool) -> Exchange:
    """A session, with attributes of its cart item."""
    body = {"state": "open", "cartItems": [{**ANOTHER_CART[0], "attributes": dict(attributes)}]}
    return Api(case).put_session(ids[SESSION], body, dry=dry)


def of_profile(case: Case, ids: Ids, attributes: Mapping[str, Any], dry: bool) -> Exchange:
    """A profile, with its attributes; the rule engine runs where it is to be dry."""
    return Api(case).put_profile(ids[PROFILE], {"attributes": dict(attributes)}, run_rule_engine=dry, dry=dry)


def of_profiles(case: Case, ids: Ids, attributes: Mapping[str, Any], dry: bool) -> Exchange:  # noqa: ARG001 - see Sending
    """A profile, with its attributes, in an update of many; there is no dry one."""
    return Api(case).put_profiles([{"integrationId": ids[PROFILE], "attributes": dict(attributes)}])


def of_event(case: Case, ids: Ids, attributes: Mapping[str, Any], dry: bool) -> Exchange:
    """An event, with its attributes."""
    body = {"profileId": ids[PROFILE], "type": case.bindings.event_type, "attributes": dict(attributes)}
    return Api(case).track_event(body, dry=dry)


def record(case: Case, exchange: Exchange) -> None:
    """Records how a refused attribute is named, or that it was not refused."""
    title, pointer = exchange.at("errors", 0, "title"), exchange.at("errors", 0, "source", "pointer")
    named = f"title {title}, pointer {pointer}" if exchange.refused else f"answered {exchange.status}"
    case.observe("SES-034", f"{exchange.operation}: {named}")


def holder(send: Sending, *needs: str, operation: str, footprint: str = "dry") -> Any:
    """A parameter for an entity that has attributes."""
    mark = scenario(
        "SES-033", "SES-034",
        footprint=footprint,
        requests=1,
        depth="release",
        needs=needs,
        operations=(operation,),
    )  # fmt: skip
    return pytest.param(send, marks=mark, id=send.__name__)


@pytest.mark.parametrize(
    "send",
    [
        holder(of_session, operation="updateCustomerSessionV2"),
        holder(of_item, operation="updateCustomerSessionV2"),
        holder(of_profile, operation="updateCustomerProfileV2"),
        holder(of_profiles, operation="updateCustomerProfilesV2", footprint="create"),
        holder(of_event, "event_type", operation="trackEventV2"),
    ],
)
def test_undefined_attribute(case: Case, send: Sending) -> None:
    """An attribute that is not defined is refused, even if the call is dry."""
    ids = {SESSION: case.new_id("session"), PROFILE: case.new_id("profile")}
    exchange = send(case, ids, {UNDEFINED: "a"}, True)
    case.refused("SES-033", exchange, doing=f"{exchange.operation} with an attribute that is not defined")
    record(case, exchange)


def bound(send: Sending, binding: str, *needs: str, value: Any = NO_TEXT) -> Any:
    """A parameter for an entity with a bound attribute, and a value that is not of its type."""
    mark = scenario("SES-033", "SES-034", footprint="dry", requests=1, depth="release", needs=(binding, *needs))
    return pytest.param(send, binding, value, marks=mark, id=binding)


@pytest.mark.parametrize(
    ("send", "binding", "value"),
    [
        bound(of_session, "session_attribute"),
        bound(of_session, "number_attribute", value="seven"),
        bound(of_item, "item_attribute"),
        bound(of_profile, "profile_attribute"),
        bound(of_event, "event_attribute", "event_type"),
    ],
)
def test_attribute_of_another_type(case: Case, send: Sending, binding: str, value: Any) -> None:
    """An attribute whose value is not of the type defined is refused, even if the call is dry."""
    ids = {SESSION: case.new_id("session"), PROFILE: case.new_id("profile")}
    exchange = send(case, ids, {getattr(case.bindings, binding): value}, True)
    doing = f"{exchange.operation} with {value!r} for an attribute of another type"
    case.refused("SES-033", exchange, doing=doing)
    record(case, exchange)


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(
            send,
            marks=scenario("SES-033", "SES-034", "ERR-002", footprint="create", requests=4, depth=depth),
            id=send.__name__,
        )
        for send, depth in ((of_session, "smoke"), (of_item, "release"))
    ],
)
def test_nothing_of_a_refused_update_is_stored(case: Case, send: Sending) -> None:
    """An update with an attribute that is not defined is refused, and the cart it came with is not stored."""
    untouched = Untouched(case, lambda: a_session(case, "open"))
    words = "an update with an attribute that is not defined"
    exchange = untouched.send(words, lambda ids: send(case, ids, {UNDEFINED: "a"}, False))
    case.refused("SES-033", exchange, doing=words)
    record(case, exchange)
    untouched.judge()


@scenario("SES-032", footprint="create", requests=4, depth="release")
def test_undefined_cost(case: Case, api: Api) -> None:
    """An additional cost that is not defined is refused, and nothing that came with it is stored."""
    untouched = Untouched(case, lambda: a_session(case, "open"))
    words = "an update with an additional cost that is not defined"
    body = {"state": "open", "cartItems": ANOTHER_CART, "additionalCosts": {UNDEFINED: {"price": 1}}}
    exchange = untouched.send(words, lambda ids: api.put_session(ids[SESSION], body))
    case.refused("SES-032", exchange, doing=words)
    untouched.judge("SES-032", check="nothing-of-it-is-stored")


@scenario("SES-032", footprint="create", requests=3, depth="release")
def test_undefined_cost_of_a_new_session(case: Case, api: Api) -> None:
    """A creation with an additional cost that is not defined is refused, and creates nothing."""
    session = case.new_id("session")
    before = api.get_session(session)
    exchange = api.put_session(session, {"state": "open", "additionalCosts": {UNDEFINED: {"price": 1}}})
    case.refused("SES-032", exchange, doing="a creation with an additional cost that is not defined")
    after = api.get_session(session)
    if before.refused and exchange.refused:
        message = f"the session is read with {after.status} after its creation was refused"
        case.judge("SES-032", not after.ok, message, of=(before, exchange, after), check="nothing-of-it-is-stored")
