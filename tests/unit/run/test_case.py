"""A case from its first call to its line of the stream, against a server of a few lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from hypothesis import strategies as st

from talonproof.config import Depth, RunOptions
from talonproof.contract.contract import Contract, read_contract
from talonproof.http import client
from talonproof.http.exchange import Exchange
from talonproof.requirement import Level, Requirement, catalogue
from talonproof.run import breaker
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.effects import Fired, Seen
from talonproof.run.explore import explore
from talonproof.run.lease import Pool
from talonproof.run.plan import Row, Spec
from talonproof.run.settle import run_case
from talonproof.target import Bindings, Footprint, Keys, Target
from talonproof.workspace import find_workspace

Handler = Callable[[httpx.Request], httpx.Response]
Body = Callable[[Case, Api], None]


class Judged(Protocol):
    """Runs a body as a case against a handler, and gives its line of the stream."""

    def __call__(
        self,
        body: Body,
        handler: Handler = ...,
        *requirements: str,
        requests: int = ...,
        examples: int = ...,
        needs: tuple[str, ...] = ...,
        effects: tuple[str, ...] = ...,
    ) -> dict[str, Any]:
        """The line of the case."""
        ...


CLAUSES = catalogue(
    "2025-01",
    [
        Requirement("SES-001", ("R1",), Level.MUST, "it must", (), ("all",)),
        Requirement("SES-002", ("R2",), Level.SHOULD, "it should", (), ("all",)),
        Requirement("SES-003", ("R3",), Level.OBSERVE, "who knows", (), ("all",)),
    ],
)


BOUND = Bindings(coupons=("ONE", "TWO"), mandatory_coupons=("HARD",))


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried again at once."""
    monkeypatch.setattr(client, "RETRY_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(breaker, "ASKED_AGAIN_AFTER", (0.0,))


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The contract of the seeds' edition."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture
def judged(contract: Contract, tmp_path: Path) -> Judged:
    """Runs a body as a case against a handler, and gives its line of the stream."""

    def run(
        body: Body,
        handler: Handler = lambda _: httpx.Response(200, json={}),
        *requirements: str,
        requests: int = 10,
        examples: int = 1,
        needs: tuple[str, ...] = (),
        effects: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        bench = Bench.open(
            RunOptions(run="unit", seed=7, depth=Depth.RELEASE, max_footprint=Footprint.DESTRUCTIVE),
            Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", bindings=BOUND),
            Keys("canary-key"),
            contract,
            CLAUSES,
            folder=tmp_path,
            worker="w",
            workers=1,
            transport=httpx.MockTransport(handler),
            seen=Seen({"setDiscount": (Fired("mark", {"attributes": {"mark": "x"}}, 7),)}),
        )
        spec = Spec(
            "sessions/test_u.py::test_case",
            "case",
            "",
            requirements or ("SES-001",),
            Footprint.CONSUME,
            requests,
            needs=needs,
            effects=effects,
        )
        case = bench.case(Row(spec, requests * examples, examples))
        record = run_case(case, lambda: body(case, Api(case)))
        bench.close()
        json.dumps(record)
        return record

    return run


def read(api: Api) -> Exchange:
    """One harmless call."""
    return api.get_session(api.case.new_id("session"))


def test_what_holds_passes_with_its_evidence(judged: Judged) -> None:
    """A judgement that holds is evidence, and a case whose clauses all have some passes."""

    def body(case: Case, api: Api) -> None:
        case.accepted("SES-001", read(api))

    record = judged(body)

    assert record["verdict"] == "pass"
    assert record["evidence"]["SES-001"] == 1
    assert record["exercised"]["SES-001"]["exchanges"] == 1
    assert record["requests"] == {"planned": 10, "sent": 1, "extra": 0}


def test_what_rests_on_no_exchange_is_no_judgement(judged: Judged) -> None:
    """A suite that judges, or records, without having seen anything is at fault: it would pass on any server."""

    def judging(case: Case, api: Api) -> None:
        read(api)
        case.judge("SES-001", holds=True, message="", of=(), operation="getCustomerSession")

    def recording(case: Case, _: Api) -> None:
        case.observe("SES-003", "nothing was sent")

    for record, says in (
        (judged(judging), "judges SES-001 by no exchange at all"),
        (
            judged(recording, lambda _: httpx.Response(200, json={}), "SES-003"),
            "records SES-003 before anything was answered",
        ),
    ):
        assert record["verdict"] == "error"
        assert says in record["detail"]


@pytest.mark.parametrize(
    ("requirement", "verdict"), [("SES-001", "fail"), ("SES-002", "warn"), ("SES-003", "observed")]
)
def test_what_is_broken_weighs_what_its_level_says(judged: Judged, requirement: str, verdict: str) -> None:
    """A must fails, a should warns, and what no source says is written down."""

    def body(case: Case, api: Api) -> None:
        case.refused(requirement, read(api), doing="asking")

    record = judged(body, lambda _: httpx.Response(200, json={}), requirement)

    assert record["verdict"] == verdict
    if verdict == "observed":
        assert record["observations"] == [{"requirement": requirement, "note": "asking: answered 200, expected a 4xx"}]
    else:
        assert [f["verdict"] for f in record["findings"]] == [verdict]
        assert record["requests"]["extra"] == 1, "it was replayed once"


@pytest.mark.parametrize(("status", "verdict"), [(404, "pass"), (400, "fail"), (204, "fail"), (500, "blocked")])
def test_one_status_and_no_other(judged: Judged, status: int, verdict: str) -> None:
    """Where a clause names the status, another refusal breaks it too; a 5xx is judged apart."""

    def body(case: Case, api: Api) -> None:
        case.answered("SES-001", read(api), 404)

    record = judged(body, lambda _: httpx.Response(status, json={"message": "no"} if status >= 400 else None))

    assert record["verdict"] == verdict


def test_what_does_not_come_back_is_flaky(judged: Judged) -> None:
    """A finding is replayed once on fresh ids; one that is gone then is no FAIL."""
    answers = iter([400, 200])

    def body(case: Case, api: Api) -> None:
        case.accepted("SES-001", read(api))

    record = judged(body, lambda _: httpx.Response(next(answers), json={"message": "no"}))

    assert record["verdict"] == "flaky"


def test_a_clause_that_nothing_exercised_is_vacuous(judged: Judged) -> None:
    """A case that never comes to judge what it is there for is not green."""
    record = judged(lambda _case, api: read(api) and None)

    assert record["verdict"] == "vacuous"
    assert "SES-001" in record["detail"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_infrastructure_blocks_and_accuses_nobody(judged: Judged, status: int) -> None:
    """What a gateway answers says nothing of the API."""

    def body(case: Case, api: Api) -> None:
        case.accepted("SES-001", read(api))

    record = judged(body, lambda _: httpx.Response(status, headers={"retry-after": "0"}))

    assert (record["verdict"], record["findings"]) == ("blocked", [])


def test_a_prerequisite_that_is_refused_blocks(judged: Judged) -> None:
    """What a case builds on is not what it judges."""

    def body(case: Case, api: Api) -> None:
        case.arranged(read(api))
        case.judge("SES-001", True, "", of=read(api))

    record = judged(body, lambda _: httpx.Response(400, json={"message": "no"}))

    assert record["verdict"] == "blocked"
    assert "getCustomerSession answered 400" in record["detail"]


def test_an_exception_of_a_suite_is_an_error_with_its_place(judged: Judged) -> None:
    """The harness is at fault, and says where."""

    def body(_case: Case, _api: Api) -> None:
        raise KeyError("lost")

    record = judged(body)

    assert record["verdict"] == "error"
    assert record["detail"].startswith("KeyError: 'lost' (test_case.py:")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (lambda _, api: [read(api) for _ in range(11)], "sends more than the 10 requests"),
        (lambda case, api: case.judge("SES-002", True, "", of=read(api)), "without declaring"),
        (lambda case, _: case.observe("SES-003", "?"), "without declaring"),
    ],
)
def test_a_case_keeps_to_what_it_declared(judged: Judged, body: Body, words: str) -> None:
    """More requests or other clauses than declared would make the plan untrue."""
    record = judged(body)

    assert record["verdict"] == "error"
    assert words in record["detail"]


def test_the_exchanges_of_a_finding_are_those_that_show_it(judged: Judged) -> None:
    """Writes on other ids, reads nobody judged and refused calls are left out."""
    stored: dict[str, str] = {}

    def server(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if request.method == "PUT":
            stored[name] = "wrong"
            return httpx.Response(200, json={})
        return httpx.Response(200, json={"customerSession": {"state": stored.get(name)}})

    def body(case: Case, api: Api) -> None:
        mine, other = case.new_id("session"), case.new_id("session")
        api.put_session(other, {})
        api.get_session(mine)
        api.put_session(mine, {"state": "open"})
        api.get_session(other)
        after = api.get_session(mine)
        case.judge("SES-001", after.at("customerSession", "state") == "open", "not open", of=after, pointer="/x")

    record = judged(body, server)

    finding = record["findings"][0]
    assert [e["method"] for e in finding["exchanges"]] == ["PUT", "GET"]
    assert len({e["path"] for e in finding["exchanges"]}) == 1
    assert finding["curl"].count("curl") == 2


def test_a_property_shrinks_to_the_smallest_value_and_confirms_it(judged: Judged) -> None:
    """The value printed is minimal, was really sent, and failed again on fresh ids."""

    def server(request: httpx.Request) -> httpx.Response:
        price = json.loads(request.content)["customerSession"]["cartItems"][0]["price"]
        return httpx.Response(400 if price >= 17 else 200, json={"message": "no"})

    def body(case: Case, api: Api) -> None:
        def one(price: int) -> None:
            item = {"sku": "a", "quantity": 1, "price": price}
            case.accepted("SES-001", api.put_session(case.new_id("session"), {"cartItems": [item]}))

        explore(case, st.integers(0, 10_000), one)

    record = judged(body, server, requests=1, examples=30)

    finding = record["findings"][0]
    assert finding["example"] == "17"
    assert json.loads(finding["exchanges"][-1]["request_body"])["customerSession"]["cartItems"][0]["price"] == 17
    assert record["verdict"] == "fail"
    assert record["requests"]["sent"] <= 30


def test_a_healthy_property_sends_at_most_one_request_for_each_example(judged: Judged) -> None:
    """Values drawn twice are not sent twice."""

    def body(case: Case, api: Api) -> None:
        def one(_: int) -> None:
            case.accepted("SES-001", read(api))

        explore(case, st.integers(0, 3), one)

    record = judged(body, requests=1, examples=30)

    assert record["verdict"] == "pass"
    assert record["requests"]["sent"] <= 4


def test_a_server_that_forgets_makes_a_property_flaky_and_never_breaks_the_harness(judged: Judged) -> None:
    """Outcomes are remembered by value: a server that answers at random cannot confuse Hypothesis."""
    count = iter(range(10_000))

    def body(case: Case, api: Api) -> None:
        def one(_: int) -> None:
            case.accepted("SES-001", read(api))

        explore(case, st.integers(0, 1000), one)

    record = judged(
        body,
        lambda _: httpx.Response(400 if next(count) == 5 else 200, json={"message": "no"}),
        requests=1,
        examples=20,
    )

    assert record["verdict"] == "flaky"


def test_the_key_is_nowhere_in_the_line(judged: Judged) -> None:
    """A server that repeats the key in its answer does not bring it into the stream."""

    def body(case: Case, api: Api) -> None:
        case.refused("SES-001", read(api))

    record = judged(body, lambda r: httpx.Response(200, json={"message": r.headers["authorization"]}))

    assert "canary-key" not in json.dumps(record)
    assert record["verdict"] == "fail"


class Troubled:
    """A server that stores sessions, and a network before it that loses answers to the requests of these numbers."""

    def __init__(self, *lost: int, commits: bool = True) -> None:
        self.lost = lost
        self.commits = commits
        self.seen = 0
        self.stored: dict[str, int] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Counts how often each session was written; a loss is a broken connection, before or after the commit."""
        self.seen += 1
        lost = self.seen in self.lost
        name = request.url.path.rpartition("/")[2]
        if request.method == "PUT" and (self.commits or not lost):
            self.stored[name] = self.stored.get(name, 0) + 1
        if lost:
            raise httpx.ReadError("connection reset", request=request)
        return httpx.Response(200, json={"times": self.stored.get(name, 0)})


def writes_once(case: Case, api: Api) -> None:
    """A case that is broken by a write that is made twice, or not at all."""
    session = case.new_id("session")
    api.put_session(session, {})
    api.put_session(session, {})
    times = api.get_session(session).at("times")
    case.judge("SES-001", times == 2, f"written {times} times", of=case.history)


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("lost", [(1,), (2,), (3,), (2, 4), (1, 2, 4, 7)])
def test_a_write_whose_answer_was_lost_accuses_nobody(judged: Judged, lost: tuple[int, ...], commits: bool) -> None:
    """Carried out or not, it is not judged and not repeated: the case begins again with another session."""
    record = judged(writes_once, Troubled(*lost, commits=commits))

    assert ("pass", []) == (record["verdict"], record["findings"])
    assert 3 == record["requests"]["sent"]
    assert record["requests"]["extra"] >= len(lost)


def test_a_finding_beside_a_lost_answer_is_confirmed(judged: Judged) -> None:
    """What is broken is broken again on fresh ids, whatever the network does in between."""

    def body(case: Case, api: Api) -> None:
        session = case.new_id("session")
        api.put_session(session, {})
        case.judge("SES-001", False, "broken", of=api.put_session(session, {}))

    record = judged(body, Troubled(1, 6))

    assert ["fail"] == [finding["verdict"] for finding in record["findings"]]
    assert "fail" == record["verdict"]


def test_a_finding_that_cannot_be_tried_again_is_neither_broken_nor_flaky(judged: Judged) -> None:
    """The network that broke down before the replay says nothing of the server."""

    def body(case: Case, api: Api) -> None:
        session = case.new_id("session")
        case.judge("SES-001", False, "broken", of=api.put_session(session, {}))

    record = judged(body, Troubled(*range(2, 100)))

    assert ("blocked", []) == (record["verdict"], record["findings"])
    assert "could not be tried again" in record["detail"]


def test_a_call_that_is_lost_every_time_blocks_and_says_so(judged: Judged) -> None:
    """It is begun again a few times, and then it is that call and not the network."""
    written: set[str] = set()

    def server(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT" and request.url.path in written:
            raise httpx.ReadError("connection reset", request=request)
        written.add(request.url.path)
        return httpx.Response(200, json={})

    record = judged(writes_once, server)

    assert "blocked" == record["verdict"]
    assert "updateCustomerSessionV2 (call 2): the network: the connection broke" in record["detail"]
    assert "whether it was carried out is unknown" in record["detail"]
    assert "begun 4 times, and the same call failed 4 times in a row" in record["detail"]


@pytest.mark.parametrize("lost", [(1,), (3, 4), (2, 5, 9), tuple(range(2, 40, 4))])
def test_a_property_goes_on_with_the_value_that_was_interrupted(judged: Judged, lost: tuple[int, ...]) -> None:
    """Each value is executed whole, on a session of its own, and as many of them as planned."""
    values: list[int] = []

    def body(case: Case, api: Api) -> None:
        def one(value: int) -> None:
            writes_once(case, api)
            values.append(value)

        explore(case, st.integers(0, 10_000), one)

    record = judged(body, Troubled(*lost), requests=3, examples=8)

    assert "pass" == record["verdict"], record["detail"]
    assert 8 == len(set(values)) == len(values)
    assert 24 == record["requests"]["sent"]


def test_a_case_has_its_coupon_to_itself(judged: Judged, tmp_path: Path) -> None:
    """Of the pool it sees one coupon, the same when it looks twice, that nobody else has until it is over."""
    seen: list[tuple[str, ...]] = []
    others = Pool(("ONE", "TWO"), tmp_path, patience=0)

    def body(case: Case, api: Api) -> None:
        seen.append(case.bindings.coupons)
        with others.lease() as other:
            assert "TWO" == other
        case.judge("SES-001", False, "broken", of=read(api))

    record = judged(body, needs=("coupons",))

    assert ("fail", "") == (record["verdict"], record["detail"])
    assert [("ONE",), ("ONE",)] == seen
    with others.lease() as free:
        assert "ONE" == free


def test_a_case_that_needs_no_coupon_leases_none(judged: Judged, tmp_path: Path) -> None:
    """It sees the whole pool, which is not its own."""

    def body(case: Case, api: Api) -> None:
        with Pool(("ONE",), tmp_path, patience=0).lease():
            assert ("ONE", "TWO") == case.bindings.coupons
            case.accepted("SES-001", read(api))

    assert "pass" == judged(body)["verdict"]


def test_each_pool_that_a_case_needs_is_leased_by_itself(judged: Judged) -> None:
    """One coupon of each, however many it has."""

    def body(case: Case, api: Api) -> None:
        assert (("ONE",), ("HARD",)) == (case.bindings.coupons, case.bindings.mandatory_coupons)
        case.accepted("SES-001", read(api))

    assert "pass" == judged(body, needs=("mandatory_coupons", "coupons"))["verdict"]


def test_a_case_is_told_what_made_an_effect_show(judged: Judged) -> None:
    """The parts of a session that a trigger adds, which the case may change, and the campaign."""

    def body(case: Case, api: Api) -> None:
        case.trigger("setDiscount")["attributes"]["mark"] = "y"
        assert {"attributes": {"mark": "x"}} == case.trigger("setDiscount")
        assert 7 == case.fired("setDiscount").campaign
        case.accepted("SES-001", read(api))

    assert "pass" == judged(body, effects=("setDiscount",))["verdict"]


def test_an_effect_that_is_not_declared_cannot_be_built_on(judged: Judged) -> None:
    """The case would run where nothing shows it: a fault of the harness."""

    def body(case: Case, _: Api) -> None:
        case.trigger("setDiscount")

    record = judged(body)

    assert "error" == record["verdict"]
    assert "builds on setDiscount without declaring it" in record["detail"]


SHOWN = {"effectType": "setDiscount", "props": {}}
OTHER = {"effectType": "acceptCoupon"}


@pytest.mark.parametrize(("effects", "verdict"), [([SHOWN], "pass"), ([OTHER], "unsupported"), (None, "unsupported")])
def test_what_does_not_show_again_is_no_fault(judged: Judged, effects: Any, verdict: str) -> None:
    """A budget may be spent, or somebody else have come first: what was judged until then stands, and nothing fails."""

    def body(case: Case, api: Api) -> None:
        answer = api.get_session(case.new_id("session"))
        case.accepted("SES-001", answer)
        assert effects == case.showing(answer, "setDiscount")
        case.judge("SES-002", True, "", of=answer)

    def server(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"effects": effects})

    record = judged(body, server, "SES-001", "SES-002", effects=("setDiscount",))

    assert verdict == record["verdict"]
    assert ("never-triggered" if verdict == "unsupported" else None) == record["reason"]
    assert 1 == record["evidence"]["SES-001"]
    assert [] == record["findings"]
