"""Coupon and referral codes of a session: they stay until they are discarded, and need not exist."""

from __future__ import annotations

from typing import Any, cast

import pytest

from strategies.sessions import UNKNOWN_COUPONS, UNKNOWN_REFERRAL
from strategies.showing import ROOT, session_of
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.verdict import Reason

COUPON = UNKNOWN_COUPONS[0]
CODES: dict[str, Any] = {"couponCodes": [COUPON], "referralCode": UNKNOWN_REFERRAL}
NONE: dict[str, Any] = {"couponCodes": [], "referralCode": ""}
"""What discards the codes."""


def codes(name: str, *requirements: str, requests: int, depth: str) -> Any:
    """One of the two kinds of codes, with the requirements judged on it."""
    mark = scenario(*requirements, footprint="consume", requests=requests, depth=depth)
    return pytest.param(name, *requirements, marks=mark, id=name.removesuffix("Codes").removesuffix("Code"))


@pytest.mark.parametrize(
    ("name", "kept", "discarded"),
    [
        codes("couponCodes", "SES-037", "SES-036", requests=5, depth="smoke"),
        codes("referralCode", "SES-040", "SES-039", requests=5, depth="release"),
    ],
)
def test_codes_stay_until_they_are_discarded(case: Case, api: Api, name: str, kept: str, discarded: str) -> None:
    """An update that does not name the codes keeps them; one that sends none discards them."""
    session = session_with(case, api, name)
    silent = case.arranged(api.put_session(session, {"cartItems": [dict(CART[0])]}))
    read = api.get_session(session)
    found = session_of(case, read).get(name)
    if not case.judge(
        kept,
        same_codes(found, CODES[name]),
        f"{found} after an update without {name}, expected {CODES[name]}",
        of=(silent, read),
        pointer=f"{ROOT}/{name}",
        operation=silent.operation,
    ):
        return
    emptied = api.put_session(session, {name: NONE[name]})
    if not case.accepted(discarded, emptied, doing=f"an update with {name} empty"):
        return
    read = api.get_session(session)
    found = session_of(case, read).get(name)
    case.judge(
        discarded,
        not found,
        f"{found} after an update with {name} empty, expected none",
        of=(emptied, read),
        pointer=f"{ROOT}/{name}",
        operation=emptied.operation,
    )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        codes("couponCodes", "SES-038", requests=3, depth="release"),
        codes("referralCode", "SES-041", requests=3, depth="release"),
    ],
)
def test_null_keeps_the_codes(case: Case, api: Api, name: str, kept: str) -> None:
    """An update that sends null for the codes is accepted, and keeps them."""
    session = session_with(case, api, name)
    null = api.put_session(session, {name: None})
    if not case.accepted(kept, null, doing=f"an update with {name} null"):
        return
    read = api.get_session(session)
    found = session_of(case, read).get(name)
    case.judge(
        kept,
        same_codes(found, CODES[name]),
        f"{found} after an update with {name} null, expected {CODES[name]}",
        of=(null, read),
        pointer=f"{ROOT}/{name}",
        operation=null.operation,
    )


@scenario("SES-058", footprint="consume", requests=2, depth="release")
def test_a_code_that_exists_nowhere_is_no_error(case: Case, api: Api) -> None:
    """A coupon or referral code that exists nowhere does not make the update fail."""
    for name, sent in CODES.items():
        answer = api.put_session(case.new_id("session"), {"cartItems": [dict(CART[0])], name: sent})
        case.accepted("SES-058", answer, doing=f"an update with an unknown {name}", check=f"unknown_{name}")


def same_codes(found: Any, expected: Any) -> bool:
    """Whether the same codes are shown; whether the case of coupon codes matters is a setting of the Application."""
    if isinstance(found, list) and isinstance(expected, list):
        both = cast("tuple[list[Any], list[Any]]", (found, expected))
        shown, wanted = (sorted(str(code).casefold() for code in codes) for codes in both)
        return shown == wanted
    return found == expected


def session_with(case: Case, api: Api, name: str) -> str:
    """An open session that shows its codes; ends the case where the target keeps no codes that it does not accept."""
    session = case.new_id("session")
    answer = api.put_session(session, {"cartItems": [dict(line) for line in CART], name: CODES[name]})
    if not session_of(case, answer).get(name):
        case.unsupported(Reason.NEVER_TRIGGERED, f"the target does not store {name} that exist nowhere")
    return session
