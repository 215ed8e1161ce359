"""What an answer holds beside the effects: what `responseContent` asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from talonproof.http.exchange import Exchange
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.target import Bindings
from talonproof.verdict import Reason

Content = Sequence[str] | None
Ask = Callable[[Api, Content], Exchange]
"""Sends a call of an operation on own things, that asks for some entities; None asks for nothing."""

ALWAYS = ("customerSession", "customerProfile", "event")
"""What is there whenever it is asked for, of an identified customer."""


def update(api: Api, content: Content) -> Exchange:
    """An update of a session of a new customer."""
    body = {"profileId": api.case.new_id("profile"), "cartItems": [dict(line) for line in CART]}
    return api.put_session(api.case.new_id("session"), body, content=content)


def give_back(api: Api, content: Content) -> Exchange:
    """A return of one unit by a new customer."""
    session = api.arrange("closed", {"profileId": api.case.new_id("profile")})
    return api.return_items(session, [{"position": 0, "quantity": 1}], content=content)


def update_profile(api: Api, content: Content) -> Exchange:
    """An update of a new profile, with the rule engine."""
    return api.put_profile(api.case.new_id("profile"), asking(content), run_rule_engine=True)


def track(api: Api, content: Content) -> Exchange:
    """An event of a new customer."""
    body = {"profileId": api.case.new_id("profile"), "type": api.case.bindings.event_type}
    return api.track_event({**body, **asking(content)})


def asking(content: Content) -> dict[str, Any]:
    """The part of a body that asks for entities."""
    return {} if content is None else {"responseContent": list(content)}


CALLS: tuple[tuple[str, str, Ask, str, int, tuple[str, ...]], ...] = (
    ("session", "updateCustomerSessionV2", update, "create", 1, ()),
    ("return", "returnCartItems", give_back, "consume", 2, ()),
    ("profile", "updateCustomerProfileV2", update_profile, "consume", 1, ()),
    ("event", "trackEventV2", track, "consume", 1, ("event_type",)),
)
"""Name, operation, call, footprint, requests and bindings."""


def called(*requirements: str, times: int, smoke: Sequence[str] = ()) -> list[Any]:
    """Each of the operations that take `responseContent`, to be called so many times."""
    return [
        pytest.param(
            operation,
            ask,
            marks=scenario(
                *requirements,
                footprint=footprint,
                requests=times * requests,
                depth="smoke" if name in smoke else "release",
                needs=needs,
                operations=(operation,),
            ),
            id=name,
        )
        for name, operation, ask, footprint, requests, needs in CALLS
    ]


def entities(case: Case, operation: str) -> list[str]:
    """What the contract lets one ask for in a call of an operation."""
    contract = case.bench.contract
    body: Any = contract.resolve(contract.operation(operation).body or {})
    return list(body["properties"]["responseContent"]["items"]["enum"])


@pytest.mark.parametrize(("operation", "ask"), called("SES-052", times=1, smoke=("session",)))
def test_what_is_asked_for_is_shown(case: Case, api: Api, operation: str, ask: Ask) -> None:
    """The session, the event and the profile of an identified customer are in the answer if they are asked for."""
    wanted = [name for name in ALWAYS if name in entities(case, operation)]
    answer = case.arranged(ask(api, wanted))
    for name in wanted:
        case.judge(
            "SES-052",
            isinstance(answer.at(name), dict),
            f"{name} was asked for, and is not in the answer",
            of=answer,
            pointer=f"/{name}",
        )


@pytest.mark.parametrize(("operation", "ask"), called("SES-053", "SES-054", times=2))
def test_what_else_is_shown_is_recorded(case: Case, api: Api, operation: str, ask: Ask) -> None:
    """Which entities show although they are empty, or although nobody asked for them, is recorded."""
    known = entities(case, operation)
    everything = case.arranged(ask(api, known))
    others = [name for name in known if name not in ALWAYS]
    case.observe("SES-053", f"{operation}: of {told(others)} shows {told(n for n in others if held(everything, n))}")
    nothing = case.arranged(ask(api, None))
    case.observe("SES-054", f"{operation}: without responseContent shows {told(n for n in known if held(nothing, n))}")


def held(answer: Exchange, name: str) -> bool:
    """Whether an answer has a property."""
    body = answer.json()
    return isinstance(body, dict) and name in body


def told(names: Any) -> str:
    """Names in a sentence."""
    return ", ".join(names) or "nothing"


@scenario("SES-056", footprint="dry", requests=1, depth="release", needs=("populated_profile",))
def test_cards_are_shown_only_if_one_is_named(case: Case, api: Api, bindings: Bindings) -> None:
    """A customer's loyalty is shown without any card, if the session names no card."""
    body = {"profileId": bindings.populated_profile, "cartItems": [dict(line) for line in CART]}
    answer = case.arranged(api.put_session(case.new_id("session"), body, dry=True, content=("loyalty",)))
    if not isinstance(answer.at("loyalty"), dict):
        case.unsupported(Reason.NEVER_TRIGGERED, "the answer shows no loyalty of the populated profile")
    cards = answer.at("loyalty", "cards")
    case.judge(
        "SES-056",
        not cards,
        f"loyalty shows cards that the session does not name: {cards}",
        of=answer,
        pointer="/loyalty/cards",
    )
