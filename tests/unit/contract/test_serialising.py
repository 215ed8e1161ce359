"""Arguments become a path and a query, and come back from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talonproof.contract.contract import Contract, Operation, Parameter
from talonproof.contract.match import Matcher
from talonproof.contract.serialise import serialise
from talonproof.errors import ConfigError

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def operation(path: str, *parameters: Parameter) -> Operation:
    """An operation with this template and these parameters."""
    return Operation("op", "GET", path, "", parameters, body=None, body_required=False, responses={})


def path_parameter(style: str = "simple", *, explode: bool = False) -> Parameter:
    """The path parameter ``id``."""
    return Parameter("id", "path", required=True, schema={}, style=style, explode=explode)


def query_parameter(style: str = "form", *, explode: bool = True) -> Parameter:
    """The query parameter ``q``."""
    return Parameter("q", "query", required=False, schema={}, style=style, explode=explode)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a b+c/d?e%&=é😀", "a%20b%2Bc%2Fd%3Fe%25%26%3D%C3%A9%F0%9F%98%80"),
        ("a-b._~", "a-b._~"),
        (".", "%2E"),
        ("..", "%2E%2E"),
        ("...", "..."),
        ("a..", "a.."),
        (7, "7"),
        (-1, "-1"),
        (True, "true"),
        (["a,b", "c"], "a%2Cb,c"),
        ({"a": 1, "b": 2}, "a,1,b,2"),
    ],
)
def test_path_values(value: object, written: str) -> None:
    """A path value stays one segment, whatever it holds, and is never a dot segment."""
    assert f"/a/{written}/b" == serialise(operation("/a/{id}/b", path_parameter()), {"id": value}, {})


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("simple", True, {"a": 1, "b": 2}, "a=1,b=2"),
        ("label", False, "x", ".x"),
        ("label", False, ["x", "y"], ".x,y"),
        ("label", True, ["x", "y"], ".x.y"),
        ("label", True, {"a": 1, "b": 2}, ".a=1.b=2"),
        ("matrix", False, "x", ";id=x"),
        ("matrix", False, ["x", "y"], ";id=x,y"),
        ("matrix", True, ["x", "y"], ";id=x;id=y"),
        ("matrix", True, {"a": 1, "b": 2}, ";a=1;b=2"),
        ("content", False, {"a": [1]}, "%7B%22a%22%3A%5B1%5D%7D"),
    ],
)
def test_path_styles(style: str, *, explode: bool, value: object, written: str) -> None:
    """Every style of OpenAPI is written as its table of examples has it."""
    assert f"/{written}" == serialise(operation("/{id}", path_parameter(style, explode=explode)), {"id": value}, {})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("", "q="),
        ("a b+c&d=e#f", "q=a%20b%2Bc%26d%3De%23f"),
        (True, "q=true"),
        (False, "q=false"),
        (10**20, "q=100000000000000000000"),
        (0.1, "q=0.1"),
        (1e21, "q=1000000000000000000000"),
        (1e-7, "q=0.0000001"),
        (Decimal("1E+3"), "q=1000"),
        (datetime(2024, 5, 29, 15, 4, 5, tzinfo=UTC), "q=2024-05-29T15%3A04%3A05Z"),
        (datetime(2024, 5, 29, 1, 0, 0, 500, tzinfo=timezone(timedelta(hours=7))), "q=2024-05-28T18%3A00%3A00.000500Z"),
        (date(2024, 5, 29), "q=2024-05-29"),
        (["a", "b,c"], "q=a&q=b%2Cc"),
        (("a",), "q=a"),
        ([], ""),
        (None, ""),
        ({"a": "1", "b": "2"}, "a=1&b=2"),
    ],
)
@pytest.mark.parametrize("parameters", [(), (query_parameter(),)], ids=["unknown", "described"])
def test_query_values(value: object, written: str, parameters: tuple[Parameter, ...]) -> None:
    """Values are written as JSON and RFC 3339 have them, lists repeated, also where the name is not described."""
    expected = f"/a?{written}" if written else "/a"

    assert expected == serialise(operation("/a", *parameters), {}, {"q": value})


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("form", False, ["a", "b,c"], "q=a,b%2Cc"),
        ("form", False, {"a": 1, "b": 2}, "q=a,1,b,2"),
        ("spaceDelimited", False, ["a", "b"], "q=a%20b"),
        ("pipeDelimited", False, ["a", "b"], "q=a%7Cb"),
        ("deepObject", True, {"a": 1, "b c": 2}, "q%5Ba%5D=1&q%5Bb%20c%5D=2"),
        ("content", False, ["a", 1], "q=%5B%22a%22%2C1%5D"),
    ],
)
def test_query_styles(style: str, *, explode: bool, value: object, written: str) -> None:
    """Every style of OpenAPI is written as its table of examples has it."""
    found = serialise(operation("/a", query_parameter(style, explode=explode)), {}, {"q": value})

    assert f"/a?{written}" == found


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ({"id": ""}, {}, "id is empty"),
        ({"id": []}, {}, "id is empty"),
        ({}, {}, "needs a value for the path parameter id"),
        ({"id": "a", "it": "b"}, {}, "no path parameter it .did you mean id"),
        ({"id": "a"}, {"q": datetime(2024, 5, 29, tzinfo=UTC).replace(tzinfo=None)}, "without a zone"),
        ({"id": "a"}, {"q": object()}, "type object cannot be sent"),
        ({"id": None}, {}, "type NoneType cannot be sent"),
        ({"id": "\ud800"}, {}, "UTF-8"),
        ({"id": "a"}, {"c": float("nan")}, "not a JSON value"),
    ],
)
def test_what_cannot_be_sent(path: dict[str, Any], query: dict[str, Any], message: str) -> None:
    """A value that has no place on the wire stops before anything is sent."""
    by_media_type = Parameter("c", "query", required=False, schema={}, style="content", explode=False)
    described = operation("/{id}", path_parameter(), by_media_type)
    with pytest.raises(ConfigError, match=message):
        serialise(described, path, query)


@UNHURRIED
@given(
    first=TEXT.filter(bool), second=TEXT.filter(bool), query=st.dictionaries(TEXT, TEXT | st.lists(TEXT, min_size=1))
)
def test_round_trip(first: str, second: str, query: dict[str, str | list[str]]) -> None:
    """What was put in is found again: the values by the matcher, the query by anybody's parser."""
    document = {"paths": {"/a/{x}/b/{y}": {"get": {"operationId": "op"}}}}
    contract = Contract.from_document(document, edition="test", source="test")
    parameters = tuple(
        Parameter(name, "path", required=True, schema={}, style="simple", explode=False) for name in "xy"
    )
    raw = serialise(operation("/a/{x}/b/{y}", *parameters), {"x": first, "y": second}, query)
    found = Matcher(contract).match("GET", raw)
    pairs = [(name, text) for name, value in query.items() for text in ([value] if isinstance(value, str) else value)]

    assert found is not None
    assert {"x": first, "y": second} == found.path
    assert pairs == parse_qsl(urlsplit(raw).query, keep_blank_values=True)
    assert raw.isascii()
