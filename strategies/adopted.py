"""Generated calls made the run's own: ids of the run stand where they name something, and keep their lengths.

A generator knows of an id only that it is a text, and writes ``0`` or a thousand letters. Sent as they are, such
calls name what might be somebody's, and few of them would ever be accepted. What is wrong with a call stays wrong: a
text that is too long stays as long, one that is too short as short, and what is no text is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from strategies.harmless import Arguments
from strategies.placeholders import AUDIENCE, AUDIENCE_NUMBER, CARD, MARK, PROFILE, SESSION, SKU, several
from strategies.subjects import Ids
from talonproof.contract.contract import Contract
from talonproof.contract.validators import Validators
from talonproof.generation.breaches import breaches
from talonproof.generation.pointers import MISSING, get, join
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
    "sessionId": SESSION,
    "sku": SKU,
    "couponCodes": MARK,
    "referralCode": MARK,
}
"""By name of a member: what its text, or each text of its array, names. Codes become such as nobody has."""

_NUMBERS: Final = frozenset({"audienceId", "adds", "deletes"})
"""Members that hold the numbers of audiences."""

_SMALL: Final = range(1_000)
"""Numbers that a generator takes when any will do."""


_ANY_TIME: Final = "2000-01-01T00:00:00Z"
"""The moment that Schemathesis takes when any will do; what ends then has ended, and nothing can be foretold of it."""

_LATER: Final = "2081-01-01T00:00:00Z"

_FILLERS: Final[tuple[Any, ...]] = ("", "0", "00", "000", [])
"""What it writes where any text, or any array, will do."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """How calls of an operation are made the run's own; ``good`` is its valid call, with ids in it."""

    operation: str
    good: Arguments
    ids: Ids
    bindings: Bindings

    def named(self, call: Arguments) -> Arguments:
        """The call with ids of the run in its body."""
        if call.body is NOTHING:
            return call
        return replace(call, body=self._value("", "", call.body, None))

    def meant(self, call: Arguments, contract: Contract, validators: Validators) -> Arguments:
        """The call with ids of the run in its body, about what the valid call is about.

        Where the contract is kept, it gets the path of the valid call, what that has in place of a filler, and
        moments that are not over: else a server would refuse it for another reason than what is wrong with it.
        """
        sent = Call(self.operation, call.path, call.query, call.body, has_body=call.body is not NOTHING)
        broken = breaches(contract, validators, sent)
        path = dict(self.good.path)
        for name in path.keys() & {breach.place for breach in broken}:
            own, value = path[name], call.path.get(name)
            if isinstance(own, str) and isinstance(value, str):
                path[name] = _stretched(own, value)
            elif value not in (None, ""):
                path[name] = value
        body = call.body
        if body is not NOTHING:
            body = self._value("", "", body, frozenset(breach.pointer for breach in broken))
        return Arguments(path, _asked(call.query), body)

    def _value(self, name: str, pointer: str, value: Any, broken: frozenset[str] | None) -> Any:
        """The value at a place of the body; ``broken`` None leaves fillers as they are."""
        if broken is not None and value in _FILLERS and pointer not in broken:
            found = MISSING if self.good.body is NOTHING else get(self.good.body, pointer)
            return value if found is MISSING else found
        match value:
            case str():
                return self._text(name, value, "")
            case int() if not isinstance(value, bool):
                return self._number(name, value)
            case list():
                items = cast("list[Any]", value)
                turns = {item: turn for turn, item in enumerate(dict.fromkeys(i for i in items if isinstance(i, str)))}
                return [
                    self._text(name, item, f"-{turns[item]}")
                    if isinstance(item, str)
                    else self._value(name, f"{pointer}/{index}", item, broken)
                    for index, item in enumerate(items)
                ]
            case dict() if name != "attributes":
                members = cast("dict[str, Any]", value)
                return {key: self._value(key, pointer + join(key), inner, broken) for key, inner in members.items()}
            case _:
                return value

    def _text(self, name: str, value: str, tail: str) -> str:
        if not value or value in self.ids.values():
            return value
        if name == "type" and self.operation == "trackEventV2":
            return self.bindings.event_type or value
        if name == "storeIntegrationId" and len(value) < len(str(self.ids[PROFILE])):
            return self.bindings.store or value
        if name == "expiryDate" and value == _ANY_TIME:
            return _LATER
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


def _asked(query: Mapping[str, object]) -> dict[str, object]:
    """The query with a moment to come where any was meant, none where the call is not dry, and an answer asked for."""
    kept = dict(query)
    if kept.get("silent") == "yes":
        kept["silent"] = "no"
    if kept.get("now") == _ANY_TIME:
        kept["now"] = _LATER if kept.get("dry") == "true" else None
    return {name: value for name, value in kept.items() if value is not None}


def _stretched(own: str, value: str) -> str:
    """An id of the run as long as the text that it takes the place of, unless it is longer by itself."""
    return own + value[len(own) :]
