"""Between the catalogue and the suites nothing is missing, in either direction."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.checks import PASSIVE
from talonproof.cli.options import asked
from talonproof.cli.plan import collect
from talonproof.config import ALLOWED_REQUESTS, Depth
from talonproof.contract.requirements import read_requirements
from talonproof.emulator.faults import FAULTS
from talonproof.workspace import find_workspace


@pytest.fixture(scope="module", params=["2025-01", "2026-05"])
def headers(request: pytest.FixtureRequest) -> dict[str, dict[str, Any]]:
    """The plan of each depth, in each edition."""
    fixed: dict[str, Any] = {"target_file": "", "url": "", "edition": request.param, "select": ()}
    fixed |= {"max_footprint": None, "max_requests": None, "seed": 0, "workspace": None}
    return {depth: collect(asked(depth=depth, **fixed)) for depth in Depth}


def test_every_clause_is_checked_or_says_why_not(headers: dict[str, dict[str, Any]]) -> None:
    """A clause that nothing checks would look green without ever having been looked at."""
    header = headers[Depth.RELEASE]
    checked = {name for case in header["cases"] if case["planned"] for name in case["requirements"]}
    checked |= set(PASSIVE.values())
    excused = {row["id"] for row in header["requirements"] if row["untestable"] or row["waits"]}
    rows = {row["id"] for row in header["requirements"]}

    assert sorted(rows - checked - excused) == []
    assert sorted(checked & excused - set(PASSIVE.values())) == [], "it waits, and is checked all the same"
    assert checked <= rows


def test_every_fault_breaks_clauses_that_exist(headers: dict[str, dict[str, Any]]) -> None:
    """A fault names the clauses it breaks by their ids: none untestable, and none that waits for the engine."""
    rows = {row["id"]: row for row in headers[Depth.RELEASE]["requirements"]}
    of_any_edition = {row.id for row in read_requirements(find_workspace().requirements)}

    for fault in FAULTS.values():
        assert fault.breaks
        assert of_any_edition.issuperset(fault.breaks), fault.id
        for name in filter(rows.__contains__, fault.breaks):
            assert rows[name]["untestable"] == "", (fault.id, name)
            assert rows[name]["waits"] in {"", "operations"}, (fault.id, name)


@pytest.mark.parametrize("depth", [Depth.SMOKE, Depth.RELEASE])
def test_the_plan_keeps_to_its_depth(headers: dict[str, dict[str, Any]], depth: Depth) -> None:
    """Smoke holds at most 200 requests, release at most 3,000."""
    allowed = ALLOWED_REQUESTS[depth]

    assert allowed is not None
    assert 0 < headers[depth]["requests"] <= allowed


def test_a_deeper_run_holds_the_shallower_ones(headers: dict[str, dict[str, Any]]) -> None:
    """What smoke judges, release judges; what release judges, nightly judges."""
    planned = {depth: {c["id"] for c in header["cases"] if c["planned"]} for depth, header in headers.items()}

    assert planned[Depth.SMOKE] <= planned[Depth.RELEASE] <= planned[Depth.NIGHTLY]
