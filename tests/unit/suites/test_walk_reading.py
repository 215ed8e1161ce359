"""Walks read what a list holds, whatever it holds and however the server cuts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from conftest_of_suites import honest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies.moments import instant, written
from strategies.walks import (
    APART,
    Claim,
    ListReader,
    between,
    confusable,
    counted,
    settle,
    telling_day,
    twice,
    window,
)
from talonproof.run.outcome import Blocked

Reading = Callable[..., ListReader]
