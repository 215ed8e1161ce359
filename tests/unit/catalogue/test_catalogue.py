"""The requirement catalogue of this repository says what it may say, once, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from talonproof.contract.contract import read_contract
from talonproof.contract.requirements import read_requirements
from talonproof.requirement import Level, Requirement, catalogue

ROOT = Path(__file__).parents[3]
ROWS = read_requirements(ROOT / "openapi" / "requirements")
EDITIONS = ("2025-01", "2026-05")

LEVELS = {
    "must": """
        R1a R2 R3 R5a R7 R8 R9 R10 R11a R12a R13 R14a R15 R21a R25a R28 R29a R29b R30a R30b R31a R32 R33a R34
        R35a R36 R37a R39 R40 R41a R42b R44 R46 R47 R49a R49b R52 R53 R54 R59 R61 R62 R64 R65 R67 R68a R68b R69a
        R70 R71 R72 R73a R74a R74b R75a R76a R77a R78a R79a R80 R81a R82a R83a R84a R84b R85a R89a R89c R90 R91a
        R91b R92 R96a R98a R98b R99a R99b R100a R101a R103 R106 R107a R110 R112 R113a R114a R115 R116 R118 R122a
        R122b R125a R128 R129 R130a R131 R132a R133 R134 R135 R136 R137 R138 R139a R140 R141a R141b R142 R143
        R144a R144b R144c R145a R146 R147 R148a R149 R150 R153a R156 R157 R158 R159a R160 R161a R165a
    """,
    "should": """
        R1b R4 R5b R5c R6 R11b R12b R14b R16 R17 R18 R19 R20 R21b R22 R23 R24 R25b R26 R27a R29c R30c R31b R31c
        R33b R35b R38 R41b R42a R45a R45b R48 R49c R50 R51a R56 R57 R58 R68c R69b R73b R75b R77b R78b R79b R81b
        R82b R83b R85b R86 R87 R89b R93 R94 R95 R96b R97 R100b R101b R102 R104 R105 R108 R109 R111 R113b R117
        R119 R120 R121 R122c R123 R124 R125b R125c R126 R127 R130b R139b R141d R145b R148b R151a R152 R153c
        R154b R159b R159c R159d R161b R162 R163 R164 R165b R165c R166 R167 R168 R169
    """,
    "observe": """
        R27b R37b R37c R43 R51b R55 R60 R63 R66 R68d R74c R76b R88 R107b R114b R132b R141c R144d R151b R153b
        R153d R154a R155
    """,
}
"""The levels that the sources of 2025-01 allow, rule by rule; kept apart from the catalogue on purpose."""

OWN_LEVELS = {
    "R5d": "should", "R31d": "observe", "R45c": "should", "R69c": "should", "R76c": "observe", "R91c": "observe",
    "R144e": "observe",
}  # fmt: skip
"""Rules of this catalogue's own: they follow from what the sources say, none of which states them, or are recorded."""

LATER_LEVELS = {"2025-01": {}, "2026-05": {"R49c": "must", "R107b": "must"}}
"""Rules on which the sources of an edition allow another level than those of 2025-01."""

TABLE_LEVELS = """
    1 must must     2 must must       3 must must       4 should should   5 should should  6 should should
    7 should should 8 should should   9 must must       10 must must      11 must must     12 must must
    13 should must  14 should must    15 should must    16 must must      17 must must     18 should must
    19 observe must 20 must must      21 should must    22 must must      23 must must     24 should must
    25 should should 26 must must     27 must must      28 observe must   29 should must   30 must must
    31 observe must 32 should must    33 should must    34 should must    35 must must     36 should must
    37 observe must 38 should must    39 should must    40 must must      41 should should 42 should should
    43 must must    44 must must      45 should must
"""
"""Row of the state table, level of its status clause, level of its state clause."""

RANK_A = {"S0", "S1", "S2", "S3", "S4", "O24", "O25"}
RANK_A_OF_2026 = {"O26", "T1"}
UNTESTABLE = {"R43", "R63", "R71", "R80", "R99a", "R122b", "R140", "R150"}
CHANGED = {"R49c", "R99b", "R107b", "R132a"}
"""Rules whose clause is another one in each edition."""

DIFFERS = {
    "R159d": "the largest pages",
    "R162": "bounds, patterns and required members of requests",
    "R163": "which properties may be null",
    "R165a": "required properties and types of answers",
    "R165b": "bounds, patterns and enumerations of answers",
}
"""Rules whose clause is the same in each edition, and asks for what its document states."""

TABLE = """
    R159a R159d R107a R107b R104 R146 R159c R99b R162 R132a R132b R139a R139b R144a R144b R144c R144d R141a R141b R141c
    R141d R108 R145b R49b R49c R53 R142 R31a R31c R25a R25b R19 R16 R18 R39 R148a R148b R68a R38 R111 R158 R147 R92
    R157 R51a R45a R163 R165a R165b
"""
"""The rules that stand in the table of what changed from 2025-01 to 2026-05; its word contract is R165."""

ALIKE = {
    "R159a R107a R104 R146 R159c": "pages and filters keep their meaning, whatever the largest page",
    "R132b R139a R139b R144a R144b R144c R144d R141a R141b R141c R141d": "what the return policy decides is observed",
    "R108 R145b": "active points are 0 where a balance is negative, and rows and balance still agree",
    "R49b R53 R142 R31a R31c R25a R25b": "what a session says of itself agrees with itself, whatever it holds",
    "R19 R16 R18": "a position is an index still, and a key for repetitions is sent by nobody",
    "R39 R148a R148b R147": "cards and campaigns that are named are those evaluated",
    "R68a R38 R111 R92 R157 R51a R45a R158": "statuses, words of no edition, and dates are the same",
}
"""Rules of that table by which a server is judged alike in each edition, and why."""


def allowed_levels(edition: str) -> dict[str, str]:
    """The tables above as one: rule to level."""
    levels = {rule: level for level, rules in LEVELS.items() for rule in rules.split()}
    words = TABLE_LEVELS.split()
    for number, status, state in zip(words[::3], words[1::3], words[2::3], strict=True):
        levels[f"T{int(number):02}-status"] = status
        levels[f"T{int(number):02}-state"] = state
    return {**levels, **OWN_LEVELS, **LATER_LEVELS[edition]}


def ids(rows: Iterable[Requirement]) -> list[str]:
    """The ids of rows, for a message that names the offenders."""
    return [row.id for row in rows]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_rule_has_one_row_at_the_level_its_sources_allow(edition: str) -> None:
    """The catalogue of an edition stands for all rules and no others, and claims of none more or less than it may."""
    rows = catalogue(edition, ROWS)

    assert allowed_levels(edition) == {rule: row.level.value for row in rows for rule in row.rules}


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_rule_stands_in_one_row(edition: str) -> None:
    """No row of an edition shares a rule with another, so that a rule names its requirement."""
    rules = [rule for row in catalogue(edition, ROWS) for rule in row.rules]

    assert sorted(set(rules)) == sorted(rules)


def test_the_state_table_has_both_clauses_of_all_rows() -> None:
    """Row nn of the state table is SES-1nn for the answer and SES-2nn for what is stored."""
    rows = {row.id: row.rules for row in ROWS if row.rules[0].startswith("T")}

    assert {f"SES-{100 + n}": (f"T{n:02}-status",) for n in range(1, 46)} | {
        f"SES-{200 + n}": (f"T{n:02}-state",) for n in range(1, 46)
    } == rows


def test_the_numbers_of_an_area_have_no_gaps() -> None:
    """Within an area ids count up from 001; the state table keeps its own hundreds."""
    areas: dict[str, list[int]] = {}
    for row in ROWS:
        area, number = row.id.split("-")
        if not row.rules[0].startswith("T"):
            areas.setdefault(area, []).append(int(number))

    assert {area: list(range(1, len(numbers) + 1)) for area, numbers in areas.items()} == areas


def test_operations_exist() -> None:
    """A row names operations of an edition that has it, or all of them."""
    operations = {
        edition: set(
            read_contract(ROOT / "openapi" / edition / "integration-api.yaml", edition=edition).operations,
        )
        for edition in EDITIONS
    }

    assert [] == ids(
        row
        for row in ROWS
        if set(row.operations) - {"all"}.union(*(operations[e] for e in EDITIONS if row.holds_in(e)))
    )


def test_sources_are_listed() -> None:
    """Every source key of the catalogue has a line in the table of openapi/SOURCE.md."""
    text = (ROOT / "openapi" / "SOURCE.md").read_text(encoding="utf-8")
    first_columns = re.findall(r"^\|([^|]+)\|", text, flags=re.MULTILINE)
    listed = {key.strip(" `*") for column in first_columns for key in column.split(",")}

    assert set() == {source.key for row in ROWS for source in row.sources} - listed


def test_a_must_is_stated_by_a_source_of_the_edition() -> None:
    """What a must rests on is a sentence of the edition with which it began, never an inference."""
    stated = {row.id: {source.key for source in row.sources if not source.inferred} for row in ROWS}
    official = {row.id: RANK_A_OF_2026 if row.since == "2026-05" else RANK_A for row in ROWS}

    assert [] == ids(row for row in ROWS if row.level is Level.MUST and not stated[row.id] & official[row.id])


def test_the_text_is_one_plain_sentence() -> None:
    """A clause is one sentence with a capital and a full stop, without numbers of rules."""
    assert [] == ids(row for row in ROWS if not re.fullmatch(r"[A-Z`].{20,}[^.]\.", row.text))
    assert [] == ids(row for row in ROWS if re.search(r"[.!?] +[A-Z`]", row.text))
    assert [] == ids(row for row in ROWS if re.search(r"\b[RTD]\d{1,3}[a-z]?\b|\n", row.text))


def test_no_two_rows_say_the_same() -> None:
    """Every sentence of the catalogue stands in it once."""
    texts = [row.text for row in ROWS]

    assert sorted(set(texts)) == sorted(texts)


def test_the_text_of_an_observation_says_so() -> None:
    """A row that is only recorded, and could be, says that it is recorded; no other row does."""
    recorded = ids(row for row in ROWS if row.text.endswith(" recorded."))

    assert ids(row for row in ROWS if row.level is Level.OBSERVE and row.testable) == recorded


def test_what_no_black_box_can_see_is_marked() -> None:
    """Exactly the rules that these operations cannot show are untestable, each with its reason."""
    assert {row.rules[0] for row in ROWS if row.untestable} == UNTESTABLE
    assert all(re.fullmatch(r"[A-Z].+[^.]\.", row.untestable) for row in ROWS if row.untestable)


def test_what_changed_stands_in_a_row_for_each_edition() -> None:
    """A rule whose clause is another one later has a row that ends with 2025-01 and one that begins with 2026-05."""
    spans = {rule: {(row.since, row.until) for row in ROWS if rule in row.rules} for rule in CHANGED}

    assert {rule: {("", "2025-01"), ("2026-05", "")} for rule in CHANGED} == spans


def test_what_depends_on_the_document_is_marked() -> None:
    """Exactly the rules that ask for what the document of the edition states differ, from 2026-05 on."""
    marked = {rule: row.differs for row in ROWS if row.differs for rule in row.rules}

    assert dict.fromkeys(DIFFERS, "2026-05") == marked


def test_every_rule_of_the_table_of_changes_is_decided() -> None:
    """Each has a row for each edition, or is marked, or is judged alike for a reason; and none is decided twice."""
    alike = " ".join(ALIKE).split()

    assert sorted(TABLE.split()) == sorted([*CHANGED, *DIFFERS, *alike])


def test_statuses_and_refusals_are_those_of_both_editions() -> None:
    """The documents list the same statuses and the same bodies of refusals: no rule on these differs."""
    sooner, later = (
        read_contract(ROOT / "openapi" / edition / "integration-api.yaml", edition=edition) for edition in EDITIONS
    )

    for name, operation in sooner.operations.items():
        other = later.operation(name)
        assert operation.responses.keys() == other.responses.keys()
        for status in operation.responses.keys() - operation.success:
            resolved = [
                contract.resolve(contract.operation(name).responses[status].schema or {})
                for contract in (sooner, later)
            ]
            shapes = [(schema.get("required"), sorted(schema.get("properties", ()))) for schema in resolved]
            assert shapes[0] == shapes[1], (name, status)


def test_only_what_changed_is_of_one_edition() -> None:
    """Every other clause holds in all editions."""
    assert CHANGED == {rule for row in ROWS if row.since or row.until for rule in row.rules}
