"""The stream is read strictly: what is wrong with it is named by file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from talonproof.errors import ConfigError, DocumentError
from talonproof.report.reading import STREAM_FILE, parse_stream, read_stream


def test_a_folder_and_its_file_read_alike(build: Any, tmp_path: Path) -> None:
    """RUN may be the folder or the file in it."""
    (tmp_path / STREAM_FILE).write_text(build.lines(build.sample()))

    assert read_stream(tmp_path) == read_stream(tmp_path / STREAM_FILE) == build.stream(*build.sample())


def test_every_part_of_a_line_arrives(build: Any) -> None:
    """A finding is read with its exchanges, a footer with its receipt."""
    stream = build.stream(*build.sample())
    finding = stream.cases[0].findings[1]

    assert ("SES-218", 2, 200) == (finding.requirement, len(finding.exchanges), finding.exchanges[1].status)
    assert stream.footer is not None
    assert {"sessions": 4} == stream.footer.receipt.left_behind


@pytest.mark.parametrize("kept", [1, 20, 60])
def test_a_torn_last_line_is_left_out(build: Any, kept: int) -> None:
    """A process that died while it wrote: the lines before count, and there is no footer."""
    lines = build.lines(build.sample()).splitlines()
    stream = parse_stream([*lines[:-1], lines[-1][:kept]])

    assert (4, None) == (len(stream.cases), stream.footer)


def test_a_last_line_torn_within_a_character_is_left_out(build: Any, tmp_path: Path) -> None:
    """The bytes of a file may end in the middle of a character."""
    text = build.lines([build.header()]).encode() + '{"type": "case", "id": "ü'.encode()[:-1]
    (tmp_path / STREAM_FILE).write_bytes(text)

    assert () == read_stream(tmp_path).cases


@pytest.mark.parametrize(
    ("lines", "line", "said"),
    [
        (["{"], 1, "not JSON"),
        (["[]"], 1, "not an object"),
        (['{"type": "sermon"}'], 1, "'sermon', not one of header, case, footer"),
        (["HEADER", "{", "CASE"], 2, "not JSON"),
        (["HEADER", "HEADER"], 2, "a second header"),
        (["CASE"], 1, "must be the header"),
        (["HEADER", '{"type": "case", "id": "a", "verdict": "green"}'], 2, "'green', not one of error, fail"),
        (["HEADER", '{"type": "case", "id": 1, "verdict": "pass"}'], 2, "id of the line is not text"),
        (["HEADER", '{"type": "case", "verdict": "pass"}'], 2, "the line has no id"),
        (
            ["HEADER", '{"type": "case", "id": "a", "verdict": "pass", "evidence": {"SES-001": true}}'],
            2,
            "whole number",
        ),
        (
            ["HEADER", '{"type": "case", "id": "a", "verdict": "pass", "findings": [3]}'],
            2,
            "findings[0] is not an object",
        ),
        (['{"type": "header", "version": 2}'], 1, "version 2; this talonproof reads version 1"),
        (["HEADER", "[" * 100_000], 2, ""),
    ],
)
def test_a_broken_line_is_named(build: Any, lines: list[str], line: int, said: str) -> None:
    """DocumentError says file, line and what is wrong there; nothing is guessed."""
    known = {"HEADER": build.lines([build.header()]), "CASE": build.lines([build.case("a")])}
    with pytest.raises(DocumentError) as caught:
        parse_stream([known.get(text, text) for text in [*lines, "HEADER"]], "run.ndjson")

    assert line == caught.value.line
    assert said in caught.value.message


def test_an_empty_stream_never_started() -> None:
    """A file without a line is not a run."""
    with pytest.raises(DocumentError, match="never started"):
        parse_stream([""])


def test_a_folder_without_a_stream_is_named(tmp_path: Path) -> None:
    """ConfigError, with exit code 2."""
    with pytest.raises(ConfigError, match="not the folder of a run") as caught:
        read_stream(tmp_path)

    assert 2 == caught.value.exit_code


def test_what_must_not_be_shown_arrives_as_an_escape(build: Any) -> None:
    """Texts, keys and bodies are printable once they are read."""
    case = build.case("a\x1b[2J", "fail", findings=[build.finding("SES-001", message="\ud800 \u202e")])
    stream = build.stream(build.header(), case)

    assert "a\\u001b[2J" == stream.cases[0].id
    assert "\\ud800 \\u202e" == stream.cases[0].findings[0].message
