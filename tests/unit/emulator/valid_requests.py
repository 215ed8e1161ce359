"""A request that each operation takes, and the places where it can be spoilt: then only one thing is wrong with it."""

from __future__ import annotations

import json
from typing import Any

from talonproof.contract.contract import read_contract
from talonproof.workspace import find_workspace

CONTRACT = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")

_MARKER = "put it here"

PATHS = {
    "customerSessionId": "ready",
    "integrationId": "rich",
    "audienceId": "1",
    "couponValue": "CODE-1",
    "loyaltyCardId": "card-1",
    "catalogId": "5",
}

VALID: dict[str, Any] = {
    "updateCustomerSessionV2": {"customerSession": {"cartItems": [{"sku": "x", "quantity": 1, "price": 1}]}},
    "returnCartItems": {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}},
    "updateCustomerProfileV2": {"attributes": {"text": "x"}, "audiencesChanges": {"adds": [1], "deletes": []}},
    "updateCustomerProfilesV2": {"customerProfiles": [{"integrationId": "p", "attributes": {"text": "x"}}]},
    "createAudienceV2": {"name": "Fans", "integrationId": "fans"},
    "updateAudienceV2": {"name": "Fans"},
    "updateCustomerProfileAudiences": {"data": [{"action": "add", "profileIntegrationId": "p", "audienceId": 1}]},
    "updateAudienceCustomersAttributes": {"text": "x"},
    "linkLoyaltyCardToProfile": {"integrationId": "p"},
    "trackEventV2": {"type": "signed_up", "profileId": "p", "attributes": {"text": "x"}},
    "createReferral": {"campaignId": 2, "advocateProfileIntegrationId": "p"},
    "createReferralsForMultipleAdvocates": {
        "campaignId": 2,
        "advocateProfileIntegrationIds": ["p"],
        "usageLimit": 0,
        "referralPattern": "A-####",
        "validCharacters": ["x", "y"],
    },
    "createCouponReservation": {"integrationIDs": ["p"]},
    "deleteCouponReservation": {"integrationIDs": ["rich"]},
    "generateLoyaltyCard": {"cardIdentifier": "new", "customerProfileIds": ["p"]},
    "syncCatalog": {
        "version": 1,
        "actions": [
            {"type": "PATCH_MANY", "payload": {"price": 1, "filters": [{"attr": "text", "op": "EQ", "value": "x"}]}}
        ],
    },
}  # fmt: skip
"""A body that each operation takes: what is wrong with the others is one thing only."""


def target_of(operation: str, **changes: str) -> str:
    """The path of an operation, with ids that are there unless others are given."""
    path = CONTRACT.operations[operation].path
    program = "1" if "{integrationId}" in path else "2"
    for name, value in {**PATHS, "loyaltyProgramId": program, **changes}.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def everything(client: Any) -> list[Any]:
    """All rows of all tables, and the numbers that ids go on from."""
    store = client.emulator.store
    names = [name for (name,) in store.all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return [store.all(f"SELECT * FROM {name}") for name in names]  # noqa: S608  # names of the schema itself


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The places of a JSON value: each member of an object, each item of an array."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for step, inner in steps for place in ((*path, step), *leaves(inner, (*path, step)))]


def put(value: Any, place: tuple[str | int, ...], other: Any) -> Any:
    """The value with another one at a place."""
    if not place:
        return other
    step, *rest = place
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[step] = put(value[step], tuple(rest), other)  # type: ignore[index,call-overload]
    return copy


def put_text(value: Any, place: tuple[str | int, ...], text: str) -> bytes:
    """The JSON of the value, with any text at a place, be it JSON or not."""
    return json.dumps(put(value, place, _MARKER)).replace(json.dumps(_MARKER), text).encode()
