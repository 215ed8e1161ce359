"""A dry session update is evaluated and forgotten: sessions, profiles and counters read as before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st

from strategies import unchanged
from strategies.placeholders import PROFILE, bind
from strategies.sessions import UNKNOWN_COUPONS, UNKNOWN_REFERRAL, sessions
from strategies.unchanged import SECTIONS, View, at_rest, judge_unchanged, judge_unmoved, reread
from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.target import Bindings

SESSION_OPERATIONS = ("getCustomerSession", "updateCustomerSessionV2")
WITH_PROFILE = (*SESSION_OPERATIONS, "getCustomerInventory")

FULL: Mapping[str, Any] = {
    "profileId": PROFILE,
    "cartItems": [
        dict(CART[0]),
        {**CART[1], "quantity": 1},
        {"name": "bowl", "sku": "tp-bowl", "quantity": 1, "price": 7},
    ],
    "identifiers": ["talonproof"],
}

PAYLOADS: Mapping[str, Mapping[str, Any]] = {
    "plain": {"cartItems": [dict(CART[1])]},
    "closing": {**FULL, "state": "closed"},
    "cancelling": {"state": "cancelled"},
    "with-codes": {**FULL, "couponCodes": list(UNKNOWN_COUPONS), "referralCode": UNKNOWN_REFERRAL, "state": "closed"},
    "emptying": {"cartItems": [], "couponCodes": [], "referralCode": "", "profileId": "", "identifiers": []},
}
"""What dry updates send, by what it would do if it were not dry."""


def payload(name: str, bindings: Bindings, profile: str) -> dict[str, Any]:
    """One of the payloads for a profile, with whatever attributes and codes are bound."""
    found = bind(PAYLOADS[name], {PROFILE: profile})
    if name == "with-codes":
        found["couponCodes"] = [*bindings.coupons, *found["couponCodes"]]
        texts = {bindings.session_attribute: "dry", bindings.number_attribute: 7}
        found["attributes"] = {key: value for key, value in texts.items() if key}
    return found


def answered(case: Case, exchange: Exchange) -> Exchange:
    """A dry call that was evaluated or refused: in either case nothing may be stored."""
    if not (exchange.ok or exchange.refused):
        case.block(f"{exchange.operation} answered {exchange.status}")
    return exchange


def fresh(name: str, *, depth: str = "release") -> Any:
    """A payload for an id that was never used."""
    mark = scenario("DRY-001", "DRY-003", footprint="dry", requests=5, depth=depth, operations=WITH_PROFILE)
    return pytest.param(name, marks=mark, id=name)


@pytest.mark.parametrize("name", [fresh("closing", depth="smoke"), fresh("with-codes")])
def test_a_dry_creation_leaves_nothing(case: Case, api: Api, name: str) -> None:
    """A dry update of an id never used leaves neither a session nor the profile that it names."""
    session, profile = case.new_id("session"), case.new_id("profile")
    nobody = api.inventory(profile, **SECTIONS)
    nothing = api.get_session(session)
    dry = case.arranged(api.put_session(session, payload(name, case.bindings, profile), dry=True))
    after = reread(case, unchanged.session, nothing, partial(api.get_session, session))
    judge_unchanged(case, "DRY-001", unchanged.session, nothing, [dry], after)
    after = reread(case, unchanged.inventory, nobody, partial(api.inventory, profile, **SECTIONS))
    judge_unchanged(case, "DRY-003", unchanged.inventory, nobody, [dry], after)


@scenario("DRY-001", "DRY-003", footprint="dry", requests=5, examples=(0, 8, 200), operations=WITH_PROFILE)
def test_no_dry_creation_leaves_anything(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever a dry update of an id never used holds, it leaves neither a session nor a profile."""

    def body(drawn: dict[str, Any]) -> None:
        session, profile = case.new_id("session"), case.new_id("profile")
        nobody = api.inventory(profile, **SECTIONS)
        nothing = api.get_session(session)
        dry = case.arranged(api.put_session(session, bind(drawn, {PROFILE: profile}), dry=True))
        after = api.get_session(session)
        judge_unchanged(case, "DRY-001", unchanged.session, nothing, [dry], after)
        after = api.inventory(profile, **SECTIONS)
        judge_unchanged(case, "DRY-003", unchanged.inventory, nobody, [dry], after)

    codes = (*UNKNOWN_COUPONS, *bindings.coupons)
    drawn = sessions(
        bindings, states=("open", "closed"), coupons=codes, referrals=(UNKNOWN_REFERRAL,), profile=True, item_costs=True
    )
    explore(case, drawn, body)


def stored(state: str, name: str, *, depth: str = "release") -> Any:
    """A payload for a session of this run in a state."""
    ways = {"partially_returned": 2, "cancelled": 2}
    mark = scenario(
        "DRY-002",
        footprint="create" if state in {"open", "cancelled"} else "consume",
        requests=ways.get(state, 1) + 3,
        depth=depth,
        operations=(*SESSION_OPERATIONS, *(("returnCartItems",) if state == "partially_returned" else ())),
    )
    return pytest.param(state, name, marks=mark, id=f"{state}-{name}")


@pytest.mark.parametrize(
    ("state", "name"),
    [
        *(stored("open", name) for name in PAYLOADS if name != "closing"),
        *(stored("closed", name) for name in ("plain", "cancelling")),
        stored("partially_returned", "cancelling"),
        stored("cancelled", "plain"),
    ],
)
def test_a_dry_update_leaves_the_session(case: Case, api: Api, state: str, name: str) -> None:
    """A dry update leaves a session of any state as it was, whether it is evaluated or refused."""
    content = {"identifiers": ["talonproof"], "couponCodes": [] if state != "open" else None}
    session = api.arrange(state, {key: value for key, value in content.items() if value is not None})
    before = case.arranged(api.get_session(session))
    dry = answered(case, api.put_session(session, payload(name, case.bindings, ""), dry=True))
    after = api.get_session(session)
    judge_unchanged(case, "DRY-002", unchanged.session, before, [dry], after)


@scenario("DRY-002", "DRY-003", footprint="create", requests=6, depth="release", operations=WITH_PROFILE)
def test_a_dry_closing_leaves_the_session_open(case: Case, api: Api) -> None:
    """A dry update that closes an open session, for another customer, leaves the session and creates no profile."""
    session = api.arrange("open")
    other = case.new_id("profile")
    nobody = api.inventory(other, **SECTIONS)
    before = case.arranged(api.get_session(session))
    dry = case.arranged(api.put_session(session, payload("closing", case.bindings, other), dry=True))
    after = api.get_session(session)
    judge_unchanged(case, "DRY-002", unchanged.session, before, [dry], after)
    after = reread(case, unchanged.inventory, nobody, partial(api.inventory, other, **SECTIONS))
    judge_unchanged(case, "DRY-003", unchanged.inventory, nobody, [dry], after)


def ready(name: str, *, depth: str = "release") -> Any:
    """A payload for the bound open session, which is read and run dry and nothing else."""
    mark = scenario(
        "DRY-002", footprint="dry", requests=3, depth=depth, needs=("open_session",), operations=SESSION_OPERATIONS
    )
    return pytest.param(name, marks=mark, id=name)


@pytest.mark.parametrize("name", [ready("plain", depth="smoke"), ready("emptying"), ready("with-codes")])
def test_a_dry_update_leaves_a_bound_session(case: Case, api: Api, name: str) -> None:
    """A dry update that would change the open session that stands ready leaves it as it was."""
    session = case.bindings.open_session
    assert session is not None
    before = case.arranged(api.get_session(session))
    # It stays open and gets a name that it never had, so that a server that stores it shows that every time.
    sent = {**payload(name, case.bindings, ""), "state": "open", "identifiers": [case.new_id("session")]}
    dry = case.arranged(api.put_session(session, sent, dry=True))
    after = api.get_session(session)
    judge_unchanged(case, "DRY-002", unchanged.session, before, [dry], after)


@scenario("DRY-002", "DRY-013", footprint="create", requests=6, examples=(0, 7, 200), operations=WITH_PROFILE)
def test_no_dry_update_leaves_anything(case: Case, api: Api, bindings: Bindings) -> None:
    """Whatever a dry update of an open session holds, the session and what its customer has read as before."""

    def body(drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
        session, profile = case.new_id("session"), case.new_id("profile")
        first, second = (bind(each, {PROFILE: profile}) for each in drawn)
        case.arranged(api.put_session(session, first))
        owned = at_rest(case, partial(api.inventory, profile, **SECTIONS))
        before = case.arranged(api.get_session(session))
        dry = case.arranged(api.put_session(session, second, dry=True))
        after = api.get_session(session)
        judge_unchanged(case, "DRY-002", unchanged.session, before, [dry], after)
        after = api.inventory(profile, **SECTIONS)
        judge_unchanged(case, "DRY-013", unchanged.used_up, owned, [dry], after)

    real = sessions(bindings, profile=True)
    dry = sessions(bindings, states=("open", "closed"), coupons=UNKNOWN_COUPONS, profile=True)
    explore(case, st.tuples(real, dry), body)


@scenario("DRY-013", footprint="create", requests=4, depth="release", operations=WITH_PROFILE)
def test_a_dry_closing_uses_nothing_up(case: Case, api: Api) -> None:
    """A dry update that closes a session with codes leaves every counter of its customer as it was."""
    profile = case.new_id("profile")
    session = api.arrange("open", {"profileId": profile})
    before = at_rest(case, partial(api.inventory, profile, **SECTIONS))
    dry = case.arranged(api.put_session(session, payload("with-codes", case.bindings, profile), dry=True))
    after = reread(case, unchanged.used_up, before, partial(api.inventory, profile, **SECTIONS))
    judge_unchanged(case, "DRY-013", unchanged.used_up, before, [dry], after)


SEEN_OF_CUSTOMERS = (
    pytest.param("getCustomerInventory", unchanged.used_up, id="inventory"),
    pytest.param("getLoyaltyBalances", unchanged.balances, id="balances"),
)


@scenario(
    "DRY-013",
    footprint="dry",
    requests=3,
    depth="release",
    needs=("profile_program", "populated_profile"),
    operations=(*WITH_PROFILE, "getLoyaltyBalances"),
)
@pytest.mark.parametrize(("operation", "view"), SEEN_OF_CUSTOMERS)
def test_a_dry_purchase_moves_no_points(case: Case, api: Api, operation: str, view: View) -> None:
    """A dry purchase by a customer who has points leaves the counters and the balances of the customer as they were."""
    customer = case.bindings.populated_profile
    assert customer is not None
    of_ledger = operation == "getLoyaltyBalances"
    read = partial(api.loyalty, operation) if of_ledger else partial(api.inventory, customer, **SECTIONS)

    def attempt() -> tuple[Exchange, Exchange, Exchange]:
        before = case.arranged(read())
        bought = payload("with-codes", case.bindings, customer)
        dry = case.arranged(api.put_session(case.new_id("session"), bought, dry=True))
        return before, dry, reread(case, view, before, read)

    judge_unmoved(case, [("DRY-013", view)], attempt)


@scenario("DRY-004", footprint="create", requests=2, depth="release", operations=SESSION_OPERATIONS)
def test_what_a_dry_update_looks_at(case: Case, api: Api) -> None:
    """Whether a dry update that leaves the cart out is evaluated with the stored one is recorded."""
    session = api.arrange("open")
    dry = api.put_session(session, {"identifiers": ["talonproof"]}, dry=True)
    cart: Any = dry.at("customerSession", "cartItems")
    if not dry.ok:
        case.observe("DRY-004", f"a dry update without a cart is answered {dry.status}")
    elif not isinstance(cart, list):
        case.observe("DRY-004", "a dry update without a cart is answered without one")
    else:
        lines = len(cart)  # pyright: ignore[reportUnknownArgumentType]
        case.observe(
            "DRY-004", f"the stored cart has {len(CART)} lines, a dry update without a cart is shown with {lines}"
        )
