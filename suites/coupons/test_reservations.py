"""A coupon that is reserved for customers is theirs until the reservation is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from strategies.coupons import Change, programs, released, reserved, same_code
from strategies.placeholders import PROFILE, several
from strategies.reserving import giving_back, holders, owned, seen_coupons, seen_holders
from strategies.showing import judge_size
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.verdict import Reason

RESERVING = ("createCouponReservation", "deleteCouponReservation", "getReservedCustomers")
PEOPLE = several(PROFILE, 4)


@scenario(
    "CPN-001", "CPN-002", "CPN-003", "CPN-004", "CPN-005", "CPN-008",
    footprint="consume",
    requests=6,
    needs=("coupons",),
    operations=(*RESERVING, "getCustomerInventory", "updateCustomerProfileV2"),
)  # fmt: skip
def test_a_reservation(case: Case, api: Api) -> None:
    """A coupon that is reserved is answered, its customer is listed with it, and no more once that is deleted."""
    coupon, name = case.bindings.coupons[0], case.new_id("profile")
    case.arranged(api.put_profile(name, {}))
    with giving_back(case):
        sent = api.reserve(coupon, [name])
        if not judge_reserved(case, sent, coupon):
            return
        read = seen_holders(case, coupon, inside=[name])
        judge_listed(case, sent, read, [name])
        if read.ok:
            judge_size(case, "CPN-008", read, again=lambda: api.reserved_customers(coupon))
        judge_owned(case, sent, name, coupon)
        ended = api.release(coupon, [name])
        if case.accepted("CPN-005", ended, doing="the deletion of a reservation"):
            judge_gone(case, ended, seen_holders(case, coupon, outside=[name]), [name])


def kind(binding: str) -> Any:
    """A coupon of some kind."""
    mark = scenario(
        "CPN-001", "CPN-002", "CPN-003", "CPN-004", "CPN-005", "CPN-006",
        footprint="consume",
        requests=8,
        depth="release",
        needs=(binding,),
        operations=(*RESERVING, "getCustomerInventory", "updateCustomerProfilesV2"),
    )  # fmt: skip
    return pytest.param(binding, marks=mark, id=binding.removesuffix("_coupon"))


@pytest.mark.parametrize("binding", [kind("soft_coupon"), kind("mandatory_coupon")])
def test_a_reserved_coupon_is_in_the_inventory(case: Case, api: Api, binding: str) -> None:
    """Both kinds of reservation show in list and inventory; that of one customer ends without that of another."""
    coupon: str = getattr(case.bindings, binding)
    leaves, stays = people = [case.new_id("profile") for _ in range(2)]
    case.arranged(api.put_profiles([{"integrationId": name} for name in people]))
    with giving_back(case):
        sent = api.reserve(coupon, people)
        if not judge_reserved(case, sent, coupon):
            return
        judge_listed(case, sent, seen_holders(case, coupon, inside=people), people)
        judge_owned(case, sent, leaves, coupon)
        ended = api.release(coupon, [leaves])
        if not case.accepted("CPN-005", ended, doing="the deletion of a reservation"):
            return
        read = seen_holders(case, coupon, inside=[stays], outside=[leaves])
        judge_gone(case, ended, read, [leaves])
        judge_listed(case, ended, read, [stays], check="the_other_stays")
        judge_left_inventory(case, ended, leaves, coupon)


@scenario(
    "CPN-013",
    footprint="create",
    requests=2,
    depth="release",
    needs=("visible_coupon",),
    operations=("getCustomerInventory", "updateCustomerProfileV2"),
)
def test_a_coupon_for_everyone(case: Case, api: Api) -> None:
    """A coupon that is visible to everyone is in the inventory of a customer who has reserved nothing."""
    coupon, name = case.bindings.visible_coupon or "", case.new_id("profile")
    case.arranged(api.put_profile(name, {}))
    read = seen_coupons(case, name, coupon, there=True)
    case.judge(
        "CPN-013",
        bool(owned(read, coupon)),
        "the coupon that is visible to everyone is not in the inventory of a new customer",
        of=read,
        pointer="/coupons",
    )


@scenario(
    "CPN-003",
    also=("CPN-001", "CPN-005"),
    footprint="consume",
    requests=6,
    examples=(0, 0, 40),
    needs=("coupons",),
    operations=(*RESERVING, "updateCustomerProfilesV2"),
)
def test_listed_are_those_who_reserved_and_did_not_give_up(case: Case, api: Api) -> None:
    """After several calls for several customers those are listed whose last one was a reservation."""

    def body(drawn: list[Change]) -> None:
        coupon, ids = case.bindings.coupons[0], {person: case.new_id("profile") for person in PEOPLE}
        case.arranged(api.put_profiles([{"integrationId": name} for name in ids.values()]))
        with giving_back(case):
            sent: list[Exchange] = []
            for change in drawn:
                people = [ids[person] for person in change.people]
                call, clause = (api.reserve, "CPN-001") if change.reserves else (api.release, "CPN-005")
                sent.append(call(coupon, people))
                if not case.accepted(clause, sent[-1]):
                    return
            inside = [ids[person] for person in reserved(drawn)]
            left = [ids[person] for person in released(drawn)]
            read = seen_holders(case, coupon, inside=inside, outside=left)
            judge_listed(case, sent[-1], read, inside)
            if left:
                judge_gone(case, sent[-1], read, left)

    explore(case, programs(PEOPLE), body, show=plain)


def plain(program: list[Change]) -> list[Any]:
    """The program as plain JSON."""
    return [["reserve" if change.reserves else "release", *change.people] for change in program]


def judge_reserved(case: Case, sent: Exchange, coupon: str) -> bool:
    """Judges that a reservation is answered 201 with the coupon; gives whether it was made."""
    case.answered("CPN-001", sent, 201, doing="the reservation of a coupon")
    if sent.ok:
        value = sent.at("value")
        message = f"the coupon answered has the value {value!r}, expected that of the path"
        case.judge("CPN-002", same_code(value, coupon), message, of=sent, pointer="/value", check="the_code_answered")
    return sent.ok


def judge_listed(
    case: Case, sent: Exchange, read: Exchange, people: Sequence[str], *, check: str = "reserved_customers"
) -> bool:
    """Judges that the list of reserved customers has people after a call."""
    missing = len(set(people) - holders(read))
    return case.judge(
        "CPN-003",
        not missing,
        f"{missing} of {len(people)} customers for whom the coupon was reserved are not listed",
        of=(sent, read),
        pointer="/data",
        operation=sent.operation,
        check=check,
    )


def judge_owned(case: Case, sent: Exchange, name: str, coupon: str) -> None:
    """Judges that a coupon is in the inventory of a customer after its reservation; 1 request."""
    read = seen_coupons(case, name, coupon, there=True)
    case.judge(
        "CPN-004",
        bool(owned(read, coupon)),
        "the coupon that was reserved for the customer is not in the inventory",
        of=(sent, read),
        pointer="/coupons",
        operation=sent.operation,
        check="reserved_coupons",
    )


def judge_gone(case: Case, ended: Exchange, read: Exchange, people: Sequence[str]) -> None:
    """Judges that the list of reserved customers does not have people after the last call about them."""
    still = len(holders(read).intersection(people))
    case.judge(
        "CPN-005",
        not still,
        f"{still} of {len(people)} customers whose reservation was deleted are still listed",
        of=(ended, read),
        pointer="/data",
        operation=ended.operation,
        check="released_customers",
    )


def judge_left_inventory(case: Case, ended: Exchange, name: str, coupon: str) -> None:
    """Judges that a coupon has left an inventory, where it is not visible to everyone; 1 request."""
    read = seen_coupons(case, name, coupon, there=False)
    if any(one.get("implicitlyReserved") is True for one in owned(read, coupon)):
        case.unsupported(Reason.BINDING, "the coupon that is bound is visible to everyone")
    case.judge(
        "CPN-006",
        not owned(read, coupon),
        "the coupon whose reservation was deleted is still in the inventory",
        of=(ended, read),
        pointer="/coupons",
        operation=ended.operation,
        check="released_coupons",
    )
