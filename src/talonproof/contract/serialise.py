"""The arguments of an operation become a path and a query, in this one place.

How arrays and objects are written follows the ``style`` and ``explode`` of the parameter; everything but the
unreserved characters of RFC 3986 is percent-encoded, also where a URL would allow more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, cast
from urllib.parse import quote

from talonproof.contract.contract import Operation, Parameter
from talonproof.errors import ConfigError, closest

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_SEPARATOR: Final = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}


def serialise(operation: Operation, path: Mapping[str, object], query: Mapping[str, object]) -> str:
    """The raw path of a call with its query, ready for the wire.

    Strings go as they are, booleans as true and false, times as RFC 3339 in UTC, arrays as the document says
    (repeated if it is silent). None and the empty array leave a query parameter out. Names of the query that the
    document does not know are sent in the default style: what a server makes of them is worth testing.

    Raises ConfigError for an empty or missing path value, an unknown path parameter, a time without a zone, and a
    value that cannot be written.
    """
    known = {parameter.name: parameter for parameter in operation.path_parameters}
    for name in path:
        if name not in known:
            message = f"{operation.id} has no path parameter {name}"
            raise ConfigError(message, hint=closest(name, known) if known else "")

    def replace(found: re.Match[str]) -> str:
        name = found[1]
        if name not in path:
            raise ConfigError(f"{operation.id} needs a value for the path parameter {name}")
        return _path_value(operation, known.get(name), name, path[name])

    # A segment may only become a dot segment as a whole: it would be resolved away.
    segments = [_VARIABLE.sub(replace, segment) for segment in operation.path.split("/")]
    raw = "/".join(segment.replace(".", "%2E") if segment in {".", ".."} else segment for segment in segments)
    described = {parameter.name: parameter for parameter in operation.query_parameters}
    pairs = [pair for name, value in query.items() for pair in _query_pairs(name, value, described.get(name))]
    return f"{raw}?{'&'.join(pairs)}" if pairs else raw


def _path_value(operation: Operation, parameter: Parameter | None, name: str, value: object) -> str:
    style = parameter.style if parameter else "simple"
    explode = parameter.explode if parameter else False
    if style == "content":
        return _escape(_json(name, value))
    parts = _parts(name, value, explode=explode)
    if not any(parts):
        raise ConfigError(f"{operation.id}: the path parameter {name} is empty; an empty path value is never sent")
    match style:
        case "label":
            return "." + ("." if explode else ",").join(parts)
        case "matrix" if explode and isinstance(value, Mapping):
            return "".join(f";{part}" for part in parts)
        case "matrix" if explode:
            return "".join(f";{_escape(name)}={part}" for part in parts)
        case "matrix":
            return f";{_escape(name)}={','.join(parts)}"
        case _:
            return ",".join(parts)


def _query_pairs(name: str, value: object, parameter: Parameter | None) -> list[str]:
    """``name=value``, encoded; none, one, or one for each element."""
    if value is None:
        return []
    style = parameter.style if parameter else "form"
    explode = parameter.explode if parameter else True
    key = _escape(name)
    if style == "content":
        return [f"{key}={_escape(_json(name, value))}"]
    members = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else None
    if members is not None:
        if style == "deepObject":
            return [f"{key}%5B{_escape(k)}%5D={_escape(_text(name, v))}" for k, v in members.items()]
        if explode:
            return [f"{_escape(k)}={_escape(_text(name, v))}" for k, v in members.items()]
    parts = _parts(name, cast("object", value), explode=False)
    if not parts:
        return []
    if explode:
        return [f"{key}={part}" for part in parts]
    return [f"{key}={_SEPARATOR.get(style, ',').join(parts)}"]


def _parts(name: str, value: object, *, explode: bool) -> list[str]:
    """The encoded parts of a value: its elements, its names and values, or itself."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, object]", value)
        if explode:
            return [f"{_escape(key)}={_escape(_text(name, item))}" for key, item in members.items()]
        return [_escape(text) for key, item in members.items() for text in (key, _text(name, item))]
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [_escape(_text(name, item)) for item in cast("Sequence[object]", value)]
    return [_escape(_text(name, value))]


def _text(name: str, value: object) -> str:
    """A single value in the form in which it travels."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return format(Decimal(repr(value)), "f")
        case Decimal():
            return format(value, "f")
        case datetime():
            if value.tzinfo is None:
                raise ConfigError(f"{name}: a time without a zone has no meaning on the wire", hint="pass one in UTC")
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            raise ConfigError(f"{name}: a value of type {type(value).__name__} cannot be sent in a URL")


def _json(name: str, value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: not a JSON value: {error}") from None


def _escape(text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ConfigError(f"{text!r} cannot be written in UTF-8") from None
