"""Every report says on one line which edition a run judged by, and how that is known."""

from __future__ import annotations

from typing import Any

import pytest

from talonproof.report import words
from talonproof.report.reading import parse_record
from talonproof.report.records import Header


def header(build: Any, how: str, why: str = "", unsettled: tuple[str, ...] = ()) -> Header:
    """The header of a run that came to its edition in some way."""
    known = {"how": how, "why": why, "signs": [], "looks": 7}
    record = parse_record(build.header(edition_from=known, unsettled=list(unsettled)))
    assert isinstance(record, Header)
    return record


@pytest.mark.parametrize(
    ("how", "why", "line"),
    [
        ("flag", "", "2025-01, as asked for"),
        ("file", "", "2025-01, as the target file says"),
        ("own", "", "2025-01, the emulator's own"),
        ("assumed", "", "2025-01, assumed, the target was not asked"),
        ("recognised", "one; two; three", "2025-01, recognised: one, and 2 more signs"),
        ("recognised", "one; two", "2025-01, recognised: one, and 1 more sign"),
    ],
)
def test_the_line(build: Any, how: str, why: str, line: str) -> None:
    """It names the edition first."""
    assert line == words.edition(header(build, how, why))


def test_what_is_not_sure_says_what_it_costs(build: Any) -> None:
    """And how to be sure; the same run again does not claim to know."""
    unsure = header(build, "unsure", "too little to go by: one (as in 2026-05)", ("ERR-011", "ERR-013"))

    line = words.edition(unsure)
    assert line.startswith("2025-01, not sure, so 2 requirements that differ are not judged (--edition settles it)")
    assert line.endswith("too little to go by: one (as in 2026-05)")
    assert "--edition auto" in words.again(unsure)
    assert "--edition 2025-01" in words.again(header(build, "recognised", "one; two"))


def test_the_same_run_again_names_the_target_as_it_was_named(build: Any) -> None:
    """By its file where it had one; streams of older runs do not tell."""
    remote = {"url": "https://staging.example", "embedded": False, "loopback": False}
    named = parse_record(build.header(target=remote, target_file="staging.toml"))
    unnamed = parse_record(build.header(target=remote))
    assert isinstance(named, Header)
    assert isinstance(unnamed, Header)
    assert "--target staging.toml" in words.again(named)
    assert "--target TARGET.toml" in words.again(unnamed)
