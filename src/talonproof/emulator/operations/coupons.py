"""Coupons are reserved for customers, and released again. No reservation runs the rule engine."""

from __future__ import annotations

from typing import Any

from talonproof.emulator import coupon, profile
from talonproof.emulator.call import Call
from talonproof.emulator.checked import customer_id
from talonproof.emulator.coupon import Coupon
from talonproof.emulator.message import Reply, reply
from talonproof.emulator.refusal import Refusal, bad_body


def reserve(call: Call) -> Reply:
    """Reserves a coupon for customers, making those that are not known; its reservation limit does not count here.

    A coupon for one recipient can be reserved for that one alone.
    """
    kept = _coupon(call)
    names = _customers(call)
    for index, name in enumerate(names):
        if kept.recipient not in {None, name}:
            details = "This coupon is for another customer."
            raise bad_body(f"/integrationIDs/{index}", "Not allowed", details)
    for name in names:
        profile.ensure(call.store, name, call.now)
        coupon.reserve(call.store, kept, name, call.now)
    return reply(201, coupon.document(call.store, kept))


def release(call: Call) -> Reply:
    """Ends reservations; of who has none there is nothing to end."""
    kept = _coupon(call)
    for name in _customers(call):
        coupon.release(call.store, kept, name)
    return reply(204)


def holders(call: Call) -> Reply:
    """The customers for whom a coupon is reserved, all of them."""
    kept = _coupon(call)
    rows: list[dict[str, Any]] = []
    for name in coupon.holders(call.store, kept):
        customer, _ = profile.ensure(call.store, name, call.now, visible=False)
        rows.append(profile.document(call.store, customer, call.world.account))
    return reply(200, {"totalResultSize": len(rows), "data": rows})


def _coupon(call: Call) -> Coupon:
    """The coupon in the path; Refusal (404) where there is none. Whether capitals count, the Application says."""
    code: str = call.parameters["couponValue"]
    found = coupon.find(call.store, code, sensitive=call.application.sensitive)
    if found is None:
        raise Refusal(404, f'There is no coupon "{code}".')
    return found


def _customers(call: Call) -> list[str]:
    sent: list[str] = call.body["integrationIDs"]
    return [customer_id(name, f"/integrationIDs/{index}") for index, name in enumerate(sent)]
