"""The last activity of a profile is that of the last call that ran the rule engine and was not dry."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from strategies.coupons import reservation
from strategies.moments import instant, step
from strategies.showing import customer_of
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.model.moment import earlier
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

INVENTORY = ("updateCustomerProfileV2", "getCustomerInventory")
PLACE = "/profile/lastActivity"

Send = Callable[[Case, Api, str], Exchange]
"""Sends a call about a profile."""


def session(case: Case, api: Api, profile: str, *, dry: bool | None = None) -> Exchange:
    """An update of a session of the profile."""
    return api.put_session(case.new_id("session"), {"profileId": profile, "cartItems": [dict(CART[0])]}, dry=dry)


def event(case: Case, api: Api, profile: str, *, dry: bool | None = None) -> Exchange:
    """An event of the profile."""
    return api.track_event({"profileId": profile, "type": case.bindings.event_type}, dry=dry)


def profile(case: Case, api: Api, profile: str, *, dry: bool | None = None) -> Exchange:  # noqa: ARG001 - see Send
    """An update of the profile with the rule engine."""
    return api.put_profile(profile, {}, run_rule_engine=True, dry=dry)


def running(send: Send, *needs: str, footprint: str = "consume", operation: str) -> Any:
    """A call that runs the rule engine."""
    mark = scenario(
        "PRO-003",
        footprint=footprint,
        requests=4,
        depth="release",
        needs=needs,
        operations=(*INVENTORY, operation),
    )
    return pytest.param(send, marks=mark, id=send.__name__)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "send",
    [
        running(session, footprint="create", operation="updateCustomerSessionV2"),
        running(event, "event_type", operation="trackEventV2"),
        running(profile, operation="updateCustomerProfileV2"),
    ],
)
def test_the_rule_engine_is_activity(case: Case, api: Api, send: Send) -> None:
    """A call that runs the rule engine and is not dry moves the last activity of its profile."""
    name, before = at_rest_profile(case, api)
    was = activity(case, before)
    time.sleep(step(was).total_seconds() * 1.1)  # else both could fall on the same tick of a coarse clock
    sent = case.arranged(send(case, api, name))
    after = case.settled(
        partial(api.inventory, name, profile=True), lambda read: earlier(was, read.at("profile", "lastActivity"))
    )
    now = activity(case, after)
    case.judge(
        "PRO-003",
        earlier(was, now),
        f"the last activity was {was} before the call, is {now} after it, expected a later moment",
        of=(before, sent, after),
        pointer=PLACE,
        operation=sent.operation,
    )


@scenario("PRO-003", footprint="create", requests=4, depth="release", operations=INVENTORY)
def test_an_update_without_the_rule_engine_is_no_activity(case: Case, api: Api) -> None:
    """An update of a profile that does not run the rule engine leaves its last activity."""
    name, before = at_rest_profile(case, api)
    sent = case.arranged(api.put_profile(name, attributes(case, "after"), run_rule_engine=False))
    judge_still(case, "PRO-003", name, before, [sent])


@scenario("PRO-003", footprint="create", requests=6, depth="release", operations=INVENTORY)
def test_dry_calls_are_no_activity(case: Case, api: Api) -> None:
    """Dry calls of all three kinds leave the last activity of their profile, though they run the rule engine."""
    name, before = at_rest_profile(case, api)
    kinds = (session, profile, event) if case.bindings.event_type else (session, profile)
    judge_still(case, "PRO-003", name, before, [case.arranged(send(case, api, name, dry=True)) for send in kinds])


@scenario(
    "PRO-003",
    footprint="consume",
    requests=5,
    depth="release",
    needs=("coupons",),
    operations=(*INVENTORY, "createCouponReservation", "deleteCouponReservation"),
)
def test_a_reservation_is_no_activity(case: Case, api: Api) -> None:
    """The reservation of a coupon leaves the last activity of the profile that it is for."""
    name, before = at_rest_profile(case, api)
    coupon = {"couponValue": case.bindings.coupons[0]}
    sent = case.arranged(case.send("createCouponReservation", path=coupon, body=reservation([name])))
    try:
        judge_still(case, "PRO-003", name, before, [sent])
    finally:
        case.send("deleteCouponReservation", path=coupon, body=reservation([name]))


@scenario(
    "PRO-010",
    footprint="create",
    requests=6,
    depth="release",
    operations=("updateCustomerProfilesV2", "getCustomerInventory"),
)
def test_an_update_of_many_profiles_is_no_activity(case: Case, api: Api) -> None:
    """An update of many profiles leaves the last activity of each of them."""
    people = [case.new_id("profile") for _ in range(2)]
    case.arranged(api.put_profiles([{"integrationId": name, **attributes(case, "before")} for name in people]))
    before = [at_rest(case, partial(api.inventory, name, profile=True)) for name in people]
    sent = case.arranged(api.put_profiles([{"integrationId": name, **attributes(case, "after")} for name in people]))
    for name, read in zip(people, before, strict=True):
        judge_still(case, "PRO-010", name, read, [sent])


def attributes(case: Case, text: str) -> dict[str, Any]:
    """Attributes for a profile, where one is bound."""
    bound = case.bindings.profile_attribute
    return {"attributes": {bound: text}} if bound else {}


def at_rest_profile(case: Case, api: Api) -> tuple[str, Exchange]:
    """A fresh profile, and its inventory once nothing in it moves any more; 2 requests."""
    name = case.new_id("profile")
    case.arranged(api.put_profile(name, attributes(case, "before")))
    return name, at_rest(case, partial(api.inventory, name, profile=True))


def activity(case: Case, read: Exchange) -> str:
    """The last activity in an inventory; blocks the case where there is none."""
    moment = customer_of(case, read).get("lastActivity")
    if instant(moment) is None:
        case.block(f"the inventory shows {moment!r} for lastActivity")
    return str(moment)


def judge_still(case: Case, requirement: str, name: str, before: Exchange, sent: Sequence[Exchange]) -> None:
    """Judges that calls left the last activity of a profile; 1 request, after the settle time if nothing moves."""
    was = activity(case, before)
    after = case.settled(
        partial(Api(case).inventory, name, profile=True),
        lambda read: not same(read.at("profile", "lastActivity"), was),
    )
    now = activity(case, after)
    case.judge(
        requirement,
        same(now, was),
        f"the last activity was {was}, is {now} after {', '.join(one.operation for one in sent)}",
        of=(before, *sent, after),
        pointer=PLACE,
        operation=sent[-1].operation,
    )
