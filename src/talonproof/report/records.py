"""The stream of a run as values: a header, the cases that finished, and a footer if the run came to its end.

``run.ndjson`` holds one JSON object a line; ``reports/run.schema.json`` describes them, and
:mod:`talonproof.report.reading` makes these values of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from talonproof.baseline import Entry
from talonproof.requirement import Level, Requirement
from talonproof.verdict import Reason, Verdict
from talonproof.verified import Verified


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """Which server was judged."""

    name: str
    url: str
    loopback: bool
    embedded: bool


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case as the plan has it. One that is not ``planned`` says by ``verdict``, ``reason`` and ``detail`` why.

    It judges its ``requirements`` whenever it runs to its end, ``also`` those that the target gives occasion for.
    """

    id: str
    suite: str
    title: str
    about: str
    requirements: tuple[str, ...]
    footprint: str
    requests: int
    planned: bool
    verdict: Verdict | None = None
    reason: Reason | None = None
    detail: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A cell of the state x operation table; ``status`` and ``state`` are the ids of its two requirements."""

    row: str
    from_state: str
    action: str
    status: str
    state: str


@dataclass(frozen=True, slots=True)
class SignFacts:
    """What one look at the target showed, and which edition that speaks for; ``edition`` empty: for none."""

    kind: str
    seen: str
    edition: str
    strength: str


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """How the run came to its edition, why, from which signs, and by how many requests before the plan was made.

    ``how`` is flag, file, own (the embedded emulator's), recognised, unsure or assumed (the target was not asked).
    """

    how: str = "flag"
    why: str = ""
    signs: tuple[SignFacts, ...] = ()
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Header:
    """The plan: what the run was asked, every requirement in its selection, and every case.

    ``requests`` is the most that the plan may send, ``min_judged`` is in per cent, and ``passive`` are the
    requirements judged on every exchange. ``unsettled`` are those that cannot be judged, because they differ from
    edition to edition and it is not sure which one the target follows. ``command`` is the one that was given, ``spec``
    the document that was judged by in place of the edition's own, ``since`` the older one whose changes alone were
    tried. ``verified`` is what earlier runs last said of the same target; ``target_file`` is what describes that.
    """

    run: str
    talonproof: str
    started: str
    target: TargetFacts
    edition: str
    depth: str
    seed: int
    workers: int = 1
    strict: bool = False
    min_judged: float = 0.0
    max_footprint: str = ""
    requests: int = 0
    expected: tuple[str, ...] | None = None
    select: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    cases: tuple[PlannedCase, ...] = ()
    passive: frozenset[str] = frozenset()
    matrix: tuple[MatrixRow, ...] = ()
    edition_from: EditionFacts = field(default_factory=EditionFacts)
    unsettled: frozenset[str] = frozenset()
    baseline: tuple[Entry, ...] = ()
    command: str = "run"
    spec: str = ""
    since: str = ""
    max_requests: int | None = None
    verified: tuple[Verified, ...] = ()
    target_file: str = ""


@dataclass(frozen=True, slots=True)
class ExchangeFacts:
    """One request and its answer, redacted, as ``Exchange.record`` wrote it.

    ``status`` is 0 and ``failure`` says why where no answer came; ``seconds`` is how long it took.
    """

    number: int
    operation: str
    credential: str
    method: str
    url: str
    path: str
    request_headers: Mapping[str, str]
    request_body: str | None
    status: int
    response_headers: Mapping[str, str]
    response_body: str | None
    started: float
    seconds: float
    failure: str = ""


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """A requirement broken, with the exchanges of which none can be left out; the last one is the answer judged.

    ``replay`` is what it takes to show it once more, byte for byte: ``calls``, the places of those ``judged``, the
    names that answers ``binds``, and what ``shows`` it; empty in a stream of an earlier talonproof.
    """

    fingerprint: str
    requirement: str
    level: Level
    operation: str
    check: str
    pointer: str
    message: str
    verdict: Verdict
    exchanges: tuple[ExchangeFacts, ...] = ()
    curl: str = ""
    example: str | None = None
    timeline: str | None = None
    replay: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Observation:
    """What a target answered where no source says what it should."""

    requirement: str
    note: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """What a requirement was exercised by. An exchange has a shape: the same for all of its kind, whatever the values.

    ``transitions`` are what calls did to sessions (``closed → open``, ``closed → refused``), ``effects`` the types of
    those that were answered.
    """

    exchanges: int = 0
    shapes: frozenset[str] = frozenset()
    transitions: frozenset[str] = frozenset()
    effects: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """A case that finished, or was cut off (NOT_RUN).

    ``evidence`` counts how often each requirement was judged, ``exercised`` says by what; a stream of an earlier
    talonproof has none of the latter.

    ``started`` is seconds since the epoch; ``sent`` requests are those of the plan, ``extra`` those of
    shrinking and confirming.
    """

    id: str
    verdict: Verdict
    reason: Reason | None = None
    detail: str = ""
    worker: str = ""
    started: float = 0.0
    seconds: float = 0.0
    planned: int = 0
    sent: int = 0
    extra: int = 0
    evidence: Mapping[str, int] = field(default_factory=dict[str, int])
    exercised: Mapping[str, Exercise] = field(default_factory=dict[str, Exercise])
    findings: tuple[FindingFacts, ...] = ()
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the run did to the target, by kind of thing; ``possible`` is what may be there too, which nobody knows."""

    sent: int = 0
    created: Mapping[str, int] = field(default_factory=dict[str, int])
    consumed: Mapping[str, int] = field(default_factory=dict[str, int])
    restored: Mapping[str, int] = field(default_factory=dict[str, int])
    left_behind: Mapping[str, int] = field(default_factory=dict[str, int])
    possible: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Footer:
    """The end of a run: without one, a run is incomplete and never green.

    ``problems`` are faults of the harness outside any case.
    """

    ended: str
    seconds: float
    verdict: Verdict
    exit_code: int
    interrupted: bool = False
    sent: int = 0
    extra: int = 0
    receipt: Receipt = field(default_factory=Receipt)
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """A run as far as it got."""

    header: Header
    cases: tuple[Case, ...] = ()
    footer: Footer | None = None
