"""After a run and a sweep the account's own data is as before, and of the run nothing is left but what is listed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.config import Depth
from talonproof.http.deeds import Thing
from talonproof.run.sweep import as_record
from talonproof.run.traces import State
from talonproof.target import Footprint

SPARE_CATALOG = 2
"""Disposable in the default world: what was in it may be gone."""

Chosen = Callable[..., list[Any]]


def names(traces: Any, kind: str) -> set[str]:
    """The names of what is left of a kind."""
    return {thing.name for thing in traces.left(State.THERE, State.SETTLED) if thing.kind == kind}


def test_the_account_is_as_before(account: Any, cases: list[Any], tmp_path: Path) -> None:
    """Every row that was there is there unchanged, and every new one belongs to something that the receipt names."""
    before = account.rows()
    setup = account.setup(tmp_path)
    lines = account.run(cases, setup)
    between = account.rows()
    traces, swept = account.sweep(setup)
    after = account.rows()

    bad = {"fail", "error", "flaky", "vacuous"}
    assert [] == [(line["id"], line["detail"], line["findings"]) for line in lines if line["verdict"] in bad]
    assert () == swept.failed
    receipt = traces.receipt()
    assert {"catalog syncs"} <= receipt["consumed"].keys()

    changed = {name: before[name] - after[name] for name in before if before[name] - after[name]}
    assert changed.keys() <= {"catalog", "catalog_item"}  # their versions move, and the receipt counts the syncs
    assert all(row[0] == SPARE_CATALOG for row in changed.get("catalog_item", ()))

    new = {name: after[name] - before[name] for name in after}
    sessions, profiles, cards = (names(traces, kind) for kind in ("sessions", "profiles", "cards"))
    assert {"audience": 0, "membership": 0, "catalog_item": 0} == {
        name: len(new[name]) for name in ("audience", "membership", "catalog_item")
    }
    # What campaigns gave to the sessions that the receipt names: points of their customers, and codes.
    assert {row[2] for row in new["entry"]} <= profiles | cards
    assert receipt["left_behind"].get("coupons", 0) == len(new["coupon"]) > 0
    assert {row[0] for row in new["reservation"]} <= profiles
    assert sessions == {row[2] for row in new["session"]}
    assert {"cancelled"} == {row[6] for row in new["session"]}
    assert profiles == {row[2] for row in new["profile"]}
    assert {"{}"} == {row[7] for row in new["profile"]}
    assert {0} == {row[5] for row in new["profile"]}
    assert cards == {row[2] for row in new["card"]}
    assert receipt["left_behind"]["referrals"] == len(new["referral"])
    assert receipt["consumed"]["additions of points"] > 0
    own = [row for row in new["event"] if not row[3].startswith("talon_")]
    assert all(row[5] in sessions or row[4] in profiles for row in own)

    assert between["reservation"] == before["reservation"]  # each case gives back what it reserved
    assert len(between["audience"]) > len(after["audience"])


def test_a_second_sweep_does_nothing(account: Any, chosen: Chosen, tmp_path: Path) -> None:
    """What the first one did it knows from its journal, and the receipts are the same."""
    setup = account.setup(tmp_path, depth=Depth.SMOKE)
    account.run(chosen("sessions", "audiences", "coupons", "profiles"), setup)
    first, swept = account.sweep(setup)
    before = account.rows()
    second, again = account.sweep(setup)

    assert swept.sent > 0
    assert 0 == again.sent
    assert before == account.rows()
    assert first.receipt()["left_behind"] == second.receipt()["left_behind"]
    assert as_record(first, swept)["left"] == as_record(second, again)["left"]


def test_a_killed_run_is_swept(account: Any, chosen: Chosen, tmp_path: Path) -> None:
    """A journal that ends in the middle of a line, after a call that nobody heard of, is enough."""
    before = account.rows()
    setup = account.setup(tmp_path, depth=Depth.SMOKE)
    account.run(chosen("sessions", "audiences"), setup)
    journal = tmp_path / "journal-main.ndjson"
    lines = journal.read_bytes().splitlines(keepends=True)
    created = [
        number
        for number, line in enumerate(lines)
        if b'"outcome"' in line and b'"updateCustomerSessionV2"' in line and b'"status": 200' in line
    ]
    cut = created[-1]
    lost = json.loads(lines[cut])["path"].partition("?")[0].rpartition("/")[2]
    kept = [line for line in lines[:cut] if lost.encode() not in line or line is lines[cut - 1]]
    journal.write_bytes(b"".join(kept) + lines[cut][:40])

    traces, swept = account.sweep(setup)

    assert () == swept.failed
    assert State.SETTLED is traces.things[Thing("sessions", lost)]
    sessions = {row[2]: row[6] for row in account.rows()["session"] - before["session"]}
    known = {name: sessions[name] for name in names(traces, "sessions")}
    assert lost in known
    assert {"cancelled"} == set(known.values())


def test_a_write_without_an_answer_may_have_been_carried_out(account: Any, chosen: Chosen, tmp_path: Path) -> None:
    """It counts as possible until something shows that the thing is there, or is not."""
    setup = account.setup(tmp_path, depth=Depth.SMOKE)
    account.run(chosen("sessions"), setup)
    journal = tmp_path / "journal-main.ndjson"
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    journal.write_text("".join(json.dumps(record) + "\n" for record in records if record["type"] != "outcome"))
    traces, swept = account.sweep(setup)

    counts = Counter(record["operation"] for record in records if record["type"] == "outcome")
    assert counts["updateCustomerSessionV2"] > 0
    assert () == swept.failed
    assert {} == traces.receipt()["possible"]
    assert {"cancelled"} == {row[6] for row in account.rows()["session"] if row[2].startswith("tp-2026")}


@pytest.mark.parametrize("limit", [Footprint.CREATE, Footprint.CONSUME])
def test_a_sweep_goes_no_further_than_its_run(account: Any, chosen: Chosen, tmp_path: Path, limit: Footprint) -> None:
    """What a run could make within its footprint can be undone within it."""
    setup = account.setup(tmp_path, limit)
    account.run(chosen("sessions", "profiles", "audiences"), setup)
    traces, swept = account.sweep(setup)

    assert () == swept.failed
    assert () == traces.left(State.THERE, State.POSSIBLE) or {"cards"} >= {
        thing.kind for thing in traces.left(State.THERE, State.POSSIBLE)
    }
