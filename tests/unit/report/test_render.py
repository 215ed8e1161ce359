"""Rendering writes every report of a run, the same each time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talonproof.errors import ConfigError
from talonproof.report.reading import STREAM_FILE
from talonproof.report.render import render
from talonproof.workspace import find_workspace

DATA = find_workspace().reports


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.parametrize("records", [1, 3, 6])
def test_rendering_twice_gives_the_same_files(build: Any, tmp_path: Path, records: int) -> None:
    """However far the run got; what an earlier rendering left in the results is gone."""
    (tmp_path / STREAM_FILE).write_text(build.lines(build.sample()[:records]))
    rendered = render(tmp_path, reports_data=DATA)
    first = files(tmp_path)
    (rendered.allure / "stale-result.json").write_text("{}")
    render(tmp_path, reports_data=DATA)

    assert first == files(tmp_path)
    assert {"report.html", "summary.md", "junit.xml", STREAM_FILE} <= set(first)
    assert all(path.exists() for path in (rendered.html, *rendered.others))


def test_any_text_can_be_rendered(build: Any, tmp_path: Path) -> None:
    """Lone surrogates and controls in every text: every file is written, in UTF-8."""
    (tmp_path / STREAM_FILE).write_text(build.lines(build.poisoned(build.sample(), "\ud800\x00\x1b]0;x\x07")))
    render(tmp_path, reports_data=DATA)

    for name, content in files(tmp_path).items():
        assert content.decode("utf-8")
        if name != STREAM_FILE:
            assert b"\x1b" not in content


@pytest.mark.parametrize(
    ("name", "said"),
    [("20261120-110001", "did you mean 20261120-110000?"), ("sub/else", "RUN is a folder that a run wrote")],
)
def test_an_unknown_folder_is_answered_with_the_closest(build: Any, tmp_path: Path, name: str, said: str) -> None:
    """ConfigError names the run that was probably meant."""
    run = tmp_path / "20261120-110000"
    run.mkdir()
    (run / STREAM_FILE).write_text(build.lines(build.sample()))
    with pytest.raises(ConfigError) as caught:
        render(tmp_path / name, reports_data=DATA)

    assert said == caught.value.hint
