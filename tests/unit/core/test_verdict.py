"""The exit code is that of the worst verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talonproof.verdict import CHOSEN, JUDGED, Reason, Verdict, exit_code, worst

LOST = Reason.WORKER_LOST
pairs = st.tuples(st.sampled_from(Verdict), st.none() | st.sampled_from(Reason))
BADNESS = [0, 5, 4, 1, 3]


def test_order_is_that_of_the_design() -> None:
    """Worst first."""
    assert [
        "error", "fail", "flaky", "vacuous", "blocked", "not-run", "stale", "warn", "known", "observed", "pass",
        "unsupported",
    ] == list(Verdict)  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "strict", "exercised", "expected"),
    [
        ([], False, True, 0),
        ([], False, False, 5),
        ([(Verdict.PASS, None), (Verdict.KNOWN, None), (Verdict.OBSERVED, None)], True, True, 0),
        ([(Verdict.UNSUPPORTED, Reason.BINDING)], False, False, 5),
        ([(Verdict.WARN, None)], False, True, 0),
        ([(Verdict.WARN, None)], True, True, 1),
        ([(Verdict.FAIL, None)], False, True, 1),
        ([(Verdict.FLAKY, None)], False, True, 1),
        ([(Verdict.VACUOUS, None)], False, True, 1),
        ([(Verdict.BLOCKED, None)], False, True, 3),
        ([(Verdict.BLOCKED, None), (Verdict.FAIL, None)], False, True, 1),
        ([(Verdict.ERROR, None), (Verdict.FAIL, None)], False, True, 3),
        ([(Verdict.NOT_RUN, Reason.DEPTH), (Verdict.PASS, None)], True, True, 0),
        ([(Verdict.NOT_RUN, Reason.BUDGET)], False, True, 0),
        ([(Verdict.NOT_RUN, Reason.MAX_REQUESTS)], False, False, 5),
        ([(Verdict.NOT_RUN, Reason.INTERRUPTED)], False, True, 3),
        ([(Verdict.NOT_RUN, LOST)], False, False, 3),
        ([(Verdict.NOT_RUN, None)], False, True, 3),
        ([(Verdict.STALE, None), (Verdict.WARN, None)], False, True, 4),
        ([(Verdict.ERROR, None)], False, False, 3),
    ],
)
def test_exit_codes_are_those_of_the_table(
    verdicts: list[tuple[Verdict, Reason | None]], *, strict: bool, exercised: bool, expected: int
) -> None:
    """0 conformant, 1 broken, 3 not judged, 4 only stale, 5 nothing exercised."""
    assert expected == exit_code(verdicts, strict=strict, exercised=exercised)


@given(verdicts=st.lists(pairs), more=pairs, strict=st.booleans(), exercised=st.booleans())
def test_another_verdict_never_makes_a_run_green(
    verdicts: list[tuple[Verdict, Reason | None]],
    more: tuple[Verdict, Reason | None],
    *,
    strict: bool,
    exercised: bool,
) -> None:
    """What is red stays red; order and repetition do not matter."""
    before = exit_code(verdicts, strict=strict, exercised=exercised)
    after = exit_code([*verdicts, more], strict=strict, exercised=exercised)

    assert before in BADNESS
    assert not (before != 0 and after == 0)
    assert before == exit_code([*reversed(verdicts), *verdicts], strict=strict, exercised=exercised)
    assert before == 0 or exit_code(verdicts, strict=True, exercised=exercised) != 0


@given(verdicts=st.lists(st.sampled_from(Verdict), min_size=1))
def test_worst_is_one_of_them_and_none_is_worse(verdicts: list[Verdict]) -> None:
    """The worst verdict comes first in the order."""
    found = worst(verdicts)

    assert found in verdicts
    assert found is not None
    assert all(list(Verdict).index(found) <= list(Verdict).index(each) for each in verdicts)


def test_worst_of_nothing_is_nothing() -> None:
    """No verdict is not a pass."""
    assert worst([]) is None


def test_judged_are_those_that_say_something_about_the_target() -> None:
    """Neither what was not run nor what could not be judged counts."""
    assert {"fail", "flaky", "stale", "warn", "known", "observed", "pass"} == JUDGED
    assert {"depth", "budget", "max-requests"} == CHOSEN
