"""What a seed draws depends on the seed, not on the code that happens to be imported.

Hypothesis reads the source of every module outside site-packages and mixes its constants into what it draws. The same
seed would then draw otherwise from a wheel than from a checkout, and otherwise again after any change of any module;
and nothing in the source of a harness says what a server gets wrong. There is no setting for that.
"""

from __future__ import annotations

from typing import Final

from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

LOOKUP: Final = "_get_local_constants"
"""The function of Hypothesis that reads the sources; a test misses it where another version calls it otherwise."""


def leave_out_local_constants() -> None:
    """Draws from here on no constants of local modules, in this process; nothing where Hypothesis has no such thing."""
    if hasattr(providers, LOOKUP):
        setattr(providers, LOOKUP, Constants)
