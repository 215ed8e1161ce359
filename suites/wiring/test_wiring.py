"""Before anything is judged: the server answers, takes the key, and has what the bindings say it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.target import Bindings
from talonproof.verdict import Reason

UNAUTHORISED = 401

CENT = 0.01

ITEM: Mapping[str, Any] = {"name": "mug", "sku": "tp-mug", "quantity": 1, "price": 10.5}


def found(case: Case, names: tuple[str, ...], exchange: Exchange) -> Exchange:
    """The answer to a call that works only with what is bound; blocks the case, naming it, where it is refused."""
    if not exchange.ok:
        told: Any = exchange.at("errors", 0, "title") or exchange.at("message") or ""
        case.block(f"[bindings] {', '.join(names)}: {exchange.operation} answered {exchange.status} {told}".strip())
    return exchange


def bound(case: Case, *names: str) -> tuple[str, ...]:
    """Those of the names that are bound; ends the case as unsupported where none is."""
    missing = case.bindings.missing(names)
    there = tuple(name for name in names if name not in missing)
    if not there:
        case.unsupported(Reason.BINDING, f"the target binds no {', '.join(missing)}")
    return there


@scenario(footprint="read", requests=1, operations=("getCustomerSession",))
def test_the_server_answers(case: Case, api: Api) -> None:
    """A read of an id that was never used is answered in JSON, and not for want of a key."""
    answer = api.get_session(case.new_id("session"))
    if answer.status == UNAUTHORISED:
        case.block("the key is not accepted")
    if not (answer.ok or answer.refused) or not answer.is_json:
        case.block(f"a read is answered {answer.status}, and not as this API answers")


@pytest.mark.parametrize(
    ("operation", "names"),
    [
        pytest.param(
            operation,
            names,
            marks=scenario(footprint="read", requests=1, needs=names, operations=(operation,)),
            id=names[1],
        )
        for operation, names in (
            ("getLoyaltyBalances", ("profile_program", "populated_profile")),
            ("getLoyaltyCardBalances", ("card_program", "populated_card")),
        )
    ],
)
def test_a_populated_ledger_is_there(case: Case, api: Api, operation: str, names: tuple[str, ...]) -> None:
    """The bound profile or card has a balance in the bound program."""
    found(case, names, api.loyalty(operation))


@pytest.mark.parametrize(
    ("name", "state"),
    [
        pytest.param(
            name,
            state,
            marks=scenario(footprint="read", requests=1, needs=(name,), operations=("getCustomerSession",)),
            id=name,
        )
        for name, state in (("open_session", "open"), ("closed_session", "closed"))
    ],
)
def test_a_session_stands_ready(case: Case, api: Api, name: str, state: str) -> None:
    """The bound session is there, in the state that its name says."""
    answer = found(case, (name,), api.get_session(getattr(case.bindings, name)))
    actual = answer.at("customerSession", "state")
    if actual != state:
        case.block(f"[bindings] {name}: the session is {actual}")


@scenario(footprint="dry", requests=1, needs=("event_type",), operations=("trackEventV2",))
def test_the_event_type_is_defined(case: Case, api: Api) -> None:
    """A dry event of the bound type, with the bound attribute, is taken."""
    names = bound(case, "event_type", "event_attribute")
    event: dict[str, Any] = {"profileId": case.new_id("profile"), "type": case.bindings.event_type}
    if case.bindings.event_attribute:
        event["attributes"] = {case.bindings.event_attribute: "talonproof"}
    found(case, names, api.track_event(event, dry=True))


@scenario(footprint="dry", requests=1, operations=("updateCustomerProfileV2",))
def test_what_profiles_need_is_defined(case: Case, api: Api) -> None:
    """A dry profile update with the bound attribute and audience is taken."""
    names = bound(case, "profile_attribute", "audience")
    update: dict[str, Any] = {}
    if "profile_attribute" in names:
        update["attributes"] = {case.bindings.profile_attribute: "talonproof"}
    if "audience" in names:
        update["audiencesChanges"] = {"adds": [case.bindings.audience], "deletes": []}
    found(case, names, api.put_profile(case.new_id("profile"), update, run_rule_engine=True, dry=True))


def _attributes(bindings: Bindings) -> dict[str, Any]:
    texts = {bindings.session_attribute: "talonproof", bindings.number_attribute: 1}
    of_item = {bindings.item_attribute: "talonproof"} if bindings.item_attribute else {}
    return {
        "attributes": {name: value for name, value in texts.items() if name},
        "cartItems": [{**ITEM, "attributes": of_item}],
    }


def _costs(bindings: Bindings) -> dict[str, Any]:
    names = (bindings.additional_cost, bindings.second_additional_cost)
    session: dict[str, Any] = {"cartItems": [ITEM], "additionalCosts": {name: {"price": 1} for name in names if name}}
    if bindings.store:
        session["storeIntegrationId"] = bindings.store
    return session


@scenario(footprint="dry", requests=1, operations=("updateCustomerSessionV2",))
@pytest.mark.parametrize(
    ("names", "session"),
    [
        pytest.param(("session_attribute", "number_attribute", "item_attribute"), _attributes, id="attributes"),
        pytest.param(("additional_cost", "second_additional_cost", "store"), _costs, id="costs-and-store"),
    ],
)
def test_what_sessions_need_is_defined(
    case: Case, api: Api, names: tuple[str, ...], session: Callable[[Bindings], dict[str, Any]]
) -> None:
    """A dry session with everything that is bound for sessions is taken."""
    there = bound(case, *names)
    found(case, there, api.put_session(case.new_id("session"), session(case.bindings), dry=True))


@scenario(footprint="dry", requests=1, needs=("catalog_sku", "catalog_price"), operations=("updateCustomerSessionV2",))
def test_the_catalog_knows_the_item(case: Case, api: Api) -> None:
    """A dry session with the bound item and no price takes the price that is bound."""
    item = {"sku": case.bindings.catalog_sku, "quantity": 1}
    names = ("catalog_sku", "catalog_price")
    answer = found(case, names, api.put_session(case.new_id("session"), {"cartItems": [item]}, dry=True))
    price, expected = answer.at("customerSession", "cartItemTotal"), case.bindings.catalog_price
    if isinstance(price, int | float) and expected is not None and abs(price - expected) > CENT:
        case.block(f"[bindings] catalog_price: one {case.bindings.catalog_sku} costs {price}")
