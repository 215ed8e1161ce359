"""An outcome is what became of the effects that rules proposed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from talonproof.emulator.engine.effect import Effect


@dataclass(slots=True)
class Outcome:
    """The effects in force, and what they made: coupons, referrals and giveaways as answers show them."""

    effects: list[Effect] = field(default_factory=list[Effect])
    coupons: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    referrals: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    giveaways: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
