"""Faults of returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from talonproof.emulator.faults.content import SESSIONS
from talonproof.emulator.faults.fault import Collection, Proceed, on_reply
from talonproof.emulator.faults.states import RETURN
from talonproof.emulator.faults.tampering import (
    edited_body,
    edited_reply,
    edited_section,
    is_dry,
    overwrite,
    stored,
)
from talonproof.emulator.message import Reply, Request, as_array, as_object
from talonproof.emulator.session import CLOSED, RETURNED, Session

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

RETURNS = Collection()


@RETURNS.should(
    "return-above-quantity",
    "More units can be returned than remain.",
    "RET-003", "SES-125", "SES-134", "SES-225",
    on=RETURN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    before = stored(request, emulator)
    if before is None or is_dry(request) or before.state not in {CLOSED, RETURNED}:
        return proceed(request)
    bought = [line["quantity"] for line in before.cart]

    def more(found: Session) -> None:
        for line in found.cart:
            line["quantity"] += 1_000_000

    def restore(found: Session) -> None:
        for line, quantity in zip(found.cart, bought, strict=True):
            line["quantity"] = quantity

    def show(body: dict[str, Any]) -> None:
        for item, quantity in zip(body.get("customerSession", {}).get("cartItems", ()), bought, strict=False):
            item["quantity"] = quantity
            item["remainingQuantity"] = quantity - item["returnedQuantity"]

    if proceed(request.with_pairs([("dry", "true")])).ok:
        return proceed(request)
    overwrite(request, emulator, more)
    answer = proceed(request)
    overwrite(request, emulator, restore)
    return edited_reply(answer, show)


@RETURNS.should("returned-not-cumulative", "A second return replaces the counters of the first.", "RET-001", on=RETURN)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    before = stored(request, emulator)
    answer = proceed(request)
    if not answer.ok or before is None or is_dry(request):
        return answer
    earlier = [line["returned"] for line in before.cart]

    def forget(found: Session) -> None:
        for line, count in zip(found.cart, earlier, strict=True):
            line["returned"] -= count if line["returned"] > count else 0

    def show(part: dict[str, Any]) -> None:
        for item, count in zip(part["cartItems"], earlier, strict=True):
            item["returnedQuantity"] -= count if item["returnedQuantity"] > count else 0
            item["remainingQuantity"] = item["quantity"] - item["returnedQuantity"]

    overwrite(request, emulator, forget)
    return edited_section(answer, "customerSession", show)


@RETURNS.should(
    "return-half-applied",
    "Of a return that is refused, the entries that fit are carried out.",
    "ERR-002", "RET-003", "SES-225",
    on=RETURN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    answer = proceed(request)
    part = as_object((as_object(request.document()) or {}).get("return")) or {}
    if answer.status == 400 and not is_dry(request):
        for entry in as_array(part.get("returnedCartItems")) or ():
            proceed(request.with_document({"return": {"returnedCartItems": [entry]}}))
    return answer


@RETURNS.should(
    "remaining-not-reduced", "A return leaves the remaining units as they were.", "RET-001", "RET-002", on=SESSIONS
)
@on_reply
def _(answer: Reply) -> Reply:
    def show(part: dict[str, Any]) -> None:
        for item in part["cartItems"]:
            item["remainingQuantity"] = item["quantity"]

    return edited_section(answer, "customerSession", show)


@RETURNS.should(
    "negative-position-accepted",
    "A negative position in a return counts from the end of the cart.",
    "RET-004", "SES-125", "SES-225",
    on=RETURN,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    visit = stored(request, emulator)

    def edit(body: dict[str, Any]) -> None:
        for item in body["return"]["returnedCartItems"]:
            if item["position"] < 0 and visit is not None:
                item["position"] += len(visit.cart)

    return proceed(edited_body(request, edit))


@RETURNS.should("previous-returns-hold-this-one", "The earlier returns include the present one.", "RET-005", on=RETURN)
def _(request: Request, proceed: Proceed, _emulator: Emulator) -> Reply:
    sent = as_object(request.document()) or {}

    def show(body: dict[str, Any]) -> None:
        if "previousReturns" in sent.get("responseContent", ()):
            body["previousReturns"] = [*body.get("previousReturns", ()), body["return"]]

    return edited_reply(proceed(request), show)


@RETURNS.must(
    "return-names-another-session", "A return carries the number of its session as its name.", "RET-006", on=RETURN
)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_section(answer, "return", lambda part: part.update(sessionIntegrationId=str(part["sessionId"])))


@RETURNS.should("return-left-out", "The answer to a return does not hold it.", "RET-008", on=RETURN)
@on_reply
def _(answer: Reply) -> Reply:
    return edited_reply(answer, lambda body: body.pop("return", None))
