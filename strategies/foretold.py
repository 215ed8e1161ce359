"""The effects of a dry answer beside those of the real one, what the server makes up for each call set aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from strategies.moments import instant
from strategies.showing import objects
from strategies.unchanged import unordered
from talonproof.http.exchange import Exchange

_GENERATED: Final[Mapping[str, tuple[str, ...]]] = {
    "couponCreated": ("value",),
    "referralCreated": ("value",),
    "awardGiveaway": ("code", "giveawayId"),
}
"""What each type of effect shows that is made anew by each call."""

_LISTED: Final[Mapping[str, str]] = {"createdCoupons": "value", "createdReferrals": "code"}
"""Lists of an answer with what was made, and where the code of one stands."""

_NUMBERED: Final = re.compile(r"(transactionUUID|progressTrackerId)$")
"""Names of properties that hold an id made anew by each call."""

_MADE_UP: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What a generated id looks like, wherever it stands in a text."""

_OF_EFFECTS: Final = ("effectType", "campaignId", "rulesetId", "ruleIndex", "ruleName")
"""What says which effect it is; what else an effect carries may be new with every call."""

_EXPERIMENT: Final = re.compile(r"experiment", re.IGNORECASE)


def foretold(answer: Exchange) -> Any:
    """What an answer says a session brings about: its effects in no order.

    Kept are the type, the campaign and rule, and the names and values of each effect. Generated codes and ids are set
    aside wherever they stand, and so are all times, which follow from the moment of the call.
    """
    effects: Any = answer.at("effects")
    codes = frozenset(_codes(answer))
    kept = [_kept(effect, codes) for effect in cast("list[Any]", effects)] if isinstance(effects, list) else effects
    return {"effects": unordered(kept)}


def experimental(answer: Exchange) -> bool:
    """Whether an answer shows that an experiment had a part in it: then equal sessions may have unequal effects."""
    session: Any = answer.at("customerSession", "experimentVariantAllocations")
    return bool(session) or any(
        _EXPERIMENT.search(name)
        for effect in objects(answer.at("effects"))
        for part in (effect, *objects([effect.get("props")]))
        for name in part
    )


def _codes(answer: Exchange) -> Iterator[str]:
    """The codes that were made of this call alone."""
    for effect in objects(answer.at("effects")):
        for props in objects([effect.get("props")]):
            yield from (str(props[name]) for name in _GENERATED.get(str(effect.get("effectType")), ()) if name in props)
    for name, key in _LISTED.items():
        yield from (str(made[key]) for made in objects(answer.at(name)) if key in made)


def _kept(effect: Any, codes: frozenset[str]) -> Any:
    if not isinstance(effect, dict):
        return effect
    shown = cast("dict[str, Any]", effect)
    return {
        **{name: shown[name] for name in _OF_EFFECTS if name in shown},
        "props": _lasting(shown.get("props"), codes, frozenset(_GENERATED.get(str(shown.get("effectType")), ()))),
    }


def _lasting(value: Any, codes: frozenset[str], aside: frozenset[str] = frozenset()) -> Any:
    """A value without what is new with every call, and without members of these names."""
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return {
            name: _lasting(inner, codes)
            for name, inner in named.items()
            if name not in aside and not _NUMBERED.search(name)
        }
    if isinstance(value, list):
        return [_lasting(inner, codes) for inner in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value
    if instant(value) is not None:
        return "a time"
    text = _MADE_UP.sub("an id", value)
    for code in sorted(codes, key=len, reverse=True):
        text = text.replace(code, "a code") if code else text
    return text
