"""Sessions that a case has closed are cancelled at its end, and what becomes of a code is read as it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strategies.redeeming import about, cancelling, closed, seen_uses, taken, uses
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract
from talonproof.contract.requirements import read_requirements
from talonproof.http.exchange import Exchange
from talonproof.requirement import catalogue
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.outcome import Blocked, Unsupported
from talonproof.run.plan import Row, Spec
from talonproof.target import Bindings, Footprint, Keys, Target
from talonproof.workspace import find_workspace

Answer = Callable[..., Exchange]


class Server:
    """Takes updates with ``status``, and keeps the states that were asked for; an inventory shows what it is given."""

    def __init__(self) -> None:
        self.status = 200
        self.states: list[Any] = []
        self.shown: list[Any] = [{}]

    def handle(self, request: httpx.Request) -> httpx.Response:
        """An answer without effects."""
        if request.method == "GET":
            return httpx.Response(200, json=self.shown.pop(0) if len(self.shown) > 1 else self.shown[0])
        self.states.append(json.loads(request.content)["customerSession"].get("state"))
        return httpx.Response(self.status, json={"effects": []})


@pytest.fixture
def server() -> Server:
    """A server that accepts everything."""
    return Server()


@pytest.fixture
def case(contract: Contract, server: Server, tmp_path: Path) -> Iterator[Case]:
    """A case on that server that has planned two requests."""
    bench = Bench.open(
        RunOptions(run="unit", seed=1, max_footprint=Footprint.CONSUME),
        Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", settle=0.3, bindings=Bindings(coupons=("ONE",))),
        Keys("canary-key"),
        contract,
        catalogue("2025-01", read_requirements(find_workspace().requirements)),
        folder=tmp_path,
        worker="w",
        workers=1,
        transport=httpx.MockTransport(server.handle),
    )
    yield bench.case(Row(Spec("coupons/t.py::t", "t", "", ("CPN-015",), Footprint.CONSUME, 2), 2, 1))
    bench.close()


def put(case: Case, *states: str, dry: bool | None = None) -> None:
    """Updates of one fresh session."""
    session = case.new_id("session")
    for state in states:
        Api(case).put_session(session, {"state": state}, dry=dry)


def test_a_closed_session_is_cancelled(case: Case, server: Server) -> None:
    """Within the plan as long as there is room in it."""
    with cancelling(case):
        put(case, "closed")

    assert ["closed", "cancelled"] == server.states
    assert (2, 0) == (case.sent, case.extra)
    assert [] == closed(case.history)


@pytest.mark.parametrize(("states", "dry"), [(("open",), None), (("closed", "cancelled"), None), (("closed",), True)])
def test_what_is_not_closed_is_left_alone(
    case: Case, server: Server, states: tuple[str, ...], dry: bool | None
) -> None:
    """A session that is open, one that was cancelled already, and one that was never made."""
    with cancelling(case):
        put(case, *states, dry=dry)

    assert list(states) == server.states


def test_a_session_that_was_refused_is_not_closed(case: Case, server: Server) -> None:
    """There is nothing to cancel."""
    server.status = 400
    with cancelling(case):
        put(case, "closed")

    assert ["closed"] == server.states


def test_it_is_cancelled_however_the_case_ends(case: Case, server: Server) -> None:
    """What is not planned any more is extra; and the case ends as it did."""

    def body() -> None:
        with cancelling(case):
            put(case, "open", "closed")
            case.block("no more")

    with pytest.raises(Blocked, match="no more"):
        body()

    assert ["open", "closed", "cancelled"] == server.states
    assert (2, 1) == (case.sent, case.extra)


EFFECTS = [
    {"effectType": "acceptCoupon", "props": {"value": "one"}},
    {"effectType": "rejectCoupon", "props": {"value": "TWO", "rejectionReason": "CouponNotFound"}},
    {"effectType": "acceptCoupon", "props": [3]},
    {"effectType": "acceptCoupon"},
    7,
]


def test_what_is_said_about_a_code(exchange: Answer) -> None:
    """By type and code, capitals aside; what is no effect says nothing."""
    answer = exchange({"effects": EFFECTS})

    assert [{"value": "one"}] == about(answer, "acceptCoupon", "ONE")
    assert [] == about(answer, "acceptCoupon", "TWO")
    assert [] == about(exchange({"effects": None}), "acceptCoupon", "ONE")


def test_a_code_that_is_not_taken_ends_the_case(case: Case, exchange: Answer) -> None:
    """Nothing can be said of what would have come of it: no fault, and nothing green."""
    answer = exchange({"effects": EFFECTS})

    assert {"value": "one"} == taken(case, answer, "acceptCoupon", "ONE")
    with pytest.raises(Unsupported, match="shows no acceptCoupon for the code"):
        taken(case, answer, "acceptCoupon", "TWO")


def test_uses_are_read_until_they_are_as_expected(case: Case, server: Server) -> None:
    """By the coupon's own counter, within the settle time; the later reads are extra."""
    first, last = ({"coupons": [{"value": "ONE", "usageCounter": count}]} for count in (0, 1))
    server.shown = [first, last]
    read = seen_uses(case, case.new_id("profile"), "one", until=uses_of(last))

    assert 1 == uses(read, "one")
    assert (1, 1) == (case.sent, case.extra)


def uses_of(shown: Any) -> Any:
    """The count in an inventory."""
    return shown["coupons"][0]["usageCounter"]


@pytest.mark.parametrize("shown", [{}, {"coupons": []}, {"coupons": [{"value": "TWO", "usageCounter": 1}]}])
def test_a_coupon_that_is_not_shown_counts_nothing(exchange: Answer, shown: Any) -> None:
    """That is not zero."""
    assert None is uses(exchange(shown), "ONE")
