"""What the arguments of a call say, read the way the most lenient server might read them.

Names of JSON members are compared without case (Go's decoder takes them so), and a switch counts as on only where no
server could take it for off: what is read here decides what the guard lets through.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from talonproof.http.exchange import Call


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON value of a body, None without one; not ``readable`` where two servers could read it differently."""

    value: Any
    readable: bool = True


def body_of(call: Call) -> Body:
    """The body of a call as it will be on the wire."""
    if call.raw_body is None:
        return Body(call.body)
    if not call.raw_body.strip():
        return Body(None)
    try:
        return Body(json.loads(call.raw_body, object_pairs_hook=_unique))
    except (ValueError, RecursionError):
        return Body(None, readable=False)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice: which of the two counts is up to the server")
    return found


def members(value: Any, name: str) -> list[Any]:
    """The values of all members of that name, whatever its case; none where ``value`` is no object."""
    if not isinstance(value, dict):
        return []
    wanted = name.casefold()
    return [member for key, member in cast("dict[Any, Any]", value).items() if str(key).casefold() == wanted]


def elements(value: Any, name: str) -> Iterator[Any]:
    """What stands in all arrays of that name; a value that stands in place of its array counts as its one element."""
    for member in members(value, name):
        if isinstance(member, list):
            yield from cast("list[Any]", member)
        elif member is not None:
            yield member


def switched_on(call: Call, name: str) -> bool:
    """Whether a boolean of the query is true beyond doubt: sent once, exactly so, and nothing like it beside it."""
    found = [(key, value) for key, value in _pairs(call.query) if key.strip().casefold().startswith(name.casefold())]
    return len(found) == 1 and found[0][0] == name and (found[0][1] is True or found[0][1] == "true")


def maybe_on(call: Call, name: str) -> bool:
    """Whether a boolean of the query might be taken for true: sent at all, in any spelling but that of false."""
    found = [(key, value) for key, value in _pairs(call.query) if key.strip().casefold().startswith(name.casefold())]
    return any(value is not False and value not in ("false", None) for _, value in found)


def _pairs(query: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Names and single values: arrays are repeated, objects give their members, as on the wire."""
    for name, value in query.items():
        if isinstance(value, Mapping):
            yield from _pairs(cast("Mapping[str, object]", value))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for item in cast("Sequence[object]", value):
                yield name, item
        else:
            yield name, value


def is_dry(call: Call) -> bool:
    """Whether the operation has dry calls and this is one; a profile update is, only if the rule engine runs too."""
    match call.operation:
        case "updateCustomerSessionV2" | "returnCartItems" | "trackEventV2":
            return switched_on(call, "dry")
        case "updateCustomerProfileV2":
            return switched_on(call, "runRuleEngine") and switched_on(call, "dry")
        case _:
            return False
