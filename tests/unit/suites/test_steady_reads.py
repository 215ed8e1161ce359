"""A call is blamed for what it changed, and not for what changes by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from strategies import unchanged
from strategies.unchanged import at_rest, changed
from talonproof.config import RunOptions
from talonproof.contract.contract import Contract
from talonproof.requirement import catalogue
from talonproof.run.api import Api
from talonproof.run.bench import Bench
from talonproof.run.case import Case
from talonproof.run.plan import Row, Spec
from talonproof.target import Footprint, Keys, Target

Shown = Callable[[int], Any]
"""What the inventory shows, by the number of the read."""

SETTLE = 5.0


@pytest.fixture
def started(contract: Contract, tmp_path: Path) -> Iterator[Callable[[Shown], Case]]:
    """Makes a case on a server whose inventory changes as a function says."""
    opened: list[Bench] = []

    def make(shown: Shown) -> Case:
        reads = iter(range(100))

        def handle(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=shown(next(reads)) if request.method == "GET" else {"effects": []})

        target = Target(url="http://127.0.0.1:1", allowed_host="127.0.0.1", settle=SETTLE)
        options = RunOptions(run="unit", seed=1, max_footprint=Footprint.CONSUME)
        bench = Bench.open(
            options, target, Keys("canary-key"), contract, catalogue("2025-01", []),
            folder=tmp_path, worker="w", workers=1, transport=httpx.MockTransport(handle),
        )  # fmt: skip
        opened.append(bench)
        return bench.case(Row(Spec("dry_run/t.py::t", "t", "", (), Footprint.CONSUME, 20), 20, 1))

    yield make
    for bench in opened:
        bench.close()


@pytest.mark.parametrize(
    ("shown", "pointer"),
    [
        (lambda _: {"coupons": [1]}, None),
        (lambda read: {"coupons": [1], "servedAt": read}, None),
        (lambda read: {"coupons": [1] if read else [], "servedAt": read}, "/coupons"),
        (lambda read: {"coupons": [1] if read else []}, "/coupons"),
        (lambda read: {"profile": {"updated": f"2026-05-20T{12 + 2 * read}:00:00+0{2 * read}:00"}}, None),
    ],
)
def test_what_changes_by_being_read_is_set_aside(
    started: Callable[[Shown], Case], shown: Shown, pointer: str | None
) -> None:
    """A second read tells what the call changed from what is new in every answer."""
    case = started(shown)
    before, after = (Api(case).inventory("a") for _ in range(2))

    found = changed(case, unchanged.inventory, before, after)

    assert pointer == (found and found[0])
    assert case.sent == 2


def test_nothing_is_read_before_the_last_write_has_settled(
    started: Callable[[Shown], Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a write the read waits for the target's settle time; after none, or a dry one, it does not."""
    waits: list[float] = []
    monkeypatch.setattr("strategies.unchanged.time.sleep", waits.append)
    case = started(lambda _: {})
    api = Api(case)
    read = partial(api.inventory, "a")
    at_rest(case, read)
    api.put_profile(case.new_id("profile"), {}, run_rule_engine=True, dry=True)
    at_rest(case, read)
    assert [] == waits
    api.put_profile(case.new_id("profile"), {})
    at_rest(case, read)

    (waited,) = waits
    assert SETTLE - 1 < waited <= SETTLE
