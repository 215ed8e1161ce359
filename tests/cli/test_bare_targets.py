"""A target that binds nothing, or that is judged with a test key, is judged as far as dry calls go, and not accused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from talonproof.emulator import serve


def described(folder: Path, url: str, footprint: str, *more: str) -> Path:
    """A target file."""
    file = folder / "target.toml"
    lines = ["[target]", f'url = "{url}"', 'edition = "2025-01"', "[limits]", f'max_footprint = "{footprint}"', *more]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("fault", "bound"),
    [
        ("", ()),
        ("dry-creation-persists", ()),
        ("dry-event-leaves-profile", ("[bindings]", 'event_type = "tp_signed_up"')),  # no event without its type
    ],
)
def test_dry_calls_alone_judge_a_target_with_next_to_no_bindings(
    judge: Callable[..., Any],
    recording: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    bound: tuple[str, ...],
) -> None:
    """The healthy emulator conforms, with the share judged in the first line; what persists is found."""
    monkeypatch.setenv("TALONPROOF_API_KEY", serve.LIVE_KEY)
    with recording(faults=[fault] if fault else []) as server:
        run = judge("--target", described(tmp_path, server.url, "dry", *bound), "--select", "dry_run")

    assert (1 if fault else 0) == run.ended.code
    assert any(name.startswith("DRY-") for name, _, _ in run.findings) == bool(fault)
    assert " judged, " in run.ended.out
    assert {} == run.footer["receipt"]["created"]


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
