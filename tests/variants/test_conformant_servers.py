"""Servers that differ from the emulator, and conform, are accused of nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from talonproof.contract.contract import Contract, read_contract
from talonproof.contract.validators import Validators
from talonproof.emulator.world import World
from talonproof.emulator.world_file import read_world
from talonproof.workspace import find_workspace
from tests.variants.catalogue import TOGETHER, VARIANTS
from tests.variants.serving import Judged, judge, serving
from tests.variants.variant import Variant

EDITION = "2025-01"

THOROUGH = bool(os.environ.get("TALONPROOF_EACH_VARIANT"))
"""Whether each variant alone is judged by every suite at release depth: half an hour instead of half a minute."""


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract that the servers are built from."""
    return read_contract(find_workspace().contract_file(EDITION), edition=EDITION)


@pytest.fixture(scope="session")
def validators(contract: Contract) -> Validators:
    """Its compiled validators."""
    return Validators(contract)


@pytest.fixture(scope="session")
def world() -> World:
    """The world that every server has to itself."""
    return read_world(None)


def assert_not_accused(judged: Judged, variants: Sequence[Variant]) -> None:
    """Asserts that a run came to its end, judged something, and warns of nothing but what the variants may be warned of."""
    lawful = frozenset[str]().union(*(variant.warns for variant in variants))
    unjudged = tuple(name for variant in variants for name in variant.unjudged)
    red = [told for told in judged.told("error", "fail", "flaky", "vacuous", "blocked", "not-run")
           if not (unjudged and told.startswith(unjudged))]  # fmt: skip

    assert [] == red, judged.printed
    assert {} == {name: message for name, message in judged.warned().items() if name not in lawful}
    assert judged.told("pass"), judged.printed


@pytest.mark.parametrize("variant", [pytest.param(variant, id=variant.name) for variant in VARIANTS])
def test_one_difference_is_no_fault(
    variant: Variant, world: World, contract: Contract, validators: Validators, tmp_path: Path
) -> None:
    """A server that differs in one way is found conformant."""
    with serving([variant], world, contract, validators) as url:
        if THOROUGH:
            judged = judge([variant], url, tmp_path, depth="release", workers=4)
        else:
            judged = judge([variant], url, tmp_path, depth="release", workers=0, select=variant.select)

    assert_not_accused(judged, [variant])


def test_all_differences_together_are_no_fault(
    world: World, contract: Contract, validators: Validators, tmp_path: Path
) -> None:
    """A server that differs in every way at once is found conformant by every suite at release depth."""
    with serving(TOGETHER, world, contract, validators) as url:
        judged = judge(TOGETHER, url, tmp_path, depth="release", workers=6)

    assert_not_accused(judged, TOGETHER)
