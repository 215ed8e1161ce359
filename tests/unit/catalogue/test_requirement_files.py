"""A requirement file that is wrong is refused with its file, its line and the closest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from talonproof.contract.requirements import read_requirements
from talonproof.errors import DocumentError
from talonproof.requirement import Level, Requirement, Source

GOOD = """\
- id: SES-001
  rules: [R1a]
  level: must
  text: The first update of an id creates the session.
  operations: [updateCustomerSessionV2]
  sources:
    - {key: S0, place: "updateCustomerSessionV2, description"}
"""


def write(folder: Path, text: str, name: str = "sessions.yaml") -> Path:
    """A requirement file in the folder."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path) -> DocumentError:
    """The error with which the folder is refused."""
    with pytest.raises(DocumentError) as caught:
        read_requirements(folder)
    return caught.value


def test_a_row_is_read_as_written(tmp_path: Path) -> None:
    """Every field of a row arrives; what is left out is empty."""
    write(tmp_path, GOOD + '  since: "2025-01"\n  until: "2025-06"\n  waits: engine\n')

    assert (
        Requirement(
            id="SES-001",
            rules=("R1a",),
            level=Level.MUST,
            text="The first update of an id creates the session.",
            sources=(Source("S0", "updateCustomerSessionV2, description"),),
            operations=("updateCustomerSessionV2",),
            since="2025-01",
            until="2025-06",
            waits="engine",
        ),
    ) == read_requirements(tmp_path)


def test_an_edition_needs_no_quotes(tmp_path: Path) -> None:
    """A year and a month are text, as YAML 1.2 has it, not a date or a sum."""
    write(tmp_path, GOOD + "  until: 2025-01\n")

    assert ["2025-01"] == [row.until for row in read_requirements(tmp_path)]


def test_rows_of_all_files_are_sorted_by_id(tmp_path: Path) -> None:
    """The order of files and of rows in them does not matter."""
    write(tmp_path, GOOD.replace("SES-001", "SES-003").replace("R1a", "R3"), "a.yaml")
    write(tmp_path, GOOD.replace("SES-001", "AUT-002").replace("R1a", "R2"), "b.yaml")
    write(tmp_path, GOOD, "c.yaml")

    assert ["AUT-002", "SES-001", "SES-003"] == [row.id for row in read_requirements(tmp_path)]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("level: must", "levle: must", 3, "did you mean level?"),
        ("level: must", "level: shoud", 3, "did you mean should?"),
        ("level: must", "level: 1", 3, "must be a text"),
        ("  level: must\n", "", 1, "a row needs level"),
        ("id: SES-001", "id: SES1", 1, "three capitals"),
        ("id: SES-001", "id: SEZ-001", 1, "did you mean SES?"),
        ("rules: [R1a]", "rules: [R1a, rule 2]", 2, "R7, R31a"),
        ("rules: [R1a]", "rules: [T7-status]", 2, "T07-status"),
        ("rules: [R1a]", "rules: [R1a, R1a]", 2, "R1a comes twice"),
        ("rules: [R1a]", "rules: []", 2, "at least one"),
        ("rules: [R1a]", "rules: R1a", 2, "must be a list"),
        ("text: The first update of an id creates the session.", "text: ''", 4, "must be a text"),
        ("[updateCustomerSessionV2]", "[all, getCustomerSession]", 5, "all stands alone"),
        ("{key: S0, place:", "{key: S0, plaice:", 7, "did you mean place?"),
        ('{key: S0, place: "updateCustomerSessionV2, description"}', "{key: S0}", 7, "a source needs place"),
        ('description"}', 'description", inferred: maybe}', 7, "inferred is true or false"),
        ('    - {key: S0, place: "updateCustomerSessionV2, description"}\n', "    []\n", 6, "needs a source"),
        ("  level: must\n", "  level: must\n  until: summer\n", 4, "no edition"),
        ("  level: must\n", "  level: must\n  since: 2026-01\n  until: 2025-01\n", 5, "before since"),
        ("  level: must\n", "  level: must\n  differs: later\n", 4, "no edition"),
        ("  level: must\n", "  level: must\n  differs: 2026-05\n  until: 2025-01\n", 4, "cannot differ there"),
        ("  level: must\n", "  level: must\n  differs: 2026-05\n  since: 2026-05\n", 4, "cannot differ there"),
        ("  level: must\n", "  level: must\n  waits: engin\n", 4, "did you mean engine?"),
        (
            "  level: must\n",
            "  level: must\n  waits: engine\n  untestable: It cannot be seen.\n",
            4,
            "waits for nothing",
        ),
        ("- id: SES-001", "- SES-001\n- id: SES-001", 1, "must be a mapping"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    """The message starts with file and line, and says what would have been right."""
    assert old in GOOD
    file = write(tmp_path, GOOD.replace(old, new))

    error = refusal(tmp_path)

    assert (str(file), line) == (error.file, error.line)
    assert says in str(error)


def test_an_id_comes_once_in_all_files(tmp_path: Path) -> None:
    """A second row of the same id is refused, and the first one is named."""
    first = write(tmp_path, GOOD, "a.yaml")
    second = write(tmp_path, "# beside it\n" + GOOD.replace("R1a", "R2"), "b.yaml")

    assert f"{second}:2 at /0/id: SES-001 is already at {first}:1" == str(refusal(tmp_path))


def test_a_rule_comes_once_in_all_files(tmp_path: Path) -> None:
    """Two rows for one rule are refused, and the first one is named."""
    first = write(tmp_path, GOOD)
    write(tmp_path, GOOD + GOOD.replace("SES-001", "SES-002"))

    assert f"{first}:9 at /1/rules/0: R1a is already at {first}:2" == str(refusal(tmp_path))


def test_a_rule_comes_once_in_each_edition(tmp_path: Path) -> None:
    """A rule may stand in two rows that no edition has both of."""
    later = GOOD.replace("SES-001", "SES-002")
    write(tmp_path, GOOD + '  until: "2025-01"\n' + later + '  since: "2026-05"\n')

    assert [("SES-001", "2025-01"), ("SES-002", "")] == [(row.id, row.until) for row in read_requirements(tmp_path)]


@pytest.mark.parametrize(
    ("first", "second"),
    [("until: 2026-05", "since: 2026-05"), ("since: 2025-01", "until: 2026-05"), ("since: 2025-01", "since: 2026-05")],
)
def test_a_rule_of_two_rows_is_of_no_edition_that_has_both(tmp_path: Path, first: str, second: str) -> None:
    """Two rows for one rule are refused, if they meet in an edition."""
    file = write(tmp_path, GOOD + f"  {first}\n" + GOOD.replace("SES-001", "SES-002") + f"  {second}\n")

    assert f"{file}:10 at /1/rules/0: R1a is already at {file}:2" == str(refusal(tmp_path))


def test_an_id_comes_once_whatever_the_edition(tmp_path: Path) -> None:
    """An id names one clause for good."""
    later = GOOD.replace("R1a", "R2") + '  since: "2026-05"\n'
    write(tmp_path, GOOD + '  until: "2025-01"\n' + later)

    assert "SES-001 is already at" in str(refusal(tmp_path))


def test_a_file_is_a_list_of_rows(tmp_path: Path) -> None:
    """A mapping of rows is not understood."""
    file = write(tmp_path, "SES-001:\n  level: must\n")

    assert str(file) == refusal(tmp_path).file
    assert "a list of rows" in str(refusal(tmp_path))


def test_broken_yaml_is_named_with_its_line(tmp_path: Path) -> None:
    """What is no YAML is refused with file and line, not with a traceback of the parser."""
    file = write(tmp_path, GOOD + "  text: [\n")

    assert str(file) == refusal(tmp_path).file
    assert refusal(tmp_path).line is not None


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    """No requirement file at all is an error: a run without requirements would judge nothing."""
    assert str(tmp_path) == refusal(tmp_path).file


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are refused with the name of the file."""
    (tmp_path / "sessions.yaml").write_bytes(b"\xff\xfe\x00")

    assert str(tmp_path / "sessions.yaml") == refusal(tmp_path).file
