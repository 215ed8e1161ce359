"""Generated calls made the run's own: ids of the run stand where they name something, and keep their lengths.

A generator knows of an id only that it is a text, and writes ``0`` or a thousand letters. Sent as they are, such
calls name what might be somebody's, and few of them would ever be accepted. What is wrong with a call stays wrong: a
text that is too long stays as long, an empty one empty, and what is no text is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from strategies.harmless import Arguments
from strategies.placeholders import AUDIENCE, AUDIENCE_NUMBER, CARD, MARK, PROFILE, SKU, several
from strategies.subjects import Ids
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import breaches
from talonproof.http.exchange import Call
from talonproof.run.case import NOTHING
from talonproof.target import Bindings

_TEXTS: Final[Mapping[str, str]] = {
    "profileId": PROFILE,
    "profileIntegrationId": PROFILE,
    "integrationId": PROFILE,
    "advocateProfileIntegrationId": PROFILE,
    "friendProfileIntegrationId": several(PROFILE, 2)[1],
    "integrationIDs": PROFILE,
    "advocateProfileIntegrationIds": PROFILE,
    "customerProfileIds": PROFILE,
    "cardIdentifier": CARD,
    "loyaltyCards": CARD,
    "sku": SKU,
    "couponCodes": MARK,
    "referralCode": MARK,
}
"""By name of a member: what its text, or each text of its array, names. Codes become such as nobody has."""

_NUMBERS: Final = frozenset({"audienceId", "adds", "deletes"})
"""Members that hold the numbers of audiences."""

_SMALL: Final = range(1_000)
"""Numbers that a generator takes when any will do."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """How calls of an operation are made the run's own; ``good`` is its valid call, with ids in it."""

    operation: str
    good: Arguments
    ids: Ids
    bindings: Bindings

    def body(self, call: Arguments) -> Arguments:
        """The call with ids of the run in its body."""
        if call.body is NOTHING:
            return call
        return replace(call, body=self._value("", call.body))

    def path(self, call: Arguments, contract: Contract, validators: Validators) -> Arguments:
        """The call with the path of the valid one, but for what its own path is wrong in."""
        sent = Call(self.operation, call.path)
        broken = {breach.place for breach in breaches(contract, validators, sent)}
        path = dict(self.good.path)
        for name in broken & set(path):
            own, value = path[name], call.path.get(name)
            if isinstance(own, str) and isinstance(value, str):
                path[name] = _stretched(own, value)
            elif value not in (None, ""):
                path[name] = value
        return replace(call, path=path)

    def _value(self, name: str, value: Any) -> Any:
        match value:
            case str():
                return self._text(name, value, "")
            case int() if not isinstance(value, bool):
                return self._number(name, value)
            case list():
                items = cast("list[Any]", value)
                turns = {item: turn for turn, item in enumerate(dict.fromkeys(i for i in items if isinstance(i, str)))}
                return [
                    self._text(name, item, f"-{turns[item]}") if isinstance(item, str) else self._value(name, item)
                    for item in items
                ]
            case dict() if name != "attributes":
                return {key: self._value(key, inner) for key, inner in cast("dict[str, Any]", value).items()}
            case _:
                return value

    def _text(self, name: str, value: str, tail: str) -> str:
        if not value or value in self.ids.values():
            return value
        if name == "type" and self.operation == "trackEventV2":
            return self.bindings.event_type or value
        if name == "storeIntegrationId" and len(value) < len(str(self.ids[PROFILE])):
            return self.bindings.store or value
        stand_in = _TEXTS.get(name)
        if name == "integrationId" and self.operation == "createAudienceV2":
            stand_in = AUDIENCE
        return value if stand_in is None else _stretched(f"{self.ids[stand_in]}{tail}", value)

    def _number(self, name: str, value: int) -> int:
        if name in _NUMBERS and value in _SMALL:
            return int(self.ids[AUDIENCE_NUMBER])
        if name == "campaignId" and value in _SMALL:
            return value if self.bindings.referral_campaign is None else self.bindings.referral_campaign
        return value


def _stretched(own: str, value: str) -> str:
    """An id of the run as long as the text that it takes the place of, unless it is longer by itself."""
    return own + value[len(own) :]
