"""Faults in what a session keeps, adds up and refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from talonproof.emulator import profile, session
from talonproof.emulator.faults.fault import Collection, Proceed, on_request
from talonproof.emulator.faults.states import RETURN, UPDATE
from talonproof.emulator.faults.tampering import (
    Edit,
    catalog_prices,
    edited_body,
    edited_section,
    edited_session,
    is_dry,
    key_of,
    live_key,
    sent_session,
    state,
    stored,
    with_key,
)
from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.session import OPEN
from talonproof.emulator.world import Entity

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

CONTENT = Collection()

SESSIONS = ("getCustomerSession", *UPDATE, *RETURN)


def _showing(edit: Edit) -> Callable[[Request, Proceed, Emulator], Reply]:
    """An interceptor that edits the session of every answer that shows one."""
    return lambda request, proceed, _emulator: edited_section(proceed(request), "customerSession", edit)


def _sending(edit: Edit) -> Callable[[Request, Proceed, Emulator], Reply]:
    """An interceptor that edits the session of every update before it is handled."""
    return lambda request, proceed, _emulator: proceed(edited_session(request, edit))


CONTENT.must("total-without-costs", "The total leaves additional costs out.", "SES-042", "SES-044", on=SESSIONS)(
    _showing(lambda part: part.update(total=part["cartItemTotal"]))
)

CONTENT.should("item-total-ignores-quantity", "The item total counts each line once.", "SES-043", on=SESSIONS)(
    _showing(
        lambda part: part.update(
            cartItemTotal=(once := sum(item["price"] for item in part["cartItems"])),
            total=once + part["additionalCostTotal"],
        )
    )
)

CONTENT.should("created-changes", "The time of creation is that of the last update.", "SES-007", on=SESSIONS)(
    _showing(lambda part: part.update(created=part["updated"]))
)

CONTENT.must("first-session-always-false", "No session is the first one.", "SES-048", "SES-049", on=SESSIONS)(
    _showing(lambda part: part.update(firstSession=False))
)

CONTENT.should("first-session-always-true", "Every session is the first one.", "SES-050", on=SESSIONS)(
    _showing(lambda part: part.update(firstSession=True))
)


def _drop_if(name: str, value: object) -> Edit:
    def edit(sent: dict[str, Any]) -> None:
        if sent.get(name) == value and name in sent:
            del sent[name]

    return edit


CONTENT.must("coupons-not-cleared", "An empty list of coupon codes changes nothing.", "SES-006", "SES-036", on=UPDATE)(
    _sending(_drop_if("couponCodes", []))
)

CONTENT.must("referral-not-cleared", "An empty referral code changes nothing.", "SES-006", "SES-039", on=UPDATE)(
    _sending(_drop_if("referralCode", ""))
)


def _losing(name: str, empty: object) -> Edit:
    def edit(sent: dict[str, Any]) -> None:
        if sent.get(name) is None:
            sent[name] = empty

    return edit


CONTENT.must("coupons-lost", "Coupon codes that are left out are discarded.", "SES-037", "SES-038", on=UPDATE)(
    _sending(_losing("couponCodes", []))
)

CONTENT.must("referral-lost", "A referral code that is left out is discarded.", "SES-040", "SES-041", on=UPDATE)(
    _sending(_losing("referralCode", ""))
)

CONTENT.should("costs-lost", "Additional costs that are left out are dropped.", "SES-008", on=UPDATE)(
    _sending(_losing("additionalCosts", {}))
)


@CONTENT.must(
    "cart-item-attributes-kept",
    "Attributes of a cart item that are not sent again stay.",
    "SES-006", "SES-035",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    before = stored(request, emulator)

    def edit(sent: dict[str, Any]) -> None:
        for item, line in zip(sent.get("cartItems", ()), before.cart if before else (), strict=False):
            if item.get("sku") == line["sku"] and "attributes" in line:
                item["attributes"] = {**line["attributes"], **item.get("attributes", {})}

    return proceed(edited_session(request, edit))


@CONTENT.must(
    "catalog-price-wins", "The price of the catalog overrides the one that is sent.", "SES-006", "SES-030", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    prices = catalog_prices(emulator)

    def edit(sent: dict[str, Any]) -> None:
        for item in sent.get("cartItems", ()):
            if prices.get(item.get("sku")) is not None:
                item.pop("price", None)

    return proceed(edited_session(request, edit))


@CONTENT.should("unknown-item-is-free", "An item that has no price anywhere costs nothing.", "SES-029", on=UPDATE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    prices = catalog_prices(emulator)

    def edit(sent: dict[str, Any]) -> None:
        for item in sent.get("cartItems", ()):
            if "price" not in item and prices.get(item.get("sku")) is None:
                item["price"] = 0

    return proceed(edited_session(request, edit))


@CONTENT.should("over-long-cart-cut", "Of a cart that is too long, the first items are taken.", "SES-028", on=UPDATE)
@on_request
def _(request: Request) -> Request:
    def edit(sent: dict[str, Any]) -> None:
        cart = sent.get("cartItems", [])
        del cart[1000:]
        if sum(item.get("quantity", 0) for item in cart) > 10_000:
            for item in cart:
                item["quantity"] = 1

    return edited_session(request, edit)


@CONTENT.should(
    "unknown-attribute-accepted",
    "Attributes that are not defined are dropped in silence.",
    "SES-033",
    on=(*UPDATE, "updateCustomerProfileV2", "trackEventV2"),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    known = {name for names in emulator.world.attributes.values() for name in names}

    def edit(holder: dict[str, Any]) -> None:
        if isinstance(holder.get("attributes"), dict):
            holder["attributes"] = {name: value for name, value in holder["attributes"].items() if name in known}

    return proceed(edited_body(edited_session(request, edit), edit))


@CONTENT.should(
    "attribute-type-ignored",
    "A text attribute takes a value of any type, as text.",
    "SES-033",
    on=(*UPDATE, "updateCustomerProfileV2", "trackEventV2"),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    texts = {name for e in Entity for name, kind in emulator.world.attributes[e].items() if kind == "string"}

    def edit(holder: dict[str, Any]) -> None:
        if isinstance(holder.get("attributes"), dict):
            for name in texts & holder["attributes"].keys():
                holder["attributes"][name] = str(holder["attributes"][name])

    return proceed(edited_body(edited_session(request, edit), edit))


@CONTENT.should("unknown-cost-accepted", "Additional costs that do not exist are dropped.", "SES-032", on=UPDATE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    def edit(sent: dict[str, Any]) -> None:
        if isinstance(sent.get("additionalCosts"), dict):
            known = emulator.world.additional_costs
            sent["additionalCosts"] = {name: c for name, c in sent["additionalCosts"].items() if name in known}

    return proceed(edited_session(request, edit))


@CONTENT.should(
    "refused-update-half-stored",
    "Of an update that is refused for its attributes, the cart is stored.",
    "ERR-002",
    on=UPDATE,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    answer = proceed(request)
    if answer.status == 400 and not is_dry(request) and state(request, emulator) == OPEN:
        cart = (sent_session(request) or {}).get("cartItems")
        if cart is not None:
            proceed(request.without("now").with_document({"customerSession": {"cartItems": cart}}))
    return answer


@CONTENT.must(
    "applications-share-sessions",
    "A session id means the same session in every Application.",
    "SES-025",
    on=("getCustomerSession", *UPDATE),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    key = key_of(request, emulator)
    if key is None or key.test or key.expires is not None or is_dry(request):
        return proceed(request)
    return proceed(with_key(request, live_key(emulator)))


@CONTENT.must("first-update-not-stored", "The first update of an id is answered but not stored.", "SES-001", on=UPDATE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    new = stored(request, emulator) is None
    answer = proceed(request)
    made = stored(request, emulator) if new and answer.ok else None
    if made is not None:
        with emulator.store.transaction():
            session.forget(emulator.store, made)
    return answer


@CONTENT.must("later-carts-ignored", "Of several carts only the first is ever stored.", "SES-006", on=UPDATE)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if stored(request, emulator) is None:
        return proceed(request)
    return proceed(edited_session(request, lambda sent: sent.pop("cartItems", None)))


@CONTENT.must(
    "unknown-customer-refused", "A session of a profile that does not exist is refused.", "SES-046", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    name = (sent_session(request) or {}).get("profileId")
    with emulator.store.reading():
        unknown = bool(name) and profile.find(emulator.store, str(name)) is None
    return reply(400, {"message": "There is no such profile."}) if unknown else proceed(request)


@CONTENT.must(
    "cards-shown-unasked", "The loyalty of a session shows cards that it does not name.", "SES-056", on=UPDATE
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    name = (sent_session(request) or {}).get("profileId", "")
    sql = "SELECT identifier FROM card JOIN registration ON card_id = card.id WHERE profile = ? LIMIT 1"
    with emulator.store.reading():
        owned = [identifier for (identifier,) in emulator.store.all(sql, name)]
    return proceed(edited_session(request, lambda sent: sent.setdefault("loyaltyCards", owned)))
