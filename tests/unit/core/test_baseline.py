"""A baseline is read strictly: what it lists has a reason, an owner and a day, and says so with its line."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from talonproof.baseline import Entry, blocks, known, parse_baseline
from talonproof.errors import DocumentError

TODAY = date(2026, 11, 28)
ENTRY = """\
# seen since the migration
[[known]]
requirement = "SES-010"
fingerprint = "443e67f9287f"
reason = "it is being worked on"
link = "https://tracker.example/7"
owner = "checkout"
expires = 2026-12-31
cases = ["sessions/test_updates.py::test_a"]
"""


def read(text: str) -> tuple[Entry, ...]:
    """The entries of a text."""
    return parse_baseline(text, "known.toml", today=TODAY)


def test_an_entry_is_read_whole() -> None:
    """Every key is there, and a day to come has not passed."""
    assert (
        Entry(
            requirement="SES-010",
            fingerprint="443e67f9287f",
            reason="it is being worked on",
            owner="checkout",
            expires="2026-12-31",
            link="https://tracker.example/7",
            cases=("sessions/test_updates.py::test_a",),
        ),
    ) == read(ENTRY)


def test_an_entry_survives_its_way_to_the_workers() -> None:
    """What ``asdict`` writes is what ``from_json`` reads."""
    (entry,) = read(ENTRY)

    assert entry == Entry.from_json(dataclasses.asdict(entry))


@pytest.mark.parametrize(("day", "expired"), [("2026-11-27", True), ("2026-11-28", False), ("2026-11-29", False)])
def test_the_day_it_expires_still_counts(day: str, expired: bool) -> None:
    """It is past its date from the day after."""
    (entry,) = read(ENTRY.replace("2026-12-31", day))

    assert expired is entry.expired


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"it is being worked on"', '"TODO: why"', 5, "reason is not filled in"),
        ('"it is being worked on"', '" "', 5, "reason is not filled in"),
        ('"checkout"', '"TODO"', 7, "owner is not filled in"),
        ('owner = "checkout"\n', "", 2, "the entry has no owner"),
        ("2026-12-31", '"soon"', 8, "expires must be a day"),
        ("2026-12-31", "2026-12-31T10:00:00Z", 8, "expires must be a day"),
        ("443e67f9287f", "443E", 4, "'443E' is no fingerprint"),
        ('"443e67f9287f"', "443", 4, "fingerprint must be a string"),
        ("link =", "url =", 6, "unknown key url"),
        ('["sessions/test_updates.py::test_a"]', "[1]", 9, "cases must be a list of strings"),
        ("expires = 2026-12-31", "expires = ", 8, "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, said: str) -> None:
    """One line names the file, the line and what is wrong there."""
    assert old in ENTRY
    with pytest.raises(DocumentError) as told:
        read(ENTRY.replace(old, new))

    assert f"known.toml:{line}: " in str(told.value)
    assert said in str(told.value)


def test_an_unknown_table_and_a_table_in_place_of_entries_are_refused() -> None:
    """The closest name is told."""
    with pytest.raises(DocumentError, match=r"unknown table konwn \(did you mean known\?\)"):
        read("[[konwn]]\n")
    with pytest.raises(DocumentError, match="each entry is a table of its own"):
        read("[known]\n")


def test_nothing_is_listed_twice() -> None:
    """The line of the first is told."""
    with pytest.raises(DocumentError, match=r"known.toml:14: SES-010 443e67f9287f is listed on line 2 already"):
        read(f"{ENTRY}\n{ENTRY}")


def test_drafts_are_read_where_they_are_to_be_filled_in() -> None:
    """Bringing a baseline up to date does not need what is still to do."""
    (entry,) = parse_baseline(ENTRY.replace("it is", "TODO"), "known.toml", today=TODAY, drafts=True)

    assert "TODO being worked on" == entry.reason


def test_a_finding_is_known_by_requirement_and_fingerprint() -> None:
    """A pattern covers several requirements, ``*`` every finding of them, and what has not expired comes first."""
    one = Entry("SES-010", "443e67f9287f", "r", "o", "2026-12-31")
    every = Entry("SES-*", "*", "r", "o", "2026-01-01", expired=True)

    assert one == known([every, one], "SES-010", "443e67f9287f")
    assert every == known([every, one], "SES-010", "000000000000")
    assert known([one], "SES-010", "000000000000") is None
    assert known([one, every], "RET-001", "443e67f9287f") is None


def test_each_entry_keeps_the_comments_above_it() -> None:
    """A blank line parts them from what comes before."""
    opening, parts = blocks(f"# ours\n\n{ENTRY}\n{ENTRY}")

    assert "# ours" == opening
    assert [ENTRY.strip(), ENTRY.strip()] == [part.text for part in parts]
    assert [4, 14] == [part.line for part in parts]
    assert ("", ()) == blocks("")
