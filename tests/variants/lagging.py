"""A write shows in inventories, lists of customers or prices of carts a little later, and not on all replicas."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from talonproof.emulator.message import Reply, Request, reply
from tests.variants.behaviours import cart
from tests.variants.variant import Asked, Behaviour, Proceed, refusal

SECTIONS = ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")

OF_PROFILES = frozenset({"integrationId", "profileId", "profileIntegrationId", "advocateProfileIntegrationId"})
OF_MANY = frozenset({"integrationIDs", "advocateProfileIntegrationIds"})
MANY = 50
"""Profiles of one request; of more than these the write shows at once."""


def lagging(longest: float) -> Behaviour:
    """Each read of an inventory, or of who has reserved a coupon, is up to so many seconds old, each another time."""
    lists: dict[str, list[tuple[float, Reply]]] = {}
    past: dict[str, list[tuple[float, Reply]]] = {}
    owners: dict[str, str] = {}
    inside: dict[str, set[str]] = {}
    drawn = random.Random(0)

    def read(asked: Asked, proceed: Proceed, profile: str) -> Reply:
        every = "&".join(f"{name}=true" for name in SECTIONS)
        return proceed(asked.get(f"/v1/customer_profiles/{quote(profile, safe='')}/inventory?{every}"))

    def touched(asked: Asked) -> set[str]:
        """The profiles that a write may change: those it names, that of its session, the members of its audience."""
        body = asked.body()
        found = {*_named(body), *_named(asked.path)}
        session, audience = asked.path.get("customerSessionId", ""), asked.path.get("audienceId", "")
        if owners.get(session):
            found.add(owners[session])
        if session:
            owners[session] = next(_named(body), owners.get(session, ""))
        for number in (*_audiences(body), *([audience] if audience else [])):
            inside.setdefault(number, set()).update(found)
        return found | inside.get(audience, set())

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        now = time.monotonic()
        if asked.writes:
            names = touched(asked)
            for profile in names if len(names) <= MANY else ():
                before = read(asked, proceed, profile)
                if before.ok or before.status == 404:  # else the key is at fault, and the write is refused as well
                    past.setdefault(profile, []).append((now, before))
            if coupon := asked.path.get("couponValue", ""):
                target = f"/v1/coupon_reservations/customerprofiles/{quote(coupon, safe='')}"
                lists.setdefault(coupon, []).append((now, proceed(asked.get(target))))
            return proceed(asked.request)
        answer = proceed(asked.request)
        if asked.operation == "getReservedCustomers" and answer.ok:
            seen = now - drawn.uniform(0, longest)
            older = (before for written, before in lists.get(asked.path["couponValue"], ()) if written > seen)
            return next((before for before in older if before.ok), answer)
        if asked.operation != "getCustomerInventory" or not (answer.ok or answer.status == 404):
            return answer
        seen = now - drawn.uniform(0, longest)
        for written, before in past.get(asked.path["integrationId"], ()):
            if written > seen:
                wanted = {name for name in SECTIONS if asked.query.get(name, "").lower() == "true"}
                shown = {name: one for name, one in before.document().items() if name in wanted}
                return reply(200, shown) if before.ok else before
        return answer

    return behave


def lagging_catalog(longest: float) -> Behaviour:
    """Each cart takes the prices that items had up to so many seconds ago, a different time each."""
    past: dict[str, list[tuple[float, float | None]]] = {}
    drawn = random.Random(0)

    def price(asked: Asked, proceed: Proceed, sku: str) -> float | None:
        body = {"customerSession": {"cartItems": [{"sku": sku, "quantity": 1}]}, "responseContent": ["customerSession"]}
        probe = Request("PUT", "/v2/customer_sessions/lagging-catalog?dry=true", asked.request.headers)
        shown = proceed(probe.with_document(body))
        return shown.document()["customerSession"]["cartItemTotal"] if shown.ok else None

    def behave(asked: Asked, proceed: Proceed) -> Reply:
        now = time.monotonic()
        if asked.operation == "syncCatalog":
            actions = asked.body().get("actions")
            found = [_sku(action) for action in actions] if isinstance(actions, list) else []
            named = {sku for sku in found if sku}
            for sku in (named or set(past)) if len(found) <= MANY else ():
                past.setdefault(sku, []).append((now, price(asked, proceed, sku)))
            return proceed(asked.request)
        body = asked.body() if asked.operation == "updateCustomerSessionV2" else {}
        seen = now - drawn.uniform(0, longest)
        priced = False
        for item in cart(body):
            before = [then for at, then in past.get(str(item.get("sku")), ()) if at > seen]
            if "price" not in item and before:
                if before[0] is None:
                    return refusal(400, "An item has no price.")
                item["price"], priced = before[0], True
        return proceed(asked.request.with_document(body) if priced else asked.request)

    return behave


def _sku(action: Any) -> str:
    """The SKU that an action names; empty where it names none."""
    payload = action.get("payload") if isinstance(action, dict) else None
    sku = payload.get("sku") if isinstance(payload, dict) else None
    return sku if isinstance(sku, str) else ""


def _named(value: Any) -> Iterator[str]:
    """The profiles that a request names, wherever it does."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one)
    if isinstance(value, dict):
        for name, one in value.items():
            if name in OF_PROFILES and isinstance(one, str) and one:
                yield one
            elif name in OF_MANY and isinstance(one, list):
                yield from (each for each in one if isinstance(each, str))
            else:
                yield from _named(one)


def _audiences(value: Any) -> Iterator[str]:
    """The numbers of the audiences that a request lets somebody enter or leave."""
    changes, data = value.get("audiencesChanges"), value.get("data")
    for name in ("adds", "deletes"):
        yield from (str(one) for one in (changes.get(name) if isinstance(changes, dict) else None) or ())
    for item in data if isinstance(data, list) else ():
        yield str(item.get("audienceId")) if isinstance(item, dict) else ""
