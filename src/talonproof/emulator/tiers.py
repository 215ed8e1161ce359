"""The tier of a customer follows from the ledger alone: so it can be told for any moment, past or to come.

Who comes to the points of a tier enters it, and stays there when points are spent. Where tiers end, the end renews the
tier for who still has its points; else it leads one tier down, or to the tier that the points amount to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from talonproof.emulator.instant import written
from talonproof.emulator.ledger import Account, shown_points
from talonproof.emulator.store import Store
from talonproof.emulator.world import Program, Tier

_LAST = 253_402_300_799_999_999
"""The last microsecond of the year 9999: nothing that lies beyond it can be written."""


class Timeline:
    """The active points of a ledger over time, as its entries and spendings have it that were made before a moment."""

    def __init__(self, store: Store, account: Account, subledger: str, moment: int) -> None:
        """Reads the ledger."""
        changes: dict[int, int] = defaultdict(int)
        spent: dict[int, list[tuple[int, int]]] = defaultdict(list)
        paid: dict[int, int] = defaultdict(int)
        mine = (account.program, account.owner, subledger, moment)
        for addition, subtraction, created, amount in store.all(
            "SELECT addition_id, subtraction_id, s.created, s.amount FROM spending s JOIN entry e ON e.id = addition_id"
            " WHERE program_id = ? AND owner = ? AND subledger = ? AND s.created < ?",
            *mine,
        ):
            spent[addition].append((created, amount))
            paid[subtraction] += amount
        for entry, kind, created, starts, expires, amount in store.all(
            "SELECT id, type, created, starts, expires, amount FROM entry"
            " WHERE program_id = ? AND owner = ? AND subledger = ? AND created < ?",
            *mine,
        ):
            if kind == "subtraction":
                changes[created] -= amount - paid[entry]
            else:
                _add(changes, max(created, starts or created), expires, amount, spent[entry])
        self.instants = sorted(changes)
        self._sums = list(accumulate(changes[instant] for instant in self.instants))

    def active(self, moment: int) -> int:
        """The active points at a moment, in whole millionths; below zero where more was taken than there was."""
        index = bisect_right(self.instants, moment)
        return self._sums[index - 1] if index else 0


def _add(changes: dict[int, int], begins: int, expires: int | None, amount: int, spent: list[tuple[int, int]]) -> None:
    """Notes what an addition has left, from when it becomes active to when it expires."""
    if expires is not None and expires <= begins:
        return
    rest = amount - sum(taken for when, taken in spent if when <= begins)
    changes[begins] += rest
    for when, taken in spent:
        if begins < when and (expires is None or when < expires):
            changes[when] -= taken
            rest -= taken
    if expires is not None:
        changes[expires] -= rest


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier of a ledger at a moment, if it has one: since when, until when (None: for ever).

    ``active`` are its active points, in whole millionths.
    """

    active: int
    tier: Tier | None = None
    since: int = 0
    until: int | None = None


def standing(program: Program, line: Timeline, moment: int) -> Standing:
    """The standing of a ledger at a moment."""
    held = Standing(0)
    for instant in line.instants:
        if instant > moment:
            break
        held = _passed(program, line, held, instant)
        held = _risen(program, held, line.active(instant), instant)
    held = _passed(program, line, held, moment)
    return Standing(line.active(moment), held.tier, held.since, held.until)


def of_account(store: Store, program: Program, account: Account, subledger: str, moment: int) -> Standing:
    """The standing of an account's ledger just before a moment."""
    return standing(program, Timeline(store, account, subledger, moment), moment)


def _risen(program: Program, held: Standing, active: int, instant: int) -> Standing:
    """The standing once there are some points: a higher tier, if they reach one."""
    reached = _reached(program, active)
    if reached is None or (held.tier is not None and reached.points <= held.tier.points):
        return held
    return Standing(active, reached, instant, _end(program, instant))


def _passed(program: Program, line: Timeline, held: Standing, moment: int) -> Standing:
    """The standing after the ends of tiers up to a moment, with no change of points between them."""
    while held.tier is not None and held.until is not None and held.until <= moment:
        ended = held.until
        active = line.active(ended - 1)
        after = _next(program, held.tier, active)
        if after == held.tier and program.tiers_last is not None:
            ended += (moment - ended) // program.tiers_last * program.tiers_last
        since = held.since if after == held.tier else ended
        held = Standing(active, after, since, None if after is None else _end(program, ended))
    return held


def _next(program: Program, tier: Tier, active: int) -> Tier | None:
    """The tier that follows on the end of one, with some points."""
    reached = _reached(program, active)
    if reached is not None and reached.points >= tier.points:
        return reached
    if program.downgrade == "balance_based":
        return reached
    index = program.tiers.index(tier)
    return program.tiers[index - 1] if index else None


def _reached(program: Program, active: int) -> Tier | None:
    return next((tier for tier in reversed(program.tiers) if tier.points <= active), None)


def _end(program: Program, since: int) -> int | None:
    return None if program.tiers_last is None or since + program.tiers_last > _LAST else since + program.tiers_last


def document(program: Program, held: Standing) -> dict[str, Any]:
    """What a balance shows of a standing: the tier, and what is missing to the next one."""
    shown: dict[str, Any] = {}
    if held.tier is not None:
        current: dict[str, Any] = {"id": held.tier.id, "name": held.tier.name, "startDate": written(held.since)}
        if held.until is not None:
            current |= {"expiryDate": written(held.until), "downgradePolicy": program.downgrade}
        shown["currentTier"] = current
    above = [tier for tier in program.tiers if held.tier is None or tier.points > held.tier.points]
    if above:
        shown["pointsToNextTier"] = shown_points(above[0].points - held.active)
        shown["nextTierName"] = above[0].name
    return shown


def projected(program: Program, line: Timeline, held: Standing) -> dict[str, Any] | None:
    """What is to be expected at the end of a tier; None where there is no tier, or no end of it."""
    if held.tier is None or held.until is None:
        return None
    active = line.active(held.until - 1)
    after = _next(program, held.tier, active)
    shown: dict[str, Any] = {"projectedActivePoints": shown_points(max(active, 0))}
    if after is None or after.points < held.tier.points:
        shown["stayInTierPoints"] = shown_points(held.tier.points - active)
    if after is not None:
        shown["projectedTierName"] = after.name
    return shown
