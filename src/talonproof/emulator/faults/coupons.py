"""Faults of coupon reservations."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from talonproof.emulator.faults.fault import Collection, Proceed, on_reply, on_request
from talonproof.emulator.faults.tampering import edited_body, edited_reply, in_parts, in_path, sent_list
from talonproof.emulator.message import Reply, Request

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

COUPONS = Collection()

RESERVE = ("createCouponReservation",)
RELEASE = ("deleteCouponReservation",)
HOLDERS = ("getReservedCustomers",)
INVENTORY = ("getCustomerInventory",)

_MOST = 1000
_RELEASED = "fault: released coupons"


@COUPONS.must("reservation-200", "A reservation is answered 200.", "CPN-001", "ERR-007", on=RESERVE)
@on_reply
def _(answer: Reply) -> Reply:
    return replace(answer, status=200) if answer.ok else answer


@COUPONS.should("another-coupon-answered", "A reservation is answered with another code.", "CPN-002", on=RESERVE)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(value=body["value"] + "-X"))


def _with_rows(body: dict[str, Any], rows: list[Any]) -> None:
    body.update(data=rows, totalResultSize=len(rows))


@COUPONS.must("reservation-not-listed", "The last one who reserved a coupon is not listed.", "CPN-003", on=HOLDERS)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: _with_rows(body, body["data"][:-1]))


@COUPONS.must("hard-reservations-not-listed", "Who reserved a coupon that asks for it is not listed.", "CPN-003",
              on=HOLDERS)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    code = in_path(request, emulator, "couponValue")
    with emulator.store.reading():
        hard = emulator.store.one("SELECT 1 FROM coupon WHERE value = ? AND mandatory", code)
    answer = proceed(request)
    return edited_reply(answer, lambda body: _with_rows(body, [])) if hard else answer


def _of_inventory(answer: Reply, *, keep_visible: bool) -> Reply:
    """The inventory with the coupons only that are visible to everybody, or only those that are not."""

    def edit(body: dict[str, Any]) -> None:
        if "coupons" in body:
            body["coupons"] = [one for one in body["coupons"] if one["implicitlyReserved"] is keep_visible]

    return edited_reply(answer, edit)


@COUPONS.must("reservation-not-in-inventory", "An inventory leaves out what the customer reserved.", "CPN-004",
              "PRO-017", on=INVENTORY)  # fmt: skip
@on_reply
def _(answer: Reply) -> Reply:
    return _of_inventory(answer, keep_visible=True)


@COUPONS.must("hard-reservation-not-in-inventory", "An inventory leaves out coupons that ask for a reservation.",
              "CPN-004", on=INVENTORY)  # fmt: skip
@on_reply
def _(answer: Reply) -> Reply:
    def edit(body: dict[str, Any]) -> None:
        if "coupons" in body:
            body["coupons"] = [one for one in body["coupons"] if not one["isReservationMandatory"]]

    return edited_reply(answer, edit)


@COUPONS.must("visible-coupon-hidden", "An inventory leaves out the coupons of everybody.", "CPN-013", on=INVENTORY)
@on_reply
def _(answer: Reply) -> Reply:
    return _of_inventory(answer, keep_visible=False)


@COUPONS.must("release-not-done", "Ending a reservation is answered but not done.", "CPN-005", "CPN-006", on=RELEASE)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    return proceed(request.with_document({"integrationIDs": []}) if sent_list(request, "integrationIDs") else request)


@COUPONS.must("release-of-all", "Ending a reservation ends those of everybody.", "CPN-003", on=RELEASE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok:
        code = in_path(request, emulator, "couponValue")
        with emulator.store.transaction():
            emulator.store.run(
                "DELETE FROM reservation WHERE coupon_id = (SELECT id FROM coupon WHERE value = ?)", code
            )
    return answer


@COUPONS.should(
    "released-coupon-in-inventory",
    "A coupon whose reservation ended stays in the inventory.",
    "CPN-006",
    on=(*RELEASE, *INVENTORY),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    with emulator.store.reading():
        kept: dict[str, Any] = json.loads(emulator.store.noted(_RELEASED) or "{}")
    if request.method == "GET":
        more = kept.get(in_path(request, emulator, "integrationId"), [])
        return edited_reply(proceed(request), lambda body: body["coupons"].extend(more) if "coupons" in body else None)
    code = in_path(request, emulator, "couponValue")
    for name in sent_list(request, "integrationIDs"):
        seen = Request("GET", f"/v1/customer_profiles/{name}/inventory?coupons=true", request.headers)
        answer = proceed(seen) if isinstance(name, str) and name.isascii() else Reply(404)
        if answer.ok:
            kept[name] = [one for one in answer.document()["coupons"] if one["value"] == code]
    answer = proceed(request)
    if answer.ok:
        with emulator.store.transaction():
            emulator.store.note(_RELEASED, json.dumps(kept))
    return answer


@COUPONS.must("only-the-first-reserves", "Of several customers the first alone has the coupon reserved.", "CPN-003",
              on=RESERVE)  # fmt: skip
@on_request
def _(request: Request) -> Request:
    return edited_body(request, lambda body: body.update(integrationIDs=body["integrationIDs"][:1]))


@COUPONS.should(
    "reservations-over-a-thousand",
    "A coupon is reserved for more than 1000 customers at once, or released by as many.",
    "CPN-007", "ERR-011",
    on=(*RESERVE, *RELEASE),
)  # fmt: skip
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    return in_parts(request, proceed, "integrationIDs", _MOST)


@COUPONS.should(
    "result-size-off",
    "Lists that have no pages are said to be one row longer than they are.",
    "CPN-008",
    on=(*HOLDERS, "createReferralsForMultipleAdvocates"),
)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.update(totalResultSize=body["totalResultSize"] + 1))


@COUPONS.must("reservation-of-nobody", "A reservation is answered but not made.", "CPN-003", "CPN-004", on=RESERVE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.ok:
        code = in_path(request, emulator, "couponValue")
        with emulator.store.transaction():
            emulator.store.run_many(
                "DELETE FROM reservation WHERE profile = ? AND coupon_id = (SELECT id FROM coupon WHERE value = ?)",
                [(name, code) for name in sent_list(request, "integrationIDs")],
            )
    return answer
