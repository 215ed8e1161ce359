"""``talonproof sweep`` undoes what a run left at an address, once, and tells what it cannot in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SUITE = """
@scenario("SES-001", footprint="create", requests=1)
def test_creating(case, api):
    case.accepted("SES-001", api.put_session(case.new_id("session"), {"profileId": case.new_id("profile")}))
"""


def test_what_a_run_left_is_undone(
    talonproof: Callable[..., Any],
    judge: Callable[..., Any],
    own_suite: Callable[[str], Path],
    recording: Callable[..., Any],
) -> None:
    """The session is cancelled and the profile erased; the second time there is nothing left to do."""
    with recording() as server:
        run = judge("--workspace", own_suite(SUITE), "--url", server.url)
        sent = len(server.passed)
        first = talonproof("sweep", run.folder)
        swept = [f"{request.method} {request.path.rpartition('/')[0]}" for request, _ in server.passed[sent:]]
        sent = len(server.passed)
        second = talonproof("sweep", run.folder)
        again = len(server.passed) - sent

    assert {"profiles": 1, "sessions": 1} == run.footer["receipt"]["left_behind"]
    assert f"talonproof sweep {run.folder}" in run.ended.out
    assert (0, 0) == (first.code, second.code)
    assert ["GET /v2/customer_sessions", "PUT /v2/customer_sessions", "DELETE /v1/customer_data"] == swept
    assert 0 == again
    assert "cancelled  1 session" in first.out
    assert "erased     1 profile" in first.out
    assert "no operation deletes a session" in second.out
    left = json.loads((run.folder / "sweep.json").read_text())["left"]
    assert {("sessions", "settled"), ("profiles", "settled")} == {(thing["kind"], thing["state"]) for thing in left}


def test_the_embedded_emulator_needs_no_sweep(
    talonproof: Callable[..., Any], judge: Callable[..., Any], own_suite: Callable[[str], Path]
) -> None:
    """It ended with the run."""
    run = judge("--workspace", own_suite(SUITE))
    ended = talonproof("sweep", run.folder)

    assert 0 == ended.code
    assert "there is nothing to undo" in ended.out


def test_a_folder_that_is_no_run(talonproof: Callable[..., Any], tmp_path: Path) -> None:
    """Exit 2 and one line."""
    ended = talonproof("sweep", tmp_path)

    assert 2 == ended.code
    assert f"{tmp_path} is not the folder of a run" in ended.told


def test_another_server_is_not_swept(
    talonproof: Callable[..., Any],
    judge: Callable[..., Any],
    own_suite: Callable[[str], Path],
    recording: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """The numbers of audiences mean something else there: exit 2, and nothing is sent."""
    file = tmp_path / "other.toml"
    with recording() as server, recording() as other:
        run = judge("--workspace", own_suite(SUITE), "--url", server.url)
        file.write_text(f'[target]\nurl = "{other.url}"\n')
        ended = talonproof("sweep", run.folder, "--target", file)

    assert 2 == ended.code
    assert f"the run was against {server.url}" in ended.told
    assert [] == other.passed


def test_a_target_that_is_gone(
    talonproof: Callable[..., Any],
    judge: Callable[..., Any],
    own_suite: Callable[[str], Path],
    recording: Callable[..., Any],
) -> None:
    """Exit 3 and one line; what is to be undone is still known."""
    with recording() as server:
        run = judge("--workspace", own_suite(SUITE), "--url", server.url)
    ended = talonproof("sweep", run.folder)

    assert 3 == ended.code
    assert f"nothing answers at {server.url}" in ended.told
