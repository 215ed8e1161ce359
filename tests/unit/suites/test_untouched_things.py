"""Things that refused calls are aimed at: which call is accused, by which exchanges, and when nothing is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strategies.placeholders import SESSION
from strategies.untouched import Send, Untouched, a_session
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract
from talonproof.http.exchange import Exchange
from talonproof.requirement import Level, Requirement, catalogue
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.outcome import Blocked, GivenUp
from talonproof.run.plan import Row, Spec
from talonproof.target import Footprint, Keys, Target

CLAUSES = catalogue("2025-01", [Requirement("ERR-002", ("R127",), Level.SHOULD, "nothing changes", (), ("all",))])


class Sessions:
    """Sessions in memory: the identifier ``no`` is refused, and with a code of ``leaks`` it is stored none the less.

    The first calls with a code of ``silent`` get no answer, one for each time that it is there.
    """

    def __init__(self, *leaks: str, reading: int = 200, silent: tuple[str, ...] = ()) -> None:
        self.leaks = leaks
        self.reading = reading
        self.silent = list(silent)
        self.stored: dict[str, dict[str, Any]] = {}

    def handle(self, request: httpx.Request) -> httpx.Response:
        """The answer to a read or an update."""
        name = request.url.path.rpartition("/")[2]
        if request.method == "GET":
            return httpx.Response(self.reading, json={"customerSession": self.stored[name], "effects": []})
        sent = json.loads(request.content)["customerSession"]
        refused = "no" in sent.get("identifiers", ())
        if not refused or sent["referralCode"] in self.leaks:
            self.stored[name] = sent
        if sent.get("referralCode") in self.silent:
            self.silent.remove(sent["referralCode"])
            raise httpx.ReadError("cut")
        return httpx.Response(400 if refused else 200, json={"message": "no"})


Judging = Callable[[Sessions], tuple[Case, Untouched]]


@pytest.fixture
def aimed(contract: Contract, tmp_path: Path) -> Iterator[Judging]:
    """Makes a case on a server, with an open session to aim at; 20 requests are planned."""
    opened: list[Bench] = []

    def make(server: Sessions) -> tuple[Case, Untouched]:
        bench = Bench.open(
            RunOptions(run="unit", seed=1, max_footprint=Footprint.DESTRUCTIVE),
            Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1"),
            Keys("canary-key"),
            contract,
            CLAUSES,
            folder=tmp_path,
            worker="w",
            workers=1,
            transport=httpx.MockTransport(server.handle),
        )
        opened.append(bench)
        case = bench.case(Row(Spec("errors/t.py::t", "t", "", ("ERR-002",), Footprint.CONSUME, 20), 20, 1))
        return case, Untouched(case, lambda: a_session(case, "open"))

    yield make
    for bench in opened:
        bench.close()


def update(case: Case, code: str, *, refused: bool = True) -> Send:
    """An update with a referral code to know it by, refused or not."""
    body = {"referralCode": code, "identifiers": ["no" if refused else "yes"]}
    return lambda ids: Api(case).put_session(ids[SESSION], body)


def codes(exchanges: tuple[Exchange, ...]) -> list[Any]:
    """The referral codes that updates carried."""
    sent = (exchange.call.body for exchange in exchanges if exchange.call.body)
    return [body["customerSession"].get("referralCode") for body in sent]


def test_what_was_left_alone_is_evidence(aimed: Judging) -> None:
    """Refused calls that changed nothing are judged once, with nothing sent beyond the plan."""
    case, untouched = aimed(Sessions())
    for code in "abc":
        assert untouched.send(code, update(case, code)).refused
    untouched.judge()

    assert {"ERR-002": 1} == case.evidence
    assert {} == case.shown
    assert (6, 0) == (case.sent, case.extra)


def test_the_call_that_changed_something_is_found(aimed: Judging) -> None:
    """Of several refused calls the guilty one is sent again alone, and only it is shown."""
    case, untouched = aimed(Sessions("b"))
    for code in "abc":
        untouched.send(f"the update {code}", update(case, code))
    untouched.judge()

    (shown,) = case.shown.values()
    assert [None, "b"] == codes(shown.exchanges)
    assert "updateCustomerSessionV2" == shown.judgement.operation
    assert "the update b: " in shown.judgement.message
    assert 0 < case.extra


def test_one_refused_call_is_guilty_without_a_trial(aimed: Judging) -> None:
    """Nothing is sent again where there is only one that it can be."""
    case, untouched = aimed(Sessions("a"))
    untouched.send("the update a", update(case, "a"))
    untouched.judge()

    (shown,) = case.shown.values()
    assert [None, "a"] == codes(shown.exchanges)
    assert [None, "a"] == codes(tuple(case.history))


def test_an_accepted_call_takes_its_thing_with_it(aimed: Judging) -> None:
    """What was accepted may change what it likes; the calls after it are aimed at something new."""
    case, untouched = aimed(Sessions())
    untouched.send("a", update(case, "a"))
    untouched.send("b", update(case, "b", refused=False))
    untouched.send("c", update(case, "c"))
    untouched.judge()

    assert {"ERR-002": 1} == case.evidence
    assert {} == case.shown
    assert 2 == case.extra


def test_nothing_refused_is_nothing_judged(aimed: Judging) -> None:
    """Without a refused call there is no evidence."""
    case, untouched = aimed(Sessions())
    untouched.send("a", update(case, "a", refused=False))
    untouched.judge()

    assert not case.evidence


def test_a_read_that_tells_nothing_blocks(aimed: Judging) -> None:
    """A server that fails to read says neither that something changed nor that nothing did."""
    with pytest.raises(Blocked, match="getCustomerSession answered 500"):
        aimed(Sessions(reading=500))


@pytest.mark.parametrize("silent", ["b", "bb", "bcc"])
def test_a_call_without_an_answer_is_made_again_alone(aimed: Judging, silent: str) -> None:
    """It is made again on another thing; the calls before it are judged by the one that they were aimed at."""
    case, untouched = aimed(Sessions(silent=tuple(silent)))
    for code in "abc":
        assert untouched.send(code, update(case, code)).refused
    untouched.judge()

    assert {} == case.shown
    assert case.evidence["ERR-002"] == 1 + len(set(silent))
    assert [*"a", *"b" * (silent.count("b") + 1), *"c" * (silent.count("c") + 1)] == codes(
        tuple(one for one in case.history if "no" in str(one.call.body))
    )


@pytest.mark.parametrize(("leaks", "accused"), [("a", "a"), ("b", "b"), ("", "")])
def test_what_was_not_answered_is_not_held_against_what_was_refused(aimed: Judging, leaks: str, accused: str) -> None:
    """The thing of both has changed: whichever of the two did it alone is found, and nobody else is accused."""
    case, untouched = aimed(Sessions(leaks, silent=("b",)))
    for code in "ab":
        untouched.send(f"the update {code}", update(case, code))
    untouched.judge()

    assert [f"the update {code}" for code in accused] == [
        shown.judgement.message.partition(":")[0] for shown in case.shown.values()
    ]


def test_a_call_that_is_never_answered_blocks(aimed: Judging) -> None:
    """After some tries it is that call, and not the network."""
    case, untouched = aimed(Sessions(silent=tuple("b" * 9)))
    untouched.send("a", update(case, "a"))
    with pytest.raises(GivenUp, match="the same call failed 4 times in a row"):
        untouched.send("b", update(case, "b"))
