"""The plan says, before anything is sent, which cases run, at what cost, and why the rest do not run."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from talonproof.config import ALLOWED_REQUESTS, Depth, RunOptions
from talonproof.errors import ConfigError, HarnessError, closest
from talonproof.requirement import Catalogue, Requirement
from talonproof.run.effects import DISABLED, LABELS, SCHEDULED, Seen, requests_at_most, unseen
from talonproof.target import Footprint, Keys, Target
from talonproof.verdict import Reason, Verdict

Kind = Literal["", "valid", "boundary", "invalid", "authentication"]
"""What calls a case tries of an operation; empty where it is about something else."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A case as its author describes it.

    ``requirements`` are judged whenever the case runs to its end, ``also`` those that it may judge,
    depending on what the target shows; both may be named by their rules until the plan is made.
    ``requests`` is the most that one example may send; ``examples`` how many examples each depth runs
    (smoke, release, nightly; 0 leaves the case out). ``needs`` are bindings, ``keys`` roles of keys that
    the target must have. ``operations`` are those that must be built, unless the case only authenticates.
    ``effects`` are labels of effects (:mod:`talonproof.run.effects`) that must have been seen on the target.
    ``parallel`` cases send calls about one thing at the same time. Where the case tries calls of one ``kind`` (valid,
    boundary, invalid, authentication), they are calls of the first.
    """

    id: str
    title: str
    about: str
    requirements: tuple[str, ...]
    footprint: Footprint
    requests: int
    examples: tuple[int, int, int] = (1, 1, 1)
    needs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    authentication: bool = False
    also: tuple[str, ...] = ()
    kind: Kind = ""
    effects: tuple[str, ...] = ()
    parallel: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All that it names of requirements."""
        return (*self.requirements, *self.also)

    @property
    def suite(self) -> str:
        """The folder below ``suites/`` that the case stands in."""
        return self.id.partition("/")[0]

    @property
    def function(self) -> str:
        """The name of the test, without parameters: the same check, whatever it is applied to."""
        return self.id.rpartition("::")[2].partition("[")[0].removeprefix("test_")

    def examples_at(self, depth: Depth) -> int:
        """How many examples run at a depth."""
        return self.examples[depth.rank]

    def requests_at(self, depth: Depth) -> int:
        """The most requests that the case may send at a depth."""
        return self.requests * self.examples_at(depth)


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the plan. ``verdict`` None: it runs; else why not, in ``reason`` and ``detail``."""

    spec: Spec
    requests: int
    examples: int
    verdict: Verdict | None = None
    reason: Reason | None = None
    detail: str = ""

    @property
    def planned(self) -> bool:
        """Whether the case runs."""
        return self.verdict is None

    def record(self) -> dict[str, Any]:
        """The row as plain JSON, for the stream's header."""
        return {
            "id": self.spec.id,
            "suite": self.spec.suite,
            "title": self.spec.title,
            "about": self.spec.about,
            "requirements": list(self.spec.requirements),
            "also": list(self.spec.also),
            "operations": list(dict.fromkeys(self.spec.operations)),
            "kind": self.spec.kind,
            "footprint": self.spec.footprint.label,
            "needs": [*self.spec.needs, *(f"{role}_key" for role in self.spec.keys)],
            **({"effects": list(self.spec.effects)} if self.spec.effects else {}),
            "requests": self.requests,
            "examples": self.examples,
            "planned": self.planned,
            "verdict": self.verdict,
            "reason": self.reason,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows in the order of collection, and the ids of the requirements that the selection covers.

    ``seen`` is what of the target's effects was seen before; None where nobody looked, and any effect may show.
    ``looking`` is how many requests that took, or will take.
    """

    rows: tuple[Row, ...]
    selected: frozenset[str]
    seen: Seen | None = None
    looking: int = 0

    @property
    def requests(self) -> int:
        """The most requests that the planned cases may send together, with those that look for effects."""
        return self.looking + sum(row.requests for row in self.rows if row.planned)

    def looked(self) -> dict[str, Any]:
        """What was seen of effects as plain JSON; where nobody looked, how many requests that will take."""
        return self.seen.record() if self.seen is not None else {"requests": self.looking, "seen": None, "silent": {}}

    @property
    def wants_effects(self) -> bool:
        """Whether a case that runs needs to know which effects the target brings about."""
        return any(row.planned and row.spec.effects for row in self.rows)

    def by_id(self) -> Mapping[str, Row]:
        """The rows by the id of their case."""
        return {row.spec.id: row for row in self.rows}


def case_seed(run_seed: int, case_id: str) -> int:
    """The seed of a case: a function of the run's seed and the case alone, so sharding never changes it."""
    return int.from_bytes(hashlib.sha256(f"{run_seed}\n{case_id}".encode()).digest()[:8])


def make_plan(  # noqa: PLR0913 - what a plan is made of
    specs: Sequence[Spec],
    options: RunOptions,
    target: Target,
    keys: Keys,
    catalogue: Catalogue,
    passive: Iterable[str],
    *,
    known: Container[str] | None = None,
    absent: frozenset[str] = frozenset(),
    seen: Seen | None = None,
) -> Plan:
    """The plan of a run; ``known`` are the operations of its edition, None where that is not to be looked at.

    A case that names a requirement or an operation of other editions only is of these, and does not run. Nor does one
    that is about nothing but requirements of which it is not sure what they ask for on this target.

    ``seen`` are the effects that the target was seen to bring about: a case that needs another one does not run. Where
    nobody looked yet (None), those run that need effects which its triggers could show, and looking counts as well.

    ``absent`` are the operations of the edition that the document lacks: what is about them cannot run either.
    Raises ConfigError for a pattern that selects nothing, HarnessError for a case that names an unknown
    requirement or binding, or a plan that exceeds what its depth allows.
    """
    chosen, selected = select(
        [_by_id(spec, catalogue) for spec in specs], options.select, catalogue, frozenset(passive)
    )
    named = {spec.id: spec.names for spec in specs}
    rows: list[Row] = []
    looking = seen.requests if seen is not None else 0
    spent = looking
    for spec in chosen:
        if detail := _of_another_edition(spec, named[spec.id], catalogue, known):
            rows.append(Row(spec, 0, 0, Verdict.UNSUPPORTED, Reason.EDITION, detail))
            continue
        if lacking := _lacking(spec, catalogue, absent):
            detail = f"the document has no {', '.join(lacking)}"
            rows.append(Row(spec, 0, 0, Verdict.UNSUPPORTED, Reason.NOT_IMPLEMENTED, detail))
            continue
        row = _place(_settled(spec, catalogue), options, target, keys, seen)
        first = requests_at_most(target) if row.planned and spec.effects and not looking else 0
        if row.planned and options.max_requests is not None and spent + first + row.requests > options.max_requests:
            row = Row(
                spec,
                0,
                0,
                Verdict.NOT_RUN,
                Reason.MAX_REQUESTS,
                f"its {first + row.requests} requests would go past --max-requests {options.max_requests}",
            )
        if row.planned:
            looking += first
            spent += first + row.requests
        rows.append(row)
    allowed = ALLOWED_REQUESTS[options.depth]
    if allowed is not None and spent > allowed:
        message = f"the plan holds {spent} requests, the depth {options.depth} allows {allowed}"
        raise HarnessError(message)
    return Plan(tuple(rows), selected, seen, looking)


def _by_id(spec: Spec, catalogue: Catalogue) -> Spec:
    """The case with its requirements named by their ids, each once; those of other editions are left out."""

    def ids(names: tuple[str, ...]) -> tuple[str, ...]:
        try:
            here = (name for name in names if name not in catalogue.elsewhere)
            return tuple(dict.fromkeys(catalogue.named(name).id for name in here))
        except ConfigError as error:
            message = f"{spec.id}: {error.message}"
            raise HarnessError(message, hint=error.hint) from None

    judged = ids(spec.requirements)
    return replace(spec, requirements=judged, also=tuple(name for name in ids(spec.also) if name not in judged))


def _of_another_edition(spec: Spec, named: Iterable[str], catalogue: Catalogue, known: Container[str] | None) -> str:
    """Why a case is not of the edition of the run, or not surely so; empty where it is."""
    foreign = [name for name in named if name in catalogue.elsewhere]
    if foreign:
        return f"{', '.join(foreign)} is of another edition than {catalogue.edition}"
    if known is not None and not all(name in known for name in spec.operations):
        return f"its operation is of another edition than {catalogue.edition}"
    if spec.requirements and catalogue.unsettled.issuperset(spec.requirements):
        return f"what {', '.join(spec.requirements)} asks for depends on the edition, which is not sure"
    return ""


def _settled(spec: Spec, catalogue: Catalogue) -> Spec:
    """The case without the requirements that cannot be judged because they depend on the edition."""

    def kept(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in catalogue.unsettled)

    return replace(spec, requirements=kept(spec.requirements), also=kept(spec.also))


def _lacking(spec: Spec, catalogue: Catalogue, absent: frozenset[str]) -> list[str]:
    """The operations without which a case cannot end well: those it needs, and all that one of its clauses is about."""
    wanted = absent.intersection(spec.operations)
    for name in spec.requirements:
        about = frozenset(catalogue[name].operations)
        wanted |= about if about and about <= absent else frozenset()
    return sorted(wanted)


def _place(spec: Spec, options: RunOptions, target: Target, keys: Keys, seen: Seen | None) -> Row:
    """Whether a case runs on this target at this depth, and if not, why."""

    def out(verdict: Verdict, reason: Reason, detail: str) -> Row:
        return Row(spec, 0, 0, verdict, reason, detail)

    if spec.footprint > options.max_footprint:
        detail = f"its footprint is {spec.footprint.label}, the run allows {options.max_footprint.label}"
        return out(Verdict.UNSUPPORTED, Reason.FOOTPRINT, detail)
    missing = target.bindings.missing(spec.needs)
    if missing:
        return out(Verdict.UNSUPPORTED, Reason.BINDING, f"the target binds no {', '.join(missing)}")
    absent = [role for role in spec.keys if not getattr(keys, role)]
    if absent:
        return out(Verdict.UNSUPPORTED, Reason.BINDING, f"the target has no key: {', '.join(absent)}")
    if spec.parallel and target.abreast < 2:
        detail = "it sends calls at the same time, which the target file has to allow: [limits] parallel = 8"
        return out(Verdict.UNSUPPORTED, Reason.PARALLEL, detail)
    unbuilt = sorted(target.unbuilt.intersection(spec.operations)) if not spec.authentication else []
    if unbuilt:
        return out(Verdict.UNSUPPORTED, Reason.NOT_IMPLEMENTED, f"the target declares not to have {', '.join(unbuilt)}")
    possible = seen.fired if seen is not None else shown_at_most(target)
    if unshown := [label for label in spec.effects if label not in possible]:
        return out(Verdict.UNSUPPORTED, Reason.NEVER_TRIGGERED, unseen(unshown))
    examples = spec.examples_at(options.depth)
    if not examples:
        return out(Verdict.NOT_RUN, Reason.DEPTH, f"not part of the depth {options.depth}")
    return Row(spec, spec.requests_at(options.depth), examples)


def shown_at_most(target: Target) -> Container[str]:
    """The labels that the triggers of a target could show, whatever its campaigns do."""
    labels = set(LABELS)
    if not any(trigger.ahead is not None for trigger in target.triggers):
        labels.discard(SCHEDULED)
    if not any(trigger.disabled for trigger in target.triggers):
        labels.discard(DISABLED)
    return labels


def select(
    specs: Sequence[Spec], patterns: Sequence[str], catalogue: Catalogue, passive: frozenset[str]
) -> tuple[list[Spec], frozenset[str]]:
    """The cases that any pattern selects, in order, and the requirements that they and the patterns cover.

    A pattern is a requirement (``SES-018``, ``DRY-*``), a suite, or part of a case id, with ``*``.
    """
    if not patterns:
        return list(specs), frozenset(row.id for row in catalogue)
    suites = {spec.suite for spec in specs}
    chosen: dict[str, Spec] = {}
    selected: set[str] = set()
    for pattern in patterns:
        named = {row.id for row in catalogue.matching(pattern)}
        if named:
            selected |= named
            anywhere = bool(named & passive)
            chosen |= {s.id: s for s in specs if anywhere or named.intersection((*s.requirements, *s.also))}
            continue
        part = pattern if "*" in pattern else f"*{pattern}*"
        hits = [s for s in specs if (s.suite == pattern if pattern in suites else fnmatch.fnmatchcase(s.id, part))]
        if not hits:
            message = f"--select {pattern}: no requirement, suite or case is called that"
            raise ConfigError(message, hint=closest(pattern, [*suites, *(row.id for row in catalogue)]))
        chosen |= {s.id: s for s in hits}
        selected |= {name for s in hits for name in s.names}
    return [s for s in specs if s.id in chosen], frozenset(selected)


def requirement_record(row: Requirement) -> dict[str, Any]:
    """A requirement as plain JSON, for the stream's header."""
    return {
        "id": row.id,
        "area": row.area,
        "rules": list(row.rules),
        "level": row.level,
        "text": row.text,
        "sources": [{"key": s.key, "place": s.place, "inferred": s.inferred} for s in row.sources],
        "operations": list(row.operations),
        "untestable": row.untestable,
        "waits": row.waits,
    }
