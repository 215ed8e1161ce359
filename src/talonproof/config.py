"""What a run was asked to do, as one frozen value."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from talonproof.baseline import Entry
from talonproof.target import Footprint
from talonproof.verified import Verified


class Depth(StrEnum):
    """How much to run; a deeper one holds the shallower ones."""

    SMOKE = "smoke"
    RELEASE = "release"
    NIGHTLY = "nightly"

    @property
    def rank(self) -> int:
        """0 for the shallowest."""
        return list(Depth).index(self)


ALLOWED_REQUESTS: dict[Depth, int | None] = {Depth.SMOKE: 200, Depth.RELEASE: 3_000, Depth.NIGHTLY: None}
"""The most requests that a plan of each depth may hold; None is open."""

SHRINK_REQUESTS_A_FINDING = 200
SHRINK_REQUESTS_A_RUN = 1_000

REPEATED_REQUESTS_A_CASE = 400
REPEATED_REQUESTS_A_RUN = 3_000
"""What may be made again because no answer came: a run on a bad network is at most twice as long as planned."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The resolved options of one run; JSON is how they travel to the processes that execute it.

    ``budget`` is how many seconds the run may take (0: as many as it likes), ``deadline`` when they are over, in
    seconds since the epoch, and ``budget_requests`` how many requests are planned for them.
    ``spec`` is the path of the document that takes the place of the edition's own; empty where none does.
    ``verified`` is what earlier runs last said of the same target. ``target_file`` is as the user named it.
    """

    run: str
    seed: int
    depth: Depth = Depth.RELEASE
    select: tuple[str, ...] = ()
    max_footprint: Footprint = Footprint.DRY
    max_requests: int | None = None
    rate: float = 0.0
    strict: bool = False
    min_judged: float = 0.0
    edition: str = "2025-01"
    test_key: bool = False
    faults: tuple[str, ...] = ()
    baseline: tuple[Entry, ...] = ()
    budget: float = 0.0
    deadline: float = 0.0
    budget_requests: int | None = None
    spec: str = ""
    verified: tuple[Verified, ...] = ()
    target_file: str = ""

    def to_json(self) -> str:
        """One line of JSON."""
        data = dataclasses.asdict(self)
        data["max_footprint"] = self.max_footprint.label
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> RunOptions:
        """The options that ``to_json`` wrote."""
        data: dict[str, Any] = json.loads(text)
        data["depth"] = Depth(data["depth"])
        data["max_footprint"] = Footprint.parse(data["max_footprint"])
        data["select"] = tuple(data["select"])
        data["faults"] = tuple(data["faults"])
        data["baseline"] = tuple(Entry.from_json(entry) for entry in data["baseline"])
        data["verified"] = tuple(Verified.from_json(one) for one in data.get("verified", ()))
        return cls(**data)
