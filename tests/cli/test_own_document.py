"""``run --spec`` judges by a document of the user's own, as far as it goes and no further."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.contract.document import load
from talonproof.workspace import find_workspace
from tests.cli.tiny import Answer, Handler, healthy, serving

GONE = {"returnCartItems", "createAudienceV2"}
"""Operations that the document does not have."""

WEATHER = {
    "get": {
        "operationId": "getCustomerSession2",
        "responses": {
            "200": {"description": "It rains.", "content": {"application/json": {"schema": {"type": "object"}}}}
        },
    }
}
"""An operation that only the document has."""


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., Path]:
    """The document of 2025-01 without some operations, and with other paths."""

    def write(gone: set[str] = GONE, **paths: Any) -> Path:
        document = load(find_workspace().contract_file("2025-01"))
        for item in document["paths"].values():
            for method in [key for key, value in item.items() if key != "parameters" and value["operationId"] in gone]:
                del item[method]
        document["paths"] |= {f"/{name}": item for name, item in paths.items()}
        file = tmp_path / "own.json"
        file.write_text(json.dumps(document))
        return file

    return write


def test_what_the_document_lacks_is_unsupported(talonproof: Callable[..., Any], spec: Callable[..., Path]) -> None:
    """The plan has no case about an operation that the document lacks, and says so; the others are planned."""
    ended = talonproof("plan", "--json", "--spec", spec(), "--seed", "1")

    assert (0, "") == (ended.code, ended.err)
    plan = json.loads(ended.out)
    assert str(spec()) == plan["spec"]
    left_out = {case["detail"] for case in plan["cases"] if case["reason"] == "not-implemented"}
    assert "the document has no createAudienceV2" in left_out
    assert not any(GONE & set(case["operations"]) for case in plan["cases"] if case["planned"])
    assert {"sessions", "pagination", "contract"} <= {case["suite"] for case in plan["cases"] if case["planned"]}


def test_a_run_judges_what_is_left(judge: Callable[..., Any], spec: Callable[..., Path]) -> None:
    """Clauses of an operation that the document lacks are unsupported, not broken and not errors of a suite."""
    run = judge("--spec", spec(), "--select", "wiring", "--select", "AUD-001", "--select", "errors/test_content")

    assert 0 == run.ended.code, run.ended.out
    assert ("unsupported", "not-implemented") == run.verdicts["AUD-001"]
    assert set() == run.findings
    assert "pass" in {record["verdict"] for record in run.cases.values()}
    assert "error" not in {record["verdict"] for record in run.cases.values()}
    assert f"again   talonproof run --spec {spec()} " in run.ended.out


def test_a_schema_of_the_document_decides(judge: Callable[..., Any], spec: Callable[..., Path]) -> None:
    """What the document wants of an answer is what is judged: a property that only it requires is missed."""
    file = spec(set())
    document = json.loads(file.read_text())
    node = document["paths"]["/v1/customer_profiles/{integrationId}/inventory"]["get"]["responses"]["200"]
    node["content"]["application/json"]["schema"] = {"type": "object", "required": ["horoscope"]}
    file.write_text(json.dumps(document))

    run = judge("--spec", file, "--select", "*test_valid_calls?getCustomerInventory?")

    assert 1 == run.ended.code
    assert {("ERR-013", "body-structure", "fail")} == run.findings


def test_an_operation_that_nobody_knows_is_tried_by_its_schema(
    judge: Callable[..., Any], spec: Callable[..., Path]
) -> None:
    """It has a case of its own, which is destructive; what breaks the document is found."""
    file = spec(set(), weather=WEATHER)
    pattern = "contract/test_others.py::*"
    answers: list[Handler] = [healthy, lambda _: Answer(200, ["not an object"])]
    runs: list[Any] = []
    for handler in answers:
        with serving(handler) as server:
            given = ("--spec", file, "--url", server.url)
            runs.append(judge(*given, "--select", pattern, "--select", "getCustomerSession2"))

    assert [0, 1] == [run.ended.code for run in runs]
    assert {"destructive"} == {case["footprint"] for run in runs for case in run.header["cases"]}
    assert {("ERR-013", "body-structure", "fail")} == runs[-1].findings


def test_nobody_knows_what_it_does(talonproof: Callable[..., Any], spec: Callable[..., Path]) -> None:
    """Even by GET it counts as destructive: a run that may do less leaves it out."""
    file = spec(set(), weather=WEATHER)
    arguments = ("--spec", file, "--select", "getCustomerSession2", "--max-footprint", "consume")

    plan = json.loads(talonproof("plan", "--json", *arguments).out)

    (case,) = plan["cases"]
    assert (False, "footprint") == (case["planned"], case["reason"])


def test_without_a_document_there_are_no_such_cases(talonproof: Callable[..., Any]) -> None:
    """The edition's own document brings no case for operations that nobody knows."""
    plan = json.loads(talonproof("plan", "--json", "--depth", "nightly").out)

    assert not any("test_others" in case["id"] for case in plan["cases"])


@pytest.mark.parametrize("command", ["run", "plan"])
def test_a_document_that_is_wrong(talonproof: Callable[..., Any], tmp_path: Path, command: str) -> None:
    """It is told in one line, with file and place."""
    file = tmp_path / "own.yaml"
    file.write_text("openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses: {'2OO': {description: typed wrong}}\n")

    ended = talonproof(command, "--spec", file)

    assert 2 == ended.code
    assert ended.told.startswith(f"{file}:5 at /paths/~1a/get/responses/2OO: '2OO' is no status")
