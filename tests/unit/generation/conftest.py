"""The bundled contract, small made-up ones, and a validator that shares no code with ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.workspace import find_workspace


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The bundled contract."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture(scope="session")
def validators(contract: Contract) -> Validators:
    """Its validators, so that nothing is compiled twice."""
    return Validators(contract)


@pytest.fixture(scope="session")
def made() -> Callable[[Mapping[str, Any]], Contract]:
    """Makes a contract of some named schemas and no operation."""

    def make(schemas: Mapping[str, Any]) -> Contract:
        document = {"openapi": "3.1.0", "info": {}, "paths": {}, "components": {"schemas": dict(schemas)}}
        return Contract.from_document(document, edition="2025-01", source="made up")

    return make


@pytest.fixture(scope="session")
def errors() -> Callable[..., set[tuple[str, str]]]:
    """What ``jsonschema`` alone has against a value: pairs of pointer and keyword, those inside oneOf too."""

    def judge(contract: Contract, schema: Mapping[str, Any], value: Any) -> set[tuple[str, str]]:
        whole = {**schema, "components": contract.document["components"]}
        checker = jsonschema.FormatChecker(("date-time",))
        pending = list(jsonschema.Draft202012Validator(whole, format_checker=checker).iter_errors(value))
        found: set[tuple[str, str]] = set()
        while pending:
            error = pending.pop()
            pointer = "".join("/" + str(t).replace("~", "~0").replace("/", "~1") for t in error.absolute_path)
            found.add((pointer, str(error.validator)))
            pending += error.context or ()
        return found

    return judge
