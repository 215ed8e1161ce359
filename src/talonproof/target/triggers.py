"""``[[triggers]]`` of a target file: parts of a session of which somebody says that they make campaigns act."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from talonproof.errors import DocumentError, closest
from talonproof.target.keys import LARGEST
from talonproof.target.toml import Reader
from talonproof.target.values import Trigger

LIST: Final = "triggers"

MOST: Final = 32
"""Triggers that a file may hold: each is one more request of a run."""

PARTS: Final[Mapping[str, type]] = {
    "attributes": dict,
    "additionalCosts": dict,
    "cartItems": list,
    "couponCodes": list,
    "identifiers": list,
    "referralCode": str,
    "storeIntegrationId": str,
}
"""What of a session a trigger may set; what else a session has is the run's to set."""

_SPAN_TEXT: Final = r"P(?=.)(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?"
_MOMENT_TEXT: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"
_SPAN: Final = re.compile(_SPAN_TEXT)
_KEYS: Final = ("name", "session", "campaign", "ahead", "starts", "disabled", "with_points", "budget")
_WORDS: Final[Mapping[type, str]] = {dict: "a table", list: "a list", str: "a string"}

ABOUT: Final = (
    "What makes the campaigns of the account act, so that their effects can be judged: each is tried once a run, by a "
    "dry update of a session that nobody keeps. `talonproof doctor` shows the effects; `talonproof target recipe` says "
    "which campaigns to make."
)

EXAMPLE: Final = (
    "#[[triggers]]",
    '#name = "discount"',
    "# Parts of a session (attributes, cartItems, additionalCosts, couponCodes, identifiers, storeIntegrationId).",
    '#session = { attributes = { channel = "discount" } }',
    "# The id of the campaign that acts; of one that is scheduled, disabled or has a budget it is needed.",
    "#campaign = 12",
    "# Of a campaign that is scheduled: so far in the future it runs.",
    '#ahead = "P10D"',
    "# When that starts, if it is not always so far off: ahead counts from then, and later nothing is tried.",
    '#starts = "2030-01-01T00:00:00Z"',
    "# Of a campaign that is disabled, and acts only on dry calls that list it.",
    "#disabled = true",
    "# The session is that of populated_profile: of an effect that needs points, such as spending them.",
    "#with_points = true",
    "# What one customer gets of its discounts in all, where the campaign has such a budget.",
    "#budget = 10",
)
"""One trigger as a file has it, every key explained and all of it commented out."""


def list_schema() -> dict[str, Any]:
    """The JSON Schema of the list."""
    kinds = {dict: {"type": "object"}, list: {"type": "array"}, str: {"type": "string"}}
    return {
        "description": "What makes campaigns act: each is tried once a run, by a dry update of a session.",
        "type": "array",
        "maxItems": MOST,
        "items": {
            "type": "object",
            "properties": {
                "name": {"description": "What reports call it.", "type": "string", "minLength": 1},
                "session": {
                    "description": "Parts of a session, which are added to a cart of two lines.",
                    "type": "object",
                    "properties": {name: kinds[kind] for name, kind in PARTS.items()},
                    "additionalProperties": False,
                },
                "campaign": {"description": "The id of the campaign that acts.", "type": "integer", "minimum": 1},
                "ahead": {
                    "description": "Of a scheduled campaign: so far in the future it runs.",
                    "type": "string",
                    "pattern": f"^{_SPAN_TEXT}$",
                },
                "starts": {
                    "description": "When that starts: ahead counts from then, and after it nothing is tried.",
                    "type": "string",
                    "pattern": _MOMENT_TEXT,
                },
                "disabled": {
                    "description": "Of a disabled campaign: it acts only on dry calls that list it.",
                    "type": "boolean",
                },
                "with_points": {
                    "description": "The session is that of populated_profile: of an effect that needs points.",
                    "type": "boolean",
                },
                "budget": {
                    "description": "What one customer gets of its discounts in all, at most.",
                    "type": "number",
                    "exclusiveMinimum": 0,
                    "maximum": LARGEST,
                },
            },
            "required": ["name"],
            "dependentRequired": {"ahead": ["campaign"], "starts": ["ahead"], "budget": ["campaign"]},
            "if": {"properties": {"disabled": {"const": True}}, "required": ["disabled"]},
            "then": {"required": ["campaign"], "not": {"required": ["ahead"]}},
            "additionalProperties": False,
        },
    }


def read_triggers(reader: Reader, data: Mapping[str, Any]) -> tuple[Trigger, ...]:
    """The triggers of a file, each of another name; DocumentError with file and line for anything else."""
    found: Any = data.get(LIST, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in cast("list[Any]", found)):
        raise reader.wrong("triggers must be a list of tables", LIST, hint="[[triggers]]")
    tables = cast("list[dict[str, Any]]", found)
    if len(tables) > MOST:
        raise reader.wrong(f"there are {len(tables)} [[triggers]], at most {MOST} can be tried", LIST)
    triggers: list[Trigger] = []
    for number, table in enumerate(tables):
        entry = _Entry(reader, table, number)
        triggers.append(entry.trigger())
        if triggers[-1].name in {one.name for one in triggers[:-1]}:
            raise entry.wrong(f"two [[triggers]] are called {triggers[-1].name}", "name")
    return tuple(triggers)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One table of the list, which knows its place."""

    reader: Reader
    table: Mapping[str, Any]
    number: int

    def wrong(self, message: str, key: str, hint: str = "") -> DocumentError:
        """The error for what stands at a key, or for the table where the key is not there."""
        return DocumentError(message, file=self.reader.source, line=self._line(key), hint=hint)

    def _line(self, key: str) -> int | None:
        """The line on which a key of the table is set, else that on which the table begins."""
        begun, found = -1, None
        for number, line in enumerate(self.reader.text.splitlines(), start=1):
            if re.match(rf"\s*\[\[\s*{LIST}\s*\]\]", line):
                begun += 1
                found = number if begun == self.number else found
            elif begun == self.number and re.match(rf"\s*(\[{LIST}\.)?{re.escape(key)}\b", line):
                return number
            elif begun == self.number and re.match(rf"\s*\[(?!{LIST}\.)", line):
                break
        return found

    def trigger(self) -> Trigger:
        """What the table says."""
        for key in self.table:
            if key not in _KEYS:
                raise self.wrong(f"[[triggers]] has an unknown key {key}", key, closest(key, _KEYS))
        name = self._typed("name", str, "")
        if not name:
            raise self.wrong("[[triggers]] has no name", "name", 'name = "discount"')
        campaign = self._typed("campaign", int, None)
        if campaign is not None and campaign < 1:
            raise self.wrong("[[triggers]] campaign must be an integer above 0", "campaign")
        ahead, disabled = self._ahead(), self._typed("disabled", bool, False)
        if ahead is not None and disabled:
            raise self.wrong("[[triggers]] a campaign is scheduled or disabled, not both", "ahead")
        budget = self._budget()
        if campaign is None and (ahead is not None or disabled or budget is not None):
            key = "disabled" if disabled else "budget" if budget is not None else "ahead"
            raise self.wrong(f"[[triggers]] {key} needs the campaign that acts", key, "campaign = 12")
        with_points = self._typed("with_points", bool, False)
        starts = self._starts()
        if starts is not None and ahead is None:
            raise self.wrong("[[triggers]] starts needs how far ahead of that it runs", "starts", 'ahead = "P1D"')
        name = self._filled(name, "name")
        return Trigger(name, self._session(), campaign, ahead, disabled, with_points, starts, budget)

    def _typed(self, key: str, kind: type, default: Any) -> Any:
        value = self.table.get(key, default)
        if value is not default and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            words = {str: "a string", int: "an integer above 0", bool: "true or false", dict: "a table"}
            raise self.wrong(f"[[triggers]] {key} must be {words[kind]}", key)
        return value

    def _budget(self) -> float | None:
        budget = self.table.get("budget")
        if budget is None:
            return None
        if isinstance(budget, bool) or not isinstance(budget, int | float) or not 0 < budget <= LARGEST:
            raise self.wrong("[[triggers]] budget must be an amount above 0", "budget")
        return float(budget)

    def _ahead(self) -> timedelta | None:
        text = self._typed("ahead", str, None)
        if text is None:
            return None
        span = _SPAN.fullmatch(text)
        if span is None:
            raise self.wrong(f"[[triggers]] ahead {text} is no span of time", "ahead", "such as P10D or P1DT12H")
        days, hours, minutes = (int(part or 0) for part in span.groups())
        return timedelta(days=days, hours=hours, minutes=minutes)

    def _starts(self) -> datetime | None:
        text = self._typed("starts", str, None)
        if text is None:
            return None
        try:
            if re.search(_MOMENT_TEXT, text):
                return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.wrong(f"[[triggers]] starts {text} is no moment", "starts", "such as 2030-01-01T00:00:00Z")

    def _session(self) -> dict[str, Any]:
        session: dict[str, Any] = self._typed("session", dict, {})
        for part, value in session.items():
            if part not in PARTS:
                message = f"[[triggers]] session may not set {part}"
                raise self.wrong(message, "session", closest(part, PARTS))
            if not isinstance(value, PARTS[part]):
                raise self.wrong(f"[[triggers]] session: {part} must be {_WORDS[PARTS[part]]}", "session")
        return self._plain(session)

    def _plain(self, value: Any) -> Any:
        """The value as JSON has it, with the variables of its strings filled in."""
        match value:
            case str():
                return self._filled(value, "session")
            case dict():
                return {name: self._plain(each) for name, each in cast("dict[str, Any]", value).items()}
            case list():
                return [self._plain(each) for each in cast("list[Any]", value)]
            case bool() | int():
                return value
            case float() if value - value == 0:
                return value
            case _:
                raise self.wrong("[[triggers]] session holds what JSON cannot", "session", "write times as strings")

    def _filled(self, text: str, key: str) -> str:
        return self.reader.filled(text, lambda message, hint: self.wrong(f"[[triggers]] {key} {message}", key, hint))
