"""The requirement catalogue is read whole or not at all: every error names its file and line.

A file of ``openapi/requirements`` is a YAML list of rows::

    - id: SES-010
      rules: [R7]
      level: must
      text: An update never turns a closed session back into an open one.
      operations: [updateCustomerSessionV2]          # operationIds, or [all]
      sources:
        - {key: O25, place: "NewCustomerSessionV2.state", inferred: true}
      since: "2025-01"                               # optional, inclusive, like until
      differs: "2026-05"                             # optional: from here on the same words ask for something else
      untestable: One sentence.                      # optional
      waits: engine                                  # optional, one of WAITS

What can be said of one row is checked here. That operations and source keys exist elsewhere in
the repository is checked by its tests, because a workspace may bring a contract of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn, cast

from talonproof.contract.document import escape, parse, place, read_text
from talonproof.errors import DocumentError, closest
from talonproof.requirement import AREAS, Level, Requirement, Source

WAITS: Mapping[str, str] = {
    "engine": "campaigns with effects: rules, budgets, accepted codes, points, giveaways, achievements",
    "operations": "operations that the emulator or the suites do not have yet",
}
"""What a row may wait for, and what that is."""

REQUIRED = ("id", "rules", "level", "text", "operations", "sources")
OPTIONAL = ("since", "until", "untestable", "waits", "differs")
SOURCE_KEYS = ("key", "place", "inferred")

_ID = re.compile(r"([A-Z]{3})-(\d{3})")
_RULE = re.compile(r"R[1-9]\d{0,2}[a-z]?|T\d{2}-(?:status|state)")
_EDITION = re.compile(r"\d{4}-\d{2}")


def read_requirements(folder: Path) -> tuple[Requirement, ...]:
    """Every row of every ``*.yaml`` in the folder, sorted by id; of all editions.

    A rule may stand in several rows if no edition has two of them: that is how a clause that
    changed from one edition to the next is written.

    Raises DocumentError with file and line for a file that is not a list of rows, for unknown
    keys, missing or misshapen fields, unknown levels and areas, for an id that comes twice, and
    for a rule that comes twice in an edition.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise DocumentError("there is no requirement file (*.yaml) here", file=str(folder))
    return _rows(tuple((str(file), read_text(file)) for file in files))


@lru_cache(maxsize=4)
def _rows(files: tuple[tuple[str, str], ...]) -> tuple[Requirement, ...]:
    """The rows of files, each its name and its text: one process asks for the same ones several times over."""
    rows: list[Requirement] = []
    taken: dict[str, list[tuple[Requirement, _Page, str]]] = {}
    for name, text in files:
        page = _Page(name, text)
        for at, row in page.rows():
            names = [(row.id, f"{at}/id"), *((rule, f"{at}/rules/{index}") for index, rule in enumerate(row.rules))]
            for given, pointer in names:
                for other, there, other_pointer in taken.setdefault(given, []):
                    if given == row.id or row.meets(other):
                        page.fail(pointer, f"{given} is already at {there.where(other_pointer)}")
                taken[given].append((row, page, pointer))
            rows.append(row)
    return tuple(sorted(rows, key=lambda row: row.id))


@dataclass(frozen=True, slots=True)
class _Page:
    """One file: turns pointers into places, and values into rows."""

    name: str
    text: str

    def where(self, pointer: str) -> str:
        line = place(self.text, pointer)
        return self.name if line is None else f"{self.name}:{line}"

    def fail(self, pointer: str, message: str, hint: str = "") -> NoReturn:
        raise DocumentError(message, file=self.name, line=place(self.text, pointer), pointer=pointer, hint=hint)

    def rows(self) -> list[tuple[str, Requirement]]:
        value = parse(self.text, self.name)
        if not isinstance(value, list):
            self.fail("", "a requirement file is a list of rows")
        rows = cast("list[Any]", value)
        return [(f"/{index}", self._row(row, f"/{index}")) for index, row in enumerate(rows)]

    def _row(self, value: object, at: str) -> Requirement:
        row = self._mapping(value, at, (*REQUIRED, *OPTIONAL))
        for key in REQUIRED:
            if key not in row:
                self.fail(at, f"a row needs {key}")
        requirement = Requirement(
            id=self._id(row["id"], f"{at}/id"),
            rules=self._rules(row["rules"], f"{at}/rules"),
            level=self._level(row["level"], f"{at}/level"),
            text=self._string(row["text"], f"{at}/text"),
            sources=self._sources(row["sources"], f"{at}/sources"),
            operations=self._strings(row["operations"], f"{at}/operations"),
            since=self._edition(row, "since", at),
            until=self._edition(row, "until", at),
            untestable=self._string(row["untestable"], f"{at}/untestable") if "untestable" in row else "",
            waits=self._choice(row["waits"], f"{at}/waits", WAITS) if "waits" in row else "",
            differs=self._edition(row, "differs", at),
        )
        if requirement.since and requirement.until and requirement.since > requirement.until:
            self.fail(f"{at}/until", f"until {requirement.until} is before since {requirement.since}")
        if requirement.differs and (
            requirement.differs == requirement.since or not requirement.holds_in(requirement.differs)
        ):
            self.fail(
                f"{at}/differs", f"the row does not hold before and in {requirement.differs}, so it cannot differ there"
            )
        if requirement.untestable and requirement.waits:
            self.fail(f"{at}/waits", "a row that cannot be tested waits for nothing")
        if not requirement.sources and requirement.level is not Level.OBSERVE:
            self.fail(f"{at}/sources", f"a {requirement.level} needs a source; without one a row may only observe")
        if "all" in requirement.operations and len(requirement.operations) > 1:
            self.fail(f"{at}/operations", "all stands alone")
        return requirement

    def _id(self, value: object, at: str) -> str:
        text = self._string(value, at)
        match = _ID.fullmatch(text)
        if match is None:
            self.fail(at, f"{text!r} is no id", "three capitals, a hyphen and three digits: SES-001")
        if match[1] not in AREAS:
            self.fail(at, f"there is no area {match[1]}", closest(match[1], AREAS))
        return text

    def _rules(self, value: object, at: str) -> tuple[str, ...]:
        rules = self._strings(value, at)
        for index, rule in enumerate(rules):
            if _RULE.fullmatch(rule) is None:
                self.fail(f"{at}/{index}", f"{rule!r} is no rule", "R7, R31a, T07-status or T07-state")
        return rules

    def _level(self, value: object, at: str) -> Level:
        return Level(self._choice(value, at, {level.value: "" for level in Level}))

    def _sources(self, value: object, at: str) -> tuple[Source, ...]:
        return tuple(self._source(one, f"{at}/{index}") for index, one in enumerate(self._list(value, at)))

    def _source(self, value: object, at: str) -> Source:
        source = self._mapping(value, at, SOURCE_KEYS)
        for key in SOURCE_KEYS[:2]:
            if key not in source:
                self.fail(at, f"a source needs {key}")
        inferred = source.get("inferred", False)
        if not isinstance(inferred, bool):
            self.fail(f"{at}/inferred", "inferred is true or false")
        return Source(self._string(source["key"], f"{at}/key"), self._string(source["place"], f"{at}/place"), inferred)

    def _edition(self, row: Mapping[str, object], key: str, at: str) -> str:
        if key not in row:
            return ""
        text = self._string(row[key], f"{at}/{key}")
        if _EDITION.fullmatch(text) is None:
            self.fail(f"{at}/{key}", f"{text!r} is no edition", "a year and a month: 2025-01")
        return text

    def _choice(self, value: object, at: str, choices: Mapping[str, str]) -> str:
        text = self._string(value, at)
        if text not in choices:
            self.fail(at, f"{text!r} is unknown here", closest(text, choices))
        return text

    def _string(self, value: object, at: str) -> str:
        if not isinstance(value, str) or not value.strip():
            self.fail(at, "must be a text that is not empty")
        return value

    def _strings(self, value: object, at: str) -> tuple[str, ...]:
        strings = tuple(self._string(one, f"{at}/{index}") for index, one in enumerate(self._list(value, at)))
        if not strings:
            self.fail(at, "must hold at least one entry")
        for index, one in enumerate(strings):
            if one in strings[:index]:
                self.fail(f"{at}/{index}", f"{one} comes twice")
        return strings

    def _list(self, value: object, at: str) -> list[Any]:
        if not isinstance(value, list):
            self.fail(at, "must be a list")
        return cast("list[Any]", value)

    def _mapping(self, value: object, at: str, keys: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fail(at, "must be a mapping")
        mapping = cast("dict[Any, Any]", value)
        for key in mapping:
            if key not in keys:
                self.fail(f"{at}/{escape(str(key))}", f"the key {key} is unknown", closest(str(key), keys))
        return cast("dict[str, Any]", mapping)
