"""Bad input to each operation gets its documented error body, quickly, and changes nothing."""

from __future__ import annotations

import json
import time
from functools import reduce
from operator import getitem
from typing import Any

import pytest

from talonproof.contract.validators import Validators
from talonproof.emulator.operations import HANDLERS
from talonproof.emulator.payload import MAX_BYTES
from talonproof.generation.defects import invalid
from talonproof.generation.parameters import invalid_parameters
from talonproof.generation.values import example
from tests.unit.emulator.valid_requests import CONTRACT, VALID, everything, leaves, put, put_text, target_of

WORDED = 16 * 1024
"""Above so many bytes a refusal names the body as a whole."""

SECONDS = 3.0
"""Of the processor's time. A refusal takes milliseconds, but for megabytes."""


def refused(client: Any, operation: str, target: str, body: object = None, *, raw: bytes | None = None) -> int:
    """The status of a refusal that is quick, has the documented body and changes nothing.

    The client itself holds the body to the schema of its status.
    """
    before = everything(client)
    began = time.process_time()

    status, document = client.call(CONTRACT.operations[operation].method, target, body, raw=raw)

    assert time.process_time() - began < SECONDS
    assert 400 <= status < 500, (operation, target, status)
    assert document["message"]
    if status not in CONTRACT.operations[operation].responses:
        assert status == document["StatusCode"]
    for error in document.get("errors", ()):
        assert 1 == len({"pointer", "parameter", "line"} & error["source"].keys())
    assert before == everything(client)
    return status


TEXTS = {
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "overflow": "1e999",
    "5,000 digits": "9" * 5000,
    "2^63": str(2**63),
    "-2^63 - 1": str(-(2**63) - 1),
    "100,000 levels": "[" * 100_000 + "]" * 100_000,
    "100,000 objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "100,000 unclosed": "[" * 100_000,
    "lone surrogate": r'"\ud800"',
    "swapped surrogates": r'"\udc00\ud800"',
    "surrogate in a key": r'{"\udfff": 1}',
    "cut off": '"',
    "two values": "1 2",
    "null": "null",
}
"""JSON texts that no operation takes anywhere in its body, valid or not."""

HUGE = b'{"text": "' + b"x" * 10_000_000 + b'"}'


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("operation", VALID)
def test_a_text_that_cannot_be_kept_is_refused(module_client: Any, operation: str, text: str) -> None:
    """At the top, and at every place of a body that is fine but for it."""
    places: list[tuple[str | int, ...]] = [(), *leaves(VALID[operation])]
    for place in places:
        # An attribute that is null is removed, and a code that is null is kept: both are lawful.
        if text == "null" and place and (place[-1] == "text" or place == ("text",)):
            continue
        body = put_text(VALID[operation], place, TEXTS[text])
        assert 400 == refused(module_client, operation, target_of(operation), raw=body)


OTHERS: tuple[Any, ...] = ("text", 7.5, True, [], {})


def lawful(place: tuple[str | int, ...], other: Any) -> bool:
    """Whether a value of another type may stand at a place: a filter compares with any plain one."""
    return (place[-1:], type(other)) in {(("price",), float), (("value",), float), (("value",), bool)}


@pytest.mark.parametrize("operation", VALID)
def test_a_value_of_another_type_is_refused(module_client: Any, operation: str) -> None:
    """Wherever it stands."""
    for place in [(), *leaves(VALID[operation])]:
        now = reduce(getitem, place, VALID[operation])
        for other in OTHERS:
            if type(other) is not type(now) and not lawful(place, other):
                body = put(VALID[operation], place, other)
                assert 400 == refused(module_client, operation, target_of(operation), body)


@pytest.mark.parametrize("operation", VALID)
@pytest.mark.parametrize(
    "raw", [b"", b" ", b"{", b"\xff", b"\xef\xbb\xbf{}", '{"a": 1}'.encode("utf-16"), b"\xed\xa0\x80"]
)
def test_a_body_that_is_no_json_is_refused(module_client: Any, operation: str, raw: bytes) -> None:
    """Empty, cut off, in another encoding."""
    assert 400 == refused(module_client, operation, target_of(operation), raw=raw)


@pytest.mark.parametrize("operation", CONTRACT.operations)
def test_ten_megabytes_are_refused(module_client: Any, operation: str) -> None:
    """Unread, and whether or not the operation has a body."""
    assert 413 == refused(module_client, operation, target_of(operation), raw=HUGE)


@pytest.mark.parametrize("operation", VALID)
def test_megabytes_of_junk_are_refused(module_client: Any, operation: str) -> None:
    """What is just small enough to be read, but nothing that the operation knows."""
    junk = b"[" + b"1," * (MAX_BYTES // 2 - 8) + b"1]"
    assert 400 == refused(module_client, operation, target_of(operation), raw=junk)


MEGABYTES: dict[str, tuple[str, Any]] = {
    "returned items": ("returnCartItems", {"return": {"returnedCartItems": [{"position": 0}] * 100_000}}),
    "audience changes": ("updateCustomerProfileV2", {"audiencesChanges": {"adds": [99] * 500_000, "deletes": []}}),
    "profiles": ("updateCustomerProfilesV2", {"customerProfiles": [{"integrationId": "p"}] * 100_000}),
    "bad profiles": (
        "updateCustomerProfilesV2",
        {"customerProfiles": [{"integrationId": "p", "attributes": {"no": 1}}] * 1000},
    ),
    "actions on audiences": (
        "updateCustomerProfileAudiences",
        {"data": [{"action": "add", "profileIntegrationId": "p", "audienceId": 1}] * 50_000},
    ),
    "attributes": ("updateAudienceCustomersAttributes", {f"a{index}": 1 for index in range(100_000)}),
    "advocates": (
        "createReferralsForMultipleAdvocates",
        {"campaignId": 2, "advocateProfileIntegrationIds": ["p"] * 100_000, "usageLimit": 0},
    ),
    "characters": (
        "createReferralsForMultipleAdvocates",
        {**VALID["createReferralsForMultipleAdvocates"], "validCharacters": ["a"] * 500_000 + ["ab"]},
    ),
    "reservations": ("createCouponReservation", {"integrationIDs": ["p"] * 500_000}),
    "owners": ("generateLoyaltyCard", {"customerProfileIds": [f"p{index}" for index in range(300_000)]}),
    "filters": (
        "syncCatalog",
        {
            "actions": [
                *[{"type": "PATCH_MANY", "payload": {"filters": [{"attr": "number", "op": "GT", "value": 1}] * 50}}]
                * 999,
                {"type": "PATCH_MANY", "payload": {"price": 1e13}},
            ]
        },
    ),
    "a long list": (
        "syncCatalog",
        {"actions": [{"type": "REMOVE_MANY", "payload": {"filters": [
            {"attr": "number", "op": "IN", "value": "1," * 500_000 + "x"}]}}]},
    ),
    "an exponent": (
        "syncCatalog",
        {"actions": [{"type": "REMOVE_MANY", "payload": {"filters": [
            {"attr": "number", "op": "LT", "value": "1e99999999999999999999"}]}}]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MEGABYTES)
def test_lawful_json_in_masses_is_refused_in_time(module_client: Any, name: str) -> None:
    """However much of it there is."""
    operation, body = MEGABYTES[name]

    assert 400 == refused(module_client, operation, target_of(operation), body)


OUT_OF_BOUNDS: dict[str, list[Any]] = {
    "updateCustomerSessionV2": [
        {"customerSession": {"cartItems": [{"sku": "x", "quantity": 10**300, "price": 1}]}},
        {"customerSession": {"cartItems": [{"sku": "x", "quantity": 1e300, "price": 1}]}},
        {"customerSession": {"cartItems": [{"sku": "x", "quantity": 1, "price": 1e300}]}},
        {"customerSession": {"profileId": "x" * 1001}},
        {"customerSession": {"couponCodes": ["x" * 101]}},
    ],
    "returnCartItems": [
        {"return": {"returnedCartItems": [{"position": 1e300}]}},
        {"return": {"returnedCartItems": []}},
    ],
    "updateCustomerProfileV2": [
        {"audiencesChanges": {"adds": [1e300], "deletes": []}},
        {"audiencesChanges": {"adds": [], "deletes": [-1e300]}},
    ],
    "updateCustomerProfilesV2": [{"customerProfiles": [{"integrationId": "x" * 1001}]}],
    "createAudienceV2": [{"name": ""}, {"name": "a", "integrationId": ""}, {"name": "a", "integrationId": "x" * 1001}],
    "updateAudienceV2": [{"name": ""}],
    "updateCustomerProfileAudiences": [
        {"data": [{"action": "add", "profileIntegrationId": "x" * 1001, "audienceId": 1}]},
        {"data": [{"action": "add", "profileIntegrationId": "p", "audienceId": 1e300}]},
    ],
    "linkLoyaltyCardToProfile": [{"integrationId": "x" * 1001}],
    "trackEventV2": [{"type": "", "profileId": "p"}, {"type": "signed_up", "profileId": "x" * 1001}],
    "createReferral": [
        {**VALID["createReferral"], "usageLimit": 1_000_000},
        {**VALID["createReferral"], "usageLimit": 1e300},
        {**VALID["createReferral"], "campaignId": 1e300},
    ],
    "createReferralsForMultipleAdvocates": [
        {**VALID["createReferralsForMultipleAdvocates"], "advocateProfileIntegrationIds": []},
        {**VALID["createReferralsForMultipleAdvocates"], "referralPattern": "A-####" * 20},
    ],
    "createCouponReservation": [{"integrationIDs": ["p"] * 1001}],
    "deleteCouponReservation": [{"integrationIDs": ["rich"] * 1001}],
    "generateLoyaltyCard": [{"cardIdentifier": "x" * 109}, {"cardIdentifier": "a.b"}],
    "syncCatalog": [
        {"actions": []},
        {**VALID["syncCatalog"], "version": 0},
        {**VALID["syncCatalog"], "version": 1e300},
        {"actions": [{"type": "ADD", "payload": {"sku": "x", "price": 1e300}}]},
        {"actions": [{"type": "ADD", "payload": {"sku": "x", "product": {"name": "n" * 51}}}]},
    ],
}


@pytest.mark.parametrize("operation", OUT_OF_BOUNDS)
def test_a_value_out_of_bounds_is_refused(module_client: Any, operation: str) -> None:
    """Whether the bound stands in the schema or is what can be stored."""
    for body in OUT_OF_BOUNDS[operation]:
        raw = json.dumps(body).encode()
        assert 400 == refused(module_client, operation, target_of(operation), raw=raw)


COMPLETE = {
    name: example(CONTRACT, operation.body, complete=True)
    for name, operation in CONTRACT.operations.items()
    if operation.body is not None
}
"""A body of each operation with every property that the contract has for it."""


def refusal(client: Any, operation: str, target: str, body: object = None) -> set[str]:
    """The pointers and parameters that a 400 names, which is all that comes of it."""
    assert 400 == refused(client, operation, target, body)
    _, document = client.call(CONTRACT.operations[operation].method, target, body)
    return {text for error in document["errors"] for text in error["source"].values()}


@pytest.mark.parametrize("operation", COMPLETE)
def test_each_constraint_of_a_body_is_kept(module_client: Any, validators: Validators, operation: str) -> None:
    """One broken at a time, wherever the contract states one, is named by its place."""
    schema = CONTRACT.operations[operation].body
    assert schema is not None

    for defect in invalid(CONTRACT, schema, COMPLETE[operation], validators=validators):
        places = refusal(module_client, operation, target_of(operation), defect.value)
        if len(json.dumps(defect.value)) < WORDED:
            assert defect.reported_at in places, defect.label
        else:
            assert {""} == places, defect.label


@pytest.mark.parametrize("operation", CONTRACT.operations)
def test_each_constraint_of_a_parameter_is_kept(module_client: Any, operation: str) -> None:
    """One broken at a time, in the path or in the query, is named by its parameter."""
    for broken in invalid_parameters(CONTRACT.operations[operation]):
        changes = {broken.name: broken.raw} if broken.location == "path" else {}
        query = f"?{broken.name}={broken.raw}" if broken.location == "query" else ""
        target = target_of(operation, **changes) + query

        assert {broken.name} == refusal(module_client, operation, target, VALID.get(operation)), broken.label


UNKNOWN_INSIDE: dict[str, list[tuple[int, Any]]] = {
    "updateCustomerSessionV2": [
        (400, {"customerSession": {"attributes": {"no": 1}}}),
        (400, {"customerSession": {"storeIntegrationId": "no"}}),
        (400, {"customerSession": {"additionalCosts": {"no": {"price": 1}}}}),
        (400, {"customerSession": {"cartItems": [{"sku": "no", "quantity": 1}]}}),
    ],
    "returnCartItems": [(400, {"return": {"returnedCartItems": [{"position": 9}]}})],
    "updateCustomerProfileV2": [
        (400, {"attributes": {"no": 1}}),
        (400, {"audiencesChanges": {"adds": [99], "deletes": []}}),
        (400, {"audiencesChanges": {"adds": [], "deletes": [-(2**63)]}}),
    ],
    "updateCustomerProfilesV2": [(400, {"customerProfiles": [{"integrationId": "p", "attributes": {"no": 1}}]})],
    "createAudienceV2": [(400, {"name": "a", "integration": "no", "integrationId": "a"})],
    "updateCustomerProfileAudiences": [
        (404, {"data": [{"action": "add", "profileIntegrationId": "p", "audienceId": number}]})
        for number in (99, 0, -1, 2**63 - 1)
    ],
    "updateAudienceCustomersAttributes": [(400, {"no": 1})],
    "trackEventV2": [
        (400, {"type": "no", "profileId": "p"}),
        (400, {"type": "signed_up", "profileId": "p", "attributes": {"no": 1}}),
    ],
    "createReferral": [
        (400, {**VALID["createReferral"], "campaignId": number}) for number in (1, 99, 0, -1, 2**63 - 1)
    ],
    "createReferralsForMultipleAdvocates": [
        (400, {**VALID["createReferralsForMultipleAdvocates"], "campaignId": number})
        for number in (1, 99, 0, -1, 2**63 - 1)
    ],
    "syncCatalog": [
        (400, {"actions": [{"type": "PATCH", "payload": {"sku": "no", "price": 1}}]}),
        (400, {"actions": [{"type": "ADD", "payload": {"sku": "x", "attributes": {"no": 1}}}]}),
        (400, {"actions": [{"type": "REMOVE_MANY", "payload": {"filters": [{"attr": "no", "op": "EQ", "value": 1}]}}]}),
    ],
}


@pytest.mark.parametrize("operation", UNKNOWN_INSIDE)
def test_something_that_is_not_there_is_refused(module_client: Any, operation: str) -> None:
    """Whatever a body names: audiences, campaigns, attributes, stores, types, items."""
    for status, body in UNKNOWN_INSIDE[operation]:
        assert status == refused(module_client, operation, target_of(operation), body)


UNKNOWN = {
    "audienceId": ("99", "-1", "0", "9223372036854775807"),
    "couponValue": ("NO", "%00", "x" * 5000, "%F0%9F%98%80"),
    "loyaltyCardId": ("no", "%00", "x" * 108),
    "loyaltyProgramId": ("99", "-1", "0", "9223372036854775807"),
    "catalogId": ("99", "-1", "9223372036854775807"),
    "integrationId": ("nobody", "%00", "x" * 1000),
    "customerSessionId": ("nothing", "%00", "x" * 1000),
}
UNREADABLE = {
    "audienceId": ("x", "1.5", "9223372036854775808", "9" * 5000, "%ff", "1e3", "NaN", "%20"),
    "couponValue": ("%ff", "%ED%A0%80"),
    "loyaltyCardId": ("x" * 109, "%ff"),
    "loyaltyProgramId": ("x", "1.5", "9223372036854775808", "9" * 5000, "%ff", "NaN"),
    "catalogId": ("x", "1.5", "9223372036854775808", "9" * 5000, "%ff"),
    "integrationId": ("x" * 1001, "%ff", "%ED%A0%80"),
    "customerSessionId": ("x" * 1001, "%ff", "%ED%A0%80"),
}
CREATES = {"updateCustomerSessionV2", "updateCustomerProfileV2"}


@pytest.mark.parametrize("operation", HANDLERS)
def test_an_id_that_is_not_there_is_refused(module_client: Any, operation: str) -> None:
    """By the body of its status; calls that make what they name are another matter."""
    for name in (parameter.name for parameter in CONTRACT.operations[operation].path_parameters):
        for value in UNKNOWN[name] if operation not in CREATES else ():
            status = refused(module_client, operation, target_of(operation, **{name: value}), VALID.get(operation))
            assert status in CONTRACT.operations[operation].responses


@pytest.mark.parametrize("operation", HANDLERS)
def test_an_id_that_cannot_be_is_refused(module_client: Any, operation: str) -> None:
    """With 400, whether or not that is documented for the operation."""
    for name in (parameter.name for parameter in CONTRACT.operations[operation].path_parameters):
        for value in UNREADABLE[name]:
            assert 400 == refused(module_client, operation, target_of(operation, **{name: value}), VALID.get(operation))


@pytest.mark.parametrize("operation", HANDLERS)
def test_a_parameter_that_cannot_be_read_is_refused(module_client: Any, operation: str) -> None:
    """By its name; of more fields than anybody sends, none is read."""
    wrong = {
        "integer": ("x", "9" * 5000, str(2**63), "1.5", "NaN"),
        "boolean": ("maybe", ""),
        "date-time": ("soon", "%00"),
    }
    found = CONTRACT.operations[operation]
    for parameter in found.query_parameters:
        schema = CONTRACT.resolve(parameter.schema)
        kind = schema.get("format", schema["type"])
        values = wrong.get(kind, ("\x00\ud83d".encode("utf-8", "replace").decode(),) if "enum" in schema else ())
        for value in (*values, "%ff"):
            assert 400 == refused(
                module_client, operation, f"{target_of(operation)}?{parameter.name}={value}", VALID.get(operation)
            )
    assert 400 == refused(module_client, operation, target_of(operation) + "?a=1" + "&a=1" * 1000, VALID.get(operation))


def test_every_operation_is_tried() -> None:
    """Each with a body has one that is fine, and those are taken."""
    assert HANDLERS.keys() >= CONTRACT.operations.keys()
    assert VALID.keys() == {name for name, operation in CONTRACT.operations.items() if operation.body is not None}


@pytest.mark.parametrize("operation", VALID)
def test_the_body_that_is_fine_is_taken(client: Any, operation: str) -> None:
    """So what is wrong with the others is one thing only."""
    if operation == "returnCartItems":
        client.update("ready", state="closed")
    status, _ = client.call(CONTRACT.operations[operation].method, target_of(operation), VALID[operation])

    assert 200 <= status < 300
