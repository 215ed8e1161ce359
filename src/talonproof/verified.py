"""When, and against which target, a requirement was last judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from talonproof.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Verified:
    """What a run said of a requirement: ``when`` it began (RFC 3339), and the name of its ``target``."""

    requirement: str
    verdict: Verdict
    when: str
    run: str
    target: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verified:
        """What ``dataclasses.asdict`` wrote."""
        fields: Any = {**data, "verdict": Verdict(data["verdict"])}
        return cls(**fields)
