"""Every operation wants a valid key before it looks at anything else."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import read_contract
from talonproof.emulator.message import Request
from talonproof.emulator.operations import HANDLERS
from talonproof.emulator.serve import unbuilt_operations
from talonproof.workspace import find_workspace

OPERATIONS = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01").operations
BAD = {
    "none": None,
    "unknown": "ApiKey-v1 nobody",
    "expired": "ApiKey-v1 old",
    "no scheme": "live",
    "other scheme": "Bearer live",
    "management": "ManagementKey-v1 live",
    "empty": "ApiKey-v1 ",
    "longer": "ApiKey-v1 live ",
    "two": "ApiKey-v1 live live",
}


def path_of(operation_id: str) -> str:
    """A path of the operation, with values that nothing has."""
    path = OPERATIONS[operation_id].path
    for parameter in OPERATIONS[operation_id].path_parameters:
        path = path.replace("{" + parameter.name + "}", "404")
    return path


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_a_call_without_a_valid_key_is_401(module_client: Any, operation_id: str) -> None:
    """Whatever is wrong with the key, and whatever is wrong with the rest."""
    for header in BAD.values():
        headers = {} if header is None else {"authorization": header}
        answer = module_client.send(Request(OPERATIONS[operation_id].method, path_of(operation_id), headers, b"{"))
        assert (401, 401) == (answer.status, answer.document()["StatusCode"])


def test_unbuilt_operations_are_declared(client: Any) -> None:
    """unbuilt.txt holds exactly the operations without a handler; they answer 501."""
    assert OPERATIONS.keys() - HANDLERS.keys() == unbuilt_operations()
    assert HANDLERS.keys() <= OPERATIONS.keys()
    for operation_id in unbuilt_operations():
        headers = {"authorization": "ApiKey-v1 live"}
        answer = client.send(Request(OPERATIONS[operation_id].method, path_of(operation_id), headers))
        assert (501, 501) == (answer.status, answer.document()["StatusCode"])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v2", 404), ("GET", "/v2/customer_sessions/", 404), ("GET", "/v2/customer_sessions/s/", 404),
     ("GET", "/v2/customer_sessions//returns", 404), ("PATCH", "/v2/customer_sessions/s", 405),
     ("DELETE", "/v2/customer_sessions/s/reopen", 405), ("PUT", "/", 404)],
)  # fmt: skip
def test_unknown_paths_and_methods_are_told_apart(client: Any, method: str, path: str, status: int) -> None:
    """404 for a path that no operation has, 405 for a method that the path does not have; with a key or without."""
    for headers in ({}, {"authorization": "ApiKey-v1 live"}):
        answer = client.send(Request(method, path, headers))
        assert (status, status) == (answer.status, answer.document()["StatusCode"])


def test_own_pages_want_no_key(client: Any) -> None:
    """The health page and the front page answer everybody."""
    assert {"status": "ok"} == client.send(Request("GET", "/_health")).document()
    assert "2025-01" == client.send(Request("GET", "/")).document()["edition"]


def test_an_encoded_slash_stays_in_its_segment(client: Any) -> None:
    """So an id may hold one, and may even look like another operation."""
    client.update("a%2Freopen", couponCodes=["A"])

    assert "a/reopen" == client.session("a%2Freopen")["integrationId"]
    assert 400 == client.reopen("a")[0]


def test_replies_carry_the_clock_of_the_emulator(client: Any) -> None:
    """The Date header is the emulator's time, not the machine's."""
    assert "Fri, 04 Oct 2024 00:00:00 GMT" == client.send(Request("GET", "/_health")).headers["date"]
