"""A customer session: its lines and codes, its state, and what it counts for on its profile."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from talonproof.emulator import carts, json_text
from talonproof.emulator.carts import Line
from talonproof.emulator.engine.effect import Effect, restored
from talonproof.emulator.instant import written
from talonproof.emulator.money import number
from talonproof.emulator.store import Store

OPEN, CLOSED, RETURNED, CANCELLED = "open", "closed", "partially_returned", "cancelled"

_FIND = (
    "SELECT id, created, updated, profile, state, first, document FROM session"
    " WHERE application_id = ? AND integration_id = ?"
)


@dataclass(slots=True)
class Session:
    """A session of one Application. ``profile`` is an integration id, empty for an anonymous session.

    ``first`` says that its profile had no session before it, ``updates`` how often it was written, its creation
    included, ``effects`` are those of the last update that still hold; ``moved`` says that its profile is another than
    the stored one; the rest is what was sent, kept over updates.
    """

    id: int
    application: int
    integration_id: str
    created: int
    updated: int
    profile: str = ""
    state: str = OPEN
    first: bool = True
    cart: list[Line] = field(default_factory=list[Line])
    costs: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    coupons: list[str] = field(default_factory=list[str])
    referral: str = ""
    identifiers: list[str] = field(default_factory=list[str])
    cards: list[str] = field(default_factory=list[str])
    store: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])
    updates: int = 0
    allocations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    effects: list[Effect] = field(default_factory=list[Effect])
    moved: bool = False
    _summed: tuple[list[Line], dict[str, dict[str, float]], carts.Totals] | None = field(default=None, repr=False)

    def belong_to(self, profile: str) -> None:
        """Gives the session to a profile."""
        self.profile, self.moved = profile, True

    @property
    def totals(self) -> carts.Totals:
        """Those of its cart and its costs, which are summed up once: they are replaced, and never changed in place."""
        if self._summed is None or self._summed[0] is not self.cart or self._summed[1] is not self.costs:
            self._summed = self.cart, self.costs, carts.totals(self.cart, self.costs)
        return self._summed[2]

    @property
    def sales(self) -> Decimal:
        """What it adds to the sales of its profile once closed: its total without the units given back."""
        return self.totals.total - carts.returned_value(self.cart)

    def touch(self, now: int) -> None:
        """Notes an event on the session."""
        self.updated = max(self.updated, now)


_KEPT = (
    "cart", "costs", "coupons", "referral", "identifiers", "cards", "store", "attributes", "updates", "allocations",
)  # fmt: skip


def find(store: Store, application: int, integration_id: str) -> Session | None:
    """The session of an id in an Application."""
    row = store.one(_FIND, application, integration_id)
    if row is None:
        return None
    number, created, updated, customer, state, first, kept = row
    document: dict[str, Any] = json_text.restored(kept)
    effects = [restored(each) for each in document.pop("effects", ())]
    return Session(
        *(number, application, integration_id, created, updated, customer, state, bool(first)),
        **document,
        effects=effects,
    )


def create(store: Store, application: int, integration_id: str, now: int, *, number: int | None = None) -> Session:
    """A new session, open, anonymous and empty; under the next number unless one is given."""
    session = Session(0, application, integration_id, now, now)
    session.id = store.run(
        "INSERT INTO session (id, application_id, integration_id, created, updated, profile, state, first, document)"
        " VALUES (?, ?, ?, ?, ?, '', ?, 1, '{}')",
        number,
        application,
        integration_id,
        now,
        now,
        session.state,
    )
    return session


def save(store: Store, session: Session) -> None:
    """Stores what may change of a session."""
    kept = {name: getattr(session, name) for name in _KEPT}
    kept["effects"] = [effect.kept() for effect in session.effects]
    store.run(
        "UPDATE session SET created = ?, updated = ?, state = ?, first = ?, document = ? WHERE id = ?",
        session.created,
        session.updated,
        session.state,
        session.first,
        json_text.stored(kept),
        session.id,
    )
    if session.moved:  # a column with an index, which is written anew even where the value is the same
        store.run("UPDATE session SET profile = ? WHERE id = ?", session.profile, session.id)
        session.moved = False


def erase(store: Store, profile: str) -> None:
    """Empties the attributes of a profile's sessions, and of the items in their carts, in all Applications."""
    for application, name in store.all("SELECT application_id, integration_id FROM session WHERE profile = ?", profile):
        found = find(store, application, name)
        if found is not None:
            found.attributes = {}
            for line in found.cart:
                line.pop("attributes", None)
            save(store, found)


def forget(store: Store, session: Session) -> None:
    """Removes a session, its returns and its redemptions: for a dry call, which looks at its own payload alone."""
    store.run("DELETE FROM redemption WHERE session_id = ?", session.id)
    store.run("DELETE FROM return WHERE session_id = ?", session.id)
    store.run("DELETE FROM session WHERE id = ?", session.id)


def is_first(store: Store, session: Session) -> bool:
    """Whether no earlier session, in any Application, belongs to the profile; true for an anonymous one."""
    if not session.profile:
        return True
    return store.one("SELECT 1 FROM session WHERE profile = ? AND id < ?", session.profile, session.id) is None


def document(session: Session, known: Container[str]) -> dict[str, Any]:
    """The session as answers show it; ``known`` are the properties that the edition has."""
    totals = session.totals
    shown: dict[str, Any] = {
        "id": session.id,
        "created": written(session.created),
        "integrationId": session.integration_id,
        "applicationId": session.application,
        "profileId": session.profile,
        "couponCodes": session.coupons,
        "referralCode": session.referral,
        "loyaltyCards": session.cards,
        "state": session.state,
        "cartItems": carts.wire(session.cart),
        "additionalCosts": session.costs,
        "identifiers": session.identifiers,
        "attributes": session.attributes,
        "firstSession": session.first,
        "total": number(totals.total),
        "cartItemTotal": number(totals.items),
        "additionalCostTotal": number(totals.costs),
        "updated": written(session.updated),
    }
    if session.store is not None:
        shown["storeIntegrationId"] = session.store
    if "updateCount" in known:
        shown["updateCount"] = session.updates
    if session.allocations:
        shown["experimentVariantAllocations"] = session.allocations
    return shown
