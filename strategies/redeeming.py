"""Codes in sessions: whether one was taken, how often a coupon counts as used, and how a case gives uses back."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import partial
from typing import Any

from strategies.coupons import same_code
from strategies.membership import told
from strategies.reserving import owned
from talonproof.http.arguments import body_of, is_dry, members
from talonproof.http.exchange import Exchange
from talonproof.http.trouble import Fate, fate
from talonproof.model.observed import amount
from talonproof.run.api import Api
from talonproof.run.case import Case
from talonproof.run.effects import effects_of, props_of
from talonproof.run.outcome import Ended
from talonproof.verdict import Reason


def about(answer: Exchange, effect: str, code: str) -> list[Mapping[str, Any]]:
    """The properties of the effects of a type that name a code."""
    found = (props_of(each) for each in effects_of(answer) if each.get("effectType") == effect)
    return [props for props in found if same_code(props.get("value"), code)]


def taken(case: Case, answer: Exchange, effect: str, code: str) -> Mapping[str, Any]:
    """The properties of the effect by which an answer takes a code, or gives it back.

    Ends the case as UNSUPPORTED where there is none: no campaign may have been there for it, or a budget be spent.
    """
    found = about(answer, effect, code)
    if not found:
        case.unsupported(Reason.NEVER_TRIGGERED, f"{answer.operation} shows no {effect} for the code")
    return found[0]


def uses(read: Exchange, coupon: str) -> Decimal | None:
    """How often a coupon counts as used, by an inventory; None where that does not show it."""
    return next((amount(one.get("usageCounter")) for one in owned(read, coupon)), None)


def judge_uses(
    case: Case, requirement: str, read: Exchange, coupon: str, *, of: Exchange, times: Decimal, own: int, when: str
) -> bool:
    """Judges how often a coupon counts as used, after an answer that brings it about.

    Where that is not as expected, and the customer's ``own`` uses are, somebody else redeems the coupon, which should
    be the run's alone: the case ends as UNSUPPORTED.
    """
    found = uses(read, coupon)
    of_customer = next((amount(one.get("profileRedemptionCount")) for one in owned(read, coupon)), None)
    if found != times and of_customer == own:
        case.unsupported(Reason.BINDING, "somebody else redeems the coupon, though the pool is for the run alone")
    return case.judge(
        requirement,
        found == times,
        f"the coupon counts as used {found} times {when}, expected {times}",
        of=(of, read),
        pointer="/coupons",
        operation=of.operation,
        check=when.replace(" ", "_"),
    )


def seen_uses(case: Case, profile: str, coupon: str, *, until: Decimal | None) -> Exchange:
    """The inventory of a customer once a coupon counts as used so often, or the settle time is up.

    None: once the inventory shows the coupon at all. Blocks the case where the read is neither answered nor refused.
    """

    def as_wanted(read: Exchange) -> bool:
        found = uses(read, coupon)
        return found is not None if until is None else found == until

    return told(case, case.settled(partial(Api(case).inventory, profile, coupons=True), as_wanted))


@contextmanager
def cancelling(case: Case) -> Generator[None]:
    """Sessions that are closed inside are cancelled at the end, however the case ends: that gives codes back."""
    try:
        yield
    except BaseException:
        with suppress(Ended):  # how the case ended first is what its verdict says
            cancel(case)
        raise
    cancel(case)


def cancel(case: Case) -> None:
    """Cancels the sessions that the case has closed, or may have, and not cancelled; what is not planned is extra."""
    for session in closed(case.history):
        send = partial(Api(case).put_session, session, {"state": "cancelled"})
        if case.sent < case.row.requests:
            send()
        else:
            case.off_plan(send)


def closed(history: Sequence[Exchange]) -> list[str]:
    """The sessions that a history leaves closed, or may leave so."""
    found: dict[str, None] = {}
    for exchange in history:
        if exchange.operation != "updateCustomerSessionV2" or is_dry(exchange.call):
            continue
        session, state = str(exchange.call.path["customerSessionId"]), _state(exchange)
        if state == "closed" and (exchange.ok or fate(exchange) is Fate.UNKNOWN):
            found[session] = None
        elif state == "cancelled" and exchange.ok:
            found.pop(session, None)
    return list(found)


def _state(exchange: Exchange) -> Any:
    sessions = members(body_of(exchange.call).value, "customerSession")
    return next((state for session in sessions for state in members(session, "state")), None)
