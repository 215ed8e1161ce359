"""A dry first update tells what the same update does in earnest."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from strategies.foretold import experimental, foretold
from strategies.sessions import UNKNOWN_COUPONS, sessions
from talonproof.http.exchange import Exchange
from talonproof.model.observed import differences
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case
from talonproof.run.explore import explore
from talonproof.verdict import Reason


def foretelling(state: str, footprint: str) -> Any:
    """A state that the session is created in."""
    mark = scenario(
        "DRY-017", footprint=footprint, requests=2, depth="release", operations=("updateCustomerSessionV2",)
    )
    return pytest.param(state, marks=mark, id=state)


@pytest.mark.parametrize("state", [foretelling("open", "create"), foretelling("closed", "consume")])
def test_the_first_update_is_foretold(case: Case, api: Api, state: str) -> None:
    """The dry answer to a first update has the effects of the real one: same types, names and values."""
    session = case.new_id("session")
    bindings = case.bindings
    body: dict[str, Any] = {
        "profileId": case.new_id("profile"),
        "state": state,
        "cartItems": [dict(line) for line in CART],
        "identifiers": [session],
    }
    texts = {bindings.session_attribute: "talonproof", bindings.number_attribute: 7}
    body["attributes"] = {name: value for name, value in texts.items() if name}
    if bindings.additional_cost:
        body["additionalCosts"] = {bindings.additional_cost: {"price": 5}}
    judge_foretold(case, api, session, body)


def drawn(state: str, footprint: str) -> Any:
    """A state that drawn sessions are created in."""
    mark = scenario(
        "DRY-017", footprint=footprint, requests=2, examples=(0, 3, 60), operations=("updateCustomerSessionV2",)
    )
    return pytest.param(state, marks=mark, id=state)


@pytest.mark.parametrize("state", [drawn("open", "create"), drawn("closed", "consume")])
def test_drawn_sessions_are_foretold(case: Case, api: Api, state: str) -> None:
    """Whatever a new customer has in the cart, and whatever else a first update says."""

    def body(content: dict[str, Any]) -> None:
        judge_foretold(case, api, case.new_id("session"), {**content, "profileId": case.new_id("profile")})

    explore(case, sessions(case.bindings, states=(state,), coupons=UNKNOWN_COUPONS, item_costs=True), body)


def judge_foretold(case: Case, api: Api, session: str, body: dict[str, Any]) -> None:
    """Judges that a dry first update has the effects that the same update has in earnest.

    That holds for a target that evaluates equal sessions alike: one that draws lots, as experiments do, is asked dry a
    few times more where they differ, and is not judged by lots that fell unequally.
    """
    dry = case.arranged(api.put_session(session, body, dry=True))
    real = case.arranged(api.put_session(session, body))
    pointer, words = next(differences(foretold(dry), foretold(real)), ("", ""))
    if pointer and (experimental(dry) or experimental(real) or _draws_lots(case, api, body, dry)):
        case.unsupported(Reason.NEVER_TRIGGERED, "equal first updates are not evaluated alike here, dry or not")
    case.judge(
        "DRY-017",
        not pointer,
        f"{pointer} {words} in earnest",
        of=(dry, real),
        pointer=pointer,
    )


TRIES = 4
"""Dry updates of fresh customers that are to agree with the first one before a difference counts."""


def _draws_lots(case: Case, api: Api, body: dict[str, Any], first: Exchange) -> bool:
    """Whether equal first updates of other customers differ among themselves, though all of them are dry."""

    def again() -> Exchange:
        fresh = {**body, "profileId": case.new_id("profile")}
        return case.arranged(api.put_session(case.new_id("session"), fresh, dry=True))

    return any(_unnamed(first) != _unnamed(case.off_plan(again)) for _ in range(TRIES))


def _unnamed(answer: Exchange) -> str:
    """What an answer foretells but for whom: ids of the run stand for each other."""
    return _OF_THE_RUN.sub('"an id"', json.dumps(foretold(answer), sort_keys=True))


_OF_THE_RUN = re.compile(r'"tp-[^"]*"')
