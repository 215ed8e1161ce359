"""A baseline lists findings that are known, each with a reason, an owner and a date until which that is good enough."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

from talonproof.errors import DocumentError, closest

TABLE: Final = "known"
TODO: Final = "TODO"
"""How a reason or an owner begins that nobody has filled in."""

_KEYS: Final = ("requirement", "fingerprint", "reason", "link", "owner", "expires", "cases")
_NEEDED: Final = ("requirement", "fingerprint", "reason", "owner", "expires")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{12}|\*")
_HEAD: Final = re.compile(rf"\s*\[\[\s*{TABLE}\s*\]\]\s*(#.*)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding that is known, by requirement and fingerprint.

    ``requirement`` may be a pattern (``SES-*``), and the fingerprint ``*`` stands for every finding of it.
    ``expires`` is the last day, as YYYY-MM-DD, on which it counts as known, and ``expired`` whether that was before
    the run. ``cases`` are those that met it when it was written down.
    """

    requirement: str
    fingerprint: str
    reason: str
    owner: str
    expires: str
    link: str = ""
    cases: tuple[str, ...] = ()
    expired: bool = False

    def covers(self, requirement: str) -> bool:
        """Whether it speaks of a requirement."""
        return fnmatch.fnmatchcase(requirement, self.requirement.upper())

    def matches(self, requirement: str, fingerprint: str) -> bool:
        """Whether a finding is the one that is known."""
        return self.covers(requirement) and self.fingerprint in {"*", fingerprint}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Entry:
        """The entry that ``dataclasses.asdict`` wrote."""
        fields: Any = {**data, "cases": tuple(data["cases"])}
        return cls(**fields)


def known(entries: Iterable[Entry], requirement: str, fingerprint: str) -> Entry | None:
    """The entry that lists a finding; one that has not expired before one that has."""
    found = [entry for entry in entries if entry.matches(requirement, fingerprint)]
    return min(found, key=lambda entry: entry.expired, default=None)


@dataclass(frozen=True, slots=True)
class Block:
    """An entry as it stands in its file, with the comments above it; ``line`` is where its table begins."""

    text: str
    line: int


def blocks(text: str) -> tuple[str, tuple[Block, ...]]:
    """What stands before the first entry, and each entry with the comments right above it."""
    lines = text.splitlines()
    heads = [number for number, line in enumerate(lines) if _HEAD.fullmatch(line)]
    starts: list[int] = []
    for head in heads:
        start = head
        while start and lines[start - 1].lstrip().startswith("#"):
            start -= 1
        starts.append(start)
    ends = [*starts[1:], len(lines)] if starts else []
    found = tuple(
        Block("\n".join(lines[start:end]).strip("\n"), head + 1)
        for start, end, head in zip(starts, ends, heads, strict=True)
    )
    return "\n".join(lines[: starts[0]] if starts else lines).strip("\n"), found


def parse_baseline(text: str, source: str, *, today: date, drafts: bool = False) -> tuple[Entry, ...]:
    """The entries of a TOML file; ``drafts`` lets entries pass whose reason or owner is not filled in.

    Raises DocumentError with file and line for whatever is not as it should be.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise DocumentError(f"not TOML: {error}", file=source, line=int(line[1]) if line else None) from None
    for key in data:
        if key != TABLE:
            raise DocumentError(f"unknown table {key}", file=source, hint=closest(key, [TABLE]))
    tables: Any = data.get(TABLE, [])
    _, found = blocks(text)
    if not isinstance(tables, list) or len(cast("list[Any]", tables)) != len(found):
        raise DocumentError(f"each entry is a table of its own, [[{TABLE}]]", file=source)
    entries: list[Entry] = []
    seen: dict[tuple[str, str], int] = {}
    for table, block in zip(cast("list[dict[str, Any]]", tables), found, strict=True):
        reader = _Table(table, source, block)
        entry = reader.entry(today, drafts=drafts)
        mark = (entry.requirement, entry.fingerprint)
        if mark in seen:
            raise reader.wrong("fingerprint", f"{' '.join(mark)} is listed on line {seen[mark]} already")
        seen[mark] = block.line
        entries.append(entry)
    return tuple(entries)


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file, whose members are asked for by name and type."""

    data: Mapping[str, Any]
    source: str
    block: Block

    def entry(self, today: date, *, drafts: bool) -> Entry:
        for key in self.data:
            if key not in _KEYS:
                raise self.wrong(key, f"unknown key {key}", hint=closest(key, _KEYS))
        for key in _NEEDED:
            if key not in self.data:
                raise self.wrong("", f"the entry has no {key}")
        if not _FINGERPRINT.fullmatch(fingerprint := self.text("fingerprint")):
            raise self.wrong("fingerprint", f"{fingerprint!r} is no fingerprint", hint="12 hex digits, or * for all")
        expires = self.day("expires")
        for key in ("reason", "owner"):
            if not drafts and (not self.text(key).strip() or self.text(key).lstrip().upper().startswith(TODO)):
                raise self.wrong(key, f"{key} is not filled in", hint="say why it is accepted, and who sees to it")
        return Entry(
            requirement=self.text("requirement").upper(),
            fingerprint=fingerprint,
            reason=self.text("reason"),
            owner=self.text("owner"),
            expires=expires.isoformat(),
            link=self.text("link") if "link" in self.data else "",
            cases=tuple(self.texts("cases")),
            expired=expires < today,
        )

    def text(self, key: str) -> str:
        value = self.data[key]
        if not isinstance(value, str):
            raise self.wrong(key, f"{key} must be a string")
        return value

    def texts(self, key: str) -> Iterator[str]:
        values: Any = self.data.get(key, [])
        if not isinstance(values, list) or not all(isinstance(each, str) for each in cast("list[Any]", values)):
            raise self.wrong(key, f"{key} must be a list of strings")
        yield from cast("list[str]", values)

    def day(self, key: str) -> date:
        value = self.data[key]
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        if type(value) is not date:
            raise self.wrong(key, f"{key} must be a day", hint="expires = 2027-01-31")
        return value

    def wrong(self, key: str, message: str, *, hint: str = "") -> DocumentError:
        """What is wrong, at the line on which the key is set; without a key, at that of the table."""
        first = self.block.text.splitlines()
        above = next(number for number, line in enumerate(first) if _HEAD.fullmatch(line))
        line = self.block.line
        for number, text in enumerate(first[above:]):
            if key and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", text):
                line = self.block.line + number
                break
        return DocumentError(message, file=self.source, line=line, hint=hint)
