"""The built-in event that an update or a return is noted as, when the answer is asked for it."""

from __future__ import annotations

from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

CONTENT = ("event",)
BODY = {"cartItems": [dict(line) for line in CART]}


@scenario("SES-071", footprint="consume", requests=5, depth="release")
def test_events_of_a_sale(case: Case, api: Api) -> None:
    """A session that is created, updated, closed, partly returned and cancelled is noted so, step by step."""
    session = case.new_id("session")
    judge_event(case, api.put_session(session, BODY, content=CONTENT), "talon_session_created")
    judge_event(case, api.put_session(session, BODY, content=CONTENT), "talon_session_updated")
    judge_event(case, api.put_session(session, {"state": "closed"}, content=CONTENT), "talon_session_closed")
    returned = api.return_items(session, [{"position": 0, "quantity": 1}], content=CONTENT)
    judge_event(case, returned, "talon_session_partially_returned")
    judge_event(case, api.put_session(session, {"state": "cancelled"}, content=CONTENT), "talon_session_revoked")


@scenario("SES-071", footprint="consume", requests=3, depth="release")
def test_event_of_a_closed_session_that_is_cancelled(case: Case, api: Api) -> None:
    """A closed session that is cancelled is noted as revoked."""
    session = api.arrange("open")
    case.arranged(api.put_session(session, {"state": "closed"}))
    judge_event(case, api.put_session(session, {"state": "cancelled"}, content=CONTENT), "talon_session_revoked")


@scenario("SES-071", footprint="create", requests=2, depth="release")
def test_event_of_an_open_session_that_is_cancelled(case: Case, api: Api) -> None:
    """An open session that is cancelled is noted as cancelled."""
    session = api.arrange("open")
    judge_event(case, api.put_session(session, {"state": "cancelled"}, content=CONTENT), "talon_session_cancelled")


@scenario("SES-071", footprint="consume", requests=2, depth="release", operations=("updateCustomerProfileV2",))
def test_events_of_a_profile(case: Case, api: Api) -> None:
    """A profile that is created with the rule engine, and then updated with it, is noted so."""
    profile = case.new_id("profile")
    for kind in ("talon_profile_created", "talon_profile_updated"):
        answer = api.put_profile(profile, {"responseContent": list(CONTENT)}, run_rule_engine=True)
        judge_event(case, answer, kind)


def judge_event(case: Case, answer: Exchange, expected: str) -> None:
    """Judges the type of the event in an answer; blocks the case where there is none."""
    kind = case.arranged(answer).at("event", "type")
    if kind is None:
        case.block(f"{answer.operation} answered without the event that was asked for")
    case.judge(
        "SES-071",
        kind == expected,
        f"the event is {kind}, expected {expected}",
        of=answer,
        pointer="/event/type",
        check=f"event_{expected.removeprefix('talon_')}",
    )
