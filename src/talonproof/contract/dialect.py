"""What both validators are taught, so that they read every schema alike.

Where ``jsonschema`` and ``jsonschema-rs`` differ by nature neither is left to itself: patterns are translated into
what both engines read alike (``ecma``), formats are asserted by the same functions (``formats``), ``multipleOf`` is
exact in decimals in both, and infinity and NaN, which JSON does not have, are no numbers. What ``jsonschema`` is
taught of it stands in ``worded``, which is read only where there is something wrong to word: it takes its time to load.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, cast

import jsonschema_rs

from talonproof.contract import ecma, formats
from talonproof.contract.structure import Kind, rebuild

URI: Final = "urn:talonproof:contract"
"""The name under which both registries hold the document of the contract."""


def prepared(value: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """A copy in which patterns are translated, formats are only those asserted, and references absolute."""
    return rebuild(dict(value), kind, _prepare)


def fast(schema: dict[str, Any], registry: Any) -> Any:
    """The validator of jsonschema-rs for a prepared schema; raises what that raises for one it cannot compile."""
    return jsonschema_rs.Draft202012Validator(
        schema,
        registry=registry,
        validate_formats=True,
        formats=dict(formats.ASSERTED),
        keywords=_KEYWORDS,
    )


def _prepare(node: dict[str, Any], kind: Kind) -> Any:
    if kind != "schema":
        return node
    ref = node.get("$ref")
    if isinstance(ref, str) and ref.startswith("#"):
        node["$ref"] = URI + ref
    if isinstance(node.get("format"), str) and node["format"] not in formats.ASSERTED:
        del node["format"]
    if isinstance(node.get("pattern"), str):
        translated = ecma.translate(node.pop("pattern"))
        if translated is not None:
            node["pattern"] = translated
    named = node.get("patternProperties")
    if isinstance(named, dict):
        by_pattern = {ecma.translate(p): inner for p, inner in cast("dict[str, Any]", named).items()}
        if None in by_pattern:
            # Which properties the others are cannot be said either.
            by_pattern.pop(None)
            node.pop("additionalProperties", None)
            node.pop("unevaluatedProperties", None)
        node["patternProperties"] = by_pattern
    return node


class _MultipleOf:
    """The keyword for jsonschema-rs: it raises ValueError for a value that breaks it."""

    __slots__ = ("_divisor",)

    def __init__(self, parent: object, value: Any, path: object) -> None:
        del parent, path
        self._divisor = value

    def validate(self, instance: Any) -> None:
        if not is_multiple(instance, self._divisor):
            message = f"{instance} is not a multiple of {self._divisor}"
            raise ValueError(message)


def is_number(_: object, instance: object) -> bool:
    """Whether a value is a number; infinity and NaN are none."""
    if isinstance(instance, bool) or not isinstance(instance, (int, float)):
        return False
    return math.isfinite(instance) if isinstance(instance, float) else True


def is_integer(checker: object, instance: Any) -> bool:
    """Whether a value is a whole number, however it is written."""
    return is_number(checker, instance) and instance == int(instance)


def is_multiple(instance: Any, divisor: Any) -> bool:
    """Exact in decimals, as they are written: 4.35 is a multiple of 0.01."""
    if not is_number(None, instance):
        return True
    return _exact(instance) % _exact(divisor) == 0


def _exact(number: float) -> Fraction:
    return Fraction(number) if isinstance(number, int) else Fraction(repr(number))


_KEYWORDS: Final[dict[str, Any]] = {"multipleOf": _MultipleOf}
