"""Bindings as a target may have them, and the contract that all values must fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, find, settings
from hypothesis.strategies import SearchStrategy

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.target import Bindings
from talonproof.workspace import find_workspace


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The bundled contract."""
    return read_contract(find_workspace().contract_file("2025-01"), edition="2025-01")


@pytest.fixture(scope="session")
def validators(contract: Contract) -> Validators:
    """Its validators."""
    return Validators(contract)


@pytest.fixture(scope="session")
def bindings() -> Bindings:
    """Everything that the strategies can use."""
    return Bindings(
        profile_program=1,
        card_program=2,
        populated_profile="anna",
        populated_card="card-1",
        event_type="visited",
        profile_attribute="profile_text",
        session_attribute="session_text",
        item_attribute="item_text",
        event_attribute="event_text",
        number_attribute="session_number",
        additional_cost="shipping",
        second_additional_cost="handling",
        store="store-1",
        audience=3,
        coupons=("POOL-1", "POOL-2"),
    )


@pytest.fixture(scope="session")
def simplest() -> Callable[[SearchStrategy[Any]], Any]:
    """Where shrinking ends if every value fails."""
    quick = settings(phases=(Phase.generate, Phase.shrink), database=None)
    return lambda drawn: find(drawn, lambda _: True, settings=quick)
