"""The parameter ``now`` sets the time of an evaluation: a dry one only, to the future only, in RFC 3339."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from strategies.moments import served, written
from talonproof.plugin import scenario
from talonproof.run.api import CART, Api
from talonproof.run.case import Case

OPERATIONS = ("getCustomerSession", "updateCustomerSessionV2")
BODY: dict[str, Any] = {"cartItems": [dict(CART[0])]}
UNREADABLE = ("tomorrow", "2999-13-01T00:00:00Z", "2999-01-01T25:00:00Z", "32472144000")
"""No timestamps, though they would all be in the future; a bare date is no example, nor is a time without a zone."""


def allowed(case: Case, api: Api, session: str) -> Any:
    """The time of the server, after a dry update with a lawful ``now``: what is refused then is not the rest of it."""
    present = served(api.get_session(session))
    case.arranged(api.put_session(session, BODY, dry=True, now=written(present + timedelta(days=1))))
    return present


@scenario("DRY-005", footprint="create", requests=3, operations=OPERATIONS)
def test_now_needs_a_dry_run(case: Case, api: Api) -> None:
    """A time in the future is refused where the update is not dry."""
    session = case.new_id("session")
    present = allowed(case, api, session)
    real = api.put_session(session, BODY, now=written(present + timedelta(days=1)))
    case.refused("DRY-005", real, doing="now in the future, without dry")


def unlawful(*unreadable: str, name: str, requests: int, depth: str) -> Any:
    """Texts that are no timestamps, to be sent after a time in the past."""
    mark = scenario("DRY-006", "DRY-007", footprint="dry", requests=requests, depth=depth, operations=OPERATIONS)
    return pytest.param(unreadable, marks=mark, id=name)


@pytest.mark.parametrize(
    "unreadable",
    [
        unlawful(UNREADABLE[0], name="one-each", requests=4, depth="smoke"),
        unlawful(*UNREADABLE[1:], name="more", requests=6, depth="release"),
    ],
)
def test_now_is_a_time_in_the_future(case: Case, api: Api, unreadable: tuple[str, ...]) -> None:
    """A time in the past and a text that is no time are refused, and a time in the future is not."""
    session = case.new_id("session")
    present = allowed(case, api, session)
    ago = timedelta(days=1 if len(unreadable) == 1 else 1000)
    past = written(present - ago)
    case.refused("DRY-006", api.put_session(session, BODY, dry=True, now=past), doing="now in the past")
    for text in unreadable:
        case.refused("DRY-007", api.put_session(session, BODY, dry=True, now=text), doing=f"now={text}")
