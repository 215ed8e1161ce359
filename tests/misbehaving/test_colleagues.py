"""Colleagues at work on the account do not make a server guilty.

A sample: ``make colleagues`` runs ten seeds of everything at release depth.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.misbehaving.colleague import disturbed

SHARED = ("coupons", "profiles", "events", "sessions")
"""The suites about what the colleague changes as well."""


@pytest.mark.parametrize("seed", [11, 12])
def test_a_second_client_on_the_account_gets_nobody_accused(tmp_path: Path, seed: int) -> None:
    """Reservations of the pool's coupons, sessions, profiles and events of its own change no verdict."""
    assert [] == disturbed(seed, tmp_path, *SHARED)
