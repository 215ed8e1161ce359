"""Seeding puts a world into an empty store: every offset becomes an instant, and sessions are made by their calls."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from talonproof.contract.validators import Validators
from talonproof.emulator import catalog, giveaway, profile
from talonproof.emulator.call import Call
from talonproof.emulator.operations import sessions
from talonproof.emulator.refusal import Refusal
from talonproof.emulator.store import LOADED, Store
from talonproof.emulator.world import Entry, Session, World
from talonproof.errors import DocumentError


def loaded_at(store: Store) -> int:
    """The instant at which the world was put into this store: what its offsets count from."""
    return int(store.noted(LOADED) or 0)


def load(world: World, store: Store, now: int, validators: Validators) -> None:
    """Puts the world into a store that holds nothing yet, in one transaction.

    Raises DocumentError for a ledger that spends points it does not have, and for a session that would be refused.
    """
    with store.transaction():
        store.note(LOADED, str(now))
        _load_catalogs_and_coupons(world, store, now)
        _load_profiles_and_cards(world, store, now)
        _load_entries(world, store, now)
        for pool in world.pools.values():
            giveaway.fill(store, pool, now)
        for session in world.sessions:
            _load_session(world, store, now, session, validators)


def _load_catalogs_and_coupons(world: World, store: Store, now: int) -> None:
    for number, kept in world.catalogs.items():
        catalog.create(store, number, now)
        for sku, item in kept.items.items():
            catalog.put(store, number, catalog.Item(sku, item.price, dict(item.attributes), item.product))
    store.run_many(
        "INSERT INTO coupon (created, campaign_id, value, usage_limit, reservation_limit, mandatory, visible,"
        " recipient, starts, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(now, coupon.campaign, coupon.value, coupon.usage_limit, coupon.reservation_limit),
                *(coupon.mandatory, coupon.visible, coupon.recipient),
                *(None if offset is None else now + offset for offset in (coupon.starts, coupon.expires)),
            )
            for coupon in world.coupons.values()
        ),
    )


def _load_profiles_and_cards(world: World, store: Store, now: int) -> None:
    store.run_many(
        "INSERT INTO audience (id, created, name, integration, integration_id) VALUES (?, ?, ?, ?, ?)",
        ((a.id, now, a.name, a.integration or "", a.integration_id) for a in world.audiences.values()),
    )
    for customer in world.profiles:
        made, _ = profile.ensure(store, customer.integration_id, now + customer.created)
        made.last_activity = now + customer.last_activity
        made.attributes = dict(customer.attributes)
        profile.save(store, made)
        for audience in customer.audiences:
            profile.join(store, made, audience)
    for card in world.cards:
        created = now + card.created
        number = store.run(
            "INSERT INTO card (program_id, identifier, created, status) VALUES (?, ?, ?, ?)",
            card.program,
            card.identifier,
            created,
            card.status,
        )
        store.run_many("INSERT INTO registration VALUES (?, ?, ?)", ((number, name, created) for name in card.profiles))


@dataclass(slots=True)
class _Addition:
    number: int
    entry: Entry
    rest: int

    def usable(self, moment: int) -> bool:
        starts, expires = self.entry.starts, self.entry.expires
        return self.rest > 0 and (starts is None or starts <= moment) and (expires is None or expires > moment)


def _load_entries(world: World, store: Store, now: int) -> None:
    ledgers: dict[tuple[int, str, str], list[tuple[int, Entry]]] = {}
    for number, entry in enumerate(sorted(world.entries, key=lambda e: e.created), start=1):
        ledgers.setdefault((entry.program, entry.owner, entry.subledger), []).append((number, entry))
        store.run(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            number,
            entry.program,
            entry.owner,
            entry.subledger,
            "addition" if entry.addition else "subtraction",
            entry.origin,
            now + entry.created,
            None if entry.starts is None else now + entry.starts,
            None if entry.expires is None else now + entry.expires,
            entry.points,
            entry.name,
            f"tp-world-order-{number}" if entry.origin == "session" else "",
        )
    for ledger in ledgers.values():
        store.run_many("INSERT INTO spending VALUES (?, ?, ?, ?)", _spendings(world, ledger, now))


def _spendings(world: World, ledger: Iterable[tuple[int, Entry]], now: int) -> Iterable[tuple[int, int, int, int]]:
    """What each subtraction took from which addition: the earliest expiry first, unlimited ones last, oldest first."""
    additions: list[_Addition] = []
    for number, entry in ledger:
        if entry.addition:
            additions.append(_Addition(number, entry, entry.points))
            continue
        wanted = entry.points
        usable = [addition for addition in additions if addition.usable(entry.created)]
        for addition in sorted(usable, key=lambda a: (a.entry.expires is None, a.entry.expires or 0, a.number)):
            taken = min(addition.rest, wanted)
            if not taken:
                break
            addition.rest -= taken
            wanted -= taken
            yield addition.number, number, now + entry.created, taken
        if wanted:
            owner = f"{entry.owner} in program {entry.program}, subledger {entry.subledger!r}"
            raise DocumentError(f"a subtraction takes more points than {owner} has by then", file=world.source)


def _load_session(world: World, store: Store, now: int, session: Session, validators: Validators) -> None:
    body: dict[str, Any] = copy.deepcopy(dict(session.body))
    validator = validators.body("updateCustomerSessionV2")
    for error in validator.errors(body) if validator else ():
        raise _refused(world, session, f"{error.pointer}: {error.message}")
    call = Call(
        application=world.applications[session.application],
        parameters={"customerSessionId": session.integration_id},
        body=body,
        dry=False,
        now=now + session.created,
        store=store,
        world=world,
        loaded=now,
    )
    try:
        sessions.update(call)
    except Refusal as refusal:
        details = "; ".join(f"{problem.pointer}: {problem.details}" for problem in refusal.problems)
        raise _refused(world, session, details or refusal.message) from None


def _refused(world: World, session: Session, details: str) -> DocumentError:
    return DocumentError(f"the session {session.integration_id} would be refused: {details}", file=world.source)
