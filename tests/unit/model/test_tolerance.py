"""The model accuses no server of what the sources leave open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from talonproof.model import Action, Line, Return, Update, disagreements, step

SOLD = Update(state="closed", cart=(Line("a", 2, Decimal(5)),))
CODES = Update(state="open", codes=("Spring-10", "AUTUMN"))


@pytest.mark.parametrize(
    ("shown", "broken"),
    [
        (["Spring-10", "AUTUMN"], set[str]()),
        (["AUTUMN", "SPRING-10"], set[str]()),
        (["spring-10", "autumn"], set[str]()),
        (["spring-10"], {"R5a"}),
        (["spring-11", "autumn"], {"R5a"}),
    ],
)
def test_the_case_of_coupon_codes_is_a_setting(obedient: Any, shown: list[str], broken: set[str]) -> None:
    """An Application may show codes in capitals; every code must still be there."""
    server, _ = obedient.after(CODES)

    found = disagreements(step(None, CODES), 200, {**server.shown, "couponCodes": shown})

    assert broken == {one.rule for one in found}


@pytest.mark.parametrize(("units", "judged"), [(1, True), (2, False)])
def test_a_complete_return_may_be_refused_dry_too(obedient: Any, units: int, judged: bool) -> None:
    """A dry return of some units must succeed; of one of all units no source says so, and nothing may be stored."""
    _, session = obedient.after(SOLD)
    dry: Action = Return(((0, units),), dry=True)
    expectation = step(session, dry)

    assert judged is ("T26-status" in expectation.rules)
    assert "R59" in expectation.rules
