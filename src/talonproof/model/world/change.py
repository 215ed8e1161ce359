"""A change is what becomes of one place by a deed: what must be seen there now, or that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from talonproof.model.world.fact import Fact, Place
from talonproof.model.world.world import World


class Change(NamedTuple):
    """``fact`` None: what is read next is taken for it. ``read``: after the deed; else when something else is."""

    place: Place
    fact: Fact | None = None
    read: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer said: whether the deed was carried out, the types of its effects, and which code each names."""

    ok: bool = True
    effects: frozenset[str] = frozenset()
    named: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])


def kept(world: World, places: Iterable[Place], rule: str) -> Iterator[Change]:
    """The places that are known are as they were, by a rule that says so of the deed."""
    for place in places:
        if place in world.facts:
            yield Change(place, Fact(world.facts[place].value, rule))
