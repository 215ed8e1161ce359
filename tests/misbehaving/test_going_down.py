"""A target that goes down ends the run, soon, with all that was found until then."""

from __future__ import annotations

import pytest

from tests.misbehaving.conftest import MODES, Run
from tests.misbehaving.proxy import Trouble, from_then_on, proxy
from tests.misbehaving.test_survival import survived


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("trouble", [Trouble.RESET_BEFORE, Trouble.BAD_GATEWAY_BEFORE])
def test_target_that_goes_down_ends_the_run(emulator: str, run: Run, mode: str, trouble: Trouble) -> None:
    """What is left is not run, for a reason that says so; every case has a line, and the exit code is 3."""
    with proxy(emulator, from_then_on(30, trouble)) as between:
        ended = run(between.url, mode=mode)

    cases = survived(ended)
    left = [case for case in cases if case["verdict"] == "not-run"]
    assert 3 == ended.code
    assert {"pass", "blocked", "not-run"} >= {case["verdict"] for case in cases} - {"observed"}
    assert len(left) > len(cases) / 2
    assert {"target-down"} == {case["reason"] for case in left}
    assert "the target went down" in ended.said
    assert len(between.arrived) < 150, "it is not asked over and over again"


def test_operation_that_always_breaks_off_is_no_target_that_is_down(emulator: str, run: Run) -> None:
    """Its cases are blocked, with what happened each time; the others are judged."""
    with proxy(emulator, from_then_on(1, Trouble.RESET_AFTER), only="/v2/events") as between:
        ended = run(between.url)

    cases = survived(ended)
    blocked = [case for case in cases if case["verdict"] == "blocked"]
    assert 3 == ended.code
    assert blocked
    assert all("trackEventV2" in str(case["detail"]) for case in blocked)
    assert all("the same call failed 4 times in a row" in str(case["detail"]) for case in blocked)
    assert "not-run" not in {case["verdict"] for case in cases}
    assert any("whether it was carried out is unknown" in str(case["detail"]) for case in blocked)
