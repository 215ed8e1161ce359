"""A requirement is one clause of behaviour, at the level its source allows."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from talonproof.errors import ConfigError, closest


class Level(StrEnum):
    """How much a clause may claim.

    ``must``: a source of the edition states it. ``should``: it is inferred, or another edition or
    a third party states it. ``observe``: contradicted or unstated; recorded, never judged.
    """

    MUST = "must"
    SHOULD = "should"
    OBSERVE = "observe"


AREAS: Mapping[str, str] = {
    "SES": "customer sessions",
    "RET": "returns",
    "REO": "reopening and cancelling",
    "DRY": "dry runs",
    "PAG": "pages and filters",
    "AUT": "authentication",
    "ERR": "errors and the wire",
    "PRO": "profiles",
    "AUD": "audiences",
    "CPN": "coupons",
    "REF": "referrals",
    "LOY": "loyalty",
    "CAT": "catalogs",
    "EVT": "events",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the sentence stands that a requirement rests on.

    ``key`` is one of ``openapi/SOURCE.md``; ``place`` leads a reader to the sentence;
    ``inferred`` says that the clause follows from the sentence and is not the sentence itself.
    """

    key: str
    place: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """One clause.

    ``untestable`` says in one sentence why no black box can check it; ``waits`` names what has to be built before it
    can be checked here. ``since`` and ``until`` are editions, both inclusive, empty where there is no limit.
    ``differs`` is the edition from which on the same sentence asks for something else, because it speaks of what the
    edition's document states.
    """

    id: str
    rules: tuple[str, ...]
    level: Level
    text: str
    sources: tuple[Source, ...]
    operations: tuple[str, ...]
    since: str = ""
    until: str = ""
    untestable: str = ""
    waits: str = ""
    differs: str = ""

    @property
    def area(self) -> str:
        """The three letters before the number."""
        return self.id.partition("-")[0]

    @property
    def testable(self) -> bool:
        """Whether some check of some target could judge it."""
        return not self.untestable

    def holds_in(self, edition: str) -> bool:
        """Whether the clause belongs to the edition (``since`` and ``until`` are inclusive)."""
        return (not self.since or edition >= self.since) and (not self.until or edition <= self.until)

    def same_in(self, editions: Iterable[str]) -> bool:
        """Whether a server is judged alike by the clause, whichever of the editions it follows."""
        known = tuple(editions)
        changed = bool(self.differs) and any(e < self.differs for e in known) and any(e >= self.differs for e in known)
        return not changed and all(self.holds_in(edition) for edition in known)

    def meets(self, other: Requirement) -> bool:
        """Whether some edition, present or to come, has both clauses."""
        began, ended = max(self.since, other.since), min(filter(None, (self.until, other.until)), default="")
        return not ended or began <= ended


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The requirements of one edition, in the order of their ids.

    ``elsewhere`` are the ids and rules that only other editions have. ``unsettled`` are the ids of the rows that
    cannot be judged, because it is not sure which edition the target follows, and there they differ.
    """

    edition: str
    rows: tuple[Requirement, ...]
    elsewhere: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()
    _by_id: Mapping[str, Requirement] = field(init=False, repr=False, compare=False)
    _by_rule: Mapping[str, Requirement] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {row.id: row for row in self.rows})
        object.__setattr__(self, "_by_rule", {rule: row for row in self.rows for rule in row.rules})

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, requirement_id: object) -> bool:
        return requirement_id in self._by_id

    def __getitem__(self, requirement_id: str) -> Requirement:
        """Raises ConfigError with the closest id for an unknown one, or saying that other editions have it."""
        try:
            return self._by_id[requirement_id]
        except KeyError:
            raise self._unknown(requirement_id, f"there is no requirement {requirement_id}", self._by_id) from None

    def for_rule(self, rule: str) -> Requirement:
        """The one requirement that stands for a rule such as ``R7`` or ``T18-state``.

        Raises ConfigError with the closest rule for an unknown one, or saying that other editions have it.
        """
        try:
            return self._by_rule[rule]
        except KeyError:
            raise self._unknown(rule, f"no requirement stands for the rule {rule}", self._by_rule) from None

    def named(self, name: str) -> Requirement:
        """The requirement of an id (``SES-010``) or of a rule (``R7``, ``T18-state``).

        Raises ConfigError with the closest id or rule for an unknown one, or saying that other editions have it.
        """
        return self._by_id[name] if name in self._by_id else self.for_rule(name)

    def matching(self, pattern: str) -> tuple[Requirement, ...]:
        """The requirements whose id matches a shell pattern (``SES-*``), case aside."""
        return tuple(row for row in self.rows if fnmatch.fnmatchcase(row.id, pattern.upper()))

    def _unknown(self, name: str, message: str, known: Iterable[str]) -> ConfigError:
        if name in self.elsewhere:
            return ConfigError(f"{message} in edition {self.edition}", hint="another edition has it: --edition")
        return ConfigError(message, hint=closest(name, known))


def catalogue(edition: str, rows: Iterable[Requirement], *, among: Iterable[str] = ()) -> Catalogue:
    """The catalogue of an edition: of the rows of all editions those that hold in it, sorted by id.

    ``among`` are the editions that the target may follow, where that is not sure.
    """
    possible = tuple(among)
    everywhere = sorted(rows, key=lambda row: row.id)
    here = tuple(row for row in everywhere if row.holds_in(edition))

    def names(some: Iterable[Requirement]) -> frozenset[str]:
        return frozenset(name for row in some for name in (row.id, *row.rules))

    unsettled = frozenset(row.id for row in here if not row.same_in(possible))
    return Catalogue(edition, here, names(everywhere) - names(here), unsettled)
