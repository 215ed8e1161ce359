"""docs/requirements.md says what the catalogue says, and leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

from talonproof.contract.requirement_page import requirement_page
from talonproof.contract.requirements import read_requirements
from talonproof.requirement import AREAS

ROOT = Path(__file__).parents[3]
ROWS = read_requirements(ROOT / "openapi" / "requirements")
PAGE = requirement_page(ROWS)


def test_the_page_is_that_of_the_catalogue() -> None:
    """Whoever changes the catalogue makes the page anew."""
    assert PAGE == (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8"), "make docs writes it"


def test_every_requirement_stands_there_once() -> None:
    """With its sentence, at its level."""
    found = re.findall(r"^### ([A-Z]{3}-\d{3})\n\n\*\*(\w+)\*\* · (.+)$", PAGE, flags=re.MULTILINE)

    assert sorted((row.id, row.level.value, row.text) for row in ROWS) == sorted(found)


def test_every_rule_leads_to_its_requirements() -> None:
    """Each rule and each row of the state table, in their order, at the level of the requirement that it leads to."""
    found = re.findall(r"^\| ([RT]\d\S*) \| \[(\S+)\]\(#\S+\) \| (\w+) \|", PAGE, flags=re.MULTILINE)

    assert sorted((rule, row.id, row.level.value) for row in ROWS for rule in row.rules) == sorted(found)
    numbers = [(rule[0], int(re.findall(r"\d+", rule)[0])) for rule, _, _ in found]
    assert sorted(numbers) == numbers
    of_the_sources, our_own = 248, 7
    assert of_the_sources + our_own == len({rule for rule, _, _ in found if rule.startswith("R")})
    assert {f"T{n:02}-{part}" for n in range(1, 46) for part in ("status", "state")} == {
        rule for rule, _, _ in found if rule.startswith("T")
    }


def test_what_cannot_be_tested_says_why() -> None:
    """In the table as well as in the clause."""
    excused = [row for row in ROWS if row.untestable]

    assert excused
    assert all(2 == PAGE.count(f"not testable: {row.untestable}") for row in excused)


def test_every_link_leads_somewhere() -> None:
    """To the heading of a requirement or of an area, as those are named where Markdown is rendered."""
    heads = {
        re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    links = set(re.findall(r"\]\(#([^)]+)\)", PAGE))

    assert links
    assert set() == links - heads
    assert len(AREAS) == len([link for link in links if not re.search(r"-\d{3}$", link)])
