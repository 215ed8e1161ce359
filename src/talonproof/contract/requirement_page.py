"""The requirement catalogue as a page of Markdown: every clause of every edition, and which rule it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from talonproof.contract.requirements import WAITS
from talonproof.requirement import AREAS, Level, Requirement

_RULE: Final = re.compile(r"([RT])(\d+)(.*)")

_HEAD: Final = """\
# Requirements

Every clause of behaviour that talonproof knows, as `openapi/requirements/` has it. This page is made from there by
`make docs`; a test holds it to the catalogue.

**must**: a document of the edition states it, and nothing contradicts it. **should**: it is inferred, or stated
elsewhere. **observe**: no source settles it; what a target does is recorded, and never judged. A source's key is one of
`openapi/SOURCE.md`. `talonproof explain ID` tells besides which cases check a clause, which planted faults prove that
they do, and what the newest runs said of it."""

_RULES_HEAD: Final = """\
## From rules to requirements

A rule R… is a clause of the description of the API's behaviour that the catalogue was written from; T01 to T45 are the
rows of its table of session states, each with a clause about the answer's status and one about the state stored
afterwards. Every one of them stands in this table."""


def requirement_page(rows: Iterable[Requirement]) -> str:
    """The page, with a line feed at its end."""
    ordered = sorted(rows, key=lambda row: (list(AREAS).index(row.area), row.id))
    blocks = [_HEAD, _counts(ordered)]
    for area, held in groupby(ordered, key=lambda row: row.area):
        blocks += [f"## {AREAS[area].capitalize()} ({area})", *map(_clause, held)]
    blocks += [_RULES_HEAD, _rules(ordered)]
    return "\n\n".join(blocks) + "\n"


def _counts(rows: Sequence[Requirement]) -> str:
    lines = [
        "| area | must | should | observe | not testable | waiting |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for area, held in groupby(rows, key=lambda row: row.area):
        lines.append(_count_row(f"[{AREAS[area]}](#{_anchor(area)}) {area}", tuple(held)))
    return "\n".join([*lines, _count_row("all", rows)])


def _count_row(name: str, rows: Sequence[Requirement]) -> str:
    levels = [sum(row.level is level for row in rows) for level in Level]
    cells = [*levels, sum(not row.testable for row in rows), sum(bool(row.waits) for row in rows)]
    return f"| {name} | {' | '.join(map(str, cells))} |"


def _anchor(area: str) -> str:
    """The anchor that a heading gets where Markdown is rendered."""
    return f"{AREAS[area]} {area}".lower().replace(" ", "-")


def _clause(row: Requirement) -> str:
    lines = [f"### {row.id}", "", f"**{row.level}** · {row.text}", ""]
    lines += [f"- {name}: {said}" for name, said in _facts(row)]
    return "\n".join(lines)


def _facts(row: Requirement) -> Iterator[tuple[str, str]]:
    yield "rules", ", ".join(row.rules)
    yield "operations", ", ".join(f"`{name}`" if name != "all" else "all" for name in row.operations)
    told = "; ".join(f"{s.key}, {s.place}{' (inferred)' if s.inferred else ''}" for s in row.sources)
    yield "source", told or "none"
    if row.since or row.until:
        yield "editions", _editions(row)
    if row.differs:
        yield "editions", f"all; from {row.differs} on the same words ask for what its document states"
    if row.untestable:
        yield "not testable", row.untestable
    if row.waits:
        yield "waits for", f"{row.waits} ({WAITS[row.waits]})"


def _editions(row: Requirement) -> str:
    parts = [f"{word} {edition}" for word, edition in (("since", row.since), ("until", row.until)) if edition]
    return " ".join(parts)


def _rules(rows: Iterable[Requirement]) -> str:
    """A row a rule, in their order; rules of one clause that changed name one requirement for each edition."""
    by_rule: dict[str, list[Requirement]] = {}
    for row in rows:
        for rule in row.rules:
            by_rule.setdefault(rule, []).append(row)
    lines = ["| rule | requirement | level | |", "|---|---|---|---|"]
    for rule in sorted(by_rule, key=_order):
        lines += [f"| {rule} | [{row.id}](#{row.id.lower()}) | {row.level} | {_remark(row)} |" for row in by_rule[rule]]
    return "\n".join(lines)


def _order(rule: str) -> tuple[str, int, str]:
    found = _RULE.fullmatch(rule)
    return (found[1], int(found[2]), found[3]) if found else ("", 0, rule)


def _remark(row: Requirement) -> str:
    parts = [_editions(row)] if row.since or row.until else []
    if row.untestable:
        parts.append(f"not testable: {row.untestable}")
    if row.waits:
        parts.append(f"waits for {row.waits}")
    return "; ".join(parts)
