"""What a case has reserved is given back, however the case ends; who has reserved is read as it is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from strategies.reserving import giving_back, holders, owned, seen_coupons, seen_holders
from strategies.showing import judge_size
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract
from talonproof.contract.requirements import read_requirements
from talonproof.http.exchange import Exchange
from talonproof.requirement import catalogue
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.outcome import Blocked
from talonproof.run.plan import Row, Spec
from talonproof.target import Bindings, Footprint, Keys, Target
from talonproof.workspace import find_workspace

Answer = Callable[..., Exchange]
CREATED: dict[str, Any] = {"id": 1, "value": "ONE"}


@dataclass
class Server:
    """Answers with ``status`` and keeps what it was asked: the method, the coupon and how many customers."""

    status: dict[str, int] = field(default_factory=lambda: {"POST": 201, "DELETE": 204})
    asked: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])
    shown: list[Any] = field(default_factory=list[Any])

    def handle(self, request: httpx.Request) -> httpx.Response:
        """An answer without a body, but for reads: these give what is shown, one after the other, the last for ever."""
        if request.method == "GET":
            return httpx.Response(200, json=self.shown.pop(0) if len(self.shown) > 1 else self.shown[0])
        people: list[str] = json.loads(request.content)["integrationIDs"]
        self.asked.append((request.method, request.url.path.rpartition("/")[2], len(people)))
        status = self.status[request.method]
        return httpx.Response(status, json=CREATED) if status != 204 else httpx.Response(204)


@pytest.fixture
def server() -> Server:
    """A server that accepts everything."""
    return Server()


@pytest.fixture
def case(contract: Contract, server: Server, tmp_path: Path) -> Iterator[Case]:
    """A case on that server that has planned three requests."""
    bound = Bindings(coupons=("ONE", "TWO"))
    bench = Bench.open(
        RunOptions(run="unit", seed=1, max_footprint=Footprint.CONSUME),
        Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", settle=0.5, bindings=bound),
        Keys("canary-key"),
        contract,
        catalogue("2025-01", read_requirements(find_workspace().requirements)),
        folder=tmp_path,
        worker="w",
        workers=1,
        transport=httpx.MockTransport(server.handle),
    )
    yield bench.case(Row(Spec("coupons/t.py::t", "t", "", ("CPN-008",), Footprint.CONSUME, 3), 3, 1))
    bench.close()


def people(case: Case, count: int) -> list[str]:
    """Some ids of the run's own."""
    return [case.new_id("profile") for _ in range(count)]


def fail(case: Case, error: BaseException) -> None:
    """Reserves a coupon, and fails."""
    with giving_back(case):
        Api(case).reserve("ONE", people(case, 1))
        raise error


def test_what_is_left_is_given_back(case: Case, server: Server) -> None:
    """Those who gave up their reservation themselves are left out; what was planned for it is sent as planned."""
    first, second = people(case, 2)

    with giving_back(case):
        Api(case).reserve("ONE", [first, second])
        Api(case).release("ONE", [second])

    assert [("POST", "ONE", 2), ("DELETE", "ONE", 1), ("DELETE", "ONE", 1)] == server.asked
    assert [first] == case.history[-1].call.body["integrationIDs"]
    assert (3, 0) == (case.sent, case.extra)


def test_nothing_is_given_back_twice(case: Case, server: Server) -> None:
    """Where nothing is left, nothing is sent."""
    (name,) = people(case, 1)

    with giving_back(case):
        Api(case).reserve("ONE", [name])
        Api(case).release("ONE", [name])

    assert ["POST", "DELETE"] == [method for method, _, _ in server.asked]


def test_a_refused_reservation_is_none(case: Case, server: Server) -> None:
    """There is nothing to be given back of it."""
    server.status["POST"] = 400

    with giving_back(case):
        Api(case).reserve("ONE", people(case, 2))

    assert [("POST", "ONE", 2)] == server.asked


def test_each_coupon_gets_back_its_own(case: Case, server: Server) -> None:
    """By requests that are no larger than they may be; those beyond the plan are extra."""
    with giving_back(case):
        Api(case).reserve("ONE", people(case, 1001))
        Api(case).reserve("TWO", people(case, 1))

    assert [("DELETE", "ONE", 1000), ("DELETE", "ONE", 1), ("DELETE", "TWO", 1)] == server.asked[2:]
    assert (3, 2) == (case.sent, case.extra)


@pytest.mark.parametrize("error", [Blocked("no"), ValueError("no"), KeyboardInterrupt()])
def test_a_case_that_fails_gives_back_too(case: Case, server: Server, error: BaseException) -> None:
    """And ends as it would have ended."""
    with pytest.raises(type(error)) as raised:
        fail(case, error)

    assert error is raised.value
    assert ["POST", "DELETE"] == [method for method, _, _ in server.asked]


def test_a_target_that_is_gone_hides_no_error(case: Case, server: Server) -> None:
    """Where giving back is impossible too, the first error stands."""
    server.status["DELETE"] = 503

    with pytest.raises(ValueError, match="the first"):
        fail(case, ValueError("the first"))


def test_a_target_that_is_gone_at_the_end_blocks(case: Case, server: Server) -> None:
    """What was reserved is still there: that is said."""
    server.status["DELETE"] = 503

    with pytest.raises(Blocked), giving_back(case):
        Api(case).reserve("ONE", people(case, 1))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ([{"integrationId": "a"}, {"integrationId": "b", "id": 2.0}], {"a", "b"}),
        ([{"integrationId": None}, {}, "a", None], set[str]()),
        (None, set[str]()),
        ({"integrationId": "a"}, set[str]()),
    ],
)
def test_holders_are_the_ids_shown(exchange: Answer, data: Any, found: set[str]) -> None:
    """What is no list of customers shows nobody."""
    assert found == holders(exchange({"data": data}))


def test_a_coupon_is_known_by_its_code(exchange: Answer) -> None:
    """In whatever capitals it is shown."""
    read = exchange({"coupons": [{"value": "one", "id": 1}, {"value": "ONE-2"}, {"value": None}, 3]})

    assert [1] == [one["id"] for one in owned(read, "ONE")]
    assert [] == owned(exchange({"message": "There is no profile."}, 404), "ONE")


def test_a_list_that_lags_is_read_again(case: Case, server: Server) -> None:
    """Until it holds whom it should and nobody whom it should not; strangers do not matter."""
    rows = [["b", "x"], ["a", "b", "x"], ["a", "y"]]
    server.shown = [{"data": [{"integrationId": name} for name in names]} for names in rows]

    read = seen_holders(case, "ONE", inside=["a"], outside=["b"])

    assert {"a", "y"} == holders(read)
    assert (1, 2) == (case.sent, case.extra)


@pytest.mark.parametrize("there", [True, False])
def test_an_inventory_that_lags_is_read_again(case: Case, server: Server, there: bool) -> None:
    """Until the coupon is there, or is not."""
    without, with_it = {}, {"coupons": [{"value": "ONE"}]}
    server.shown = [without, with_it] if there else [with_it, without]

    assert bool(owned(seen_coupons(case, case.new_id("profile"), "ONE", there=there), "ONE")) is there
    assert (1, 1) == (case.sent, case.extra)


ONE_ROW: dict[str, Any] = {"data": [{}]}


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ({**ONE_ROW, "totalResultSize": 1}, {}, True),
        ({**ONE_ROW, "totalResultSize": 1.0}, {}, True),
        ({"data": [], "totalResultSize": 0}, {}, True),
        ({**ONE_ROW, "totalResultSize": 2}, {**ONE_ROW, "totalResultSize": 1}, True),
        ({**ONE_ROW, "totalResultSize": 2}, {**ONE_ROW, "totalResultSize": 2}, False),
        ({**ONE_ROW, "totalResultSize": "1"}, {**ONE_ROW, "totalResultSize": True}, False),
        (ONE_ROW, ONE_ROW, False),
    ],
)
def test_the_size_of_a_list_is_that_of_one_answer(
    case: Case, server: Server, first: Any, second: Any, holds: bool
) -> None:
    """A list that colleagues changed between count and rows is read a second time before it is accused."""
    server.shown = [first, second]
    api = Api(case)

    judge_size(case, "CPN-008", api.reserved_customers("ONE"), again=lambda: api.reserved_customers("ONE"))

    found = [shown.judgement.pointer for shown in case.shown.values() if shown.judgement.requirement == "CPN-008"]
    assert ([] if holds else ["/totalResultSize"]) == found
