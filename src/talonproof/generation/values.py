"""Valid values of a schema, as Hypothesis strategies that shrink to the least a schema asks for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from talonproof.contract import ecma
from talonproof.contract.contract import Contract, Schema
from talonproof.contract.validators import Validators
from talonproof.generation.pointers import MISSING, join
from talonproof.generation.shapes import shapes, types
from talonproof.generation.text import date_times, matching, text

Overrides = Mapping[str, "SearchStrategy[Any]"]

WIDEST = 2**53 - 1
"""The bound of integers that state none: beyond it, JSON parsers that use doubles lose digits."""

_LARGEST = 10**12
_MORE_CHARACTERS = 4
_MORE_ITEMS = 4
_MORE_MEMBERS = 3


def valid(
    contract: Contract,
    schema: Schema,
    *,
    overrides: Overrides | None = None,
    omit: frozenset[str] = frozenset(),
    validators: Validators | None = None,
) -> SearchStrategy[Any]:
    """Values that fit the schema; the simplest has only what is required, each at its simplest.

    ``overrides`` are strategies for single places, by JSON pointer with ``*`` for any index or any
    key of a map; an overridden property is always there. ``omit`` are optional properties that
    never are. Text follows :func:`talonproof.generation.text.text`. Give ``validators`` where one is at
    hand, so that nothing is compiled twice.
    """
    return _Values(contract, validators or Validators(contract), overrides or {}, omit).at("", schema)


class _Values:
    """Builds strategies place by place; a schema within itself becomes a deferred strategy, without overrides."""

    def __init__(self, contract: Contract, validators: Validators, overrides: Overrides, omit: frozenset[str]) -> None:
        self._contract = contract
        self._validators = validators
        self._overrides = overrides
        self._omit = omit
        self._open: dict[int, SearchStrategy[Any]] = {}

    def at(self, place: str, schema: Schema) -> SearchStrategy[Any]:
        """The values at a place."""
        if place in self._overrides:
            return self._overrides[place]
        resolved = self._contract.resolve(schema)
        key = id(resolved)
        if key in self._open:
            return self._open[key]
        found: list[SearchStrategy[Any]] = []
        self._open[key] = st.deferred(lambda: st.one_of(found))
        alternatives = shapes(self._contract, resolved)
        found.extend(self._shape(place, shape) for shape in alternatives)
        del self._open[key]
        drawn = found[0] if len(found) == 1 else st.one_of(found)
        if len(alternatives) > 1 or any("not" in shape for shape in alternatives):
            return drawn.filter(self._validators.schema(resolved).is_valid)
        return drawn

    def _shape(self, place: str, shape: Schema) -> SearchStrategy[Any]:
        if "const" in shape:
            return st.just(shape["const"])
        if "enum" in shape:
            return st.sampled_from(list(shape["enum"]))
        kinds: dict[str, Callable[[], SearchStrategy[Any]]] = {
            "object": lambda: self._object(place, shape),
            "array": lambda: self._array(place, shape),
            "string": lambda: self._string(shape),
            "integer": lambda: _integers(shape),
            "number": lambda: _numbers(shape),
            "boolean": st.booleans,
            "null": st.none,
        }
        if set(types(shape)) == set(kinds):
            return _anything()
        return st.one_of([kinds[kind]() for kind in types(shape)])

    def _object(self, place: str, shape: Schema) -> SearchStrategy[Any]:
        required, optional = set(shape.get("required", ())), dict[str, SearchStrategy[Any]]()
        always = dict[str, SearchStrategy[Any]]()
        for name, inner in shape.get("properties", {}).items():
            where = place + join(name)
            if name in required or where in self._overrides:
                always[name] = self.at(where, inner)
            elif where not in self._omit:
                optional[name] = self.at(where, inner)
        for name in required - set(always):
            always[name] = _anything()
        others = shape.get("additionalProperties")
        if always or optional:
            return st.fixed_dictionaries(always, optional=optional)
        if others is False:
            return st.just({})
        values = self.at(place + "/*", others) if isinstance(others, Mapping) else _scalars()  # pyright: ignore[reportUnknownArgumentType]
        return st.dictionaries(text(1, 12), values, max_size=_MORE_MEMBERS)

    def _array(self, place: str, shape: Schema) -> SearchStrategy[Any]:
        least = shape.get("minItems", 0)
        most = min(shape.get("maxItems", least + _MORE_ITEMS), least + _MORE_ITEMS)
        items = self.at(place + "/*", shape["items"]) if "items" in shape else _anything()
        unique = _canonical if shape.get("uniqueItems") else None
        return st.lists(items, min_size=least, max_size=most, unique_by=unique)

    def _string(self, shape: Schema) -> SearchStrategy[Any]:
        least, most = shape.get("minLength", 0), shape.get("maxLength")
        if shape.get("format") == "date-time":
            drawn = date_times()
        elif "pattern" in shape:
            return matching(shape["pattern"], least, most)
        else:
            drawn = text(least, most)
        if "format" in shape:
            return drawn.filter(self._validators.schema({"type": "string", **shape}).is_valid)
        return drawn


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _integers(shape: Schema) -> SearchStrategy[Any]:
    lowest, highest = _range(shape)
    return st.integers(math.ceil(lowest), math.floor(highest)).filter(_inside(shape))


def _numbers(shape: Schema) -> SearchStrategy[Any]:
    """Whole numbers, hundredths and other fractions, in this order of simplicity."""
    lowest, highest = (max(-_LARGEST, bound) if bound < 0 else min(_LARGEST, bound) for bound in _range(shape))
    whole = st.integers(math.ceil(lowest), math.floor(highest))
    cents = st.integers(math.ceil(lowest * 100), math.floor(highest * 100)).map(lambda cents: cents / 100)
    fractions = st.floats(lowest, highest, allow_nan=False, allow_infinity=False, allow_subnormal=False)
    return st.one_of(whole, cents, fractions).filter(_inside(shape))


def _range(shape: Schema) -> tuple[float, float]:
    lowest = max(shape.get("minimum", -WIDEST), shape.get("exclusiveMinimum", -WIDEST))
    highest = min(shape.get("maximum", WIDEST), shape.get("exclusiveMaximum", WIDEST))
    return lowest, highest


def _inside(shape: Schema) -> Callable[[Any], bool]:
    above, below, step = shape.get("exclusiveMinimum"), shape.get("exclusiveMaximum"), shape.get("multipleOf")

    def inside(value: Any) -> bool:
        return (above is None or value > above) and (below is None or value < below) and (not step or value % step == 0)

    return inside


def _scalars() -> SearchStrategy[Any]:
    return st.one_of(text(), _integers({}), _numbers({}), st.booleans())


def _anything() -> SearchStrategy[Any]:
    return st.recursive(
        st.one_of(st.none(), _scalars()),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text(1, 12), inner, max_size=3)),
        max_leaves=5,
    )


def example(contract: Contract, schema: Schema, *, complete: bool = False) -> Any:
    """One value that fits the schema, always the same: the least it asks for.

    ``complete`` gives every property that is named, one more in every map, and one item in every array; a schema within
    itself ends there. A pattern that no short row of the letter a fits is not understood: the caller
    validates.
    """
    return _example(contract, schema, (), complete=complete)


def _example(contract: Contract, schema: Schema, above: tuple[int, ...], *, complete: bool) -> Any:
    resolved = contract.resolve(schema)
    if id(resolved) in above:
        return MISSING
    above = (*above, id(resolved))
    shape = shapes(contract, resolved)[0]
    if "const" in shape:
        return shape["const"]
    if "enum" in shape:
        return shape["enum"][0]
    match types(shape)[0]:
        case "object":
            required = shape.get("required", ())
            members = {
                name: _example(contract, inner, above, complete=complete)
                for name, inner in shape.get("properties", {}).items()
                if complete or name in required
            }
            others = shape.get("additionalProperties")
            if complete and isinstance(others, Mapping):
                members["a"] = _example(contract, others, above, complete=complete)  # pyright: ignore[reportUnknownArgumentType]
            return {name: value for name, value in members.items() if value is not MISSING}
        case "array":
            count = max(shape.get("minItems", 0), 1 if complete else 0)
            item = _example(contract, shape.get("items", {}), above, complete=complete)
            return [] if item is MISSING else [item] * count
        case "string":
            if shape.get("format") == "date-time":
                return "2030-01-01T00:00:00Z"
            least = max(shape.get("minLength", 0), 1 if complete else 0)
            pattern = re.compile(ecma.translate(shape.get("pattern", "")) or "")
            rows = ("a" * size for size in range(least, least + _MORE_CHARACTERS))
            return next((row for row in rows if pattern.search(row)), "a" * least)
        case "integer" | "number":
            lowest, highest = _range(shape)
            whole = min(max(0, math.ceil(lowest)), math.floor(highest))
            return next(n for n in (whole, whole + 1, whole - 1) if _inside(shape)(n))
        case "boolean":
            return False
        case _:
            return None
