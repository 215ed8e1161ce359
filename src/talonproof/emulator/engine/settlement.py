"""Settlement makes proposed effects come true and takes them back: nothing else of the engine writes.

An open session's effects are tentative and leave no trace but on the session itself. Closing it makes them come true;
a cancel, a return and a reopening undo what the rules of rolling back name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from hashlib import sha1
from typing import Any
from uuid import UUID

from talonproof.emulator import achievement, giveaway
from talonproof.emulator.call import Call
from talonproof.emulator.engine.closing import Closing, account_of, come_true, with_reservation
from talonproof.emulator.engine.effect import Effect
from talonproof.emulator.engine.outcome import Outcome
from talonproof.emulator.engine.rollback import Rollback, Why, place_of, take_back
from talonproof.emulator.engine.situation import moment
from talonproof.emulator.ledger import POINT, Account, Tentative, shown_points
from talonproof.emulator.profile import Profile
from talonproof.emulator.session import OPEN, Session

_TENTATIVE = UUID("7a1e0000-0000-4000-8000-000000000000").bytes


def open_(call: Call, visit: Session, customer: Profile | None, effects: Iterable[Effect]) -> Outcome:
    """The tentative effects of an open session: what closing it would lead to, without codes that are yet to be made.

    It changes no row; the session keeps the effects.
    """
    shown: list[Effect] = []
    for number, effect in enumerate(effects):
        preview = _PREVIEWS.get(effect.type)
        seen = effect if preview is None else preview(call, visit, customer, effect, number)
        if seen is not None:
            shown.append(seen)
    visit.effects = shown
    return Outcome(list(shown))


def close(call: Call, visit: Session, customer: Profile | None, effects: Iterable[Effect]) -> Outcome:
    """Makes the effects of a session that is being closed come true; the session keeps those in force."""
    outcome = come_true(Closing(call, visit, customer, moment(call)), list(effects))
    visit.effects = list(outcome.effects)
    return outcome


def happen(call: Call, customer: Profile, effects: Iterable[Effect]) -> Outcome:
    """Makes the effects of an event or of a profile update come true, at once: there is no session to be closed."""
    return come_true(Closing(call, None, customer, moment(call)), list(effects))


def cancel(call: Call, visit: Session) -> list[Effect]:
    """Takes back what closing a session did that is cancelled now; the rollback effects."""
    return take_back(Rollback(call, visit, Why.CANCEL))


def reopen(call: Call, visit: Session) -> list[Effect]:
    """Takes back what closing a session did that is opened again, but for what stays; the rollback effects."""
    return take_back(Rollback(call, visit, Why.REOPEN))


def give_back(call: Call, visit: Session, items: Iterable[Mapping[str, int]]) -> list[Effect]:
    """Takes back what belongs to the units that are returned now; the rollback effects.

    Units are returned in their order. What belongs to a whole line goes with its last unit. ``items`` are not counted
    as returned yet.
    """
    gone = {position: line["returned"] for position, line in enumerate(visit.cart)}
    for item in items:
        gone[item["position"]] += item["quantity"]
    return take_back(Rollback(call, visit, Why.RETURN), lambda effect: _is_returned(visit, effect, gone))


def _is_returned(visit: Session, effect: Effect, gone: Mapping[int, int]) -> bool:
    place = place_of(effect)
    position = place.get("cartItemPosition")
    if position is None or position not in gone:
        return False
    last: int = visit.cart[position]["quantity"] - 1
    return place.get("cartItemSubPosition", last) < gone[position]


def tentative(call: Call, visit: Session | None) -> dict[Account, dict[str, Tentative]]:
    """What an open session would add to ledgers, and take from them, if it were closed."""
    found: dict[Account, dict[str, Tentative]] = {}
    for effect in visit.effects if visit is not None and visit.state == OPEN else ():
        if effect.type not in {"addLoyaltyPoints", "deductLoyaltyPoints"} or "entry" in effect.terms:
            continue
        ledgers = found.setdefault(account_of(effect), {})
        change = ledgers.setdefault(effect.props["subLedgerId"], Tentative())
        if effect.type == "deductLoyaltyPoints":
            change.current -= effect.terms["points"]
        elif effect.terms["starts"] is None or effect.terms["starts"] <= moment(call):
            change.current += effect.terms["points"]
        else:
            change.pending += effect.terms["points"]
    return found


_Preview = Callable[[Call, Session, Profile | None, Effect, int], Effect | None]


def _points(_call: Call, visit: Session, _customer: Profile | None, effect: Effect, number: int) -> Effect:
    """The entry is not made yet, so its name is one that no entry will have."""
    name = _uuid(f"{visit.application} {visit.integration_id} {number}")
    return effect.with_props({**effect.props, "transactionUUID": name})


def _uuid(name: str) -> str:
    """The text of ``uuid.uuid5``, which takes four times as long to make an object first."""
    digits = sha1(_TENTATIVE + name.encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def _nothing(_call: Call, _visit: Session, _customer: Profile | None, _effect: Effect, _number: int) -> None:
    return None


def _gift(call: Call, _visit: Session, _customer: Profile | None, effect: Effect, _number: int) -> Effect | None:
    return effect if giveaway.available(call.store, call.world.pools[effect.props["poolId"]]) else None


def _reservation(call: Call, _visit: Session, _customer: Profile | None, effect: Effect, _number: int) -> Effect:
    return with_reservation(call, effect)


def _progress(call: Call, _visit: Session, customer: Profile | None, effect: Effect, _number: int) -> Effect | None:
    kept = call.world.achievements[effect.props["achievementId"]]
    attempt = achievement.current(call.store, kept, customer.integration_id if customer else "", moment(call))
    if attempt is None:
        return None
    after = attempt.amount + int(Decimal(str(effect.props["delta"])) * POINT)
    props: dict[str, Any] = {
        **effect.props,
        "value": shown_points(after),
        "target": shown_points(kept.target),
        "isJustCompleted": attempt.completed is None and after >= kept.target,
    }
    if attempt.id:
        props["progressTrackerId"] = attempt.id
    return effect.with_props(props)


_PREVIEWS: Mapping[str, _Preview] = {
    "addLoyaltyPoints": _points,
    "deductLoyaltyPoints": _points,
    "couponCreated": _nothing,
    "referralCreated": _nothing,
    "willAwardGiveaway": _gift,
    "reserveCoupon": _reservation,
    "increaseAchievementProgress": _progress,
}
"""What an open session shows of effects that only closing completes, by their type."""
