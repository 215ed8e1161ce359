"""The document of an edition can be had in one piece."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.contract.document import load, parse
from talonproof.workspace import find_workspace


@pytest.mark.parametrize("edition", ["2025-01", "2026-05"])
def test_a_bundle_is_the_document_that_is_judged_by(talonproof: Any, edition: str) -> None:
    """What is printed reads as what a run loads, by the rules of YAML 1.2, in one piece."""
    ended = talonproof("spec", "bundle", "--edition", edition)

    assert (0, "") == (ended.code, ended.err)
    assert load(find_workspace().contract_file(edition)) == parse(ended.out, "bundle.yaml")
    assert "integration-api.yaml" not in ended.out


def test_an_edition_that_is_not_there(talonproof: Any) -> None:
    """An unknown edition is answered with the closest one."""
    ended = talonproof("spec", "bundle", "--edition", "2026-06")

    assert 2 == ended.code
    assert "there is no edition 2026-06 (did you mean 2026-05?)" == ended.told
