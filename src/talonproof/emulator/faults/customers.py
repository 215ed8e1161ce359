"""Faults of profiles: in what updates keep, in what counts as activity, in inventories, and in being forgotten."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from talonproof.emulator import profile
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import (
    edited_body,
    edited_reply,
    in_parts,
    in_path,
    is_dry,
    query,
    sent_list,
    with_list,
    with_query,
)
from talonproof.emulator.message import Reply, Request, as_object, reply
from talonproof.emulator.operations.customers import MAX_PROFILES

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

CUSTOMERS = Collection()

ONE = ("updateCustomerProfileV2",)
MANY = ("updateCustomerProfilesV2",)
INVENTORY = ("getCustomerInventory",)
ERASURE = ("deleteCustomerData",)
SECTIONS = ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")


@CUSTOMERS.must("effects-without-engine", "A profile update without the rule engine has an effect.", "PRO-001", on=ONE)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    effect: dict[str, Any] = {
        "campaignId": 1, "rulesetId": 1, "ruleIndex": 0, "ruleName": "a", "effectType": "showNotification", "props": {},
    }  # fmt: skip
    runs = query(request, "runRuleEngine") in {"true", "True", "TRUE", "1"}
    answer = proceed(request)
    return answer if runs else edited_reply(answer, lambda body: body["effects"].append(effect))


def _touch(emulator: Emulator, names: list[Any]) -> None:
    """Notes activity of profiles."""
    with emulator.store.transaction():
        for name in names:
            found = profile.find(emulator.store, name) if isinstance(name, str) else None
            if found is not None:
                found.active(emulator.clock.now())
                profile.save(emulator.store, found)


@CUSTOMERS.must("bulk-counts-as-activity", "An update of many profiles is activity of each.", "PRO-003", "PRO-010",
                on=MANY)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok:
        _touch(emulator, [item["integrationId"] for item in sent_list(request, "customerProfiles")])
    return answer


@CUSTOMERS.must(
    "reservation-counts-as-activity",
    "Reserving a coupon is activity of the customer.",
    "PRO-003",
    on=("createCouponReservation",),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok:
        _touch(emulator, sent_list(request, "integrationIDs"))
    return answer


@CUSTOMERS.must("dry-counts-as-activity", "A dry profile update is activity.", "DRY-010", "PRO-003", on=ONE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok and is_dry(request):
        _touch(emulator, [in_path(request, emulator, "integrationId")])
    return answer


@CUSTOMERS.must("activity-never-moves", "Nothing counts as activity of a customer.", "PRO-003", on=INVENTORY)
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        if "profile" in body:
            body["profile"]["lastActivity"] = body["profile"]["created"]

    return edited_reply(answer, edit)


@CUSTOMERS.must("bulk-never-silent", "An update of many profiles always has a body.", "PRO-004", on=MANY)
@on_request
def _(request: Request) -> Request:
    return with_query(request, silent="no") if query(request, "silent") in {None, "yes"} else request


@CUSTOMERS.must("bulk-always-silent", "An update of many profiles never has a body.", "PRO-005", on=MANY)
@on_request
def _(request: Request) -> Request:
    return with_query(request, silent="yes") if query(request, "silent") == "no" else request


@CUSTOMERS.must("bulk-refuses-a-thousand", "An update takes 999 profiles at most.", "PRO-008", on=MANY)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    too_many = len(sent_list(request, "customerProfiles")) >= MAX_PROFILES
    return reply(400, {"message": "Too many profiles.", "StatusCode": 400}) if too_many else proceed(request)


@CUSTOMERS.should("bulk-over-a-thousand", "More than 1000 profiles are updated at once.", "PRO-009", on=MANY)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    return in_parts(request, proceed, "customerProfiles", MAX_PROFILES)


@CUSTOMERS.should(
    "refused-bulk-half-stored",
    "Of many profiles of which one is wrong, the others are stored.",
    "ERR-002", "PRO-009",
    on=MANY,
)  # fmt: skip
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    items = sent_list(request, "customerProfiles")
    if answer.status == 400:
        for item in items[:MAX_PROFILES]:
            proceed(with_list(request, "customerProfiles", [item]))
    return answer


@CUSTOMERS.must("attributes-not-set", "A profile update leaves the attributes as they are.", "PRO-013", on=ONE)
@on_request
def _(request: Request) -> Request:
    if is_dry(request):
        return request
    return edited_body(request, lambda body: body.update(attributes={}) if "attributes" in body else None)


@CUSTOMERS.should("attributes-replaced", "Attributes that a profile update leaves out are gone.", "PRO-014", on=ONE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    body = as_object(request.document())
    if answer.ok and not is_dry(request) and body and "attributes" in body:
        with emulator.store.transaction():
            found = profile.find(emulator.store, in_path(request, emulator, "integrationId"))
            if found is not None:
                found.attributes = {name: value for name, value in body["attributes"].items() if value is not None}
                profile.save(emulator.store, found)
    return answer


def _without_changes(request: Request, key: str) -> Request:
    return edited_body(request, lambda body: body["audiencesChanges"].update({key: []}))


@CUSTOMERS.must("audience-adds-ignored", "A profile update adds no audience.", "PRO-012", on=ONE)
@on_request
def _(request: Request) -> Request:
    return _without_changes(request, "adds")


@CUSTOMERS.must("audience-deletes-ignored", "A profile update leaves no audience.", "PRO-012", on=ONE)
@on_request
def _(request: Request) -> Request:
    return _without_changes(request, "deletes")


@CUSTOMERS.must("erasure-not-done", "An erasure is answered but not done.", "PRO-015", on=ERASURE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if emulator.application_of(request) is None:
        return proceed(request)
    with emulator.store.reading():
        there = profile.known(emulator.store, in_path(request, emulator, "integrationId"))
    return proceed(request) if there is None else reply(204)


@CUSTOMERS.must("erasure-keeps-sessions", "An erasure leaves sessions as they are.", "PRO-015", on=ERASURE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    with emulator.store.reading():
        kept = emulator.store.all(
            "SELECT document, id FROM session WHERE profile = ?", in_path(request, emulator, "integrationId")
        )
    answer = proceed(request)
    with emulator.store.transaction():
        emulator.store.run_many("UPDATE session SET document = ? WHERE id = ?", kept if answer.ok else ())
    return answer


@CUSTOMERS.should("unknown-erased", "Erasing a customer that is not known is a success.", "PRO-016", on=ERASURE)
@on_reply
def _(answer: Reply) -> Reply:
    return reply(204) if answer.status == 404 else answer


@CUSTOMERS.must("profile-not-in-inventory", "An inventory never shows the profile.", "PRO-017", on=INVENTORY)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("profile", None))


@CUSTOMERS.should("section-though-false", "An inventory shows the sections that are not wanted.", "PRO-018",
                  on=INVENTORY)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    return with_query(request, **dict.fromkeys(SECTIONS, "true"))


@CUSTOMERS.must("bulk-answers-the-first", "An update of many profiles answers the first one for each.", "PRO-005",
                on=MANY)  # fmt: skip
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        states = body["integrationStates"]
        body["integrationStates"] = [copy.deepcopy(states[0]) for _ in states]

    return edited_reply(answer, edit)
