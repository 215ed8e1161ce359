"""A newcomer understands the final screen, and a log gets no colours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from talonproof.report.account import account
from talonproof.report.render import Rendered
from talonproof.report.terminal import WIDTH, Progress, screen

SNAPSHOT = Path(__file__).with_name("snapshots") / "screen.txt"
FREE = ("  report", "  again", "  also", "  left")
"""The lines that are there to be copied or have no bound."""


def shown(build: Any, *records: Any, width: int = 80, terminal: bool = False, **options: Any) -> str:
    """The screen of a stream."""
    stream = build.stream(*records)
    folder = Path("reports")
    rendered = Rendered(
        account(stream), *(folder / n for n in ("report.html", "summary.md", "junit.xml", "allure-results"))
    )
    console = Console(
        file=io.StringIO(), width=width, force_terminal=terminal, color_system="standard" if terminal else None
    )
    screen(stream, rendered, console=console, **options)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_screen_of_the_sample(build: Any) -> None:
    """The text for a fixed stream, as it is committed."""
    assert SNAPSHOT.read_text(encoding="utf-8") == shown(build, *build.sample())


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_screen_fits(build: Any, width: int) -> None:
    """No line is wider than 80 columns but those that are there to be copied; none ends in blanks."""
    for line in shown(build, *build.sample(), width=width).splitlines():
        assert line.startswith(FREE) or len(line) <= WIDTH
        assert line == line.rstrip()


def test_a_log_gets_no_colours(build: Any) -> None:
    """Escape sequences only where a terminal is, and not even there from a server."""
    hostile = build.poisoned(build.sample(), "\x1b[31m\r")

    assert "\x1b" not in shown(build, *hostile)
    assert "\x1b[1;31m" in shown(build, *build.sample(), terminal=True)
    assert "\x1b[31m\r" not in shown(build, *hostile, terminal=True)


def test_markup_of_the_terminal_is_text(build: Any) -> None:
    """What rich would read as a style is shown as it is."""
    finding = build.finding("SES-218", message="[red]see[/red] [link=http://evil]here")
    text = shown(build, build.header(), build.case("a", "fail", findings=[finding]), build.footer("fail", 1))

    assert "[red]see[/red] [link=http://evil]here" in " ".join(text.split())


def test_the_first_findings_are_told_and_the_rest_counted(build: Any) -> None:
    """The limit holds, and the screen says how many more there are."""
    findings = [build.finding("SES-218", fingerprint=f"{n:012x}") for n in range(7)]
    text = shown(build, build.header(), build.case("a", "fail", findings=findings), build.footer("fail", 1), limit=2)

    assert 2 == text.count("talonproof explain SES-218")
    assert "and 5 more findings, in the report" in text


def test_an_error_says_what_went_wrong(build: Any) -> None:
    """A case that talonproof itself broke is named with its error; so is a problem outside any case."""
    case = build.case("a/b.py::c", "error", detail="KeyError: 'x' (test_b.py:3)")
    footer = build.footer("error", 3, problems=["a worker died"])
    text = shown(build, build.header(cases=[build.planned("a/b.py::c", [])]), case, footer)

    assert "incomplete: 1 case met an error of talonproof" in text
    assert "  error: a/b.py::c\n     KeyError: 'x' (test_b.py:3)\n" in text
    assert "talonproof itself failed: a worker died" in text


def test_the_bar_counts_what_was_found(build: Any) -> None:
    """Each finding once, however many cases met it; requests of shrinking included."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with Progress(console=console) as progress:
        for record in build.sample():
            progress.feed(record)
        progress.feed(build.sample()[1])

        assert "26 requests, 1 broken, 1 warned" == progress.told
    assert "5/4" in console.file.getvalue() or "4/4" in console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("terminal", "quiet"), [(False, False), (True, True)])
def test_without_a_terminal_or_when_quiet_there_is_no_bar(build: Any, *, terminal: bool, quiet: bool) -> None:
    """Nothing is written to a log."""
    console = Console(file=io.StringIO(), force_terminal=terminal)
    with Progress(quiet=quiet, console=console) as progress:
        for record in build.sample():
            progress.feed(record)

    assert "" == console.file.getvalue()  # type: ignore[attr-defined]
