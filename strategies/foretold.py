"""The effects of a dry answer beside those of the real one, what the server makes up for each call set aside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from strategies.moments import instant
from strategies.unchanged import unordered
from talonproof.http.exchange import Exchange

_GENERATED: Final[Mapping[str, tuple[str, ...]]] = {
    "couponCreated": ("value",),
    "referralCreated": ("value",),
    "awardGiveaway": ("code", "giveawayId"),
}
"""What each type of effect shows that is made anew by each call."""

_NUMBERED: Final = re.compile(r"(transactionUUID|progressTrackerId)$")
"""Names of properties that hold an id made anew by each call."""

_MADE_UP: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What a generated id looks like, whatever the property is called that holds it."""

_OF_EFFECTS: Final = ("effectType", "campaignId", "rulesetId", "ruleIndex", "ruleName")
"""What says which effect it is; what else an effect carries may be new with every call."""

_LISTS: Final = ("createdCoupons", "createdReferrals")


def foretold(answer: Exchange) -> Any:
    """What an answer says a session brings about: its effects in no order, and how many codes it makes.

    Kept are the type, the campaign and rule, and the names and values of each effect; generated codes and ids and all
    times, which follow from the moment of the call, are set aside.
    """
    effects: Any = answer.at("effects")
    kept = [_kept(effect) for effect in cast("list[Any]", effects)] if isinstance(effects, list) else effects
    counts = {name: len(cast("list[Any]", found)) for name in _LISTS if isinstance(found := answer.at(name), list)}
    return {"effects": unordered(kept), **counts}


def _kept(effect: Any) -> Any:
    if not isinstance(effect, dict):
        return effect
    shown = cast("dict[str, Any]", effect)
    aside = _GENERATED.get(str(shown.get("effectType")), ())
    props: Any = shown.get("props")
    if isinstance(props, dict):
        named = cast("dict[str, Any]", props)
        props = {
            name: _lasting(value) for name, value in named.items() if name not in aside and not _NUMBERED.search(name)
        }
    return {**{name: shown[name] for name in _OF_EFFECTS if name in shown}, "props": props}


def _lasting(value: Any) -> Any:
    if isinstance(value, str) and _MADE_UP.fullmatch(value):
        return "an id"
    return "a time" if instant(value) is not None else value
