"""A loyalty card belongs to a card-based program, and is used by the profiles registered on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from talonproof.emulator import codes, ledger
from talonproof.emulator.call import Call
from talonproof.emulator.engine.situation import moment
from talonproof.emulator.instant import written
from talonproof.emulator.ledger import Account, Tentative
from talonproof.emulator.store import Row, Store
from talonproof.emulator.world import Program

_COLUMNS = "id, program_id, identifier, created, status"
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Card:
    """A card; ``status`` is active or inactive."""

    id: int
    program: int
    identifier: str
    created: int
    status: str


def find(store: Store, program: int, identifier: str) -> Card | None:
    """The card of an identifier in a program."""
    row = store.one(f"SELECT {_COLUMNS} FROM card WHERE program_id = ? AND identifier = ?", program, identifier)
    return None if row is None else Card(*row)


def named(store: Store, identifier: str) -> list[Card]:
    """The cards of an identifier in all programs."""
    return [Card(*row) for row in store.all(f"SELECT {_COLUMNS} FROM card WHERE identifier = ?", identifier)]


def create(store: Store, program: int, identifier: str, status: str, now: int) -> Card:
    """Stores a new card, without profiles."""
    number = store.run(
        "INSERT INTO card (program_id, identifier, created, status) VALUES (?, ?, ?, ?)",
        *(program, identifier, now, status),
    )
    return Card(number, program, identifier, now, status)


def unused_identifier(store: Store, program: Program) -> str | None:
    """An identifier of the program's pattern that no card of it has; None where none is left."""
    ((last,),) = store.all("SELECT COALESCE(MAX(id), 0) FROM card")
    seed = f"card {last + 1} of program {program.id}"
    return codes.unused(program.card_pattern, _DIGITS, seed, lambda code: find(store, program.id, code) is not None)


def register(store: Store, kept: Card, profile: str, now: int) -> None:
    """Registers a profile on a card, if it is not yet."""
    store.run("INSERT OR IGNORE INTO registration VALUES (?, ?, ?)", kept.id, profile, now)


def registrations(store: Store, kept: Card) -> list[dict[str, Any]]:
    """The profiles registered on a card as answers show them, in the order of their registration."""
    sql = "SELECT profile, created FROM registration WHERE card_id = ? ORDER BY created, profile"
    return [_registration(row) for row in store.all(sql, kept.id)]


def account(kept: Card) -> Account:
    """The ledgers of a card."""
    return Account(kept.program, kept.identifier, card=True)


def document(call: Call, kept: Card, tentative: Mapping[str, Tentative] | None = None) -> dict[str, Any]:
    """The card as answers show it, with its ledgers, and what an open session would change in them."""
    program = call.world.programs[kept.program]
    main, others = ledger.infos(call.store, account(kept), moment(call), tentative or {})
    return {
        "id": kept.id,
        "created": written(kept.created),
        "programID": kept.program,
        "programName": program.name,
        "programTitle": program.title,
        "status": kept.status,
        "identifier": kept.identifier,
        "usersPerCardLimit": program.users_per_card_limit,
        "profiles": registrations(call.store, kept),
        "ledger": main,
        "subledgers": others,
    }


def _registration(row: Row) -> dict[str, Any]:
    name, created = row
    return {"integrationId": name, "timestamp": written(created)}
