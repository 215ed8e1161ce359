"""Faults that show only where calls about one thing overlap.

The emulator carries out one call after the other, so these go by what a call could have seen when its head arrived:
whatever was written between then and now came in between.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from talonproof.emulator import profile
from talonproof.emulator.engine import tallies
from talonproof.emulator.faults.fault import Collection, Proceed
from talonproof.emulator.faults.states import UPDATE
from talonproof.emulator.faults.tampering import in_path, is_dry, overwrite, sent_session, stored
from talonproof.emulator.message import Reply, Request, reply
from talonproof.emulator.profile import Profile
from talonproof.emulator.session import Session

if TYPE_CHECKING:
    from talonproof.emulator.app import Emulator

RACES = Collection(dawdles=0.01)

T = TypeVar("T")


@dataclass
class Past(Generic[T]):
    """What things were like before each of the latest writes."""

    writes: deque[tuple[float, Hashable, T]] = field(default_factory=lambda: deque(maxlen=256))

    def at(self, moment: float, key: Hashable) -> T | None:
        """What the thing was like at the moment; None where nothing was written since."""
        return next((before for written, about, before in self.writes if about == key and written > moment), None)

    def note(self, key: Hashable, before: T) -> None:
        """The thing was written just now, and was like that before."""
        self.writes.append((time.monotonic(), key, before))


class Pasts(Generic[T]):
    """The past of each emulator in this process."""

    def __init__(self) -> None:
        self._by_emulator: WeakKeyDictionary[Emulator, Past[T]] = WeakKeyDictionary()

    def of(self, emulator: Emulator) -> Past[T]:
        """That of one emulator."""
        return self._by_emulator.setdefault(emulator, Past())


_SESSIONS: Pasts[Session] = Pasts()
_PROFILES: Pasts[Profile] = Pasts()
_TORN: Pasts[Session] = Pasts()
_REFUSED: Pasts[Session] = Pasts()


def _raced(
    request: Request,
    proceed: Proceed,
    emulator: Emulator,
    pasts: Pasts[Session],
    act: Callable[[Session, Session], Reply],
) -> Reply:
    """The reply; ``act`` gives that of an update of a session that was updated since the request arrived.

    It is given what was stored then, and what is stored now.
    """
    now = stored(request, emulator)
    if now is None or is_dry(request):
        return proceed(request)
    past = pasts.of(emulator)
    key = (now.application, now.integration_id)
    then = past.at(request.arrived, key)
    answer = proceed(request) if then is None else act(then, now)
    if answer.ok:
        past.note(key, now)
    return answer


def _replacing(wanted: Session) -> Callable[[Session], None]:
    """An edit that makes a stored session like another one."""

    def edit(found: Session) -> None:
        for name in Session.__slots__:
            setattr(found, name, getattr(wanted, name))

    return edit


@RACES.should(
    "session-update-lost",
    "Of two updates of a session at the same time, the later one undoes what the earlier one stored.",
    "SES-073",
    on=UPDATE,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    def act(then: Session, now: Session) -> Reply:
        overwrite(request, emulator, _replacing(then))
        answer = proceed(request)
        if not answer.ok:
            overwrite(request, emulator, _replacing(now))
        return answer

    return _raced(request, proceed, emulator, _SESSIONS, act)


@RACES.should(
    "session-update-torn",
    "Of two updates of a session at the same time, the carts are mixed.",
    "SES-024", "SES-073",
    on=UPDATE,
)  # fmt: skip
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    def act(_: Session, now: Session) -> Reply:
        answer = proceed(request)
        if answer.ok and "cartItems" in (sent_session(request) or {}):
            overwrite(request, emulator, lambda found: found.cart.extend(now.cart))
        return answer

    return _raced(request, proceed, emulator, _TORN, act)


@RACES.should(
    "session-busy-is-bad-request",
    "An update of a session that is just being updated is refused as if it were wrong.",
    "SES-023",
    on=UPDATE,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    return _raced(request, proceed, emulator, _REFUSED, lambda _then, _now: reply(400, {"message": "Try again."}))


@RACES.should(
    "profile-update-lost",
    "Of two calls that write one profile at the same time, the later one undoes what the earlier one stored.",
    "SES-073",
    on=(*UPDATE, "updateCustomerProfileV2"),
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    name: Any = in_path(request, emulator, "integrationId") or (sent_session(request) or {}).get("profileId")
    if not isinstance(name, str) or not name or is_dry(request):
        return proceed(request)
    with emulator.store.reading():
        now = profile.find(emulator.store, name)
    if now is None:
        return proceed(request)
    past = _PROFILES.of(emulator)
    then = past.at(request.arrived, name)
    if then is not None:
        with emulator.store.transaction():
            profile.save(emulator.store, then)
    answer = proceed(request)
    if answer.ok:
        past.note(name, now)
    elif then is not None:
        with emulator.store.transaction():
            profile.save(emulator.store, now)
    return answer


Rows = frozenset[tuple[Any, ...]]

_REDEEMED: Pasts[Rows] = Pasts()
_SPENT: Pasts[dict[tuple[Any, ...], int]] = Pasts()


@RACES.should(
    "coupon-redeemed-twice",
    "Sessions that are closed at the same time do not see each other redeem a coupon.",
    "SES-073",
    on=UPDATE,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if is_dry(request):
        return proceed(request)
    store, past = emulator.store, _REDEEMED.of(emulator)
    with store.reading():
        now = frozenset(store.all("SELECT * FROM redemption WHERE kind = 'coupon'"))
    then = past.at(request.arrived, "")
    unseen = [] if then is None else sorted(now - then)
    if unseen:
        with store.transaction():
            where = "WHERE kind = ? AND code_id = ? AND session_id = ?"
            store.run_many(f"DELETE FROM redemption {where}", ((row[0], row[1], row[3]) for row in unseen))
    answer = proceed(request)
    if unseen:
        with store.transaction():
            store.run_many("INSERT OR IGNORE INTO redemption VALUES (?, ?, ?, ?, ?, ?)", unseen)
    past.note("", now)
    return answer


@RACES.should(
    "budget-overdrawn",
    "Sessions that are closed at the same time do not see what each other takes from a budget.",
    "SES-073",
    on=UPDATE,
)
def _(request: Request, proceed: Proceed, emulator: Emulator) -> Reply:
    if is_dry(request):
        return proceed(request)
    store, past = emulator.store, _SPENT.of(emulator)
    with store.reading():
        now = {row[:4]: row[4] for row in store.all("SELECT * FROM spent_budget")}
    then = past.at(request.arrived, "")
    unseen = (
        {} if then is None else {key: used - then.get(key, 0) for key, used in now.items() if used != then.get(key, 0)}
    )
    _spend(emulator, {key: -used for key, used in unseen.items()})
    answer = proceed(request)
    _spend(emulator, unseen)
    past.note("", now)
    return answer


def _spend(emulator: Emulator, amounts: dict[tuple[Any, ...], int]) -> None:
    """Takes amounts from budgets, past every limit."""
    if not amounts:
        return
    with emulator.store.transaction():
        for (campaign, *key), used in amounts.items():
            tallies.spend(emulator.store, campaign, [[*key, used]])
