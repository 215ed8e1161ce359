"""A giveaway is a code of a pool that one customer is awarded, and keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from talonproof.emulator import codes, profile
from talonproof.emulator.instant import written
from talonproof.emulator.store import Row, Store
from talonproof.emulator.world import Pool

_COLUMNS = "id, created, pool_id, code, starts, expires, profile"


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A code of a pool; ``profile`` is the customer who has it."""

    id: int
    created: int
    pool: int
    code: str
    starts: int | None
    expires: int | None
    profile: str | None


def fill(store: Store, pool: Pool, loaded: int) -> None:
    """Puts the codes of a pool into the store; its offsets count from when the world was loaded."""
    starts, expires = _dates(pool, loaded)
    store.run_many(
        "INSERT INTO giveaway (created, pool_id, code, starts, expires) VALUES (?, ?, ?, ?, ?)",
        ((loaded, pool.id, code, starts, expires) for code in pool.codes),
    )


def available(store: Store, pool: Pool) -> bool:
    """Whether a pool has a code to award."""
    return pool.pattern is not None or _next(store, pool) is not None


def award(store: Store, pool: Pool, name: str, *, loaded: int, now: int) -> Giveaway | None:
    """Gives the next code of a pool to a customer; None where there is none left."""
    number = _next(store, pool) if pool.pattern is None else _made(store, pool, pool.pattern, loaded, now)
    if number is None:
        return None
    store.run("UPDATE giveaway SET profile = ? WHERE id = ?", name, number)
    row = store.one(f"SELECT {_COLUMNS} FROM giveaway WHERE id = ?", number)
    return None if row is None else Giveaway(*row)


def of_customer(store: Store, name: str) -> list[Giveaway]:
    """The giveaways of a customer, oldest first."""
    return [Giveaway(*row) for row in store.all(f"SELECT {_COLUMNS} FROM giveaway WHERE profile = ? ORDER BY id", name)]


def document(store: Store, kept: Giveaway) -> dict[str, Any]:
    """The giveaway as answers show it."""
    shown: dict[str, Any] = {
        "id": kept.id,
        "created": written(kept.created),
        "code": kept.code,
        "poolId": kept.pool,
        "attributes": {},
        "used": kept.profile is not None,
    }
    if kept.starts is not None:
        shown["startDate"] = written(kept.starts)
    if kept.expires is not None:
        shown["endDate"] = written(kept.expires)
    if kept.profile:
        shown["profileIntegrationId"] = kept.profile
        customer = profile.known(store, kept.profile)
        if customer is not None:
            shown["profileId"] = customer.id
    return shown


def _next(store: Store, pool: Pool) -> int | None:
    row: Row | None = store.one("SELECT MIN(id) FROM giveaway WHERE pool_id = ? AND profile IS NULL", pool.id)
    return row[0] if row else None


def _made(store: Store, pool: Pool, pattern: str, loaded: int, now: int) -> int | None:
    """A new code of a pattern; None where the pattern has none left."""
    ((last,),) = store.all("SELECT COALESCE(MAX(id), 0) FROM giveaway")
    sql = "SELECT 1 FROM giveaway WHERE pool_id = ? AND code = ?"
    code = codes.unused(
        pattern, codes.CHARACTERS, f"giveaway {last + 1}", lambda code: store.one(sql, pool.id, code) is not None
    )
    if code is None:
        return None
    return store.run(
        "INSERT INTO giveaway (created, pool_id, code, starts, expires) VALUES (?, ?, ?, ?, ?)",
        *(now, pool.id, code, *_dates(pool, loaded)),
    )


def _dates(pool: Pool, loaded: int) -> tuple[int | None, int | None]:
    starts, expires = (None if offset is None else loaded + offset for offset in (pool.starts, pool.expires))
    return starts, expires
