"""How far customers come with achievements: each time that one is begun has a row of its own."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from talonproof.emulator.instant import written
from talonproof.emulator.ledger import shown_points
from talonproof.emulator.store import Store
from talonproof.emulator.world import Achievement, World

_COLUMNS = "id, achievement_id, profile, started, ends, amount, completed"


@dataclass(frozen=True, slots=True)
class Progress:
    """An attempt of a customer at an achievement; ``amount`` is in whole millionths. An id of 0: not begun yet."""

    id: int
    achievement: int
    profile: str
    started: int
    ends: int
    amount: int
    completed: int | None

    def status(self, now: int) -> str:
        """What an inventory says of it."""
        if self.completed is not None:
            return "completed"
        return "inprogress" if now < self.ends else "expired"


def find(store: Store, tracker: int) -> Progress | None:
    """The attempt of an id."""
    row = store.one(f"SELECT {_COLUMNS} FROM progress WHERE id = ?", tracker)
    return None if row is None else Progress(*row)


def current(store: Store, kept: Achievement, name: str, now: int) -> Progress | None:
    """The attempt that counts now: the last one or, where that is over and the achievement recurs, a new one.

    None where the achievement is over for the customer for good.
    """
    row = store.one(
        f"SELECT {_COLUMNS} FROM progress WHERE profile = ? AND achievement_id = ? ORDER BY id DESC LIMIT 1",
        *(name, kept.id),
    )
    last = None if row is None else Progress(*row)
    if last is not None and last.completed is None and now < last.ends:
        return last
    again = {
        "no_recurrence": False,
        "on_expiration": last is not None and now >= last.ends,
        "on_completion": True,
    }[kept.recurrence]
    return Progress(0, kept.id, name, now, now + kept.lasts, 0, None) if last is None or again else None


def increase(store: Store, kept: Achievement, attempt: Progress, delta: int, now: int) -> Progress:
    """Adds to an attempt, which is begun with it if it was not; the attempt as it is then."""
    after = attempt.amount + delta
    completed = attempt.completed if attempt.completed is not None else now if after >= kept.target else None
    if attempt.id:
        store.run("UPDATE progress SET amount = ?, completed = ? WHERE id = ?", after, completed, attempt.id)
        tracker = attempt.id
    else:
        tracker = store.run(
            "INSERT INTO progress (achievement_id, profile, started, ends, amount, completed)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            *(attempt.achievement, attempt.profile, attempt.started, attempt.ends, after, completed),
        )
    return Progress(tracker, attempt.achievement, attempt.profile, attempt.started, attempt.ends, after, completed)


def decrease(store: Store, kept: Achievement, attempt: Progress, delta: int) -> Progress:
    """Takes from an attempt what had been added to it; it is completed no longer where too little is left."""
    after = attempt.amount - delta
    completed = attempt.completed if after >= kept.target else None
    store.run("UPDATE progress SET amount = ?, completed = ? WHERE id = ?", after, completed, attempt.id)
    return Progress(attempt.id, attempt.achievement, attempt.profile, attempt.started, attempt.ends, after, completed)


def of_customer(store: Store, world: World, name: str, now: int, known: Container[str]) -> list[dict[str, Any]]:
    """The last attempt of a customer at each achievement, as an inventory shows it.

    ``known`` are the properties that such an entry has in the edition.
    """
    rows = store.all(
        f"SELECT {_COLUMNS} FROM progress WHERE id IN"
        " (SELECT MAX(id) FROM progress WHERE profile = ? GROUP BY achievement_id) ORDER BY achievement_id",
        name,
    )
    found = [Progress(*row) for row in rows]
    return [
        _document(world.achievements[one.achievement], one, now, known)
        for one in found
        if one.achievement in world.achievements
    ]


def _document(kept: Achievement, attempt: Progress, now: int, known: Container[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "achievementId": kept.id,
        "name": kept.name,
        "title": kept.title,
        "description": kept.description,
        "campaignId": kept.campaign,
        "status": attempt.status(now),
        "target": shown_points(kept.target),
        "progress": shown_points(attempt.amount),
        "startDate": written(attempt.started),
        "endDate": written(attempt.ends),
    }
    if attempt.completed is not None:
        shown["completionDate"] = written(attempt.completed)
    if "achievementRecurrencePolicy" in known:
        shown["achievementRecurrencePolicy"] = kept.recurrence
        shown["achievementActivationPolicy"] = "user_action"
    return shown
