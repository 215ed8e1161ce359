"""A target that binds nothing, or that is judged with a test key, is judged as far as dry calls go, and not accused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve
from talonproof.emulator.message import Reply, Request


def described(folder: Path, url: str, footprint: str, *more: str) -> Path:
    """A target file."""
    file = folder / "target.toml"
    lines = ["[target]", f'url = "{url}"', 'edition = "2025-01"', "[limits]", f'max_footprint = "{footprint}"', *more]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("fault", ["", "dry-creation-persists", "dry-event-leaves-profile"])
def test_dry_calls_alone_judge_a_target_without_bindings(
    judge: Callable[..., Any],
    recording: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    """The healthy emulator conforms, with the share judged in the first line; what persists is found."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    with recording(faults=[fault] if fault else []) as server:
        run = judge("--target", described(tmp_path, server.url, "dry"), "--select", "dry_run")

    assert (1 if fault else 0) == run.ended.code
    assert any(name.startswith("DRY-") for name, _, _ in run.findings) == bool(fault)
    assert " judged, " in run.ended.out
    assert {} == run.footer["receipt"]["created"]


@pytest.mark.parametrize(
    ("fault", "verdict"), [("", "unsupported"), ("dry-event-leaves-profile", "fail")], ids=["healthy", "faulty"]
)
def test_a_dry_event_of_an_unknown_type_is_not_enough_to_pass_and_enough_to_fail(
    judge: Callable[..., Any],
    recording: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    verdict: str,
) -> None:
    """Where no customary type is known, a target is not judged by refusals, unless one of them left a profile."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)

    def refuse(request: Request, reply: Reply) -> Reply:
        if request.method == "POST" and request.path == "/v2/events":
            return Reply(400, {"content-type": "application/json"}, b'{"message": "There is no such type."}')
        return reply

    with recording(faults=[fault] if fault else [], change=refuse) as server:
        run = judge("--target", described(tmp_path, server.url, "dry"), "--select", "dry_run/test_events.py")

    assert {verdict} == {case["verdict"] for name, case in run.cases.items() if "test_a_dry_event_leaves_no_p" in name}
    if not fault:
        assert 0 == run.ended.code
        assert ("unsupported", "binding") == run.verdicts["DRY-011"]


@pytest.mark.parametrize("footprint", ["dry", "destructive"])
def test_a_test_key_accuses_nobody(
    judge: Callable[..., Any], emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, footprint: str
) -> None:
    """Whatever is bound and allowed, only dry calls are judged, and the run says why."""
    monkeypatch.setenv("TALONPROOF_API_KEY", "talonproof-test-key")
    world = [line for line in serve.default_target().splitlines() if "_key = " not in line]
    run = judge("--target", described(tmp_path, emulator, footprint, *world), "--depth", "smoke")

    assert 0 == run.ended.code
    assert "the key is a test key" in run.ended.out
    assert "dry" == run.header["max_footprint"]
    assert set() == run.findings
