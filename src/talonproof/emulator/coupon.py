"""A coupon is a code that customers may have reserved: softly, or because only they may then redeem it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from talonproof.emulator.engine import tallies
from talonproof.emulator.instant import written
from talonproof.emulator.store import Store

_COLUMNS = (
    "id, created, campaign_id, value, usage_limit, reservation_limit, mandatory, visible, recipient, starts, expires"
)


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon; limits of 0 are none.

    ``mandatory`` makes a reservation hard, ``visible`` is as good as a reservation for everybody, ``recipient`` is
    the one customer that it is for, if there is one.
    """

    id: int
    created: int
    campaign: int
    value: str
    usage_limit: int
    reservation_limit: int
    mandatory: bool
    visible: bool
    recipient: str | None
    starts: int | None
    expires: int | None

    def state(self, now: int, redeemed: int, *, runs: bool) -> str:
        """What an inventory says of it, once it has been redeemed so often, and whether its campaign runs."""
        if not runs:
            return "disabled"
        if 0 < self.usage_limit <= redeemed:
            return "used"
        if self.starts is not None and self.starts > now:
            return "pending"
        return "expired" if self.expires is not None and self.expires <= now else "active"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a rule makes a coupon with: a ``usage_limit`` of 0 is none, without ``expires`` it never ends."""

    campaign: int
    usage_limit: int
    recipient: str | None
    starts: int | None
    expires: int | None


def find(store: Store, code: str, *, sensitive: bool) -> Coupon | None:
    """The coupon of a code; capitals do not count unless ``sensitive``, but the code as it stands goes first."""
    collation = "BINARY" if sensitive else "NOCASE"
    sql = f"SELECT {_COLUMNS} FROM coupon WHERE value = ? COLLATE {collation} ORDER BY value <> ? LIMIT 1"
    return next(_coupons(store, sql, code, code), None)


def of_id(store: Store, number: int) -> Coupon:
    """The coupon of an id that there is."""
    return next(_coupons(store, f"SELECT {_COLUMNS} FROM coupon WHERE id = ?", number))


def next_number(store: Store) -> int:
    """The id that the next coupon will have."""
    ((last,),) = store.all("SELECT COALESCE(MAX(id), 0) FROM coupon")
    return last + 1


def taken(store: Store, code: str) -> bool:
    """Whether a coupon has this code, capitals or not."""
    return store.one("SELECT 1 FROM coupon WHERE value = ? COLLATE NOCASE", code) is not None


def create(store: Store, code: str, terms: Terms, now: int) -> Coupon:
    """Stores a new coupon."""
    number = store.run(
        "INSERT INTO coupon (created, campaign_id, value, usage_limit, reservation_limit, mandatory, visible,"
        " recipient, starts, expires) VALUES (?, ?, ?, ?, 0, 0, 0, ?, ?, ?)",
        *(now, terms.campaign, code, terms.usage_limit, terms.recipient, terms.starts, terms.expires),
    )
    return of_id(store, number)


def of_customer(store: Store, name: str) -> list[Coupon]:
    """The coupons that a customer has reserved, has without asking, or has redeemed."""
    sql = (
        f"SELECT {_COLUMNS} FROM coupon WHERE visible"
        f" UNION SELECT {_COLUMNS} FROM coupon WHERE id IN (SELECT coupon_id FROM reservation WHERE profile = ?)"
        f" UNION SELECT {_COLUMNS} FROM coupon WHERE id IN"
        " (SELECT code_id FROM redemption WHERE profile = ? AND kind = 'coupon')"
        " ORDER BY id"
    )
    return list(_coupons(store, sql, name, name))


def is_reserved(store: Store, kept: Coupon, name: str) -> bool:
    """Whether a customer has a coupon reserved, or has it without asking."""
    sql = "SELECT 1 FROM reservation WHERE profile = ? AND coupon_id = ?"
    return kept.visible or store.one(sql, name, kept.id) is not None


def reserve(store: Store, kept: Coupon, name: str, now: int) -> None:
    """Reserves a coupon for a customer, who has it once at most."""
    store.run("INSERT OR IGNORE INTO reservation VALUES (?, ?, ?)", name, kept.id, now)


def release(store: Store, kept: Coupon, name: str) -> None:
    """Ends the reservation of a customer, if there is one."""
    store.run("DELETE FROM reservation WHERE profile = ? AND coupon_id = ?", name, kept.id)


def holders(store: Store, kept: Coupon) -> list[str]:
    """The customers for whom a coupon is reserved, in the order of their reservations."""
    rows = store.all("SELECT profile FROM reservation WHERE coupon_id = ? ORDER BY created, profile", kept.id)
    return [name for (name,) in rows]


def document(store: Store, kept: Coupon) -> dict[str, Any]:
    """The coupon as answers show it."""
    ((reserved,),) = store.all("SELECT COUNT(*) FROM reservation WHERE coupon_id = ?", kept.id)
    shown: dict[str, Any] = {
        "id": kept.id,
        "created": written(kept.created),
        "campaignId": kept.campaign,
        "value": kept.value,
        "usageLimit": kept.usage_limit,
        "usageCounter": tallies.redemptions(store, "coupon", kept.id),
        "reservationLimit": kept.reservation_limit,
        "reservationCounter": reserved,
        "reservation": kept.recipient is None,
        "isReservationMandatory": kept.mandatory,
        "implicitlyReserved": kept.visible,
    }
    if kept.recipient is not None:
        shown["recipientIntegrationId"] = kept.recipient
    if kept.starts is not None:
        shown["startDate"] = written(kept.starts)
    if kept.expires is not None:
        shown["expiryDate"] = written(kept.expires)
    return shown


def customer_document(store: Store, kept: Coupon, name: str) -> dict[str, Any]:
    """The coupon as a session of a customer shows it; the name is empty for an anonymous session."""
    redeemed = tallies.redemptions(store, "coupon", kept.id, name) if name else 0
    return {**document(store, kept), "profileRedemptionCount": redeemed}


def inventory_document(store: Store, kept: Coupon, name: str, now: int, *, runs: bool) -> dict[str, Any]:
    """The coupon as the inventory of a customer shows it; ``runs`` is False where its campaign is switched off."""
    shown = customer_document(store, kept, name)
    return {**shown, "state": kept.state(now, shown["usageCounter"], runs=runs)}


def _coupons(store: Store, sql: str, *values: object) -> Iterator[Coupon]:
    for number, created, campaign, value, limit, reservations, mandatory, visible, *rest in store.all(sql, *values):
        recipient, starts, expires = rest
        yield Coupon(
            *(number, created, campaign, value, limit, reservations),
            mandatory=bool(mandatory),
            visible=bool(visible),
            recipient=recipient,
            starts=starts,
            expires=expires,
        )
