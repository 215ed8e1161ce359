"""One rich valid body for each operation on sessions, returns, profiles and events, and its labelled defects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from strategies.placeholders import PROFILE, SESSION
from strategies.sessions import UNKNOWN_COUPONS, UNKNOWN_REFERRAL
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.defects import invalid
from talonproof.target import Bindings


@dataclass(frozen=True, slots=True)
class Valid:
    """A call that fits the contract in every part, with ids left as stand-ins."""

    operation: str
    path: Mapping[str, object]
    query: Mapping[str, object]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InvalidCall:
    """A call that would fit the contract but for one place of its body, with ids left as stand-ins.

    ``pointer`` is the place, ``keyword`` the keyword of the contract that it breaks: ``required``,
    ``enum``, a bound or a length, or ``type``, whose refusal no rule asks for.
    """

    label: str
    operation: str
    path: Mapping[str, object]
    query: Mapping[str, object]
    body: Any
    pointer: str
    keyword: str


def valid_calls(bindings: Bindings) -> tuple[Valid, ...]:
    """One call for each operation, as rich as the bindings allow; no event where no type is bound."""
    calls = [
        Valid("updateCustomerSessionV2", {"customerSessionId": SESSION}, {}, _session(bindings)),
        Valid("returnCartItems", {"customerSessionId": SESSION}, {}, _RETURN),
        # responseContent may not be used without the rule engine
        Valid("updateCustomerProfileV2", {"integrationId": PROFILE}, {"runRuleEngine": True}, _profile(bindings)),
    ]
    if bindings.event_type:
        calls.append(Valid("trackEventV2", {}, {"silent": "no"}, _event(bindings)))
    return tuple(calls)


def invalid_calls(
    contract: Contract,
    bindings: Bindings,
    *,
    calls: Iterable[Valid] | None = None,
    validators: Validators | None = None,
) -> list[InvalidCall]:
    """Every defect of every call, by default of the valid ones, one at a time, always in the same order."""
    judge = validators or Validators(contract)
    found: list[InvalidCall] = []
    for call in valid_calls(bindings) if calls is None else calls:
        known = contract.operations.get(call.operation)
        schema = None if known is None else known.body
        if schema is None:
            continue
        for defect in invalid(contract, schema, call.body, validators=judge):
            label = f"{call.operation} {defect.label}"
            found.append(
                InvalidCall(label, call.operation, call.path, call.query, defect.value, defect.pointer, defect.keyword)
            )
    return found


def _known(values: Mapping[str | None, Any]) -> dict[str, Any]:
    """The values whose names are bound."""
    return {name: value for name, value in values.items() if name}


def _session(bindings: Bindings) -> dict[str, Any]:
    costs = _known({bindings.additional_cost: {"price": 2}, bindings.second_additional_cost: {"price": 1.5}})
    item: dict[str, Any] = {
        "sku": "a",
        "quantity": 2,
        "price": 1.5,
        "name": "a",
        "category": "a",
        "product": {"name": "a"},
        "attributes": _known({bindings.item_attribute: "a"}),
        "additionalCosts": costs,
    }
    session: dict[str, Any] = {
        "profileId": PROFILE,
        "state": "open",
        "couponCodes": [UNKNOWN_COUPONS[0]],
        "referralCode": UNKNOWN_REFERRAL,
        "cartItems": [item],
        "additionalCosts": costs,
        "identifiers": ["a"],
        "attributes": _known({bindings.session_attribute: "a", bindings.number_attribute: 1}),
    }
    if bindings.store:
        session["storeIntegrationId"] = bindings.store
    return {"customerSession": session, "responseContent": ["customerSession"]}


_RETURN: Mapping[str, Any] = {
    "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]},
    "responseContent": ["customerSession"],
}


def _profile(bindings: Bindings) -> dict[str, Any]:
    return {
        "attributes": _known({bindings.profile_attribute: "a"}),
        "audiencesChanges": {"adds": [], "deletes": []},
        "responseContent": ["customerProfile"],
    }


def _event(bindings: Bindings) -> dict[str, Any]:
    event: dict[str, Any] = {
        "profileId": PROFILE,
        "type": bindings.event_type,
        "attributes": _known({bindings.event_attribute: "a"}),
        "responseContent": ["customerProfile"],
    }
    if bindings.store:
        event["storeIntegrationId"] = bindings.store
    return event
