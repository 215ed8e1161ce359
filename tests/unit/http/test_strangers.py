"""An operation of somebody's own document is not taken for one of this API's because it has its name."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.errors import GuardError
from talonproof.http.exchange import Call
from talonproof.http.guard import Guard
from talonproof.http.ledger import Ledger
from talonproof.http.strangers import strangers
from talonproof.target import Footprint, Target
from talonproof.workspace import find_workspace

OURS = read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")
SESSION = "/v2/customer_sessions/{customerSessionId}"


def contract(*operations: tuple[str, str, str]) -> Contract:
    """A document with operations: id, method, path."""
    paths: dict[str, Any] = {}
    for name, method, path in operations:
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        parameters = [{"name": each, "in": "path", "required": True, "schema": {}} for each in names]
        node = {"operationId": name, "parameters": parameters, "responses": {}}
        paths.setdefault(path, {})[method] = node
    return Contract.from_document({"openapi": "3.1.0", "paths": paths}, edition="x", source="x")


def test_our_own_operations_are_none() -> None:
    """In a document of this API every operation that has a rule is known."""
    assert {} == strangers(OURS, [OURS])
    assert OURS.operations["getCustomerSession"].path == SESSION


@pytest.mark.parametrize(
    "operation",
    [
        ("getCustomerSession", "get", "/sessions/{customerSessionId}"),
        ("getCustomerSession", "delete", SESSION),
        ("fetchSession", "get", SESSION),
    ],
    ids=["another path", "another method", "another name"],
)
def test_name_method_and_path_must_agree(operation: tuple[str, str, str]) -> None:
    """An operation that differs in any of them is destructive."""
    assert {operation[0]: Footprint.DESTRUCTIVE} == strangers(contract(operation), [OURS])


def test_a_document_may_be_trusted_to_keep_to_http() -> None:
    """Then safe methods read, and all others are destructive."""
    methods = ("get", "head", "options", "post", "put", "patch", "delete")
    found = strangers(contract(*((m, m, "/a") for m in methods)), [OURS], trusting=True)

    assert {"get", "head", "options"} == {name for name, footprint in found.items() if footprint is Footprint.READ}
    assert {Footprint.READ, Footprint.DESTRUCTIVE} == set(found.values())


def guard(known: Contract, limit: Footprint, *, trusting: bool) -> Guard:
    """The guard of a target elsewhere."""
    target = Target("https://shop.example", "shop.example")
    return Guard(target, known, limit, Ledger("r", "main"), strangers=strangers(known, [OURS], trusting=trusting))


def test_elsewhere_only_what_reads_is_sent() -> None:
    """By the usual limit of a server elsewhere a reading stranger passes, a writing one does not."""
    known = contract(("look", "get", "/a"), ("change", "post", "/a"), ("getCustomerSession", "post", "/a/b"))
    held = guard(known, Footprint.DRY, trusting=True)

    assert Footprint.READ is held.check(Call("look"), "https://shop.example/a")
    assert [True, False, False] == [held.allows(Call(name)) for name in ("look", "change", "getCustomerSession")]
    with pytest.raises(GuardError, match="nobody has judged what this operation does"):
        held.check(Call("change"), "https://shop.example/a")
    with pytest.raises(GuardError, match=r"speaks to shop\.example only"):
        held.check(Call("look"), "https://other.example/a")


def test_our_rules_hold_for_our_operations() -> None:
    """An operation of this API is judged by its arguments, whatever document it stands in."""
    held = guard(OURS, Footprint.DESTRUCTIVE, trusting=True)

    assert held.allows(Call("getCustomerSession", {"customerSessionId": "anybody's"}))
    assert not held.allows(Call("deleteCustomerData", {"integrationId": "anybody's"}))
