"""Parameters of the URL are read as the contract has them, in every spelling that clients use."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import Contract, Operation, Parameter
from talonproof.emulator.parameters import ParameterReader
from talonproof.emulator.refusal import Refusal
from talonproof.emulator.router import Router


def reader(contract: Contract, operation_id: str) -> ParameterReader:
    """The reader of an operation."""
    return ParameterReader(contract.operation(operation_id), contract)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("true", True), ("false", False), ("1", True), ("0", False), ("True", True), ("False", False), ("TRUE", True)],
)
def test_booleans_come_in_the_spellings_of_clients(contract: Contract, text: str, *, expected: bool) -> None:
    """Those of the wire, of Python and of PHP."""
    assert expected is reader(contract, "getCustomerInventory").read({}, f"profile={text}")["profile"]


@pytest.mark.parametrize("text", ["", "yes", "on", "2", "tRUE", " true", "null"])
def test_other_words_are_no_booleans(contract: Contract, text: str) -> None:
    """They are refused by the name of the parameter."""
    with pytest.raises(Refusal) as caught:
        reader(contract, "getCustomerInventory").read({}, f"profile={text}")

    assert "profile" == caught.value.problems[0].parameter


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("subledgerId=a", ["a"]),
        ("subledgerId=a&subledgerId=b", ["a", "b"]),
        ("subledgerId=a,b", ["a", "b"]),
        ("subledgerId=a%2Cb&subledgerId=c", ["a", "b", "c"]),
        ("subledgerId=", [""]),
        ("subledgerId", [""]),
        ("subledgerId=a+b%20c", ["a b c"]),
    ],
)
def test_arrays_come_repeated_or_with_commas(contract: Contract, query: str, expected: list[str]) -> None:
    """Both ways, and both at once."""
    assert expected == reader(contract, "getLoyaltyCardBalances").read({}, query)["subledgerId"]


def test_defaults_are_those_of_the_contract(contract: Contract) -> None:
    """What is left out has its default, or is absent."""
    assert {"pageSize": 50, "status": "active"} == reader(contract, "getLoyaltyCardPoints").read({}, "")
    assert {"pageSize": 1000} == reader(contract, "getLoyaltyCardTransactions").read({}, "unknown=1")


def test_of_a_repeated_scalar_the_first_counts(contract: Contract) -> None:
    """The rest is ignored."""
    assert 2 == reader(contract, "getLoyaltyCardPoints").read({}, "pageSize=2&pageSize=x")["pageSize"]


@pytest.mark.parametrize("query", ["pageSize=%ff", "&".join(["a=1"] * 1001)])
def test_a_query_that_cannot_be_read_is_refused(contract: Contract, query: str) -> None:
    """Bad escapes and floods of parameters are a 400."""
    with pytest.raises(Refusal) as caught:
        reader(contract, "getLoyaltyCardPoints").read({}, query)

    assert 400 == caught.value.status


def test_a_required_parameter_must_be_there(contract: Contract) -> None:
    """Its name is in the refusal."""
    parameter = Parameter(
        "must", "query", required=True, schema={"type": "string", "minLength": 2}, style="form", explode=True
    )
    made = ParameterReader(operation("/x", parameters=(parameter,)), contract)

    assert {"must": "ab"} == made.read({}, "must=ab")
    for query in ("", "must=a"):
        with pytest.raises(Refusal) as caught:
            made.read({}, query)
        assert "must" == caught.value.problems[0].parameter


def operation(path: str, method: str = "GET", **values: Any) -> Operation:
    """An operation whose id is its method and path."""
    fields: dict[str, Any] = {"parameters": (), "body": None, "body_required": False, "responses": {}, **values}
    return Operation(id=f"{method} {path}", method=method, path=path, summary="", **fields)


def test_literal_segments_win_over_templates() -> None:
    """In whatever order they are declared, and only where they lead to an operation."""
    router = Router([operation("/a/{x}/c"), operation("/a/b/{y}"), operation("/a/{x}/{y}"), operation("/a/b/c/d")])

    routes = {path: router.route("GET", path) for path in ("/a/b/c", "/a/q/c", "/a/b/d", "/a/q/d")}

    expected = [
        ("GET /a/b/{y}", {"y": "c"}),
        ("GET /a/{x}/c", {"x": "q"}),
        ("GET /a/b/{y}", {"y": "d"}),
        ("GET /a/{x}/{y}", {"x": "q", "y": "d"}),
    ]
    assert expected == [(route.operation.id, route.values) for route in routes.values()]


def test_a_template_may_have_the_method_that_a_literal_lacks() -> None:
    """A path falls through to the next match that has the method; the refusal names all methods."""
    router = Router([operation("/a/b", "PUT"), operation("/a/{x}", "GET")])

    assert {"x": "b"} == router.route("GET", "/a/b").values
    with pytest.raises(Refusal, match="GET, PUT"):
        router.route("POST", "/a/b")


def test_values_are_decoded_after_splitting() -> None:
    """Escapes are undone once, a plus stays a plus."""
    router = Router([operation("/a/{x}")])

    for raw, value in {"b%2Fc": "b/c", "%2525": "%25", "a+b": "a+b", "%C3%BC": "ü", "%2E%2E": "..", "ü": "ü"}.items():
        assert {"x": value} == router.route("GET", f"/a/{raw}").values
