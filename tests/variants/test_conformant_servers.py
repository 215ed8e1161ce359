"""Servers that differ from the emulator, and conform, are accused of nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from talonproof.config import RunOptions
from talonproof.contract.contract import read_contract
from talonproof.contract.validators import Validators
from talonproof.emulator.world_file import read_world
from talonproof.plugin import prepare
from talonproof.plugin.prepare import Setup, read_target
from talonproof.workspace import Workspace, find_workspace
from tests import inprocess
from tests.inprocess import Collected, collect
from tests.variants.catalogue import TOGETHER, VARIANTS, late
from tests.variants.serving import Judged, judge, serving, target_file
from tests.variants.variant import Variant

EDITION = "2025-01"

THOROUGH = bool(os.environ.get("TALONPROOF_THOROUGH"))
"""Whether all is judged by whole runs, which takes minutes, and each variant alone by all suites; `make thorough`."""

APART = (("pagination",), ("sessions",), ("errors",), ("contract",), ("rollback", "events"), ("world", "relations"))

SHARES: tuple[tuple[str, ...], ...] = ((),) if THOROUGH else (*APART, ())
"""The suites that are judged together; the last share is of all that are in no other."""

RED = ("error", "fail", "flaky", "vacuous", "not-run")

Serving = Callable[[Sequence[Variant]], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def workspace() -> Workspace:
    """The suites of this checkout."""
    return find_workspace()


@pytest.fixture(scope="session")
def cases(workspace: Workspace) -> list[Collected]:
    """Every case of the suites."""
    return collect(workspace)


@pytest.fixture(scope="session")
def served(workspace: Workspace) -> Serving:
    """Serves variants; world, contract and validators are read once."""
    contract = read_contract(workspace.contract_file(EDITION), edition=EDITION)
    return partial(serving, world=read_world(None), contract=contract, validators=Validators(contract))


def assert_not_accused(judged: Judged, variants: Sequence[Variant]) -> None:
    """Asserts that all was judged, and that nothing is warned of but what the variants may be warned of."""
    red = RED if any(variant.moving for variant in variants) else (*RED, "blocked")
    lawful = frozenset[str]().union(*(variant.warns for variant in variants))

    assert [] == judged.told(*red)
    assert {} == {name: message for name, message in judged.warned().items() if name not in lawful}
    assert judged.told("pass"), judged.printed


def asked(workspace: Workspace, variants: Sequence[Variant], url: str, folder: Path) -> Setup:
    """A run at release depth against a server that wears variants."""
    text, keys = target_file(url, variants)
    file = folder / "target.toml"
    file.write_text(text)
    with patch.dict(os.environ, keys):
        setup = prepare.prepare(workspace, RunOptions(run="variants", seed=1), folder, target_file=str(file))
    return prepare.within(setup, None, None)


def disturbed(case: Collected, variant: Variant) -> bool:
    """Whether a variant alone is judged by a case: no property, which would be the same calls many times over."""
    name = case.spec.id.partition("::")[2]
    return not case.drawn and (name in variant.cases if variant.cases else case.spec.suite in variant.suites)


@pytest.mark.parametrize("variant", [pytest.param(variant, id=variant.name) for variant in VARIANTS])
def test_one_difference_is_no_fault(
    variant: Variant, served: Serving, cases: list[Collected], workspace: Workspace, tmp_path: Path
) -> None:
    """A server that differs in one way conforms."""
    chosen = [case for case in cases if disturbed(case, variant)]
    with served([variant]) as url:
        if THOROUGH:
            judged = judge([variant], url, tmp_path, workers=4)
        else:
            judged = Judged(inprocess.judge(chosen, asked(workspace, [variant], url, tmp_path)))

    assert_not_accused(judged, [variant])


def test_without_campaigns_nothing_shows_but_rejections(served: Serving, workspace: Workspace, tmp_path: Path) -> None:
    """So no case about effects runs on such a server: what was not seen is not judged."""
    idle = next(variant for variant in VARIANTS if variant.name == "no-campaigns")
    with served([idle]) as url:
        seen = inprocess.seen_by(asked(workspace, [idle], url, tmp_path))

    assert {"rejectCoupon"} == set(seen.fired)
    assert {trigger.name for trigger in read_target("", url).triggers} == set(seen.silent)


@pytest.mark.parametrize("share", [pytest.param(share, id="-".join(share) or "others") for share in SHARES])
def test_all_differences_together_are_no_fault(
    share: tuple[str, ...], served: Serving, cases: list[Collected], workspace: Workspace, tmp_path: Path
) -> None:
    """A server that differs in every way at once conforms, by every suite at release depth."""
    brief = late(2.0 if THOROUGH else 0.4)
    variants = tuple(brief if variant.name == brief.name else variant for variant in TOGETHER)
    others = {suite for each in SHARES for suite in each} - set(share)
    chosen = [case for case in cases if case.spec.suite not in others and (case.spec.suite in share or not share)]
    with served(variants) as url:
        if THOROUGH:
            judged = judge(variants, url, tmp_path, workers=4)
        else:
            judged = Judged(inprocess.judge(chosen, asked(workspace, variants, url, tmp_path)))

    assert_not_accused(judged, variants)
