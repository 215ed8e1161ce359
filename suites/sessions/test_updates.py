"""How updates bring a session into being and change it: what they create, replace, keep and leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from strategies.moments import SKEW, instant, served
from strategies.showing import ROOT, customer_of, lines_of, near, rollbacks, session_of, unlike
from strategies.unchanged import at_rest
from talonproof.http.exchange import Exchange
from talonproof.model.moment import earlier
from talonproof.model.observed import same
from talonproof.plugin import scenario
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.target import Bindings

CUP = {"name": "cup", "sku": "tp-cup", "quantity": 2, "price": 7.25}
OTHER = {"name": "bowl", "sku": "tp-bowl", "quantity": 1, "price": 3}


@scenario("SES-002", footprint="read", requests=1)
def test_an_unused_id_names_no_session(case: Case, api: Api) -> None:
    """An id that was never used cannot be read."""
    case.refused("SES-002", api.get_session(case.new_id("session")), doing="reading an id never used")


@scenario("SES-001", "ERR-006", footprint="create", requests=2)
def test_the_first_update_creates_the_session(case: Case, api: Api) -> None:
    """The first update of an id makes a session that can be read by that id, created at that moment."""
    session = case.new_id("session")
    sent = api.put_session(session, {"cartItems": [CUP]})
    if not case.accepted("SES-001", sent, doing="the first update of an id"):
        return
    read = api.get_session(session)
    if not case.accepted("SES-001", read, doing="reading it", check="created_session_is_read"):
        return
    name, created = read.at("customerSession", "integrationId"), read.at("customerSession", "created")
    case.judge(
        "SES-001",
        name == session,
        f"reads as {name}, expected {session}",
        of=(sent, read),
        pointer=f"{ROOT}/integrationId",
    )
    moment, now = instant(created), served(sent)
    case.judge(
        "ERR-006",
        moment is not None and abs(moment - now) <= SKEW,
        f"created {created}, but the update that made it was answered at {now:%Y-%m-%dT%H:%M:%SZ}",
        of=(sent, read),
        pointer=f"{ROOT}/created",
        operation=sent.operation,
    )


@scenario("SES-006", "SES-007", footprint="create", requests=4)
def test_an_open_session_is_updated_again_and_again(case: Case, api: Api) -> None:
    """Each update of an open session is stored on top of the last, and the session stays the same one."""
    session = case.new_id("session")
    answers = [case.arranged(api.put_session(session, {"cartItems": [CUP]}))]
    for quantity in (5, 3):
        answer = api.put_session(session, {"cartItems": [{**CUP, "quantity": quantity}]})
        if not case.accepted("SES-006", answer, doing="another update of an open session"):
            return
        answers.append(answer)
    answers.append(api.get_session(session))
    shown = [session_of(case, answer) for answer in answers]

    last = [line.get("quantity") for line in lines_of(shown[-1])]
    case.judge(
        "SES-006",
        last == [3] and shown[-1].get("state") == "open",
        f"after updates with 2, 5 and 3 units it is {shown[-1].get('state')} with {last}, expected open with [3]",
        of=answers,
        pointer=f"{ROOT}/cartItems/0/quantity",
        operation="updateCustomerSessionV2",
    )
    for name in ("id", "created"):
        values = [one.get(name) for one in shown]
        case.judge(
            "SES-007",
            all(same(values[0], value) for value in values),
            f"over the updates {name} was {', '.join(map(str, values))}",
            of=answers,
            pointer=f"{ROOT}/{name}",
            operation="updateCustomerSessionV2",
        )
    moments = [one.get("updated") for one in shown]
    case.judge(
        "SES-007",
        not any(earlier(late, early) for early, late in pairwise(moments)),
        f"over the updates updated was {', '.join(str(one.get('updated')) for one in shown)}",
        of=answers,
        pointer=f"{ROOT}/updated",
        operation="updateCustomerSessionV2",
    )


@scenario("SES-008", footprint="create", requests=3, depth="release")
def test_what_an_update_leaves_out_is_kept(case: Case, api: Api, bindings: Bindings) -> None:
    """An update that sends nothing but the state leaves cart, costs, identifiers, attributes and the rest."""
    content: dict[str, Any] = {
        "profileId": case.new_id("profile"),
        "cartItems": [CUP],
        "identifiers": ["tp-identifier"],
    }
    if bindings.additional_cost:
        content["additionalCosts"] = {bindings.additional_cost: {"price": 4.5}}
    if bindings.session_attribute:
        content["attributes"] = {bindings.session_attribute: "kept"}
    if bindings.store:
        content["storeIntegrationId"] = bindings.store
    session = case.new_id("session")
    full = api.put_session(session, content)
    before = session_of(case, full)
    sparse = case.arranged(api.put_session(session, {"state": "open"}))
    read = api.get_session(session)
    after = session_of(case, read)
    for name in content:
        if name not in before:
            continue
        found = unlike({name: before[name]}, {name: after[name]} if name in after else {})
        pointer, words = found or (f"{ROOT}/{name}", "is kept")
        case.judge(
            "SES-008",
            found is None,
            f"{pointer} {words} after an update without {name}",
            of=(full, sparse, read),
            pointer=f"{ROOT}/{name}",
            operation=sparse.operation,
        )


@scenario("SES-009", "SES-010", footprint="consume", requests=4, depth="release")
def test_a_closed_session_is_not_changed(case: Case, api: Api) -> None:
    """An update without a state neither changes the cart of a closed session nor opens it again."""
    session = api.arrange("closed")
    before = read_in_state(case, api, session, "closed")
    tried = api.put_session(session, {"cartItems": [OTHER]})
    after = api.get_session(session)
    old, new = session_of(case, before), session_of(case, after)
    found = unlike({"cartItems": old.get("cartItems")}, {"cartItems": new.get("cartItems")})
    pointer, words = found or ("", "")
    case.judge(
        "SES-009",
        found is None,
        f"{pointer} {words} by an update of a closed session, answered {tried.status}",
        of=(before, tried, after),
        pointer=pointer,
        operation=tried.operation,
    )
    case.judge(
        "SES-010",
        new.get("state") != "open",
        f"stored as open after an update without a state, answered {tried.status}",
        of=(before, tried, after),
        pointer=f"{ROOT}/state",
        operation=tried.operation,
    )


@scenario("SES-026", "SES-027", footprint="consume", requests=6, depth="release", operations=("getCustomerInventory",))
def test_closing_twice_counts_once(case: Case, api: Api) -> None:
    """Sending `closed` to a closed session leaves its cart, and the profile counts it no second time."""
    profile = case.new_id("profile")
    session = api.arrange("closed", {"profileId": profile})
    before = read_in_state(case, api, session, "closed")
    counted = at_rest(case, lambda: api.inventory(profile, profile=True))
    again = api.put_session(session, {"state": "closed", "cartItems": [OTHER]})
    case.observe("SES-026", f"closed, then closed again: answered {again.status}")
    after = api.get_session(session)
    judge_cart_kept(case, before, again, after)

    once = customer_of(case, counted)
    twice = case.settled(
        lambda: api.inventory(profile, profile=True), lambda read: bool(moved(once, customer_of(case, read)))
    )
    changed = moved(once, customer_of(case, twice))
    case.judge(
        "SES-027",
        not changed,
        f"closing again moved {changed} of the profile",
        of=(counted, again, twice),
        pointer=f"/profile/{changed}" if changed else "",
        check="second_close_counts",
        operation=again.operation,
    )


@scenario("SES-026", "SES-027", footprint="consume", requests=5, depth="release")
def test_cancelling_twice_rolls_back_once(case: Case, api: Api) -> None:
    """Sending `cancelled` to a cancelled session leaves its cart, and nothing is rolled back a second time."""
    session = api.arrange("closed")
    case.arranged(api.put_session(session, {"state": "cancelled"}))
    before = read_in_state(case, api, session, "cancelled")
    again = api.put_session(session, {"state": "cancelled", "cartItems": [OTHER]})
    case.observe("SES-026", f"cancelled, then cancelled again: answered {again.status}")
    after = api.get_session(session)
    judge_cart_kept(case, before, again, after)
    types = rollbacks(again)
    case.judge(
        "SES-027",
        not types,
        f"cancelling again gave {', '.join(types)}",
        of=again,
        pointer="/effects",
        check="second_cancel_rolls_back",
    )


def read_in_state(case: Case, api: Api, session: str, state: str) -> Exchange:
    """A read of a session that was brought to a state; blocks the case where it is stored in another."""
    read = api.get_session(session)
    stored = session_of(case, read).get("state")
    if stored != state:
        case.block(f"the session is stored as {stored}, the case builds on {state}")
    return read


def judge_cart_kept(case: Case, before: Exchange, again: Exchange, after: Exchange) -> None:
    """Judges that the cart reads as it did before the state was repeated."""
    old, new = session_of(case, before), session_of(case, after)
    found = unlike({"cartItems": old.get("cartItems")}, {"cartItems": new.get("cartItems")})
    pointer, words = found or ("", "")
    case.judge(
        "SES-027",
        found is None,
        f"{pointer} {words} when the state was repeated, answered {again.status}",
        of=(before, again, after),
        pointer=pointer,
        check="cart_is_kept",
        operation=again.operation,
    )


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The first counter of a profile that is not what it was; empty where none has moved."""
    counters = ("closedSessions", "totalSales")
    return next((name for name in counters if not near(after.get(name), before.get(name))), "")
