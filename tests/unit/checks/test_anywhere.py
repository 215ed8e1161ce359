"""What holds for any document is judged by that document, and nothing that only this API's sources state."""

from __future__ import annotations

import json
from typing import Any

import pytest

from talonproof.checks import ANYWHERE, PASSIVE, Anywhere
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.http.exchange import Call, Exchange

NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


def broken(
    responses: Any, status: int, body: bytes, media_type: str = "application/json", method: str = "get"
) -> set[str]:
    """The requirements that an answer breaks."""
    document = {"openapi": "3.1.0", "paths": {"/a": {method: {"operationId": "a", "responses": responses}}}}
    contract = Contract.from_document(document, edition="x", source="x")
    headers = {"content-type": media_type} if media_type else {}
    exchange = Exchange(
        0, Call("a"), method.upper(), "http://127.0.0.1:1/a", "/a", {}, None, status, headers, body, 0, 0
    )
    judged = Anywhere(contract, Validators(contract)).judge(exchange)
    assert {judgement.requirement for judgement in judged} <= set(ANYWHERE.values())
    return {j.requirement for j in judged if not j.holds}


def listed(**content: Any) -> Any:
    """A document's answers: 200 with these media types, ``_`` for the slash."""
    types = {name.replace("_", "/"): {"schema": schema} for name, schema in content.items()}
    return {"200": {"description": "", "content": types}}


ROW = json.dumps({"name": "a"}).encode()


@pytest.mark.parametrize(
    ("responses", "body", "media_type", "expected"),
    [
        (listed(application_json=NAMED), ROW, "application/json; charset=utf-8", set()),
        (listed(application_json=NAMED), b"{}", "application/json", {"ERR-013"}),
        (listed(application_json=NAMED), ROW, "text/plain", {"ERR-004"}),
        (listed(text_csv={}), b"a,b", "text/csv", set()),
        (listed(text_csv={}), ROW, "application/json", {"ERR-004"}),
        (listed(application_json=NAMED, text_csv={}), b"a,b", "text/csv", set()),
        (listed(application_json=NAMED, application_xml={}), b"<a/>", "application/xml", set()),
        ({"200": {"description": "", "content": {"*/*": {"schema": NAMED}}}}, b"hello", "text/plain", set()),
        ({"200": {"description": "", "content": {"*/*": {"schema": NAMED}}}}, b"{}", "application/json", {"ERR-013"}),
        ({"200": {"description": "", "content": {"text/*": {}}}}, b"hello", "text/html", set()),
        ({"200": {"description": ""}}, b"OK", "text/plain", set()),
    ],
)
def test_a_body_is_what_the_document_lists(responses: Any, body: bytes, media_type: str, expected: set[str]) -> None:
    """A listed media type is right whatever it is, and only the one with the schema is judged by it."""
    assert expected == broken(responses, 200, body, media_type)


def test_an_answer_to_head_has_no_body() -> None:
    """Nothing is missed in it."""
    assert set() == broken(listed(application_json=NAMED), 200, b"", method="head")


def test_a_status_is_what_the_document_lists() -> None:
    """A 2xx that is not listed is broken, unless a range or the default stands for it; a 4xx is only recorded."""
    assert {"ERR-007"} == broken(listed(application_json=NAMED), 201, ROW)
    assert set() == broken({"2XX": {"description": ""}}, 201, b"", "")
    assert {"ERR-008"} == broken(listed(application_json=NAMED), 418, b"{}")


def test_a_server_error_is_one_though_it_is_listed() -> None:
    """It is told, and not said to be unlisted where it is not."""
    assert {"ERR-009"} == broken({"500": {"description": ""}}, 500, b"{}")


def test_nothing_of_this_apis_own_is_judged() -> None:
    """What the sources of this API say of its envelopes and errors is left out."""
    assert set(ANYWHERE.values()) < set(PASSIVE.values())
    assert {"ERR-001", "AUT-003", "PAG-007", "SES-051"}.isdisjoint(ANYWHERE.values())
