"""Schemathesis suggests calls and judges answers; it is asked late, always answers the same, and sends nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from talonproof.contract.contract import Contract
from talonproof.contract.serialise import serialise
from talonproof.generation.neighbour import Engine, Suggestion, engine, sampled
from talonproof.generation.pointers import MISSING
from talonproof.http.exchange import Call, Exchange

AUDIENCE = {"accountId": 1, "id": 2, "created": "2024-05-29T12:00:00Z", "name": "a"}


@pytest.fixture(scope="module")
def schemathesis(contract: Contract) -> Engine:
    """The engine of the bundled contract."""
    return engine(contract)


def answer(body: object, status: int = 201, content_type: str = "application/json") -> Exchange:
    """An answer to the creation of an audience."""
    call = Call("createAudienceV2", body={"name": "a"}, has_body=True)
    url, sent = "http://127.0.0.1:1/v2/audiences", b'{"name": "a"}'
    headers, received = {"content-type": content_type}, json.dumps(body).encode()
    return Exchange(0, call, "POST", url, "/v2/audiences", {}, sent, status, headers, received, 0.0, 0.01)


def test_it_is_not_imported_before_it_is_needed() -> None:
    """Collecting suites that may ask for it costs nothing."""
    code = "import sys, talonproof.generation.neighbour as n; print('schemathesis' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "False\n" == done.stdout


def test_there_is_one_engine_for_a_contract(contract: Contract, schemathesis: Engine) -> None:
    """Reading the document again would cost a second each time."""
    assert schemathesis is engine(contract)


def test_suggestions_are_calls_of_the_operation(contract: Contract, schemathesis: Engine) -> None:
    """Each has the path parameters of the document, and a body exactly where it can have one."""
    total = 0
    for operation in contract.operations.values():
        for suggestion in schemathesis.covering(operation.id):
            total += 1
            assert operation.id == suggestion.operation
            assert {parameter.name for parameter in operation.path_parameters} == set(suggestion.path)
            assert operation.body is not None or suggestion.body is MISSING

    assert total > 1_000


def test_there_are_good_and_bad_ones_of_every_operation(contract: Contract, schemathesis: Engine) -> None:
    """Only an operation without a bound or a type beside its ids has no bad ones but for their headers."""
    for operation in contract.operations.values():
        found = schemathesis.covering(operation.id)
        bad = {suggestion.scenario for suggestion in found if not suggestion.positive}

        assert any(suggestion.positive for suggestion in found), operation.id
        assert "malformed_content_type" in bad, operation.id
        if operation.body is not None:
            assert "incorrect_type" in bad, operation.id


def test_the_same_in_every_process(contract: Contract, schemathesis: Engine) -> None:
    """A replay, or another worker, tries what the first one tried."""
    names = ("createAudienceV2", "getLoyaltyCardPoints")

    assert [schemathesis.covering(name) for name in names] == [Engine(contract).covering(name) for name in names]


def test_no_suggestion_holds_a_key(contract: Contract, schemathesis: Engine) -> None:
    """The document that it reads has no security: keys are our client's business."""
    for operation in contract.operations:
        for suggestion in schemathesis.covering(operation):
            assert "uthorization" not in json.dumps(dict(suggestion.origin.headers))


def suggestions(*scenarios: str) -> list[Suggestion]:
    """One for each scenario; those in capitals keep the contract."""
    return [
        Suggestion("a", name, name.isupper(), {}, {"n": n}, MISSING, None, None) for n, name in enumerate(scenarios)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_holds_every_scenario_before_any_twice(seed: int) -> None:
    """Good ones and bad ones take turns, so that a small share is of many kinds."""
    every = suggestions(*"AAAAAAB", *"ccccccccccd", "e")

    found = list(sampled(every, Random(seed).shuffle))

    assert len(every) == len(found)
    assert {one.query["n"] for one in every} == {one.query["n"] for one in found}
    assert {"A", "B"} == {one.scenario for one in found[:6] if one.positive}
    assert {"c", "d", "e"} == {one.scenario for one in found[:6] if not one.positive}


def test_a_sample_depends_on_its_seed_alone() -> None:
    """The same seed gives the same order, another one another."""
    every = suggestions(*"abcdefghABCDEFGH")

    assert list(sampled(every, Random(1).shuffle)) == list(sampled(every, Random(1).shuffle))
    assert list(sampled(every, Random(1).shuffle)) != list(sampled(every, Random(2).shuffle))


def test_a_good_answer_has_no_failure(schemathesis: Engine) -> None:
    """Properties that no schema knows are no failure either."""
    suggestion = schemathesis.covering("createAudienceV2")[0]

    assert () == schemathesis.failures(suggestion, answer({**AUDIENCE, "more": 1}))


@pytest.mark.parametrize(
    ("exchange", "kind", "pointer", "keyword"),
    [
        (answer({**AUDIENCE, "id": "2"}), "JsonSchemaError", "/id", "type"),
        (answer({name: AUDIENCE[name] for name in ("accountId", "id", "name")}), "JsonSchemaError", "", "required"),
        (answer({**AUDIENCE, "integrationId": None}), "JsonSchemaError", "/integrationId", "type"),
        (answer(AUDIENCE, status=202), "UndefinedStatusCode", "", ""),
        (answer(AUDIENCE, content_type="text/html"), "UndefinedContentType", "", ""),
        (answer({"message": "sorry"}, status=500), "ServerError", "", ""),
    ],
)
def test_failures_are_told_by_kind_and_place(
    schemathesis: Engine, exchange: Exchange, kind: str, pointer: str, keyword: str
) -> None:
    """Schemathesis' own checks see an answer as our client received it."""
    suggestion = schemathesis.covering("createAudienceV2")[0]

    found = schemathesis.failures(suggestion, exchange)

    assert (kind, pointer, keyword) in {(one.kind, one.pointer, one.keyword) for one in found}


def test_drawn_suggestions_can_be_sent(contract: Contract, schemathesis: Engine) -> None:
    """The fuzzing phase draws JSON bodies and both kinds of calls."""
    seen: list[Suggestion] = []

    @settings(max_examples=30, database=None, phases=(Phase.generate,), suppress_health_check=[HealthCheck.too_slow])
    @given(schemathesis.fuzzing("updateAudienceV2"))
    def draw(suggestion: Suggestion) -> None:
        seen.append(suggestion)
        json.dumps([dict(suggestion.path), dict(suggestion.query)])
        if suggestion.body is not MISSING:
            json.dumps(suggestion.body, allow_nan=False)

    draw()

    assert {True, False} == {suggestion.positive for suggestion in seen}
    assert serialise(contract.operation("updateAudienceV2"), {"audienceId": 1}, {}) == "/v2/audiences/1"
