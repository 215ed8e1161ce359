"""Which rollback effect belongs to which effect, and what of a close an answer says was undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from strategies.showing import near
from talonproof.http.exchange import Exchange
from talonproof.model.observed import amount
from talonproof.run.case import Case
from talonproof.run.effects import effects_of, props_of
from talonproof.verdict import Reason

Effect = Mapping[str, Any]

Identity = tuple[Any, ...]
"""What tells one effect of a type from another: codes, names, ledgers, lines of the cart."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """The rollback type of an effect, what it names the effect by, and the prop that says how much.

    ``names`` are pairs of props: that of the effect, and that of its rollback, both of them required. A line of the
    cart or a cost may be left out of a rollback: see :func:`line`. ``amounts`` is None where a code says it all.
    """

    type: str
    names: tuple[tuple[str, str], ...]
    amounts: tuple[str, str] | None = ("value", "value")


_LEDGER: Final = (("programId", "programId"), ("subLedgerId", "subLedgerId"))

UNDOING: Final[Mapping[str, Undoing]] = {
    "acceptCoupon": Undoing("rollbackCoupon", (("value", "value"),), None),
    "acceptReferral": Undoing("rollbackReferral", (("value", "value"),), None),
    "setDiscount": Undoing("rollbackDiscount", (("name", "name"),)),
    "setDiscountPerItem": Undoing("rollbackDiscount", (("name", "name"),)),
    "setDiscountPerAdditionalCost": Undoing("rollbackDiscount", (("name", "name"),)),
    "addLoyaltyPoints": Undoing("rollbackAddedLoyaltyPoints", _LEDGER),
    "deductLoyaltyPoints": Undoing("rollbackDeductedLoyaltyPoints", _LEDGER),
    "increaseAchievementProgress": Undoing(
        "rollbackIncreasedAchievementProgress", (("achievementId", "achievementId"),), ("delta", "decreaseProgressBy")
    ),
}
"""By the type of an effect, what undoes it, as the props of the rollback effects are documented."""

NAMED_BY: Final[Mapping[str, str]] = {
    "addFreeItem": "FreeItem",
    "awardGiveaway": "Giveaway",
    "couponCreated": "CouponCreat",
    "customEffect": "CustomEffect",
    "referralCreated": "ReferralCreat",
    "reserveCoupon": "Reserv",
    "updateAttribute": "Attribute",
}
"""By the type of an effect that has no rollback type, a word that one for it would have in its name."""


def identity(effect: Effect) -> Identity | None:
    """What a rollback of the effect would name; None for a type that has none."""
    undoing = UNDOING.get(str(effect.get("effectType")))
    if undoing is None:
        return None
    held = props_of(effect)
    return (undoing.type, *(_plain(held.get(name)) for name, _ in undoing.names))


def undone(rollback: Effect, like: str) -> Identity:
    """What a rollback names, as :func:`identity` gives it for an effect of the type ``like``."""
    held = props_of(rollback)
    return (rollback.get("effectType"), *(_plain(held.get(name)) for _, name in UNDOING[like].names))


def missing(brought: Iterable[Effect], answer: Exchange, *, at: int | None = None) -> list[Effect]:
    """The effects of which no rollback in an answer speaks; ``at``: none that is tied to that line of the cart."""
    rolled = [one for one in effects_of(answer) if at is None or line(one) == at]
    return [one for one in brought if identity(one) not in {undone(back, str(one["effectType"])) for back in rolled}]


def misvalued(brought: Sequence[Effect], closed: Exchange, answer: Exchange) -> list[str]:
    """In words, where the rollbacks of an answer undo more or less than was brought about, all in all of a name.

    A name that other effects of the close have as well is left out: how much of these is undone may differ.
    """
    shared = {name for one in effects_of(closed) if one not in brought and (name := identity(one)) is not None}
    wanted: dict[tuple[str, Identity, str], Decimal] = defaultdict(Decimal)
    for one in brought:
        kind, name = str(one["effectType"]), identity(one)
        how = UNDOING[kind].amounts
        if name is not None and name not in shared and how is not None:
            wanted[kind, name, how[1]] += abs(amount(props_of(one).get(how[0])) or 0)
    wrong: list[str] = []
    for (kind, name, prop), value in wanted.items():
        back = [abs(amount(props_of(one).get(prop)) or 0) for one in effects_of(answer) if undone(one, kind) == name]
        if back and not near(sum(back, Decimal(0)), value):
            wrong.append(f"{name[0]} takes back {sum(back, Decimal(0))} of {value}")
    return wrong


def naming(brought: Effect, answer: Exchange) -> list[str]:
    """The types of rollback effects in an answer that speak of an effect which has no rollback type of its own."""
    kind = str(brought.get("effectType"))
    value = props_of(brought).get("value", props_of(brought).get("couponValue"))
    word = NAMED_BY[kind]
    codes = {"couponCreated": "rollbackCoupon", "referralCreated": "rollbackReferral"}
    found: list[str] = []
    for one in effects_of(answer):
        named = str(one.get("effectType"))
        if not named.startswith("rollback"):
            continue
        by_code = kind in codes and named == codes[kind] and _plain(props_of(one).get("value")) == _plain(value)
        if word.casefold() in named.casefold() or by_code:
            found.append(named)
    return found


def line(effect: Effect) -> int | None:
    """The line of the cart that an effect, or a rollback, is tied to; None where it is tied to none, or says nothing.

    Units of one line are not told apart: whether a rollback speaks of a unit or of the line is not stated.
    """
    held = props_of(effect)
    found = amount(held.get("cartItemPosition", held.get("position")))
    return None if found is None else int(found)


def undoable(case: Case, brought: Iterable[Effect]) -> list[Effect]:
    """The effects that a close can take back: not those of nothing, nor achievements that they completed.

    Ends the case where there is none.
    """
    found: list[Effect] = []
    for one in brought:
        held = props_of(one)
        value, target = amount(held.get("value")), amount(held.get("target"))
        if str(one.get("effectType")) == "increaseAchievementProgress":
            complete = value is not None and target is not None and value >= target
            if held.get("isJustCompleted") is True or complete:
                continue
        elif UNDOING[str(one.get("effectType"))].amounts and not value:
            continue
        found.append(one)
    if not found:
        case.unsupported(Reason.NEVER_TRIGGERED, "the session brought about nothing that could be taken back")
    return found


def told(some: Sequence[Effect]) -> str:
    """Effects in words: their types, each once."""
    return ", ".join(dict.fromkeys(str(one.get("effectType")) for one in some))


def _plain(value: Any) -> Any:
    """A value as far as it tells one thing from another: codes without capitals, numbers by value."""
    if isinstance(value, str):
        return value.casefold()
    number = amount(value)
    return value if number is None else number
