"""Which edition a server follows is a verdict over signs, and it is sure only where they agree and are enough.

A sign is strong where a server of the other edition would have to break a clause to give it, and weak where it could
give it lawfully: properties that no schema knows are allowed everywhere, so one more of them proves little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

FIRST: Final = "2025-01"
"""The edition of the contract that talonproof began with; what is judged by where nothing else is known."""

LATER: Final = "2026-05"
"""The edition that the signs tell from the first."""


class Strength(StrEnum):
    """How much a sign proves."""

    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sign:
    """What one look at a server showed.

    ``kind`` is what was looked at: signs of one kind may all have the same cause. ``edition`` is empty, and the
    strength none, where what was ``seen`` would be lawful in every edition.
    """

    kind: str
    seen: str
    edition: str = ""
    strength: Strength = Strength.NONE

    @property
    def speaks(self) -> bool:
        """Whether it is for one edition, and so against the other."""
        return bool(self.edition) and self.strength is not Strength.NONE


@dataclass(frozen=True, slots=True)
class Recognition:
    """The edition to judge by, whether it is sure that the server follows it, and the signs that say so or not."""

    edition: str
    sure: bool
    signs: tuple[Sign, ...] = ()

    @property
    def telling(self) -> tuple[Sign, ...]:
        """The signs that speak for an edition, the strong ones first."""
        return tuple(sorted((s for s in self.signs if s.speaks), key=lambda s: s.strength is Strength.WEAK))

    @property
    def contradictory(self) -> bool:
        """Whether some signs speak for one edition and some for another."""
        return len({sign.edition for sign in self.telling}) > 1

    @property
    def why(self) -> str:
        """One phrase that says what the verdict rests on."""
        telling = self.telling
        if not telling:
            return "nothing that was seen tells the editions apart"
        if self.contradictory:
            parts = (
                f"{'; '.join(sign.seen for sign in telling if sign.edition == edition)} (as in {edition})"
                for edition in sorted({sign.edition for sign in telling})
            )
            return f"the signs contradict each other: {', but '.join(parts)}"
        seen = "; ".join(sign.seen for sign in telling)
        return seen if self.sure else f"too little to go by: {seen} (as in {telling[0].edition})"


def recognise(signs: Iterable[Sign]) -> Recognition:
    """The verdict over signs.

    It is sure where all that speak are for one edition, are of two kinds at least, and one of them is strong. Else
    the edition to judge by is the first.
    """
    found = Recognition(FIRST, sure=False, signs=tuple(signs))
    telling = found.telling
    strong = any(sign.strength is Strength.STRONG for sign in telling)
    if not strong or found.contradictory or len({sign.kind for sign in telling}) < 2:
        return found
    return Recognition(telling[0].edition, sure=True, signs=found.signs)


class How(StrEnum):
    """How a run came to the edition that it judges by."""

    FLAG = "flag"
    FILE = "file"
    OWN = "own"
    RECOGNISED = "recognised"
    UNSURE = "unsure"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Origin:
    """How the edition of a run is known, with the recognition where the server was asked; it travels as JSON.

    ``looks`` is how many requests were sent to the target before the plan was made.
    """

    how: How
    why: str = ""
    signs: tuple[Sign, ...] = ()
    looks: int = 0

    @classmethod
    def of(cls, recognition: Recognition, looks: int) -> Origin:
        """The origin of an edition that was looked for."""
        how = How.RECOGNISED if recognition.sure else How.UNSURE
        return cls(how, recognition.why, recognition.signs, looks)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {**asdict(self), "signs": [asdict(sign) for sign in self.signs]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Origin:
        """The origin that ``to_json`` wrote."""
        signs = tuple(
            Sign(one["kind"], one["seen"], one["edition"], Strength(one["strength"])) for one in data["signs"]
        )
        return cls(How(data["how"]), data["why"], signs, data["looks"])
