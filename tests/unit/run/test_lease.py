"""A coupon of the pool has one holder at a time, among all processes of a run, and a dead one holds nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from talonproof.run.case import Case
from talonproof.run.lease import Pool
from talonproof.run.outcome import Blocked
from talonproof.target import Bindings

POOL = ("ONE", "TWO")

HOLDER = """
import sys
from pathlib import Path
from talonproof.run.lease import Pool

with Pool(sys.argv[2:], Path(sys.argv[1])).lease() as coupon:
    print(coupon, flush=True)
    sys.stdin.read()
"""

Hold = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Hold]:
    """Starts a process that holds the first coupon that it finds free, until it is told to stop or is killed."""
    started: list[subprocess.Popen[str]] = []

    def hold(*coupons: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLDER, str(tmp_path), *coupons]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip() in coupons
        return process

    yield hold
    for process in started:
        process.kill()
        process.communicate()


def leased(pool: Pool) -> str:
    """The coupon that is leased now, for a moment."""
    with pool.lease() as coupon:
        return coupon


def test_the_first_free_coupon_is_leased(tmp_path: Path) -> None:
    """Each holder has another one, and gives it back when it is done."""
    pools = [Pool(POOL, tmp_path, patience=0) for _ in range(3)]

    with pools[0].lease() as first:
        with pools[1].lease() as second:
            assert ("ONE", "TWO") == (first, second)
            with pytest.raises(Blocked, match="none of the 2 coupons"):
                leased(pools[2])
        assert "TWO" == leased(pools[2])
    assert "ONE" == leased(pools[2])


def test_a_holder_that_fails_gives_the_coupon_back(tmp_path: Path) -> None:
    """However it ends."""
    pool = Pool(POOL, tmp_path, patience=0)

    with pytest.raises(KeyboardInterrupt), pool.lease():
        raise KeyboardInterrupt

    assert "ONE" == leased(pool)


def test_other_processes_are_kept_away(tmp_path: Path, held: Hold) -> None:
    """What another process of the run holds is not leased, and is again once that process is done."""
    pool = Pool(POOL, tmp_path, patience=0)

    holder = held(*POOL)
    assert "TWO" == leased(pool)
    holder.communicate()

    assert "ONE" == leased(pool)


def test_a_killed_process_holds_nothing(tmp_path: Path, held: Hold) -> None:
    """A worker that dies in the middle of a case leaves the coupon to the next one."""
    pool = Pool(("ONE",), tmp_path, patience=0)

    holder = held("ONE")
    with pytest.raises(Blocked):
        leased(pool)
    holder.kill()
    holder.communicate()

    assert "ONE" == leased(pool)


def test_another_run_is_another_folder(tmp_path: Path) -> None:
    """Locks are those of one run: what another one does is its own business."""
    with Pool(POOL, tmp_path / "one", patience=0).lease(), Pool(POOL, tmp_path / "two", patience=0).lease() as coupon:
        assert "ONE" == coupon


def test_codes_that_differ_in_capitals_are_one_coupon(tmp_path: Path) -> None:
    """They may be to the Application."""
    with Pool(("one",), tmp_path, patience=0).lease(), pytest.raises(Blocked):
        leased(Pool(("ONE",), tmp_path, patience=0))


def test_a_code_may_be_any_text(tmp_path: Path) -> None:
    """It never becomes the name of a file."""
    with ExitStack() as stack:
        pool = Pool(("../a b/ü\0", "." * 5_000), tmp_path, patience=0)
        assert ["../a b/ü\0", "." * 5_000] == [stack.enter_context(pool.lease()) for _ in range(2)]


def test_a_case_that_begins_again_keeps_its_coupon(tmp_path: Path) -> None:
    """It does not wait for one that it holds itself."""
    case = SimpleNamespace(
        bench=SimpleNamespace(pools={"coupons": Pool(("ONE",), tmp_path, patience=0)}),
        row=SimpleNamespace(spec=SimpleNamespace(needs=("coupons",))),
        bindings=Bindings(),
        _leased=set[str](),
    )
    with ExitStack() as stack:
        for _ in range(2):
            Case.lease(cast("Case", case), stack)

        assert ("ONE",) == case.bindings.coupons
