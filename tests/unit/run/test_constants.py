"""What a seed draws does not depend on the modules that are there."""

from __future__ import annotations

from hypothesis.internal.conjecture import providers

import talonproof.run.explore  # it draws
from talonproof.run.constants import LOOKUP


def test_no_constant_of_a_local_module_is_drawn() -> None:
    """Though modules of this project are imported, which Hypothesis would take for local."""
    assert talonproof.run.explore
    found = getattr(providers, LOOKUP)()

    assert not any((found.integers, found.floats, found.bytes, found.strings))
