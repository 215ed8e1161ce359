"""Parameters of the URL are decoded by what the contract says of each, and refused by their name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from talonproof.contract.contract import Contract, Operation, Parameter
from talonproof.emulator import instant
from talonproof.emulator.refusal import Refusal, bad_parameter

_INTEGER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_LARGEST = 2**63 - 1
_FIELDS = 1000
_BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "1": True,
    "false": False,
    "False": False,
    "FALSE": False,
    "0": False,
}
"""The wire's spellings, and those that SDKs send: Python's ``True``, PHP's ``1``."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one parameter of the query."""

    name: str
    required: bool
    many: bool
    default: Any
    scalar: Callable[[str], Any]

    def read(self, raw: list[str]) -> Any:
        if not self.many:
            return self.scalar(raw[0])
        return [self.scalar(piece) for value in raw for piece in value.split(",")]


class ParameterReader:
    """Decodes the path and the query of one operation."""

    def __init__(self, operation: Operation, contract: Contract) -> None:
        self._path = {p.name: _scalar(p.name, contract.resolve(p.schema)) for p in operation.path_parameters}
        self._query = [_reader(p, contract) for p in operation.query_parameters]
        self._defaults = {reader.name: reader.default for reader in self._query if reader.default is not None}
        self._required = [reader.name for reader in self._query if reader.required and reader.default is None]

    def read(self, path: Mapping[str, str], query: str) -> dict[str, Any]:
        """The values by name, with the contract's defaults; a name that is neither given nor has a default is absent.

        Arrays come repeated or separated by commas; of a repeated scalar the first counts; names that the
        contract does not know are ignored. Raises Refusal (400, naming the parameter).
        """
        values: dict[str, Any] = {name: self._path[name](text) for name, text in path.items()}
        values.update(self._defaults)
        given = _split(query) if query else {}
        for name in self._required:
            if name not in given:
                raise bad_parameter(name, "Required", f"The parameter {name} is missing.")
        if given:
            values.update({each.name: each.read(given[each.name]) for each in self._query if each.name in given})
        return values


def _split(query: str) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS)
    except ValueError:  # UnicodeDecodeError is one
        raise Refusal(400, f"The query is not percent-encoded UTF-8 of at most {_FIELDS} fields.") from None
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given


def _reader(parameter: Parameter, contract: Contract) -> _Reader:
    schema = contract.resolve(parameter.schema)
    many = schema.get("type") == "array"
    inner = contract.resolve(schema["items"]) if many else schema
    return _Reader(parameter.name, parameter.required, many, schema.get("default"), _scalar(parameter.name, inner))


def _scalar(name: str, schema: Mapping[str, Any]) -> Callable[[str], Any]:
    """A function from the text of a value to the value."""
    match schema.get("type"):
        case "integer":
            return lambda text: _integer(name, schema, text)
        case "boolean":
            return lambda text: _boolean(name, text)
        case "string" if schema.get("format") == "date-time":
            return lambda text: _instant(name, text)
        case _:
            return lambda text: _string(name, schema, text)


def _integer(name: str, schema: Mapping[str, Any], text: str) -> int:
    value = int(text) if _INTEGER.fullmatch(text) else None
    if value is None or abs(value) > _LARGEST:
        raise bad_parameter(name, "Invalid type", f"The value of {name} is not an integer.")
    if value < schema.get("minimum", value):
        raise bad_parameter(name, "Out of range", f"{name} must be at least {schema['minimum']}.")
    if value > schema.get("maximum", value):
        raise bad_parameter(name, "Out of range", f"{name} must be at most {schema['maximum']}.")
    return value


def _boolean(name: str, text: str) -> bool:
    if text not in _BOOLEANS:
        raise bad_parameter(name, "Invalid type", f"The value of {name} is not a boolean.")
    return _BOOLEANS[text]


def _instant(name: str, text: str) -> int:
    try:
        return instant.read(text)
    except ValueError:
        raise bad_parameter(name, "Invalid type", f"The value of {name} is not an RFC 3339 timestamp.") from None


def _string(name: str, schema: Mapping[str, Any], text: str) -> str:
    choices = schema.get("enum")
    if choices is not None and text not in choices:
        raise bad_parameter(name, "enum", f"{name} must be one of {', '.join(choices)}.")
    if len(text) > schema.get("maxLength", len(text)) or len(text) < schema.get("minLength", 0):
        raise bad_parameter(name, "Out of range", f"The length of {name} is out of its bounds.")
    return text
